"""What the clock itself may do."""

from domain.finding.commands import TakeStep
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.finding.ladder import recipients
from domain.finding.plan import Escalation, Reminder, plan
from domain.finding.rules.checks import Facts
from domain.finding.state import Finding
from domain.register.model import Register


def take_step(finding: Finding, command: TakeStep, register: Register) -> Facts:
    """Do the step if it is due and still wanted; the world may have changed."""
    stamp, urgent = command.stamp, finding.is_urgent
    for step in plan(finding, register, stamp.at):
        if step.key != command.key or step.at > stamp.at:
            continue
        match step:
            case Reminder(occasions=occasions):
                to = finding.responsible
                return (
                    ReminderRaised(
                        stamp=stamp, occasions=occasions, to=to, urgent=urgent
                    ),
                )
            case Escalation(level=level, run=run):
                to_all = recipients(finding, level, register)
                return (
                    FindingEscalated(
                        stamp=stamp, level=level, run=run, to=to_all, urgent=urgent
                    ),
                )
    return ()
