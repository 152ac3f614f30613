"""What can be asked of a finding; names and fields are those of a walk file."""

from datetime import date
from typing import ClassVar, get_args

from pydantic import AwareDatetime
from typing_extensions import override

from domain.finding.events import EnforcementStep, HandoverOutcome, OwnershipSource
from domain.messages import Command
from domain.values import (
    Actor,
    Channel,
    ContentHash,
    Count,
    Evidence,
    FindingNumber,
    PhotoBytes,
    Pixels,
    Point,
    ReasonCode,
    Severity,
    ShortText,
    Shows,
    StreamId,
    WalkNumber,
)


def stream_of(number: FindingNumber) -> StreamId:
    """Return where the facts about finding `number` are kept."""
    return StreamId(f"finding/{number}")


class FindingCommand(Command):
    """Something asked of one finding."""

    number: FindingNumber

    @property
    def stream(self) -> StreamId:
        """The stream of the finding."""
        return stream_of(self.number)

    @property
    def mentions(self) -> tuple[FindingNumber, ...]:
        """Other findings that the rules must see to decide."""
        return ()


class ReportFinding(FindingCommand):
    """Note something that makes a place feel unsafe (or safe)."""

    NAME: ClassVar[str] = "report"
    category: str
    text: str
    point: Point | None = None
    place: str | None = None
    walk: WalkNumber | None = None
    channel: Channel = Channel.OTHER
    severity: Severity = Severity.NORMAL
    follows: FindingNumber | None = None
    called_at: AwareDatetime | None = None

    @property
    @override
    def mentions(self) -> tuple[FindingNumber, ...]:
        """The closed case that this one follows."""
        return (self.follows,) if self.follows else ()


class LogCall(FindingCommand):
    """Say that something acute was also told by telephone, and to whom."""

    NAME: ClassVar[str] = "log_call"
    called_at: AwareDatetime
    whom: Actor


class AssignFinding(FindingCommand):
    """Make a unit, person or partner responsible."""

    NAME: ClassVar[str] = "assign"
    to: Actor


class AcceptAssignment(FindingCommand):
    """Say that the case is ours."""

    NAME: ClassVar[str] = "accept"


class ReturnAssignment(FindingCommand):
    """Give the case back."""

    NAME: ClassVar[str] = "return"
    reason: str


class SeekOwner(FindingCommand):
    """Say that nobody knows who owns the place."""

    NAME: ClassVar[str] = "seek_owner"


class LookUpOwner(FindingCommand):
    """Say what one source knows about the owner."""

    NAME: ClassVar[str] = "look_up_owner"
    source: OwnershipSource
    owner: Actor | None = None


class DisputeOwner(FindingCommand):
    """Say that the case belongs elsewhere."""

    NAME: ClassVar[str] = "dispute_owner"
    reason: str
    proposed: Actor | None = None


class HandOver(FindingCommand):
    """Offer the case to another authority; purpose and summary without persons."""

    NAME: ClassVar[str] = "hand_over"
    to: Actor
    purpose: str
    legal_basis: ShortText
    summary: str | None = None


class AcceptHandover(FindingCommand):
    """Take the offered case over."""

    NAME: ClassVar[str] = "accept_handover"


class RefuseHandover(FindingCommand):
    """Say no to the offered case."""

    NAME: ClassVar[str] = "refuse_handover"
    reason: str


class DecideHandover(FindingCommand):
    """Decide, as coordinator, what becomes of an offer."""

    NAME: ClassVar[str] = "decide_handover"
    outcome: HandoverOutcome
    reason: str


class HoldFinding(FindingCommand):
    """Let the fix clock stand still until a review day.

    The day may be left to the rules when it waits for a meeting or a season.
    """

    NAME: ClassVar[str] = "hold"
    reason_code: ReasonCode
    review_on: date | None = None
    waiting_for: Actor | None = None
    meeting_on: date | None = None


class ResumeFinding(FindingCommand):
    """Let the fix clock run again."""

    NAME: ClassVar[str] = "resume"


class EnforceStep(FindingCommand):
    """Take the next step against an owner who does not act."""

    NAME: ClassVar[str] = "enforce"
    step: EnforcementStep
    owner: Actor
    deadline: date | None = None
    legal_basis: ShortText | None = None
    reasons: str | None = None
    complaint: str | None = None


class AddSubtask(FindingCommand):
    """Give a part of the work to a party of its own, perhaps with its own day."""

    NAME: ClassVar[str] = "add_subtask"
    subtask: ShortText
    to: Actor
    due: date | None = None
    contact: ShortText | None = None


class CompleteSubtask(FindingCommand):
    """Say that one part is done."""

    NAME: ClassVar[str] = "complete_subtask"
    subtask: ShortText


class MarkFixed(FindingCommand):
    """Say that it is done, and how that can be seen."""

    NAME: ClassVar[str] = "mark_fixed"
    evidence: Evidence
    count: Count | None = None
    held_on: date | None = None
    attendance: tuple[tuple[ShortText, Count], ...] = ()
    audience: ShortText | None = None


class MoveVerification(FindingCommand):
    """Look later, in the season in which the problem shows."""

    NAME: ClassVar[str] = "move_verification"
    verify_due: date
    reason: str


class VerifyFix(FindingCommand):
    """Confirm that the problem is gone, and how that was seen."""

    NAME: ClassVar[str] = "verify"
    evidence: Evidence | None = None
    same_point: bool = False
    after_dark: bool = False


class RejectFix(FindingCommand):
    """Say that it is not done."""

    NAME: ClassVar[str] = "reject_fix"
    reason: str


class ProposeDecline(FindingCommand):
    """Propose not to act, with a reason that can be published."""

    NAME: ClassVar[str] = "propose_decline"
    reason_code: ReasonCode
    reason: str
    refer_to: Actor | None = None
    link: ShortText | None = None


class ApproveDecline(FindingCommand):
    """Agree, as a second person, not to act."""

    NAME: ClassVar[str] = "approve_decline"


class RefuseDecline(FindingCommand):
    """Disagree, as a second person: the case goes on."""

    NAME: ClassVar[str] = "refuse_decline"
    reason: str


class MergeInto(FindingCommand):
    """Say that this is the same as another case."""

    NAME: ClassVar[str] = "merge_into"
    master: FindingNumber

    @property
    @override
    def mentions(self) -> tuple[FindingNumber, ...]:
        """The case that this one shall follow."""
        return (self.master,)


class ReferOut(FindingCommand):
    """Send the matter to another forum, keeping no content."""

    NAME: ClassVar[str] = "refer_out"
    forum: ShortText
    walk: WalkNumber | None = None


class ReopenFinding(FindingCommand):
    """Say that the problem is back."""

    NAME: ClassVar[str] = "reopen"
    reason: str


class ChangeDeadline(FindingCommand):
    """Give the fix another due day."""

    NAME: ClassVar[str] = "change_deadline"
    fix_due: date
    reason: str


class CorrectFinding(FindingCommand):
    """Put right what was written first."""

    NAME: ClassVar[str] = "correct"
    reason: str
    category: str | None = None
    text: str | None = None
    point: Point | None = None
    place: str | None = None


class AddNote(FindingCommand):
    """Write something down."""

    NAME: ClassVar[str] = "note"
    text: str


class AddPhoto(FindingCommand):
    """Put a photo beside the case; its sealed bytes lie in the store of photos."""

    NAME: ClassVar[str] = "add_photo"
    content: ContentHash
    shows: Shows
    size: PhotoBytes
    width: Pixels
    height: Pixels


class TakeStep(FindingCommand):
    """Do the step of the plan that has now come due (asked by the clock only)."""

    NAME: ClassVar[str] = "take_step"
    key: str


PersonCommand = (
    ReportFinding
    | LogCall
    | AssignFinding
    | AcceptAssignment
    | ReturnAssignment
    | SeekOwner
    | LookUpOwner
    | DisputeOwner
    | HandOver
    | AcceptHandover
    | RefuseHandover
    | DecideHandover
    | HoldFinding
    | ResumeFinding
    | EnforceStep
    | AddSubtask
    | CompleteSubtask
    | MarkFixed
    | MoveVerification
    | VerifyFix
    | RejectFix
    | ProposeDecline
    | ApproveDecline
    | RefuseDecline
    | MergeInto
    | ReferOut
    | ReopenFinding
    | ChangeDeadline
    | CorrectFinding
    | AddNote
)
"""What people can ask, on the command line and in a walk file."""

AnyFindingCommand = PersonCommand | AddPhoto | TakeStep

Ending = VerifyFix | ApproveDecline | MergeInto | ReferOut
"""What brings a case to its end, of which those who raised it must hear (R16)."""

BY_NAME: dict[str, type[FindingCommand]] = {
    command.NAME: command for command in get_args(PersonCommand)
}
"""Every command of a walk file by the name it has there."""
