"""Every fact there is, by its stored name: the closed registry.

Nothing is imported or built because a row names it. A name is never reused;
a new meaning is a new version with an entry in `UPCASTERS`.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from domain.access import WordsRead
from domain.delivery.events import DeliveryEvent
from domain.finding.events import FindingEvent
from domain.measurement.events import MeasurementEvent
from domain.messages import Event
from domain.police.events import PoliceEvent
from domain.publication.events import PublicationEvent
from domain.register.adoption import RegisterAdopted
from domain.roster.events import RosterEvent
from domain.rounds import RoundHeld
from domain.subject.events import SubjectEvent
from domain.walk.events import WalkEvent

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the decoded body of an old fact into that of its next version."""

EVENTS: Mapping[str, type[Event]] = {
    event.TOPIC: event
    for union in (
        FindingEvent,
        WalkEvent,
        DeliveryEvent,
        RosterEvent,
        PublicationEvent,
        SubjectEvent,
        MeasurementEvent,
        PoliceEvent,
    )
    for event in get_args(union)
} | {
    RegisterAdopted.TOPIC: RegisterAdopted,
    RoundHeld.TOPIC: RoundHeld,
    WordsRead.TOPIC: WordsRead,
}

UPCASTERS: Mapping[str, tuple[str, Upcaster]] = {}
"""Old name → (next name, how its body changes); empty until a fact changes."""
