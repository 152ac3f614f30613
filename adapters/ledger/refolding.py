"""Whether the rows that people see are what the facts give (level 2)."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from adapters.ledger.doubts import Doubts, Why
from adapters.persistence.row_engine import SqliteRows
from adapters.persistence.row_store import RowStore
from adapters.system import Gadelys, projections
from projections.fold import Projection

Projections = Iterable[Projection[Any]]

ATTEMPTS = 5
"""How often both are compared, as long as facts have come meanwhile."""


def fold_again(
    system: Gadelys, doubts: Doubts, on_page: Callable[[int], None] = lambda _: None
) -> None:
    """Fold every read model anew beside the one in use, and compare the rows.

    Args:
        system: whose rows; they are brought up to the newest fact first.
        doubts: is told the name of each read model that has other rows.
        on_page: is told the position after each page.
    """
    with TemporaryDirectory(prefix="gadelys-verify-") as folder:
        known = projections(system.settings.holds)
        other = RowStore(SqliteRows(Path(folder) / "rows.db"), known)
        try:
            other.create()
            other.catch_up(system.store, on_page=on_page)
            for name in _differing(system, other, known):
                doubts.add(Why.ROWS_DIFFER, 0, name)
        finally:
            other.close()


def _differing(system: Gadelys, other: RowStore, known: Projections) -> list[str]:
    differ: list[str] = []
    for attempt in range(ATTEMPTS):
        system.catch_up()
        has_news = other.catch_up(system.store) > 0
        if attempt and not has_news:
            break
        differ = different(system.rows, other, known)
        if not differ:
            break
    return differ


def different(live: RowStore, other: RowStore, known: Projections) -> list[str]:
    """Return the read models whose rows, or how far they have come, differ."""
    return [
        projection.name
        for projection in known
        if live.position(projection.name) != other.position(projection.name)
        or not _is_same(live, other, projection)
    ]


def _is_same(live: RowStore, other: RowStore, projection: Projection[Any]) -> bool:
    """Whether both have the same rows; a value that none can be is another one."""
    try:
        return _digests(live, projection) == _digests(other, projection)
    except DBAPIError:
        return False


def _digests(rows: RowStore, projection: Projection[Any]) -> Counter[bytes]:
    """Return a digest of all that lies there: former versions, moments, words.

    What is compared is what questions are answered from, not what the rows say: a
    case without its flag is on no list, and one without its words is not found.
    """
    return Counter(
        sha256(repr((name, *map(_plain, values))).encode()).digest()
        for name, values in rows.everything(projection)
    )


def _plain(value: object) -> object:
    """Return what a database keeps as SQLite does, so that two kinds can be compared.

    Nothing is made of what lies in SQLite: it takes anything in any column.
    """
    match value:
        case bool():
            return int(value)
        case datetime():
            told = value.astimezone(UTC).isoformat(" ", "microseconds")
            return told.removesuffix("+00:00")
        case date():
            return value.isoformat()
        case UUID():
            return value.hex
        case _:
            return value
