"""The one way a command becomes facts: once, in order, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from typing_extensions import override

from domain.delivery.decide import BeginDelivery
from domain.errors import Code, Conflict, DomainError, NotFound, Refused
from domain.finding.commands import MergeInto, ReportFinding
from domain.finding.events import (
    FindingAssigned,
    FindingMerged,
    FindingReferred,
    FindingReported,
    NoteAdded,
)
from domain.handling import ATTEMPTS, AnyCommand, handle
from domain.messages import Stamp, derived_id
from domain.ports import Decision, EventStore, Receipt, Rules
from domain.register.adoption import AdoptRegister, RegisterAdopted
from domain.values import Actor
from domain.walk.commands import AskForAnswer, RecordWalk
from domain.walk.events import ReplyChannel
from tests.examples import (
    COORDINATOR,
    LIGHTING,
    NUMBER,
    OPERATIONS,
    OTHER_NUMBER,
    WALK,
    assign,
    merge_into,
    moment,
    note,
    refer_out,
    register,
    report,
    resume,
    stamp,
    walk_plan,
)
from tests.memory_store import MemoryStore

REPORT = report(day="2026-10-09")
NOW = datetime(2026, 10, 21, 10, tzinfo=UTC)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def put(
    store: EventStore,
    command: AnyCommand,
    expected: int | None = None,
    *,
    time_matters: bool = False,
) -> Receipt:
    """Handle a command under version 3 of the example register."""
    rules = Rules(3, register())
    return handle(
        command,
        store,
        lambda: rules,
        NOW,
        expected=expected,
        time_matters=time_matters,
    )


def refusal_of(ask: Callable[[], object]) -> tuple[type[DomainError], Code]:
    with pytest.raises(DomainError) as refusal:
        ask()
    return refusal.type, refusal.value.code


def test_a_command_becomes_a_stored_fact(store: MemoryStore) -> None:
    put(store, REPORT)

    (fact,) = store.facts
    assert isinstance(fact.event, FindingReported)
    assert (fact.stream, fact.version) == (f"finding/{NUMBER}", 1)
    assert (fact.recorded_at, fact.register) == (NOW, 3)


def test_a_receipt_says_where_it_led(store: MemoryStore) -> None:
    put(store, REPORT)
    receipt = put(store, assign())

    assert receipt == Receipt(store.facts[0].stream, position=2, version=2, facts=1)


def test_the_same_command_again_gets_the_first_receipt(store: MemoryStore) -> None:
    put(store, REPORT)
    first = put(store, assign())
    put(store, note())
    again = put(store, assign())

    assert again == first
    assert len(store.facts) == 3


def test_the_same_command_again_gets_its_receipt_even_when_now_refused(
    store: MemoryStore,
) -> None:
    first = put(store, REPORT)

    assert put(store, REPORT) == first


def test_the_same_command_again_need_not_know_the_new_version(
    store: MemoryStore,
) -> None:
    put(store, REPORT)
    first = put(store, assign(), expected=1)

    assert put(store, assign(), expected=1) == first


def test_a_command_id_is_not_used_for_something_else(store: MemoryStore) -> None:
    put(store, REPORT)
    put(store, assign(LIGHTING))

    assert refusal_of(lambda: put(store, assign(OPERATIONS))) == (
        Conflict,
        Code.COMMAND_REUSED,
    )
    assert len(store.facts) == 2


def at_another_time() -> Stamp:
    command_id = REPORT.stamp.command_id
    return Stamp(by=COORDINATOR, at=moment("2026-10-22"), command_id=command_id)


def test_the_same_command_at_another_time_is_the_same(store: MemoryStore) -> None:
    first = put(store, REPORT)
    again = REPORT.model_copy(update={"stamp": at_another_time()})

    assert put(store, again) == first


def test_where_time_matters_another_time_is_something_else(
    store: MemoryStore,
) -> None:
    put(store, REPORT, time_matters=True)
    again = REPORT.model_copy(update={"stamp": at_another_time()})

    assert refusal_of(lambda: put(store, again, time_matters=True)) == (
        Conflict,
        Code.COMMAND_REUSED,
    )


def test_the_version_that_was_seen_must_be_the_latest(store: MemoryStore) -> None:
    put(store, REPORT)
    put(store, note())

    assert refusal_of(lambda: put(store, assign(), expected=1)) == (
        Conflict,
        Code.STALE_VERSION,
    )


def test_the_latest_version_is_accepted(store: MemoryStore) -> None:
    put(store, REPORT, expected=0)

    assert put(store, assign(), expected=1).version == 2


def test_a_refusal_stores_nothing(store: MemoryStore) -> None:
    put(store, REPORT)

    assert refusal_of(lambda: put(store, resume())) == (Refused, Code.WRONG_STATUS)
    assert len(store.facts) == 1


def test_nothing_left_to_do_is_a_receipt_without_facts(store: MemoryStore) -> None:
    nobody = BeginDelivery(
        stamp=stamp(),
        key="municipality/operations",
        recipient=OPERATIONS,
        until=1,
        notices=(),
    )

    assert put(store, nobody).facts == 0
    assert store.facts == []


# --- Others write at the same time ----------------------------------------------


@dataclass
class BusyStore(MemoryStore):
    """A store in which somebody else is faster a number of times."""

    faster: int = 1

    @override
    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        if self.faster and decisions[0].after:
            self.faster -= 1
            by = Actor(f"municipality/parks/n{self.faster}")
            put(MemoryStore(self.facts, self.receipts), note(by=by))
        return super().append(decisions, now)


def test_a_command_is_decided_anew_when_somebody_was_faster() -> None:
    store = BusyStore(faster=3)
    put(store, REPORT)
    receipt = put(store, assign())

    assert receipt.version == 5
    assert isinstance(store.facts[-1].event, FindingAssigned)


def test_whoever_named_a_version_hears_that_somebody_was_faster() -> None:
    store = BusyStore(faster=1)
    put(store, REPORT)

    assert refusal_of(lambda: put(store, assign(), expected=1)) == (
        Conflict,
        Code.STALE_VERSION,
    )


def test_there_is_an_end_to_trying() -> None:
    store = BusyStore(faster=ATTEMPTS)
    put(store, REPORT)

    assert refusal_of(lambda: put(store, assign())) == (Conflict, Code.BUSY)


def test_a_reused_command_is_not_tried_again() -> None:
    @dataclass
    class Reused(MemoryStore):
        asked: int = 0

        @override
        def append(
            self, decisions: Sequence[Decision], now: datetime
        ) -> tuple[Receipt, ...]:
            self.asked += 1
            raise Conflict(Code.COMMAND_REUSED, stream=decisions[0].stream)

    store = Reused()

    assert refusal_of(lambda: put(store, REPORT)) == (Conflict, Code.COMMAND_REUSED)
    assert store.asked == 1


# --- What a command may look at -------------------------------------------------


def later(minutes: int) -> Stamp:
    return stamp(day=f"2026-10-21 12:{minutes:02}")


def test_a_merge_sees_the_case_it_mentions(store: MemoryStore) -> None:
    put(store, REPORT)
    other = REPORT.model_copy(update={"number": OTHER_NUMBER, "stamp": later(1)})
    put(store, other)
    put(store, merge_into(OTHER_NUMBER).model_copy(update={"stamp": later(2)}))

    assert isinstance(store.facts[-1].event, FindingMerged)


def test_a_merge_into_nothing_is_refused(store: MemoryStore) -> None:
    put(store, REPORT)
    into_nothing = merge_into(day="2026-10-22")

    assert refusal_of(lambda: put(store, into_nothing)) == (
        NotFound,
        Code.UNKNOWN_FINDING,
    )


def report_of(number: str, walk: str | None = None) -> ReportFinding:
    """Return the report of another case, made the same day."""
    command_id = derived_id("report", number)
    by = stamp(day="2026-10-09").model_copy(update={"command_id": command_id})
    return REPORT.model_copy(update={"number": number, "stamp": by, "walk": walk})


def merge(number: str, master: str) -> MergeInto:
    """Return that one case follows another."""
    command = merge_into(master, day="2026-10-12")
    by = command.stamp.model_copy(update={"command_id": derived_id("merge", number)})
    return command.model_copy(update={"number": number, "stamp": by})


def test_a_note_finds_the_last_master_of_a_chain(store: MemoryStore) -> None:
    """The case follows the second one, and that one the third."""
    for number in (NUMBER, OTHER_NUMBER, "2026-09"):
        put(store, report_of(number))
    put(store, merge(NUMBER, OTHER_NUMBER))
    put(store, merge(OTHER_NUMBER, "2026-09"))
    put(
        store,
        assign(OPERATIONS, day="2026-10-13").model_copy(update={"number": "2026-09"}),
    )
    put(store, note(by=LIGHTING))

    added = store.facts[-1].event
    assert isinstance(added, NoteAdded)
    assert added.tell == (OPERATIONS,)


def test_participants_of_every_duplicate_hear_the_end(store: MemoryStore) -> None:
    """They asked on a walk whose finding is a duplicate of a duplicate."""
    contact = Actor("participant/residents/c17")
    put(
        store,
        RecordWalk(number=WALK, stamp=stamp(day="2026-10-09"), plan=walk_plan()),
    )
    put(
        store,
        AskForAnswer(
            number=WALK,
            stamp=stamp(day="2026-10-11"),
            contact=contact,
            channel=ReplyChannel.MAIL,
        ),
    )
    for number, walk in ((NUMBER, WALK), (OTHER_NUMBER, None), ("2026-09", None)):
        put(store, report_of(number, walk))
    put(store, merge(NUMBER, OTHER_NUMBER))
    put(store, merge(OTHER_NUMBER, "2026-09"))
    put(store, refer_out().model_copy(update={"number": "2026-09"}))

    ends = [
        fact.event
        for fact in store.facts
        if isinstance(fact.event, FindingMerged | FindingReferred)
    ]
    assert [end.tell for end in ends] == [(contact,)] * 3


def test_a_report_sees_the_walk_it_names(store: MemoryStore) -> None:
    put(store, RecordWalk(number=WALK, stamp=stamp(LIGHTING), plan=walk_plan()))

    assert put(store, report(walk=WALK)).facts == 1


def test_a_report_of_an_unknown_walk_is_refused(store: MemoryStore) -> None:
    assert refusal_of(lambda: put(store, report(walk=WALK))) == (
        NotFound,
        Code.UNKNOWN_WALK,
    )


def test_streams_do_not_see_each_other(store: MemoryStore) -> None:
    put(store, RecordWalk(number=NUMBER, stamp=stamp(LIGHTING), plan=walk_plan()))

    assert put(store, REPORT).version == 1


# --- Registers come into force the same way -------------------------------------


def test_a_register_is_adopted_before_any_rules_are_in_force(
    store: MemoryStore,
) -> None:
    def no_rules() -> Rules:
        raise NotFound(Code.NO_REGISTER)

    adopt = AdoptRegister(stamp=stamp(), rules=register())
    handle(adopt, store, no_rules, NOW)

    assert isinstance(store.facts[0].event, RegisterAdopted)
    assert store.facts[0].register == 0


def test_the_register_in_force_is_not_adopted_again(store: MemoryStore) -> None:
    put(store, AdoptRegister(stamp=stamp(), rules=register()))
    again = AdoptRegister(stamp=later(1), rules=register())

    assert put(store, again).facts == 0


def test_nothing_is_decided_without_a_register(store: MemoryStore) -> None:
    def no_rules() -> Rules:
        raise NotFound(Code.NO_REGISTER)

    assert refusal_of(lambda: handle(REPORT, store, no_rules, NOW)) == (
        NotFound,
        Code.NO_REGISTER,
    )


def test_ids_of_facts_follow_from_the_command(store: MemoryStore) -> None:
    put(store, REPORT)

    assert store.facts[0].event_id == derived_id(REPORT.stamp.command_id, 1)
