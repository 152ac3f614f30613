"""What everybody may know of a case and of a walk: codes and days, and no words.

Folded from the facts when somebody asks. Which cases and walks those are is decided
elsewhere (`domain/permissions/public.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.finding.events import ClockName, DeclineProposed, FindingEvent
from domain.finding.state import Finding, Status, evolve
from domain.messages import Event, Recorded
from domain.values import Actor, CategoryCode, FindingNumber, ReasonCode
from domain.walk.events import (
    FollowedUp,
    MinutesPublished,
    PlanAgreed,
    ReportedBack,
    WalkCancelled,
    WalkClosed,
    WalkHeld,
    WalkInvited,
)
from projections.fold import number_of


@dataclass(frozen=True, slots=True)
class Move:
    """When a case came to a status."""

    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class PublicCase:
    """One case without persons, places and words; days are last days of clocks.

    `reason` is why it waits or will not be done, a code of the register.
    """

    number: FindingNumber
    category: CategoryCode
    owner: Actor
    moves: tuple[Move, ...]
    waits: bool = False
    reason: ReasonCode | None = None
    due_on: date | None = None
    master: FindingNumber | None = None

    @property
    def status(self) -> Status:
        """Where it is now."""
        return self.moves[-1].status


def public_case(facts: Iterable[Recorded]) -> PublicCase | None:
    """Return the case after all `facts` of one finding; `None` without any."""
    memory: Finding | None = None
    moves: list[Move] = []
    declined: ReasonCode | None = None
    number = ""
    for fact in facts:
        event = fact.event
        if not isinstance(event, FindingEvent):
            continue
        memory, number = evolve(memory, event), number_of(fact)
        if isinstance(event, DeclineProposed):
            declined = event.reason_code
        if not moves or moves[-1].status is not memory.status:
            moves.append(Move(memory.status, event.stamp.at))
    return _case(number, memory, moves, declined) if memory else None


def _case(
    number: FindingNumber,
    memory: Finding,
    moves: list[Move],
    declined: ReasonCode | None,
) -> PublicCase:
    is_declined = memory.status is Status.DECLINED
    held = memory.hold.reason_code if memory.hold else None
    return PublicCase(
        number=number,
        category=memory.category,
        owner=memory.assignee or memory.triage,
        moves=tuple(moves),
        waits=memory.hold is not None,
        reason=declined if is_declined else held,
        due_on=_due(memory),
        master=memory.master,
    )


_PROMISED = {Status.ASSIGNED: ClockName.FIX, Status.FIXED: ClockName.VERIFY}


def _due(memory: Finding) -> date | None:
    """Return the day that was promised for what happens next, if one was."""
    name = ClockName.HOLD if memory.hold else _PROMISED.get(memory.status)
    clock = memory.clocks.get(name) if name else None
    return clock.due if clock else None


@dataclass(frozen=True, slots=True)
class WalkStep:
    """Something that happened to a walk; `at` is when people walked, for the walk."""

    name: str
    at: datetime


STEPS: dict[type[Event], str] = {
    WalkInvited: "invited",
    WalkHeld: "held",
    MinutesPublished: "minutes",
    PlanAgreed: "plan",
    ReportedBack: "reported_back",
    FollowedUp: "followed_up",
    WalkClosed: "closed",
    WalkCancelled: "cancelled",
}


def walk_steps(facts: Iterable[Recorded]) -> tuple[WalkStep, ...]:
    """Return what happened to a walk that everybody may know, oldest first."""
    found = []
    for fact in facts:
        event = fact.event
        if name := STEPS.get(type(event)):
            held = event.plan.starts_at if isinstance(event, WalkHeld) else None
            found.append(WalkStep(name, held or event.stamp.at))
    return tuple(found)
