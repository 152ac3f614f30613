"""What the clock has still to do for one finding, and when.

A plan is data: the dispatcher hands it to Temporal, a case page shows it, and
`decide` asks it whether a step is due. A step that was recorded, or that the
state makes moot, is not in the plan.

The steps of an offered handover are a plan of their own: `handover.py`.

Source: walk-file/1, "Exact rules behind the totals"; R2, R3, R5, R6, R8, R17-R19.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from domain.finding.events import ClockName, NewDue, Occasion, OccasionKind
from domain.finding.state import Clock, Finding, Status, Subtask
from domain.finding.terms import computed_due, running_days
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


@dataclass(frozen=True, slots=True)
class Recomputation:
    """Let running clocks follow the calendar and the limits now in force (R19)."""

    key: str
    at: datetime
    changes: tuple[NewDue, ...]


@dataclass(frozen=True, slots=True)
class Lapse:
    """Take the case from a unit that the register no longer knows (R17)."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NobodysLand:
    """Say that no owner was found in time (R5)."""

    key: str
    at: datetime


Step = Reminder | Escalation | Recomputation | Lapse | NobodysLand
"""One entry of a plan: `at` is aware UTC, `key` is stable and never reused."""


def plan(finding: Finding, register: Register, now: datetime) -> tuple[Step, ...]:
    """Return the steps still to come, earliest first.

    Steps whose moment has passed at `now` are included at most once per clock:
    the latest reminder and the highest level; a late start is never a storm.
    Of the endless "every fifth day" reminders only the next one is listed.
    """
    if changed := tuple(_overtaken(finding, register, now)):
        # Everything else depends on the new rules: first things first.
        return changed
    steps: list[Step] = list(_reminders(finding, register, now))
    steps += _escalations(finding, register, now)
    steps += _part_reminders(finding, register, now)
    steps += _call_reminders(finding, register, now)
    steps += _nobodys_land(finding, register)
    return tuple(sorted(steps, key=lambda step: (step.at, step.key)))


def _overtaken(finding: Finding, register: Register, now: datetime) -> Iterator[Step]:
    """Yield what follows from rules that changed since the case was planned."""
    if changes := tuple(_new_dues(finding, register, now)):
        yield Recomputation(f"recompute.{finding.recomputed + 1}", now, changes)
    owner = finding.assignee
    if finding.status is Status.ASSIGNED and owner and not register.lists(owner):
        run = finding.starts.get(ClockName.ACKNOWLEDGE, 0) + 1
        yield Lapse(f"lapse.{run}", now)


def _new_dues(finding: Finding, register: Register, now: datetime) -> Iterator[NewDue]:
    today = register.working_days.local_day(now)
    for name in finding.computed_clocks:
        clock = finding.clocks[name]
        days = running_days(finding, name, register)
        computed = computed_due(clock, days, register)
        if computed != clock.computed:
            due = _not_back(clock.due, computed, today)
            yield NewDue(clock=name, days=days, computed=computed, due=due)
    if (offer := finding.offer) and offer.decider is None:
        days = register.limits.handover_days
        calendar = register.working_days
        computed = calendar.add(calendar.local_day(offer.since), days)
        if computed != offer.computed:
            due = _not_back(offer.answer_due, computed, today)
            yield NewDue(
                clock=ClockName.HANDOVER, days=days, computed=computed, due=due
            )


def _not_back(due: date, computed: date, today: date) -> date:
    """Return the new last day: nothing becomes late at a stroke, or less late."""
    return max(computed, min(due, today))


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
    days = _occasions(name, clock, register)
    return _wanted(days, name, clock.run, clock.since, clock.reminded_on, register, now)


def _wanted(
    days: Iterator[tuple[OccasionKind, date]],
    name: ClockName,
    run: int,
    since: datetime,
    reminded_on: date | None,
    register: Register,
    now: datetime,
) -> list[Occasion]:
    """Return the latest occasion that has passed and all that are to come."""
    calendar, remind_at = register.working_days, register.clock.remind_at
    passed: list[Occasion] = []
    coming: list[Occasion] = []
    for kind, day in days:
        on = calendar.next_working(day)
        moment = calendar.moment(on, remind_at)
        if moment < since or (reminded_on and on <= reminded_on):
            continue
        occasion = Occasion(clock=name, run=run, kind=kind, on=on)
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
    yield from _due_and_late(clock.due, register)


def _due_and_late(due: date, register: Register) -> Iterator[tuple[OccasionKind, date]]:
    yield OccasionKind.DUE, due
    while True:
        due = register.working_days.add(due, register.clock.remind_every)
        yield OccasionKind.LATE, due


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


def _part_reminders(
    finding: Finding, register: Register, now: datetime
) -> Iterator[Reminder]:
    """Yield reminders of parts that have a day of their own (R6)."""
    if finding.status not in (Status.REPORTED, Status.ASSIGNED):
        return
    for nth, part in enumerate(finding.subtasks, start=1):
        if part.done_by is None and part.due and part.since:
            yield from _one_by_one(
                _wanted(
                    _due_and_late(part.due, register),
                    ClockName.SUBTASK,
                    nth,
                    part.since,
                    part.reminded_on,
                    register,
                    now,
                ),
                register,
            )


def _one_by_one(occasions: list[Occasion], register: Register) -> Iterator[Reminder]:
    calendar, remind_at = register.working_days, register.clock.remind_at
    for occasion in occasions:
        moment = calendar.moment(occasion.on, remind_at)
        yield Reminder(f"remind.{occasion.key}", moment, (occasion,))


def part_of(finding: Finding, occasion: Occasion) -> Subtask | None:
    """Return the part of a joint case that an occasion is about, if it is."""
    if occasion.clock is not ClockName.SUBTASK:
        return None
    return finding.subtasks[occasion.run - 1]


def _call_reminders(
    finding: Finding, register: Register, now: datetime
) -> Iterator[Reminder]:
    """Yield what makes sure that somebody telephoned about something acute (R18).

    First some minutes after the report, whatever the hour; then every working day.
    """
    if finding.called or not finding.is_open or finding.status is Status.FIXED:
        return
    calendar, rules = register.working_days, register
    first = finding.reported_at + timedelta(minutes=rules.limits.call_minutes)
    reminded = finding.call_reminded_on
    if reminded is None:
        day = calendar.local_day(first)
        occasion = _call(OccasionKind.DUE, day)
        yield Reminder(f"remind.{occasion.key}", first, (occasion,))
        return
    today = calendar.local_day(now)
    day = calendar.next_working(max(reminded + timedelta(days=1), today))
    occasion = _call(OccasionKind.LATE, day)
    moment = calendar.moment(day, rules.clock.remind_at)
    yield Reminder(f"remind.{occasion.key}", moment, (occasion,))


def _call(kind: OccasionKind, on: date) -> Occasion:
    return Occasion(clock=ClockName.CALL, run=1, kind=kind, on=on)


def _nobodys_land(finding: Finding, register: Register) -> Iterator[NobodysLand]:
    """Yield the morning after the last day on which an owner could be found."""
    if ClockName.OWNERSHIP not in finding.running:
        return
    clock, calendar = finding.clocks[ClockName.OWNERSHIP], register.working_days
    day = calendar.add(clock.due, 1)
    at = calendar.moment(day, register.clock.remind_at)
    yield NobodysLand(f"nobodys-land.{clock.run}", at)
