"""What the clock has still to do for one finding, and when.

A plan is data: the dispatcher hands it to Temporal, a case page shows it, and
`decide` asks it whether a step is due. A step that was recorded, or that the
state makes moot, is not in the plan.

Source: walk-file/1, "Exact rules behind the totals"; R2, R3, R8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from domain.finding.events import ClockName, Occasion, OccasionKind
from domain.finding.state import Clock, Finding
from domain.register.model import Register


@dataclass(frozen=True, slots=True)
class Reminder:
    """Remind whoever has to act, of everything that falls on one day."""

    key: str
    at: datetime
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Tell the next rung of the ladder."""

    key: str
    at: datetime
    level: int
    run: int


Step = Reminder | Escalation
"""One entry of a plan: `at` is aware UTC, `key` is stable and never reused."""


def plan(finding: Finding, register: Register, now: datetime) -> tuple[Step, ...]:
    """Return the steps still to come, earliest first.

    Steps whose moment has passed at `now` are included at most once per clock:
    the latest reminder and the highest level; a late start is never a storm.
    Of the endless "every fifth day" reminders only the next one is listed.
    """
    steps: list[Step] = list(_reminders(finding, register, now))
    steps += _escalations(finding, register, now)
    return tuple(sorted(steps, key=lambda step: (step.at, step.key)))


def _reminders(
    finding: Finding, register: Register, now: datetime
) -> Iterator[Reminder]:
    calendar, remind_at = register.working_days, register.clock.remind_at
    occasions = [
        occasion
        for name in finding.running
        for occasion in _still_wanted(name, finding.clocks[name], register, now)
    ]
    occasions.sort(key=lambda occasion: (occasion.on, occasion.key))
    for day, same_day in groupby(occasions, key=lambda occasion: occasion.on):
        together = tuple(same_day)
        key = "remind." + "+".join(occasion.key for occasion in together)
        yield Reminder(key, calendar.moment(day, remind_at), together)


def _still_wanted(
    name: ClockName, clock: Clock, register: Register, now: datetime
) -> list[Occasion]:
    """Return the latest occasion that has passed and all that are to come."""
    calendar, remind_at = register.working_days, register.clock.remind_at
    passed: list[Occasion] = []
    coming: list[Occasion] = []
    for kind, day in _occasions(name, clock, register):
        on = calendar.next_working(day)
        moment = calendar.moment(on, remind_at)
        if moment < clock.since or (clock.reminded_on and on <= clock.reminded_on):
            continue
        occasion = Occasion(clock=name, run=clock.run, kind=kind, on=on)
        (passed if moment <= now else coming).append(occasion)
        if kind is OccasionKind.LATE and moment > now:
            break
    latest = max((occasion.on for occasion in passed), default=None)
    return [occasion for occasion in passed if occasion.on == latest] + coming


def _occasions(
    name: ClockName, clock: Clock, register: Register
) -> Iterator[tuple[OccasionKind, date]]:
    """Yield the moments of a clock in order of kind, then without end."""
    calendar, rules = register.working_days, register.clock
    if name is ClockName.FIX:
        started = calendar.local_day(clock.started)
        yield OccasionKind.HALF, calendar.add(started, _half(clock))
        yield OccasionKind.BEFORE, calendar.add(clock.due, -rules.remind_before_due)
    yield OccasionKind.DUE, clock.due
    late = clock.due
    while True:
        late = calendar.add(late, rules.remind_every)
        yield OccasionKind.LATE, late


def _half(clock: Clock) -> int:
    """Return the working days from the trigger to half of the time allowed."""
    return clock.length // 2 + clock.held


def _escalations(
    finding: Finding, register: Register, now: datetime
) -> Iterator[Escalation]:
    if ClockName.FIX not in finding.running:
        return
    clock = finding.clocks[ClockName.FIX]
    calendar, remind_at = register.working_days, register.clock.remind_at
    rungs = [
        Escalation(
            key=f"escalate.{clock.run}.{rung.level}",
            at=calendar.moment(calendar.add(clock.due, rung.after), remind_at),
            level=rung.level,
            run=clock.run,
        )
        for rung in register.escalation
        if rung.level > finding.escalated
    ]
    passed = [rung for rung in rungs if rung.at <= now]
    yield from sorted(passed, key=lambda rung: rung.level)[-1:]
    yield from (rung for rung in rungs if rung.at > now)
