"""Whether the rows that people see are what the facts give (level 2)."""

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from adapters.ledger.doubts import Doubts, Why
from adapters.persistence.row_engine import SqliteRows
from adapters.persistence.row_store import RowStore
from adapters.system import Gadelys, projections
from projections.fold import Projection

Projections = Iterable[Projection[Any]]

ATTEMPTS = 5
"""How often both are compared anew when facts have come meanwhile."""


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
    for _ in range(ATTEMPTS):
        system.catch_up()
        other.catch_up(system.store)
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
        or _digests(live, projection) != _digests(other, projection)
    ]


def _digests(rows: RowStore, projection: Projection[Any]) -> Counter[bytes]:
    """Return a digest of every row there is, former versions as well."""
    found = rows.rows(projection, select(rows.table(projection)))
    return Counter(sha256(repr(row).encode()).digest() for row in found)
