"""One row per walk: where it stands and what has been promised."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.messages import Recorded
from domain.values import PersonalText, WalkNumber
from domain.walk.events import (
    WalkClock,
    WalkEvent,
    WalkHeld,
    WalkPlan,
    WalkPlanned,
    WalkRequested,
)
from domain.walk.state import SafetyWalk, WalkStatus, evolve
from projections.fold import Fold, own_stream


@dataclass(frozen=True, slots=True)
class WalkRow:
    """One walk; days are local days."""

    number: WalkNumber
    status: WalkStatus
    memory: SafetyWalk
    version: int
    area: str = ""
    theme: PersonalText = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    meeting_point: PersonalText | None = None
    route_length_m: int | None = None
    participants: tuple[tuple[str, int], ...] = ()
    minutes_due: date | None = None
    plan_due: date | None = None
    feedback_due: date | None = None
    follow_up_on: date | None = None
    next_clock: WalkClock | None = None
    next_due: date | None = None


def apply(_: str, row: WalkRow | None, fact: Recorded) -> WalkRow | None:
    """Return the walk after one more fact."""
    event = fact.event
    if not isinstance(event, WalkEvent):
        return row
    memory = evolve(row.memory if row else None, event)
    number = fact.stream.partition("/")[2]
    walk = row or WalkRow(number, memory.status, memory, fact.version)
    clock, due = _next(memory)
    walk = replace(
        walk,
        status=memory.status,
        memory=memory,
        version=fact.version,
        next_clock=clock,
        next_due=due,
    )
    match event:
        case WalkRequested(area=area, theme=theme):
            return replace(walk, area=area, theme=theme)
        case WalkPlanned(plan=plan, follow_up_on=follow_up_on):
            return replace(_planned(walk, plan), follow_up_on=follow_up_on)
        case WalkHeld():
            return replace(
                _planned(walk, event.plan),
                participants=event.attendance.participants,
                minutes_due=event.minutes_due,
                plan_due=event.plan_due,
                feedback_due=event.feedback_due,
                follow_up_on=event.follow_up_on,
            )
        case _:
            return walk


def _next(memory: SafetyWalk) -> tuple[WalkClock | None, date | None]:
    """Return the promise that is next to be kept, and its day."""
    running = [(memory.clocks[name].due, name) for name in memory.running]
    due, clock = min(running, key=lambda one: one[0], default=(None, None))
    return clock, due


def _planned(walk: WalkRow, plan: WalkPlan) -> WalkRow:
    return replace(
        walk,
        area=plan.area,
        theme=plan.theme,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        meeting_point=plan.meeting_point.text if plan.meeting_point else None,
        route_length_m=plan.route_length_m,
    )


WALKS = Fold(
    name="walks_v2",
    row=WalkRow,
    reads=("walk",),
    keys=own_stream("walk"),
    apply=apply,
    indexes=("status", "area"),
)
