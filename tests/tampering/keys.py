"""The keys of persons as they lie in their file, reached below the program."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from adapters.ledger.checking import Forgotten
from adapters.persistence.subject_keys import KeyState
from adapters.persistence.wrapping_key import COMPARTMENT
from domain.values import SubjectRef

COLUMNS = "ref, name, state, wrapped"


@dataclass(frozen=True)
class Entry:
    """Whose key it is, what has become of it, and the key as it lies there."""

    ref: SubjectRef
    name: str
    state: KeyState
    wrapped: bytes | None = None


def entries(path: Path) -> dict[SubjectRef, Entry]:
    """Return all there are."""
    with closing(sqlite.connect(path)) as connection:
        found = connection.execute(f"SELECT {COLUMNS} FROM subjects ORDER BY ref")
        return {
            SubjectRef(ref): Entry(SubjectRef(ref), name, KeyState(state), wrapped)
            for ref, name, state, wrapped in found
        }


def put(path: Path, wanted: Mapping[SubjectRef, Entry]) -> None:
    """Let exactly these lie there; whoever has read others notices it."""
    values = [
        (one.ref, one.name, one.state, one.wrapped, COMPARTMENT)
        for one in wanted.values()
    ]
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM subjects")
        connection.executemany(
            f"INSERT INTO subjects ({COLUMNS}, compartment) VALUES (?,?,?,?,?)", values
        )
        connection.execute("UPDATE wrapping SET destroyed = destroyed + 1")
        connection.execute("COMMIT")


def forgotten(wanted: Mapping[SubjectRef, Entry]) -> Forgotten:
    """Return whose keys are gone, as whoever verifies is told."""
    erased = {one.ref for one in wanted.values() if one.state is KeyState.ERASED}
    erasing = {one.ref for one in wanted.values() if one.state is KeyState.ERASING}
    return Forgotten(keyless=frozenset(erased | erasing), erased=frozenset(erased))
