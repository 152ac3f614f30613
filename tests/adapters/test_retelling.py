"""Rows of some streams told anew: as if folded from fact one, and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import Table
from typing_extensions import override

from adapters.persistence import row_store
from adapters.persistence.row_store import RowStore
from domain.errors import Code, Conflict
from domain.messages import Recorded, derived_id
from domain.personal import personal_paths
from domain.values import ERASED, StreamId
from projections.cases import CASES
from tests import examples as ex
from tests.adapters.row_stores import Listed, RowFile, Shelves, everything, whole
from tests.projections.folding import EVERY_PROJECTION
from tests.projections.long_history import long_history, random_history


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_store, "PAGE", 50)


def erased(facts: Sequence[Recorded], streams: Sequence[str]) -> list[Recorded]:
    """Return facts as they are read when the words of some streams are erased."""
    return [_erased(fact) if fact.stream in streams else fact for fact in facts]


def _erased(fact: Recorded) -> Recorded:
    body = fact.event.model_dump(by_alias=True)
    for *way, last in personal_paths(type(fact.event)):
        table = body
        for name in way:
            table = table.get(name) or {}
        if table.get(last):
            table[last] = ERASED
    return replace(fact, event=type(fact.event).model_validate(body))


def streams_with(facts: Sequence[Recorded], kind: str) -> list[StreamId]:
    found = dict.fromkeys(fact.stream for fact in facts)
    return [stream for stream in found if stream.startswith(f"{kind}/")]


def folded(shelves: Shelves, facts: Sequence[Recorded]) -> RowStore:
    store = shelves.open()
    store.catch_up(Listed(facts))
    return store


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Shelves]:
    """Return a place to fold the same again."""
    with closing(Shelves(RowFile(tmp_path / "beside.db"))) as found:
        yield found


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_are_as_if_folded_from_the_first_fact(
    shelves: Shelves, beside: Shelves, seed: int
) -> None:
    facts = random_history(seed)
    streams = [s for kind in ("finding", "walk") for s in streams_with(facts, kind)]
    gone = streams[::2]
    left = erased(facts, gone)
    store = folded(shelves, facts)

    store.retell(Listed(left), gone)

    expected = folded(beside, left)
    assert everything(store) == everything(expected)
    assert whole(store, CASES) == whole(expected, CASES)


def test_every_kind_of_stream_can_be_told_anew(
    shelves: Shelves, beside: Shelves
) -> None:
    facts = long_history()
    streams = list(dict.fromkeys(fact.stream for fact in facts))
    store = folded(shelves, facts)

    store.retell(Listed(facts), streams)

    expected = folded(beside, facts)
    for projection in EVERY_PROJECTION:
        assert whole(store, projection) == whole(expected, projection)


def test_a_projection_that_is_behind_stays_where_it_is(shelves: Shelves) -> None:
    facts = random_history(1)
    store = folded(shelves, facts[:100])
    before = everything(store)

    store.retell(Listed(facts), streams_with(facts, "finding"))

    assert everything(store) == before
    store.catch_up(Listed(facts))
    assert store.position(CASES.name) == facts[-1].position


def test_what_others_have_in_memory_is_not_written_again(shelves: Shelves) -> None:
    """A projector knew the words before; its next fact must not bring them back."""
    facts = random_history(1)
    stream = streams_with(facts, "finding")[0]
    projector = folded(shelves, facts)
    left = erased(facts, [stream])
    more = _next(left, stream)

    shelves.open().retell(Listed(left), [stream])
    projector.catch_up(Listed([*left, more]))

    row = projector.row(CASES, stream.partition("/")[2])
    assert row
    assert row.text in {"", ERASED}


def test_a_page_that_was_folded_before_is_not_written_after(shelves: Shelves) -> None:
    facts = random_history(1)
    stream = streams_with(facts, "finding")[0]
    left = erased(facts, [stream])
    projector, eraser = shelves.open(), shelves.open()
    projector.catch_up(Listed(facts))
    more = _next(facts, stream)

    class Slow(Listed):
        @override
        def page(self, position: int, limit: int) -> Sequence[Recorded]:
            found = super().page(position, limit)
            if found and not done:
                done.append(True)
                eraser.retell(Listed(left), [stream])
            return found

    done: list[bool] = []
    projector.catch_up(Slow([*facts, more]))

    row = projector.row(CASES, stream.partition("/")[2])
    assert done
    assert row
    assert row.position == more.position
    assert row.text in {"", ERASED}


def test_a_rebuild_under_way_is_given_up(shelves: Shelves) -> None:
    facts = random_history(1)
    stream = streams_with(facts, "finding")[0]
    store, eraser = folded(shelves, facts), shelves.open()
    left = Listed(erased(facts, [stream]))

    with pytest.raises(Conflict) as caught:
        store.rebuild(
            Listed(facts), [CASES.name], lambda _: eraser.retell(left, [stream])
        )

    assert caught.value.code is Code.REBUILD_ABANDONED
    row = eraser.row(CASES, stream.partition("/")[2])
    assert row
    assert row.text in {"", ERASED}


def test_nothing_of_the_old_rows_is_left_in_the_file(tmp_path: Path) -> None:
    facts = long_history()
    streams = list(dict.fromkeys(fact.stream for fact in facts))
    said = {
        text.encode()
        for fact in facts
        if fact.stream.startswith("finding/")
        and len(text := str(getattr(fact.event, "text", ""))) > 20
    }
    path = tmp_path / "views.db"
    with closing(Shelves(RowFile(path))) as shelves:
        store = folded(shelves, facts)
        assert any(text in _bytes_of(path) for text in said)

        store.retell(Listed(erased(facts, streams)), streams)

        assert [text for text in said if text in _bytes_of(path)] == []


def test_only_tables_that_rows_are_gone_from_are_scrubbed(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = random_history(1)
    stream = streams_with(facts, "finding")[0]
    store = folded(shelves, facts)
    scrubbed: list[str] = []
    engine = store._engine

    def scrub(tables: Sequence[Table]) -> None:
        scrubbed.extend(table.name for table in tables)

    monkeypatch.setattr(engine, "scrub", scrub)
    store.retell(Listed(facts), [stream])

    assert {name.rpartition("_v")[0] for name in scrubbed} == {"cases"}


def _bytes_of(path: Path) -> bytes:
    files = path.parent.glob(f"{path.name}*")
    return bytes(chain.from_iterable(file.read_bytes() for file in files))


def _next(facts: Sequence[Recorded], stream: StreamId) -> Recorded:
    """Return one more fact, which makes a new version of the row."""
    last = [fact for fact in facts if fact.stream == stream][-1]
    return replace(
        last,
        event=ex.assigned(day="2027-12-01"),
        version=last.version + 1,
        position=facts[-1].position + 1,
        event_id=derived_id("one more", stream),
    )
