"""What pages read: rows up to the newest fact, and cases for the purpose of a visit."""

from adapters.persistence.leases import PROJECTOR
from adapters.system import Gadelys
from adapters.viewing import Viewer
from adapters.web.visiting import Visitor
from domain.access import Purpose
from domain.values import Actor

PURPOSE = "purpose"
"""Under which name a visit remembers what somebody reads for."""

NOTICED_S = 5
"""A list that is behind for so long says so."""


def fresh(system: Gadelys, *names: str) -> None:
    """Let these read models be up to date, or nearly so.

    Raises: Unavailable (projection_stopped) when one of them stands still.
    """
    if not system.store.is_read(PROJECTOR):
        system.catch_up(names)


def seconds_behind(system: Gadelys, position: int) -> int:
    """Return for how long the first fact has waited that is not in a list yet.

    Args:
        system: whose facts.
        position: how far the list has read.

    A list that is hardly behind is not: 0.
    """
    if system.store.last_position() <= position:
        return 0
    first = system.store.after(position, 1)[0]
    waited = int((system.now() - first.recorded_at).total_seconds())
    return waited if waited >= NOTICED_S else 0


def viewer_of(visitor: Visitor, by: Actor) -> Viewer:
    """Return the door through which `by` looks, for what they said in this visit.

    Raises: Refused (purpose_missing) when their role needs that and they did not.
    """
    told = visitor.recall(PURPOSE)
    return Viewer(visitor.system, by, Purpose(told) if told else None)
