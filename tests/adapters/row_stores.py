"""Row stores on both engines, and facts where a store of facts would have them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, event, inspect, select

from adapters.persistence.row_engine import PostgresRows, RowEngine, SqliteRows
from adapters.persistence.row_store import RowStore
from domain.messages import Recorded
from domain.values import StreamId
from projections.fold import Projection
from tests.adapters.postgres_server import Database
from tests.projections.folding import EVERY_PROJECTION, rows_of


@dataclass
class Listed:
    """Facts in a list, where a store would have them in a file."""

    facts: Sequence[Recorded]

    def page(self, position: int, limit: int) -> Sequence[Recorded]:
        """Return a page."""
        return [fact for fact in self.facts if fact.position > position][:limit]

    def load(self, stream: StreamId, until: int | None = None) -> Sequence[Recorded]:
        """Return one stream."""
        found = [fact for fact in self.facts if fact.stream == stream]
        return [fact for fact in found if until is None or fact.version <= until]


class Place(Protocol):
    """Where rows lie, for as many processes as want to open it."""

    def engine(self) -> RowEngine:
        """Return a new engine on the same rows."""
        ...


@dataclass
class RowFile:
    """A file."""

    path: Path

    def engine(self) -> RowEngine:
        """Return a new engine on the same file."""
        return SqliteRows(self.path)


@dataclass
class RowDatabase:
    """A migrated database."""

    database: Database

    def engine(self) -> RowEngine:
        """Return a new engine on the same database, as the run-time role."""
        return PostgresRows(self.database.app)


@dataclass
class Shelves:
    """Opens row stores in one place, as several processes would."""

    place: Place
    opened: list[RowStore] = field(default_factory=list)

    def open(
        self, projections: Sequence[Projection[Any]] = EVERY_PROJECTION
    ) -> RowStore:
        """Open it once more."""
        store = self.bare(projections)
        store.create()
        return store

    def bare(
        self, projections: Sequence[Projection[Any]] = EVERY_PROJECTION
    ) -> RowStore:
        """Open it without making anything."""
        self.opened.append(RowStore(self.place.engine(), projections))
        return self.opened[-1]

    def close(self) -> None:
        """Close all that were opened."""
        for store in self.opened:
            store.close()

    def indexes(self) -> dict[str, set[str]]:
        """Return what is indexed, by the name of the table in use, without its slot."""
        engine = self.place.engine()
        try:
            with engine.reading() as connection:
                found = inspect(connection)
                return {
                    table.rpartition("_")[0]: {
                        _without_slot(str(index["name"]), table)
                        for index in found.get_indexes(table, engine.schema)
                    }
                    for table in found.get_table_names(engine.schema)
                    if table != "readers"
                }
        finally:
            engine.close()


def _without_slot(index: str, table: str) -> str:
    slot = table[-1]
    return index.replace(f"_{slot}_", "_", 1)


def keyed(store: RowStore, projection: Projection[Any]) -> dict[str, object]:
    """Return all rows of one projection as they are now, by their keys."""
    in_order = store.select(projection).order_by(store.table(projection).c.key)
    keys = [row.key for row in store.ask(in_order)]
    return dict(zip(keys, store.rows(projection, in_order), strict=True))


def everything(store: RowStore) -> dict[str, dict[str, object]]:
    """Return all rows of all projections by their keys."""
    return {
        projection.name: keyed(store, projection)
        for projection in EVERY_PROJECTION
        if projection.name in store.names()
    }


def whole(store: RowStore, projection: Projection[Any]) -> list[tuple[Any, ...]]:
    """Return all that is stored of one projection, past versions and words too."""
    tables = [store.table(projection)]
    if projection.words:
        tables.append(store.words(projection))
    return [
        tuple(row)
        for table in tables
        for row in sorted(store.ask(select(table)), key=repr)
    ]


def expected(facts: Sequence[Recorded]) -> dict[str, dict[str, object]]:
    """Return what a store has to hold after `facts`."""
    return {p.name: rows_of(p, facts) for p in EVERY_PROJECTION}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement that goes to a database of rows meanwhile."""
    said: list[str] = []

    def note(*given: Any) -> None:
        said.append(given[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
