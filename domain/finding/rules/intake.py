"""Coming in: reported, referred at the door, put right."""

from datetime import date, datetime

from domain.errors import Code, Conflict, NotFound, Refused
from domain.finding.commands import (
    CorrectFinding,
    FindingCommand,
    LogCall,
    ReferOut,
    ReportFinding,
)
from domain.finding.events import (
    CallLogged,
    ClockName,
    FindingCorrected,
    FindingReferred,
    FindingReported,
    NewCategory,
)
from domain.finding.rules.checks import BEFORE_FIX, Facts, Given, day_of, require
from domain.finding.state import Finding, Status
from domain.finding.terms import lengths
from domain.register.model import Category, Register
from domain.values import Severity


def report(finding: Finding | None, command: ReportFinding, given: Given) -> Facts:
    """Note a finding once and start its clocks."""
    if finding is not None:
        raise Conflict(Code.ALREADY_REPORTED, number=command.number)
    if command.walk and command.walk not in given.walks:
        raise NotFound(Code.UNKNOWN_WALK, walk=command.walk)
    _refuse_bad_predecessor(command, given)
    register = given.register
    _refuse_future_call(command.called_at, command, register)
    category = register.category(command.category)
    terms = terms_of(category, command.severity, day_of(command, register), register)
    return (
        FindingReported(
            stamp=command.stamp,
            category=category.code,
            kind=category.kind,
            text=command.text,
            point=command.point,
            place=command.place,
            walk=command.walk,
            channel=command.channel,
            severity=command.severity,
            triage=register.coordinator(command.stamp.by.authority),
            positive=terms.positive,
            acknowledge_days=terms.acknowledge_days,
            fix_days=terms.fix_days,
            verify_days=terms.verify_days,
            acknowledge_due=terms.acknowledge_due,
            fix_due=terms.fix_due,
            follows=command.follows,
            called_at=command.called_at,
        ),
    )


def _refuse_bad_predecessor(command: ReportFinding, given: Given) -> None:
    """Refuse to follow a case that does not exist or is still open (R11)."""
    if command.follows is None:
        return
    if (before := given.findings.get(command.follows)) is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=command.follows)
    if before.is_open:
        raise Refused(Code.STILL_OPEN, follow=command.follows, status=before.status)


def log_call(finding: Finding, command: LogCall, register: Register) -> Facts:
    """Note when something acute was told by telephone (R18)."""
    require(finding, *BEFORE_FIX)
    if not finding.is_urgent:
        raise Refused(Code.NOT_ACUTE, severity=finding.severity)
    _refuse_future_call(command.called_at, command, register)
    return (
        CallLogged(stamp=command.stamp, called_at=command.called_at, whom=command.whom),
    )


def _refuse_future_call(
    called_at: datetime | None, command: FindingCommand, register: Register
) -> None:
    if called_at and called_at > command.stamp.at:
        day = register.working_days.local_day(called_at)
        raise Refused(Code.DATE_IN_FUTURE, field="called_at", date=day.isoformat())


def terms_of(
    category: Category,
    severity: Severity,
    start: date,
    register: Register,
    held: int = 0,
) -> NewCategory:
    """Return the clocks that `category` starts on `start`.

    `held` are working days that the fix clock has already stood still.
    """
    acknowledge, fix, verify = lengths(category, severity)
    calendar = register.working_days
    return NewCategory(
        code=category.code,
        kind=category.kind,
        positive=not category.task,
        acknowledge_days=acknowledge,
        fix_days=fix,
        verify_days=verify,
        acknowledge_due=calendar.add(start, acknowledge) if category.task else None,
        fix_due=calendar.add(start, fix + held) if category.task else None,
    )


def refer_out(finding: Finding | None, command: ReferOut, given: Given) -> Facts:
    """Keep date and forum only; also before anything else was ever written."""
    if finding is not None:
        require(finding, Status.REPORTED)
    if command.walk and command.walk not in given.walks:
        raise NotFound(Code.UNKNOWN_WALK, walk=command.walk)
    return (
        FindingReferred(
            stamp=command.stamp,
            forum=command.forum,
            walk=command.walk,
            tell=given.tell,
        ),
    )


def correct(finding: Finding, command: CorrectFinding, register: Register) -> Facts:
    """Put right what was written; another category brings its own clocks."""
    if finding.status is Status.REFERRED:
        raise Refused(Code.CLOSED, status=finding.status, needed=[])
    changes = (command.category, command.text, command.point, command.place)
    if all(change is None for change in changes):
        raise Refused(Code.NOTHING_CHANGES)
    terms = None
    if command.category is not None and command.category != finding.category:
        require(finding, *BEFORE_FIX, Status.POSITIVE)
        category = register.category(command.category)
        start, held = _clock_so_far(finding, command, register)
        terms = _first_clocks_only(
            finding, terms_of(category, finding.severity, start, register, held)
        )
    return (
        FindingCorrected(
            stamp=command.stamp,
            reason=command.reason,
            category=terms,
            text=command.text,
            point=command.point,
            place=command.place,
        ),
    )


def _clock_so_far(
    finding: Finding, command: CorrectFinding, register: Register
) -> tuple[date, int]:
    """Return when the fix clock started, and the working days it has stood."""
    clock = finding.clocks.get(ClockName.FIX)
    if finding.status is Status.POSITIVE or clock is None:
        return day_of(command, register), 0
    return register.working_days.local_day(clock.started), clock.held


def _first_clocks_only(finding: Finding, terms: NewCategory) -> NewCategory:
    """Leave a clock alone that was started anew by a return or a reopening.

    For a place that was only to be kept, all clocks start.
    """
    again = {name for name, starts in finding.starts.items() if starts > 1}
    if finding.status is Status.POSITIVE:
        again = set()
    return NewCategory(
        code=terms.code,
        kind=terms.kind,
        positive=terms.positive,
        acknowledge_days=terms.acknowledge_days,
        fix_days=terms.fix_days,
        verify_days=terms.verify_days,
        acknowledge_due=(
            None if ClockName.ACKNOWLEDGE in again else terms.acknowledge_due
        ),
        fix_due=None if ClockName.FIX in again else terms.fix_due,
    )
