"""What pages read: rows up to the newest fact, and cases for the purpose of a visit."""

from adapters.persistence.leases import PROJECTOR
from adapters.system import Gadelys
from adapters.viewing import Viewer
from adapters.web.visiting import Visitor
from domain.access import Purpose
from domain.values import Actor

PURPOSE = "purpose"
"""Under which name a visit remembers what somebody reads for."""


def fresh(system: Gadelys, *names: str) -> None:
    """Let these read models be up to date, or nearly so.

    Raises: Unavailable (projection_stopped) when one of them stands still.
    """
    if not system.store.is_read(PROJECTOR):
        system.catch_up(names)


def viewer_of(visitor: Visitor, by: Actor) -> Viewer:
    """Return the door through which `by` looks, for what they said in this visit.

    Raises: Refused (purpose_missing) when their role needs that and they did not.
    """
    told = visitor.recall(PURPOSE)
    return Viewer(visitor.system, by, Purpose(told) if told else None)
