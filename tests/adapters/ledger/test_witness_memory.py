"""A witness that has lost its memory does not begin again by itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from adapters.errors import Unavailable
from adapters.ledger.witness_memory import Memory, Remembered
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code, Refused
from tests.adapters.ledger.some_log import ORIGIN

LAST = Remembered(5, b"five", b"note")


@pytest.fixture
def memory(path: Path) -> Iterator[Memory]:
    """Return a memory of one log at size 5."""
    memory = Memory(path, first=True)
    with memory.turn():
        memory.keep(ORIGIN, LAST)
    yield memory
    memory.close()


def reopened(path: Path) -> Remembered | None:
    """Return what a witness that starts again knows of the log."""
    memory = Memory(path)
    try:
        return memory.last(ORIGIN)
    finally:
        memory.close()


def test_what_was_kept_is_there_again(memory: Memory, path: Path) -> None:
    assert memory.last(ORIGIN) == LAST
    assert memory.last("another") is None
    assert reopened(path) == LAST


def test_a_commit_survives_a_power_cut(memory: Memory) -> None:
    [(level,)] = memory._connection.execute("PRAGMA synchronous").fetchall()
    [(mode,)] = memory._connection.execute("PRAGMA journal_mode").fetchall()

    assert (level, mode) == (2, "wal")


def test_a_witness_does_not_start_without_its_file(path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Memory(path)

    assert caught.value.code is Code.MEMORY_LOST
    assert caught.value.context == {"path": str(path)}
    assert not path.exists()


def test_a_witness_does_not_start_with_an_empty_file(path: Path) -> None:
    path.touch()

    with pytest.raises(Refused) as caught:
        Memory(path)

    assert caught.value.code is Code.MEMORY_LOST


def test_the_first_time_is_only_once(memory: Memory, path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Memory(path, first=True)

    assert caught.value.code is Code.MEMORY_THERE
    assert reopened(path) == LAST


def test_a_first_time_that_was_broken_off_can_be_repeated(path: Path) -> None:
    path.touch()
    Memory(path, first=True).close()

    assert reopened(path) is None


def test_a_file_that_is_something_else_is_not_used(path: Path) -> None:
    path.write_bytes(b"something else entirely, and long enough " * 100)
    (folder := path.with_name("folder")).mkdir()

    for first in (False, True):
        for place in (path, folder):
            with pytest.raises(Refused) as caught:
                Memory(place, first=first)
            assert caught.value.code is Code.MEMORY_LOST


def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Memory(tmp_path / "gone" / "witness.sqlite", first=True)


@pytest.mark.parametrize(
    "less", [replace(LAST, size=4), replace(LAST, root=b"another")]
)
def test_the_file_itself_refuses_to_go_back(memory: Memory, less: Remembered) -> None:
    with pytest.raises(Unavailable), memory.turn():
        memory.keep(ORIGIN, less)

    assert memory.last(ORIGIN) == LAST


def test_the_file_itself_refuses_to_forget(memory: Memory, path: Path) -> None:
    by_hand = connect(path, durable=True)

    with pytest.raises(sqlite.DatabaseError, match="never forgets"):
        by_hand.execute("DELETE FROM witnessed")

    by_hand.close()
    assert reopened(path) == LAST


def test_a_turn_that_fails_leaves_everything_as_it_was(
    memory: Memory, path: Path
) -> None:
    def keeps_and_fails() -> None:
        memory.keep(ORIGIN, replace(LAST, size=6))
        raise InterruptedError

    with pytest.raises(InterruptedError), memory.turn():
        keeps_and_fails()

    assert memory.last(ORIGIN) == reopened(path) == LAST


def test_a_memory_that_was_closed_is_unavailable(memory: Memory) -> None:
    memory.close()

    with pytest.raises(Unavailable):
        memory.last(ORIGIN)
    with pytest.raises(Unavailable), memory.turn():
        pass


def test_a_disk_that_is_full_leaves_everything_as_it_was(
    memory: Memory, path: Path
) -> None:
    memory._connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(Unavailable) as caught, memory.turn():
        memory.keep(ORIGIN, replace(LAST, size=9, note=bytes(100_000)))

    assert "full" in str(caught.value)
    assert memory.last(ORIGIN) == reopened(path) == LAST
