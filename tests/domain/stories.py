"""Cases told in commands, with or without the clock running between them."""

from collections.abc import Iterable
from datetime import datetime, time

from domain.finding.commands import PersonCommand, TakeStep
from domain.finding.decide import decide
from domain.finding.events import (
    ClockName,
    FindingEscalated,
    FindingEvent,
    ReminderRaised,
)
from domain.finding.handover import (
    HandoverStep,
    Indecision,
    Silence,
    handover_plan,
)
from domain.finding.plan import (
    Escalation,
    Lapse,
    NobodysLand,
    Recomputation,
    Reminder,
    Step,
    plan,
)
from domain.finding.rules.checks import Given
from domain.finding.state import Finding
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.values import CLOCK
from tests.examples import COPENHAGEN, NUMBER, moment, on, register
from tests.given_when_then import remembered

PATIENCE = 200
"""More steps than any story needs; one that goes on has no end."""

END_OF_DAY = time(23, 59)


def told(
    *commands: PersonCommand, rules: Register | None = None
) -> tuple[FindingEvent, ...]:
    """Return the facts of a case whose clock never ran."""
    facts: tuple[FindingEvent, ...] = ()
    for command in commands:
        facts += decide(remembered(*facts), command, Given(rules or register()))
    return facts


def played(
    *commands: PersonCommand, until: str, rules: Register | None = None
) -> tuple[FindingEvent, ...]:
    """Return the facts of a case whose clock ran until the end of a day."""
    facts: tuple[FindingEvent, ...] = ()
    for command in commands:
        facts = followed(facts, command.stamp.at, rules)
        facts += decide(remembered(*facts), command, Given(rules or register()))
    return followed(facts, end_of(until), rules)


def end_of(day: str) -> datetime:
    """Return the last minute of a local day."""
    return datetime.combine(on(day), END_OF_DAY, tzinfo=COPENHAGEN)


def followed(
    facts: tuple[FindingEvent, ...], until: datetime, rules: Register | None = None
) -> tuple[FindingEvent, ...]:
    """Let the clock take each step at its moment, up to and including `until`."""
    now = facts[-1].stamp.at if facts else until
    for _ in range(PATIENCE):
        found = remembered(*facts)
        steps = coming(found, rules or register(), now) if found else ()
        step = next(iter(steps), None)
        if step is None or step.at > until:
            return facts
        now = max(now, step.at)
        new = decide(found, taken(step, now), Given(rules or register()))
        assert new, f"a step that was due led to nothing: {step.key}"
        facts += new
    message = "the clock never came to rest"
    raise AssertionError(message)


def coming(
    finding: Finding, rules: Register, now: datetime
) -> tuple[Step | HandoverStep, ...]:
    """Return the steps of both plans of a case, earliest first."""
    steps = (*plan(finding, rules, now), *handover_plan(finding, rules, now))
    return tuple(sorted(steps, key=lambda step: (step.at, step.key)))


def taken(step: Step | HandoverStep, now: datetime) -> TakeStep:
    """Return what the clock asks for when a step is due."""
    stamp = Stamp(by=CLOCK, at=now, command_id=derived_id("clock", NUMBER, step.key))
    return TakeStep(number=NUMBER, stamp=stamp, key=step.key)


def case(facts: Iterable[FindingEvent]) -> Finding:
    """Return what the rules remember of a case that exists."""
    found = remembered(*facts)
    assert found is not None
    return found


def planned(
    facts: Iterable[FindingEvent],
    at: str,
    first: int = 99,
    rules: Register | None = None,
) -> list[str]:
    """Return the first entries of a plan as lines: `2026-10-23 fix.due`."""
    steps = plan(case(facts), rules or register(), moment(at))
    return [line(step) for step in steps[:first]]


def offer_planned(
    facts: Iterable[FindingEvent], at: str, rules: Register | None = None
) -> list[str]:
    """Return the plan of an offered handover as lines."""
    steps = handover_plan(case(facts), rules or register(), moment(at))
    return [line(step) for step in steps]


def line(step: Step | HandoverStep) -> str:
    """Return one entry of a plan as a line; an hour other than eight is shown."""
    local = step.at.astimezone(COPENHAGEN)
    at_eight = local.time() == register().clock.remind_at
    shown = f"{local:%Y-%m-%d}" if at_eight else f"{local:%Y-%m-%d %H:%M}"
    return f"{shown} {_what(step)}"


def _what(step: Step | HandoverStep) -> str:
    match step:
        case Reminder(occasions=occasions):
            return " + ".join(f"{one.clock}.{one.kind}" for one in occasions)
        case Escalation(level=level):
            return f"level {level}"
        case Recomputation(changes=changes):
            return " + ".join(f"{new.clock} is due {new.due}" for new in changes)
        case Lapse():
            return "lapse"
        case NobodysLand():
            return "nobody's land"
        case Silence():
            return "unanswered"
        case Indecision(nth=nth):
            return f"undecided {nth}"


def reminders(facts: Iterable[FindingEvent], clock: ClockName) -> list[str]:
    """Return the days on which a clock reminded, in order."""
    return [
        str(fact.stamp.at.astimezone(COPENHAGEN).date())
        for fact in facts
        if isinstance(fact, ReminderRaised)
        and any(occasion.clock is clock for occasion in fact.occasions)
    ]


def escalations(facts: Iterable[FindingEvent]) -> dict[int, str]:
    """Return the day on which each level was raised."""
    return {
        fact.level: str(fact.stamp.at.astimezone(COPENHAGEN).date())
        for fact in facts
        if isinstance(fact, FindingEscalated)
    }
