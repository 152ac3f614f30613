"""Bringing the files of one installation to the present shape.

Run-time processes create nothing; they refuse a store that is not migrated.
Safe to run by several at once: each step is taken under the write lock.
"""

from pathlib import Path

from adapters.errors import Unavailable
from adapters.persistence.recorder import LINKS, SCHEMA, SEALS
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code

STEPS = (SCHEMA, LINKS, SEALS)
"""What each version of the events file adds to the one before."""


def migrate(path: Path) -> int:
    """Create or bring up to date the events file; return its version.

    Raises: Unavailable (store_outdated) when the file is newer than the program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path, durable=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        _refuse_newer(version)
        for step in STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(STEPS)}")
        connection.execute("COMMIT")
    finally:
        connection.close()
    return len(STEPS)


def check(path: Path) -> None:
    """Refuse an events file that is missing or of another version.

    Raises: Unavailable (store_missing or store_outdated).
    """
    if not path.exists():
        raise Unavailable(Code.STORE_MISSING, path=str(path))
    connection = connect(path, durable=True)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()
    _refuse_newer(version)
    if version < len(STEPS):
        raise Unavailable(Code.STORE_OUTDATED, found=version, needed=len(STEPS))


def _refuse_newer(version: int) -> None:
    if version > len(STEPS):
        raise Unavailable(Code.STORE_OUTDATED, found=version, needed=len(STEPS))
