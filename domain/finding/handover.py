"""What the clock has still to do about an offered handover, and when.

A plan of its own beside that of the finding: offered, answered within the days
of the register, or else decided by the coordinator within some more (R4).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.finding.events import ClockName, Occasion, OccasionKind
from domain.finding.plan import Reminder
from domain.finding.state import Finding, Offer
from domain.register.model import Register


@dataclass(frozen=True, slots=True)
class Silence:
    """The receiver has not answered: somebody else has to decide."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Indecision:
    """Nobody has decided either: others hear of it, for the `nth` time."""

    key: str
    at: datetime
    nth: int


HandoverStep = Reminder | Silence | Indecision


def handover_plan(
    finding: Finding, register: Register, now: datetime
) -> tuple[HandoverStep, ...]:
    """Return the steps still to come for an open offer, earliest first.

    Of what has passed at `now` only the latest is included.
    """
    offer = finding.offer
    if offer is None or not finding.is_open:
        return ()
    if offer.decider:
        return (_indecision(offer, register, now),)
    silence = _silence(offer, register)
    reminder = _reminder(offer, register)
    if offer.reminded or reminder.at < offer.since or silence.at <= now:
        return (silence,)
    return (reminder, silence)


def _reminder(offer: Offer, register: Register) -> Reminder:
    calendar = register.working_days
    on = calendar.next_working(offer.answer_due)
    occasion = Occasion(
        clock=ClockName.HANDOVER, run=offer.nth, kind=OccasionKind.DUE, on=on
    )
    at = calendar.moment(on, register.clock.remind_at)
    return Reminder(f"remind.{occasion.key}", at, (occasion,))


def _silence(offer: Offer, register: Register) -> Silence:
    calendar = register.working_days
    day = calendar.add(offer.answer_due, 1)
    at = calendar.moment(day, register.clock.remind_at)
    return Silence(f"handover.{offer.nth}.unanswered", at)


def _indecision(offer: Offer, register: Register, now: datetime) -> Indecision:
    """Return the next time that others hear of it, or the latest that was missed."""
    calendar, every = register.working_days, register.clock.remind_every
    nth = offer.told + 1
    due = offer.decide_due or offer.answer_due

    def moment(nth: int) -> datetime:
        day = calendar.add(due, 1 + every * (nth - 1))
        return calendar.moment(day, register.clock.remind_at)

    while moment(nth + 1) <= now:
        nth += 1
    key = f"handover.{offer.nth}.undecided.{nth}"
    return Indecision(key, moment(nth), nth)
