"""Waiting: hold, resume, another deadline, another season."""

from datetime import date, timedelta

from domain.errors import Code, Refused
from domain.finding.commands import (
    ChangeDeadline,
    FindingCommand,
    HoldFinding,
    MoveVerification,
)
from domain.finding.events import (
    ClockName,
    DeadlineChanged,
    FindingPutOnHold,
    FindingResumed,
    VerificationMoved,
)
from domain.finding.rules.checks import BEFORE_FIX, Facts, day_of, require
from domain.finding.state import Clock, Finding, Hold, Status
from domain.register.model import Register

SEASON = "season"
"""The reason to wait for the season in which the work can be done (R8, R9)."""

A_YEAR = 366


def hold(finding: Finding, command: HoldFinding, register: Register) -> Facts:
    """Stop the fix clock until a review day that is not too far away (R8)."""
    require(finding, Status.ASSIGNED)
    refuse_on_hold(finding)
    register.hold_reason(command.reason_code)
    review_on = _review_day(finding, command, register)
    _refuse_bad_review(review_on, command, register)
    return (
        FindingPutOnHold(
            stamp=command.stamp,
            reason_code=command.reason_code,
            review_on=review_on,
            waiting_for=command.waiting_for,
            meeting_on=command.meeting_on,
        ),
    )


def _review_day(finding: Finding, command: HoldFinding, register: Register) -> date:
    """Return the day to look again: as told, after a meeting, or in the season."""
    calendar, limits = register.working_days, register.limits
    if command.review_on:
        return command.review_on
    if command.meeting_on:
        return calendar.add(command.meeting_on, limits.meeting_days)
    if command.reason_code == SEASON:
        return _season_begins(finding, command, register)
    raise Refused(Code.TEXT_MISSING, field="review_on")


def _season_begins(finding: Finding, command: HoldFinding, register: Register) -> date:
    """Return the first day of the season for the work, as far as a hold can reach."""
    category = register.category(finding.category)
    if category.work_season is None:
        raise Refused(Code.NO_SEASON, category=category.code)
    season, today = register.season(category.work_season), day_of(command, register)
    if season.contains(today):
        raise Refused(Code.IN_SEASON, category=category.code, season=season.code)
    calendar = register.working_days
    latest = calendar.add(today, register.limits.hold_days)
    day = today
    while day < latest and not season.contains(day):
        day += timedelta(days=1)
    return min(calendar.next_working(day), latest)


def _refuse_bad_review(
    review_on: date, command: HoldFinding, register: Register
) -> None:
    today, limit = day_of(command, register), register.limits.hold_days
    if review_on < today:
        raise Refused(Code.DATE_IN_PAST, field="review_on", date=review_on.isoformat())
    latest = register.working_days.add(today, limit)
    if review_on > latest:
        raise Refused(Code.REVIEW_TOO_FAR, latest=latest.isoformat(), limit=limit)


def move_verification(
    finding: Finding, command: MoveVerification, register: Register
) -> Facts:
    """Let the look wait for the season in which the problem shows (R9)."""
    require(finding, Status.FIXED)
    category = register.category(finding.category)
    if category.verify_season is None:
        raise Refused(Code.NO_SEASON, category=category.code)
    season, today = register.season(category.verify_season), day_of(command, register)
    due = command.verify_due
    if due < today:
        raise Refused(Code.DATE_IN_PAST, field="verify_due", date=due.isoformat())
    if not season.contains(due) or due > today + timedelta(days=A_YEAR):
        raise Refused(Code.OUT_OF_SEASON, date=due.isoformat(), season=season.code)
    return (
        VerificationMoved(stamp=command.stamp, verify_due=due, reason=command.reason),
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
    computed = clock.computed
    return FindingResumed(
        stamp=command.stamp,
        held_days=held,
        fix_due=calendar.add(clock.due, held),
        computed=(
            calendar.add(computed, held) if computed and computed != clock.due else None
        ),
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
    return (
        DeadlineChanged(
            stamp=command.stamp, fix_due=command.fix_due, reason=command.reason
        ),
    )
