"""Whether the rows that people see are what the facts alone give (G15)."""

from pathlib import Path

from adapters import system as installation
from adapters.ledger import refolding
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from adapters.system import Gadelys


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
    behind = {name for name in other.names() if other.position(name) != position}
    return sorted(
        behind | {*refolding.different(live, other, installation.projections())}
    )
