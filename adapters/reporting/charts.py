"""Pictures as SVG of our own: bars from one zero line, and a sketch on a grid.

Shares differ in pattern as well as in colour, every bar says its number, and each
picture has a title and a description. Nothing in it is loaded from elsewhere. The
same picture stands in the page and in the PDF.
"""

from collections.abc import Iterable
from html import escape

from adapters.reporting.model import Bar, Chart, Dot, Fill, Sketch
from projections.grid import Degrees, Metres, cell_of, to_metres

INK, BLUE = "#1b1f24", "#0b4f8a"
FONTS = "IBM Plex Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"
WIDTH, ROW, THICK, LABEL = 480, 46, 16, 44
DIGIT, WIDEST_NAME = 8, 58
"""About how wide a digit is, and how many letters of a name have room on a line."""

SKETCH, MARGIN, SQUARE_M, MOST_SQUARES = 480, 28, 100, 24
LEAST_DOT, MOST_DOT = 6.0, 15.0
KM = 1_000


def _patterns(key: str) -> str:
    return (
        f'<defs><pattern id="declined{key}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" fill="#f3d9c6"/>'
        '<rect width="2.5" height="6" fill="#8a3b00"/></pattern>'
        f'<pattern id="open{key}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#fff"/>'
        '<circle cx="3" cy="3" r="1.1" fill="#55606b"/></pattern></defs>'
    )


def _fill(fill: Fill, key: str) -> str:
    return BLUE if fill is Fill.DONE else f"url(#{fill}{key})"


def _picture(title: str, told: str, key: str, height: float, drawn: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" '
        f'role="img" aria-labelledby="t{key} d{key}" font-family="{FONTS}" '
        f'font-size="14" fill="{INK}"><title id="t{key}">{escape(title)}</title>'
        f'<desc id="d{key}">{escape(told)}</desc>{drawn}</svg>'
    )


def alone(picture: str) -> str:
    """Return a picture as a file of its own; within a page it is HTML."""
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def chart(of: Chart, key: str) -> str:
    """Return horizontal bars; `key` tells the picture from others of its page."""
    longest = max((bar.length for bar in of.bars), default=0)
    scale = (WIDTH - LABEL) / longest if longest else 0
    height = ROW * len(of.bars) + 4
    bars = "".join(_bar(bar, nth, scale, key) for nth, bar in enumerate(of.bars))
    zero = f'<line x1="0.5" y1="0" x2="0.5" y2="{height}" stroke="{INK}"/>'
    return _picture(of.title, of.told, key, height, _patterns(key) + zero + bars)


def _bar(bar: Bar, nth: int, scale: float, key: str) -> str:
    top, left = ROW * nth + 22, 0.5
    parts = [f'<text x="6" y="{top - 6}">{escape(_short(bar.name))}</text>']
    for fill, length in bar.shares:
        if width := length * scale:
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{THICK}" '
                f'fill="{_fill(fill, key)}" stroke="{INK}"/>'
            )
        left += width
    parts.append(f'<text x="{left + 8:.1f}" y="{top + 13}">{bar.length}</text>')
    return "".join(parts)


def _short(name: str) -> str:
    return name if len(name) <= WIDEST_NAME else f"{name[: WIDEST_NAME - 1]}…"


def swatch(fill: Fill, key: str) -> str:
    """Return what a share looks like, to stand before its name."""
    return (
        '<svg viewBox="0 0 28 18" '
        f'aria-hidden="true">{_patterns(key)}<rect x="1" y="1" width="26" height="16" '
        f'fill="{_fill(fill, key)}" stroke="{INK}"/></svg>'
    )


# ---- where it is ----


def sketch(of: Sketch, key: str) -> str:
    """Return where cases are: the larger a dot the more, a ring where all is over."""
    places = [to_metres(dot.lat, dot.lon) for dot in of.dots]
    low = Metres(min(one.north for one in places), min(one.east for one in places))
    high = Metres(max(one.north for one in places), max(one.east for one in places))
    step = _step(max(high.north - low.north, high.east - low.east))
    south, west = low.north // step * step, low.east // step * step
    rows = int((high.north - south) // step) + 1
    columns = int((high.east - west) // step) + 1
    scale = (SKETCH - 2 * MARGIN) / (max(columns, MARGIN / 7) * step)
    height = rows * step * scale + 2 * MARGIN

    def across(east: float) -> float:
        return MARGIN + (east - west) * scale

    def down(north: float) -> float:
        return height - MARGIN - (north - south) * scale

    lines = _lines(
        [across(west + nth * step) for nth in range(columns + 1)],
        [down(south + nth * step) for nth in range(rows + 1)],
    )
    most = max(dot.count for dot in of.dots)
    dots = "".join(
        _dot(dot, across(place.east), down(place.north), most)
        for dot, place in zip(of.dots, places, strict=True)
    )
    corner = of.dots[places.index(min(places))]
    named = _scale_bar(step, step * scale, height, Degrees(corner.lat, corner.lon))
    return _picture(of.title, of.told, key, height, lines + dots + named)


def _step(size: float) -> int:
    step = SQUARE_M
    while size / step > MOST_SQUARES:
        step *= 10
    return step


def _lines(across: Iterable[float], down: Iterable[float]) -> str:
    columns, rows = list(across), list(down)
    up = (f"M{one:.1f} {rows[0]:.1f}V{rows[-1]:.1f}" for one in columns)
    level = (f"M{columns[0]:.1f} {one:.1f}H{columns[-1]:.1f}" for one in rows)
    return f'<path d="{"".join((*up, *level))}" stroke="#c3cad2" fill="none"/>'


def _dot(dot: Dot, x: float, y: float, most: int) -> str:
    radius = LEAST_DOT + (MOST_DOT - LEAST_DOT) * (dot.count - 1) / max(most - 1, 1)
    look = (
        f'fill="{BLUE}" stroke="{BLUE}" stroke-width="2.5"'
        if dot.is_open
        else f'fill="#fff" stroke="{BLUE}" stroke-width="2.5"'
    )
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {look}/>'
    if dot.count == 1:
        return circle
    ink = "#fff" if dot.is_open else INK
    return (
        f'{circle}<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" '
        f'font-size="11" fill="{ink}">{dot.count}</text>'
    )


def _scale_bar(step: int, length: float, height: float, corner: Degrees) -> str:
    said = f"{step // KM} km" if step >= KM else f"{step} m"
    top = height - MARGIN / 2
    return (
        f'<path d="M{MARGIN} {top - 4:.1f}v8m0 -4h{length:.1f}m0 -4v8" '
        f'stroke="{INK}" fill="none"/>'
        f'<text x="{MARGIN + length + 8:.1f}" y="{top + 5:.1f}" font-size="12">'
        f"{said} · {cell_of(corner.lat, corner.lon)}</text>"
    )
