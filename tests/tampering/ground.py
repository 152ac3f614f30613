"""Where a history lies while it is tampered with: an engine, and files.

On PostgreSQL the intruder is a superuser whose triggers are off; on SQLite the table
was made anew without triggers and unique indexes.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from typing_extensions import override

from adapters.ledger.book import Book
from adapters.ledger.checking import Verdict, check
from adapters.ledger.deciding import decide_again
from adapters.ledger.doubts import Doubts
from adapters.persistence import migrations
from adapters.persistence.event_store import FactStore, SqliteEventStore
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.mapper import FactMapper
from adapters.persistence.postgres_event_store import PostgresEventStore
from domain.values import SubjectRef
from tests.adapters.postgres_server import Database
from tests.tampering import keys as person_keys
from tests.tampering.history import History

BY_THE_RULES = 2
"""From this level on the rules are asked about every fact."""

COLUMNS = "originator_id, originator_version, topic, state, event_id, seal"
UNGUARDED = (
    "DROP TABLE stored_events",
    f"CREATE TABLE stored_events (rowid INTEGER PRIMARY KEY, {COLUMNS})",
)
ALTER = "ALTER TABLE gadelys.stored_events"
WITHOUT_TRIGGERS = (
    "SET session_replication_role = replica",
    f"{ALTER} DROP CONSTRAINT stored_events_event_id_key",
    f"{ALTER} DROP CONSTRAINT stored_events_originator_id_originator_version_key",
    "DROP INDEX gadelys.findings_by_walk, gadelys.findings_by_master",
)


class Engine(ABC):
    """One engine, reached below the store."""

    name: str
    store: FactStore

    @abstractmethod
    def change(self, gone: Sequence[int], come: Sequence[StoredRow]) -> None:
        """Take the facts at some positions away, and put others there."""

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""


class SqliteEngine(Engine):
    """A file."""

    name = "sqlite"

    def __init__(self, path: Path, mapper: FactMapper) -> None:
        """Make the file at `path` and take its guards away."""
        migrations.migrate(path)
        self.store = SqliteEventStore(path, mapper)
        self._below = sqlite.connect(path, isolation_level=None)
        self._below.execute("PRAGMA synchronous=OFF")
        for statement in UNGUARDED:
            self._below.execute(statement)

    @override
    def change(self, gone: Sequence[int], come: Sequence[StoredRow]) -> None:
        self._below.execute("BEGIN IMMEDIATE")
        self._below.executemany(
            "DELETE FROM stored_events WHERE rowid = ?", ((one,) for one in gone)
        )
        self._below.executemany(
            "INSERT INTO stored_events VALUES (?,?,?,?,?,?,?)", map(astuple, come)
        )
        self._below.execute("COMMIT")

    @override
    def close(self) -> None:
        self.store.close()
        self._below.close()


class PostgresEngine(Engine):
    """A database."""

    name = "postgres"

    def __init__(self, database: Database, mapper: FactMapper) -> None:
        """Take the guards of a migrated `database` away."""
        self.store = PostgresEventStore(database.app, mapper)
        self._below = psycopg.connect(database.superuser.get_secret_value())
        for statement in WITHOUT_TRIGGERS:
            self._below.execute(statement)
        self._below.commit()

    @override
    def change(self, gone: Sequence[int], come: Sequence[StoredRow]) -> None:
        with self._below.transaction(), self._below.cursor() as cursor:
            cursor.execute(
                "DELETE FROM gadelys.stored_events WHERE notification_id = ANY(%s)",
                ([*gone],),
            )
            values: Sequence[tuple[Any, ...]] = [astuple(row) for row in come]
            cursor.executemany(
                f"INSERT INTO gadelys.stored_events (notification_id, {COLUMNS})"
                " VALUES (%s,%s,%s,%s,%s,%s,%s)",
                values,
            )

    @override
    def close(self) -> None:
        self.store.close()
        self._below.close()


@dataclass
class Ground:
    """An engine and a folder in which one history after the other is laid.

    `keys` is the file with the keys of persons, which the engine opens words with.
    """

    engine: Engine
    folder: Path
    keys: Path
    _keys: Mapping[SubjectRef, person_keys.Entry] = field(default_factory=dict)
    _rows: Sequence[StoredRow] = field(default=())
    _files: dict[Path, bytes] = field(default_factory=dict)

    def lay(self, history: History) -> None:
        """Let exactly this history lie there."""
        there, wanted_there = set(self._rows), set(history.rows)
        if there != wanted_there:
            gone = [row.position for row in self._rows if row not in wanted_there]
            come = [row for row in history.rows if row not in there]
            self.engine.change(gone, come)
            self._rows = [*history.rows]
        if self._keys != history.keys:
            person_keys.put(self.keys, history.keys)
            self._keys = history.keys
        wanted = {
            **_placed(self.folder / "nodes", history.nodes),
            **_placed(self.folder / "checkpoints", history.notes),
        }
        for path in self._files.keys() - wanted.keys():
            path.unlink()
        for path, content in wanted.items():
            if self._files.get(path) != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self._files = wanted

    def verdict(self, history: History) -> Verdict:
        """Lay it and look at it as an auditor does."""
        self.lay(history)
        verdict = check(
            self.engine.store,
            Book(self.folder),
            history.trust,
            level=history.level,
            since=history.since,
            receipts=history.receipts,
            forgotten=person_keys.forgotten(history.keys) if history.level else None,
        )
        if history.level < BY_THE_RULES or verdict.doubts:
            return verdict
        doubts = Doubts()
        decide_again(self.engine.store, doubts)
        return replace(verdict, doubts=doubts.in_order, counts=doubts.count)


def _placed(folder: Path, files: Mapping[str, bytes]) -> dict[Path, bytes]:
    return {folder / name: content for name, content in files.items()}


@contextmanager
def ground(engine: Engine, folder: Path, keys_file: Path) -> Iterator[Ground]:
    """Give an empty ground, and close it in the end."""
    with closing(engine):
        yield Ground(engine, folder, keys_file)
