"""What the clock itself may do."""

from collections.abc import Iterable
from datetime import date

from domain.finding.commands import TakeStep
from domain.finding.events import (
    ClockName,
    DeadlinesRecomputed,
    FindingEscalated,
    HandoverUnanswered,
    HandoverUndecided,
    ReminderRaised,
)
from domain.finding.handover import HandoverStep, Indecision, Silence, handover_plan
from domain.finding.ladder import behind, leader_of, recipients
from domain.finding.plan import (
    Escalation,
    Lapse,
    NobodysLand,
    Recomputation,
    Reminder,
    Step,
    part_of,
    plan,
)
from domain.finding.rules.checks import Facts, Given
from domain.finding.rules.ownership import lapse
from domain.finding.rules.search import nobodys_land
from domain.finding.state import Finding
from domain.messages import Stamp
from domain.values import Actor


def take_step(finding: Finding, command: TakeStep, given: Given) -> Facts:
    """Do the step if it is due and still wanted; the world may have changed."""
    stamp, register = command.stamp, given.register
    steps: tuple[Step | HandoverStep, ...] = (
        *plan(finding, register, stamp.at),
        *handover_plan(finding, register, stamp.at),
    )
    for step in steps:
        if step.key == command.key and step.at <= stamp.at:
            return _taken(finding, step, command, given)
    return ()


def _taken(
    finding: Finding, step: Step | HandoverStep, command: TakeStep, given: Given
) -> Facts:
    stamp, register = command.stamp, given.register
    today = register.working_days.local_day(stamp.at)
    match step:
        case Reminder():
            return (_reminder(finding, step, stamp, given),)
        case Escalation(level=level, run=run):
            told = recipients(finding, level, register)
            to = _present(told, today, given)
            urgent = finding.is_urgent
            return (
                FindingEscalated(
                    stamp=stamp, level=level, run=run, to=to, urgent=urgent
                ),
            )
        case Recomputation(changes=changes):
            to_one = finding.responsible
            return (DeadlinesRecomputed(stamp=stamp, changes=changes, to=to_one),)
        case Lapse():
            return lapse(finding, command, register)
        case NobodysLand():
            return (nobodys_land(stamp, register),)
        case Silence():
            return (_silence(finding, stamp, given),)
        case Indecision(nth=nth):
            told = _all_who_can_decide(finding, given)
            to = _present(told, today, given)
            return (HandoverUndecided(stamp=stamp, nth=nth, to=to),)


def _reminder(
    finding: Finding, step: Reminder, stamp: Stamp, given: Given
) -> ReminderRaised:
    today = given.register.working_days.local_day(stamp.at)
    owner = _reminded(finding, step, given)
    stands_in = given.standing_in(owner, today)
    return ReminderRaised(
        stamp=stamp,
        occasions=step.occasions,
        to=stands_in or owner,
        urgent=finding.is_urgent,
        instead_of=owner if stands_in else None,
    )


def _reminded(finding: Finding, step: Reminder, given: Given) -> Actor:
    """Return whom a reminder is for; behind a third party stands a caseworker."""
    first = step.occasions[0]
    if any(one.clock is ClockName.ENFORCEMENT for one in step.occasions):
        # An owner who does not act is not asked to enforce against himself.
        return behind(finding.responsible, given.register)
    if part := part_of(finding, first):
        return part.answering or behind(part.to, given.register)
    match first.clock:
        case ClockName.HANDOVER if finding.offered_to:
            return behind(finding.offered_to, given.register)
        case ClockName.CALL:
            return finding.triage
        case _:
            return finding.responsible


def _silence(finding: Finding, stamp: Stamp, given: Given) -> HandoverUnanswered:
    register = given.register
    calendar = register.working_days
    today = calendar.local_day(stamp.at)
    sender = behind(finding.assignee or finding.triage, register)
    decider = register.coordinator(sender.authority)
    return HandoverUnanswered(
        stamp=stamp,
        to=given.standing_in(decider, today) or decider,
        decide_due=calendar.add(today, register.limits.decision_days),
    )


def _all_who_can_decide(finding: Finding, given: Given) -> tuple[Actor, ...]:
    register = given.register
    both = (register.coordinators.municipality, register.coordinators.police)
    decider = finding.offer.decider if finding.offer else None
    return (*both, leader_of(decider or finding.triage, register))


def _present(told: Iterable[Actor], day: date, given: Given) -> tuple[Actor, ...]:
    """Return who is told on `day`, with those who stand in for the absent."""
    here = (given.standing_in(actor, day) or actor for actor in told)
    return tuple(dict.fromkeys(here))
