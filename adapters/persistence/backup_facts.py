"""The facts of a backup: one SQLite file, whatever engine they come from."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pysqlite3.dbapi2 as sqlite
from eventsourcing.persistence import StoredEvent

from adapters.persistence import migrations
from adapters.persistence.backup_manifest import (
    EVENTS,
    damaged,
)
from adapters.persistence.copying import Copied, Source, copy
from adapters.persistence.durable_files import OWNER_ONLY_FILE
from adapters.persistence.event_store import SqliteEventStore, storing
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.mapper import FactMapper
from adapters.persistence.recorder import EVENTS_TABLE
from adapters.persistence.sqlite_engine import check_version, connect
from domain.finding.events import PhotoAdded
from domain.messages import Event
from domain.publication.events import PublicationDrafted

DRAFTED = "publication.drafted."
"""How the names of the facts begin that name a document, in every version."""

COLUMNS = "rowid, originator_id, originator_version, topic, state, event_id"
SEALED_SINCE = 3
"""The first shape of the file in which facts have seals."""


def save_facts(source: Source, path: Path, on_page: Callable[[int], None]) -> Copied:
    """Write all facts there are now into a new file that needs no `-wal` beside it.

    Raises: Unavailable (store_unavailable); Refused (copy_differs).
    """
    last = source.last_position()
    path.touch(mode=OWNER_ONLY_FILE)
    migrations.migrate(path)
    with closing(SqliteEventStore(path)) as target:
        done = copy(source, target, on_page, up_to=last)
    one_file(path)
    return done


def saved_copy(live: Path, target: Path) -> None:
    """Copy a database that others work on, as it is at one moment, into one file."""
    target.touch(mode=OWNER_ONLY_FILE)
    with (
        closing(connect(live, durable=True)) as source,
        closing(sqlite.connect(target)) as copied,
    ):
        source.backup(copied)
    one_file(target)


def one_file(path: Path) -> None:
    """Bring a database that nobody uses into one file without a log beside it."""
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


class SavedFacts:
    """The facts in a backup, read without changing a byte of it."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path` as one that nobody writes to."""
        check_version()
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite.connect(address, uri=True, isolation_level=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file.

        Raises: Refused (backup_damaged) for what SQLite could not read in it.
        """
        self._connection.close()
        if isinstance(problem, sqlite.DatabaseError):
            raise damaged(EVENTS) from problem

    @property
    def schema_version(self) -> int:
        """The shape of the file."""
        [[version]] = self._read("PRAGMA user_version")
        return int(version)

    def rows(self, position: int, limit: int) -> list[StoredRow]:
        """Return up to `limit` facts after `position` as they lie in the file."""
        return self._rows("WHERE rowid>? ORDER BY rowid LIMIT ?", position, limit)

    def last_position(self) -> int:
        """Return the position of the newest fact; 0 when there is none."""
        [[last]] = self._read(f"SELECT MAX(rowid) FROM {EVENTS_TABLE}")
        return last or 0

    def documents(self) -> set[str]:
        """Return the digests of all texts that facts name.

        Raises: Unavailable (unreadable_fact).
        """
        events = self._events(f"{DRAFTED}*")
        return {one.content for one in events if isinstance(one, PublicationDrafted)}

    def photos(self) -> set[str]:
        """Return the digests of all photos that facts name.

        Raises: Unavailable (unreadable_fact).
        """
        events = self._events(PhotoAdded.TOPIC)
        return {one.content for one in events if isinstance(one, PhotoAdded)}

    def _events(self, topics: str) -> list[Event]:
        mapper = FactMapper()
        with storing():
            return [
                mapper.fact(
                    StoredEvent(row.stream, row.version, row.topic, row.state)
                ).event
                for row in self._rows("WHERE topic GLOB ?", topics)
            ]

    def _rows(self, which: str, *values: object) -> list[StoredRow]:
        seal = "seal" if self.schema_version >= SEALED_SINCE else "NULL"
        found = self._read(
            f"SELECT {COLUMNS}, {seal} FROM {EVENTS_TABLE} {which}", *values
        )
        return [StoredRow(*row) for row in found]

    def _read(self, statement: str, *values: object) -> list[Any]:
        return list(self._connection.execute(statement, values))
