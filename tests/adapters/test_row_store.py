"""Rows and the position they have reached move together, whatever happens."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

import pytest
import structlog
from sqlalchemy import inspect, select
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.persistence import row_folding, row_store, sqlite_engine
from adapters.persistence.event_store import Unreadable
from adapters.persistence.row_store import RowStore
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code, Conflict
from domain.finding.events import CallLogged, ClockName, NoteAdded
from domain.finding.state import Finding, Status
from domain.messages import Recorded, derived_id
from projections.audit_trail import AUDIT_TRAIL
from projections.cases import CASES, CaseRow
from projections.fold import Projection, Versioned
from projections.notices import NOTICES
from projections.walks import WALKS
from tests import examples as ex
from tests.adapters.row_stores import (
    Listed,
    RowFile,
    Shelves,
    everything,
    expected,
    keyed,
    whole,
)
from tests.adapters.stores import Backend
from tests.projections.folding import EVERY_PROJECTION, recorded, rows_of
from tests.projections.long_history import random_history

PAGE = 7
by_name = pytest.mark.parametrize(
    "projection", EVERY_PROJECTION, ids=lambda projection: str(projection.name)
)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few facts fill many pages."""
    monkeypatch.setattr(row_store, "PAGE", PAGE)


def some_facts() -> Sequence[Recorded]:
    """Return facts of several cases and of their walk."""
    return random_history(1)[:62]


# ---- catching up ----


def test_facts_are_read_in_pages_and_each_page_is_told(shelves: Shelves) -> None:
    told: list[int] = []
    facts = some_facts()[:20]

    read = shelves.open().catch_up(Listed(facts), on_page=told.append)

    assert (read, told) == (20, [7, 14, 20])


def test_every_projection_reaches_the_last_fact(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()))

    last = some_facts()[-1].position
    assert store.positions() == {p.name: last for p in EVERY_PROJECTION}
    assert store.problems() == {}
    assert everything(store) == expected(some_facts())


def test_catching_up_again_changes_nothing(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()))
    before = everything(store)

    assert store.catch_up(Listed(some_facts())) == 0
    assert everything(store) == before


def test_only_the_named_projections_move(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()), [WALKS.name])

    assert store.positions() == {
        p.name: some_facts()[-1].position if p is WALKS else 0 for p in EVERY_PROJECTION
    }
    assert store.rows(CASES) == []


def test_projections_that_lag_differently_end_up_alike(shelves: Shelves) -> None:
    facts = some_facts()
    store = shelves.open()
    for nth, projection in enumerate(EVERY_PROJECTION):
        store.catch_up(Listed(facts[: 9 * nth]), [projection.name])
    store.catch_up(Listed(facts))

    assert everything(store) == expected(facts)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rebuild_gives_the_rows_that_were_there_before(
    shelves: Shelves, seed: int
) -> None:
    """Live rows came page by page, from two processes in turn."""
    facts = random_history(seed)
    live = [shelves.open(), shelves.open()]
    for end in range(0, len(facts), 11):
        live[end % 2].catch_up(Listed(facts[:end]))
    live[0].catch_up(Listed(facts))
    before = everything(live[0])

    stored = [whole(live[0], projection) for projection in EVERY_PROJECTION]
    live[1].rebuild(Listed(facts))

    assert everything(live[1]) == before
    assert before == expected(facts)
    assert stored == [whole(live[1], projection) for projection in EVERY_PROJECTION]


def test_few_kept_rows_make_no_difference(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_folding, "KEPT_ROWS", 2)
    store = shelves.open()
    store.catch_up(Listed(some_facts()))

    assert everything(store) == expected(some_facts())


def test_two_that_catch_up_at_once_do_the_work_once(shelves: Shelves) -> None:
    stores = [shelves.open(), shelves.open()]
    start = threading.Barrier(2)
    problems: list[BaseException] = []

    def catch_up(store: RowStore) -> None:
        start.wait()
        try:
            store.catch_up(Listed(some_facts()))
        except BaseException as problem:  # noqa: BLE001 - shown below
            problems.append(problem)

    threads = [threading.Thread(target=catch_up, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert everything(stores[0]) == expected(some_facts())


# ---- a fact that a fold cannot take ----


POISON = "poison"
AT = PAGE + 3
"""Where the poison lies: not at the beginning of a page."""


def is_poison(fact: Recorded) -> bool:
    return isinstance(fact.event, NoteAdded) and fact.event.text == POISON


def poisoned(*, where: str = "apply") -> Versioned[CaseRow, Finding]:
    """Return a projection that breaks at a note saying so: where is chosen."""

    def remember(memory: Finding | None, fact: Recorded) -> Finding:
        if is_poison(fact) and where == "remember":
            raise KeyError("cannot remember it")
        return CASES.remember(memory, fact)

    def apply(row: CaseRow | None, fact: Recorded, memory: Finding) -> CaseRow | None:
        folded = CASES.apply(row, fact, memory)
        if is_poison(fact) and where == "apply":
            raise ValueError("cannot fold it")
        if is_poison(fact) and where == "row" and folded:
            return replace(folded, reopened=2**70)
        return folded

    return replace(CASES, remember=remember, apply=apply)


def history_with_poison() -> tuple[Recorded, ...]:
    note = NoteAdded(stamp=ex.stamp(), text=POISON)
    after = NoteAdded(stamp=ex.stamp(), text="Ringet.")
    before = tuple(
        NoteAdded(stamp=ex.stamp(), text=f"Nummer {nth}") for nth in range(PAGE)
    )
    return recorded(ex.REPORTED, *before, ex.ASSIGNED, note, after)


@pytest.mark.parametrize("where", ["apply", "remember"])
def test_a_poison_fact_stops_only_its_projection_and_is_reported(
    shelves: Shelves, where: str
) -> None:
    facts = history_with_poison()
    broken = poisoned(where=where)
    store = shelves.open([broken, NOTICES, AUDIT_TRAIL])

    with structlog.testing.capture_logs() as logs:
        store.catch_up(Listed(facts))
        store.catch_up(Listed(facts))

    assert list(store.problems()) == [CASES.name]
    assert store.positions() == {
        CASES.name: AT - 1,
        NOTICES.name: len(facts),
        AUDIT_TRAIL.name: len(facts),
    }
    assert keyed(store, broken) == rows_of(CASES, facts[: AT - 1])
    assert len(store.rows(AUDIT_TRAIL)) == len(facts)
    assert [line["event"] for line in logs] == ["projection.stopped"]


def test_a_row_that_the_database_refuses_stops_only_its_projection(
    shelves: Shelves,
) -> None:
    facts = history_with_poison()
    broken = poisoned(where="row")
    store = shelves.open([broken, NOTICES, AUDIT_TRAIL])

    with structlog.testing.capture_logs() as logs:
        store.catch_up(Listed(facts))
        store.catch_up(Listed(facts))

    reached = store.position(CASES.name)
    assert reached < AT
    assert list(store.problems()) == [CASES.name]
    assert keyed(store, broken) == rows_of(CASES, facts[:reached])
    assert store.position(NOTICES.name) == len(facts)
    assert len(store.rows(AUDIT_TRAIL)) == len(facts)
    assert [line["event"] for line in logs] == ["projection.stopped"]


def test_a_sign_that_a_database_cannot_hold_stops_nobody_else(
    shelves: Shelves,
) -> None:
    told = ex.REPORTED.model_copy(update={"text": "To lamper\0", "place": "Her\0"})
    store = shelves.open([CASES, AUDIT_TRAIL])
    with structlog.testing.capture_logs():
        store.catch_up(Listed(recorded(told, ex.ASSIGNED)))

    assert store.position(AUDIT_TRAIL.name) == 2
    assert set(store.problems()) <= {CASES.name}


def test_the_problem_names_the_fact_and_does_not_repeat_what_people_wrote(
    shelves: Shelves,
) -> None:
    store = shelves.open([poisoned()])
    with structlog.testing.capture_logs():
        store.catch_up(Listed(history_with_poison()))

    assert store.problems() == {
        CASES.name: (
            f"{AT} finding/{ex.NUMBER} finding.note_added.v1: "
            "ValueError('cannot fold it')"
        )
    }


def test_a_poison_fact_is_never_skipped(shelves: Shelves) -> None:
    facts = history_with_poison()
    store = shelves.open([poisoned()])
    with structlog.testing.capture_logs():
        for _ in range(3):
            store.catch_up(Listed(facts))

    assert store.position(CASES.name) == AT - 1


def test_a_poison_fact_at_the_very_beginning_leaves_no_rows(shelves: Shelves) -> None:
    facts = recorded(NoteAdded(stamp=ex.stamp(), text=POISON), ex.ASSIGNED)
    store = shelves.open([poisoned(), AUDIT_TRAIL])
    with structlog.testing.capture_logs():
        store.catch_up(Listed(facts))

    assert store.positions() == {CASES.name: 0, AUDIT_TRAIL.name: 2}
    assert list(store.problems()) == [CASES.name]


def test_a_mended_fold_goes_on_after_a_rebuild(shelves: Shelves) -> None:
    facts = history_with_poison()
    with structlog.testing.capture_logs():
        shelves.open([poisoned()]).catch_up(Listed(facts))
    mended = shelves.open([CASES])

    mended.rebuild(Listed(facts))

    assert mended.problems() == {}
    assert mended.position(CASES.name) == len(facts)
    assert keyed(mended, CASES) == rows_of(CASES, facts)


def test_a_late_fact_whose_past_cannot_be_told_stops_only_its_projection(
    shelves: Shelves,
) -> None:
    """The fold takes it where it stands, but not without the facts between."""

    def apply(row: CaseRow | None, fact: Recorded, memory: Finding) -> CaseRow | None:
        folded = CASES.apply(row, fact, memory)
        if isinstance(fact.event, CallLogged) and folded and folded.assignee is None:
            raise ValueError("cannot fold it")
        return folded

    stamp = ex.stamp(day="2026-10-10")
    late = CallLogged(stamp=stamp, called_at=stamp.at, whom=ex.POLICE)
    facts = recorded(ex.REPORTED, ex.ASSIGNED, late, ex.FIXED)
    store = shelves.open([replace(CASES, apply=apply), AUDIT_TRAIL])
    with structlog.testing.capture_logs():
        store.catch_up(Listed(facts))

    assert list(store.problems()) == [CASES.name]
    assert store.positions() == {CASES.name: 2, AUDIT_TRAIL.name: len(facts)}


@dataclass
class Torn(Listed):
    """Facts of which one cannot be read."""

    torn: int
    PROBLEM: ClassVar = "no such topic"

    @override
    def page(self, position: int, limit: int) -> Sequence[Any]:
        """Return a page, with a name in the place of that fact."""
        return [
            Unreadable(fact.position, fact.stream, "finding.lost.v1", self.PROBLEM)
            if fact.position == self.torn
            else fact
            for fact in super().page(position, limit)
        ]

    @override
    def load(self, stream: Any, until: int | None = None) -> Sequence[Recorded]:
        """Refuse a stream with that fact, as a store does."""
        found = super().load(stream, until)
        if any(fact.position == self.torn for fact in found):
            raise Unavailable(Code.UNREADABLE_FACT, problem=self.PROBLEM)
        return found


def test_an_unreadable_fact_stops_those_who_listen_to_its_kind(
    shelves: Shelves,
) -> None:
    facts = history_with_poison()
    store = shelves.open()
    with structlog.testing.capture_logs():
        store.catch_up(Torn(facts, torn=AT))

    stopped = {p.name for p in EVERY_PROJECTION if not p.reads or "finding" in p.reads}
    named = f"{AT} finding/{ex.NUMBER} finding.lost.v1: ValueError('no such topic')"
    assert store.problems() == dict.fromkeys(stopped, named)
    assert {CASES.name, AUDIT_TRAIL.name} <= stopped
    assert store.positions() == {
        p.name: AT - 1 if p.name in stopped else len(facts) for p in EVERY_PROJECTION
    }
    assert keyed(store, CASES) == rows_of(CASES, facts[: AT - 1])


@pytest.mark.parametrize("page", [1, 2, 50])
def test_a_late_fact_before_an_unreadable_one_is_still_told(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(row_store, "PAGE", page)
    late = NoteAdded(stamp=ex.stamp(day="2026-10-10"), text="Ringet.")
    facts = recorded(ex.REPORTED, ex.ASSIGNED, late, ex.FIXED)
    store = shelves.open([CASES, WALKS])
    with structlog.testing.capture_logs():
        store.catch_up(Torn(facts, torn=4))

    assert list(store.problems()) == [CASES.name]
    assert store.positions() == {CASES.name: 3, WALKS.name: 4}
    assert keyed(store, CASES) == rows_of(CASES, facts[:3])


@pytest.mark.parametrize("state", [b'{"event": {}}', b"{}", b"[]", b"garbage"])
def test_an_unreadable_fact_of_a_real_store_stops_those_who_listen(
    backend: Backend, sqlite_rows: RowFile, state: bytes
) -> None:
    backend.add("walk/lost", "walk.lost.v1", state, str(derived_id("lost")))
    store = RowStore(sqlite_rows.engine(), EVERY_PROJECTION)
    store.create()
    with structlog.testing.capture_logs():
        store.catch_up(backend.open())

    problems, positions = store.problems(), store.positions()
    store.close()
    stopped = {p.name for p in EVERY_PROJECTION if not p.reads or "walk" in p.reads}
    assert set(problems) == stopped
    assert {WALKS.name, AUDIT_TRAIL.name} <= stopped
    assert CASES.name not in stopped
    assert all(
        text.startswith("1 walk/lost walk.lost.v1: ") for text in problems.values()
    )
    assert positions == {
        p.name: 0 if p.name in stopped else 1 for p in EVERY_PROJECTION
    }


# ---- position and rows ----


def test_the_position_is_never_ahead_of_the_rows(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks between the rows and the position, neither is kept."""
    store = shelves.open()
    store.catch_up(Listed(some_facts()[:21]))
    before, reached = everything(store), store.positions()

    def break_down(*_: object) -> None:
        raise KeyboardInterrupt

    for part in ("_remember", "_write"):
        with monkeypatch.context() as patched:
            patched.setattr(store, part, break_down)
            with pytest.raises(KeyboardInterrupt):
                store.catch_up(Listed(some_facts()))

        assert store.positions() == reached
        assert everything(store) == before
    store.catch_up(Listed(some_facts()))
    assert everything(store) == expected(some_facts())


def test_a_disk_that_keeps_nothing_does_not_keep_us_for_ever(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()[:20]))
    monkeypatch.setattr(RowStore, "_write_all", lambda *_: True)

    with pytest.raises(Unavailable) as refused:
        store.catch_up(Listed(some_facts()))

    assert refused.value.code is Code.STORE_UNAVAILABLE
    assert "after position 20" in str(refused.value.context["problem"])


def test_pages_that_were_done_stay_done(shelves: Shelves) -> None:
    store = shelves.open()

    def stop_at(position: int) -> None:
        if position == 2 * PAGE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.catch_up(Listed(some_facts()), on_page=stop_at)

    assert set(store.positions().values()) == {2 * PAGE}
    assert everything(store) == expected(some_facts()[: 2 * PAGE])


def test_a_locked_file_is_unavailable(
    sqlite_rows: RowFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RowStore(sqlite_rows.engine(), EVERY_PROJECTION)
    store.create()
    store.close()
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.05)
    intruder = connect(sqlite_rows.path, durable=False)
    intruder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable) as caught:
            store.catch_up(Listed(some_facts()))
    finally:
        intruder.close()

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert store.problems() == {}
    store.close()


def test_a_store_without_tables_is_missing(shelves: Shelves) -> None:
    with pytest.raises(Unavailable) as caught:
        shelves.bare().rows(CASES)

    assert caught.value.code is Code.STORE_MISSING


# ---- the tables ----


def test_rows_survive_reopening(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()))
    store.close()

    again = shelves.open()
    assert everything(again) == expected(some_facts())
    assert again.catch_up(Listed(some_facts())) == 0


def test_what_is_due_is_found_by_a_date(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()))
    table, today = store.table(CASES), date(2026, 12, 1)
    late = store.select(CASES).where(table.c.due_on < today)

    found = store.rows(CASES, late.order_by(table.c.due_on.desc()))

    wanted = [
        row.number
        for row in rows_of(CASES, some_facts()).values()
        if row.due_on and row.due_on < today
    ]
    assert sorted(row.number for row in found) == sorted(wanted)
    days = [row.due_on for row in found if row.due_on]
    assert all(later >= earlier for later, earlier in pairwise(days))
    assert len(days) == len(found)
    assert wanted


def test_values_come_back_as_what_they_were(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()))
    [trail] = store.rows(
        AUDIT_TRAIL,
        select(store.table(AUDIT_TRAIL)).where(
            store.table(AUDIT_TRAIL).c.position == 3
        ),
    )
    notice = store.rows(NOTICES)[0]
    case = next(row for row in store.rows(CASES) if row.reminders)

    assert isinstance(notice.event_id, UUID)
    assert isinstance(trail.at, datetime)
    assert trail.at.tzinfo is not None
    [(clock, reminded_at), *_] = case.reminders
    assert isinstance(clock, ClockName)
    assert isinstance(reminded_at, datetime)
    assert isinstance(case.status, Status)


@by_name
def test_every_index_is_of_columns(
    projection: Projection[Any], sqlite_rows: RowFile
) -> None:
    store = RowStore(sqlite_rows.engine(), [projection])
    columns = set(store.table(projection).c.keys())
    store.close()

    for lookup in projection.lookups:
        assert {*lookup.columns, *lookup.where} <= columns


def test_all_indexes_are_there(shelves: Shelves) -> None:
    shelves.open()
    found = shelves.indexes()

    for projection in EVERY_PROJECTION:
        assert len(found[projection.name]) == len(projection.lookups)


def test_a_reader_remembers_its_place(shelves: Shelves) -> None:
    store = shelves.open()
    assert store.position("dispatcher") == 0

    store.advance("dispatcher", 12)
    store.advance("dispatcher", 14)

    assert shelves.open().position("dispatcher") == 14


# ---- rebuilding beside what is in use ----


@dataclass
class Impatient(Listed):
    """Facts that nobody may ask for without an end."""

    left: int = 1000

    @override
    def page(self, position: int, limit: int) -> Sequence[Recorded]:
        """Return a page."""
        self.left -= 1
        assert self.left, "it turns in circles"
        return super().page(position, limit)


def test_a_rebuild_leaves_the_others_alone(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(some_facts()[:50]))
    store.advance("dispatcher", 5)

    store.rebuild(Listed(some_facts()), [WALKS.name])

    assert keyed(store, WALKS) == rows_of(WALKS, some_facts())
    assert store.position(WALKS.name) == len(some_facts())
    assert store.position("dispatcher") == 5
    assert store.position(CASES.name) == 50
    assert keyed(store, CASES) == rows_of(CASES, some_facts()[:50])


def test_readers_see_the_old_rows_until_the_new_ones_are_complete(
    shelves: Shelves,
) -> None:
    facts = some_facts()[:60]
    store, reader = shelves.open(), shelves.open()
    store.catch_up(Listed(facts))
    before, places, seen = everything(store), store.positions(), 0

    def look(_: int) -> None:
        nonlocal seen
        assert everything(reader) == before
        assert reader.positions() == places
        seen += 1

    store.rebuild(Listed(facts), on_page=look)

    assert seen == len(facts) // PAGE + 1
    assert everything(reader) == before


def test_facts_that_arrive_during_a_rebuild_are_in_it(shelves: Shelves) -> None:
    facts = some_facts()
    arriving = Listed(facts[:20])
    store = shelves.open()
    store.catch_up(arriving)

    def arrive(position: int) -> None:
        arriving.facts = facts[: max(len(arriving.facts), position + 12)]

    store.rebuild(arriving, on_page=arrive)

    assert len(arriving.facts) == len(facts)
    assert everything(store) == expected(facts)


def test_another_process_that_catches_up_meanwhile_does_no_harm(
    shelves: Shelves,
) -> None:
    facts = some_facts()
    growing = Impatient(facts[:10])
    store, other = shelves.open(), shelves.open()
    store.catch_up(growing)

    def catch_up(position: int) -> None:
        growing.facts = facts[: position + 30]
        other.catch_up(growing)
        assert everything(other) == expected(growing.facts)

    store.rebuild(growing, on_page=catch_up)

    assert everything(store) == everything(other) == expected(facts)


def test_a_rebuild_that_the_old_rows_have_overtaken_goes_on(shelves: Shelves) -> None:
    """Nobody ever sees fewer facts than before."""
    facts = some_facts()
    growing = Listed(facts[:40])
    store, other = shelves.open(), shelves.open()

    def overtake(position: int) -> None:
        if position == 40:
            other.catch_up(Listed(facts))
            growing.facts = facts

    store.rebuild(growing, on_page=overtake)

    assert set(store.positions().values()) == {len(facts)}
    assert everything(store) == expected(facts)


@dataclass
class Meddled(Listed):
    """Facts whose reader is interrupted by somebody else's rebuild."""

    other: RowStore
    at: int

    @override
    def page(self, position: int, limit: int) -> Sequence[Recorded]:
        """Return a page, after the other has rebuilt at one place."""
        if position == self.at:
            self.at = -1
            self.other.rebuild(Listed(self.facts))
        return super().page(position, limit)


def test_a_rebuild_between_reading_and_writing_does_no_harm(shelves: Shelves) -> None:
    facts = some_facts()
    store, other = shelves.open(), shelves.open()
    store.catch_up(Listed(facts[:PAGE]))

    store.catch_up(Meddled(facts, other=other, at=PAGE))

    assert everything(store) == expected(facts)
    assert set(store.positions().values()) == {len(facts)}


def test_of_two_rebuilds_at_once_one_is_done(shelves: Shelves) -> None:
    facts = some_facts()
    store, other = shelves.open(), shelves.open()
    store.catch_up(Listed(facts))

    def also(position: int) -> None:
        if position == PAGE:
            other.rebuild(Listed(facts))

    with pytest.raises(Conflict) as caught:
        store.rebuild(Impatient(facts), on_page=also)

    assert caught.value.code is Code.REBUILD_ABANDONED
    assert everything(store) == everything(other) == expected(facts)
    store.rebuild(Impatient(facts))
    assert everything(other) == expected(facts)


def test_a_poison_fact_leaves_the_old_rows_in_use(shelves: Shelves) -> None:
    facts = history_with_poison()
    shelves.open([CASES]).catch_up(Listed(facts))
    broken = shelves.open([poisoned()])

    with structlog.testing.capture_logs(), pytest.raises(Unavailable) as caught:
        broken.rebuild(Listed(facts))

    assert caught.value.code is Code.PROJECTION_STOPPED
    assert str(caught.value.context["problem"]).startswith(f"{AT} finding/{ex.NUMBER} ")
    assert keyed(broken, CASES) == rows_of(CASES, facts)
    assert broken.position(CASES.name) == len(facts)
    assert broken.problems() == {}


def test_a_killed_rebuild_leaves_the_old_rows_in_use_and_can_be_begun_again(
    shelves: Shelves,
) -> None:
    facts = some_facts()
    store = shelves.open()
    store.catch_up(Listed(facts[:30]))

    def die(position: int) -> None:
        if position == 3 * PAGE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.rebuild(Listed(facts), on_page=die)

    assert everything(store) == expected(facts[:30])
    again = shelves.open()
    assert everything(again) == expected(facts[:30])
    again.catch_up(Listed(facts[:40]))
    assert everything(again) == expected(facts[:40])
    again.rebuild(Listed(facts))
    assert everything(again) == expected(facts)
    store.catch_up(Listed(facts))
    assert everything(store) == expected(facts)


def test_after_a_rebuild_all_indexes_are_there(shelves: Shelves) -> None:
    store = shelves.open()
    fresh = shelves.indexes()
    for _ in range(2):
        store.rebuild(Listed(some_facts()[:20]))
        assert shelves.indexes() == fresh


def test_after_a_rebuild_only_one_slot_is_left(shelves: Shelves) -> None:
    store = shelves.open()
    store.rebuild(Listed(some_facts()[:20]))

    engine = shelves.place.engine()
    with engine.reading() as connection:
        tables = inspect(connection).get_table_names(engine.schema)
    engine.close()

    assert len(tables) == len(set(tables)) == len(EVERY_PROJECTION) + 2


def test_rows_that_know_more_than_the_facts_are_made_again_from_what_there_is(
    shelves: Shelves,
) -> None:
    """Somebody has put back an older copy of the facts."""
    facts = some_facts()
    store = shelves.open()
    store.catch_up(Listed(facts))

    store.rebuild(Impatient(facts[:20]))

    assert everything(store) == expected(facts[:20])
    assert set(store.positions().values()) == {20}


def test_a_rebuild_without_facts_leaves_empty_rows(shelves: Shelves) -> None:
    store = shelves.open()
    store.rebuild(Listed(()))

    assert everything(store) == expected(())
    assert set(store.positions().values()) == {0}
