"""The two kinds of store, for tests that hold for both: open, and reached below."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pysqlite3.dbapi2 as sqlite
from typing_extensions import override

from adapters.persistence import migrations
from adapters.persistence.event_store import FactStore, SqliteEventStore
from adapters.persistence.mapper import FactMapper
from adapters.persistence.postgres_event_store import PostgresEventStore
from adapters.persistence.sqlite_engine import connect
from tests.adapters.postgres_server import Database


@dataclass
class Backend(ABC):
    """One kind of store, migrated: how to open it, and how to reach below it."""

    opened: list[FactStore] = field(default_factory=list, init=False)

    table: ClassVar[str]
    position: ClassVar[str]
    refusal: ClassVar[type[Exception]]

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it lies, for a process of its own."""

    @abstractmethod
    def below(self, statement: str, *values: object) -> list[Any]:
        """Run one statement past the store, as an intruder would.

        The statement says `{table}`, `{position}` and `?`.
        """

    @abstractmethod
    def make(self, mapper: FactMapper | None = None) -> FactStore:
        """Return a store."""

    def open(self, mapper: FactMapper | None = None) -> FactStore:
        """Return a store that is closed in the end."""
        self.opened.append(self.make(mapper))
        return self.opened[-1]

    def close(self) -> None:
        """Close all stores that were opened."""
        for store in self.opened:
            store.close()

    def add(self, stream: str, topic: str, state: bytes, event_id: str) -> None:
        """Put a fact below the store at the head of a stream of its own."""
        self.below(
            "INSERT INTO {table} ({position}, originator_id, originator_version, "
            "topic, state, event_id) VALUES (1, ?, 1, ?, ?, ?)",
            *(stream, topic, state, event_id),
        )


@dataclass
class SqliteBackend(Backend):
    """A file."""

    path: Path

    table = "stored_events"
    position = "rowid"
    refusal = sqlite.IntegrityError

    def __post_init__(self) -> None:
        """Create the file."""
        migrations.migrate(self.path)

    @property
    @override
    def place(self) -> str:
        return str(self.path)

    @override
    def below(self, statement: str, *values: object) -> list[Any]:
        connection = connect(self.path, durable=True)
        text = statement.format(table=self.table, position=self.position)
        try:
            return [tuple(row) for row in connection.execute(text, values)]
        finally:
            connection.close()

    @override
    def make(self, mapper: FactMapper | None = None) -> FactStore:
        return SqliteEventStore(self.path, mapper)


@dataclass
class PostgresBackend(Backend):
    """A database."""

    database: Database

    table = "gadelys.stored_events"
    position = "notification_id"
    refusal = psycopg.IntegrityError

    @property
    @override
    def place(self) -> str:
        return self.database.app.get_secret_value()

    @override
    def below(self, statement: str, *values: object) -> list[Any]:
        text = statement.format(table=self.table, position=self.position)
        return self.database.run(self.database.owner, text.replace("?", "%s"), *values)

    @override
    def make(self, mapper: FactMapper | None = None) -> FactStore:
        return PostgresEventStore(self.database.app, mapper)
