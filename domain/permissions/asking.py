"""Whether a person may give a command: the table is asked before the rules are.

Only about persons. The clock, an import and whatever else submits for nobody in
particular is not asked; see `table.py` for who asks today.
"""

from collections.abc import Iterable, Iterator, Mapping

from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    GiveUpDelivery,
    RetryDelivery,
    SettleDelivery,
)
from domain.errors import Code, NotAllowed, NotFound
from domain.finding import commands as cases
from domain.finding.state import Finding
from domain.measurement import commands as measurement
from domain.messages import Command, Recorded
from domain.permissions.roles import roles_of
from domain.permissions.standing import NEW, Standing, standing
from domain.permissions.table import may_any, parts
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.police import commands as police
from domain.ports import Rules
from domain.publication import commands as publication
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.roster.commands import EndAbsence, NoteAbsence
from domain.rounds import HoldRound
from domain.subject import commands as subject
from domain.values import Actor
from domain.walk import commands as walk

ACTIONS: Mapping[type[Command], Action] = {
    cases.ReportFinding: Action.REPORT,
    cases.LogCall: Action.NOTE,
    cases.AddNote: Action.NOTE,
    cases.AddPhoto: Action.NOTE,
    cases.CorrectFinding: Action.CORRECT,
    cases.AssignFinding: Action.ASSIGN,
    cases.AddSubtask: Action.ASSIGN,
    cases.SeekOwner: Action.ASSIGN,
    cases.LookUpOwner: Action.ASSIGN,
    cases.MergeInto: Action.ASSIGN,
    cases.ReferOut: Action.ASSIGN,
    cases.AcceptAssignment: Action.ANSWER_ASSIGNMENT,
    cases.ReturnAssignment: Action.ANSWER_ASSIGNMENT,
    cases.DisputeOwner: Action.ANSWER_ASSIGNMENT,
    cases.HandOver: Action.OFFER_HANDOVER,
    cases.AcceptHandover: Action.ANSWER_HANDOVER,
    cases.RefuseHandover: Action.ANSWER_HANDOVER,
    cases.DecideHandover: Action.DECIDE_HANDOVER,
    cases.HoldFinding: Action.WORK,
    cases.ResumeFinding: Action.WORK,
    cases.CompleteSubtask: Action.WORK,
    cases.MarkFixed: Action.WORK,
    cases.EnforceStep: Action.ENFORCE,
    cases.ChangeDeadline: Action.CHANGE_DEADLINE,
    cases.VerifyFix: Action.VERIFY,
    cases.RejectFix: Action.REJECT_FIX,
    cases.MoveVerification: Action.REJECT_FIX,
    cases.ProposeDecline: Action.PROPOSE_DECLINE,
    cases.ApproveDecline: Action.SECOND_DECLINE,
    cases.RefuseDecline: Action.SECOND_DECLINE,
    cases.ReopenFinding: Action.REOPEN,
    cases.TakeStep: Action.TAKE_STEP,
    walk.RequestWalk: Action.REQUEST_WALK,
    walk.AnswerRequest: Action.RUN_WALK,
    walk.PlanWalk: Action.RUN_WALK,
    walk.SetRoute: Action.RUN_WALK,
    walk.InviteToWalk: Action.RUN_WALK,
    walk.RecordWalk: Action.RUN_WALK,
    walk.DraftMinutes: Action.RUN_WALK,
    walk.ApproveMinutes: Action.APPROVE_TEXT,
    walk.PublishMinutes: Action.APPROVE_TEXT,
    walk.AgreePlan: Action.RUN_WALK,
    walk.ReportBack: Action.RUN_WALK,
    walk.FollowUpWalk: Action.RUN_WALK,
    walk.EvaluateWalk: Action.RUN_WALK,
    walk.CloseWalk: Action.RUN_WALK,
    walk.CancelWalk: Action.RUN_WALK,
    walk.AskForAnswer: Action.ASK_ANSWER,
    walk.NoteAnswered: Action.RUN_WALK,
    walk.TakeWalkStep: Action.TAKE_STEP,
    publication.DraftPublication: Action.PROPOSE_TEXT,
    publication.ApprovePublication: Action.APPROVE_TEXT,
    publication.WithdrawPublication: Action.APPROVE_TEXT,
    publication.TakePublicationStep: Action.TAKE_STEP,
    NoteAbsence: Action.NOTE_ABSENCE,
    EndAbsence: Action.NOTE_ABSENCE,
    ConfirmDelivery: Action.SETTLE_DELIVERY,
    RetryDelivery: Action.SETTLE_DELIVERY,
    SettleDelivery: Action.SETTLE_DELIVERY,
    BeginDelivery: Action.TAKE_STEP,
    GiveUpDelivery: Action.TAKE_STEP,
    HoldRound: Action.TAKE_STEP,
    AdoptRegister: Action.ADOPT_REGISTER,
    measurement.DescribeSeries: Action.RECORD_MEASUREMENT,
    measurement.RecordValue: Action.RECORD_MEASUREMENT,
    measurement.CorrectValue: Action.RECORD_MEASUREMENT,
    measurement.WithdrawValue: Action.RECORD_MEASUREMENT,
    measurement.ListArea: Action.RECORD_MEASUREMENT,
    measurement.RecordIndicator: Action.TELL_INDICATOR,
    police.AddPoliceNote: Action.NOTE,
    police.ProposeSharing: Action.PROPOSE_SHARING,
    police.ApproveSharing: Action.APPROVE_SHARING,
    subject.RequestErasure: Action.PROPOSE_ERASURE,
    subject.RequestDisposal: Action.PROPOSE_ERASURE,
    subject.ArchiveSubject: Action.EXPORT_CASE,
    subject.RestrictSubject: Action.PROPOSE_ERASURE,
    subject.HoldSubject: Action.PROPOSE_ERASURE,
    subject.ApproveErasure: Action.APPROVE_ERASURE,
    subject.ReleaseSubject: Action.APPROVE_ERASURE,
    subject.LiftRestriction: Action.APPROVE_ERASURE,
    subject.RecordRestriction: Action.EXECUTE_ERASURE,
    subject.RecordErasure: Action.EXECUTE_ERASURE,
}
"""What each command is in the table."""

MAKES_NEW = (
    cases.ReportFinding,
    cases.ReferOut,
    walk.RequestWalk,
    walk.RecordWalk,
    publication.DraftPublication,
)
"""Commands about something that need not be there yet."""


def require_permitted(
    command: Command,
    history: tuple[Recorded, ...],
    rules: Rules,
    finding: Finding | None = None,
) -> None:
    """Refuse what the table does not allow to whoever asks.

    What is not there is left to the rules, which say so.

    Args:
        command: what is asked, with its stamp.
        history: the facts of its stream.
        rules: the rules in force.
        finding: what `history` folds to, where somebody has folded it already.

    Raises: NotFound (unknown_unit) for a stranger; NotAllowed with `not_your_case`
        when the same role may do this to other cases, else with `not_your_role`.
    """
    by, register = command.stamp.by, rules.register
    if not register.knows(by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(by))
    stands = standing(command, history, rules, finding)
    if stands is None:
        if not isinstance(command, MAKES_NEW):
            return
        stands = Standing(NEW)
    action, roles = ACTIONS[type(command)], roles_of(by, register)
    where = compartment_of(command)
    if may_any(roles, action, where, stands.relations).allowed:
        return
    elsewhere = may_any(roles, action, where, Relation)
    if elsewhere.allowed and stands.holder:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(stands.holder))
    raise not_your_role(by, action, where, register)


def require_action(
    by: Actor, action: Action, stands: Iterable[Relation], register: Register
) -> None:
    """Refuse whoever may not do this to anything shared to which they stand so.

    Raises: NotAllowed (not_your_role).
    """
    if not is_permitted(by, action, stands, register):
        raise not_your_role(by, action, Compartment.SHARED, register)


def is_permitted(
    by: Actor, action: Action, stands: Iterable[Relation], register: Register
) -> bool:
    """Whether somebody may do this to what is shared and to which they stand so."""
    roles = roles_of(by, register)
    return may_any(roles, action, Compartment.SHARED, stands).allowed


def not_your_role(
    by: Actor, action: Action, where: Compartment, register: Register
) -> NotAllowed:
    """Return the refusal of an action that none of somebody's roles has."""
    return NotAllowed(
        Code.NOT_YOUR_ROLE,
        by=str(by),
        action=action,
        roles=sorted(roles_of(by, register)),
        allowed=list(who_may(action, where, register)),
    )


def compartment_of(command: Command) -> Compartment:
    """Return for whom that is kept which a command is about."""
    is_police = isinstance(command, police.PoliceCommand)
    return Compartment.POLICE if is_police else Compartment.SHARED


def who_may(action: Action, where: Compartment, register: Register) -> Iterator[Role]:
    """Yield who may do this there, as far as anybody has the role."""
    listed = [*(unit.id for unit in register.units), *register.overseeing]
    held = {role for one in listed for role in roles_of(one, register)}
    for role in Role:
        found = parts().get((action, role), ())
        is_there = any(where in compartments for compartments, _ in found)
        if is_there and role in held | {Role.CITIZEN, Role.PARTICIPANT}:
            yield role
