"""Every walk as it is and was, as far as a report counts it.

Moments are aware UTC: which local day they fall on, the reader's calendar says.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.messages import Recorded
from domain.replacing import replace
from domain.values import Actor, WalkNumber
from domain.walk.events import (
    AnswerAsked,
    ParticipantAnswered,
    PlanAgreed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkPlanned,
    WalkRequested,
)
from projections.fold import Versioned, number_of


@dataclass(frozen=True)
class WalkPath:
    """One walk: when it began, who came, what it promised and to whom.

    `began_at` is open until it was held. `came` and `of_which` count people by group.
    """

    number: WalkNumber
    area: str = ""
    began_at: datetime | None = None
    came: tuple[tuple[str, int], ...] = ()
    of_which: tuple[tuple[str, int], ...] = ()
    helped: int | None = None
    plan_at: datetime | None = None
    asked: tuple[Actor, ...] = ()
    answered: tuple[tuple[Actor, datetime], ...] = ()


def remember(path: WalkPath | None, fact: Recorded) -> WalkPath:
    """Return the walk after one more fact; all that is shown of it is remembered."""
    before = path or WalkPath(number_of(fact))
    event = fact.event
    return _after(before, event) if isinstance(event, WalkEvent) else before


def apply(_: WalkPath | None, __: Recorded, memory: WalkPath) -> WalkPath:
    """Return the walk as it is remembered."""
    return memory


def _after(walk: WalkPath, event: WalkEvent) -> WalkPath:
    at = event.stamp.at
    match event:
        case WalkRequested(area=area):
            return replace(walk, area=area)
        case WalkPlanned(plan=plan):
            return replace(walk, area=plan.area)
        case WalkHeld(plan=plan, attendance=attendance):
            return replace(
                walk,
                area=plan.area,
                began_at=plan.starts_at,
                came=attendance.participants,
                of_which=tuple(attendance.of_which.items()),
            )
        case PlanAgreed():
            return replace(walk, plan_at=walk.plan_at or at)
        case WalkEvaluated(helped=helped):
            return replace(walk, helped=helped)
        case AnswerAsked(contact=contact) if contact not in walk.asked:
            return replace(walk, asked=(*walk.asked, contact))
        case ParticipantAnswered(contact=contact):
            return replace(walk, answered=(*walk.answered, (contact, at)))
        case _:
            return walk


WALK_PATHS = Versioned(
    name="walk_paths_v1",
    row=WalkPath,
    reads=("walk",),
    remember=remember,
    apply=apply,
)
