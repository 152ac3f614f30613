"""When an owner does not act: step by step, and never a step too early (R7).

Source: forvaltningsloven (hearing, reasons, complaint guidance); vejloven § 87.
From the hearing on it is a decision case: its steps cannot be passed over.
"""

from datetime import date, timedelta

from domain.errors import Code, NotAllowed, Refused
from domain.finding.commands import EnforceStep
from domain.finding.events import EnforcementStep, EnforcementStepTaken
from domain.finding.rules.checks import Facts, day_of, require
from domain.finding.state import Finding, Status
from domain.register.model import Register
from domain.values import Authority

NEEDED = {
    EnforcementStep.GUIDANCE: (),
    EnforcementStep.HEARING: ("legal_basis",),
    EnforcementStep.ORDER: ("legal_basis", "reasons", "complaint"),
    EnforcementStep.WORK: ("reasons",),
}
"""What must be written for a step to be lawful."""


def enforce(finding: Finding, command: EnforceStep, register: Register) -> Facts:
    """Take the next step against an owner."""
    require(finding, Status.ASSIGNED)
    if command.stamp.by.authority is not Authority.MUNICIPALITY:
        owner = register.coordinators.municipality
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(owner))
    _refuse_out_of_turn(finding, command, register)
    for name in NEEDED[command.step]:
        if not getattr(command, name):
            raise Refused(Code.DECISION_INCOMPLETE, field=name, step=command.step)
    return (
        EnforcementStepTaken(
            stamp=command.stamp,
            step=command.step,
            owner=command.owner,
            deadline=_deadline(command, register),
            legal_basis=command.legal_basis,
            reasons=command.reasons,
            complaint=command.complaint,
        ),
    )


def _refuse_out_of_turn(
    finding: Finding, command: EnforceStep, register: Register
) -> None:
    latest = finding.enforcement
    steps = tuple(EnforcementStep)
    expected = steps[steps.index(latest.step) + 1 :][:1] if latest else steps[:1]
    if command.step not in expected:
        raise Refused(
            Code.STEP_SKIPPED,
            step=command.step,
            expected=expected[0] if expected else "-",
        )
    deadline = latest.deadline if latest else None
    if deadline and day_of(command, register) <= deadline:
        raise Refused(
            Code.DEADLINE_RUNNING, step=command.step, date=deadline.isoformat()
        )


def _deadline(command: EnforceStep, register: Register) -> date | None:
    """Return the owner's last day; the law's least time where none is given."""
    calendar, limits = register.working_days, register.limits
    today = day_of(command, register)
    match command.step:
        case EnforcementStep.WORK:
            return None
        case EnforcementStep.ORDER:
            # A day of law that is no working day moves on to the next one.
            least = calendar.next_working(today + timedelta(days=limits.order_days))
        case EnforcementStep.GUIDANCE | EnforcementStep.HEARING:
            least = calendar.add(today, limits.hearing_days)
    if command.deadline is None:
        return least
    if command.deadline < least:
        raise Refused(
            Code.DEADLINE_TOO_SHORT, step=command.step, earliest=least.isoformat()
        )
    return command.deadline
