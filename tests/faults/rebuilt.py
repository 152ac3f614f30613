"""Whether the rows that people see are what the facts alone give (G15)."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters import system as installation
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from adapters.system import Gadelys
from projections.fold import Projection


def differing_rows(system: Gadelys, folder: Path) -> list[str]:
    """Return the projections whose rows differ from those built from fact one.

    The live rows of `system` are brought up to date first, as a reader does; the
    others are folded into a store of their own below `folder`, which must be new.
    """
    system.catch_up(system.rows.names())
    folder.mkdir()
    rebuilt = installation._open_rows(Settings(data=folder))
    try:
        rebuilt.create()
        rebuilt.catch_up(system.store)
        return different(system.rows, rebuilt, system.store.last_position())
    finally:
        rebuilt.close()


def different(live: RowStore, other: RowStore, position: int) -> list[str]:
    """Return the projections whose rows differ, or that have not come to `position`."""
    return [
        projection.name
        for projection in installation.projections()
        if _digests(live, projection) != _digests(other, projection)
        or other.position(projection.name) != position
    ]


def _digests(rows: RowStore, projection: Projection[Any]) -> Counter[bytes]:
    """Return a digest of every row there is, former versions as well."""
    found = rows.rows(projection, select(rows.table(projection)))
    return Counter(sha256(repr(row).encode()).digest() for row in found)
