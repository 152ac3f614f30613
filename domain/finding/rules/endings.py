"""Other ends: declined by two, merged, reopened."""

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.finding.commands import (
    FindingCommand,
    MergeInto,
    ProposeDecline,
    ReopenFinding,
)
from domain.finding.events import (
    ClockName,
    DeclineProposed,
    FindingMerged,
    FindingReopened,
)
from domain.finding.ladder import behind, leader_of
from domain.finding.rules.checks import (
    BEFORE_FIX,
    Facts,
    Given,
    day_of,
    refuse_before,
    require,
)
from domain.finding.state import Finding, Status
from domain.register.model import Register
from domain.values import Actor, Authority


def propose_decline(
    finding: Finding, command: ProposeDecline, register: Register
) -> Facts:
    """Ask a second person to agree not to act, with a reason of the register (R12)."""
    require(finding, *BEFORE_FIX)
    if finding.decline_proposed_by:
        raise Refused(Code.PROPOSAL_PENDING, by=str(finding.decline_proposed_by))
    reason = register.decline_reason(command.reason_code)
    if reason.needs_referral and command.refer_to is None:
        raise Refused(Code.REFERRAL_MISSING, reason=reason.code)
    return (
        DeclineProposed(
            stamp=command.stamp,
            reason_code=reason.code,
            reason=command.reason,
            refer_to=command.refer_to,
            approver=_approver(finding, command.stamp.by, register),
        ),
    )


def _approver(finding: Finding, proposer: Actor, register: Register) -> Actor:
    """Return a leader or coordinator who is not the proposer."""
    owner = finding.assignee or finding.triage
    authority = behind(owner, register).authority
    candidates = (leader_of(owner, register), register.coordinator(authority))
    for candidate in candidates:
        if not candidate.same_hands(proposer):
            return candidate
    return register.counterpart(authority)


def require_second_person(finding: Finding, command: FindingCommand) -> None:
    """Refuse unless somebody else proposed to decline."""
    require(finding, *BEFORE_FIX)
    if finding.decline_proposed_by is None:
        raise Refused(Code.NO_PROPOSAL)
    by = command.stamp.by
    if by.same_hands(finding.decline_proposed_by):
        involved = [str(finding.decline_proposed_by)]
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=involved)
    if by.authority in {Authority.CITIZEN, Authority.PARTICIPANT}:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(finding.decline_approver))


def merge(finding: Finding, command: MergeInto, given: Given) -> Facts:
    """Let this case follow another that is still of use (R13)."""
    require(finding, *BEFORE_FIX)
    if command.master == command.number:
        raise Refused(Code.MERGE_INTO_SELF, number=command.number)
    if (master := given.findings.get(command.master)) is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=command.master)
    if master.status in {Status.MERGED, Status.REFERRED, Status.POSITIVE}:
        raise Refused(
            Code.MASTER_UNUSABLE,
            master=command.master,
            status=master.status,
            follow=master.master,
        )
    return (FindingMerged(stamp=command.stamp, master=command.master),)


def reopen(finding: Finding, command: ReopenFinding, register: Register) -> Facts:
    """Start a new and shorter fix clock, within the days the register allows (R11)."""
    require(finding, Status.VERIFIED, Status.DECLINED, Status.FIXED)
    refuse_before(finding.ended_at or finding.reported_at, command, register)
    calendar, today = register.working_days, day_of(command, register)
    ended_on = calendar.local_day(finding.ended_at or command.stamp.at)
    if (today - ended_on).days > register.limits.reopen_days:
        raise Refused(
            Code.REOPEN_TOO_LATE,
            ended_on=ended_on.isoformat(),
            limit=register.limits.reopen_days,
        )
    half = max(1, finding.days[ClockName.FIX] // 2)
    acknowledge = calendar.add(today, finding.days[ClockName.ACKNOWLEDGE])
    return (
        FindingReopened(
            stamp=command.stamp,
            reason=command.reason,
            fix_days=half,
            fix_due=calendar.add(today, half),
            triage=finding.triage,
            to=finding.assignee or finding.triage,
            urgent=finding.is_urgent,
            acknowledge_due=None if finding.assignee else acknowledge,
        ),
    )
