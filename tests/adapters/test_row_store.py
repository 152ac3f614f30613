"""Rows and the position they have reached move together, whatever happens."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import select

from adapters.errors import Unavailable
from adapters.persistence import row_store, sqlite_engine
from adapters.persistence.row_store import RowStore
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code
from domain.finding.events import NoteAdded
from domain.messages import Recorded
from domain.values import Point
from projections.audit_trail import AUDIT_TRAIL
from projections.case_page import CASE_PAGE
from projections.fold import Projection
from projections.overdue import OVERDUE
from projections.walks import WALKS
from projections.worklist import WORKLIST, WorklistRow
from tests import examples as ex
from tests.projections.folding import EVERY_PROJECTION, recorded, rows_of
from tests.projections.long_history import long_history, random_history

PAGE = 7
by_name = pytest.mark.parametrize(
    "projection", EVERY_PROJECTION, ids=lambda projection: str(projection.name)
)


@dataclass
class Listed:
    """Facts in a list, where a store would have them in a file."""

    facts: Sequence[Recorded]

    def after(self, position: int, limit: int = 500) -> Sequence[Recorded]:
        """Return a page."""
        return [fact for fact in self.facts if fact.position > position][:limit]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few facts fill many pages."""
    monkeypatch.setattr(row_store, "PAGE", PAGE)


@dataclass
class Shelves:
    """Opens row stores on one file, as several processes would."""

    path: Path
    opened: list[RowStore]

    def open(
        self, projections: Sequence[Projection[Any]] = EVERY_PROJECTION
    ) -> RowStore:
        """Open the file once more."""
        store = RowStore(self.path, projections)
        store.create()
        self.opened.append(store)
        return store


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    found = Shelves(tmp_path / "views.db", [])
    yield found
    for store in found.opened:
        store.close()


def everything(store: RowStore) -> dict[str, dict[str, object]]:
    """Return all rows of all projections by their keys."""
    return {
        projection.name: keyed(store, projection)
        for projection in EVERY_PROJECTION
        if projection.name in store.names()
    }


def keyed(store: RowStore, projection: Projection[Any]) -> dict[str, object]:
    in_order = select(table := store.table(projection)).order_by(table.c.key)
    with store._reader.connect() as connection:
        keys = [row.key for row in connection.execute(in_order)]
    return dict(zip(keys, store.rows(projection, in_order), strict=True))


def expected(facts: Sequence[Recorded]) -> dict[str, dict[str, object]]:
    return {p.name: rows_of(p, facts) for p in EVERY_PROJECTION}


# ---- catching up ----


def test_facts_are_read_in_pages_and_each_page_is_told(shelves: Shelves) -> None:
    told: list[int] = []
    facts = long_history()[:20]

    read = shelves.open().catch_up(Listed(facts), on_page=told.append)

    assert (read, told) == (20, [7, 14, 20])


def test_every_projection_reaches_the_last_fact(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))

    last = long_history()[-1].position
    assert store.positions() == {p.name: last for p in EVERY_PROJECTION}
    assert store.problems() == {}


def test_catching_up_again_changes_nothing(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))
    before = everything(store)

    assert store.catch_up(Listed(long_history())) == 0
    assert everything(store) == before


def test_only_the_named_projections_move(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()), [WALKS.name])

    assert store.positions() == {WALKS.name: long_history()[-1].position}
    assert store.rows(WORKLIST) == []


def test_projections_that_lag_differently_end_up_alike(shelves: Shelves) -> None:
    facts = random_history(1)
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

    for projection in EVERY_PROJECTION:
        live[1].reset(projection.name)
        assert live[1].rows(projection) == []
    live[1].catch_up(Listed(facts))

    assert everything(live[1]) == before
    assert before == expected(facts)


def test_few_kept_rows_make_no_difference(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_store, "KEPT_ROWS", 2)
    store = shelves.open()
    store.catch_up(Listed(long_history()))

    assert everything(store) == expected(long_history())


def test_two_that_catch_up_at_once_do_the_work_once(shelves: Shelves) -> None:
    stores = [shelves.open(), shelves.open()]
    start = threading.Barrier(2)
    problems: list[BaseException] = []

    def catch_up(store: RowStore) -> None:
        start.wait()
        try:
            store.catch_up(Listed(long_history()))
        except BaseException as problem:  # noqa: BLE001 - shown below
            problems.append(problem)

    threads = [threading.Thread(target=catch_up, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert everything(stores[0]) == expected(long_history())


# ---- a fact that a fold cannot take ----


POISON = "poison"


def poisoned(
    projection: Projection[WorklistRow], *, keys: bool = False, row: bool = False
) -> Projection[WorklistRow]:
    """Return a projection that breaks at a note saying so: where is chosen."""

    def is_poison(fact: Recorded) -> bool:
        return isinstance(fact.event, NoteAdded) and fact.event.text == POISON

    def broken_keys(fact: Recorded) -> tuple[str, ...]:
        if is_poison(fact):
            raise KeyError("cannot name its rows")
        return projection.keys(fact)

    def broken_apply(
        key: str, old: WorklistRow | None, fact: Recorded
    ) -> WorklistRow | None:
        if is_poison(fact) and row:
            folded = projection.apply(key, old, fact)
            return folded and replace(folded, reopened=2**70)
        if is_poison(fact):
            raise ValueError("cannot fold it")
        return projection.apply(key, old, fact)

    if keys:
        return replace(projection, keys=broken_keys)
    return replace(projection, apply=broken_apply)


def history_with_poison() -> tuple[Recorded, ...]:
    note = NoteAdded(stamp=ex.stamp(), text=POISON)
    after = NoteAdded(stamp=ex.stamp(), text="Ringet.")
    before = tuple(
        NoteAdded(stamp=ex.stamp(), text=f"Nummer {nth}") for nth in range(PAGE)
    )
    return recorded(ex.REPORTED, *before, ex.ASSIGNED, note, after)


@pytest.mark.parametrize("where", ["apply", "keys", "row"])
def test_a_poison_fact_stops_only_its_projection_and_is_reported(
    shelves: Shelves, where: str
) -> None:
    facts = history_with_poison()
    broken = poisoned(WORKLIST, keys=where == "keys", row=where == "row")
    store = shelves.open([broken, OVERDUE, AUDIT_TRAIL])

    with structlog.testing.capture_logs() as logs:
        store.catch_up(Listed(facts))
        store.catch_up(Listed(facts))

    assert list(store.problems()) == [WORKLIST.name]
    assert store.positions() == {
        WORKLIST.name: PAGE,
        OVERDUE.name: len(facts),
        AUDIT_TRAIL.name: len(facts),
    }
    assert [(row.version, row.text) for row in store.rows(broken)] == [
        (PAGE, "To lamper er slukket.")
    ]
    assert len(store.rows(AUDIT_TRAIL)) == len(facts)
    assert [line["event"] for line in logs] == ["projection.stopped"]


def test_the_problem_does_not_repeat_what_people_wrote(shelves: Shelves) -> None:
    store = shelves.open([poisoned(WORKLIST)])
    with structlog.testing.capture_logs():
        store.catch_up(Listed(history_with_poison()))

    assert store.problems() == {WORKLIST.name: "ValueError('cannot fold it')"}


def test_a_poison_fact_is_never_skipped(shelves: Shelves) -> None:
    facts = history_with_poison()
    store = shelves.open([poisoned(WORKLIST)])
    with structlog.testing.capture_logs():
        for _ in range(3):
            store.catch_up(Listed(facts))

    assert store.position(WORKLIST.name) == PAGE


def test_a_mended_fold_starts_again_after_a_reset(shelves: Shelves) -> None:
    facts = history_with_poison()
    with structlog.testing.capture_logs():
        shelves.open([poisoned(WORKLIST)]).catch_up(Listed(facts))
    mended = shelves.open([WORKLIST])

    mended.reset(WORKLIST.name)
    mended.catch_up(Listed(facts))

    assert mended.problems() == {}
    assert keyed(mended, WORKLIST) == rows_of(WORKLIST, facts)


def test_a_number_too_large_for_a_column_stops_only_its_projection(
    shelves: Shelves,
) -> None:
    many = ex.FIXED.model_copy(update={"count": 10**30})
    facts = recorded(ex.REPORTED, ex.ASSIGNED, many)
    store = shelves.open()
    with structlog.testing.capture_logs():
        store.catch_up(Listed(facts))

    assert list(store.problems()) == [CASE_PAGE.name]
    assert store.position(WORKLIST.name) == 3


# ---- position and rows ----


def test_the_position_is_never_ahead_of_the_rows(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks between the rows and the position, neither is kept."""
    store = shelves.open()
    store.catch_up(Listed(long_history()[:21]))
    before, reached = everything(store), store.positions()

    def break_down(*_: object) -> None:
        raise KeyboardInterrupt

    for part in ("_remember", "_write"):
        with monkeypatch.context() as patched:
            patched.setattr(store, part, break_down)
            with pytest.raises(KeyboardInterrupt):
                store.catch_up(Listed(long_history()))

        assert store.positions() == reached
        assert everything(store) == before
    store.catch_up(Listed(long_history()))
    assert everything(store) == expected(long_history())


def test_pages_that_were_done_stay_done(shelves: Shelves) -> None:
    store = shelves.open()

    def stop_at(position: int) -> None:
        if position == 2 * PAGE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.catch_up(Listed(long_history()), on_page=stop_at)

    assert set(store.positions().values()) == {2 * PAGE}
    assert everything(store) == expected(long_history()[: 2 * PAGE])


def test_a_locked_file_is_unavailable(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves.open()
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.05)
    store = RowStore(shelves.path, EVERY_PROJECTION)
    shelves.opened.append(store)
    intruder = connect(shelves.path, durable=False)
    intruder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable) as caught:
            store.catch_up(Listed(long_history()))
    finally:
        intruder.close()

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert store.problems() == {}


def test_a_file_without_tables_is_missing(shelves: Shelves) -> None:
    store = RowStore(shelves.path, EVERY_PROJECTION)
    shelves.opened.append(store)

    with pytest.raises(Unavailable) as caught:
        store.rows(WORKLIST)

    assert caught.value.code is Code.STORE_MISSING


# ---- the tables ----


def test_rows_survive_reopening(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))
    store.close()

    again = shelves.open()
    assert everything(again) == expected(long_history())
    assert again.catch_up(Listed(long_history())) == 0


def test_what_is_due_is_found_by_a_date(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))
    table, today = store.table(WORKLIST), date(2026, 12, 1)
    query = select(table).where(table.c.due_on < today).order_by(table.c.due_on.desc())

    found = store.rows(WORKLIST, query)

    wanted = [
        row.number
        for row in rows_of(WORKLIST, long_history()).values()
        if row.due_on and row.due_on < today
    ]
    assert sorted(row.number for row in found) == sorted(wanted)
    days = [row.due_on for row in found if row.due_on]
    assert all(later >= earlier for later, earlier in pairwise(days))
    assert len(days) == len(found)
    assert wanted


def test_values_come_back_as_what_they_were(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))
    [trail] = store.rows(
        AUDIT_TRAIL,
        select(store.table(AUDIT_TRAIL)).where(
            store.table(AUDIT_TRAIL).c.position == 3
        ),
    )
    page = store.row(CASE_PAGE, "2026-01")

    assert isinstance(trail.event_id, UUID)
    assert isinstance(trail.at, datetime)
    assert trail.at.tzinfo is not None
    assert page is not None
    assert isinstance(page.point, Point)
    assert page.memory.days


@by_name
def test_every_index_is_a_column(projection: Projection[Any], shelves: Shelves) -> None:
    table = shelves.open().table(projection)

    assert set(projection.indexes) <= set(table.c.keys())
    assert len(table.indexes) == len(projection.indexes)


def test_a_reader_remembers_its_place(shelves: Shelves) -> None:
    store = shelves.open()
    assert store.position("dispatcher") == 0

    store.advance("dispatcher", 12)
    store.advance("dispatcher", 14)

    assert shelves.open().position("dispatcher") == 14


def test_a_reset_leaves_the_others_alone(shelves: Shelves) -> None:
    store = shelves.open()
    store.catch_up(Listed(long_history()))
    store.advance("dispatcher", 5)

    store.reset(WALKS.name)

    assert store.rows(WALKS) == []
    assert store.position(WALKS.name) == 0
    assert store.position("dispatcher") == 5
    assert keyed(store, OVERDUE) == rows_of(OVERDUE, long_history())
