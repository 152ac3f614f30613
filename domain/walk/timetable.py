"""The register's timetable: which day each promise of a walk falls on.

Source: R1, R19; "End-to-end practice", default deadlines.
"""

from datetime import date

from domain.calendar import months_after
from domain.register.model import Register
from domain.walk.events import NewDue, WalkClock
from domain.walk.state import SafetyWalk


def computed(walk: SafetyWalk, clock: WalkClock, register: Register) -> date | None:
    """Return the due day of one clock; `None` while nothing is known to count from.

    Days before the walk are counted back from it. While no day is known for it,
    the plan is due as many working days after the wish was answered.
    """
    calendar, rules = register.working_days, register.walk
    match clock:
        case WalkClock.ANSWER if walk.requested_at:
            asked_on = calendar.local_day(walk.requested_at)
            return calendar.add(asked_on, rules.answer_days)
        case WalkClock.PLANNED if walk.walk_on:
            return calendar.add(walk.walk_on, -rules.planned_before)
        case WalkClock.PLANNED if walk.answered_at:
            answered_on = calendar.local_day(walk.answered_at)
            return calendar.add(answered_on, rules.planned_before)
        case _ if walk.starts_at:
            day = calendar.local_day(walk.starts_at)
            return _around_the_walk(clock, day, register)
        case _:
            return None


def status_day(walk: SafetyWalk, register: Register) -> date | None:
    """Return when everybody who asked hears how it stands; `None` before the walk."""
    if not walk.held or walk.starts_at is None:
        return None
    calendar = register.working_days
    day = calendar.local_day(walk.starts_at)
    return _months_after(day, register.walk.follow_up_months, register)


def recomputed(walk: SafetyWalk, register: Register, today: date) -> tuple[NewDue, ...]:
    """Return which due days differ under `register`, and what they become (R19).

    What people promised stays. No day is moved into the past, and a clock that is
    late under both stays as it is.
    """
    earliest = register.working_days.next_working(today)
    return tuple(
        NewDue(clock=name, before=due, after=after)
        for name, due in walk.due.items()
        if name not in walk.promised
        and (day := computed(walk, name, register)) is not None
        and (after := _moved(due, day, earliest)) != due
    )


def _moved(due: date, day: date, earliest: date) -> date:
    if day > due:
        return day if day >= earliest else due
    return min(due, max(day, earliest))


def _around_the_walk(clock: WalkClock, day: date, register: Register) -> date | None:
    calendar, rules = register.working_days, register.walk
    match clock:
        case WalkClock.INVITED:
            return calendar.add(day, -rules.invited_before)
        case WalkClock.WALKED:
            return day
        case WalkClock.DRAFT:
            return calendar.add(day, rules.draft_days)
        case WalkClock.MINUTES:
            return calendar.add(day, rules.minutes_days)
        case WalkClock.PLAN:
            return calendar.add(day, rules.plan_days)
        case WalkClock.FEEDBACK:
            return calendar.add(day, rules.feedback_days)
        case WalkClock.FOLLOW_UP:
            return _months_after(day, rules.follow_up_months, register)
        case WalkClock.EVALUATION:
            return _months_after(day, rules.evaluation_months, register)
        case _:
            return None


def _months_after(day: date, months: int, register: Register) -> date:
    """Return the same day of a later month, or its last, moved to a working day."""
    return register.working_days.next_working(months_after(day, months))
