"""What only the store on SQLite promises; the rest is in `test_event_store.py`."""

from collections.abc import Iterator

import pysqlite3.dbapi2 as driver
import pytest

from adapters.errors import Unavailable
from adapters.persistence import sqlite_engine
from adapters.persistence.event_store import SqliteEventStore
from adapters.persistence.recorder import EVENTS_TABLE
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code
from domain.values import StreamId
from tests.adapters.conftest import Together
from tests.adapters.stores import SqliteBackend
from tests.adapters.writing import LEARNED, decision

ONE = StreamId("finding/2026-01")
FULL = 2


@pytest.fixture
def store(sqlite: SqliteBackend) -> Iterator[SqliteEventStore]:
    opened = SqliteEventStore(sqlite.path)
    yield opened
    opened.close()


def test_an_id_is_never_used_again(
    store: SqliteEventStore, sqlite: SqliteBackend
) -> None:
    store.append([decision(ONE, 0, "a", "b", "c")], LEARNED)
    sqlite.below("DROP TRIGGER facts_are_never_deleted")
    sqlite.below(f"DELETE FROM {EVENTS_TABLE} WHERE rowid = 3")

    [receipt] = store.append([decision(ONE, 2, "d")], LEARNED)

    assert receipt.position == 4


@pytest.mark.parametrize("commit", [False, True])
def test_every_connection_survives_power_loss(
    store: SqliteEventStore, commit: bool
) -> None:
    found = []
    for pragma in ("journal_mode", "synchronous"):
        with store._datastore.transaction(commit=commit) as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            found.append(cursor.fetchone()[0])

    assert found == ["wal", FULL]


def test_a_sqlite_with_the_wal_reset_bug_is_refused(
    monkeypatch: pytest.MonkeyPatch, sqlite: SqliteBackend
) -> None:
    monkeypatch.setattr(driver, "sqlite_version_info", (3, 51, 2))

    with pytest.raises(Unavailable) as caught:
        connect(sqlite.path, durable=True)

    assert caught.value.code is Code.STORE_OUTDATED


def test_a_locked_store_is_unavailable_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch, sqlite: SqliteBackend
) -> None:
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.05)
    store = sqlite.open()
    intruder = connect(sqlite.path, durable=True)
    intruder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable) as caught:
            store.append([decision(ONE, 0, "a")], LEARNED)
    finally:
        intruder.close()

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert store.append([decision(ONE, 0, "a")], LEARNED)[0].position == 1


def test_a_full_disk_is_unavailable_and_nothing_is_stored(
    sqlite: SqliteBackend,
) -> None:
    store = SqliteEventStore(sqlite.path)
    with store._datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(Unavailable) as caught:
        store.append([decision(ONE, 0, "x" * 100_000)], LEARNED)

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert sqlite.open().last_position() == 0
    store.close()


def test_two_processes_that_read_and_then_write_are_never_locked_out(
    sqlite: SqliteBackend, together: Together
) -> None:
    together("read-then-write", sqlite.path, 2, 100)

    [[count, last]] = sqlite.below(
        f"SELECT COUNT(*), MAX(originator_version) FROM {EVENTS_TABLE}"
    )

    assert (count, last) == (200, 200)
