"""Laying a text before both authorities: looked through by line, numbered, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters import numbering
from adapters.system import Gadelys
from adapters.web.asking import ask
from domain.errors import Code, Refused
from domain.free_text import refuse_cpr_in
from domain.messages import Stamp
from domain.persons import persons
from domain.plain_text import has_controls
from domain.ports import Receipt
from domain.publication.commands import DraftPublication
from projections.publications import PUBLICATIONS

LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class LineMark:
    """Words that may name somebody, and in which line of a text they stand."""

    line: int
    kind: str
    words: str


def marks_by_line(text: str) -> Iterator[LineMark]:
    """Yield the places of a text that may name a person."""
    for nth, line in enumerate(text.split("\n"), 1):
        for mark in persons(line):
            yield LineMark(nth, str(mark.kind), line[mark.start : mark.end])


def check_publishable(text: str, title: str) -> None:
    """Refuse a text that nobody could publish.

    Raises: Refused (text_missing, text_too_long, text_unprintable, cpr_number).
    """
    if not text or not title.strip():
        raise Refused(Code.TEXT_MISSING, field="text")
    if len(text) > LONGEST:
        raise Refused(Code.TEXT_TOO_LONG, field="text", length=len(text), limit=LONGEST)
    if has_controls(text):
        raise Refused(Code.TEXT_UNPRINTABLE, field="text")
    refuse_cpr_in("text", text)
    refuse_cpr_in("title", title)


def laid_before_both(
    system: Gadelys, number: str | None, body: dict[str, Any], stamp: Stamp
) -> str:
    """Draft a text once more, or under the next number that is free; return it."""

    def give(free: str) -> Receipt:
        command = DraftPublication(number=free, stamp=stamp, **body)
        expected = None if number else 0
        seen = (PUBLICATIONS.name,)
        return ask(system, command, expected, checked=True, seen_in=seen)

    if number:
        give(number)
        return number
    return numbering.PUBLICATIONS.first_free(system, give)[0]
