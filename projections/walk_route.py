"""The route of a walk, folded from its own facts when somebody asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from domain.finding.duplicates import metres_between
from domain.messages import Recorded
from domain.walk.events import RouteSet, Stop

METRES_A_MINUTE = 50
"""Three kilometres an hour: a group keeps together, and waits for who is slow."""


@dataclass(frozen=True, slots=True)
class WalkRoute:
    """Stops in order; `metres` is as the crow flies, so people walk at least that."""

    stops: tuple[Stop, ...] = ()

    @property
    def metres(self) -> int:
        """How far it is from the first stop to the last, to the nearest ten metres."""
        metres = sum(metres_between(*two) for two in pairwise(self.stops))
        return round(metres / 10) * 10

    @property
    def minutes(self) -> int:
        """How long walking takes, without standing still."""
        return -(-self.metres // METRES_A_MINUTE)


def walk_route(facts: Iterable[Recorded]) -> WalkRoute:
    """Return the route that was set last, if one was."""
    routes = [one.event.stops for one in facts if isinstance(one.event, RouteSet)]
    return WalkRoute(routes[-1] if routes else ())
