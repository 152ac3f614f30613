"""Rows for pages: up to the newest fact, also where no projector is at work."""

from adapters.persistence.leases import PROJECTOR
from adapters.system import Gadelys


def fresh(system: Gadelys, *names: str) -> None:
    """Let these read models be up to date, or nearly so.

    Raises: Unavailable (projection_stopped) when one of them stands still.
    """
    if not system.store.is_read(PROJECTOR):
        system.catch_up(names)
