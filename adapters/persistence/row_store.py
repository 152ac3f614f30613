"""Rows and the position they have reached, together in one transaction.

One `catch_up` serves a test, a query that wants to see its own write, and the
reader process: read a page of facts, fold, write rows and position.
"""

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pysqlite3.dbapi2 as sqlite
import structlog
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ExceptionContext,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from adapters.errors import Unavailable
from adapters.persistence.row_tables import RowTable
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code
from domain.messages import Recorded
from projections.fold import Projection

Row = TypeVar("Row")
PAGE = 2000
CHUNK = 500
KEPT_ROWS = 20_000
log = structlog.get_logger()


class Facts(Protocol):
    """Where facts are read in order."""

    def after(self, position: int, limit: int = PAGE) -> Sequence[Recorded]:
        """Return up to `limit` facts after `position`."""
        ...


@dataclass
class Shelf:
    """The rows of one projection that were used lately.

    A rebuild need not read back what it has just written. Should somebody else
    have moved the projection on meanwhile, the shelf is emptied.
    """

    table: RowTable[Any]
    position: int = 0
    rows: "OrderedDict[str, Any]" = field(default_factory=OrderedDict)
    changed: set[str] = field(default_factory=set)

    def tidy(self) -> None:
        """Keep what was used last, up to a limit; nothing that is only added."""
        if self.table.projection.only_adds:
            self.rows.clear()
        else:
            for key in self.changed:
                self.rows.move_to_end(key)
            while len(self.rows) > KEPT_ROWS:
                self.rows.popitem(last=False)
        self.changed.clear()


class RowStore:
    """Every read model of one installation, in one file that can be rebuilt."""

    def __init__(self, path: Path, projections: Sequence[Projection[Any]]) -> None:
        """Use the views file at `path`; tables are made by `create`."""
        self._metadata = MetaData()
        self._tables: dict[str, RowTable[Any]] = {
            projection.name: RowTable(projection, self._metadata)
            for projection in projections
        }
        self._positions = Table(
            "positions",
            self._metadata,
            Column("projection", Text, primary_key=True),
            Column("position", Integer, nullable=False),
            Column("problem", Text),
        )
        self._reader = _engine(path)
        self._writer = _engine(path)
        event.listen(self._writer, "begin", _begin_immediate)

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()
        self._writer.dispose()

    def create(self) -> None:
        """Create what is missing; a projection that is new starts from fact one."""
        with self._writing() as connection:
            self._metadata.create_all(connection)

    def names(self) -> tuple[str, ...]:
        """Return the names of all projections."""
        return tuple(self._tables)

    def positions(self) -> dict[str, int]:
        """Return how far each projection has read."""
        with self._reader.connect() as connection:
            return self._reached(connection)

    def position(self, name: str) -> int:
        """Return how far the reader `name` has come; 0 before its first page."""
        return self.positions().get(name, 0)

    def advance(self, name: str, position: int) -> None:
        """Remember that the reader `name` has come to `position`."""
        with self._writing() as connection:
            self._remember(connection, name, position, None)

    def problems(self) -> dict[str, str]:
        """Return the projections that stand still, and why."""
        with self._reader.connect() as connection:
            rows = connection.execute(select(self._positions))
            return {row.projection: row.problem for row in rows if row.problem}

    def reset(self, name: str) -> None:
        """Empty one projection; the next `catch_up` folds it from fact one."""
        with self._writing() as connection:
            connection.execute(delete(self._tables[name].table))
            connection.execute(
                delete(self._positions).where(self._positions.c.projection == name)
            )

    def catch_up(
        self,
        facts: Facts,
        names: Sequence[str] = (),
        on_page: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Fold all new facts into the rows of `names` (default: all).

        Args:
            facts: where to read.
            names: which projections.
            on_page: is told the position after each page.

        Returns: how many facts were read.
        """
        wanted = names or self.names()
        if not self._is_behind(facts, wanted):
            return 0
        shelves = [Shelf(self._tables[name]) for name in wanted]
        read = 0
        with _collecting_garbage_later():
            while page := self._page(facts, shelves):
                read += len(page)
                on_page(page[-1].position)
                gc.collect(0)
        return read

    def _is_behind(self, facts: Facts, names: Sequence[str]) -> bool:
        """Whether there is anything to read; asked without the write lock."""
        reached = self.positions()
        return bool(facts.after(min(reached.get(name, 0) for name in names), 1))

    def _page(self, facts: Facts, shelves: list[Shelf]) -> Sequence[Recorded]:
        """Fold one page into every shelf that can still move."""
        with self._writing() as connection:
            reached = self._reached(connection)
            stuck = self._stuck(connection)
            moving = [s for s in shelves if s.table.projection.name not in stuck]
            if not moving:
                return ()
            start = min(reached.get(s.table.projection.name, 0) for s in moving)
            page = facts.after(start, PAGE)
            if not page:
                return ()
            for shelf in moving:
                name = shelf.table.projection.name
                position = reached.get(name, 0)
                if shelf.position != position:
                    shelf.rows.clear()
                behind = [fact for fact in page if fact.position > position]
                if behind:
                    self._fold(connection, shelf, behind)
        return page

    def _fold(
        self, connection: Connection, shelf: Shelf, facts: Sequence[Recorded]
    ) -> None:
        """Write rows and position of one projection, or only its problem."""
        projection = shelf.table.projection
        try:
            with connection.begin_nested():
                self._fold_all(connection, shelf, facts)
        except (DBAPIError, Unavailable):
            raise
        except Exception as problem:  # noqa: BLE001 - a reader stops and says so
            told = repr(problem)  # a traceback would stand in a caseworker's terminal
            log.error(  # noqa: TRY400 - see above
                "projection.stopped", projection=projection.name, problem=told
            )
            shelf.rows.clear()
            shelf.changed.clear()
            self._remember(connection, projection.name, None, told)
            return
        shelf.position = facts[-1].position
        self._remember(connection, projection.name, shelf.position, None)

    def _fold_all(
        self, connection: Connection, shelf: Shelf, facts: Sequence[Recorded]
    ) -> None:
        projection = shelf.table.projection
        keys = {fact.position: projection.keys(fact) for fact in facts}
        if not projection.only_adds:
            wanted = {key for some in keys.values() for key in some}
            self._fetch(connection, shelf, wanted)
        for fact in facts:
            for key in keys[fact.position]:
                shelf.rows[key] = projection.apply(key, shelf.rows.get(key), fact)
                shelf.changed.add(key)
        self._write(connection, shelf)

    def _fetch(self, connection: Connection, shelf: Shelf, keys: set[str]) -> None:
        missing = [key for key in keys if key not in shelf.rows]
        table = shelf.table.table
        for chunk in _chunks(missing):
            found = connection.execute(select(table).where(table.c.key.in_(chunk)))
            for row in found.mappings():
                shelf.rows[row["key"]] = shelf.table.to_row(row)

    def _write(self, connection: Connection, shelf: Shelf) -> None:
        table = shelf.table.table
        gone = [key for key in shelf.changed if shelf.rows[key] is None]
        for chunk in _chunks(gone):
            connection.execute(delete(table).where(table.c.key.in_(chunk)))
        written = [
            shelf.table.to_columns(key, shelf.rows[key])
            for key in shelf.changed
            if shelf.rows[key] is not None
        ]
        if written:
            connection.execute(insert(table).prefix_with("OR REPLACE"), written)
        shelf.tidy()

    def _remember(
        self,
        connection: Connection,
        name: str,
        position: int | None,
        problem: str | None,
    ) -> None:
        table = self._positions
        values: dict[str, Any] = {"problem": problem}
        if position is not None:
            values["position"] = position
        done = connection.execute(
            update(table).where(table.c.projection == name).values(**values)
        )
        if not done.rowcount:
            connection.execute(
                insert(table), {"projection": name, "position": 0, **values}
            )

    def _reached(self, connection: Connection) -> dict[str, int]:
        rows = connection.execute(select(self._positions))
        return {row.projection: row.position for row in rows}

    def _stuck(self, connection: Connection) -> set[str]:
        rows = connection.execute(select(self._positions))
        return {row.projection for row in rows if row.problem}

    def table(self, projection: Projection[Row]) -> Table:
        """Return the table of one projection, for a query."""
        return self._tables[projection.name].table

    def rows(
        self, projection: Projection[Row], query: Select[Any] | None = None
    ) -> list[Row]:
        """Return typed rows; `query` selects from `table(projection)`."""
        table: RowTable[Row] = self._tables[projection.name]
        chosen = select(table.table) if query is None else query
        with self._reader.connect() as connection:
            found = connection.execute(chosen).mappings().all()
        return [table.to_row(row) for row in found]

    def row(self, projection: Projection[Row], key: str) -> Row | None:
        """Return one row by its key."""
        table = self.table(projection)
        found = self.rows(projection, select(table).where(table.c.key == key))
        return found[0] if found else None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection


@contextmanager
def _collecting_garbage_later() -> Iterator[None]:
    """Spare a rebuild the walks over its many rows; they hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _chunks(keys: Sequence[str], size: int = CHUNK) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _engine(path: Path) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=sqlite,
        creator=lambda: connect(path, durable=False),
        poolclass=QueuePool,
    )

    def away(context: ExceptionContext) -> None:
        problem = context.original_exception
        if type(problem) in {sqlite.OperationalError, sqlite.DatabaseError}:
            missing = "no such table" in str(problem)
            code = Code.STORE_MISSING if missing else Code.STORE_UNAVAILABLE
            raise Unavailable(code, path=str(path), problem=str(problem)) from problem

    event.listen(engine, "handle_error", away)
    return engine


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once; the driver itself would begin too late."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
