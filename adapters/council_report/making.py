"""Making the report from the facts, and making it again from its pins."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from adapters.errors import first_problem
from adapters.ledger.book import Book
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import base64_of
from adapters.proof.note import Note
from adapters.proof.unproven import Unproven
from adapters.system import Gadelys
from domain.calendar import END_OF_DAY
from domain.errors import Code, NotFound, Refused
from domain.messages import Recorded
from domain.register.adoption import RegisterAdopted
from domain.register.model import Register
from projections.council_report import (
    CouncilReport,
    Pins,
    Signed,
    council_report,
)
from projections.kpis import Period, cohort_of

REPORT = TypeAdapter(CouncilReport)
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, of one area or all, as of a day, as known then.

    `internal` asks for small numbers and for the cases behind every figure.
    """

    first: date
    last: date
    as_of: date
    as_known: datetime | None = None
    area: str | None = None
    internal: bool = False


def fault_of(question: Question, today: date) -> str:
    """Return what a report cannot be made of: `period`, `as_of`, or nothing."""
    if question.first > question.last:
        return "period"
    return "as_of" if question.as_of > today else ""


@dataclass(frozen=True, slots=True)
class Made:
    """A report, and the register whose names it is shown with."""

    report: CouncilReport
    register: Register


def council_report_of(system: Gadelys, question: Question) -> Made:
    """Return the report that was asked for, pinned to what is known.

    Raises: NotFound (no_register) where nothing was in force by then, (unknown_area)
        where nobody walked by then.
    """
    facts = _facts(system, system.store.last_position())
    learned = question.as_known
    known = [one for one in facts if learned is None or one.recorded_at <= learned]
    if not known:
        raise NotFound(Code.NO_REGISTER)
    pins = Pins(
        first=question.first,
        last=question.last,
        area=question.area,
        as_of=question.as_of,
        position=known[-1].position,
        known_at=known[-1].recorded_at,
        register=0,
        checkpoint=_checkpoint(system, known[-1].position),
        internal=question.internal,
    )
    return _made(facts, pins)


def made_again(system: Gadelys, pins: Pins) -> Made:
    """Return the report that these pins belong to.

    What the history itself tells is not taken from them: pins that somebody changed
    give another report.

    Raises: NotFound (no_register, unknown_area) when they are not of this history.
    """
    facts = _facts(system, pins.position)
    if not facts:
        raise NotFound(Code.NO_REGISTER)
    position = facts[-1].position
    signed = _signed(system, position)
    size = pins.checkpoint.size if pins.checkpoint else None
    again = replace(
        pins,
        position=position,
        known_at=facts[-1].recorded_at,
        checkpoint=next((one for one in signed if one.size == size), None),
    )
    return _made(facts, again)


def pins_in(path: Path) -> Pins:
    """Return the pins of a report that was written as JSON.

    Raises: Refused (bad_file).
    """
    try:
        return REPORT.validate_json(path.read_bytes()).pins
    except OSError as problem:
        told = problem.strerror or ""
        raise Refused(Code.BAD_FILE, file=str(path), problem=told) from problem
    except ValidationError as problem:
        told = first_problem(problem)
        raise Refused(Code.BAD_FILE, file=str(path), problem=told) from problem


def _facts(system: Gadelys, position: int) -> list[Recorded]:
    found: list[Recorded] = []
    reached = 0
    while reached < position and (page := system.store.after(reached, PAGE)):
        found += [fact for fact in page if fact.position <= position]
        reached = page[-1].position
    return found


def _made(facts: list[Recorded], pins: Pins) -> Made:
    version, register = _in_force(facts, pins)
    period = Period(pins.first, pins.last, pins.area)
    calendar = register.working_days
    cohort = cohort_of(facts, period, pins.as_of, calendar, pins.position)
    if pins.area is not None and pins.area not in cohort.areas.values():
        raise NotFound(Code.UNKNOWN_AREA, area=pins.area)
    pinned = replace(pins, register=version)
    return Made(council_report(cohort, pinned), register)


def _in_force(facts: list[Recorded], pins: Pins) -> tuple[int, Register]:
    """Return the register of the day, of those that were known; or the first.

    Raises: NotFound (no_register).
    """
    adopted = [
        (fact.version, fact.event)
        for fact in facts
        if fact.position <= pins.position and isinstance(fact.event, RegisterAdopted)
    ]
    if not adopted:
        raise NotFound(Code.NO_REGISTER)
    calendar = adopted[-1][1].rules.working_days
    until = calendar.moment(pins.as_of, END_OF_DAY)
    by_then = [one for one in adopted if one[1].stamp.at <= until]
    version, event = by_then[-1] if by_then else adopted[0]
    return version, event.rules


def _checkpoint(system: Gadelys, position: int) -> Signed | None:
    """Return the first checkpoint over all the facts, or the last there is."""
    found: Signed | None = None
    for found in _signed(system, position):
        if found.covers:
            break
    return found


def _signed(system: Gadelys, position: int) -> Iterator[Signed]:
    """Yield the checkpoints that can be read, the smallest first."""
    needed = system.store.count(position)
    for _, content in Book(system.settings.ledger_folder).checkpoints():
        with suppress(Unproven):
            said = Checkpoint.parse(Note.parse(content).text)
            yield Signed(said.size, base64_of(said.root), said.size >= needed)
