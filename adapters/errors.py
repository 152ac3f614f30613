"""What can be away while the rules are fine."""

from domain.errors import DomainError


class Unavailable(DomainError):
    """Something we depend on does not answer; trying later may help."""
