"""What can have happened to a finding.

Dates are local days of the register's time zone; "due" days end at 23:59.
Every date that a rule computed is written here, so replay needs no rules.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.messages import Event
from domain.values import (
    Actor,
    CategoryCode,
    Channel,
    Count,
    Evidence,
    FindingNumber,
    Kind,
    Point,
    ReasonCode,
    Severity,
    ShortText,
    Value,
    WalkNumber,
)


class ClockName(StrEnum):
    """The clocks of a finding; `hold` runs towards a review while `fix` stands."""

    ACKNOWLEDGE = "acknowledge"
    FIX = "fix"
    VERIFY = "verify"
    HOLD = "hold"


class FindingReported(Event):
    """Something that makes a place feel unsafe was noted; its clocks start.

    `triage` is who must find an owner; a positive place has no clocks.
    """

    TOPIC: ClassVar[str] = "finding.reported.v1"
    category: CategoryCode
    kind: Kind
    text: str
    point: Point | None = None
    place: str | None = None
    walk: WalkNumber | None = None
    channel: Channel
    severity: Severity = Severity.NORMAL
    triage: Actor
    positive: bool = False
    acknowledge_days: int
    fix_days: int
    verify_days: int
    acknowledge_due: date | None = None
    fix_due: date | None = None


class FindingAssigned(Event):
    """A unit, person or partner became responsible."""

    TOPIC: ClassVar[str] = "finding.assigned.v1"
    to: Actor
    urgent: bool = False


class AssignmentAccepted(Event):
    """The responsible unit said that the case is theirs."""

    TOPIC: ClassVar[str] = "finding.assignment_accepted.v1"


class AssignmentReturned(Event):
    """The responsible unit gave the case back; it needs an owner again."""

    TOPIC: ClassVar[str] = "finding.assignment_returned.v1"
    reason: str
    triage: Actor
    acknowledge_due: date


class OwnershipDisputed(Event):
    """Somebody says that the case belongs elsewhere."""

    TOPIC: ClassVar[str] = "finding.ownership_disputed.v1"
    reason: str
    proposed: Actor | None = None


class HandoverOffered(Event):
    """The case was offered to another authority, which must answer by a day."""

    TOPIC: ClassVar[str] = "finding.handover_offered.v1"
    to: Actor
    purpose: str
    legal_basis: ShortText
    answer_due: date


class HandoverAccepted(Event):
    """The other authority took the case over."""

    TOPIC: ClassVar[str] = "finding.handover_accepted.v1"
    to: Actor


class HandoverRefused(Event):
    """The other authority said no; the sender stays responsible."""

    TOPIC: ClassVar[str] = "finding.handover_refused.v1"
    reason: str


class FindingPutOnHold(Event):
    """The fix clock stands still until somebody resumes the case."""

    TOPIC: ClassVar[str] = "finding.put_on_hold.v1"
    reason_code: ReasonCode
    review_on: date
    waiting_for: Actor | None = None


class FindingResumed(Event):
    """The fix clock runs again; `held_days` are the working days it stood."""

    TOPIC: ClassVar[str] = "finding.resumed.v1"
    held_days: int
    fix_due: date


class SubtaskAdded(Event):
    """A part of the work went to a party of its own: the case is joint."""

    TOPIC: ClassVar[str] = "finding.subtask_added.v1"
    subtask: ShortText
    to: Actor


class SubtaskCompleted(Event):
    """One part of a joint case is done."""

    TOPIC: ClassVar[str] = "finding.subtask_completed.v1"
    subtask: ShortText


class FixReported(Event):
    """The responsible party says it is done; somebody else must look.

    `verifier` is who is asked to look; `count` a headcount or number of visits.
    """

    TOPIC: ClassVar[str] = "finding.fix_reported.v1"
    evidence: Evidence
    count: Count | None = None
    verifier: Actor
    verify_due: date


class FixVerified(Event):
    """Somebody who did not do the work confirmed it."""

    TOPIC: ClassVar[str] = "finding.fix_verified.v1"


class FixRejected(Event):
    """Somebody looked, and it is not done; `to` has to go on."""

    TOPIC: ClassVar[str] = "finding.fix_rejected.v1"
    reason: str
    to: Actor
    urgent: bool = False


class DeclineProposed(Event):
    """Somebody proposes not to act; a second person decides."""

    TOPIC: ClassVar[str] = "finding.decline_proposed.v1"
    reason_code: ReasonCode
    reason: str
    refer_to: Actor | None = None
    approver: Actor


class DeclineRefused(Event):
    """The second person said no to declining; the case goes on."""

    TOPIC: ClassVar[str] = "finding.decline_refused.v1"
    reason: str


class FindingDeclined(Event):
    """A second person agreed not to act."""

    TOPIC: ClassVar[str] = "finding.declined.v1"


class FindingMerged(Event):
    """The case is the same as another, which it follows from now on."""

    TOPIC: ClassVar[str] = "finding.merged.v1"
    master: FindingNumber


class FindingReferred(Event):
    """The matter went to another forum; only date and forum are kept."""

    TOPIC: ClassVar[str] = "finding.referred.v1"
    forum: ShortText
    walk: WalkNumber | None = None


class FindingReopened(Event):
    """The problem is back; a new and shorter fix clock runs, and `to` has to act.

    Without a responsible party the acknowledge clock runs as well.
    """

    TOPIC: ClassVar[str] = "finding.reopened.v1"
    reason: str
    fix_days: int
    fix_due: date
    triage: Actor
    to: Actor
    acknowledge_due: date | None = None
    urgent: bool = False


class DeadlineChanged(Event):
    """The fix got another due day, for a reason."""

    TOPIC: ClassVar[str] = "finding.deadline_changed.v1"
    fix_due: date
    reason: str


class NewCategory(Value):
    """What another category brings with it: its clocks and their due days."""

    code: CategoryCode
    kind: Kind
    positive: bool
    acknowledge_days: int
    fix_days: int
    verify_days: int
    acknowledge_due: date | None = None
    fix_due: date | None = None


class FindingCorrected(Event):
    """What was written first was wrong; only the fields that are set change."""

    TOPIC: ClassVar[str] = "finding.corrected.v1"
    reason: str
    category: NewCategory | None = None
    text: str | None = None
    point: Point | None = None
    place: str | None = None


class NoteAdded(Event):
    """Somebody wrote something down."""

    TOPIC: ClassVar[str] = "finding.note_added.v1"
    text: str


class OccasionKind(StrEnum):
    """Which moment of a clock: half-way, soon due, due, or late."""

    HALF = "half"
    BEFORE = "before"
    DUE = "due"
    LATE = "late"


class Occasion(Value):
    """One reason to remind: which clock, in which run, and of what.

    `run` counts how often that clock has started; `on` is the planned working
    day.
    """

    clock: ClockName
    run: int
    kind: OccasionKind
    on: date

    @property
    def key(self) -> str:
        """A stable name: `fix.1.due.2026-11-06`."""
        return f"{self.clock}.{self.run}.{self.kind}.{self.on.isoformat()}"


class ReminderRaised(Event):
    """The clock reminded `to`; several occasions of one day are one reminder."""

    TOPIC: ClassVar[str] = "finding.reminder_raised.v1"
    occasions: tuple[Occasion, ...]
    to: Actor
    urgent: bool = False


class FindingEscalated(Event):
    """The fix is so late that others must hear of it."""

    TOPIC: ClassVar[str] = "finding.escalated.v1"
    level: int
    run: int
    to: tuple[Actor, ...]
    urgent: bool = False


FindingEvent = (
    FindingReported
    | FindingAssigned
    | AssignmentAccepted
    | AssignmentReturned
    | OwnershipDisputed
    | HandoverOffered
    | HandoverAccepted
    | HandoverRefused
    | FindingPutOnHold
    | FindingResumed
    | SubtaskAdded
    | SubtaskCompleted
    | FixReported
    | FixVerified
    | FixRejected
    | DeclineProposed
    | DeclineRefused
    | FindingDeclined
    | FindingMerged
    | FindingReferred
    | FindingReopened
    | DeadlineChanged
    | FindingCorrected
    | NoteAdded
    | ReminderRaised
    | FindingEscalated
)
