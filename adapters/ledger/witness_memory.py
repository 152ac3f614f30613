"""What a witness has signed last for each log, on disk before anybody hears of it.

A witness that forgets can be made to sign a second history. So it begins only
where it is told that it never signed before, and a size never goes down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence.sqlite_engine import connect, refusing_damaged
from domain.errors import Code, Refused

_TABLE = """
    CREATE TABLE witnessed (
        origin TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        root BLOB NOT NULL,
        note BLOB NOT NULL
    ) STRICT
"""
_NEVER_LESS = """
    CREATE TRIGGER witnessed_never_less BEFORE UPDATE ON witnessed
    WHEN new.size < old.size OR (new.size = old.size AND new.root <> old.root)
    BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END
"""
_NEVER_FORGOTTEN = """
    CREATE TRIGGER witnessed_never_forgotten BEFORE DELETE ON witnessed
    BEGIN SELECT RAISE(ABORT, 'a witness never forgets'); END
"""
_IS_THERE = "SELECT 1 FROM sqlite_schema WHERE name = 'witnessed_never_forgotten'"
_LAST = "SELECT size, root, note FROM witnessed WHERE origin = ?"
_KEEP = """
    INSERT INTO witnessed (origin, size, root, note) VALUES (?, ?, ?, ?)
    ON CONFLICT (origin) DO UPDATE
    SET size = excluded.size, root = excluded.root, note = excluded.note
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last checkpoint of one log that was signed, with the signatures on it."""

    size: int
    root: bytes
    note: bytes


class Memory:
    """The file of one witness, for all threads and processes that serve it."""

    def __init__(self, path: Path, *, first: bool = False) -> None:
        """Open the file at `path`.

        Args:
            path: lies where it lives as long as the key does.
            first: whether this witness has never signed anything; makes the file.

        Raises: Refused (memory_lost, also for a file that is something else;
            memory_there); Unavailable (store_unavailable).
        """
        if not first and not path.exists():
            raise Refused(Code.MEMORY_LOST, path=str(path))
        self._path = path
        self._turn = RLock()
        with refusing_damaged(path, Code.MEMORY_LOST):
            self._connection = connect(path, durable=True)
            try:
                self._begin(first=first)
            except BaseException:
                self.close()
                raise

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let nobody else remember anything meanwhile; all or nothing, and durable.

        Raises: Unavailable (store_unavailable); then nothing has changed.
        """
        with self._turn, self._asking():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def last(self, origin: str) -> Remembered | None:
        """Return what was signed last for the log `origin`.

        Raises: Unavailable (store_unavailable).
        """
        with self._turn, self._asking():
            row = self._connection.execute(_LAST, (origin,)).fetchone()
        return Remembered(*row) if row else None

    def keep(self, origin: str, last: Remembered) -> None:
        """Remember `last` for the log `origin`; only in a `turn`.

        Raises: Unavailable (store_unavailable).
        """
        row = (origin, last.size, last.root, last.note)
        with self._asking():
            self._connection.execute(_KEEP, row)

    def close(self) -> None:
        """Let the file go."""
        with self._turn:
            self._connection.close()

    def _begin(self, *, first: bool) -> None:
        with self.turn():
            is_there = bool(self._connection.execute(_IS_THERE).fetchone())
            if first and is_there:
                raise Refused(Code.MEMORY_THERE, path=str(self._path))
            if not first and not is_there:
                raise Refused(Code.MEMORY_LOST, path=str(self._path))
            if first:
                for statement in (_TABLE, _NEVER_LESS, _NEVER_FORGOTTEN):
                    self._connection.execute(statement)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except sqlite.Error as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(self._path), problem=str(problem)
            ) from problem
