"""The rules: which facts follow from a command, or why none may.

One `match`; the rules themselves are in `rules/`, one file per question. A
refusal names a stable code; nothing here runs again when history is loaded.
"""

from domain.finding.commands import (
    AcceptAssignment,
    AcceptHandover,
    AddNote,
    AddSubtask,
    AnyFindingCommand,
    ApproveDecline,
    AssignFinding,
    ChangeDeadline,
    CompleteSubtask,
    CorrectFinding,
    DisputeOwner,
    HandOver,
    HoldFinding,
    MarkFixed,
    MergeInto,
    ProposeDecline,
    ReferOut,
    RefuseDecline,
    RefuseHandover,
    RejectFix,
    ReopenFinding,
    ReportFinding,
    ResumeFinding,
    ReturnAssignment,
    TakeStep,
    VerifyFix,
)
from domain.finding.events import (
    DeclineRefused,
    FindingDeclined,
    NoteAdded,
)
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
    merge,
    propose_decline,
    reopen,
    require_second_person,
)
from domain.finding.rules.intake import correct, refer_out, report
from domain.finding.rules.ownership import (
    accept,
    accept_handover,
    assign,
    dispute,
    give_back,
    hand_over,
    refuse_handover,
)
from domain.finding.rules.waiting import change_deadline, hold, resumed
from domain.finding.rules.work import (
    add_subtask,
    complete_subtask,
    mark_fixed,
    reject_fix,
    verify,
)
from domain.finding.state import Finding


def decide(finding: Finding | None, command: AnyFindingCommand, given: Given) -> Facts:
    """Return the facts that follow from `command`.

    Returns: 0-2 facts, in order; none when nothing is left to do.
    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    if isinstance(command, TakeStep):
        return take_step(known(finding, command), command, given.register)
    check_input(command, given.register)
    if isinstance(command, ReportFinding):
        return report(finding, command, given)
    if isinstance(command, ReferOut):
        return refer_out(finding, command, given)
    found = known(finding, command)
    refuse_before(found.reported_at, command, given.register)
    match command:
        case AssignFinding():
            return assign(found, command, given.register)
        case AcceptAssignment():
            return accept(found, command, given.register)
        case ReturnAssignment():
            return give_back(found, command, given.register)
        case DisputeOwner():
            return dispute(found, command)
        case HandOver():
            return hand_over(found, command, given.register)
        case AcceptHandover():
            return accept_handover(found, command, given.register)
        case RefuseHandover():
            return refuse_handover(found, command, given.register)
        case HoldFinding():
            return hold(found, command, given.register)
        case ResumeFinding():
            return (resumed(found, command, given.register),)
        case AddSubtask():
            return add_subtask(found, command, given.register)
        case CompleteSubtask():
            return complete_subtask(found, command)
        case MarkFixed():
            return mark_fixed(found, command, given.register)
        case VerifyFix():
            return verify(found, command, given.register)
        case RejectFix():
            return reject_fix(found, command, given.register)
        case ProposeDecline():
            return propose_decline(found, command, given.register)
        case ApproveDecline():
            require_second_person(found, command)
            return (FindingDeclined(stamp=command.stamp),)
        case RefuseDecline():
            require_second_person(found, command)
            return (DeclineRefused(stamp=command.stamp, reason=command.reason),)
        case MergeInto():
            return merge(found, command, given)
        case ReopenFinding():
            return reopen(found, command, given.register)
        case ChangeDeadline():
            return change_deadline(found, command, given.register)
        case CorrectFinding():
            return correct(found, command, given.register)
        case AddNote():
            refuse_referred(found)
            return (NoteAdded(stamp=command.stamp, text=command.text),)
