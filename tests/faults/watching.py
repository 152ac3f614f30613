"""Named points around every statement that a process sends to a database.

The drivers are watched from outside, so the product has no hooks: each statement is
a point before and a point after, named by what it does and to which table.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from typing_extensions import override

from tests.faults.points import Passed

TABLE = r"(?:INTO|UPDATE|FROM)\s+\"?(?:\w+\.)?(\w+)"
ONE_FACT = "event_id="
"""How the question begins whether a command is stored already."""


class _WatchedCursor(sqlite.Cursor):  # type: ignore[misc]
    connection: "_WatchedConnection"

    @override
    def execute(self, sql: str, *values: Any) -> Any:
        return self.connection.around(sql, partial(super().execute, sql, *values))

    @override
    def executemany(self, sql: str, *values: Any) -> Any:
        return self.connection.around(sql, partial(super().executemany, sql, *values))


class _WatchedConnection(sqlite.Connection):  # type: ignore[misc]
    passed: Passed
    file: str = ""

    def around(self, sql: str, do: Any) -> Any:
        """Do it, with a point on either side."""
        return _around(self.passed, f"{self.file} {_what(sql)}", do)

    @override
    def cursor(self, factory: type[sqlite.Cursor] = _WatchedCursor) -> Any:
        return super().cursor(factory)

    @override
    def commit(self) -> None:
        self.around("COMMIT", super().commit)


def watch_sqlite(passed: Passed) -> None:
    """Watch every connection to a file that this process opens from now on."""

    class Watched(_WatchedConnection):
        pass

    opened = sqlite.connect

    def connect(path: Path, *arguments: Any, **options: Any) -> Any:
        connection = opened(path, *arguments, factory=Watched, **options)
        connection.file = Path(path).stem
        return connection

    Watched.passed = staticmethod(passed)
    sqlite.connect = connect


def watch_postgres(passed: Passed) -> None:
    """Watch every statement that this process sends to PostgreSQL from now on."""
    execute = psycopg.Cursor.execute

    def watched(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
        what = f"postgres {_what(query) if isinstance(query, str) else 'LISTEN'}"
        return _around(
            passed, what, partial(execute, cursor, query, *values, **options)
        )

    psycopg.Cursor.execute = watched  # type: ignore[assignment]


def _around(passed: Passed, what: str, do: Any) -> Any:
    passed(f"{what}: before")
    answer = do()
    passed(f"{what}: after")
    return answer


def _what(sql: str) -> str:
    """Name a statement: `INSERT stored_events`, `SELECT command`, `append`."""
    verb = sql.split(maxsplit=1)[0]
    if ".append(" in sql:
        return "append"
    if ONE_FACT in sql:
        return "SELECT command"
    table = re.search(TABLE, sql)
    return f"{verb} {table[1]}" if table else verb
