"""Whose it is: assigned, accepted, returned, lapsed, disputed."""

from domain.errors import Code, NotAllowed, Refused
from domain.finding.commands import (
    AcceptAssignment,
    AssignFinding,
    DisputeOwner,
    FindingCommand,
    ReturnAssignment,
)
from domain.finding.events import (
    AssignmentAccepted,
    AssignmentLapsed,
    AssignmentReturned,
    ClockName,
    FindingAssigned,
    OwnershipDisputed,
)
from domain.finding.ladder import behind
from domain.finding.rules.checks import (
    BEFORE_FIX,
    Facts,
    Given,
    day_of,
    owning_unit,
    refuse_pending_offer,
    require,
    speaks_for,
)
from domain.finding.rules.waiting import resumed
from domain.finding.state import Finding, Status
from domain.finding.terms import length_now
from domain.register.model import Register
from domain.values import Actor


def assign(finding: Finding, command: AssignFinding, given: Given) -> Facts:
    """Make a unit responsible, once the case has a real category."""
    require(finding, *BEFORE_FIX)
    register = given.register
    if register.category(finding.category).triage:
        raise Refused(Code.TRIAGE_FIRST, category=finding.category)
    refuse_pending_offer(finding)
    to = owning_unit(command.to, register)
    return (
        FindingAssigned(
            stamp=command.stamp,
            to=to,
            urgent=finding.is_urgent,
            stands_in=given.standing_in(to, day_of(command, register)),
        ),
    )


def accept(finding: Finding, command: AcceptAssignment, register: Register) -> Facts:
    """Let the owner say that the case is theirs."""
    _owner_only(finding, command, register)
    return (AssignmentAccepted(stamp=command.stamp),)


def give_back(finding: Finding, command: ReturnAssignment, register: Register) -> Facts:
    """Let the owner return the case; a hold ends, and an owner is needed again."""
    owner = _owner_only(finding, command, register)
    calendar = register.working_days
    days = length_now(finding, ClockName.ACKNOWLEDGE, register)
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


def lapse(finding: Finding, command: FindingCommand, register: Register) -> Facts:
    """Take the case from a unit that exists no more (R17); a hold ends with it."""
    owner = finding.assignee or finding.triage
    days = length_now(finding, ClockName.ACKNOWLEDGE, register)
    due = register.working_days.add(day_of(command, register), days)
    lapsed = AssignmentLapsed(
        stamp=command.stamp,
        owner=owner,
        triage=register.coordinator(owner.authority),
        acknowledge_due=due,
    )
    if finding.hold:
        return (resumed(finding, command, register), lapsed)
    return (lapsed,)
