"""The two databases that rows lie in: how they are opened, and how much at once.

Questions go through SQLAlchemy. Whole pages of rows go past it to the driver:
there they cost a third.
"""

import fcntl
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pysqlite3.dbapi2 as sqlite
from pydantic import SecretStr
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ExceptionContext,
    Table,
    create_engine,
    event,
)
from sqlalchemy.pool import QueuePool
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.persistence.sqlite_engine import connect, truncate_log
from domain.errors import Code

Values = Sequence[Any]
"""The values of one row, ready for the driver, in the order of its columns."""

WRITER_CACHE_KB = 64_000
LOG_PAGES = 16_000
"""How long the log may grow before it is written back, which waits for the disk."""

CHUNK = 500

NO_TEXT = "Could not decode to UTF-8"
"""What the driver of SQLite says of a text that is none."""


class RowEngine(ABC):
    """One database for rows; safe for several threads and processes."""

    schema: ClassVar[str | None]
    """Where the tables lie, if the database has schemas."""

    place: ClassVar[str]
    """What stands for a value in a statement."""

    takes_alternatives: ClassVar[bool]
    """Whether it looks up each alternative of a condition by an index.

    Who does not can be given them as a small table to join; who does would rather
    read the whole history than join one.
    """

    def __init__(self, reader: Engine, writer: Engine) -> None:
        """Ask through `reader`, write through `writer`."""
        self._reader = reader
        self._writer = writer
        self.dialect = reader.dialect

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees one moment of the database."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed in the end."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    @abstractmethod
    def driving(self) -> Iterator[None]:
        """Say what a driver says as SQLAlchemy would have it said.

        Raises: Unavailable when the database cannot be used.
        """
        yield

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Wait for one's turn, where the database itself would only try again."""
        yield

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Let only one process at a time change tables."""

    @abstractmethod
    def keep_no_samples(
        self, connection: Connection, columns: Sequence[Column[Any]]
    ) -> None:
        """Let the planner of the database keep no values of some columns."""

    @abstractmethod
    def scrub(self, tables: Sequence[Table]) -> None:
        """Leave nothing on the disk of rows that were removed from `tables`."""

    @abstractmethod
    def insert(
        self, connection: Connection, table: Table, rows: Sequence[Values]
    ) -> None:
        """Add rows that are not there yet."""

    @abstractmethod
    def delete(self, connection: Connection, table: Table, keys: Sequence[str]) -> None:
        """Remove every row that has one of `keys`."""

    def update(
        self,
        connection: Connection,
        table: Table,
        change: tuple[Sequence[str], Sequence[str]],
        rows: Sequence[Values],
    ) -> None:
        """Change some columns of rows that other columns name.

        Args:
            connection: where to write.
            table: whose rows.
            change: the columns to set, and those that name the row.
            rows: for each row the values for both, in this order.
        """
        sets, names = (
            [f"{column}={self.place}" for column in columns] for columns in change
        )
        text = (
            f"UPDATE {full_name(table)} SET {', '.join(sets)} "
            f"WHERE {' AND '.join(names)}"
        )
        _cursor(connection).executemany(text, rows)


class SqliteRows(RowEngine):
    """Rows in one file."""

    schema = None
    place = "?"
    takes_alternatives = False

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, which is made if it is not there."""
        super().__init__(_sqlite(path), _sqlite(path))
        self._path = path
        self._line = path.with_name(f"{path.name}-line")
        event.listen(self._writer, "connect", _roomy)
        event.listen(self._writer, "begin", _begin_immediate)

    @override
    @contextmanager
    def driving(self) -> Iterator[None]:
        try:
            yield
        except sqlite.DatabaseError as problem:
            if is_away := _away(problem, self._path):
                raise is_away from problem
            raise

    @override
    @contextmanager
    def in_line(self) -> Iterator[None]:
        with self._line.open("w") as line:
            fcntl.flock(line, fcntl.LOCK_EX)
            yield

    @override
    def lock(self, connection: Connection) -> None:
        """Do nothing: whoever writes has the whole file."""

    @override
    def keep_no_samples(
        self, connection: Connection, columns: Sequence[Column[Any]]
    ) -> None:
        """Do nothing: the planner only counts."""

    @override
    def scrub(self, tables: Sequence[Table]) -> None:
        """Empty the log; in the file itself, removed rows were overwritten at once."""
        with closing(connect(self._path, durable=False)) as connection:
            truncate_log(connection)

    @override
    def insert(
        self, connection: Connection, table: Table, rows: Sequence[Values]
    ) -> None:
        places = ",".join("?" * len(table.columns))
        text = f"INSERT INTO {full_name(table)} VALUES ({places})"
        _cursor(connection).executemany(text, rows)

    @override
    def delete(self, connection: Connection, table: Table, keys: Sequence[str]) -> None:
        text = f"DELETE FROM {full_name(table)} WHERE key=?"
        _cursor(connection).executemany(text, [(key,) for key in keys])


class PostgresRows(RowEngine):
    """Rows in a schema beside the facts, of which the run-time role is the owner.

    They can be made again from the facts, so a commit need not wait for the disk.
    """

    schema = "gadelys_rows"  # made by postgres_migrations.py
    place = "%s"
    takes_alternatives = True

    def __init__(self, url: SecretStr) -> None:
        """Use the database at `url`."""
        # Whoever has no database need not wait for its driver.
        from adapters.persistence import postgres_rows  # noqa: PLC0415

        self._driver, self._url = postgres_rows, url
        engine = postgres_rows.engine(url)
        super().__init__(engine, engine)

    @override
    @contextmanager
    def driving(self) -> Iterator[None]:
        with self._driver.driving(self._url):
            yield

    @override
    def lock(self, connection: Connection) -> None:
        self._driver.lock(connection)

    @override
    def keep_no_samples(
        self, connection: Connection, columns: Sequence[Column[Any]]
    ) -> None:
        for column in columns:
            connection.exec_driver_sql(
                f"ALTER TABLE {full_name(column.table)} "
                f'ALTER COLUMN "{column.name}" SET STATISTICS 0'
            )

    @override
    def scrub(self, tables: Sequence[Table]) -> None:
        """Write the tables anew; the server's own log keeps old pages for a while."""
        outside = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        with outside.connect() as connection:
            for table in tables:
                connection.exec_driver_sql(f"VACUUM FULL {full_name(table)}")

    @override
    def insert(
        self, connection: Connection, table: Table, rows: Sequence[Values]
    ) -> None:
        self._driver.copy_in(_cursor(connection), table, rows)

    @override
    def delete(self, connection: Connection, table: Table, keys: Sequence[str]) -> None:
        text = f"DELETE FROM {full_name(table)} WHERE key = ANY(%s)"
        _cursor(connection).execute(text, [list(keys)])


def full_name(table: Table) -> str:
    """Return the name of a table or view for a statement."""
    return f'{table.schema}."{table.name}"' if table.schema else f'"{table.name}"'


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=sqlite,
        creator=lambda: connect(path, durable=False),
        poolclass=QueuePool,
    )

    def away(context: ExceptionContext) -> None:
        if is_away := _away(context.original_exception, path):
            raise is_away from context.original_exception

    event.listen(engine, "handle_error", away)
    return engine


def _away(problem: BaseException, path: Path) -> Unavailable | None:
    """Return the refusal if it is the file, and not a value, that is at fault."""
    is_about_file = type(problem) in {sqlite.OperationalError, sqlite.DatabaseError}
    if not is_about_file or NO_TEXT in str(problem):
        return None
    missing = "no such table" in str(problem)
    code = Code.STORE_MISSING if missing else Code.STORE_UNAVAILABLE
    return Unavailable(code, path=str(path), problem=str(problem))


def _roomy(connection: sqlite.Connection, _: object) -> None:
    connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KB}")
    connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
    # What is erased must not be left behind in a free page.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once; the driver itself would begin too late."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def chunks(keys: Sequence[str], size: int = CHUNK) -> Iterator[Sequence[str]]:
    """Yield `keys` in pieces that fit into one statement."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
