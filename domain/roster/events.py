"""What can have happened to the roster; days are local days, both included."""

from datetime import date
from typing import ClassVar

from domain.messages import Event
from domain.values import Actor


class AbsenceNoted(Event):
    """A person is away, or a unit is closed, from `first` to `last`.

    `stands_in` covers on the first day; `tell` names who must hear of it.
    """

    TOPIC: ClassVar[str] = "roster.absence_noted.v1"
    absent: Actor
    first: date
    last: date
    substitute: Actor | None = None
    stands_in: Actor
    tell: tuple[Actor, ...]


class AbsenceEnded(Event):
    """An absence is over sooner than noted; `last` is now its last day.

    A day before the first one means that nobody was away after all.
    """

    TOPIC: ClassVar[str] = "roster.absence_ended.v1"
    absent: Actor
    last: date


RosterEvent = AbsenceNoted | AbsenceEnded
