"""The library's SQLite recorder, made safe for an archive.

Own table (gap-proof ids through AUTOINCREMENT, unique event ids, no UPDATE or
DELETE), transactions that take the write lock first, and commits that survive
power loss. Nothing is created at run time: see `migrations.py`.

Source: reference measurements in ADR 0004.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import eventsourcing.sqlite as library
import pysqlite3.dbapi2 as sqlite
from eventsourcing.persistence import OperationalError, StoredEvent
from typing_extensions import override

from adapters.persistence.fact_table import (
    IS_MERGED,
    ON_A_WALK,
    FactTable,
    Replica,
    StoredRow,
)
from adapters.persistence.sqlite_engine import connect

# The library catches the errors of the module it calls `sqlite3`; they must be
# those of the SQLite that we really use.
library.sqlite3 = sqlite  # type: ignore[attr-defined]

EVENTS_TABLE = "stored_events"

SCHEMA = (
    f"""CREATE TABLE IF NOT EXISTS {EVENTS_TABLE} (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        event_id TEXT NOT NULL UNIQUE,
        UNIQUE (originator_id, originator_version))""",
    f"""CREATE TRIGGER IF NOT EXISTS facts_are_never_changed
        BEFORE UPDATE ON {EVENTS_TABLE}
        BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS facts_are_never_deleted
        BEFORE DELETE ON {EVENTS_TABLE}
        BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END""",
)


REPORTED_ON = "json_extract(CAST(state AS TEXT), '$.event.walk')"
MERGED_INTO = "json_extract(CAST(state AS TEXT), '$.event.master')"

LINKS = (
    f"""CREATE INDEX IF NOT EXISTS findings_by_walk
        ON {EVENTS_TABLE} ({REPORTED_ON}) WHERE {ON_A_WALK}""",
    f"""CREATE INDEX IF NOT EXISTS findings_by_master
        ON {EVENTS_TABLE} ({MERGED_INTO}) WHERE {IS_MERGED}""",
)
"""Which findings belong to a walk or to another finding, without a read model."""

SEALS = (f"ALTER TABLE {EVENTS_TABLE} ADD COLUMN seal BLOB",)
"""What the program has signed of each fact; older facts have none."""


class ImmediateTransaction(library.SQLiteTransaction):
    """Takes the write lock at once, so that reading first cannot deadlock."""

    @override
    def __enter__(self) -> library.SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite.OperationalError as problem:
            raise OperationalError(problem) from problem
        return cursor


class FactConnection(library.SQLiteConnection):
    """A connection whose writing transactions are immediate."""

    @override
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[library.SQLiteCursor]:
        with ImmediateTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class FactPool(library.SQLiteConnectionPool):
    """Opens connections that survive power loss."""

    @override
    def _create_connection(self) -> library.SQLiteConnection:
        self.is_journal_mode_wal = True
        connection = connect(Path(self.db_name), durable=True)
        return FactConnection(sqlite_conn=connection, max_age=self.max_age)


class FactDatastore(library.SQLiteDatastore):
    """One events file; streams have readable names."""

    def __init__(self, path: Path) -> None:
        """Open `path` when first used."""
        super().__init__(str(path), originator_id_type="text")
        self.pool.close()
        self.pool = FactPool(db_name=str(path))
        self._path = path
        self._own = threading.local()
        self._readers: list[sqlite.Connection] = []

    def reading(self) -> sqlite.Connection:
        """Return a connection of this thread's own, kept open for single reads.

        The pool's hand-over costs more than such a read.
        """
        reader: sqlite.Connection | None = getattr(self._own, "reader", None)
        if reader is None:
            reader = self._own.reader = connect(self._path, durable=True)
            self._readers.append(reader)
        return reader

    @override
    def close(self) -> None:
        for reader in getattr(self, "_readers", []):
            reader.close()
        super().close()


class FactRecorder(library.SQLiteApplicationRecorder, FactTable):
    """Inserts facts with their ids; everything else is the library's."""

    TABLE = EVENTS_TABLE
    POSITION = "rowid"
    REPORTED_ON = REPORTED_ON
    MERGED_INTO = MERGED_INTO
    HOLDS = "instr(state, ?) > 0"

    def __init__(self, datastore: FactDatastore) -> None:
        """Record into `datastore`."""
        super().__init__(datastore, events_table_name=EVENTS_TABLE)
        self._facts = datastore
        self.insert_events_statement = (
            f"INSERT INTO {EVENTS_TABLE} "
            "(originator_id, originator_version, topic, state, event_id, seal) "
            "VALUES (?,?,?,?,?,?)"
        )

    @override
    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    @override
    def _insert_events(
        self,
        c: library.SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        event_ids: Sequence[UUID] | None = None,
        seals: Sequence[bytes | None] | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Insert in order; without `event_ids` the place in the stream is the id."""
        ids: Sequence[UUID | str] = event_ids or [
            f"{stored.originator_id}/{stored.originator_version}"
            for stored in stored_events
        ]
        seals = seals or [None] * len(stored_events)
        positions = []
        for stored, event_id, seal in zip(stored_events, ids, seals, strict=True):
            c.execute(
                self.insert_events_statement,
                (
                    str(stored.originator_id),
                    stored.originator_version,
                    stored.topic,
                    stored.state,
                    str(event_id),
                    seal,
                ),
            )
            positions.append(c.lastrowid)
        return positions

    @override
    def read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        try:
            cursor = self._facts.reading().execute(statement, values)
            return list(cursor.fetchall())
        except sqlite.OperationalError as problem:
            raise OperationalError(problem) from problem

    @override
    @contextmanager
    def replica(self) -> Iterator[Replica]:
        with self._facts.transaction(commit=True) as cursor:

            def read(statement: str, values: Sequence[Any]) -> list[Any]:
                cursor.execute(statement, values)
                return list(cursor.fetchall())

            def add(rows: Sequence[StoredRow]) -> None:
                for row in rows:
                    cursor.execute(
                        f"INSERT INTO {EVENTS_TABLE} (rowid, originator_id, "
                        "originator_version, topic, state, event_id, seal) "
                        "VALUES (?,?,?,?,?,?,?)",
                        astuple(row),
                    )

            yield Replica(add, partial(self.rows, read=read))
