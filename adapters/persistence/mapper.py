"""Facts to bytes and back, over a closed registry of names.

A stored state is one JSON object: the fact itself under `event`, and around it
what the store needs to know: its id, the digest of the command that led to it,
how many facts that command had, when it was recorded and under which register.
"""

import json
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Names
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
)
from pydantic import ValidationError
from pydantic_core import (
    CoreSchema,
    SchemaValidator,
    core_schema,
    from_json,
    to_json,
)
from typing_extensions import override

from adapters.persistence.sealed_words import (
    MARK,
    DoesNotOpen,
    Place,
    open_words,
    seal_words,
)
from domain.catalogue import EVENTS, UPCASTERS, Upcaster
from domain.finding.events import PhotoAdded
from domain.messages import Event, Recorded
from domain.personal import is_participant, personal_paths, subject_of
from domain.values import ERASED, StreamId

if TYPE_CHECKING:
    from adapters.persistence.vault import Vault

Vaulting = Callable[[], "Vault"]
"""Returns what seals and opens words: whoever meets none need not read a key."""


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

    @property
    def subject(self) -> str:
        """Whose words are in it, if there are any."""
        return subject_of(StreamId(self.originator_id), self.event.stamp.by)

    @property
    def needs_key(self) -> bool:
        """Whether its subject must not be erased: words, a photo, or their own act."""
        is_theirs = isinstance(self.event, PhotoAdded)
        has_words = bool(personal_paths(type(self.event)))
        return has_words or is_theirs or is_participant(self.event.stamp.by)

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
        vaulting: Vaulting | None = None,
    ) -> None:
        """Know exactly `events`, and the way up from older names.

        Without `vaulting`, words are stored as they are, and sealed ones not read.
        """
        super().__init__(transcoder=JSONTranscoder())
        self._events = events
        self._upcasters = upcasters
        self._vaulting = vaulting
        self._restricted_too = False

    def with_restricted(self) -> Self:
        """Return the same mapper for who may also read what is restricted."""
        other = copy(self)
        other._restricted_too = True  # noqa: SLF001 - our own copy
        return other

    def stored(self, facts: Iterable[StoredFact]) -> list[StoredEvent]:
        """Return the bytes of several facts; every key they need is on the disk then.

        Raises: Refused (subject_erased) for words of somebody who was erased.
        """
        facts = tuple(facts)
        if self._vaulting:
            subjects = {fact.subject for fact in facts if fact.needs_key}
            if subjects:
                self._vaulting().prepare(subjects)
        return [self.to_stored_event(fact) for fact in facts]

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
        return StoredEvent(
            originator_id=fact.originator_id,
            originator_version=fact.originator_version,
            topic=fact.event.TOPIC,
            state=self._state(fact, envelope),
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
            if MARK in stored_event.state:
                self._open(envelope, Place(stream, place, stored_event.topic))
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
        shape = _envelope_of(event_class)
        try:
            if MARK in state:
                stored_words = from_json(state)
                del stored_words["asked"]
                self._open(stored_words, Place(stream, version, topic))
                envelope = shape.validate_python(stored_words)
            else:
                envelope = shape.validate_json(state)
        except (ValidationError, KeyError, TypeError, ValueError) as problem:
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

    def openings(
        self, stream: str, version: int, topic: str, state: bytes
    ) -> dict[str, bytes]:
        """Return, by field, the keys that open what is sealed in a stored fact.

        Each opens its own field and nothing else; what was erased has none.

        Raises: MapperDeserialisationError when a key is not here.
        """
        if self._vaulting is None or MARK not in state:
            return {}
        place, vault = Place(stream, version, topic), self._vaulting()
        keys: dict[str, bytes] = {}

        def keep(stored: dict[str, str], field: str) -> str:
            too = self._restricted_too
            if key := vault.key_at(place, stored, field, restricted_too=too):
                keys[field] = key
            return ERASED

        try:
            open_words(from_json(state), keep)
        except DoesNotOpen as problem:
            raise _unopened(place) from problem
        return keys

    def _state(self, fact: StoredFact, envelope: dict[str, Any]) -> bytes:
        if self._vaulting and personal_paths(type(fact.event)):
            body = fact.event.model_dump(mode="json", by_alias=True, exclude_none=True)
            envelope["event"] = body
            self._seal(fact, self._vaulting(), envelope)
            return to_json(envelope)
        written = fact.event.model_dump_json(by_alias=True, exclude_none=True)
        head = json.dumps(envelope, separators=(",", ":"))[:-1]
        return f'{head},"event":{written}}}'.encode()

    def _seal(self, fact: StoredFact, vault: "Vault", envelope: dict[str, Any]) -> None:
        """Seal the words of a fact, and with them the digest of its command.

        A digest of words that can be guessed would tell who guesses right.
        """
        place = Place(fact.originator_id, fact.originator_version, fact.event.TOPIC)
        seal = partial(vault.seal, fact.subject, place)
        paths = personal_paths(type(fact.event))
        if seal_words(envelope, [("event", *path) for path in paths], seal):
            seal_words(envelope, [("asked",)], seal)

    def _open(self, envelope: dict[str, Any], place: Place) -> None:
        """Take all sealed words out of a stored state.

        Raises: MapperDeserialisationError when they cannot be opened.
        """
        if self._vaulting is None:
            raise _unopened(place)
        try:
            too = self._restricted_too
            opened = partial(self._vaulting().open, place, restricted_too=too)
            open_words(envelope, opened)
        except DoesNotOpen as problem:
            raise _unopened(place) from problem

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


def _unopened(place: Place) -> MapperDeserialisationError:
    where = f"{place.topic} at {place.stream} {place.version}"
    message = f"{where} does not open with the keys there are"
    return MapperDeserialisationError(message)


def _misshapen(topic: str, stream: str, version: int) -> MapperDeserialisationError:
    message = f"{topic} at {stream} {version} does not have the shape of its class"
    return MapperDeserialisationError(message)
