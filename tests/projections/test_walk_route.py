"""The route of a walk: the last one counts, and how far and how long it is."""

from collections.abc import Sequence

import pytest

from domain.messages import Recorded
from domain.walk.events import RouteSet, Stop, WalkPlanned
from projections.walk_route import WalkRoute, walk_route
from tests.examples import ROUTE, SQUARE_STOP, TUNNEL_STOP, WALK, stamp, walk_plan
from tests.projections.folding import recorded


def history(*routes: Sequence[Stop]) -> list[Recorded]:
    planned = WalkPlanned(stamp=stamp(), plan=walk_plan())
    laid = [RouteSet(stamp=stamp(), stops=tuple(stops)) for stops in routes]
    return list(recorded(planned, *laid, stream=f"walk/{WALK}"))


def test_the_route_that_was_laid_last_counts() -> None:
    assert walk_route(history()) == WalkRoute()
    assert walk_route(history(ROUTE)).stops == ROUTE
    assert walk_route(history(ROUTE, (SQUARE_STOP,))).stops == (SQUARE_STOP,)


@pytest.mark.parametrize(
    ("stops", "metres", "minutes"),
    [
        ((), 0, 0),
        ((TUNNEL_STOP,), 0, 0),
        (ROUTE, 170, 4),
        ((*ROUTE, TUNNEL_STOP), 340, 7),
    ],
    ids=["none", "one", "there", "and-back"],
)
def test_a_route_says_how_far_and_how_long_it_is(
    stops: tuple[Stop, ...], metres: int, minutes: int
) -> None:
    route = walk_route(history(stops))

    assert (route.metres, route.minutes) == (metres, minutes)
