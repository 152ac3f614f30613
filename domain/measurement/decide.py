"""The rules of measurements: what is taken in, and what is refused.

A survey share says how many answered, or that this is not known; a series holds one
scale; a cell holds one figure, and another one needs a reason.

Source: domain.md §7, "Consequences"; S7, S26–S28.
"""

from datetime import date

from domain.errors import Code, NotFound, Refused
from domain.measurement.commands import (
    AnySeriesCommand,
    CorrectValue,
    DescribeSeries,
    ListArea,
    RecordIndicator,
    RecordValue,
    WithdrawValue,
)
from domain.measurement.events import (
    AreaListed,
    IndicatorRecorded,
    MeasurementEvent,
    SeriesDescribed,
    ValueCorrected,
    ValueRecorded,
    ValueWithdrawn,
)
from domain.measurement.state import Series, Tellings, Told
from domain.measurement.terms import (
    UNIT_OF,
    Cell,
    Description,
    Figure,
    SampleSize,
    Unit,
)
from domain.register.model import Register
from domain.register.staff import check_staff
from domain.register.strategy import Indicator, IndicatorUnit

Facts = tuple[MeasurementEvent, ...]

WHOLE = 100
"""Per cent, at most."""


def decide(
    series: Series, followed: Series, command: AnySeriesCommand, register: Register
) -> Facts:
    """Return the facts that follow from `command`.

    Args:
        series: what is remembered of the series.
        followed: the same of the one that it follows, if it names one.
        command: what is asked.
        register: the rules in force.

    Raises: Refused, NotFound or NotAllowed with a code.
    """
    check_staff(command.stamp.by, register)
    match command:
        case DescribeSeries():
            return _describe(series, followed, command)
        case RecordValue():
            return _record(series, command)
        case CorrectValue():
            return _correct(series, command, register)
        case WithdrawValue():
            return _withdraw(series, command, register)
        case ListArea():
            return _list_area(series, command)


# ---- series ----


def _describe(series: Series, followed: Series, command: DescribeSeries) -> Facts:
    new = command.description
    if new == series.description:
        return ()
    if new.follows == command.series:
        raise Refused(Code.SERIES_FOLLOWS_ITSELF, series=command.series)
    if new.follows and followed.description is None:
        raise NotFound(Code.UNKNOWN_SERIES, series=new.follows)
    _refuse_to_leave_out(series, new, command.series)
    return (
        SeriesDescribed(stamp=command.stamp, series=command.series, description=new),
    )


def _refuse_to_leave_out(series: Series, new: Description, name: str) -> None:
    """Refuse a description into which figures do not fit that are there already."""
    described = Series(new, listings=series.listings)
    for cell in series.figures:
        if not (new.has_year(cell.year) and described.lists(cell.area, cell.year)):
            raise Refused(
                Code.SERIES_HOLDS_FIGURES, series=name, area=cell.area, year=cell.year
            )


def _list_area(series: Series, command: ListArea) -> Facts:
    _described(series, command.series)
    area, year, listed = command.area, command.year, command.listed
    if not listed and area not in series.areas:
        raise _unknown_area(series, command.series, area)
    if series.lists(area, year) is listed:
        return ()
    said = (*series.listings, (area, year, listed))
    after = Series(series.description, listings=said)
    for cell in series.figures:
        if not after.lists(cell.area, cell.year):
            raise Refused(
                Code.SERIES_HOLDS_FIGURES,
                series=command.series,
                area=cell.area,
                year=cell.year,
            )
    return (
        AreaListed(
            stamp=command.stamp,
            series=command.series,
            area=area,
            year=year,
            listed=listed,
        ),
    )


# ---- figures ----


def _record(series: Series, command: RecordValue) -> Facts:
    cell, figure = command.cell, command.figure
    _check_cell(series, command.series, cell)
    _check_figure(series, cell, figure)
    known = series.figures.get(cell)
    if known == figure:
        return ()
    if known is not None:
        raise Refused(
            Code.FIGURE_DIFFERS,
            known=known.value,
            new=figure.value,
            differs=_differs(known, figure),
            **_named(command.series, cell),
        )
    return (
        ValueRecorded(
            stamp=command.stamp, series=command.series, cell=cell, figure=figure
        ),
    )


def _correct(series: Series, command: CorrectValue, register: Register) -> Facts:
    cell, figure = command.cell, command.figure
    known = _known(series, command.series, cell)
    _check_reason(command.reason, register)
    others = Series(
        figures={one: it for one, it in series.figures.items() if one != cell}
    )
    _check_figure(others, cell, figure)
    if known == figure:
        raise Refused(Code.FIGURE_UNCHANGED, **_named(command.series, cell))
    return (
        ValueCorrected(
            stamp=command.stamp,
            series=command.series,
            cell=cell,
            figure=figure,
            reason=command.reason,
        ),
    )


def _withdraw(series: Series, command: WithdrawValue, register: Register) -> Facts:
    _known(series, command.series, command.cell)
    _check_reason(command.reason, register)
    return (
        ValueWithdrawn(
            stamp=command.stamp,
            series=command.series,
            cell=command.cell,
            reason=command.reason,
        ),
    )


def _described(series: Series, name: str) -> Description:
    if series.description is None:
        raise NotFound(Code.UNKNOWN_SERIES, series=name)
    return series.description


def _known(series: Series, name: str, cell: Cell) -> Figure:
    _described(series, name)
    if (figure := series.figures.get(cell)) is None:
        raise NotFound(Code.UNKNOWN_FIGURE, **_named(name, cell))
    return figure


def _check_cell(series: Series, name: str, cell: Cell) -> None:
    description = _described(series, name)
    if cell.area not in series.areas:
        raise _unknown_area(series, name, cell.area)
    if not description.has_year(cell.year):
        first, last = description.first_year, description.last_year
        raise Refused(Code.YEAR_OUTSIDE, year=cell.year, first=first, last=last)
    if not series.lists(cell.area, cell.year):
        raise Refused(Code.AREA_NOT_LISTED, area=cell.area, year=cell.year)


def _unknown_area(series: Series, name: str, area: str) -> NotFound:
    known = list(series.areas)
    return NotFound(Code.UNKNOWN_SERIES_AREA, series=name, area=area, known=known)


def _check_figure(series: Series, cell: Cell, figure: Figure) -> None:
    """Refuse a figure that cannot be: scale, range, sample and interval.

    Args:
        series: holds the figures with which it must be of one scale.
        cell: where it stands.
        figure: what is said to stand there.
    """
    needed = UNIT_OF[cell.metric]
    if figure.unit is not needed:
        raise Refused(
            Code.WRONG_UNIT, metric=cell.metric, scale=figure.unit, needed_scale=needed
        )
    if series.unit not in {None, needed}:
        raise Refused(
            Code.MIXED_METRICS, metric=cell.metric, scale=needed, holds=series.unit
        )
    for amount in (figure.value, figure.low, figure.high):
        if amount is not None:
            _check_range(amount, is_share=needed is Unit.PERCENT)
    if needed is Unit.COUNT and figure.value != int(figure.value):
        raise _no_whole(figure.value)
    if needed is Unit.PERCENT:
        _check_sample(figure.n)
    _check_interval(figure)


def _check_range(amount: float, *, is_share: bool) -> None:
    if amount < 0 or (is_share and amount > WHOLE):
        most = WHOLE if is_share else None
        raise Refused(Code.FIGURE_OUT_OF_RANGE, value=amount, most=most)


def _no_whole(value: float) -> Refused:
    nearest = round(value)
    return Refused(Code.FIGURE_OUT_OF_RANGE, value=value, nearest=nearest)


def _check_sample(n: SampleSize) -> None:
    """Refuse a share of nobody knows how many, unless just that is said."""
    if n is None or n == 0:
        raise Refused(Code.SAMPLE_MISSING)


def _check_interval(figure: Figure) -> None:
    low, high = figure.low, figure.high
    if low is None and high is None:
        return
    if low is None or high is None or not low <= figure.value <= high:
        raise Refused(Code.INTERVAL_WRONG, low=low, high=high, value=figure.value)


def _check_reason(reason: str, register: Register) -> None:
    limit = register.limits.text_length
    if not reason.strip():
        raise Refused(Code.TEXT_MISSING, field="reason")
    if len(reason) > limit:
        length = len(reason)
        raise Refused(Code.TEXT_TOO_LONG, field="reason", length=length, limit=limit)


def _named(name: str, cell: Cell) -> dict[str, object]:
    where = {"metric": cell.metric, "area": cell.area, "year": cell.year}
    return {"series": name, **where, "period": cell.period}


def _differs(known: Figure, new: Figure) -> list[str]:
    return [
        name
        for name in Figure.model_fields
        if getattr(known, name) != getattr(new, name)
    ]


# ---- what an owner tells ----


def decide_told(told: Tellings, command: RecordIndicator, register: Register) -> Facts:
    """Return the fact that follows from what an owner tells.

    Whose task it is to tell stands in the table of permissions.

    Raises: Refused, NotFound or NotAllowed with a code.
    """
    check_staff(command.stamp.by, register)
    indicator = _indicator(command, register)
    today = register.working_days.local_day(command.stamp.at)
    _check_days(command.first, command.last, today)
    is_share = indicator.unit is IndicatorUnit.PERCENT
    _check_range(command.value, is_share=is_share)
    is_mean = indicator.unit is IndicatorUnit.MEAN
    if not (is_share or is_mean) and command.value != int(command.value):
        raise _no_whole(command.value)
    if is_share:
        _check_sample(command.n)
    new = Told(command.value, command.n, command.source, command.method)
    known = told.get((command.first, command.last))
    if known == new:
        return ()
    if known is not None:
        _check_replaces(command, known, register)
    return (
        IndicatorRecorded(
            stamp=command.stamp,
            focus=command.focus,
            indicator=command.indicator,
            first=command.first,
            last=command.last,
            value=command.value,
            n=command.n,
            source=command.source,
            method=command.method,
            reason=command.reason,
        ),
    )


def _indicator(command: RecordIndicator, register: Register) -> Indicator:
    area = register.focus_area(command.focus)
    found = area.indicator(command.indicator)
    if found is None:
        known = [one.code for one in area.indicators if one.derived is None]
        raise NotFound(
            Code.UNKNOWN_INDICATOR,
            focus=area.code,
            indicator=command.indicator,
            known=known,
        )
    if found.derived:
        raise Refused(
            Code.INDICATOR_DERIVED, focus=area.code, indicator=command.indicator
        )
    return found


def _check_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise Refused(Code.PERIOD_REVERSED, first=first, last=last)
    if last > today:
        raise Refused(Code.DATE_IN_FUTURE, field="last", date=last.isoformat())


def _check_replaces(command: RecordIndicator, known: Told, register: Register) -> None:
    """Refuse another figure for the same period without a reason."""
    if command.reason is None:
        raise Refused(
            Code.FIGURE_DIFFERS,
            known=known.value,
            new=command.value,
            focus=command.focus,
            indicator=command.indicator,
        )
    _check_reason(command.reason, register)
