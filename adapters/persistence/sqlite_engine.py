"""Which SQLite we run on, and how a connection is set up.

The SQLite of most systems (3.7.0 to 3.51.2) can corrupt a WAL database when two
connections write and checkpoint at once, so a bundled, newer one is used and an
older one refused.

Source: sqlite.org/wal.html, "the WAL-reset bug"; ADR 0004.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from domain.errors import Code, Refused

SAFE_VERSION = (3, 51, 3)
BUSY_TIMEOUT_S = 10
RETRY_S = 0.01


def connect(path: Path, *, durable: bool) -> sqlite.Connection:
    """Open `path` in WAL mode and autocommit, rows by name.

    Args:
        path: the database file.
        durable: whether a commit must survive power loss (`FULL`); read models
            can be rebuilt and use `NORMAL`.

    Raises: Unavailable (store_unavailable) when the file cannot be opened.
    """
    check_version()
    try:
        connection = sqlite.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_S,
        )
        _use_wal(connection)
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    except sqlite.DatabaseError as problem:
        raise Unavailable(
            Code.STORE_UNAVAILABLE, path=str(path), problem=str(problem)
        ) from problem
    connection.row_factory = sqlite.Row
    return connection


def _use_wal(connection: sqlite.Connection) -> None:
    """Switch to WAL; while others do the same, SQLite itself would not wait."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)
        else:
            return


def truncate_log(connection: sqlite.Connection) -> None:
    """Write the log back and cut it to nothing, so that nothing old is left in it.

    Raises: Unavailable (store_unavailable) when others read for too long.
    """
    try:
        is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite.DatabaseError as problem:
        raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem
    if is_busy:
        raise Unavailable(Code.STORE_UNAVAILABLE, problem="log in use")


@contextmanager
def refusing_damaged(path: Path, code: Code) -> Iterator[None]:
    """Say that the file at `path` is not the database that it was.

    Raises: Refused (with `code`); Unavailable for what trying again may help.
    """
    try:
        yield
    except Unavailable as problem:
        if path.is_dir() or _is_damage(problem.__cause__):
            raise Refused(code, path=str(path)) from problem
        raise


def _is_damage(problem: BaseException | None) -> bool:
    # SQLite has no class of its own for what is no database, or a broken one.
    return type(problem) is sqlite.DatabaseError or "no such table" in str(problem)


def check_version() -> None:
    """Refuse a SQLite with the WAL-reset bug.

    Raises: Unavailable (store_outdated).
    """
    if sqlite.sqlite_version_info < SAFE_VERSION:
        raise Unavailable(
            Code.STORE_OUTDATED, found=sqlite.sqlite_version, needed="3.51.3"
        )
