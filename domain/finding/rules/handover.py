"""To another authority: offered, accepted, refused, decided, joint (R4, R14)."""

from domain.errors import Code, NotAllowed, Refused
from domain.finding.commands import (
    AcceptHandover,
    DecideHandover,
    FindingCommand,
    HandOver,
    RefuseHandover,
)
from domain.finding.events import (
    CaseMadeJoint,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverOutcome,
    HandoverRefused,
    Part,
)
from domain.finding.rules.checks import (
    Facts,
    Given,
    day_of,
    owning_unit,
    refuse_pending_offer,
    require,
    speaks_for,
)
from domain.finding.rules.waiting import refuse_on_hold
from domain.finding.state import Finding, Status
from domain.register.model import Register
from domain.values import Actor


def hand_over(finding: Finding, command: HandOver, given: Given) -> Facts:
    """Offer the case to another authority, on a stated basis."""
    require(finding, Status.ASSIGNED)
    refuse_on_hold(finding)
    refuse_pending_offer(finding)
    if finding.joint:
        raise Refused(Code.JOINT_CASE, lead=str(finding.assignee))
    register, day = given.register, day_of(command, given.register)
    to = owning_unit(command.to, register)
    owner = finding.assignee or finding.triage
    if to.authority is owner.authority:
        raise Refused(Code.SAME_AUTHORITY, to=str(to), owner=str(owner))
    return (
        HandoverOffered(
            stamp=command.stamp,
            to=to,
            purpose=command.purpose,
            legal_basis=command.legal_basis,
            summary=command.summary or "",
            answer_due=register.working_days.add(day, register.limits.handover_days),
            stands_in=given.standing_in(to, day),
        ),
    )


def accept_handover(
    finding: Finding, command: AcceptHandover, register: Register
) -> Facts:
    """Make the receiver responsible."""
    to = _offered(finding, command, register)
    sender = finding.assignee or finding.triage
    return (HandoverAccepted(stamp=command.stamp, to=to, tell=(sender,)),)


def refuse_handover(
    finding: Finding, command: RefuseHandover, register: Register
) -> Facts:
    """Leave the case with the sender; after the last refusal both work on it."""
    to = _offered(finding, command, register)
    sender = finding.assignee or finding.triage
    refused = HandoverRefused(
        stamp=command.stamp, reason=command.reason, tell=(sender,)
    )
    if finding.refusals + 1 < register.limits.refusals:
        return (refused,)
    return (refused, _joint(finding, to, command))


def decide_handover(
    finding: Finding, command: DecideHandover, register: Register
) -> Facts:
    """Let a coordinator decide where the case goes, after silence or before."""
    require(finding, Status.ASSIGNED)
    offered_to = _offer_of(finding)
    by = command.stamp.by
    if not register.is_coordinator(by):
        owner = register.coordinator(finding.triage.authority)
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(owner))
    owner = finding.assignee or finding.triage
    moved = command.outcome is HandoverOutcome.MOVED
    decided = HandoverDecided(
        stamp=command.stamp,
        outcome=command.outcome,
        to=offered_to if moved else owner,
        reason=command.reason,
        tell=(owner, offered_to),
    )
    if command.outcome is HandoverOutcome.JOINT:
        return (decided, _joint(finding, offered_to, command))
    return (decided,)


def _joint(finding: Finding, other: Actor, command: FindingCommand) -> CaseMadeJoint:
    """Give each side a part that is named after it; the sender leads."""
    lead = finding.assignee or finding.triage
    taken = {part.name for part in finding.subtasks}
    parts = tuple(
        Part(subtask=str(unit), to=unit)
        for unit in (lead, other)
        if str(unit) not in taken
    )
    return CaseMadeJoint(stamp=command.stamp, lead=lead, parts=parts)


def _offered(finding: Finding, command: FindingCommand, register: Register) -> Actor:
    """Return to whom the case is offered, if the command comes from there."""
    require(finding, Status.ASSIGNED)
    by, to = command.stamp.by, _offer_of(finding)
    if by.authority is not to.authority and not speaks_for(by, to, register):
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(to))
    return to


def _offer_of(finding: Finding) -> Actor:
    if finding.offered_to is None:
        raise Refused(Code.NO_HANDOVER)
    return finding.offered_to
