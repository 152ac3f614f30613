"""The Danish grid (Det danske kvadratnet) on ETRS89 / UTM zone 32: cells and lines.

Enough to say where something is, and to draw a plain background, without any map.
Source: Karney 2011 (Krüger's series to the third order of n; below a centimetre here).
"""

from dataclasses import dataclass
from math import atan, atan2, atanh, cos, cosh, degrees, radians, sin, sinh
from typing import NamedTuple

RADIUS_M = 6_378_137.0
FLATTENING = 1 / 298.257222101
SCALE = 0.9996
FALSE_EASTING_M = 500_000.0
MERIDIAN = 9.0
N = FLATTENING / (2 - FLATTENING)
ARC_M = RADIUS_M / (1 + N) * (1 + N**2 / 4 + N**4 / 64)
ECCENTRICITY = 2 * N**0.5 / (1 + N)
ALPHA = (
    N / 2 - 2 * N**2 / 3 + 5 * N**3 / 16,
    13 * N**2 / 48 - 3 * N**3 / 5,
    61 * N**3 / 240,
)
BETA = (
    N / 2 - 2 * N**2 / 3 + 37 * N**3 / 96,
    N**2 / 48 + N**3 / 15,
    17 * N**3 / 480,
)
DELTA = (
    2 * N - 2 * N**2 / 3 - 2 * N**3,
    7 * N**2 / 3 - 8 * N**3 / 5,
    56 * N**3 / 15,
)

STEPS_M = (100, 1_000, 10_000, 100_000)
MOST_LINES = 30
PIECES = 6
SOUTH, NORTH, WEST, EAST = 54.0, 58.5, 7.0, 16.0
"""Where a Danish grid makes sense; degrees."""


class Metres(NamedTuple):
    """A place in UTM zone 32."""

    north: float
    east: float


class Degrees(NamedTuple):
    """A place on the globe."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a cell, where its south-western corner is."""

    at: Degrees
    name: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines `step` metres apart, and the names of the cells between them."""

    step: int
    lines: list[list[Degrees]]
    labels: list[Label]


def to_metres(lat: float, lon: float) -> Metres:
    """Return where a place on the globe is in UTM zone 32."""
    phi, lam = radians(lat), radians(lon - MERIDIAN)
    t = sinh(atanh(sin(phi)) - ECCENTRICITY * atanh(ECCENTRICITY * sin(phi)))
    xi, eta = atan2(t, cos(lam)), atanh(sin(lam) / (1 + t * t) ** 0.5)
    north, east = xi, eta
    for j, alpha in enumerate(ALPHA, start=1):
        north += alpha * sin(2 * j * xi) * cosh(2 * j * eta)
        east += alpha * cos(2 * j * xi) * sinh(2 * j * eta)
    return Metres(SCALE * ARC_M * north, FALSE_EASTING_M + SCALE * ARC_M * east)


def to_degrees(north: float, east: float) -> Degrees:
    """Return where a place of UTM zone 32 is on the globe."""
    xi = north / (SCALE * ARC_M)
    eta = (east - FALSE_EASTING_M) / (SCALE * ARC_M)
    up, side = xi, eta
    for j, beta in enumerate(BETA, start=1):
        up -= beta * sin(2 * j * xi) * cosh(2 * j * eta)
        side -= beta * cos(2 * j * xi) * sinh(2 * j * eta)
    chi = atan(sin(up) / (sinh(side) ** 2 + cos(up) ** 2) ** 0.5)
    lat = chi + sum(d * sin(2 * j * chi) for j, d in enumerate(DELTA, start=1))
    return Degrees(degrees(lat), MERIDIAN + degrees(atan2(sinh(side), cos(up))))


def cell_of(lat: float, lon: float, step: int = 1_000) -> str:
    """Return the name of the cell of the Danish grid in which a place lies."""
    north, east = to_metres(lat, lon)
    return _name(int(north // step), int(east // step), step)


def _name(row: int, column: int, step: int) -> str:
    size = f"{step // 1_000}km" if step >= STEPS_M[1] else f"{step}m"
    return f"{size}_{row}_{column}"


def grid_over(south: float, west: float, north: float, east: float) -> Grid:
    """Return the finest grid over a box that has no more lines than can be read."""
    south, north = max(south, SOUTH), min(north, NORTH)
    west, east = max(west, WEST), min(east, EAST)
    if south >= north or west >= east:
        return Grid(STEPS_M[-1], [], [])
    corners = [to_metres(lat, lon) for lat in (south, north) for lon in (west, east)]
    low = Metres(min(one.north for one in corners), min(one.east for one in corners))
    high = Metres(max(one.north for one in corners), max(one.east for one in corners))
    size = max(high.north - low.north, high.east - low.east)
    step = next((one for one in STEPS_M if size / one <= MOST_LINES), STEPS_M[-1])
    rows = range(int(low.north // step), int(high.north // step) + 2)
    columns = range(int(low.east // step), int(high.east // step) + 2)
    return Grid(step, _lines(rows, columns, step), _labels(rows, columns, step))


def _lines(rows: range, columns: range, step: int) -> list[list[Degrees]]:
    across = [
        [to_degrees(row * step, east) for east in _between(columns, step)]
        for row in rows
    ]
    up = [
        [to_degrees(north, column * step) for north in _between(rows, step)]
        for column in columns
    ]
    return across + up


def _between(numbers: range, step: int) -> list[float]:
    first, last = numbers[0] * step, numbers[-1] * step
    return [first + (last - first) * piece / PIECES for piece in range(PIECES + 1)]


def _labels(rows: range, columns: range, step: int) -> list[Label]:
    """Return the names of cells, not more than there is room for."""
    every = max(1, max(len(rows), len(columns)) // 5)
    return [
        Label(to_degrees(row * step, column * step), _name(row, column, step))
        for row in rows[::every]
        for column in columns[::every]
    ]


def spoken(lat: float, lon: float, lang: str) -> str:
    """Return a place in degrees as people of a language write them."""
    north, east = f"{lat:.5f}° N", f"{lon:.5f}° {'Ø' if lang == 'da' else 'E'}"
    said = f"{north} · {east}"
    return said.replace(".", ",") if lang == "da" else said
