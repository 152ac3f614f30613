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
from domain.finding.plan import Reminder, Step, plan
from domain.finding.rules.checks import Given
from domain.finding.state import Finding
from domain.messages import Stamp, derived_id
from domain.values import CLOCK
from tests.examples import COPENHAGEN, NUMBER, moment, on, register
from tests.given_when_then import remembered

PATIENCE = 200
"""More steps than any story needs; one that goes on has no end."""

END_OF_DAY = time(23, 59)


def told(*commands: PersonCommand) -> tuple[FindingEvent, ...]:
    """Return the facts of a case whose clock never ran."""
    facts: tuple[FindingEvent, ...] = ()
    for command in commands:
        facts += decide(remembered(*facts), command, Given(register()))
    return facts


def played(*commands: PersonCommand, until: str) -> tuple[FindingEvent, ...]:
    """Return the facts of a case whose clock ran until the end of a day."""
    facts: tuple[FindingEvent, ...] = ()
    for command in commands:
        facts = followed(facts, command.stamp.at)
        facts += decide(remembered(*facts), command, Given(register()))
    end = datetime.combine(on(until), END_OF_DAY, tzinfo=COPENHAGEN)
    return followed(facts, end)


def followed(
    facts: tuple[FindingEvent, ...], until: datetime
) -> tuple[FindingEvent, ...]:
    """Let the clock take each step at its moment, up to and including `until`."""
    now = facts[-1].stamp.at if facts else until
    for _ in range(PATIENCE):
        found = remembered(*facts)
        step = next(iter(plan(found, register(), now)), None) if found else None
        if step is None or step.at > until:
            return facts
        now = max(now, step.at)
        new = decide(found, taken(step, now), Given(register()))
        assert new, f"a step that was due led to nothing: {step.key}"
        facts += new
    message = "the clock never came to rest"
    raise AssertionError(message)


def taken(step: Step, now: datetime) -> TakeStep:
    """Return what the clock asks for when a step is due."""
    stamp = Stamp(by=CLOCK, at=now, command_id=derived_id("clock", NUMBER, step.key))
    return TakeStep(number=NUMBER, stamp=stamp, key=step.key)


def case(facts: Iterable[FindingEvent]) -> Finding:
    """Return what the rules remember of a case that exists."""
    found = remembered(*facts)
    assert found is not None
    return found


def planned(facts: Iterable[FindingEvent], at: str, first: int = 99) -> list[str]:
    """Return the first entries of a plan as lines: `2026-10-23 fix.due`."""
    steps = plan(case(facts), register(), moment(at))
    return [line(step) for step in steps[:first]]


def line(step: Step) -> str:
    """Return one entry of a plan as a line; checks that it is at eight."""
    local = step.at.astimezone(COPENHAGEN)
    assert local.time() == register().clock.remind_at
    if isinstance(step, Reminder):
        what = " + ".join(f"{one.clock}.{one.kind}" for one in step.occasions)
    else:
        what = f"level {step.level}"
    return f"{local.date()} {what}"


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
