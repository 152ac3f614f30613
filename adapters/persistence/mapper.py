"""Facts to bytes and back, over a closed registry of names.

A stored state is one JSON object: the fact itself under `event`, and around it
what the store needs to know: its id, the digest of the command that led to it,
how many facts that command had, when it was recorded and under which register.
"""

import json
from collections.abc import Mapping as Names
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
)
from pydantic import ValidationError
from pydantic_core import CoreSchema, SchemaValidator, core_schema, from_json
from typing_extensions import override

from domain.catalogue import EVENTS, UPCASTERS, Upcaster
from domain.messages import Event, Recorded
from domain.values import StreamId


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact with its envelope, in the shape that the library passes around.

    `nth` of `of` is its place among the facts of one command.
    """

    originator_id: str
    originator_version: int
    event: Event
    event_id: UUID
    asked: str
    nth: int
    of: int
    recorded_at: datetime
    register: int

    def recorded(self, position: int) -> Recorded:
        """Return the fact as readers see it."""
        return Recorded(
            event=self.event,
            stream=StreamId(self.originator_id),
            version=self.originator_version,
            position=position,
            event_id=self.event_id,
            recorded_at=self.recorded_at,
            register=self.register,
        )


class FactMapper(Mapper[str]):
    """Builds only what the registry names; old names climb through upcasters."""

    def __init__(
        self,
        events: Names[str, type[Event]] = EVENTS,
        upcasters: Names[str, tuple[str, Upcaster]] = UPCASTERS,
    ) -> None:
        """Know exactly `events`, and the way up from older names."""
        super().__init__(transcoder=JSONTranscoder())
        self._events = events
        self._upcasters = upcasters

    @override
    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Return the bytes that are stored, and some day hashed, for a fact."""
        fact = cast("StoredFact", domain_event)
        envelope = {
            "id": str(fact.event_id),
            "asked": fact.asked,
            "nth": fact.nth,
            "of": fact.of,
            "recorded_at": fact.recorded_at.astimezone(UTC).isoformat(),
            "register": fact.register,
        }
        body = fact.event.model_dump_json(by_alias=True, exclude_none=True)
        head = json.dumps(envelope, separators=(",", ":"))[:-1]
        return StoredEvent(
            originator_id=fact.originator_id,
            originator_version=fact.originator_version,
            topic=fact.event.TOPIC,
            state=f'{head},"event":{body}}}'.encode(),
        )

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Return the fact that was stored.

        Raises: MapperDeserialisationError for a name outside the registry or a
            body that its class refuses.
        """
        stream, place = str(stored_event.originator_id), stored_event.originator_version
        try:
            envelope: dict[str, Any] = from_json(stored_event.state)
            topic, body = self._raised(stored_event.topic, envelope["event"])
        except (ValueError, KeyError, TypeError) as problem:
            raise _misshapen(stored_event.topic, stream, place) from problem
        event_class = self._events.get(topic)
        if event_class is None:
            message = f"{topic} is not in the registry of facts"
            raise MapperDeserialisationError(message)
        try:
            event = event_class.model_validate(body)
        except ValidationError as problem:
            raise _misshapen(topic, stream, place) from problem
        try:
            return StoredFact(
                originator_id=stream,
                originator_version=place,
                event=event,
                event_id=UUID(envelope["id"]),
                asked=envelope["asked"],
                nth=envelope["nth"],
                of=envelope["of"],
                recorded_at=datetime.fromisoformat(envelope["recorded_at"]),
                register=envelope["register"],
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise _misshapen(topic, stream, place) from problem

    def fact(self, stored_event: StoredEvent) -> StoredFact:
        """Return the fact with its envelope."""
        return cast("StoredFact", self.to_domain_event(stored_event))

    def recorded(
        self, position: int, stream: str, version: int, topic: str, state: bytes
    ) -> Recorded:
        """Return a stored fact as readers see it.

        Readers meet every fact there is, so a fact whose name is in use is read in
        one pass over its bytes.

        Raises: MapperDeserialisationError as `to_domain_event` does.
        """
        event_class = None if topic in self._upcasters else self._events.get(topic)
        if event_class is None:
            stored = StoredEvent(stream, version, topic, state)
            return self.fact(stored).recorded(position)
        try:
            envelope = _envelope_of(event_class).validate_json(state)
        except ValidationError as problem:
            raise _misshapen(topic, stream, version) from problem
        return Recorded(
            event=envelope["event"],
            stream=StreamId(stream),
            version=version,
            position=position,
            event_id=envelope["id"],
            recorded_at=envelope["recorded_at"],
            register=envelope["register"],
        )

    def _raised(self, topic: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        while (step := self._upcasters.get(topic)) is not None:
            topic, upcast = step
            body = upcast(body)
        return topic, body


@cache
def _envelope_of(event_class: type[Event]) -> SchemaValidator:
    """Return what reads a stored state whose fact is an `event_class`."""
    parts: dict[str, CoreSchema] = {
        "id": core_schema.uuid_schema(),
        "recorded_at": core_schema.datetime_schema(),
        "register": core_schema.int_schema(),
        "event": event_class.__pydantic_core_schema__,
    }
    fields = {name: core_schema.typed_dict_field(kind) for name, kind in parts.items()}
    return SchemaValidator(core_schema.typed_dict_schema(fields))


def _misshapen(topic: str, stream: str, version: int) -> MapperDeserialisationError:
    message = f"{topic} at {stream} {version} does not have the shape of its class"
    return MapperDeserialisationError(message)
