"""Before a text is stored: whoever wrote it is asked whether it names a person.

What is marked is shown to the author on the terminal and goes nowhere else.
"""

from collections.abc import Iterable, Sequence
from typing import NoReturn

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.system import Gadelys
from domain.errors import Code, Refused
from domain.free_text import Told, free_texts, refuse_cpr
from domain.handling import AnyCommand
from domain.persons import Mark, persons
from domain.ports import Receipt

Marked = tuple[str, str, Mark]
"""The name of a field, its text, and one place in it."""


def submit(
    session: Session,
    system: Gadelys,
    command: AnyCommand,
    expected: int | None = None,
    *,
    checked: bool = False,
) -> Receipt:
    """Submit a command, unless its author has to look at its texts once more.

    Raises: Refused (cpr_number), whether or not they were `checked`; else as
        `Gadelys.ask`.
    """
    refuse_cpr(command)
    look_through(session, free_texts(command), checked=checked)
    return system.ask(command, expected=expected)


def look_through(session: Session, told: Iterable[Told], *, checked: bool) -> None:
    """End with 1 when something in these texts may name a person, once."""
    if checked:
        return
    marked = [(field, text, mark) for field, text in told for mark in persons(text)]
    if marked:
        _ask_author(session, marked)


def _ask_author(session: Session, marked: Sequence[Marked]) -> NoReturn:
    saying.refuse(
        Refused(Code.PERSONS_NAMED),
        session.texts,
        as_json=session.as_json,
        places=[_line(session, one) for one in marked],
        marks=[
            {
                "field": field,
                "kind": mark.kind,
                "start": mark.start,
                "end": mark.end,
                "words": text[mark.start : mark.end],
            }
            for field, text, mark in marked
        ],
    )


def _line(session: Session, marked: Marked) -> str:
    """Return where and what it is; people count characters from 1."""
    field, text, mark = marked
    texts = session.texts
    return texts.say(
        "say.person_mark",
        field=texts.word("field", field),
        start=mark.start + 1,
        end=mark.end,
        kind=mark.kind,
        words=text[mark.start : mark.end],
    )
