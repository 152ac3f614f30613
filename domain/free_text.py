"""The free texts of a command, and what must not stand in them."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from domain.errors import Code, Refused
from domain.persons import cpr_like
from domain.values import Actor, Value

Told = tuple[str, str]
"""The name of a field, and what stands in it."""

KEYS = frozenset(
    {
        *("number", "walk", "finding", "publication", "master", "follows"),
        *(
            "supersedes",
            "content",
            "category",
            "ref",
            "reason_code",
            "key",
            "message_id",
        ),
        *("municipality_code", "police_district_code", "stamp", "rules"),
        *("series", "focus", "indicator", "source_url", "period"),
    }
)
"""Fields that name something instead of telling of it; a new field tells."""


STAMP = frozenset({"stamp"})


def refuse_cpr(command: Value) -> None:
    """Refuse a command with what can be a CPR number, wherever it stands.

    Keys are read as well: the number of a case is seen by many. Actors are not:
    a staff id is given by the organisation.

    Raises: Refused (cpr_number) with the name of the field only.
    """
    for field, text in _strings(command, STAMP):
        refuse_cpr_in(field, text)


def refuse_cpr_in(field: str, text: str) -> None:
    """Refuse one text with what can be a CPR number.

    Raises: Refused (cpr_number) with the name of the field only.
    """
    if next(cpr_like(text), None):
        raise Refused(Code.CPR_NUMBER, field=field)


def free_texts(command: Value) -> Iterator[Told]:
    """Yield every text that tells of something, in the order of the fields."""
    yield from _strings(command, KEYS)


def _strings(value: object, without: frozenset[str], field: str = "") -> Iterator[Told]:
    """Yield every string but actors and words of an enumeration."""
    match value:
        case None | int() | float() | date():
            return
        case str():
            if not isinstance(value, Actor | StrEnum):
                yield field, value
        case tuple():
            for one in value:
                yield from _strings(one, without, field)
        case dict():
            for key, one in value.items():
                yield from _strings(key, without, field)
                yield from _strings(one, without, field)
        case Value():
            for name in type(value).model_fields:
                if name not in without:
                    yield from _strings(getattr(value, name), without, name)
        case _:
            return
