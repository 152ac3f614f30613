"""What a text that people read may be made of."""

from domain.errors import Code, Refused

SPACE, DELETE, LATIN_1 = 0x20, 0x7F, 0xA0


def check_text(name: str, text: str, limit: int) -> None:
    """Refuse a text that is too long, empty, or would steer a terminal.

    Raises: Refused (text_too_long, text_missing, text_unprintable).
    """
    if len(text) > limit:
        raise Refused(Code.TEXT_TOO_LONG, field=name, length=len(text), limit=limit)
    if not text.strip():
        raise Refused(Code.TEXT_MISSING, field=name)
    if has_controls(text):
        raise Refused(Code.TEXT_UNPRINTABLE, field=name)


def check_line(name: str, text: str, limit: int) -> None:
    """Refuse what `check_text` refuses, and more than one line.

    Raises: Refused (text_too_long, text_missing, text_unprintable).
    """
    check_text(name, text, limit)
    if len(text.splitlines()) > 1:
        raise Refused(Code.TEXT_UNPRINTABLE, field=name)


def has_controls(text: str) -> bool:
    """Whether anything in `text` would steer a terminal instead of being read."""
    return not text.isprintable() and any(_is_control(letter) for letter in text)


def _is_control(letter: str) -> bool:
    code = ord(letter)
    return (code < SPACE and letter not in "\n\r\t") or DELETE <= code < LATIN_1
