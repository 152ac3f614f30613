"""Who acts for one of the two authorities."""

from domain.errors import Code, NotAllowed, NotFound
from domain.register.model import Register
from domain.values import BOTH_AUTHORITIES, Actor


def check_staff(by: Actor, register: Register) -> None:
    """Refuse everybody but the people of the two authorities.

    Raises: NotAllowed (not_your_case); NotFound (unknown_unit).
    """
    if by.authority not in BOTH_AUTHORITIES:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=", ".join(BOTH_AUTHORITIES))
    if not register.knows(by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(by))
