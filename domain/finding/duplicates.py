"""Which other cases may be about the same thing: suggestions, never decisions (R13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import asin, cos, degrees, hypot, radians, sin

from domain.register.model import Bounds, Register
from domain.values import CategoryCode, FindingNumber, Point

EARTH_M = 6_371_008.8
"""Mean radius of the earth in metres."""

FINEST = 1e-6
"""Degrees added around a box, so that rounding never loses what lies on its edge."""


@dataclass(frozen=True, slots=True)
class Place:
    """What can be compared of one finding; `reported_on` is a local day."""

    number: FindingNumber
    category: CategoryCode
    point: Point
    reported_on: date

    @property
    def family(self) -> str:
        """What the category is about, roughly: `LGT` of `LGT-FAIL`."""
        return self.category.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be about the same thing, and how far away it is."""

    number: FindingNumber
    metres: float
    days: int


def candidates(
    this: Place, others: Iterable[Place], register: Register
) -> tuple[Candidate, ...]:
    """Return who may be the same as `this`, the nearest first; never itself.

    They are of the same category family and within the limits of the register in
    metres and in calendar days, whichever came first. A person decides.
    """
    limits = register.limits
    compared = (
        _compared(this, other)
        for other in others
        if other.number != this.number and other.family == this.family
    )
    near = (
        one
        for one in compared
        if one.metres <= limits.duplicate_metres and one.days <= limits.duplicate_days
    )
    return tuple(sorted(near, key=lambda one: (one.metres, one.days, one.number)))


def _compared(this: Place, other: Place) -> Candidate:
    days = abs((other.reported_on - this.reported_on).days)
    return Candidate(other.number, metres_between(this.point, other.point), days)


def metres_between(one: Point, other: Point) -> float:
    """Return the way over the ground, along a great circle."""
    lat, other_lat = radians(one.lat), radians(other.lat)
    half_lat = (other_lat - lat) / 2
    half_lon = radians(other.lon - one.lon) / 2
    chord = hypot(sin(half_lat), sin(half_lon) * (cos(lat) * cos(other_lat)) ** 0.5)
    return 2 * EARTH_M * asin(min(1.0, chord))


def box_around(point: Point, metres: float) -> Bounds:
    """Return a box that holds everything within `metres` of `point`.

    It is a first, cheap sieve: its corners are farther away. Not for the poles.
    """
    north = degrees(metres / EARTH_M) + FINEST
    farthest = radians(min(89.0, abs(point.lat) + north))
    east = north / cos(farthest)
    return Bounds(
        south=point.lat - north,
        north=point.lat + north,
        west=point.lon - east,
        east=point.lon + east,
    )
