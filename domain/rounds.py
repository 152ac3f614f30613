"""What comes round by the calendar: a fact, so that people hear of it once.

The weekly list and the monthly list of what has been kept long enough go to those who
keep the cases together, the half-yearly status to the planning group as well.

Source: domain.md §1 (status twice a year), R2; the times are those of a schedule.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.errors import Code, NotAllowed
from domain.messages import Command, Event, Recorded
from domain.register.model import Register
from domain.values import CLOCK, Actor, StreamId

PLANNING_GROUP = 4
"""The rung of the ladder whose recipients are the planning group."""


class RoundKind(StrEnum):
    """What comes round."""

    WEEKLY_LIST = "weekly_list"
    HALF_YEARLY_STATUS = "half_yearly_status"
    RETENTION_LIST = "retention_list"


def period_of(kind: RoundKind, day: date) -> str:
    """Return which round of its kind a day is in: `2027-W05`, `2027-H1`, `2027-03`."""
    if kind is RoundKind.RETENTION_LIST:
        return f"{day:%Y-%m}"
    if kind is RoundKind.WEEKLY_LIST:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day.year}-H{1 if day.month <= 6 else 2}"  # noqa: PLR2004 - June


def begin_of(period: str) -> date:
    """Return the first day of the half-year that is called `2027-H1`."""
    return date(int(period[:4]), 1 if period.endswith("1") else 7, 1)


class HoldRound(Command):
    """Let this period's round begin; only the clock asks this."""

    NAME: ClassVar[str] = "hold_round"
    kind: RoundKind
    period: str

    @property
    def stream(self) -> StreamId:
        """The stream of rounds of this kind."""
        return StreamId(f"round/{self.kind}")


class RoundHeld(Event):
    """The round of a period has come; `to` hear how things stand."""

    TOPIC: ClassVar[str] = "round.held.v1"
    kind: RoundKind
    period: str
    to: tuple[Actor, ...]


def decide(
    held: frozenset[str], command: HoldRound, register: Register
) -> tuple[RoundHeld, ...]:
    """Return the round, or nothing when this period had it already.

    Raises: NotAllowed (not_your_case) when a person asks.
    """
    if command.stamp.by != CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(CLOCK))
    if command.period in held:
        return ()
    to = _readers(command.kind, register)
    return (
        RoundHeld(stamp=command.stamp, kind=command.kind, period=command.period, to=to),
    )


def fold(facts: Iterable[Recorded]) -> frozenset[str]:
    """Return the periods that had their round."""
    return frozenset(
        fact.event.period for fact in facts if isinstance(fact.event, RoundHeld)
    )


def _readers(kind: RoundKind, register: Register) -> tuple[Actor, ...]:
    both = (register.coordinators.municipality, register.coordinators.police)
    if kind is not RoundKind.HALF_YEARLY_STATUS:
        return both
    listed = (
        Actor(to)
        for rung in register.escalation
        if rung.level == PLANNING_GROUP
        for to in rung.to
        if "/" in to
    )
    return tuple(dict.fromkeys((*both, *listed)))
