"""Reading what has been kept long enough out of an installation."""

from collections.abc import Iterator
from datetime import date

from adapters.system import Gadelys
from domain.messages import Recorded
from domain.retention import Due, Term, due, kept, term_of
from domain.subject.commands import stream_of
from domain.subject.state import Subject
from domain.subject.state import fold as fold_subject
from domain.values import StreamId

PAGE = 500


def due_on(system: Gadelys, today: date) -> tuple[Due, ...]:
    """Return what is due on a day and not done yet; every fact is read."""
    things, register = kept(_facts(system)), system.rules().register
    names = {one.kept.name for one in due(things, {}, register, today)}
    subjects = {name: _subject(system, name) for name in sorted(names)}
    return due(things, subjects, register, today)


def term_in(system: Gadelys, name: str, streams: tuple[StreamId, ...]) -> Term | None:
    """Return when somebody's words may be disposed of, by the register in force.

    Args:
        system: where the facts are.
        name: whose words.
        streams: all streams that can say so.
    """
    facts = (fact for stream in streams for fact in system.store.load(stream))
    mine = [one for one in kept(facts) if one.name == name]
    return term_of(mine, system.rules().register)


def _facts(system: Gadelys) -> Iterator[Recorded]:
    position = 0
    while page := system.store.after(position, PAGE):
        yield from page
        position = page[-1].position


def _subject(system: Gadelys, name: str) -> Subject:
    known = system.vault().keys.by_name(name)
    return fold_subject(system.store.load(stream_of(known.ref))) if known else Subject()
