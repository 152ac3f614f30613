"""What the rules remember of a walk."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.messages import Recorded
from domain.values import Authority
from domain.walk.events import (
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    PlanAgreed,
    ReportedBack,
    WalkCancelled,
    WalkClosed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkInvited,
    WalkPlanned,
    WalkRequested,
)


class WalkStatus(StrEnum):
    """Where a walk is."""

    REQUESTED = "requested"
    PLANNED = "planned"
    INVITED = "invited"
    WALKED = "walked"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_PUBLISHED = "minutes_published"
    PLAN_AGREED = "plan_agreed"
    REPORTED_BACK = "reported_back"
    FOLLOWED_UP = "followed_up"
    EVALUATED = "evaluated"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SafetyWalk:
    """The rules' memory of one walk; `None` means never asked for."""

    status: WalkStatus
    approved_by: frozenset[Authority] = frozenset()


def fold(facts: Iterable[Recorded]) -> SafetyWalk | None:
    """Return the memory after all `facts` of one walk, oldest first."""
    walk = None
    for fact in facts:
        if isinstance(fact.event, WalkEvent):
            walk = evolve(walk, fact.event)
    return walk


def evolve(state: SafetyWalk | None, event: WalkEvent) -> SafetyWalk:
    """Return the memory after one more fact; total."""
    walk = state or SafetyWalk(WalkStatus.REQUESTED)
    match event:
        case WalkRequested():
            return replace(walk, status=WalkStatus.REQUESTED)
        case WalkPlanned():
            return replace(walk, status=WalkStatus.PLANNED)
        case WalkInvited():
            return replace(walk, status=WalkStatus.INVITED)
        case WalkHeld():
            return replace(walk, status=WalkStatus.WALKED)
        case MinutesDrafted():
            return replace(
                walk, status=WalkStatus.MINUTES_DRAFT, approved_by=frozenset()
            )
        case MinutesApproved(authority=authority):
            return replace(walk, approved_by=walk.approved_by | {authority})
        case MinutesPublished():
            return replace(walk, status=WalkStatus.MINUTES_PUBLISHED)
        case PlanAgreed():
            return replace(walk, status=WalkStatus.PLAN_AGREED)
        case ReportedBack():
            return replace(walk, status=WalkStatus.REPORTED_BACK)
        case FollowedUp():
            return replace(walk, status=WalkStatus.FOLLOWED_UP)
        case WalkEvaluated():
            return replace(walk, status=WalkStatus.EVALUATED)
        case WalkClosed():
            return replace(walk, status=WalkStatus.CLOSED)
        case WalkCancelled():
            return replace(walk, status=WalkStatus.CANCELLED)
