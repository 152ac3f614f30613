"""What everything in a register that people read is called."""

from domain.values import Value


class Named(Value):
    """Something with a name in both languages."""

    da: str
    en: str
