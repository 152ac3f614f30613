"""What can have happened to a finding.

Dates are local days of the register's time zone; "due" days end at 23:59.
Every date that a rule computed is written here, so replay needs no rules.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, get_args

from pydantic import AwareDatetime
from typing_extensions import TypeIs

from domain.messages import Event
from domain.values import (
    Actor,
    CategoryCode,
    Channel,
    ContentHash,
    Count,
    Evidence,
    FindingNumber,
    Kind,
    PersonalLine,
    PersonalText,
    PhotoBytes,
    Pixels,
    Point,
    ReasonCode,
    Severity,
    ShortText,
    Shows,
    Value,
    WalkNumber,
)


class ClockName(StrEnum):
    """The clocks of a finding; `hold` runs towards a review while `fix` stands.

    `handover` runs while an offer is open, `subtask` for each part with a day of
    its own, `call` until something acute was also told by telephone.
    """

    ACKNOWLEDGE = "acknowledge"
    FIX = "fix"
    VERIFY = "verify"
    HOLD = "hold"
    OWNERSHIP = "ownership"
    ENFORCEMENT = "enforcement"
    HANDOVER = "handover"
    SUBTASK = "subtask"
    CALL = "call"


class FindingReported(Event):
    """Something that makes a place feel unsafe was noted; its clocks start.

    `triage` is who must find an owner; a positive place has no clocks. `follows`
    is a case too long closed to be reopened; `called_at` when something acute was
    told by telephone.
    """

    TOPIC: ClassVar[str] = "finding.reported.v1"
    category: CategoryCode
    kind: Kind
    text: PersonalText
    point: Point | None = None
    place: PersonalText | None = None
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
    follows: FindingNumber | None = None
    called_at: AwareDatetime | None = None


class CallLogged(Event):
    """Something acute was also told by telephone, to `whom`, at `called_at` (R18)."""

    TOPIC: ClassVar[str] = "finding.call_logged.v1"
    called_at: AwareDatetime
    whom: Actor


class FindingAssigned(Event):
    """A unit, person or partner became responsible.

    `stands_in` acts for `to` while it is absent.
    """

    TOPIC: ClassVar[str] = "finding.assigned.v1"
    to: Actor
    urgent: bool = False
    stands_in: Actor | None = None


class AssignmentAccepted(Event):
    """The responsible unit said that the case is theirs."""

    TOPIC: ClassVar[str] = "finding.assignment_accepted.v1"


class AssignmentReturned(Event):
    """The responsible unit gave the case back; it needs an owner again."""

    TOPIC: ClassVar[str] = "finding.assignment_returned.v1"
    reason: PersonalText
    triage: Actor
    acknowledge_due: date


class AssignmentLapsed(Event):
    """The responsible unit exists no more; the case needs an owner again (R17)."""

    TOPIC: ClassVar[str] = "finding.assignment_lapsed.v1"
    owner: Actor
    triage: Actor
    acknowledge_due: date


class OwnershipSource(StrEnum):
    """Where an owner is looked up, in this order (R5)."""

    PROPERTY = "property"
    ROAD = "road"
    LIGHTING = "lighting"
    UTILITY = "utility"


class OwnershipSought(Event):
    """Nobody knows who owns the place; it is looked up until a day."""

    TOPIC: ClassVar[str] = "finding.ownership_sought.v1"
    days: int
    due: date
    to: Actor


class OwnershipLookedUp(Event):
    """One source was asked; `owner` is whom it names, if anybody."""

    TOPIC: ClassVar[str] = "finding.ownership_looked_up.v1"
    source: OwnershipSource
    owner: Actor | None = None


class OwnershipUnresolved(Event):
    """No source named an owner in time: nobody's land, a matter for `to`."""

    TOPIC: ClassVar[str] = "finding.ownership_unresolved.v1"
    to: tuple[Actor, ...]


class OwnershipDisputed(Event):
    """Somebody says that the case belongs elsewhere."""

    TOPIC: ClassVar[str] = "finding.ownership_disputed.v1"
    reason: PersonalText
    proposed: Actor | None = None


class HandoverOffered(Event):
    """The case was offered to another authority, which must answer by a day.

    Purpose, basis and a summary without persons are all that crosses over.
    """

    TOPIC: ClassVar[str] = "finding.handover_offered.v1"
    to: Actor
    purpose: PersonalText
    legal_basis: ShortText
    summary: PersonalText = ""
    answer_due: date
    stands_in: Actor | None = None


class HandoverAccepted(Event):
    """The other authority took the case over; the sender is told."""

    TOPIC: ClassVar[str] = "finding.handover_accepted.v1"
    to: Actor
    tell: tuple[Actor, ...] = ()


class HandoverRefused(Event):
    """The other authority said no; the sender stays responsible and is told."""

    TOPIC: ClassVar[str] = "finding.handover_refused.v1"
    reason: PersonalText
    tell: tuple[Actor, ...] = ()


class HandoverUnanswered(Event):
    """The receiver was silent; the coordinator `to` decides by a day (R4)."""

    TOPIC: ClassVar[str] = "finding.handover_unanswered.v1"
    to: Actor
    decide_due: date


class HandoverUndecided(Event):
    """The coordinator was silent as well; the `nth` time that `to` hear of it."""

    TOPIC: ClassVar[str] = "finding.handover_undecided.v1"
    nth: int
    to: tuple[Actor, ...]


class HandoverOutcome(StrEnum):
    """What a coordinator can decide about an offer."""

    MOVED = "moved"
    KEPT = "kept"
    JOINT = "joint"


class HandoverDecided(Event):
    """A coordinator decided: `to` has the case from now on; both sides are told."""

    TOPIC: ClassVar[str] = "finding.handover_decided.v1"
    outcome: HandoverOutcome
    to: Actor
    reason: PersonalText
    tell: tuple[Actor, ...] = ()


class Part(Value):
    """One part of a joint case and who does it."""

    subtask: ShortText
    to: Actor


class CaseMadeJoint(Event):
    """Both authorities work on it, each on its part; `lead` answers for the whole.

    Follows from a decision, or from the last refusal that is allowed (R4, R14).
    """

    TOPIC: ClassVar[str] = "finding.made_joint.v1"
    lead: Actor
    parts: tuple[Part, ...]


class FindingPutOnHold(Event):
    """The fix clock stands still until somebody resumes the case.

    `meeting_on` is the meeting that it waits for, if it is one.
    """

    TOPIC: ClassVar[str] = "finding.put_on_hold.v1"
    reason_code: ReasonCode
    review_on: date
    waiting_for: Actor | None = None
    meeting_on: date | None = None


class FindingResumed(Event):
    """The fix clock runs again; `held_days` are the working days it stood.

    `computed` is what the calendar gives where the due day itself was set by hand.
    """

    TOPIC: ClassVar[str] = "finding.resumed.v1"
    held_days: int
    fix_due: date
    computed: date | None = None


class EnforcementStep(StrEnum):
    """What a public body does when an owner does not act, in this order (R7)."""

    GUIDANCE = "guidance"
    HEARING = "hearing"
    ORDER = "order"
    WORK = "work"


class EnforcementStepTaken(Event):
    """A letter, a hearing, an order, or work at the owner's cost.

    From the hearing on the case is a decision case. `deadline` is the day by
    which the owner must have answered or acted.
    """

    TOPIC: ClassVar[str] = "finding.enforcement_step_taken.v1"
    step: EnforcementStep
    owner: Actor
    deadline: date | None = None
    legal_basis: ShortText | None = None
    reasons: PersonalText | None = None
    complaint: PersonalText | None = None


class SubtaskAdded(Event):
    """A part of the work went to a party of its own: the case is joint.

    `contact` is a function at a third party, never a name; `answering` the
    caseworker's unit behind it (R6).
    """

    TOPIC: ClassVar[str] = "finding.subtask_added.v1"
    subtask: ShortText
    to: Actor
    due: date | None = None
    contact: PersonalLine | None = None
    answering: Actor | None = None


class SubtaskCompleted(Event):
    """One part of a joint case is done."""

    TOPIC: ClassVar[str] = "finding.subtask_completed.v1"
    subtask: ShortText


class FixReported(Event):
    """The responsible party says it is done; somebody else must look.

    `verifier` is who is asked to look; `count` a headcount or number of visits.
    What people did has its own evidence (R15): the day it was held, who came by
    group, or for whom it was.
    """

    TOPIC: ClassVar[str] = "finding.fix_reported.v1"
    evidence: Evidence
    count: Count | None = None
    held_on: date | None = None
    attendance: tuple[tuple[ShortText, Count], ...] = ()
    audience: PersonalLine | None = None
    verifier: Actor
    verify_due: date
    stands_in: Actor | None = None


class VerificationMoved(Event):
    """The look was moved to the season in which the problem shows (R9)."""

    TOPIC: ClassVar[str] = "finding.verification_moved.v1"
    verify_due: date
    reason: PersonalText


class FixVerified(Event):
    """Somebody who did not do the work confirmed it, and how (R10).

    `tell` are the participants who asked to hear the end.
    """

    TOPIC: ClassVar[str] = "finding.fix_verified.v1"
    evidence: Evidence | None = None
    same_point: bool = False
    after_dark: bool = False
    tell: tuple[Actor, ...] = ()


class FixRejected(Event):
    """Somebody looked, and it is not done; `to` has to go on."""

    TOPIC: ClassVar[str] = "finding.fix_rejected.v1"
    reason: PersonalText
    to: Actor
    urgent: bool = False


class DeclineProposed(Event):
    """Somebody proposes not to act; a second person decides."""

    TOPIC: ClassVar[str] = "finding.decline_proposed.v1"
    reason_code: ReasonCode
    reason: PersonalText
    refer_to: Actor | None = None
    link: PersonalLine | None = None
    approver: Actor
    stands_in: Actor | None = None


class DeclineRefused(Event):
    """The second person said no to declining; the case goes on."""

    TOPIC: ClassVar[str] = "finding.decline_refused.v1"
    reason: PersonalText
    tell: tuple[Actor, ...] = ()


class FindingDeclined(Event):
    """A second person agreed not to act."""

    TOPIC: ClassVar[str] = "finding.declined.v1"
    tell: tuple[Actor, ...] = ()


class FindingMerged(Event):
    """The case is the same as another, which it follows from now on."""

    TOPIC: ClassVar[str] = "finding.merged.v1"
    master: FindingNumber
    tell: tuple[Actor, ...] = ()


class FindingReferred(Event):
    """The matter went to another forum; only date and forum are kept."""

    TOPIC: ClassVar[str] = "finding.referred.v1"
    forum: ShortText
    walk: WalkNumber | None = None
    tell: tuple[Actor, ...] = ()


class FindingReopened(Event):
    """The problem is back; a new and shorter fix clock runs, and `to` has to act.

    Without a responsible party the acknowledge clock runs as well.
    """

    TOPIC: ClassVar[str] = "finding.reopened.v1"
    reason: PersonalText
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
    reason: PersonalText


class NewDue(Value):
    """One clock under other rules: its length and its last day.

    `computed` is what the rules give; `due` is never before the day on which it
    was recomputed.
    """

    clock: ClockName
    days: int
    computed: date
    due: date


class DeadlinesRecomputed(Event):
    """The calendar or the time limits changed while clocks ran (R19)."""

    TOPIC: ClassVar[str] = "finding.deadlines_recomputed.v1"
    changes: tuple[NewDue, ...]
    to: Actor


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
    reason: PersonalText
    category: NewCategory | None = None
    text: PersonalText | None = None
    point: Point | None = None
    place: PersonalText | None = None


class NoteAdded(Event):
    """Somebody wrote something down; `tell` is who must not overlook it."""

    TOPIC: ClassVar[str] = "finding.note_added.v1"
    text: PersonalText
    tell: tuple[Actor, ...] = ()


class PhotoAdded(Event):
    """A photo was put beside the case; `content` is the digest of its sealed bytes.

    The photo lies outside the facts, under the key of whose words they are; what its
    file was called, where and with what it was taken is not kept.
    """

    TOPIC: ClassVar[str] = "finding.photo_added.v1"
    content: ContentHash
    shows: Shows
    size: PhotoBytes
    width: Pixels
    height: Pixels


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
    """The clock reminded `to`; several occasions of one day are one reminder.

    `instead_of` is who was absent.
    """

    TOPIC: ClassVar[str] = "finding.reminder_raised.v1"
    occasions: tuple[Occasion, ...]
    to: Actor
    urgent: bool = False
    instead_of: Actor | None = None


class FindingEscalated(Event):
    """The fix is so late that others must hear of it."""

    TOPIC: ClassVar[str] = "finding.escalated.v1"
    level: int
    run: int
    to: tuple[Actor, ...]
    urgent: bool = False


FindingEvent = (
    FindingReported
    | CallLogged
    | FindingAssigned
    | AssignmentAccepted
    | AssignmentReturned
    | AssignmentLapsed
    | OwnershipSought
    | OwnershipLookedUp
    | OwnershipUnresolved
    | OwnershipDisputed
    | HandoverOffered
    | HandoverAccepted
    | HandoverRefused
    | HandoverUnanswered
    | HandoverUndecided
    | HandoverDecided
    | CaseMadeJoint
    | FindingPutOnHold
    | FindingResumed
    | EnforcementStepTaken
    | SubtaskAdded
    | SubtaskCompleted
    | FixReported
    | VerificationMoved
    | FixVerified
    | FixRejected
    | DeclineProposed
    | DeclineRefused
    | FindingDeclined
    | FindingMerged
    | FindingReferred
    | FindingReopened
    | DeadlineChanged
    | DeadlinesRecomputed
    | FindingCorrected
    | NoteAdded
    | PhotoAdded
    | ReminderRaised
    | FindingEscalated
)

_CLASSES = frozenset(get_args(FindingEvent))


def is_about_a_finding(event: Event) -> TypeIs[FindingEvent]:
    """Whether a fact is one of those above; quicker than asking each of them."""
    return type(event) in _CLASSES
