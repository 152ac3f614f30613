"""Laying a text before both authorities: looked through by line, numbered, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters import numbering
from adapters.files.documents import Document
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.web.asking import ask
from adapters.web.building import Typed, plain
from domain.errors import Code, Refused
from domain.free_text import refuse_cpr_in
from domain.messages import Stamp
from domain.persons import persons
from domain.plain_text import has_controls
from domain.ports import Receipt
from domain.publication.commands import DraftPublication
from domain.publication.events import Form, PublicationKind
from projections.publications import PUBLICATIONS

LONGEST = 200_000
TITLE = 0
"""Stands for the line of a title; those of the text are counted from 1."""


@dataclass(frozen=True, slots=True)
class LineMark:
    """Words that may name somebody, and in which line of a text they stand."""

    line: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text as its author typed it, and the places that may name a person."""

    title: str
    text: str
    marks: tuple[LineMark, ...]

    def check(self) -> None:
        """Refuse a text that nobody could publish.

        Raises: Refused (text_missing, text_too_long, text_unprintable, cpr_number).
        """
        if not self.text or not self.title:
            raise Refused(Code.TEXT_MISSING, field="text")
        if (length := len(self.text)) > LONGEST:
            raise Refused(
                Code.TEXT_TOO_LONG, field="text", length=length, limit=LONGEST
            )
        if has_controls(self.text):
            raise Refused(Code.TEXT_UNPRINTABLE, field="text")
        refuse_cpr_in("text", self.text)
        refuse_cpr_in("title", self.title)


def written_in(told: Typed) -> Written:
    """Return the text that was typed into a form."""
    title, text = (plain(told.get(name, "")) for name in ("title", "text"))
    marks = (*_marks_of(TITLE, title), *marks_by_line(text))
    return Written(title, text, marks)


def marks_by_line(text: str) -> Iterator[LineMark]:
    """Yield the places of a text that may name a person."""
    for nth, line in enumerate(text.split("\n"), 1):
        yield from _marks_of(nth, line)


def _marks_of(nth: int, line: str) -> Iterator[LineMark]:
    for mark in persons(line):
        yield LineMark(nth, str(mark.kind), line[mark.start : mark.end])


def text_laid(
    system: Gadelys,
    written: Written,
    kind: PublicationKind,
    stamp: Stamp,
    number: str | None = None,
    **about: str,
) -> str:
    """Keep a text and lay it before both; return its number.

    Args:
        system: where.
        written: the text; its author has looked at its marks.
        kind: what it is.
        stamp: who lays it, and when.
        number: that of the text which it changes; left out: the next that is free.
        about: the walk or the finding that it is about.

    Raises: as `laid_before_both`.
    """
    document = Document(f"{written.text}\n".encode(), Form.MD)
    body = {
        "kind": kind,
        "title": written.title,
        "content": documents_of(system).keep(document),
        "form": document.form,
        **about,
    }
    return laid_before_both(system, number, body, stamp)


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
