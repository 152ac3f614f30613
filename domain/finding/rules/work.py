"""The work: sub-tasks, fixed, verified by other eyes."""

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.finding.commands import (
    AddSubtask,
    CompleteSubtask,
    MarkFixed,
    RejectFix,
    VerifyFix,
)
from domain.finding.events import (
    ClockName,
    FixRejected,
    FixReported,
    FixVerified,
    SubtaskAdded,
    SubtaskCompleted,
)
from domain.finding.ladder import behind, leader_of
from domain.finding.rules.checks import (
    BEFORE_FIX,
    Facts,
    Given,
    day_of,
    owning_unit,
    refuse_before,
    require,
)
from domain.finding.rules.evidence import require_seen, require_shown
from domain.finding.rules.waiting import resumed
from domain.finding.state import Finding, Status
from domain.finding.terms import length_now
from domain.register.model import Register
from domain.values import Actor


def add_subtask(finding: Finding, command: AddSubtask, register: Register) -> Facts:
    """Give one part of the work to a party of its own (R6, R14)."""
    require(finding, *BEFORE_FIX)
    if any(part.name == command.subtask for part in finding.subtasks):
        raise Refused(Code.SUBTASK_EXISTS, subtask=command.subtask)
    to = owning_unit(command.to, register)
    due = command.due
    if due and due < day_of(command, register):
        raise Refused(Code.DATE_IN_PAST, field="due", date=due.isoformat())
    answering = behind(to, register)
    return (
        SubtaskAdded(
            stamp=command.stamp,
            subtask=command.subtask,
            to=to,
            due=due,
            contact=command.contact,
            answering=None if answering == to.unit else answering,
        ),
    )


def complete_subtask(finding: Finding, command: CompleteSubtask) -> Facts:
    """Note that one part is done, once."""
    require(finding, *BEFORE_FIX)
    parts = [part for part in finding.subtasks if part.name == command.subtask]
    if not parts:
        known = [part.name for part in finding.subtasks]
        raise NotFound(Code.UNKNOWN_SUBTASK, subtask=command.subtask, known=known)
    if parts[0].done_by:
        raise Refused(Code.SUBTASK_DONE, subtask=command.subtask)
    return (SubtaskCompleted(stamp=command.stamp, subtask=command.subtask),)


def mark_fixed(finding: Finding, command: MarkFixed, given: Given) -> Facts:
    """Report the fix; a case on hold is resumed by the same command."""
    register, today = given.register, day_of(command, given.register)
    require(finding, Status.ASSIGNED)
    if missing := [part.name for part in finding.subtasks if not part.done_by]:
        raise Refused(Code.SUBTASKS_OPEN, open=missing)
    require_shown(finding, command, register)
    days = length_now(finding, ClockName.VERIFY, register)
    verifier = _verifier(finding, command, given)
    fixed = FixReported(
        stamp=command.stamp,
        evidence=command.evidence,
        count=command.count,
        held_on=command.held_on,
        attendance=command.attendance,
        audience=command.audience,
        verifier=verifier,
        verify_due=register.working_days.add(today, days),
        stands_in=given.standing_in(verifier, today),
    )
    if finding.hold:
        return (resumed(finding, command, register), fixed)
    return (fixed,)


def _verifier(finding: Finding, command: MarkFixed, given: Given) -> Actor:
    """Return a coordinator, or a leader, who had no hand in the fix."""
    register = given.register
    hands = hands_on(finding) | {command.stamp.by}
    if finding.assignee:
        deputy = given.standing_in(finding.assignee, day_of(command, register))
        hands |= {deputy} if deputy else set()
    authority = finding.triage.authority
    candidates = (
        register.coordinator(authority),
        register.counterpart(authority),
        leader_of(finding.assignee or finding.triage, register),
    )
    for candidate in candidates:
        if not any(candidate.same_hands(worker) for worker in hands):
            return candidate
    return register.counterpart(authority)


def hands_on(finding: Finding) -> frozenset[Actor]:
    """Return everybody who worked on the present fix or was assigned to it."""
    return finding.workers | ({finding.assignee} if finding.assignee else frozenset())


def refuse_own_work(finding: Finding, by: Actor) -> None:
    """Refuse a person who ever worked on it, also before it was reopened (S1)."""
    if involved := sorted(one for one in finding.ever_worked if by.same_person(one)):
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=involved)


def _refuse_deputy(finding: Finding, command: VerifyFix, given: Given) -> None:
    """Refuse whoever stands in for the assignee, now or when it was fixed (S2)."""
    if (owner := finding.assignee) is None:
        return
    by, days = command.stamp.by, {day_of(command, given.register)}
    if finding.ended_at:
        days.add(given.register.working_days.local_day(finding.ended_at))
    deputies = [given.standing_in(owner, day) for day in days]
    if any(deputy and by.same_hands(deputy) for deputy in deputies):
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=[owner])


def reject_fix(finding: Finding, command: RejectFix, register: Register) -> Facts:
    """Send the case back to whoever said it was done."""
    require(finding, Status.FIXED)
    refuse_before(finding.ended_at or finding.reported_at, command, register)
    return (
        FixRejected(
            stamp=command.stamp,
            reason=command.reason,
            to=finding.assignee or finding.triage,
            urgent=finding.is_urgent,
        ),
    )


def verify(finding: Finding, command: VerifyFix, given: Given) -> Facts:
    """Four eyes: whoever worked on the fix cannot verify it (ADR 0007, R10)."""
    register = given.register
    require(finding, Status.FIXED)
    refuse_before(finding.ended_at or finding.reported_at, command, register)
    by = command.stamp.by
    if involved := sorted(w for w in hands_on(finding) if by.same_hands(w)):
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=involved)
    refuse_own_work(finding, by)
    _refuse_deputy(finding, command, given)
    require_seen(finding, command, register)
    return (
        FixVerified(
            stamp=command.stamp,
            evidence=command.evidence,
            same_point=command.same_point,
            after_dark=command.after_dark,
            tell=given.tell,
        ),
    )
