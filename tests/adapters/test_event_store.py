"""The contract of an event store; every backend passes the same tests."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event as Signal
from typing import Any, ClassVar

import pytest

from adapters.errors import Unavailable
from adapters.persistence.event_store import FactStore
from adapters.persistence.mapper import FactMapper
from domain.catalogue import EVENTS
from domain.errors import Code, Conflict
from domain.finding.events import FindingMerged, FindingReferred, NoteAdded
from domain.messages import Event, Recorded, Stamp, derived_id
from domain.ports import Receipt
from domain.values import StreamId
from tests.adapters.conftest import Together
from tests.adapters.stores import Backend
from tests.adapters.writing import (
    AT,
    BY,
    LEARNED,
    SHARED,
    append_again_and_again,
    decision,
)

ONE, OTHER = StreamId("finding/2026-01"), StreamId("finding/2026-02")


def texts(facts: tuple[Recorded, ...]) -> list[str]:
    return [fact.event.text for fact in facts if isinstance(fact.event, NoteAdded)]


# ---- what is kept ----


def test_an_empty_store_has_nothing(store: FactStore) -> None:
    assert store.load(ONE) == ()
    assert store.after(0) == ()
    assert store.last_position() == 0
    assert store.version_of(ONE) == 0
    assert store.receipt_of(derived_id("never"), "asked") is None


def test_a_fact_comes_back_as_it_was_stored(store: FactStore) -> None:
    wanted = decision(ONE, 0, "Hækken er klippet – på 10 meter. 🌳")
    store.append([wanted], LEARNED)

    [fact] = store.after(0)

    assert fact == Recorded(
        event=wanted.events[0],
        stream=ONE,
        version=1,
        position=1,
        event_id=derived_id(wanted.command_id, 1),
        recorded_at=LEARNED,
        register=3,
    )


def test_both_times_and_the_register_are_kept(
    store: FactStore, backend: Backend
) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)

    [fact] = backend.open().load(ONE)

    assert (fact.event.stamp.at, fact.recorded_at) == (AT, LEARNED)
    assert fact.register == 3


def test_facts_survive_reopening(store: FactStore, backend: Backend) -> None:
    store.append([decision(ONE, 0, "a", "b")], LEARNED)
    store.close()

    assert texts(backend.open().load(ONE)) == ["a", "b"]


def test_positions_count_all_facts_and_versions_those_of_one_stream(
    store: FactStore,
) -> None:
    store.append([decision(ONE, 0, "a", "b")], LEARNED)
    store.append([decision(OTHER, 0, "c")], LEARNED)
    store.append([decision(ONE, 2, "d")], LEARNED)

    facts = store.after(0)

    assert [(f.position, f.stream, f.version) for f in facts] == [
        (1, ONE, 1),
        (2, ONE, 2),
        (3, OTHER, 1),
        (4, ONE, 3),
    ]
    assert (store.last_position(), store.version_of(ONE)) == (4, 3)


def test_a_refused_append_leaves_no_gap(store: FactStore) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)
    with pytest.raises(Conflict):
        store.append([decision(ONE, 0, "too late", name="other")], LEARNED)
    receipts = store.append([decision(ONE, 1, "b")], LEARNED)

    assert receipts[0].position == 2


def test_pages_are_read_in_order_and_without_overlap(store: FactStore) -> None:
    store.append([decision(ONE, 0, *"abcdefg")], LEARNED)
    pages = []
    position = 0
    while page := store.after(position, limit=3):
        pages.append(texts(page))
        position = page[-1].position

    assert pages == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_the_receipt_names_the_last_position_and_version(
    store: FactStore,
) -> None:
    store.append([decision(OTHER, 0, "before")], LEARNED)

    [receipt] = store.append([decision(ONE, 0, "a", "b")], LEARNED)

    assert receipt == Receipt(stream=ONE, position=3, version=2, facts=2)


def test_a_decision_without_facts_stores_nothing(store: FactStore) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)

    [receipt] = store.append([decision(ONE, 1)], LEARNED)

    assert receipt == Receipt(stream=ONE, position=1, version=1, facts=0)
    assert store.last_position() == 1


def test_links_between_streams_are_found_in_order(store: FactStore) -> None:
    def put(stream: str, event: Event) -> None:
        asked = replace(decision(stream, 0, "x"), events=(event,))
        store.append([asked], LEARNED)

    stamp = Stamp(by=BY, at=AT, command_id=derived_id("linked"))
    referred = FindingReferred(stamp=stamp, forum="walk", walk="2026-W1")
    put("finding/2", referred)
    put("finding/1", referred)
    put("finding/3", FindingMerged(stamp=stamp, master="1"))
    put("finding/4", NoteAdded(stamp=stamp, text="2026-W1"))

    assert store.findings_of("2026-W1") == ("2", "1")
    assert store.findings_of("2026-W2") == ()
    assert store.duplicates_of("1") == ("3",)
    assert store.duplicates_of("2") == ()


# ---- waiting ----


def test_what_is_there_needs_no_waiting(store: FactStore) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)

    assert store.wait_for(0, 0)
    assert store.wait_for(1, 0)


def test_what_does_not_come_is_given_up(store: FactStore) -> None:
    assert not store.wait_for(1, 0.15)


def test_a_waiter_hears_of_a_fact_that_another_stores(
    store: FactStore, backend: Backend
) -> None:
    other = backend.open()
    started = Signal()

    def wait() -> tuple[bool, float]:
        started.set()
        heard = store.wait_for(1, 30)
        return heard, time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        assert started.wait(5)
        other.append([decision(ONE, 0, "a")], LEARNED)
        stored = time.monotonic()
        heard, at = waiting.result()

    assert heard
    assert at - stored < 10


# ---- conflicts ----


def test_a_stale_version_is_a_conflict(store: FactStore) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)

    with pytest.raises(Conflict) as caught:
        store.append([decision(ONE, 0, "b", name="other")], LEARNED)

    assert caught.value.code is Code.STALE_VERSION
    assert texts(store.load(ONE)) == ["a"]


def test_several_streams_are_stored_together(store: FactStore) -> None:
    receipts = store.append(
        [decision(ONE, 0, "a"), decision(OTHER, 0, "b", "c"), decision(ONE, 1, "d")],
        LEARNED,
    )

    assert [(r.stream, r.position, r.version) for r in receipts] == [
        (ONE, 1, 1),
        (OTHER, 3, 2),
        (ONE, 4, 2),
    ]


def test_one_stale_stream_keeps_all_others_out(store: FactStore) -> None:
    store.append([decision(OTHER, 0, "there first")], LEARNED)

    with pytest.raises(Conflict) as caught:
        store.append(
            [decision(ONE, 0, "a"), decision(OTHER, 0, "b", name="late")], LEARNED
        )

    assert caught.value.code is Code.STALE_VERSION
    assert store.load(ONE) == ()
    assert texts(store.load(OTHER)) == ["there first"]


def test_the_same_command_again_returns_the_first_receipt(
    store: FactStore,
) -> None:
    wanted = decision(ONE, 0, "a", "b")
    [first] = store.append([wanted], LEARNED)
    store.append([decision(ONE, 2, "c")], LEARNED)

    assert store.receipt_of(wanted.command_id, "asked") == first
    assert store.append([wanted], LEARNED) == (first,)
    assert texts(store.load(ONE)) == ["a", "b", "c"]


def test_a_command_id_that_means_something_else_is_a_conflict(
    store: FactStore,
) -> None:
    store.append([decision(ONE, 0, "a", asked="first")], LEARNED)
    other = decision(ONE, 0, "b", asked="second")

    with pytest.raises(Conflict) as asked:
        store.receipt_of(other.command_id, "second")
    with pytest.raises(Conflict) as appended:
        store.append([other], LEARNED)

    assert asked.value.code is Code.COMMAND_REUSED
    assert appended.value.code is Code.COMMAND_REUSED
    assert texts(store.load(ONE)) == ["a"]


# ---- an archive ----


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET topic = 'another'",
        "UPDATE {table} SET {position} = {position} + 10",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE {position} = 1",
    ],
)
def test_facts_are_never_changed_or_deleted(
    store: FactStore, backend: Backend, statement: str
) -> None:
    store.append([decision(ONE, 0, "a", "b")], LEARNED)

    with pytest.raises(backend.refusal, match="facts are never"):
        backend.below(statement)

    assert texts(store.load(ONE)) == ["a", "b"]


# ---- the closed registry ----


def stored(backend: Backend, topic: str, body: dict[str, Any]) -> None:
    """Put a fact into the store that no command led to."""
    envelope = {
        "id": str(derived_id(topic)),
        "asked": "",
        "nth": 1,
        "of": 1,
        "recorded_at": LEARNED.isoformat(),
        "register": 0,
        "event": body,
    }
    state = json.dumps(envelope).encode()
    backend.add(ONE, topic, state, str(envelope["id"]))


STAMP = {"by": BY, "at": AT.isoformat(), "command_id": str(derived_id("raw"))}


@pytest.mark.parametrize("topic", ["antigravity:fly", "finding.never_heard_of.v1"])
def test_a_name_outside_the_registry_is_refused_and_imports_nothing(
    backend: Backend, topic: str
) -> None:
    stored(backend, topic, {"stamp": STAMP})
    store = backend.open()
    before = set(sys.modules)

    with pytest.raises(Unavailable, match=topic):
        store.load(ONE)
    with pytest.raises(Unavailable, match=topic):
        store.after(0)

    assert set(sys.modules) == before
    assert "antigravity" not in sys.modules


def test_a_body_that_its_class_refuses_names_stream_and_version(
    backend: Backend,
) -> None:
    secret = "Fru Jensens dagbog"
    stored(backend, NoteAdded.TOPIC, {"stamp": STAMP, "extra": secret})

    with pytest.raises(Unavailable) as caught:
        backend.open().load(ONE)

    assert f"{NoteAdded.TOPIC} at {ONE} 1" in str(caught.value)
    assert secret not in str(caught.value)
    assert secret not in str(caught.value.__cause__)


class RemarkMade(Event):
    TOPIC: ClassVar[str] = "finding.remark_made.v3"
    remark: str


def test_an_old_name_climbs_to_the_newest(backend: Backend) -> None:
    stored(backend, "finding.remark.v1", {"stamp": STAMP, "words": "klippet"})
    upcasters = {
        "finding.remark.v1": (
            "finding.remarked.v2",
            lambda old: {"stamp": old["stamp"], "text": old["words"]},
        ),
        "finding.remarked.v2": (
            RemarkMade.TOPIC,
            lambda old: {"stamp": old["stamp"], "remark": old["text"].upper()},
        ),
    }
    mapper = FactMapper({**EVENTS, RemarkMade.TOPIC: RemarkMade}, upcasters)

    [fact] = backend.open(mapper).load(ONE)

    assert isinstance(fact.event, RemarkMade)
    assert fact.event.remark == "KLIPPET"


# ---- many at once ----


def assert_nothing_lost(store: FactStore, writers: list[str], count: int) -> None:
    """Every writer's facts are there once, in order, and ids have no gaps."""
    facts: list[Recorded] = []
    while page := store.after(len(facts)):
        facts += page
    total = len(writers) * count * 3
    versions: dict[StreamId, list[int]] = {}
    for fact in facts:
        versions.setdefault(fact.stream, []).append(fact.version)
    own = {StreamId(f"finding/{name}"): 2 * count for name in writers}

    assert [fact.position for fact in facts] == list(range(1, total + 1))
    assert len({fact.event_id for fact in facts}) == total
    assert {stream: len(found) for stream, found in versions.items()} == {
        **own,
        SHARED: len(writers) * count,
    }
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


def test_eight_threads_lose_nothing(store: FactStore) -> None:
    names = [f"thread-{nth}" for nth in range(8)]
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(append_again_and_again, store, n, 15) for n in names]
        for job in jobs:
            job.result()

    assert_nothing_lost(store, names, 15)


def test_four_processes_lose_nothing(
    store: FactStore, backend: Backend, together: Together
) -> None:
    together("append", backend.place, 4, 12)

    assert_nothing_lost(store, [f"process-{nth}" for nth in range(4)], 12)
