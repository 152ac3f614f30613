"""What the clock has still to do for one walk, and when.

A plan is data: the dispatcher hands it to Temporal, a page shows it, and `decide`
asks it whether a step is due. A step that was recorded, or that the state makes
moot, is not in the plan. The conventions are those of `finding/plan.py`.

Source: R1, R2, R3, R19.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.register.model import Register
from domain.walk.events import NewDue, WalkClock, WalkMoment
from domain.walk.state import Clock, SafetyWalk
from domain.walk.timetable import recomputed, status_day


@dataclass(frozen=True, slots=True)
class Remind:
    """Remind whoever has to keep one promise; `on` is the planned day."""

    key: str
    at: datetime
    clock: WalkClock
    run: int
    on: date
    kind: WalkMoment


@dataclass(frozen=True, slots=True)
class Escalate:
    """Tell the next rung of the ladder that one promise is late."""

    key: str
    at: datetime
    clock: WalkClock
    run: int
    level: int


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Tell everybody who asked how it stands."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recompute:
    """Move due days to where the register in force puts them."""

    key: str
    at: datetime
    changes: tuple[NewDue, ...]


WalkStep = Remind | Escalate | TellStatus | Recompute
"""One entry of a plan: `at` is aware UTC, `key` is stable and never reused."""


def plan(walk: SafetyWalk, register: Register, now: datetime) -> tuple[WalkStep, ...]:
    """Return the steps still to come, earliest first.

    Steps whose moment has passed at `now` are included at most once per clock:
    the latest reminder and the highest level; a late start is never a storm. Of
    the endless "every fifth day" reminders only the next one is listed. While due
    days wait to be computed anew nothing else is: it would follow the old ones.
    """
    if walk.has_ended:
        return ()
    today = register.working_days.local_day(now)
    if changes := recomputed(walk, register, today):
        runs = (f"{one.clock}.{walk.clocks[one.clock].run}" for one in changes)
        return (Recompute("recompute." + "+".join(runs), now, changes),)
    steps: list[WalkStep] = []
    for name in walk.running:
        steps += _reminders(name, walk.clocks[name], register, now)
        steps += _escalations(name, walk.clocks[name], register, now)
    steps += _status(walk, register)
    return tuple(sorted(steps, key=lambda step: (step.at, step.key)))


def _reminders(
    name: WalkClock, clock: Clock, register: Register, now: datetime
) -> list[Remind]:
    """Return the latest reminder that has passed and all that are to come."""
    calendar, remind_at = register.working_days, register.clock.remind_at
    passed: list[Remind] = []
    coming: list[Remind] = []
    for kind, day in _moments(clock, register):
        on = calendar.next_working(day)
        at = calendar.moment(on, remind_at)
        if at < clock.since or (clock.reminded_on and on <= clock.reminded_on):
            continue
        key = f"remind.{name}.{clock.run}.{kind}.{on}"
        step = Remind(key, at, name, clock.run, on, kind)
        (passed if at <= now else coming).append(step)
        if kind is WalkMoment.LATE and at > now:
            break
    return passed[-1:] + coming


def _moments(clock: Clock, register: Register) -> Iterator[tuple[WalkMoment, date]]:
    """Yield the moments of a clock in order, then without end."""
    calendar, rules = register.working_days, register.clock
    yield WalkMoment.BEFORE, calendar.add(clock.due, -rules.remind_before_due)
    yield WalkMoment.DUE, clock.due
    late = clock.due
    while True:
        late = calendar.add(late, rules.remind_every)
        yield WalkMoment.LATE, late


def _escalations(
    name: WalkClock, clock: Clock, register: Register, now: datetime
) -> list[Escalate]:
    calendar, remind_at = register.working_days, register.clock.remind_at
    rungs = [
        Escalate(
            key=f"escalate.{name}.{clock.run}.{rung.level}",
            at=calendar.moment(calendar.add(clock.due, rung.after), remind_at),
            clock=name,
            run=clock.run,
            level=rung.level,
        )
        for rung in register.escalation
        if rung.level > clock.escalated
    ]
    passed = [rung for rung in rungs if rung.at <= now]
    highest = sorted(passed, key=lambda rung: rung.level)[-1:]
    return highest + [rung for rung in rungs if rung.at > now]


def _status(walk: SafetyWalk, register: Register) -> tuple[TellStatus, ...]:
    day = status_day(walk, register)
    if day is None or walk.status_told or not walk.reachable:
        return ()
    moment = register.working_days.moment(day, register.clock.remind_at)
    return (TellStatus("status.due", moment),)
