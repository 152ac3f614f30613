"""Taking measurements in from a file, and showing what there is of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from adapters.files.measurement_file import (
    Line,
    ListingLine,
    Said,
    SeriesLine,
    ValueLine,
    read_measurements,
)
from adapters.reports import known, measurement_facts
from adapters.system import Gadelys
from domain.errors import Code, Conflict, DomainError, NotAllowed, NotFound, Refused
from domain.handling import handle
from domain.measurement.commands import (
    AnySeriesCommand,
    DescribeSeries,
    ListArea,
    RecordValue,
)
from domain.measurement.terms import Description, Metric
from domain.messages import Stamp, derived_id
from domain.persons import persons
from domain.register.model import Register
from domain.rehearsal import Rehearsal, RehearsedRules
from domain.values import Actor
from projections.measurements import (
    Measurements,
    measurements,
    published,
)

ATTEMPTS = 5
NOON = time(12)
TOLERANCE = timedelta(minutes=5)
EVER = 9999
"""No year of a measurement is later."""

SERIES = TypeAdapter(Measurements)
"""How a series looks as JSON."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a file that cannot be taken, and why."""

    line: int
    error: DomainError


class Faulty(Refused):
    """A file in which something is wrong: every fault, by line."""

    def __init__(self, name: str, faults: tuple[Fault, ...], lines: int) -> None:
        """Keep the faults of the file `name`, which has so many entries."""
        super().__init__(
            Code.BAD_MEASUREMENTS, file=name, count=len(faults), lines=lines
        )
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: entries that were read, and new facts."""

    entries: int
    facts: int

    @property
    def known(self) -> int:
        """How many entries were there already."""
        return self.entries - self.facts


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be taken in.

    `at` is when people could know of it, where the file does not say; now without it.
    `only_check` stores nothing; `checked` says that texts which may name a person
    were looked at.
    """

    path: Path
    by: Actor
    at: datetime | None = None
    only_check: bool = False
    checked: bool = False


def import_measurements(
    system: Gadelys, wish: Wish, on_entry: Callable[[int, int], None] = lambda *_: None
) -> Imported:
    """Store what is new in a file, all or nothing; the same file again stores nothing.

    Args:
        system: where to.
        wish: which file, by whom.
        on_entry: is told how many entries of how many were checked.

    Raises: Faulty (bad_measurements) with every fault; NotAllowed; NotFound
        (unknown_unit, bad_file); Refused (bad_file, not_utf8, file_too_large).
    """
    if not system.rules().register.knows(wish.by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(wish.by))
    lines = read_measurements(wish.path)
    for _ in range(ATTEMPTS):
        rehearsal = _rehearsed(system, lines, wish, on_entry)
        new = [decision for decision in rehearsal.decisions if decision.events]
        if not wish.only_check:
            try:
                system.store.append(new, system.now())
            except Conflict as conflict:
                # Somebody wrote to the same series while the file was checked.
                if conflict.code is not Code.STALE_VERSION:
                    raise
                continue
        return Imported(len(lines), len(new))
    raise Conflict(Code.BUSY, stream=wish.path.name, attempts=ATTEMPTS)


def _rehearsed(
    system: Gadelys,
    lines: tuple[Line, ...],
    wish: Wish,
    on_entry: Callable[[int, int], None],
) -> Rehearsal:
    """Decide every line in order, storing nothing.

    Raises: Faulty (bad_measurements); NotAllowed.
    """
    rehearsal = Rehearsal(system.store.with_restricted())
    rules = RehearsedRules(system.rules, rehearsal)
    register = system.rules().register
    faults: list[Fault] = []
    for nth, line in enumerate(lines, start=1):
        try:
            command = _command(line, wish, register, system.now())
            handle(command, rehearsal, rules, system.now(), by_person=True)
        except NotAllowed:
            raise
        except DomainError as refusal:
            faults.append(Fault(line.number, refusal))
        on_entry(nth, len(lines))
    if faults:
        ordered = sorted(faults, key=lambda fault: fault.line)
        raise Faulty(wish.path.name, tuple(ordered), len(lines))
    return rehearsal


def _command(
    line: Line, wish: Wish, register: Register, now: datetime
) -> AnySeriesCommand:
    """Return what a line asks for; the same line by the same person has the same id.

    Raises: the line's own fault; Refused (persons_named, date_in_future).
    """
    if isinstance(line.said, DomainError):
        raise line.said
    if not wish.checked and any(persons(one) for one in _texts(line.said)):
        raise Refused(Code.PERSONS_NAMED)
    said = line.said
    day = said.published
    at = _moment(day, register, now) if day else wish.at or now
    content = said.model_dump_json(exclude={"published"})
    identity = derived_id("measurements", wish.by, type(said).__name__, content)
    stamp = Stamp(by=wish.by, at=at, command_id=identity)
    match said:
        case SeriesLine():
            names = set(Description.model_fields)
            description = Description.model_validate(said.model_dump(include=names))
            return DescribeSeries(
                stamp=stamp, series=said.series, description=description
            )
        case ValueLine():
            return RecordValue(
                stamp=stamp, series=said.series, cell=said.cell, figure=said.figure
            )
        case ListingLine():
            return ListArea(
                stamp=stamp,
                series=said.series,
                area=said.area,
                year=said.year,
                listed=said.listed,
            )


def _texts(said: Said) -> Iterator[str]:
    """Yield what somebody wrote in words of their own."""
    if not isinstance(said, ListingLine):
        yield said.note


def _moment(day: date, register: Register, now: datetime) -> datetime:
    """Return when people could know of what was published: at noon of that day.

    Raises: Refused (date_in_future).
    """
    at = register.working_days.moment(day, NOON)
    if at > now + TOLERANCE:
        told = day.isoformat()
        raise Refused(Code.DATE_IN_FUTURE, field="published", date=told)
    return at


# ---- what there is ----


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which measurements somebody asks for, of which past; moments are aware."""

    series: str | None = None
    area: str | None = None
    metric: Metric | None = None
    happened: datetime | None = None
    recorded: datetime | None = None
    internal: bool = False


def measured(system: Gadelys, chosen: Chosen) -> tuple[Measurements, ...]:
    """Return the series that are asked for, each by itself.

    Raises: NotFound (unknown_series) when the one that is named was not there then.
    """
    past = known(measurement_facts(system), chosen.happened, chosen.recorded)
    found = measurements(past, last_year=EVER, area=chosen.area)
    told = [one for one in found if chosen.series in {None, one.series}]
    if chosen.series and not told:
        raise NotFound(Code.UNKNOWN_SERIES, series=chosen.series)
    shown = told if chosen.internal else [published(one) for one in told]
    return tuple(_of_metric(shown, chosen.metric))


def _of_metric(
    told: Iterable[Measurements], metric: Metric | None
) -> Iterator[Measurements]:
    for one in told:
        figures = (it for it in one.figures if metric in {None, it.metric})
        yield replace(one, figures=tuple(figures))
