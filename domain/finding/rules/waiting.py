"""Waiting: hold, resume, another deadline."""

from domain.errors import Code, Refused
from domain.finding.commands import ChangeDeadline, FindingCommand, HoldFinding
from domain.finding.events import (
    ClockName,
    DeadlineChanged,
    FindingPutOnHold,
    FindingResumed,
)
from domain.finding.rules.checks import BEFORE_FIX, Facts, day_of, require
from domain.finding.state import Clock, Finding, Hold, Status
from domain.register.model import Register


def hold(finding: Finding, command: HoldFinding, register: Register) -> Facts:
    """Stop the fix clock until a review day that is not too far away (R8)."""
    require(finding, Status.ASSIGNED)
    refuse_on_hold(finding)
    register.hold_reason(command.reason_code)
    today = day_of(command, register)
    if command.review_on < today:
        raise Refused(
            Code.DATE_IN_PAST, field="review_on", date=command.review_on.isoformat()
        )
    limit = register.limits.hold_days
    latest = register.working_days.add(today, limit)
    if command.review_on > latest:
        raise Refused(Code.REVIEW_TOO_FAR, latest=latest.isoformat(), limit=limit)
    return (
        FindingPutOnHold(
            stamp=command.stamp,
            reason_code=command.reason_code,
            review_on=command.review_on,
            waiting_for=command.waiting_for,
        ),
    )


def refuse_on_hold(finding: Finding) -> None:
    """Refuse while the fix clock stands still."""
    if finding.hold:
        raise Refused(Code.ON_HOLD, since=finding.hold.since.isoformat())


def resumed(
    finding: Finding, command: FindingCommand, register: Register
) -> FindingResumed:
    """Return the resumption with the due day moved by the days that were held."""
    require(finding, Status.ASSIGNED)
    hold, clock = _standing(finding)
    calendar = register.working_days
    held = calendar.between(
        calendar.local_day(hold.since), calendar.local_day(command.stamp.at)
    )
    return FindingResumed(
        stamp=command.stamp, held_days=held, fix_due=calendar.add(clock.due, held)
    )


def _standing(finding: Finding) -> tuple[Hold, Clock]:
    clock = finding.clocks.get(ClockName.FIX)
    if finding.hold is None or clock is None:
        raise Refused(Code.NOT_ON_HOLD)
    return finding.hold, clock


def change_deadline(
    finding: Finding, command: ChangeDeadline, register: Register
) -> Facts:
    """Move the due day of the fix, never into the past."""
    require(finding, *BEFORE_FIX)
    if command.fix_due < day_of(command, register):
        raise Refused(
            Code.DATE_IN_PAST, field="fix_due", date=command.fix_due.isoformat()
        )
    if not register.working_days.covers(command.fix_due):
        raise Refused(Code.CALENDAR_ENDS, day=command.fix_due.isoformat())
    if not register.working_days.covers(command.fix_due):
        raise Refused(Code.CALENDAR_ENDS, day=command.fix_due.isoformat())
    return (
        DeadlineChanged(
            stamp=command.stamp, fix_due=command.fix_due, reason=command.reason
        ),
    )
