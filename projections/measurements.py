"""External measurements as people may read them: each series by itself.

Nothing is computed of them but an interval where a source gives none, and that is said.
A break between two series is never bridged.

Source: domain.md §7; S7, S27, S28.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.measurement.events import IndicatorRecorded, SeriesEvent
from domain.measurement.state import Series, Told, fold, told_in
from domain.measurement.terms import Amount, Cell, Figure, Metric, Unit
from domain.messages import Recorded
from domain.register.naming import Named
from domain.values import Actor
from projections.danish import sort_key
from projections.fold import Fold, number_of, own_stream

LEAST_ANSWERS = 30
"""A share of fewer answers is kept, and not published."""

Z_95 = 1.959964
"""How many standard errors a 95 % interval reaches to either side."""


class Interval(StrEnum):
    """Where an interval comes from."""

    GIVEN = "given"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure; without a value it is `hidden`: too few answered.

    `n` is open where nobody was asked, `n_unknown` where nobody says how many.
    """

    metric: Metric
    area: str
    year: int
    period: str | None
    unit: Unit
    value: Amount | None
    n: int | None
    n_unknown: bool
    low: Amount | None
    high: Amount | None
    interval: Interval | None
    note: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """From a year on an area was off the list of a series, or on it again."""

    area: str
    year: int
    listed: bool


@dataclass(frozen=True, slots=True)
class Measurements:
    """One series: what it is, and its figures by area, metric and year.

    `follows` is the series before it, with which it must not be compared.
    """

    series: str
    title: Named
    source: str
    source_url: str
    publisher: str
    method_version: str
    first_year: int
    last_year: int | None
    follows: str | None
    note: str
    areas: tuple[str, ...]
    figures: tuple[Measured, ...]
    listings: tuple[Left, ...] = ()


def measurements(
    facts: Iterable[Recorded], *, last_year: int, area: str | None = None
) -> tuple[Measurements, ...]:
    """Return every series with the figures of an area, or of all.

    Args:
        facts: what had happened and was known, of any stream, oldest first.
        last_year: figures of later years are left out.
        area: only this one; `None` for all.
    """
    found: dict[str, list[Recorded]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.event, SeriesEvent):
            found[number_of(fact)].append(fact)
    read = (series_of(name, fold(found[name])) for name in sorted(found))
    return tuple(_narrowed(one, last_year, area) for one in read if one)


def series_of(name: str, series: Series) -> Measurements | None:
    """Return a series as it is told; nothing while nobody has described it."""
    description = series.description
    if description is None:
        return None
    cells = sorted(series.figures, key=_place)
    return Measurements(
        series=name,
        title=description.title,
        source=description.source,
        source_url=description.source_url,
        publisher=description.publisher,
        method_version=description.method_version,
        first_year=description.first_year,
        last_year=description.last_year,
        follows=description.follows,
        note=description.note,
        areas=series.areas,
        figures=tuple(_measured(cell, series.figures[cell]) for cell in cells),
        listings=tuple(Left(*one) for one in series.listings),
    )


def published(series: Measurements) -> Measurements:
    """Return a series as it may be published: nothing of a share of few answers."""
    return replace(series, figures=tuple(_fit(one) for one in series.figures))


def _fit(figure: Measured) -> Measured:
    few = figure.n is not None and figure.n < LEAST_ANSWERS
    if figure.unit is not Unit.PERCENT or not few:
        return figure
    return replace(figure, value=None, low=None, high=None, interval=None, hidden=True)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share in per cent, as Wilson computes it.

    It takes the answers for a simple sample; weights make a true one wider.
    """
    p, z = share / 100, Z_95
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    middle, whole = p + z * z / (2 * n), 1 + z * z / n
    low, high = (middle - spread) / whole, (middle + spread) / whole
    return round(100 * max(low, 0), 1), round(100 * min(high, 1), 1)


def _place(cell: Cell) -> tuple[str, str, int, str]:
    return sort_key(cell.area), cell.metric, cell.year, cell.period or ""


def _measured(cell: Cell, figure: Figure) -> Measured:
    n = figure.n if isinstance(figure.n, int) else None
    low, high = figure.low, figure.high
    interval = Interval.GIVEN if low is not None else None
    if interval is None and n and figure.unit is Unit.PERCENT:
        low, high = wilson(figure.value, n)
        interval = Interval.COMPUTED
    return Measured(
        metric=cell.metric,
        area=cell.area,
        year=cell.year,
        period=cell.period,
        unit=figure.unit,
        value=figure.value,
        n=n,
        n_unknown=figure.n == "unknown",
        low=low,
        high=high,
        interval=interval,
        note=figure.note,
    )


def _narrowed(series: Measurements, last_year: int, area: str | None) -> Measurements:
    figures = (
        one
        for one in series.figures
        if one.year <= last_year and area in {None, one.area}
    )
    listings = (
        one
        for one in series.listings
        if one.year <= last_year and area in {None, one.area}
    )
    return replace(series, figures=tuple(figures), listings=tuple(listings))


# ---- what owners tell ----

Telling = Mapping[tuple[str, str], Mapping[tuple[date, date], Told]]
"""What owners told, by focus area and indicator, and then by period."""


def told_of(facts: Iterable[Recorded]) -> Telling:
    """Return what owners have told; what was told last counts."""
    found: dict[tuple[str, str], dict[tuple[date, date], Told]] = {}
    for fact in facts:
        if isinstance(event := fact.event, IndicatorRecorded):
            of_one = found.setdefault((event.focus, event.indicator), {})
            of_one[event.first, event.last] = told_in(event)
    return found


# ---- which series and indicators there are ----


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One stream of measurements: a series, or an indicator that owners tell."""

    number: str
    by: Actor
    at: datetime
    version: int


def apply(number: str, _: MeasurementRow | None, fact: Recorded) -> MeasurementRow:
    """Return the row after one more fact."""
    stamp = fact.event.stamp
    return MeasurementRow(number, stamp.by, stamp.at, fact.version)


MEASUREMENTS = Fold(
    name="measurements_v1",
    row=MeasurementRow,
    reads=("measurement",),
    keys=own_stream("measurement"),
    apply=apply,
)
