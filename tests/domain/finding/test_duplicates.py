"""Cases that may be about the same thing: family, metres and days (R13)."""

from datetime import timedelta
from math import cos, radians

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.finding.duplicates import (
    EARTH_M,
    Candidate,
    Place,
    box_around,
    candidates,
    metres_between,
)
from domain.register.model import Register
from domain.values import Point
from tests.examples import on, register

HERE = Point(lat=57.0, lon=10.0)
DAY = on("2026-10-09")
METRES_PER_DEGREE = EARTH_M * radians(1)


def away(north: float = 0.0, east: float = 0.0, start: Point = HERE) -> Point:
    """Return the point so many metres to the north and to the east."""
    at_start = METRES_PER_DEGREE * cos(radians(start.lat))
    return Point(
        lat=start.lat + north / METRES_PER_DEGREE, lon=start.lon + east / at_start
    )


def place(
    number: str = "2026-02",
    category: str = "LGT-FAIL",
    point: Point = HERE,
    days: int = 0,
) -> Place:
    return Place(number, category, point, DAY + timedelta(days=days))


THIS = place("2026-01")


def found(*others: Place) -> list[str]:
    return [one.number for one in candidates(THIS, others, register())]


@pytest.mark.parametrize(
    ("north", "east", "near"),
    [
        (24.9, 0, True),
        (-24.9, 0, True),
        (0, 24.9, True),
        (0, -24.9, True),
        (17.6, 17.6, True),
        (25.1, 0, False),
        (-25.1, 0, False),
        (0, 25.1, False),
        (0, -25.1, False),
        (17.7, 17.8, False),
    ],
)
def test_twenty_five_metres_count_in_every_direction(
    north: float, east: float, near: bool
) -> None:
    assert bool(found(place(point=away(north, east)))) is near


@pytest.mark.parametrize(
    ("days", "near"),
    [(0, True), (180, True), (-180, True), (181, False), (-181, False)],
)
def test_180_days_count_whichever_came_first(days: int, near: bool) -> None:
    assert bool(found(place(days=days))) is near


@pytest.mark.parametrize(
    ("category", "near"),
    [
        ("LGT-FAIL", True),
        ("LGT-LACK", True),
        ("LGT", True),
        ("VEG-HEDGE", False),
        ("LGTX-FAIL", False),
        ("OTHER", False),
    ],
)
def test_what_stands_before_the_hyphen_is_the_family(category: str, near: bool) -> None:
    assert bool(found(place(category=category))) is near


def test_a_case_is_not_its_own_duplicate() -> None:
    assert found(THIS, place("2026-01", point=away(3))) == []


def test_the_nearest_stands_first_then_the_one_closest_in_time() -> None:
    others = (
        place("2026-05", point=away(20)),
        place("2026-04", point=away(5), days=3),
        place("2026-03", point=away(5), days=-3),
        place("2026-06", point=away(5), days=1),
    )

    assert found(*others) == ["2026-06", "2026-03", "2026-04", "2026-05"]


def test_a_suggestion_says_how_far_away_it_is() -> None:
    (one,) = candidates(THIS, [place(point=away(12), days=-7)], register())

    assert one == Candidate("2026-02", one.metres, 7)
    assert one.metres == pytest.approx(12, abs=0.01)


def test_the_limits_are_those_of_the_register() -> None:
    known = register()
    limits = known.limits.model_copy(
        update={"duplicate_metres": 100, "duplicate_days": 7}
    )
    body = known.model_dump(by_alias=True) | {"limits": limits.model_dump()}
    wider = Register.model_validate(body)
    others = (place("2026-02", point=away(99)), place("2026-03", days=8))

    assert [one.number for one in candidates(THIS, others, wider)] == ["2026-02"]


def test_the_way_over_the_ground_is_known() -> None:
    """From Aalborg to Copenhagen it is about 223 km."""
    aalborg, copenhagen = (
        Point(lat=57.0488, lon=9.9217),
        Point(lat=55.6761, lon=12.5683),
    )

    assert metres_between(aalborg, copenhagen) == pytest.approx(223_000, rel=0.01)
    assert metres_between(HERE, HERE) == 0


points = st.builds(
    Point, lat=st.floats(54.4, 57.9, width=64), lon=st.floats(7.9, 15.3, width=64)
)


@for_any(points, st.floats(-40, 40), st.floats(-40, 40), st.integers(1, 1000))
def test_everything_that_is_near_lies_in_the_box(
    start: Point, north: float, east: float, metres: int
) -> None:
    other = away(north * metres / 25, east * metres / 25, start)

    if metres_between(start, other) <= metres:
        assert box_around(start, metres).contains(other)


@for_any(points, points)
def test_the_way_there_is_the_way_back(one: Point, other: Point) -> None:
    assert metres_between(one, other) == pytest.approx(metres_between(other, one))
