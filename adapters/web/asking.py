"""Before something is stored: whoever wrote it is asked whether it names a person."""

from contextlib import suppress
from dataclasses import dataclass

from adapters.errors import Unavailable
from adapters.system import Gadelys
from domain.free_text import free_texts, refuse_cpr
from domain.handling import AnyCommand
from domain.messages import Command
from domain.persons import persons
from domain.ports import Receipt
from projections.cases import CASES

PATIENCE_S = 1.0
"""How long an answer waits for the lists; they follow by themselves."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of a field that may name somebody."""

    field: str
    kind: str
    words: str


class PersonsNamed(Exception):
    """The author has to look at some words once more."""

    def __init__(self, marks: tuple[Marked, ...]) -> None:
        """Keep what was found; it is shown to the author and goes nowhere else."""
        super().__init__("persons_named")
        self.marks = marks


def ask(
    system: Gadelys,
    command: AnyCommand,
    expected: int | None,
    *,
    checked: bool,
    seen_in: tuple[str, ...] = (CASES.name,),
) -> Receipt:
    """Give a command, unless its author has to look at its texts once more.

    What follows is in the lists `seen_in` when this returns, unless they lag.

    Raises: PersonsNamed; Refused (cpr_number), whether or not they were `checked`;
        else as `Gadelys.ask`.
    """
    look_through(command, checked=checked)
    receipt = system.ask(command, expected=expected)
    with suppress(Unavailable):  # it is stored: a list that lags changes nothing
        system.see(receipt, seen_in, PATIENCE_S)
    return receipt


def look_through(command: Command, *, checked: bool) -> None:
    """Stop a command whose author has to look at its texts once more.

    Raises: PersonsNamed; Refused (cpr_number), whether or not they were `checked`.
    """
    refuse_cpr(command)
    if not checked and (marks := marks_in(command)):
        raise PersonsNamed(marks)


def marks_in(command: Command) -> tuple[Marked, ...]:
    """Return the words that may name somebody."""
    return tuple(
        Marked(field, str(mark.kind), text[mark.start : mark.end])
        for field, text in free_texts(command)
        for mark in persons(text)
    )
