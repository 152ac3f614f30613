"""Whose it is: assigned, accepted, returned, disputed, handed over."""

from domain.errors import Code, NotAllowed, Refused
from domain.finding.commands import (
    AcceptAssignment,
    AcceptHandover,
    AssignFinding,
    DisputeOwner,
    FindingCommand,
    HandOver,
    RefuseHandover,
    ReturnAssignment,
)
from domain.finding.events import (
    AssignmentAccepted,
    AssignmentReturned,
    ClockName,
    FindingAssigned,
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    OwnershipDisputed,
)
from domain.finding.ladder import behind
from domain.finding.rules.checks import (
    BEFORE_FIX,
    Facts,
    day_of,
    owning_unit,
    require,
    speaks_for,
)
from domain.finding.rules.waiting import refuse_on_hold, resumed
from domain.finding.state import Finding, Status
from domain.register.model import Register
from domain.values import Actor


def assign(finding: Finding, command: AssignFinding, register: Register) -> Facts:
    """Make a unit responsible, once the case has a real category."""
    require(finding, *BEFORE_FIX)
    if register.category(finding.category).triage:
        raise Refused(Code.TRIAGE_FIRST, category=finding.category)
    if finding.offered_to:
        raise Refused(Code.HANDOVER_PENDING, to=str(finding.offered_to))
    to = owning_unit(command.to, register)
    return (FindingAssigned(stamp=command.stamp, to=to, urgent=finding.is_urgent),)


def accept(finding: Finding, command: AcceptAssignment, register: Register) -> Facts:
    """Let the owner say that the case is theirs."""
    _owner_only(finding, command, register)
    return (AssignmentAccepted(stamp=command.stamp),)


def give_back(finding: Finding, command: ReturnAssignment, register: Register) -> Facts:
    """Let the owner return the case; a hold ends, and an owner is needed again."""
    owner = _owner_only(finding, command, register)
    calendar = register.working_days
    days = finding.days[ClockName.ACKNOWLEDGE]
    returned = AssignmentReturned(
        stamp=command.stamp,
        reason=command.reason,
        triage=register.coordinator(behind(owner, register).authority),
        acknowledge_due=calendar.add(day_of(command, register), days),
    )
    if finding.hold:
        return (resumed(finding, command, register), returned)
    return (returned,)


def _owner_only(finding: Finding, command: FindingCommand, register: Register) -> Actor:
    require(finding, Status.ASSIGNED)
    owner = finding.assignee or finding.triage
    if not speaks_for(command.stamp.by, owner, register):
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(owner))
    return owner


def dispute(finding: Finding, command: DisputeOwner) -> Facts:
    """Note that the case may belong elsewhere."""
    require(finding, *BEFORE_FIX)
    return (
        OwnershipDisputed(
            stamp=command.stamp, reason=command.reason, proposed=command.proposed
        ),
    )


def hand_over(finding: Finding, command: HandOver, register: Register) -> Facts:
    """Offer the case to another authority, on a stated basis (R4)."""
    require(finding, Status.ASSIGNED)
    refuse_on_hold(finding)
    if finding.offered_to:
        raise Refused(Code.HANDOVER_PENDING, to=str(finding.offered_to))
    to = owning_unit(command.to, register)
    owner = finding.assignee or finding.triage
    if to.authority is owner.authority:
        raise Refused(Code.SAME_AUTHORITY, to=str(to), owner=str(owner))
    day = day_of(command, register)
    return (
        HandoverOffered(
            stamp=command.stamp,
            to=to,
            purpose=command.purpose,
            legal_basis=command.legal_basis,
            answer_due=register.working_days.add(day, register.limits.handover_days),
        ),
    )


def accept_handover(
    finding: Finding, command: AcceptHandover, register: Register
) -> Facts:
    """Make the receiver responsible."""
    to = _offered(finding, command, register)
    return (HandoverAccepted(stamp=command.stamp, to=to),)


def refuse_handover(
    finding: Finding, command: RefuseHandover, register: Register
) -> Facts:
    """Leave the case with the sender."""
    _offered(finding, command, register)
    return (HandoverRefused(stamp=command.stamp, reason=command.reason),)


def _offered(finding: Finding, command: FindingCommand, register: Register) -> Actor:
    """Return to whom the case is offered, if the command comes from there."""
    require(finding, Status.ASSIGNED)
    if finding.offered_to is None:
        raise Refused(Code.NO_HANDOVER)
    by, to = command.stamp.by, finding.offered_to
    if by.authority is not to.authority and not speaks_for(by, to, register):
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(to))
    return to
