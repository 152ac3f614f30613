"""Filling an empty installation with an invented history, or going on with one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from itertools import islice

from adapters.files.documents import Document, Documents
from adapters.files.register_file import public_holidays
from adapters.generating.ahead import Mapped, beside
from adapters.generating.history import Size, Stored, country_of, history, walks
from adapters.system import Gadelys
from domain.errors import Code, Refused
from domain.messages import derived_id
from domain.publication.events import Form
from domain.register.model import Register
from domain.values import Point

BATCH = 2_000
"""How many decisions are stored in one transaction."""

FEW = 500
"""With so few findings another process costs more than it saves."""

YEARS_AFTER = 3
"""For so long after the end of the history the calendar must hold."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What there is now: how many facts, and how many of them were there before."""

    facts: int
    before: int


def size_of(
    register: Register,
    *,
    walks: int,
    findings: int,
    years: int,
    seed: int,
    end: date,
    centre: Point | None = None,
) -> Size:
    """Return how much history ends on a day, around a point or the middle of all."""
    begin = end.replace(year=end.year - years, day=min(end.day, 28))
    box = register.bounds
    middle = Point(lat=(box.south + box.north) / 2, lon=(box.west + box.east) / 2)
    return Size(walks, findings, begin, years, seed, centre or middle)


def begun_on(system: Gadelys, register: Register) -> date | None:
    """Return the day on which the history that is stored begins, if there is any."""
    found = system.store.after(0, 1)
    if not found:
        return None
    return register.working_days.local_day(found[0].event.stamp.at)


def with_calendar(register: Register, size: Size) -> Register:
    """Return the register with a calendar that covers the whole history."""
    rules = register.calendar
    first = min(rules.first_year, size.begin.year)
    last = max(rules.last_year, size.end.year + YEARS_AFTER)
    if (first, last) == (rules.first_year, rules.last_year):
        return register
    days = {*rules.public_holidays, *public_holidays(rules.country, first, last)}
    covering = {
        "first_year": first,
        "last_year": last,
        "public_holidays": tuple(sorted(days)),
    }
    return register.model_copy(update={"calendar": rules.model_copy(update=covering)})


def fill(
    system: Gadelys,
    register: Register,
    size: Size,
    on_batch: Callable[[int], None] = lambda _: None,
) -> Filled:
    """Store the history, or what is still missing of it.

    Args:
        system: an empty installation, or one in which the same was begun.
        register: the rules that decide it.
        size: how much of it.
        on_batch: is told how many facts there are.

    Raises: Refused (history_exists) where anything else is stored.
    """
    before, rules = system.store.last_position(), with_calendar(register, size)
    facts = before
    with _many(size) as mapped:
        coming = _after(system, history(size, rules, mapped), before)
        _keep_minutes(system, size, rules)
        while batch := list(islice(coming, BATCH)):
            receipts = system.store.append_at(batch)
            facts += sum(receipt.facts for receipt in receipts)
            on_batch(facts)
    return Filled(facts, before)


def _many(size: Size) -> AbstractContextManager[Mapped]:
    """Return how the days are worked on: ahead, where that is worth its beginning."""
    return beside() if size.findings > FEW else nullcontext(map)


def _keep_minutes(system: Gadelys, size: Size, register: Register) -> None:
    """Keep the texts that both authorities will have signed."""
    settings = system.settings
    documents = Documents(settings.documents_folder, settings.published_folder)
    for walk in walks(size, country_of(size, register)):
        documents.keep(Document(walk.text.encode(), Form.MD))


def _after(system: Gadelys, coming: Iterator[Stored], before: int) -> Iterator[Stored]:
    """Skip what is stored already, and see that it is the same."""
    if before == 0:
        return coming
    first = next(coming)
    _refuse_other(system, first, 1)
    facts, last = 1, first
    while facts < before:
        last = next(coming, first)
        facts += len(last.decision.events)
        if last is first:
            break
    _refuse_other(system, last, before)
    return coming


def _refuse_other(system: Gadelys, one: Stored, position: int) -> None:
    """Refuse to go on after a fact that is not the last one of this decision."""
    found = system.store.after(position - 1, 1)
    expected = derived_id(one.decision.command_id, len(one.decision.events))
    if not found or found[0].event_id != expected:
        raise Refused(Code.HISTORY_EXISTS, facts=system.store.last_position())
