"""Can it be written to? Tried for real, and taken back."""

from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn
from uuid import uuid4

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence.event_store import FactStore, storing
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code, Refused

PROBE = b"{}"


class _TakenBackError(Exception):
    """Ends a transaction so that nothing of it is kept."""


def try_facts(store: FactStore) -> None:
    """Append one fact in a transaction that is taken back; no position is used up.

    Raises: Unavailable (store_unavailable) when it cannot be appended.
    """
    try:
        with storing(), store.replica() as replica:
            place = store.last_position() + 1
            replica.add([StoredRow(place, "doctor", 1, "doctor", PROBE, str(uuid4()))])
            _take_back()
    except _TakenBackError:
        return
    except Refused as moved:
        # It was appended, but behind somebody else's newer fact, and taken back.
        if moved.code is not Code.COPY_DIFFERS:
            raise


def _take_back() -> NoReturn:
    raise _TakenBackError


def try_database(path: Path) -> None:
    """Change a file of SQLite in a transaction that is taken back.

    Raises: Unavailable (store_unavailable).
    """
    with closing(connect(path, durable=False)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE written_by_the_doctor (a TEXT)")
            connection.execute("ROLLBACK")
        except sqlite.Error as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(path), problem=str(problem)
            ) from problem


def try_folder(path: Path) -> None:
    """Write a file and delete it.

    Raises: Unavailable (store_unavailable).
    """
    try:
        with NamedTemporaryFile(dir=path, prefix=".doctor-") as file:
            file.write(PROBE)
            file.flush()
    except OSError as problem:
        raise Unavailable(
            Code.STORE_UNAVAILABLE, path=str(path), problem=problem.strerror
        ) from problem
