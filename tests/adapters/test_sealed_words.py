"""What people wrote is sealed where it stands, and opens nowhere else."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.errors import Unavailable
from adapters.persistence.event_store import FactStore
from adapters.persistence.mapper import FactMapper
from adapters.persistence.sealed_words import MARK
from adapters.persistence.subject_keys import KeyState
from adapters.persistence.vault import Vault
from domain.catalogue import EVENTS
from domain.errors import Code, Conflict, Refused
from domain.finding.events import NoteAdded
from domain.messages import Event
from domain.personal import Path as Way
from domain.personal import personal_paths
from domain.values import ERASED, StreamId
from tests import examples as ex
from tests.adapters.sealing import (
    KeyPlace,
    keys_in,
    read_again,
    sealing_with,
    stored_fact,
)
from tests.adapters.stores import Backend
from tests.adapters.writing import LEARNED, decision
from tests.domain.golden_facts import BY_TOPIC, FACTS


def words_in(event: Event) -> list[str]:
    body = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    return [text for way in personal_paths(type(event)) if (text := at(body, way))]


def at(body: Any, way: Way) -> Any:
    for name in way:
        body = body.get(name) if body else None
    return body


WITH_WORDS = [topic for topic, fact in BY_TOPIC.items() if words_in(fact)]
EXAMPLES = [*FACTS, *(fact for history in ex.HISTORIES.values() for fact in history)]
every_example = pytest.mark.parametrize(
    "fact", EXAMPLES, ids=[f"{fact.TOPIC}-{nth}" for nth, fact in enumerate(EXAMPLES)]
)
STREAM = "finding/2026-04"
NOTE = NoteAdded(stamp=ex.stamp(), text="Bor her, ringer hver dag.")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[KeyPlace]:
    with keys_in(tmp_path) as found:
        yield found


@pytest.fixture
def vault(place: KeyPlace) -> Vault:
    return place.vault()


@pytest.fixture
def mapper(vault: Vault) -> FactMapper:
    return sealing_with(vault)


@pytest.fixture
def sealed_store(backend: Backend, mapper: FactMapper) -> FactStore:
    return backend.open(mapper)


def sealed(
    mapper: FactMapper, event: Event, stream: str = STREAM, version: int = 1
) -> StoredEvent:
    [stored] = mapper.stored([stored_fact(event, stream, version)])
    return stored


def refused(mapper: FactMapper, stored: StoredEvent) -> bool:
    """Whether a stored fact is unreadable, on both ways of reading it."""
    with pytest.raises(MapperDeserialisationError):
        mapper.fact(stored)
    with pytest.raises(MapperDeserialisationError):
        read_again(mapper, stored)
    return True


# ---- there and back ----


@every_example
def test_every_fact_comes_back_as_it_was(mapper: FactMapper, fact: Event) -> None:
    stored = sealed(mapper, fact)

    assert mapper.fact(stored).event == fact
    assert mapper.fact(stored).asked == stored_fact(fact).asked
    assert read_again(mapper, stored) == fact


@pytest.mark.parametrize("topic", WITH_WORDS)
def test_no_words_are_in_what_is_stored(mapper: FactMapper, topic: str) -> None:
    fact = BY_TOPIC[topic]
    state = sealed(mapper, fact).state.decode()

    assert words_in(fact)
    assert all(json.dumps(text)[1:-1] not in state for text in words_in(fact))
    assert all(text not in state for text in words_in(fact))


@pytest.mark.parametrize("topic", sorted(EVENTS.keys() - set(WITH_WORDS)))
def test_a_fact_without_words_is_stored_as_ever(mapper: FactMapper, topic: str) -> None:
    fact = BY_TOPIC[topic]

    assert sealed(mapper, fact) == sealed(FactMapper(), fact)


@pytest.mark.parametrize("topic", WITH_WORDS)
def test_all_else_in_a_stored_fact_stays_readable(
    mapper: FactMapper, topic: str
) -> None:
    fact = BY_TOPIC[topic]
    stored, plain = (
        json.loads(sealed(one, fact).state)["event"] for one in (mapper, FactMapper())
    )
    for *way, last in personal_paths(type(fact)):
        for body in (stored, plain):
            at(body, tuple(way)).pop(last, None)

    assert stored == plain


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(min_size=1), topic=st.sampled_from(WITH_WORDS))
def test_any_words_come_back(mapper: FactMapper, words: str, topic: str) -> None:
    fact = BY_TOPIC[topic]
    body = fact.model_dump(mode="json", by_alias=True)
    for *way, last in personal_paths(type(fact)):
        at(body, tuple(way))[last] = words[:200]
    said = type(fact).model_validate(body)

    assert read_again(mapper, sealed(mapper, said)) == said


@every_example
def test_a_fact_from_before_is_read_as_it_is(mapper: FactMapper, fact: Event) -> None:
    assert read_again(mapper, sealed(FactMapper(), fact)) == fact
    assert mapper.fact(sealed(FactMapper(), fact)).event == fact


def test_the_same_words_are_never_sealed_alike(mapper: FactMapper) -> None:
    assert sealed(mapper, NOTE).state != sealed(mapper, NOTE).state


def test_what_looks_like_sealed_words_is_only_text(mapper: FactMapper) -> None:
    tricky = '{"subject":"0123","nonce":"AAAA","sealed":"AAAA"}'
    note = NoteAdded(stamp=ex.stamp(), text=tricky)
    plain = sealed(FactMapper(), note)

    assert MARK not in plain.state
    assert read_again(mapper, plain) == note
    assert read_again(mapper, sealed(mapper, note)) == note


# ---- whose words ----


def test_words_of_one_stream_share_a_subject(mapper: FactMapper, vault: Vault) -> None:
    sealed(mapper, NOTE, version=1)
    sealed(mapper, NOTE, version=2)
    sealed(mapper, NOTE, "finding/2026-05")

    names = {entry.name for entry in vault.keys.in_state(KeyState.OPEN)}
    assert names == {STREAM, "finding/2026-05"}


def test_a_participant_s_words_are_the_participant_s(
    mapper: FactMapper, vault: Vault
) -> None:
    said = NoteAdded(stamp=ex.stamp(ex.RESIDENT), text="Jeg bor her.")
    state = sealed(mapper, said).state

    entry = vault.keys.by_name(ex.RESIDENT)
    assert entry
    assert entry.ref.encode() in state
    assert b"k3v9x0q2ab" not in entry.ref.encode()


# ---- what was changed is refused ----


def changed(stored: StoredEvent, **texts: Any) -> StoredEvent:
    envelope = json.loads(stored.state)
    envelope["event"] |= texts
    return replace(stored, state=json.dumps(envelope, separators=(",", ":")).encode())


def test_words_open_in_no_other_field(mapper: FactMapper) -> None:
    fact = BY_TOPIC["finding.reported.v1"]
    stored = sealed(mapper, fact)
    event = json.loads(stored.state)["event"]

    assert refused(mapper, changed(stored, text=event["place"], place=event["text"]))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"originator_id": "finding/2026-05"},
        {"originator_version": 2},
        {"topic": "finding.fix_rejected.v1"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_words_open_at_no_other_place(
    mapper: FactMapper, elsewhere: dict[str, Any]
) -> None:
    moved = replace(sealed(mapper, NOTE), **elsewhere)

    assert refused(mapper, moved)


def test_words_of_another_fact_do_not_open(mapper: FactMapper) -> None:
    first, second = (sealed(mapper, NOTE, version=nth) for nth in (1, 2))
    text = json.loads(second.state)["event"]["text"]

    assert refused(mapper, changed(first, text=text))


def test_words_do_not_open_with_the_key_of_somebody_else(
    mapper: FactMapper, vault: Vault
) -> None:
    sealed(mapper, NOTE, "finding/2026-05")
    other = vault.keys.by_name("finding/2026-05")
    stored = sealed(mapper, NOTE)
    text = json.loads(stored.state)["event"]["text"]

    assert other
    assert refused(mapper, changed(stored, text=text | {"subject": other.ref}))


@pytest.mark.parametrize("part", ["nonce", "sealed"])
def test_one_flipped_bit_anywhere_is_refused(mapper: FactMapper, part: str) -> None:
    stored = sealed(mapper, NOTE)
    text = json.loads(stored.state)["event"]["text"]
    content = b64decode(text[part])
    for bit in range(0, len(content) * 8, 5):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        spelled = b64encode(flipped).decode()

        assert refused(mapper, changed(stored, text=text | {part: spelled}))


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "00000000000000000000"},
        {"nonce": "?"},
        {"nonce": 7},
        {"sealed": ""},
        {"subject": None},
    ],
    ids=["nobody", "no base64", "no text", "nothing", "without"],
)
def test_what_is_no_sealed_text_is_refused(
    mapper: FactMapper, broken: dict[str, Any]
) -> None:
    stored = sealed(mapper, NOTE)
    text = json.loads(stored.state)["event"]["text"]

    assert refused(mapper, changed(stored, text=text | broken))


def test_without_keys_sealed_words_are_unreadable(mapper: FactMapper) -> None:
    assert refused(FactMapper(), sealed(mapper, NOTE))


def test_with_other_keys_sealed_words_are_unreadable(
    mapper: FactMapper, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with keys_in(tmp_path / "other") as others:
        assert refused(sealing_with(others.vault()), sealed(mapper, NOTE))


# ---- in a store ----


def test_words_survive_in_a_store_and_indexes_go_on(
    sealed_store: FactStore, backend: Backend
) -> None:
    sealed_store.append([decision(STREAM, 0, "hemmeligt")], LEARNED)

    [fact] = sealed_store.load(StreamId(STREAM))
    states = backend.below("SELECT state FROM {table}")
    assert isinstance(fact.event, NoteAdded)
    assert fact.event.text == "hemmeligt"
    assert all(b"hemmeligt" not in bytes(state) for [state] in states)
    assert sealed_store.has_words()
    assert sealed_store.streams_holding(b'"finding.none"') == ()


def test_the_digest_of_a_command_is_sealed_with_its_words(
    sealed_store: FactStore, backend: Backend
) -> None:
    """Who guesses the words could see in it that the guess is right."""
    asked = decision(STREAM, 0, "hemmeligt", asked="d1g3st")
    [first] = sealed_store.append([asked], LEARNED)
    [[state]] = backend.below("SELECT state FROM {table}")

    assert b"d1g3st" not in bytes(state)
    assert sealed_store.receipt_of(asked.command_id, "d1g3st") == first
    with pytest.raises(Conflict):
        sealed_store.receipt_of(asked.command_id, "another")


def test_an_unreadable_fact_stops_whoever_reads_it(
    sealed_store: FactStore, backend: Backend
) -> None:
    sealed_store.append([decision(STREAM, 0, "hemmeligt")], LEARNED)
    blind = backend.open()

    with pytest.raises(Unavailable) as caught:
        blind.load(StreamId(STREAM))
    assert caught.value.code is Code.UNREADABLE_FACT


# ---- when the key is destroyed ----


def test_erased_words_are_said_to_be_erased(
    mapper: FactMapper, place: KeyPlace, vault: Vault
) -> None:
    before = sealed(mapper, NOTE)
    beside = sealing_with(place.vault())
    assert read_again(beside, before) == NOTE
    entry = vault.keys.by_name(STREAM)
    assert entry

    vault.destroy(entry.ref)

    erased = NOTE.model_copy(update={"text": ERASED})
    assert read_again(mapper, before) == erased
    assert read_again(beside, before) == erased
    assert mapper.fact(before).asked == ERASED


@pytest.mark.parametrize("topic", WITH_WORDS)
def test_what_is_left_of_a_fact_can_still_be_read(
    mapper: FactMapper, vault: Vault, topic: str
) -> None:
    stored = sealed(mapper, BY_TOPIC[topic])
    for entry in vault.keys.in_state(KeyState.OPEN):
        vault.destroy(entry.ref)

    left = read_again(mapper, stored)
    assert set(words_in(left)) == {ERASED}


def test_nobody_writes_for_an_erased_subject(
    mapper: FactMapper, place: KeyPlace, vault: Vault
) -> None:
    beside = sealing_with(place.vault())
    sealed(beside, NOTE)
    entry = vault.keys.by_name(STREAM)
    assert entry
    vault.destroy(entry.ref)

    for one in (mapper, beside):
        with pytest.raises(Refused) as refusal:
            sealed(one, NOTE, version=2)
        assert refusal.value.code is Code.SUBJECT_ERASED


def test_facts_without_words_go_on_in_an_erased_stream(
    mapper: FactMapper, vault: Vault
) -> None:
    sealed(mapper, NOTE)
    for entry in vault.keys.in_state(KeyState.OPEN):
        vault.destroy(entry.ref)

    assert read_again(mapper, sealed(mapper, ex.ASSIGNED, version=2)) == ex.ASSIGNED


def test_an_erased_participant_does_nothing_more(
    mapper: FactMapper, vault: Vault
) -> None:
    vault.prepare([str(ex.RESIDENT)])
    entry = vault.keys.by_name(ex.RESIDENT)
    assert entry
    vault.destroy(entry.ref)
    act = ex.ASSIGNED.model_copy(update={"stamp": ex.stamp(ex.RESIDENT)})

    with pytest.raises(Refused):
        sealed(mapper, act)
