"""The rules: which facts follow from a command, or why none may.

One `match`; the rules themselves are in `rules/`, one file per question. A
refusal names a stable code; nothing here runs again when history is loaded.
"""

from domain.finding.commands import (
    AcceptAssignment,
    AcceptHandover,
    AddNote,
    AddPhoto,
    AddSubtask,
    AnyFindingCommand,
    ApproveDecline,
    AssignFinding,
    ChangeDeadline,
    CompleteSubtask,
    CorrectFinding,
    DecideHandover,
    DisputeOwner,
    EnforceStep,
    HandOver,
    HoldFinding,
    LogCall,
    LookUpOwner,
    MarkFixed,
    MergeInto,
    MoveVerification,
    ProposeDecline,
    ReferOut,
    RefuseDecline,
    RefuseHandover,
    RejectFix,
    ReopenFinding,
    ReportFinding,
    ResumeFinding,
    ReturnAssignment,
    SeekOwner,
    TakeStep,
    VerifyFix,
)
from domain.finding.events import NoteAdded
from domain.finding.rules.checks import (
    Facts,
    Given,
    check_input,
    known,
    refuse_before,
    refuse_referred,
)
from domain.finding.rules.clockwork import take_step
from domain.finding.rules.endings import (
    approve_decline,
    merge,
    propose_decline,
    refuse_decline,
    reopen,
)
from domain.finding.rules.enforcement import enforce
from domain.finding.rules.handover import (
    accept_handover,
    decide_handover,
    hand_over,
    refuse_handover,
)
from domain.finding.rules.intake import correct, log_call, refer_out, report
from domain.finding.rules.ownership import accept, assign, dispute, give_back
from domain.finding.rules.photos import add_photo
from domain.finding.rules.search import look_up, seek_owner
from domain.finding.rules.waiting import (
    change_deadline,
    hold,
    move_verification,
    resumed,
)
from domain.finding.rules.work import (
    add_subtask,
    complete_subtask,
    mark_fixed,
    reject_fix,
    verify,
)
from domain.finding.state import Finding
from domain.values import Authority

OUTSIDE = frozenset({Authority.CITIZEN, Authority.PARTICIPANT})
"""Those who cannot see a worklist: what they add must be pointed out."""


def decide(finding: Finding | None, command: AnyFindingCommand, given: Given) -> Facts:
    """Return the facts that follow from `command`.

    Returns: 0-2 facts, in order; none when nothing is left to do.
    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    if isinstance(command, TakeStep):
        return take_step(known(finding, command), command, given)
    check_input(command, given.register)
    if isinstance(command, ReportFinding):
        return report(finding, command, given)
    if isinstance(command, ReferOut):
        return refer_out(finding, command, given)
    found = known(finding, command)
    refuse_before(found.reported_at, command, given.register)
    match command:
        case LogCall():
            return log_call(found, command, given.register)
        case AssignFinding():
            return assign(found, command, given)
        case AcceptAssignment():
            return accept(found, command, given.register)
        case ReturnAssignment():
            return give_back(found, command, given.register)
        case SeekOwner():
            return seek_owner(found, command, given.register)
        case LookUpOwner():
            return look_up(found, command, given.register)
        case DisputeOwner():
            return dispute(found, command)
        case HandOver():
            return hand_over(found, command, given)
        case AcceptHandover():
            return accept_handover(found, command, given.register)
        case RefuseHandover():
            return refuse_handover(found, command, given.register)
        case DecideHandover():
            return decide_handover(found, command, given.register)
        case HoldFinding():
            return hold(found, command, given.register)
        case ResumeFinding():
            return (resumed(found, command, given.register),)
        case EnforceStep():
            return enforce(found, command, given.register)
        case AddSubtask():
            return add_subtask(found, command, given.register)
        case CompleteSubtask():
            return complete_subtask(found, command)
        case MarkFixed():
            return mark_fixed(found, command, given)
        case MoveVerification():
            return move_verification(found, command, given.register)
        case VerifyFix():
            return verify(found, command, given)
        case RejectFix():
            return reject_fix(found, command, given.register)
        case ProposeDecline():
            return propose_decline(found, command, given)
        case ApproveDecline():
            return approve_decline(found, command, given)
        case RefuseDecline():
            return refuse_decline(found, command, given.register)
        case MergeInto():
            return merge(found, command, given)
        case ReopenFinding():
            return reopen(found, command, given.register)
        case ChangeDeadline():
            return change_deadline(found, command, given.register)
        case CorrectFinding():
            return correct(found, command, given.register)
        case AddNote():
            return add_note(found, command, given)
        case AddPhoto():
            return add_photo(found, command)


def add_note(finding: Finding, command: AddNote, given: Given) -> Facts:
    """Write something down; what is said of a duplicate reaches the master (R13)."""
    refuse_referred(finding)
    followed = _followed(finding, given)
    is_outside = command.stamp.by.authority in OUTSIDE
    tell = (followed.responsible,) if is_outside or followed is not finding else ()
    return (NoteAdded(stamp=command.stamp, text=command.text, tell=tell),)


def _followed(finding: Finding, given: Given) -> Finding:
    """Return the case that answers for this one: the last master, or itself."""
    seen = set[str]()
    while (number := finding.master) and number not in seen:
        seen.add(number)
        if (master := given.findings.get(number)) is None:
            break
        finding = master
    return finding
