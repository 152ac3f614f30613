"""What was stored once can be read for ever."""

import json
import re
from typing import Any, ClassVar, get_args
from uuid import UUID

import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from adapters.persistence.mapper import FactMapper, StoredFact
from domain.access import WordsRead
from domain.catalogue import EVENTS, UPCASTERS
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
from tests.domain.golden_facts import (
    BY_TOPIC,
    FACTS,
    GOLDEN,
    SCHEMAS,
    body,
    golden_file,
)
from tests.examples import LIGHTING, stamp
from tests.tools.golden import schemas

EVERY_FACT = (
    *get_args(FindingEvent),
    *get_args(WalkEvent),
    *get_args(DeliveryEvent),
    *get_args(RosterEvent),
    *get_args(PublicationEvent),
    *get_args(SubjectEvent),
    *get_args(PoliceEvent),
    *get_args(MeasurementEvent),
    WordsRead,
    RoundHeld,
    RegisterAdopted,
)
IRREGULAR = {
    "read",
    "due",
    "given",
    "held",
    "made",
    "put",
    "sent",
    "set",
    "sought",
    "taken",
    "withdrawn",
}

every_topic = pytest.mark.parametrize("topic", sorted(EVENTS))


# --- Names ----------------------------------------------------------------------


def test_no_two_facts_share_a_topic() -> None:
    assert len({fact.TOPIC for fact in EVERY_FACT}) == len(EVERY_FACT)


def test_every_fact_is_in_the_catalogue() -> None:
    assert {fact.TOPIC: fact for fact in EVERY_FACT} == EVENTS


@every_topic
def test_a_topic_is_a_noun_a_past_verb_and_a_version(topic: str) -> None:
    match = re.fullmatch(r"[a-z]+\.([a-z]+(?:_[a-z]+)*)\.v[1-9][0-9]*", topic)

    assert match
    words = set(match[1].split("_"))
    assert words & IRREGULAR or any(word.endswith("ed") for word in words)


def test_old_names_lead_to_names_of_the_catalogue() -> None:
    for old, (new, _) in UPCASTERS.items():
        assert old not in EVENTS
        assert new in EVENTS or new in UPCASTERS


# --- Bodies ---------------------------------------------------------------------


def test_every_fact_has_a_golden_form_and_no_other_has() -> None:
    kept = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.v*.json")}

    assert len(FACTS) == len(BY_TOPIC)
    assert kept == set(BY_TOPIC) == set(EVENTS) | set(UPCASTERS)


@every_topic
def test_a_golden_fact_fills_every_field(topic: str) -> None:
    kept = json.loads(golden_file(topic).read_text("utf-8"))
    fields = EVENTS[topic].model_fields

    assert set(kept) == {field.alias or name for name, field in fields.items()}


@every_topic
def test_a_golden_fact_can_be_read(topic: str) -> None:
    assert read(topic, golden_file(topic).read_text("utf-8")) == BY_TOPIC[topic]


@every_topic
def test_a_golden_fact_is_stored_as_it_always_was(topic: str) -> None:
    assert body(BY_TOPIC[topic]) + "\n" == golden_file(topic).read_text("utf-8")


@every_topic
def test_a_fact_with_what_is_required_can_be_read(topic: str) -> None:
    """What an older program left out is not asked for now."""
    kept = json.loads(golden_file(topic).read_text("utf-8"))
    required = {
        field.alias or name
        for name, field in EVENTS[topic].model_fields.items()
        if field.is_required()
    }
    short = {name: value for name, value in kept.items() if name in required}

    assert isinstance(read(topic, json.dumps(short)), EVENTS[topic])


def test_the_shape_of_every_fact_is_as_written_down() -> None:
    """If this change is wanted: `make golden`, and read the difference."""
    assert schemas() == SCHEMAS.read_text("utf-8")


# --- Old names climb to new ones ------------------------------------------------


class LampDimmed(Event):
    """A lamp shines less; its third form."""

    TOPIC: ClassVar[str] = "lamp.dimmed.v3"
    percent: int
    reason: str


def in_percent(old: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says in per cent what version 1 said in tenths."""
    rest = {name: value for name, value in old.items() if name != "tenths"}
    return {**rest, "percent": old["tenths"] * 10}


def with_reason(old: dict[str, Any]) -> dict[str, Any]:
    """Version 3 has a reason."""
    return {**old, "reason": "unknown"}


MAPPER = FactMapper(
    {LampDimmed.TOPIC: LampDimmed},
    {
        "lamp.dimmed.v1": ("lamp.dimmed.v2", in_percent),
        "lamp.dimmed.v2": ("lamp.dimmed.v3", with_reason),
    },
)


def read(topic: str, kept: str, mapper: FactMapper | None = None) -> Event:
    """Return the fact that is stored as `kept`."""
    return (mapper or FactMapper()).fact(stored(topic, kept)).event


def stored(topic: str, kept: str) -> StoredEvent:
    envelope = {
        "id": str(UUID(int=1)),
        "asked": "digest",
        "nth": 1,
        "of": 1,
        "recorded_at": "2026-10-21T10:00:00+00:00",
        "register": 1,
        "event": json.loads(kept),
    }
    return StoredEvent(
        originator_id="lamp/1",
        originator_version=1,
        topic=topic,
        state=json.dumps(envelope).encode(),
    )


def dimmed(**fields: object) -> str:
    return json.dumps({"stamp": stamp(LIGHTING).model_dump(mode="json"), **fields})


@pytest.mark.parametrize(
    ("topic", "kept", "percent", "reason"),
    [
        ("lamp.dimmed.v1", dimmed(tenths=4), 40, "unknown"),
        ("lamp.dimmed.v2", dimmed(percent=45), 45, "unknown"),
        ("lamp.dimmed.v3", dimmed(percent=45, reason="Frost."), 45, "Frost."),
    ],
)
def test_an_old_fact_climbs_to_its_newest_version(
    topic: str, kept: str, percent: int, reason: str
) -> None:
    assert read(topic, kept, MAPPER) == LampDimmed(
        stamp=stamp(LIGHTING), percent=percent, reason=reason
    )


def test_an_old_fact_is_stored_again_under_its_new_name() -> None:
    fact = MAPPER.fact(stored("lamp.dimmed.v1", dimmed(tenths=4)))

    assert isinstance(fact, StoredFact)
    assert MAPPER.to_stored_event(fact).topic == "lamp.dimmed.v3"


@pytest.mark.parametrize("topic", ["lamp.dimmed.v4", "finding.noted.v1", "os.system"])
def test_a_name_outside_the_registry_is_not_built(topic: str) -> None:
    with pytest.raises(MapperDeserialisationError, match="not in the registry"):
        read(topic, dimmed(percent=45, reason="Frost."), MAPPER)


def test_a_body_of_another_shape_is_not_built() -> None:
    with pytest.raises(MapperDeserialisationError, match="does not have the shape"):
        read("lamp.dimmed.v3", dimmed(percent=45, colour="red"), MAPPER)
