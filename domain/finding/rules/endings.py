"""Other ends: declined by two, merged, reopened."""

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.finding.commands import (
    ApproveDecline,
    FindingCommand,
    MergeInto,
    ProposeDecline,
    RefuseDecline,
    ReopenFinding,
)
from domain.finding.events import (
    ClockName,
    DeclineProposed,
    DeclineRefused,
    FindingDeclined,
    FindingMerged,
    FindingReopened,
    SubtaskAdded,
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
from domain.finding.rules.work import refuse_own_work
from domain.finding.state import Finding, Status
from domain.finding.terms import after_reopening, fix_days, length_now
from domain.register.model import Register
from domain.values import Actor, Authority

ROOT_CAUSE = "root-cause"
"""The part that a leader gets when a case keeps coming back (R11)."""


def propose_decline(finding: Finding, command: ProposeDecline, given: Given) -> Facts:
    """Ask a second person to agree not to act, with a reason of the register (R12)."""
    register = given.register
    require(finding, *BEFORE_FIX)
    if finding.decline_proposed_by:
        raise Refused(Code.PROPOSAL_PENDING, by=str(finding.decline_proposed_by))
    reason = register.decline_reason(command.reason_code)
    if reason.needs_referral and command.refer_to is None:
        raise Refused(Code.REFERRAL_MISSING, reason=reason.code)
    if reason.needs_link and command.link is None:
        raise Refused(Code.LINK_MISSING, reason=reason.code)
    approver = _approver(finding, command.stamp.by, register)
    return (
        DeclineProposed(
            stamp=command.stamp,
            reason_code=reason.code,
            reason=command.reason,
            refer_to=command.refer_to,
            link=command.link,
            approver=approver,
            stands_in=given.standing_in(approver, day_of(command, register)),
        ),
    )


def _approver(finding: Finding, proposer: Actor, register: Register) -> Actor:
    """Return a leader or coordinator who is not the proposer.

    For a joint case it is the other authority: both must agree (R14).
    """
    owner = finding.assignee or finding.triage
    authority = behind(owner, register).authority
    if is_joint(finding, register):
        return register.counterpart(behind(proposer, register).authority)
    candidates = (leader_of(owner, register), register.coordinator(authority))
    for candidate in candidates:
        if not candidate.same_hands(proposer):
            return candidate
    return register.counterpart(authority)


def is_joint(finding: Finding, register: Register) -> bool:
    """Whether more than one authority works on the case."""
    units = [finding.assignee, *(part.to for part in finding.subtasks)]
    sides = {behind(unit, register).authority for unit in units if unit}
    return len(sides) > 1


def approve_decline(finding: Finding, command: ApproveDecline, given: Given) -> Facts:
    """Agree, as a second person who never worked on it, not to act."""
    require_second_person(finding, command, given.register)
    refuse_own_work(finding, command.stamp.by)
    return (FindingDeclined(stamp=command.stamp, tell=given.tell),)


def refuse_decline(
    finding: Finding, command: RefuseDecline, register: Register
) -> Facts:
    """Disagree, as a second person: the case goes on."""
    require_second_person(finding, command, register)
    proposer = finding.decline_proposed_by
    tell = (proposer,) if proposer else ()
    return (DeclineRefused(stamp=command.stamp, reason=command.reason, tell=tell),)


def require_second_person(
    finding: Finding, command: FindingCommand, register: Register
) -> None:
    """Refuse unless somebody else proposed to decline (R12, R14)."""
    require(finding, *BEFORE_FIX)
    if finding.decline_proposed_by is None:
        raise Refused(Code.NO_PROPOSAL)
    by = command.stamp.by
    if by.same_hands(finding.decline_proposed_by):
        involved = [str(finding.decline_proposed_by)]
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=involved)
    outside = by.authority in {Authority.CITIZEN, Authority.PARTICIPANT}
    proposer = finding.decline_proposed_by
    if outside or (is_joint(finding, register) and _one_side(by, proposer, register)):
        # The case may have become joint after somebody was asked.
        owner = _approver(finding, proposer, register)
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(owner))


def _one_side(one: Actor, other: Actor, register: Register) -> bool:
    return behind(one, register).authority is behind(other, register).authority


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
    return (FindingMerged(stamp=command.stamp, master=command.master, tell=given.tell),)


def reopen(finding: Finding, command: ReopenFinding, register: Register) -> Facts:
    """Start a new and shorter fix clock, within the days the register allows (R11).

    When it keeps coming back, the unit's leader has to find out why.
    """
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
    again = after_reopening(fix_days(finding, register))
    days = length_now(finding, ClockName.ACKNOWLEDGE, register)
    owner = finding.assignee or finding.triage
    reopened = FindingReopened(
        stamp=command.stamp,
        reason=command.reason,
        fix_days=again,
        fix_due=calendar.add(today, again),
        triage=finding.triage,
        to=owner,
        urgent=finding.is_urgent,
        acknowledge_due=None if finding.assignee else calendar.add(today, days),
    )
    if (finding.reopened + 1) % register.limits.reopenings:
        return (reopened,)
    leader = leader_of(owner, register)
    asked = SubtaskAdded(
        stamp=command.stamp,
        subtask=ROOT_CAUSE,
        to=leader,
        due=calendar.add(today, again),
    )
    return (reopened, asked)
