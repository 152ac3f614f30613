"""Making a report from the facts, and making it again from its pins."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.errors import Unavailable, first_problem
from adapters.ledger.book import Book
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import base64_of
from adapters.proof.note import Note
from adapters.proof.unproven import Unproven
from adapters.reporting.kept_trails import kept_trails
from adapters.reports import asked_at, measurement_facts
from adapters.system import Gadelys
from domain.calendar import END_OF_DAY
from domain.errors import Code, NotFound, Refused
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.register.adoption import REGISTER_STREAM
from domain.register.model import Register
from domain.values import Actor, WalkNumber
from domain.walk.commands import stream_of as walk_stream
from projections.council_report import CouncilReport, council_report
from projections.half_year import HalfYear, half_before, half_year
from projections.kpis import Cohort, Period, cohort_of
from projections.place_report import PlaceReport, place_report
from projections.registers import Adopted, Registers
from projections.report_parts import Pins, ReportKind, Signed
from projections.unit_report import UnitReport, unit_report

AnyReport = CouncilReport | HalfYear | PlaceReport | UnitReport
REPORT_co = TypeVar("REPORT_co", bound=AnyReport, covariant=True)

PAGE = 5_000
FROM_ROWS = frozenset({ReportKind.COUNCIL, ReportKind.AREA, ReportKind.UNIT})
"""Reports that only count what was open, or happened, in their period."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, of one area or all, as of a day, as known then.

    `internal` asks for small numbers and for the cases behind every figure. A report
    on one walk has no period: it begins when the walk was held.
    """

    first: date
    last: date
    as_of: date
    as_known: datetime | None = None
    area: str | None = None
    internal: bool = False
    walk: WalkNumber | None = None
    unit: Actor | None = None


def fault_of(question: Question, today: date) -> str:
    """Return what a report cannot be made of: `period`, `as_of`, or nothing."""
    if question.first > question.last:
        return "period"
    return "as_of" if question.as_of > today else ""


@dataclass(frozen=True, slots=True)
class Made(Generic[REPORT_co]):
    """A report, the register whose names it is shown with, and what it counted."""

    report: REPORT_co
    register: Register
    cohort: Cohort


class InFile(BaseModel):
    """What is read of a report that was written: which it is, and its pins."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Annotated[ReportKind, Field(alias="schema")]
    pins: Pins


def council_report_of(
    system: Gadelys, question: Question, until: int | None = None
) -> Made[CouncilReport]:
    """Return the report to the council that was asked for, pinned to what is known.

    Args:
        system: whose facts.
        question: what is asked.
        until: the position of the last fact that counts as known, if one is meant.

    Raises: NotFound (no_register) where nothing was in force by then, (unknown_area)
        where nobody walked by then.
    """
    pins = _pins_of(system, question, until)
    register, cohort = _cohort(_facts(system, pins.position), pins)
    pinned = _settled(pins, register, cohort)
    return Made(council_report(cohort, pinned), register.rules, cohort)


def report_of(system: Gadelys, kind: ReportKind, question: Question) -> Made[AnyReport]:
    """Return the report that was asked for, pinned to what is known.

    Raises: NotFound (no_register, unknown_area, unknown_walk, unknown_unit).
    """
    return _looked_at(system, kind, _pins_of(system, question))


def looked_at_again(system: Gadelys, pins: Pins, kind: ReportKind) -> Made[AnyReport]:
    """Return the report that these pins belong to, from rows as `report_of` does.

    Raises: NotFound (no_register, unknown_area, unknown_walk, unknown_unit) when they
        are not of this history.
    """
    return _looked_at(system, kind, _in_history(system, pins))


def made_again(
    system: Gadelys, pins: Pins, kind: ReportKind = ReportKind.COUNCIL
) -> Made[AnyReport]:
    """Return the report that these pins belong to, folded from the facts themselves.

    What the history itself tells is not taken from them: pins that somebody changed
    give another report.

    Raises: NotFound (no_register, unknown_area, unknown_walk, unknown_unit) when they
        are not of this history.
    """
    again = _in_history(system, pins)
    return _made(kind, _facts(system, again.position, again.walk), again)


def _in_history(system: Gadelys, pins: Pins) -> Pins:
    """Return pins with what this history tells of them.

    Raises: NotFound (no_register) where it tells nothing.
    """
    position = min(pins.position, system.store.last_position())
    if position <= 0:
        raise NotFound(Code.NO_REGISTER)
    signed = _signed(system, position)
    size = pins.checkpoint.size if pins.checkpoint else None
    return replace(
        pins,
        position=position,
        known_at=_known_at(system, position),
        checkpoint=next((one for one in signed if one.size == size), None),
    )


def in_file(path: Path) -> InFile:
    """Return which report was written as JSON, and its pins.

    Raises: Refused (bad_file).
    """
    try:
        return InFile.model_validate_json(path.read_bytes())
    except OSError as problem:
        told = problem.strerror or ""
        raise Refused(Code.BAD_FILE, file=str(path), problem=told) from problem
    except ValidationError as problem:
        told = first_problem(problem)
        raise Refused(Code.BAD_FILE, file=str(path), problem=told) from problem


def _pins_of(system: Gadelys, question: Question, until: int | None = None) -> Pins:
    """Return the pins of a report on what is known, or was.

    Raises: NotFound (no_register).
    """
    known = asked_at(system, None, question.as_known).known
    newest = system.store.last_position()
    position = min(one for one in (until, known, newest) if one is not None)
    if not position:
        raise NotFound(Code.NO_REGISTER)
    return Pins(
        first=question.first,
        last=question.last,
        area=question.area,
        as_of=question.as_of,
        position=position,
        known_at=_known_at(system, position),
        register=0,
        checkpoint=_checkpoint(system, position),
        internal=question.internal,
        walk=question.walk,
        unit=question.unit,
    )


def _known_at(system: Gadelys, position: int) -> datetime:
    [fact] = system.store.after(position - 1, 1)
    return fact.recorded_at


def _facts(
    system: Gadelys, position: int, walk: WalkNumber | None = None
) -> list[Recorded]:
    """Return what was known at a position; of one walk, what is about it."""
    if walk is not None:
        return _facts_of_walk(system, position, walk)
    found: list[Recorded] = []
    reached = 0
    while reached < position and (page := system.store.after(reached, PAGE)):
        found += [fact for fact in page if fact.position <= position]
        reached = page[-1].position
    return found


def _of_the_whole(system: Gadelys, position: int) -> list[Recorded]:
    """Return the facts that are about no case or walk: registers and measurements."""
    facts = [*system.store.load(REGISTER_STREAM), *measurement_facts(system)]
    known = [fact for fact in facts if fact.position <= position]
    return sorted(known, key=attrgetter("position"))


def _facts_of_walk(system: Gadelys, position: int, walk: WalkNumber) -> list[Recorded]:
    cases = map(stream_of, system.store.findings_of(walk))
    streams = (REGISTER_STREAM, walk_stream(walk), *cases)
    facts = [fact for stream in streams for fact in system.store.load(stream)]
    known = [fact for fact in facts if fact.position <= position]
    return sorted(known, key=attrgetter("position"))


def _looked_at(system: Gadelys, kind: ReportKind, pins: Pins) -> Made[AnyReport]:
    """Make a report from rows, if it can be; when they stand still, from the facts."""
    if kind in FROM_ROWS:
        with suppress(Unavailable):
            return _made(kind, _of_the_whole(system, pins.position), pins, system)
    return _made(kind, _facts(system, pins.position, pins.walk), pins)


def _made(
    kind: ReportKind,
    facts: list[Recorded],
    pins: Pins,
    rows_of: Gadelys | None = None,
) -> Made[AnyReport]:
    register, cohort = _cohort(facts, pins, rows_of)
    pinned = _settled(pins, register, cohort)
    match kind:
        case ReportKind.COUNCIL | ReportKind.FIRST_COUNCIL:
            report: AnyReport = council_report(cohort, pinned)
        case ReportKind.HALF_YEAR:
            report = half_year(cohort, _before(facts, pins, register), pinned)
        case ReportKind.WALK | ReportKind.AREA:
            report = place_report(cohort, pinned)
        case ReportKind.UNIT:
            report = unit_report(cohort, pinned)
    return Made(report, register.rules, cohort)


def _cohort(
    facts: list[Recorded], pins: Pins, rows_of: Gadelys | None = None
) -> tuple[Adopted, Cohort]:
    """Return the register of the day, and what the report is about.

    Args:
        facts: all that were known; with rows, those that no row tells of.
        pins: of the report.
        rows_of: whose rows tell of cases, walks and texts, if rows shall.

    Raises: NotFound (no_register, unknown_area, unknown_walk, unknown_unit).
    """
    register = _in_force(facts, pins)
    ever = pins.walk is not None
    period = Period(
        date.min if ever else pins.first, date.max if ever else pins.last, pins.area
    )
    calendar = register.rules.working_days
    happened = calendar.moment(pins.as_of, END_OF_DAY)
    read = (
        kept_trails(rows_of, period, happened, pins.position, calendar)
        if rows_of
        else None
    )
    cohort = cohort_of(facts, period, pins.as_of, calendar, pins.position, read)
    if pins.walk is not None and pins.walk not in cohort.areas:
        raise NotFound(Code.UNKNOWN_WALK, walk=pins.walk)
    if pins.area is not None and pins.area not in cohort.areas.values():
        raise NotFound(Code.UNKNOWN_AREA, area=pins.area)
    if pins.unit is not None and not register.rules.knows(Actor(pins.unit)):
        raise NotFound(Code.UNKNOWN_UNIT, unit=pins.unit)
    return register, cohort


def _before(facts: list[Recorded], pins: Pins, register: Adopted) -> Cohort:
    """Return how things stood at the end of the half before."""
    period = replace(half_before(pins.first), area=pins.area)
    calendar = register.rules.working_days
    return cohort_of(facts, period, period.last, calendar, pins.position)


def _settled(pins: Pins, register: Adopted, cohort: Cohort) -> Pins:
    """Return the pins with what the facts say of them."""
    pinned = replace(pins, register=register.version)
    if pins.walk is None:
        return pinned
    held_on = cohort.walks[0].held_on if cohort.walks else None
    area = cohort.areas[pins.walk]
    return replace(pinned, first=held_on or pins.as_of, last=pins.as_of, area=area)


def _in_force(facts: list[Recorded], pins: Pins) -> Adopted:
    """Return the register of the day, of those that were known; or the first.

    Raises: NotFound (no_register).
    """
    registers = Registers.of(facts, pins.position)
    if not registers.adopted:
        raise NotFound(Code.NO_REGISTER)
    calendar = registers.adopted[-1].rules.working_days
    found = registers.at(calendar.moment(pins.as_of, END_OF_DAY))
    return found or registers.adopted[0]


def _checkpoint(system: Gadelys, position: int) -> Signed | None:
    """Return the first checkpoint over all the facts, or the last there is."""
    found: Signed | None = None
    for found in _signed(system, position):
        if found.covers:
            break
    return found


def _signed(system: Gadelys, position: int) -> Iterator[Signed]:
    """Yield the checkpoints that can be read, the smallest first."""
    needed: int | None = None
    for _, content in Book(system.settings.ledger_folder).checkpoints():
        with suppress(Unproven):
            said = Checkpoint.parse(Note.parse(content).text)
            needed = system.store.count(position) if needed is None else needed
            yield Signed(said.size, base64_of(said.root), said.size >= needed)
