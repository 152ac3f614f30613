"""Deciding many commands before any of them is stored."""

import pytest

from domain.errors import Code, Conflict, Refused
from domain.finding.commands import FindingCommand
from domain.handling import AnyCommand, handle
from domain.ports import Decision, EventStore, Receipt, Rules
from domain.rehearsal import Rehearsal
from tests.examples import (
    NUMBER,
    assign,
    mark_fixed,
    moment,
    note,
    register,
    report,
    stamp,
    verify,
)
from tests.memory_store import MemoryStore


def put(store: EventStore, command: AnyCommand) -> Receipt:
    rules = Rules(1, register())
    return handle(command, store, lambda: rules, moment())


STORY: tuple[AnyCommand, ...] = (
    report(day="2026-10-09"),
    assign(day="2026-10-12"),
    mark_fixed(day="2026-10-20"),
    verify(day="2026-10-21"),
)


def test_a_rehearsal_sees_what_it_decided_before() -> None:
    rehearsal = Rehearsal(MemoryStore())
    receipts = [put(rehearsal, command) for command in STORY]

    assert [receipt.version for receipt in receipts] == [1, 2, 3, 4]


def test_a_rehearsal_sees_what_was_stored_before() -> None:
    store = MemoryStore()
    put(store, STORY[0])

    assert put(Rehearsal(store), STORY[1]).version == 2


def test_a_rehearsal_stores_nothing() -> None:
    store = MemoryStore()
    put(Rehearsal(store), STORY[0])

    assert store.facts == []


def test_what_was_rehearsed_is_stored_in_one_go() -> None:
    store = MemoryStore()
    rehearsal = Rehearsal(store)
    for command in STORY:
        put(rehearsal, command)
    store.append(rehearsal.decisions, moment())

    assert len(store.facts) == 4
    assert [fact.version for fact in rehearsal.load(store.facts[0].stream)] == [
        fact.version for fact in store.facts
    ]


def test_a_refused_command_ends_the_rehearsal_with_its_code() -> None:
    rehearsal = Rehearsal(MemoryStore())
    put(rehearsal, STORY[0])

    with pytest.raises(Refused) as refusal:
        put(rehearsal, mark_fixed())

    assert refusal.value.code is Code.WRONG_STATUS
    assert len(rehearsal.decisions) == 1


def test_what_is_stored_already_is_not_rehearsed() -> None:
    store = MemoryStore()
    first = put(store, STORY[0])
    rehearsal = Rehearsal(store)

    assert put(rehearsal, STORY[0]) == first
    assert rehearsal.decisions == []


def test_a_rehearsal_that_is_overtaken_is_not_stored() -> None:
    store = MemoryStore()
    put(store, STORY[0])
    rehearsal = Rehearsal(store)
    put(rehearsal, STORY[1])
    put(store, note())

    with pytest.raises(Conflict) as refusal:
        store.append(rehearsal.decisions, moment())

    assert refusal.value.code is Code.STALE_VERSION


def test_a_decision_about_an_older_version_is_refused() -> None:
    store = MemoryStore()
    put(store, STORY[0])
    outdated = Decision(
        stream=FindingCommand(number=NUMBER, stamp=stamp()).stream,
        after=0,
        command_id=stamp().command_id,
        asked="",
        register=1,
        events=(),
    )

    with pytest.raises(Conflict) as refusal:
        Rehearsal(store).append([outdated], moment())

    assert refusal.value.code is Code.STALE_VERSION
