"""What the rules of a walk may look at besides the walk, and what blocks its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.messages import Recorded
from domain.register.model import Register
from domain.values import Actor, FindingNumber, PublicationNumber, WalkNumber
from domain.walk.events import FollowedUp, PlanAgreed, WalkEvent, WalkStatusDue
from domain.walk.state import SafetyWalk


@dataclass(frozen=True, slots=True)
class SignedText:
    """A publication as a walk sees it."""

    kind: str
    walk: WalkNumber | None
    published: bool


@dataclass(frozen=True, slots=True)
class WalkGiven:
    """What is known besides the walk itself.

    `findings` says of each finding whether it has an owner or has ended; `told`
    are the participants whom messages have told everything; `publications` those
    that the command names.
    """

    register: Register
    findings: Mapping[FindingNumber, bool] = field(default_factory=dict)
    told: frozenset[Actor] = frozenset()
    publications: Mapping[PublicationNumber, SignedText] = field(default_factory=dict)

    @property
    def ownerless(self) -> tuple[FindingNumber, ...]:
        """The findings that nobody owns and nobody has ended."""
        return tuple(number for number, settled in self.findings.items() if not settled)

    def unanswered(self, walk: SafetyWalk) -> frozenset[Actor]:
        """Return the participants who asked and know nothing yet."""
        return walk.asked - walk.answered - self.told


def addressed(history: Iterable[Recorded], contact: Actor) -> int | None:
    """Return the position up to which `contact` must have been told to be answered.

    `None` while nothing has been said to them that answers: the minutes alone do
    not.
    """
    position: int | None = None
    answers = False
    for fact in history:
        event = fact.event
        if isinstance(event, WalkEvent) and contact in getattr(event, "tell", ()):
            position = fact.position
            answers |= isinstance(event, PlanAgreed | FollowedUp | WalkStatusDue)
    return position if answers else None
