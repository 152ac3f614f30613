"""Rows and the position they have reached, together in one transaction.

One `catch_up` serves a test, a query that wants to see its own write, and the
reader process: read a page of facts, fold, write rows and position. Folding needs
no lock; what was folded is written only if nobody moved the projection meanwhile.
"""

import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import structlog
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from adapters.errors import Unavailable
from adapters.persistence.event_store import Unreadable
from adapters.persistence.row_engine import RowEngine, Values, chunks, full_name
from adapters.persistence.row_folding import (
    Changes,
    Facts,
    Seen,
    Shelf,
    Stored,
    named,
    shelf_of,
)
from adapters.persistence.row_tables import SLOTS, RowTable, Slot, is_in_slot
from domain.errors import Code, Conflict
from domain.messages import Recorded
from domain.values import StreamId
from projections.danish import words
from projections.fold import Projection

RowT = TypeVar("RowT")
PAGE = 2000

ENOUGH_IN_VAIN = 20
"""So often a page is begun without anybody coming further: the disk keeps nothing.

A few are others who were quicker: a rebuild swapped in, rows made anew.
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a reader has come with what lies in one slot."""

    slot: Slot
    position: int
    problem: str | None
    run: str | None = None


NOWHERE = Reached(SLOTS[0], 0, None)


@dataclass(frozen=True, slots=True)
class Beside:
    """One rebuild: its own name, and into which slot each projection is folded."""

    run: str
    slots: Mapping[str, Slot]


Ready = tuple[Shelf[Any], Changes[Any], list[Values]]
"""What one page changes in one projection, and its rows ready for the driver."""

Fill = Callable[[Beside], int]
"""Fills slots in some quicker way and returns the position they have reached."""


class PartOfFacts(Facts, Protocol):
    """Some of all streams: every stream is in exactly one part."""

    def part(
        self, position: int, limit: int
    ) -> tuple[Sequence[Recorded | Unreadable], int]:
        """Return those of the next `limit` facts that are in it, and the last place."""
        ...


class RowStore:
    """Every read model of one installation; can be made again from the facts."""

    def __init__(
        self, engine: RowEngine, projections: Sequence[Projection[Any]]
    ) -> None:
        """Use the database of `engine`; tables are made by `create`."""
        self._engine = engine
        self._stored = MetaData(schema=engine.schema)
        views = MetaData(schema=engine.schema)
        self._tables: dict[str, RowTable[Any]] = {
            projection.name: RowTable(projection, self._stored, views, engine.dialect)
            for projection in projections
        }
        self._readers = Table(
            "readers",
            self._stored,
            Column("reader", Text, primary_key=True),
            Column("slot", Text, primary_key=True),
            Column("position", BigInteger, nullable=False),
            Column("problem", Text),
            Column("in_use", Boolean, nullable=False),
            Column("run", Text),
        )
        self._used = select(self._readers).where(self._readers.c.in_use)
        self._shelves: dict[str, Shelf[Any]] = {}
        self._folding = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        self._engine.close()

    def create(self) -> None:
        """Create what is missing; a projection that is new starts from fact one."""
        with self._engine.writing() as connection:
            self._engine.lock(connection)
            self._clear_first_shape(connection)
            self._readers.create(connection, checkfirst=True)
            self._drop_gone(connection)
            there = self._in_use(connection)
            for name in self._tables.keys() - there.keys():
                self._make(connection, name, NOWHERE.slot)
                self._put_into_use(connection, name, NOWHERE.slot)

    def _clear_first_shape(self, connection: Connection) -> None:
        """Drop tables without slots, as the first version of this program had them."""
        schema = self._engine.schema
        there = inspect(connection).get_table_names(schema)
        if "positions" in there:
            for name in there:
                connection.execute(text(f'DROP TABLE "{name}"'))

    def _drop_gone(self, connection: Connection) -> None:
        """Drop projections that this program no longer has."""
        schema = self._engine.schema
        known = {table.name for table in self._stored.tables.values()}
        views = {one for name in self._tables for one in (name, f"{name}_words")}
        for name in set(inspect(connection).get_view_names(schema)) - views:
            connection.execute(text(f"DROP VIEW {self._named(name)}"))
            self._forget(connection, name)
        for name in set(inspect(connection).get_table_names(schema)) - known:
            if is_in_slot(name):
                connection.execute(text(f"DROP TABLE {self._named(name)}"))

    def _named(self, name: str) -> str:
        return full_name(Table(name, MetaData(schema=self._engine.schema)))

    # ---- how far ----

    def names(self) -> tuple[str, ...]:
        """Return the names of all projections."""
        return tuple(self._tables)

    def positions(self) -> dict[str, int]:
        """Return how far each reader has read."""
        with self._engine.reading() as connection:
            found = self._in_use(connection)
        return {name: reached.position for name, reached in found.items()}

    def position(self, name: str) -> int:
        """Return how far the reader `name` has come; 0 before its first page."""
        return self.positions().get(name, 0)

    def advance(self, name: str, position: int) -> None:
        """Remember that the reader `name` has come to `position`."""
        with self._engine.writing() as connection:
            self._remember(connection, name, Reached(NOWHERE.slot, position, None))

    def problems(self) -> dict[str, str]:
        """Return the projections that stand still, and at which fact."""
        with self._engine.reading() as connection:
            found = self._in_use(connection)
        return {name: at.problem for name, at in found.items() if at.problem}

    def try_writing(self) -> None:
        """Write in a transaction of which nothing is kept.

        Raises: Unavailable (store_unavailable) when that is not possible.
        """
        nobody = {"reader": str(uuid4()), "slot": NOWHERE.slot, "in_use": False}
        with self._engine.writing() as connection:
            taken_back = connection.begin_nested()
            connection.execute(insert(self._readers).values(**nobody, position=0))
            taken_back.rollback()

    # ---- folding ----

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

        Raises: Unavailable (store_unavailable) also when a page is written again and
            again and is not there.
        """
        wanted = names or self.names()
        with self._folding, _collecting_garbage_later():
            return self._read_on(facts, lambda: self._moving(wanted), on_page)

    def rebuild(
        self,
        facts: Facts,
        names: Sequence[str] = (),
        on_page: Callable[[int], None] = lambda _: None,
        fill: "Fill | None" = None,
    ) -> int:
        """Fold `names` from fact one beside what is in use, then swap.

        Questions and other processes go on with the old rows until then.

        Args:
            facts: where to read.
            names: which projections (default: all).
            on_page: is told the position after each page.
            fill: does most of the work before, in several processes.

        Returns: up to which position they were folded.

        Raises: Unavailable (projection_stopped) when one of them meets a fact it
            cannot digest; then the old rows stay in use.
        """
        wanted = names or self.names()
        with self._folding, _collecting_garbage_later():
            beside = Beside(str(uuid4()), {name: self._beside(name) for name in wanted})
            self._begin(beside)
            if fill:
                self._filled(beside, fill(beside))
            shelves = [shelf_of(self._tables[n], s) for n, s in beside.slots.items()]
            self._read_on(facts, lambda: self._shelves_beside(beside, shelves), on_page)
            self._index(shelves)
            read = 1
            while not self._swapped(beside, shelves, there_is_more=read > 0):
                read = self._read_on(
                    facts, lambda: self._shelves_beside(beside, shelves), on_page
                )
            self._shelves.clear()
        return min(shelf.position for shelf in shelves)

    def retell(self, facts: Facts, streams: Sequence[StreamId]) -> None:
        """Make the rows of some streams anew, and leave nothing of the old ones.

        Who folds meanwhile, or has folded them before, begins again with what is
        stored; a rebuild that is under way is given up.

        Raises: Unavailable (unreadable_fact, projection_stopped).
        """
        touched: list[Table] = []
        with self._folding:
            for name in self.names():
                shelf = shelf_of(self._tables[name], NOWHERE.slot)
                if own := [stream for stream in streams if shelf.reads(stream)]:
                    try:
                        touched += self._retell(name, facts, own)
                    except _RowRefused as refused:
                        _refuse_poison(name, refused.problem)
            self._shelves.clear()
        self._engine.scrub(touched)

    def _retell(
        self, name: str, facts: Facts, streams: Sequence[StreamId]
    ) -> list[Table]:
        """Make the rows of some streams anew; return tables that rows are gone from."""
        with self._engine.writing() as connection:
            self._engine.lock(connection)
            used = self._locked(connection, name)
            self._drop(connection, name, _other(used.slot))
            self._mark(connection, name, used.slot, {"run": str(uuid4())})
            shelf = shelf_of(self._tables[name], used.slot)
            loaded = [fact for stream in streams for fact in facts.load(stream)]
            known = [fact for fact in loaded if fact.position <= used.position]
            changes = shelf.retold(known)
            with _blaming(shelf), self._engine.driving():
                self._write(connection, shelf, changes, self._ready(shelf, changes))
        return list(shelf.table.tables(used.slot)) if changes.gone else []

    def _locked(self, connection: Connection, name: str) -> Reached:
        """Return how far a projection is; nobody moves it until we are done."""
        readers = self._readers
        mine = select(readers).where(readers.c.reader == name, readers.c.in_use)
        return _reached(connection.execute(mine.with_for_update()).one())

    def fold_part(
        self,
        facts: "PartOfFacts",
        beside: Beside,
        until: int,
        on_page: Callable[[int], None],
    ) -> None:
        """Fold one part of all streams up to `until`, into the slots `beside`.

        Raises: Unavailable (projection_stopped) as `rebuild`; Conflict
            (rebuild_abandoned) when another rebuild has begun meanwhile.
        """
        shelves = [shelf_of(self._tables[n], s) for n, s in beside.slots.items()]
        position = 0
        with _collecting_garbage_later():
            while position < until:
                page, position = facts.part(position, min(PAGE, until - position))
                self._add_part(shelves, page, facts, beside)
                on_page(position)
                gc.collect(0)

    def _add_part(
        self,
        shelves: Sequence[Shelf[Any]],
        page: Sequence[Recorded | Unreadable],
        facts: Facts,
        beside: Beside,
    ) -> None:
        if not page:
            return
        seen = [(f.stream.partition("/")[0], f) for f in page]
        folded = [(shelf, shelf.folded(seen, facts, self._fetch)) for shelf in shelves]
        for shelf, changes in folded:
            _refuse_poison(shelf.name, changes.problem)
            shelf.position = changes.position
        try:
            self._add(
                beside, [(one, new, self._ready(one, new)) for one, new in folded]
            )
        except _RowRefused as refused:
            _refuse_poison(refused.shelf.name, refused.problem)

    def _add(self, beside: Beside, rows: Sequence[Ready]) -> None:
        with self._engine.in_line(), self._engine.writing() as connection:
            self._refuse_abandoned(connection, beside)
            for shelf, changes, ready in rows:
                with _blaming(shelf), self._engine.driving():
                    self._write(connection, shelf, changes, ready)

    def _read_on(
        self,
        facts: Facts,
        moving: Callable[[], list[Shelf[Any]]],
        on_page: Callable[[int], None],
    ) -> int:
        read = in_vain = 0
        begun_at = -1
        while shelves := moving():
            start = min(shelf.position for shelf in shelves)
            in_vain = in_vain + 1 if start == begun_at else 0
            _refuse_standstill(start, in_vain)
            begun_at = start
            page = [(f.stream.partition("/")[0], f) for f in facts.page(start, PAGE)]
            if not page:
                break
            if self._written(shelves, page, facts):
                read += len(page)
                on_page(page[-1][1].position)
            gc.collect(0)
        return read

    def _moving(self, names: Sequence[str]) -> list[Shelf[Any]]:
        """Return the shelves of projections that can move, each where it has come."""
        with self._engine.reading() as connection:
            reached = self._in_use(connection)
        moving = []
        for name in names:
            at = reached.get(name, NOWHERE)
            shelf = self._shelves.get(name)
            if shelf is None or shelf.slot != at.slot:
                shelf = self._shelves[name] = shelf_of(self._tables[name], at.slot)
            shelf.moved_to(at.position, at.run)
            if at.problem is None:
                moving.append(shelf)
        return moving

    def _written(
        self, shelves: Sequence[Shelf[Any]], page: Sequence[Seen], facts: Facts
    ) -> bool:
        """Fold one page and write it; unless somebody else was quicker."""
        moving = [one for one in shelves if page[-1][1].position > one.position]
        written = False
        try:
            folded = [
                (shelf, shelf.folded(page, facts, self._fetch)) for shelf in moving
            ]
            written = self._write_all(
                [(one, new, self._ready(one, new)) for one, new in folded]
            )
        except _RowRefused as refused:
            shelf = refused.shelf
            shelf.forget()
            self._written_singly(shelf, page, facts, refused.problem)
        except Unavailable as gone:
            if gone.code is not Code.STORE_MISSING or not self._is_elsewhere(moving):
                raise
        finally:
            if not written:
                # What was folded is on no disk, also when another one could not fold.
                for one in moving:
                    one.forget()
        if written:
            for shelf, changes in folded:
                shelf.position = changes.position
                _tell_of(shelf.name, changes.problem)
        return written

    def _written_singly(
        self, shelf: Shelf[Any], page: Sequence[Seen], facts: Facts, problem: str
    ) -> None:
        """Find the fact whose row the database refuses, and stop before it."""
        own = [seen for seen in page if seen[1].position > shelf.position]
        if len(own) == 1:
            fact = own[0][1]
            told = named(fact, problem)
            reached = Reached(shelf.slot, fact.position - 1, told)
            with self._engine.writing() as connection:
                if self._still_there(connection, [shelf]):
                    self._remember(connection, shelf.name, reached)
            _tell_of(shelf.name, told)
            return
        for seen in own:
            if not self._written([shelf], [seen], facts):
                return

    def _is_elsewhere(self, shelves: Sequence[Shelf[Any]]) -> bool:
        """Whether a rebuild has been swapped in, or has taken the slot over."""
        with self._engine.reading() as connection:
            used = self._in_use(connection)
        return any(used.get(one.name, NOWHERE).slot != one.slot for one in shelves)

    def _write_all(self, rows: Sequence[Ready]) -> bool:
        """Write what was folded, with the positions; unless others were quicker."""
        with self._engine.writing() as connection:
            if not self._still_there(connection, [shelf for shelf, _, _ in rows]):
                return False
            for shelf, changes, ready in rows:
                with _blaming(shelf), self._engine.driving():
                    self._write(connection, shelf, changes, ready)
                reached = Reached(shelf.slot, changes.position, changes.problem)
                self._remember(connection, shelf.name, reached)
        return True

    def _still_there(
        self, connection: Connection, shelves: Sequence[Shelf[Any]]
    ) -> bool:
        """Whether all are where they were read; nobody moves them until we are done."""
        at = {
            (row.reader, row.slot): (row.position, row.run)
            for row in connection.execute(
                select(self._readers)
                .where(self._readers.c.reader.in_([shelf.name for shelf in shelves]))
                .order_by(self._readers.c.reader, self._readers.c.slot)
                .with_for_update()
            )
        }
        return all(
            at.get((shelf.name, shelf.slot)) == (shelf.position, shelf.run)
            for shelf in shelves
        )

    def _fetch(self, shelf: Shelf[Any], keys: Sequence[str]) -> Iterable[Stored]:
        table = shelf.table.slots[shelf.slot]
        place = [table.c.key]
        if shelf.table.is_versioned:
            place += [table.c.from_at, table.c.known_from, table.c.told_at]
        query = select(*place, *shelf.table.columns_of(table))
        if shelf.table.is_versioned:
            query = query.where(table.c.current.is_(True))
        with self._engine.reading() as connection:
            for chunk in chunks(keys):
                for found in connection.execute(query.where(table.c.key.in_(chunk))):
                    yield found[: len(place)], shelf.table.to_row(found[len(place) :])

    def _ready(self, shelf: Shelf[Any], changes: Changes[Any]) -> list[Values]:
        """Return what will be added, ready for the driver, before any lock is held."""
        table = shelf.table
        with _blaming(shelf):
            return [
                *(table.values(*one) for one in changes.rows),
                *(table.version_values(*one) for one in changes.versions),
            ]

    def _write(
        self,
        connection: Connection,
        shelf: Shelf[Any],
        changes: Changes[Any],
        added: list[Values],
    ) -> None:
        """Write rows and words of one projection."""
        engine, table = self._engine, shelf.table
        rows = table.slots[shelf.slot]
        if changes.gone:
            engine.delete(connection, rows, changes.gone)
        if changes.ended:
            ended = [table.end_values(*one) for one in changes.ended]
            engine.update(connection, rows, table.ENDING, ended)
        if changes.touched:
            touched = [table.touch_values(*one) for one in changes.touched]
            engine.update(connection, rows, table.touching, touched)
        if added:
            engine.insert(connection, rows, added)
        if changes.words:
            found = table.word_slots[shelf.slot]
            engine.delete(connection, found, list(changes.words))
            lines = [
                (key, w) for key, said in changes.words.items() for w in words(said)
            ]
            engine.insert(connection, found, lines)

    def _remember(self, connection: Connection, name: str, reached: Reached) -> None:
        table = self._readers
        values = {"position": reached.position, "problem": reached.problem}
        done = connection.execute(
            update(table)
            .where(table.c.reader == name, table.c.slot == reached.slot)
            .values(**values)
        )
        if not done.rowcount:
            place = {"reader": name, "slot": reached.slot, "in_use": True}
            connection.execute(insert(table).values(**place, **values))

    def _in_use(self, connection: Connection) -> dict[str, Reached]:
        return {row.reader: _reached(row) for row in connection.execute(self._used)}

    # ---- making tables, and swapping them ----

    def _make(
        self, connection: Connection, name: str, slot: Slot, *, indexes: bool = True
    ) -> None:
        """Make the empty tables of one slot."""
        self._drop(connection, name, slot)
        for table in self._tables[name].tables(slot):
            later = set(table.indexes)
            if not indexes:
                table.indexes.clear()
            try:
                table.create(connection)
            finally:
                table.indexes |= later
        self._engine.keep_no_samples(connection, self._tables[name].personal(slot))
        here = {"reader": name, "slot": slot}
        connection.execute(
            insert(self._readers).values(**here, position=0, in_use=False)
        )

    def _drop(self, connection: Connection, name: str, slot: Slot) -> None:
        """Drop the tables of one slot, and forget how far they had come."""
        for table in self._tables[name].tables(slot):
            table.drop(connection, checkfirst=True)
        self._forget(connection, name, slot)

    def _forget(
        self, connection: Connection, name: str, slot: Slot | None = None
    ) -> None:
        readers = self._readers
        rows = delete(readers).where(readers.c.reader == name)
        connection.execute(rows.where(readers.c.slot == slot) if slot else rows)

    def _beside(self, name: str) -> Slot:
        """Make the slot that is not in use, and return which it is."""
        with self._engine.writing() as connection:
            self._engine.lock(connection)
            slot = _other(self._in_use(connection)[name].slot)
            self._make(connection, name, slot, indexes=False)
        return slot

    def _begin(self, beside: Beside) -> None:
        """Mark the slots as those of this run."""
        with self._engine.writing() as connection:
            for name, slot in beside.slots.items():
                self._mark(connection, name, slot, {"run": beside.run})

    def _filled(self, beside: Beside, until: int) -> None:
        """Remember that all parts have come to `until`."""
        with self._engine.writing() as connection:
            self._refuse_abandoned(connection, beside)
            for name, slot in beside.slots.items():
                self._mark(connection, name, slot, {"position": until})

    def _mark(
        self, connection: Connection, name: str, slot: Slot, values: dict[str, Any]
    ) -> None:
        table = self._readers
        here = update(table).where(table.c.reader == name, table.c.slot == slot)
        connection.execute(here.values(**values))

    def _shelves_beside(
        self, beside: Beside, shelves: list[Shelf[Any]]
    ) -> list[Shelf[Any]]:
        with self._engine.reading() as connection:
            self._refuse_abandoned(connection, beside)
            at = self._slots(connection)
        for shelf in shelves:
            reached = at[shelf.name, shelf.slot]
            _refuse_poison(shelf.name, reached.problem)
            shelf.moved_to(reached.position, reached.run)
        return shelves

    def _refuse_abandoned(self, connection: Connection, beside: Beside) -> None:
        """Refuse to go on with slots that another rebuild has taken over."""
        readers = self._readers
        runs = select(readers.c.reader).where(readers.c.run == beside.run)
        if {row.reader for row in connection.execute(runs)} != beside.slots.keys():
            raise Conflict(Code.REBUILD_ABANDONED)

    def _slots(self, connection: Connection) -> dict[tuple[str, str], Reached]:
        rows = connection.execute(select(self._readers))
        return {(row.reader, row.slot): _reached(row) for row in rows}

    def _index(self, shelves: Sequence[Shelf[Any]]) -> None:
        """Make the indexes after the rows: that is quicker than with each row."""
        for shelf in shelves:
            with self._engine.writing() as connection:
                for table in shelf.table.tables(shelf.slot):
                    for index in sorted(table.indexes, key=lambda one: str(one.name)):
                        index.create(connection)
        with self._engine.writing() as connection:
            for shelf in shelves:
                for table in shelf.table.tables(shelf.slot):
                    connection.execute(text(f"ANALYZE {full_name(table)}"))

    def _swapped(
        self, beside: Beside, shelves: Sequence[Shelf[Any]], *, there_is_more: bool
    ) -> bool:
        """Put the new rows into use, unless the old ones have come further.

        They have in vain when there is no more to read: they knew facts that are gone.
        """
        with self._engine.writing() as connection:
            self._engine.lock(connection)
            self._refuse_abandoned(connection, beside)
            used = self._in_use(connection)
            behind = [s for s in shelves if s.position < used[s.name].position]
            if behind and there_is_more:
                return False
            for shelf in shelves:
                self._put_into_use(connection, shelf.name, shelf.slot)
                self._drop(connection, shelf.name, used[shelf.name].slot)
        return True

    def _put_into_use(self, connection: Connection, name: str, slot: Slot) -> None:
        table = self._tables[name]
        pairs = [(table.view, table.slots[slot])]
        if table.word_slots:
            pairs.append((table.words_view, table.word_slots[slot]))
        for view, stored in pairs:
            connection.execute(text(f"DROP VIEW IF EXISTS {full_name(view)}"))
            connection.execute(
                text(
                    f"CREATE VIEW {full_name(view)} AS "
                    f"SELECT * FROM {full_name(stored)}"
                )
            )
        readers = self._readers
        connection.execute(
            update(readers)
            .where(readers.c.reader == name)
            .values(in_use=readers.c.slot == slot, run=str(uuid4()))
        )

    # ---- asking ----

    def table(self, projection: Projection[Any]) -> Table:
        """Return the table of one projection, for a query."""
        return self._tables[projection.name].view

    def words(self, projection: Projection[Any]) -> Table:
        """Return the words by which rows of one projection are found."""
        return self._tables[projection.name].words_view

    @property
    def takes_alternatives(self) -> bool:
        """Whether the database looks up alternatives one by one; see `RowEngine`."""
        return self._engine.takes_alternatives

    def select(self, projection: Projection[Any]) -> Select[Any]:
        """Return a query for the rows of one projection as they are now."""
        table = self._tables[projection.name]
        chosen = select(table.view)
        if table.is_versioned:
            chosen = chosen.where(table.view.c.current.is_(True))
        return chosen

    def rows(
        self, projection: Projection[RowT], query: Select[Any] | None = None
    ) -> list[RowT]:
        """Return typed rows; `query` selects from `table(projection)`."""
        chosen = self.select(projection) if query is None else query
        return self.asked(projection, chosen)[0]

    def row(self, projection: Projection[RowT], key: str) -> RowT | None:
        """Return one row by its key, as it is now."""
        table = self.table(projection)
        found = self.rows(projection, self.select(projection).where(table.c.key == key))
        return found[0] if found else None

    def ask(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Return what any query finds."""
        with self._engine.reading() as connection:
            return connection.execute(query).all()

    def everything(
        self, projection: Projection[Any]
    ) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield all that questions about one projection are answered from.

        Its former versions and its words, too: the values of each row as the driver
        has them, beside the name of the view in which it is.
        """
        views = [self.table(projection)]
        if projection.words:
            views.append(self.words(projection))
        for view in views:
            columns = (type_coerce(column, NullType()) for column in view.c)
            with self._engine.reading() as connection:
                found = connection.execute(select(*columns)).all()
            yield from ((view.name, row) for row in found)

    def asked(
        self, projection: Projection[RowT], query: Select[Any]
    ) -> tuple[list[RowT], int]:
        """Return typed rows and the position that they have reached together."""
        table: RowTable[RowT] = self._tables[projection.name]
        only = query.with_only_columns(*table.columns_of(table.view))
        with self._engine.reading() as connection:
            found = connection.execute(only).all()
            at = self._in_use(connection).get(projection.name, NOWHERE)
        return [table.to_row(row) for row in found], at.position


def _other(slot: Slot) -> Slot:
    return SLOTS[1 - SLOTS.index(slot)]


def _refuse_standstill(position: int, in_vain: int) -> None:
    """Give up where going on would take for ever and tell nobody."""
    if in_vain == ENOUGH_IN_VAIN:
        problem = f"rows that are written after position {position} are not kept"
        raise Unavailable(Code.STORE_UNAVAILABLE, problem=problem)


def _refuse_poison(name: str, problem: str | None) -> None:
    if problem:
        raise Unavailable(Code.PROJECTION_STOPPED, projection=name, problem=problem)


class _RowRefused(Exception):
    """A row that the database does not take, and of which projection it is."""

    def __init__(self, shelf: Shelf[Any], problem: str) -> None:
        super().__init__(shelf.name)
        self.shelf = shelf
        self.problem = problem


@contextmanager
def _blaming(shelf: Shelf[Any]) -> Iterator[None]:
    """Say whose row it is that cannot be written; never what stands in it."""
    try:
        yield
    except (Unavailable, DBAPIError):
        raise
    except Exception as problem:
        raise _RowRefused(shelf, f"{type(problem).__name__}: row refused") from problem


def _tell_of(name: str, problem: str | None) -> None:
    if problem:
        log.error("projection.stopped", projection=name, problem=problem)


def _reached(row: Row[Any]) -> Reached:
    slot: Slot = SLOTS[SLOTS.index(row.slot)]
    return Reached(slot, row.position, row.problem, row.run)


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
