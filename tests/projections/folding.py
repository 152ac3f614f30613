"""Facts for folds, and rows as they can be compared and written down."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from adapters.system import projections
from domain.messages import Event, Recorded, derived_id
from domain.values import StreamId
from projections.fold import Fold, Journal, Projection, Versioned, number_of
from tests.examples import NUMBER

Row = TypeVar("Row")
GOLDEN = Path(__file__).parent / "golden"
LEARNED = datetime(2026, 10, 30, 9, tzinfo=UTC)
EVERY_PROJECTION: tuple[Projection[Any], ...] = projections()


def recorded(
    *events: Event,
    stream: str = f"finding/{NUMBER}",
    first: int = 1,
    version: int = 1,
) -> tuple[Recorded, ...]:
    """Return `events` as facts of one stream, at positions from `first` on."""
    return tuple(
        Recorded(
            event=event,
            stream=StreamId(stream),
            version=version + nth,
            position=first + nth,
            event_id=derived_id("folded", first + nth),
            recorded_at=LEARNED,
            register=1,
        )
        for nth, event in enumerate(events)
    )


def row_of(projection: Projection[Row], *events: Event, key: str = NUMBER) -> Row:
    """Return the one row that `events` about one finding lead to."""
    return rows_of(projection, recorded(*events))[key]


def rows_of(projection: Projection[Row], facts: Iterable[Recorded]) -> dict[str, Row]:
    """Return every row after all `facts`: the definition of what a store must hold."""
    read = list(heard(projection, facts))
    match projection:
        case Fold():
            return _changing(projection, read)
        case Journal():
            return {key: row for fact in read for key, row in projection.lines(fact)}
        case Versioned():
            rows = {
                key: projection.folded(fact for fact in read if number_of(fact) == key)
                for key in dict.fromkeys(map(number_of, read))
            }
            return {key: row for key, row in rows.items() if row is not None}
        case _:
            raise TypeError(projection)


def folded(
    projection: Projection[Row], key: str, facts: Iterable[Recorded]
) -> Row | None:
    """Return one row after all `facts`, oldest first."""
    return rows_of(projection, facts).get(key)


def heard(projection: Projection[Any], facts: Iterable[Recorded]) -> Iterator[Recorded]:
    """Yield the facts of the kinds of streams that a projection listens to."""
    for fact in facts:
        if not projection.reads or fact.stream.partition("/")[0] in projection.reads:
            yield fact


def keys_of(projection: Projection[Any], fact: Recorded) -> set[str]:
    """Return which rows a fact touches."""
    match projection:
        case Fold():
            return set(projection.keys(fact))
        case Journal():
            return {key for key, _ in projection.lines(fact)}
        case _:
            return {number_of(fact)}


def _changing(fold: Fold[Row], facts: Iterable[Recorded]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for fact in facts:
        for key in fold.keys(fact):
            row = fold.apply(key, rows.pop(key, None), fact)
            if row is not None:
                rows[key] = row
    return rows


def golden_text(projection: Projection[Any], facts: Iterable[Recorded]) -> str:
    """Return all rows as JSON, one line each, so that a difference can be read."""
    lines = list(_golden_lines(projection, facts))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _golden_lines(
    projection: Projection[Any], facts: Iterable[Recorded]
) -> Iterator[str]:
    plain = TypeAdapter[Any](projection.row)
    for key, row in sorted(rows_of(projection, facts).items()):
        body = json.dumps(
            _sorted_sets(plain.dump_python(row)),
            ensure_ascii=False,
            default=_plainly,
        )
        yield f"{json.dumps(key, ensure_ascii=False)}: {body}"


def _sorted_sets(value: object) -> object:
    """Return `value` with sets in an order that does not depend on chance."""
    match value:
        case dict():
            return {str(name): _sorted_sets(inner) for name, inner in value.items()}
        case frozenset() | set():
            return sorted(value)
        case list() | tuple():
            return [_sorted_sets(inner) for inner in value]
        case _:
            return value


def _plainly(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
