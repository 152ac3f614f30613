"""A copied store is the same store: positions, ids and every byte."""

from collections.abc import Sequence

import pytest

from adapters.persistence import copying
from adapters.persistence.copying import account_of, copy
from adapters.persistence.event_store import FactStore
from adapters.persistence.fact_table import StoredRow
from domain.errors import Code, Refused
from domain.values import StreamId
from tests.adapters.conftest import Line
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend
from tests.adapters.writing import LEARNED, decision


@pytest.fixture(params=["sqlite-postgres", "postgres-sqlite"])
def ends(
    request: pytest.FixtureRequest, sqlite: SqliteBackend, postgres: PostgresBackend
) -> tuple[Backend, Backend]:
    """Return from where and to where, both ways."""
    both = {"sqlite": sqlite, "postgres": postgres}
    source, target = str(request.param).split("-")
    return both[source], both[target]


def fill(store: FactStore, count: int) -> None:
    for nth in range(count):
        stream = StreamId(f"finding/{nth % 7}")
        texts = [f"Æøå 🌳 {nth}", "x" * nth]
        store.append([decision(stream, store.version_of(stream), *texts)], LEARNED)


def everything(store: FactStore) -> list[StoredRow]:
    return store.rows(0, 100_000)


@pytest.mark.parametrize("page", [1, 7, 500])
def test_a_copy_is_the_same_in_every_byte(
    ends: tuple[Backend, Backend], page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", page)
    source, target = (end.open() for end in ends)
    fill(source, 20)
    seen: list[int] = []

    done = copy(source, target, seen.append)

    assert everything(target) == everything(source)
    assert done == account_of(source) == account_of(target)
    assert (done.facts, done.last, seen[-1]) == (40, 40, 40)
    assert target.after(0) == source.after(0)


def test_a_copy_goes_on_where_the_first_store_stopped(
    ends: tuple[Backend, Backend],
) -> None:
    source, target = (end.open() for end in ends)
    fill(source, 3)
    copy(source, target)

    [receipt] = target.append([decision("finding/new", 0, "a")], LEARNED)

    assert receipt.position == source.last_position() + 1


def test_there_and_back_again_is_the_same(
    ends: tuple[Backend, Backend], sqlite: SqliteBackend
) -> None:
    source, target = (end.open() for end in ends)
    third = SqliteBackend(sqlite.path.with_name("third.db"))
    fill(source, 5)

    there = copy(source, target)
    back = copy(target, third.open())

    assert there == back
    third.close()


def test_a_target_that_is_not_empty_is_refused(ends: tuple[Backend, Backend]) -> None:
    source, target = (end.open() for end in ends)
    fill(source, 3)
    fill(target, 1)
    before = everything(target)

    assert_refused(source, target, Code.TARGET_NOT_EMPTY)
    assert everything(target) == before


def test_an_empty_store_is_copied_too(ends: tuple[Backend, Backend]) -> None:
    source, target = (end.open() for end in ends)

    assert copy(source, target).facts == 0


class Interrupted(Exception):
    """The plug was pulled."""


def test_a_copy_that_is_interrupted_leaves_nothing(
    ends: tuple[Backend, Backend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 2)
    source, target = (end.open() for end in ends)
    fill(source, 5)

    def stop(position: int) -> None:
        if position > 4:
            raise Interrupted

    with pytest.raises(Interrupted):
        copy(source, target, stop)
    assert target.last_position() == 0
    assert copy(source, target).facts == 10


def test_a_source_that_moves_on_is_noticed(
    ends: tuple[Backend, Backend], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = (end.open() for end in ends)
    fill(source, 5)
    told = source.rows

    def late(position: int, limit: int) -> list[StoredRow]:
        rows = told(position, limit)
        if not rows:
            fill(source, 1)
        return rows

    monkeypatch.setattr(source, "rows", late)

    assert_refused(source, target, Code.SOURCE_MOVED)
    assert target.last_position() == 0


def test_a_copy_that_differs_is_not_kept(
    ends: tuple[Backend, Backend], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = (end.open() for end in ends)
    fill(source, 5)

    class Miscounting(copying.Account):
        made = 0

        def __init__(self) -> None:
            super().__init__()
            Miscounting.made += 1
            self._digest.update(bytes([Miscounting.made]))

    monkeypatch.setattr(copying, "Account", Miscounting)

    assert_refused(source, target, Code.COPY_DIFFERS)
    assert target.last_position() == 0


def test_a_history_with_a_hole_is_not_closed_up(
    sqlite: SqliteBackend, postgres: PostgresBackend
) -> None:
    source, target = sqlite.open(), postgres.open()
    fill(source, 3)
    sqlite.below("DROP TRIGGER facts_are_never_deleted")
    sqlite.below("DELETE FROM {table} WHERE {position} = 3")

    assert_refused(source, target, Code.COPY_DIFFERS)
    assert target.last_position() == 0


def assert_refused(source: FactStore, target: FactStore, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        copy(source, target)
    assert caught.value.code is code


def test_the_digest_tells_where_a_part_ends() -> None:
    def digest(rows: Sequence[StoredRow]) -> str:
        account = copying.Account()
        account.add(rows)
        return account.total().digest

    row = StoredRow(1, "finding/1", 1, "ab", b"c", "id")

    assert digest([row]) != digest([StoredRow(1, "finding/1", 1, "a", b"bc", "id")])
    assert digest([row]) != digest([StoredRow(2, "finding/1", 1, "ab", b"c", "id")])


# ---- on the command line ----


def test_the_command_line_copies_to_another_file(line: Line) -> None:
    place = f"sqlite:{line.data / 'copy.db'}"

    first = line("copy", "--from", "sqlite", "--to", place, "--json")
    again = line("copy", "--from", "sqlite", "--to", place, "--json")

    assert first.json["schema"] == "copy/1"
    assert (first.json["facts"], first.json["last"]) == (1, 1)
    assert again.problem["code"] == "target_not_empty"
    assert line("copy", "--from", place, "--to", f"{place}2").code == 0


@pytest.mark.parametrize("name", ["postgres", "mysql", "events.db", "postgres:x"])
def test_a_store_that_is_not_known_is_refused(line: Line, name: str) -> None:
    answer = line("copy", "--from", "sqlite", "--to", name, "--json")

    assert answer.code == 2
    assert answer.problem["code"] == "bad_input"


def test_a_missing_source_is_not_made(line: Line) -> None:
    place = line.data / "nowhere.db"

    answer = line("copy", "--from", f"sqlite:{place}", "--to", "sqlite:x", "--json")

    assert answer.problem["code"] == "store_missing"
    assert not place.exists()
