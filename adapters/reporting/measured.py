"""The measurements in words: each effort by its own, and each series by itself."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.files.sheets import Cell
from adapters.reporting.model import Row, Section, Sheet, Table
from adapters.texts import DASH, Texts
from domain.measurement.terms import Amount, SampleSize, Unit
from domain.register.strategy import IndicatorUnit
from projections.council_report import CouncilReport
from projections.indicators import Effort, Followed, Reading
from projections.measurements import Measured, Measurements

EFFORT_HEADS = (
    *("effort", "indicator", "unit", "first", "last", "value", "answers"),
    *("source", "method", "behind"),
)
MEASURED_HEADS = (
    *("series", "metric", "area", "year", "period", "value", "unit", "answers"),
    *("low", "high", "interval", "follows", "url", "note"),
)


def measured_sections(report: CouncilReport, texts: Texts) -> tuple[Section, ...]:
    """Return the efforts of the strategy, and what others have measured."""
    return (
        _efforts(report, texts),
        _outside(report, texts),
        *series_sections(report.measured, texts),
    )


def measured_sheets(report: CouncilReport, texts: Texts) -> tuple[Sheet, ...]:
    """Return the same as sheets."""
    return (
        Sheet(
            "indsatser",
            texts.say("measured.sheet_efforts"),
            _heads(texts, *EFFORT_HEADS),
            tuple(_effort_rows(report, texts)),
        ),
        Sheet(
            "maalinger",
            texts.say("measured.sheet_outside"),
            _heads(texts, *MEASURED_HEADS),
            tuple(_measured_rows(report.measured, texts)),
        ),
    )


# ---- the efforts, each by its own measurements ----


def _efforts(report: CouncilReport, texts: Texts) -> Section:
    title = texts.say("measured.efforts")
    if not report.efforts:
        return Section(title, (texts.say("measured.efforts_none"),))
    strategy = report.strategy
    about = [texts.say("measured.efforts_about")]
    if strategy:
        told = texts.say(
            "measured.strategy",
            title=texts.show_named(strategy),
            first=strategy.first,
            last=strategy.last,
            municipality=texts.show_named(strategy.sponsors.municipality),
            police=texts.show_named(strategy.sponsors.police),
            version=report.pins.register,
        )
        about.insert(0, told)
    tables = (_effort(one, texts) for one in report.efforts if one.indicators)
    return Section(title, tuple(about), tuple(tables))


def _effort(effort: Effort, texts: Texts) -> Table:
    rows = [row for one in effort.indicators for row in _indicator(one, effort, texts)]
    return Table(
        title=_effort_title(effort, texts),
        heads=_heads(texts, "indicator", "value", "period", "answers", "comes_from"),
        rows=tuple(rows),
        numbers=frozenset({1, 3}),
    )


def _effort_title(effort: Effort, texts: Texts) -> str:
    name = f"{effort.code} {texts.show_named(effort.title)}"
    if effort.owners is None:
        return name
    return texts.say("measured.effort", name=name, owners=effort.owners.both)


def _indicator(followed: Followed, effort: Effort, texts: Texts) -> Iterator[Row]:
    name = texts.show_named(followed.title)
    if not followed.readings:
        yield name, texts.say("measured.not_told"), DASH, DASH, _from(effort, texts)
    for reading in followed.readings:
        yield (
            name,
            _amount(reading, followed.unit, texts),
            f"{texts.show(reading.first)} – {texts.show(reading.last)}",
            _sample(reading.n, texts),
            _where_from(reading, followed, texts),
        )


def _from(effort: Effort, texts: Texts) -> str:
    owners = effort.owners.both if effort.owners else None
    return texts.say("measured.told_by", owners=owners)


def _where_from(reading: Reading, followed: Followed, texts: Texts) -> str:
    if followed.derived:
        behind = ", ".join(reading.behind)
        how = texts.word("derivation", followed.derived)
        return f"{how} ({behind})" if behind else how
    if reading.hidden:
        return DASH
    return texts.say("measured.by", source=reading.source, method=reading.method)


def _amount(reading: Reading, unit: IndicatorUnit, texts: Texts) -> str:
    if reading.hidden:
        return texts.say("council.hidden")
    return _with_unit(
        reading.value, is_share=unit is IndicatorUnit.PERCENT, texts=texts
    )


# ---- what others have measured ----


def _outside(report: CouncilReport, texts: Texts) -> Section:
    title = texts.say("measured.outside")
    walked = _walked(report, texts)
    if not any(one.figures for one in report.measured):
        key = "outside_none_area" if report.pins.area else "outside_none"
        return Section(title, (texts.say(f"measured.{key}"),), walked)
    about = (
        texts.say("measured.outside_about"),
        texts.say("measured.outside_interval"),
    )
    return Section(title, about, walked)


def _walked(report: CouncilReport, texts: Texts) -> tuple[Table, ...]:
    """Return how many walks there were, to stand beside the measurements."""
    if not report.walked:
        return ()
    return (
        Table(
            title=texts.say("measured.walked"),
            heads=_heads(texts, "area", "year", "walks"),
            rows=tuple(
                (one.area, str(one.year), texts.amount(one.walks))
                for one in report.walked
            ),
            numbers=frozenset({1, 2}),
        ),
    )


def series_sections(
    measured: Sequence[Measurements], texts: Texts
) -> tuple[Section, ...]:
    """Return a section of each series; none says anything of another's figures."""
    titles = {one.series: texts.show_named(one.title) for one in measured}
    return tuple(_series(one, titles, texts) for one in measured)


def _series(series: Measurements, titles: Mapping[str, str], texts: Texts) -> Section:
    """Return one series with where it comes from, its break, and its figures."""
    said = texts.say(
        "measured.series",
        publisher=series.publisher,
        source=series.source,
        url=series.source_url,
        method=series.method_version,
    )
    lines = [said]
    if series.follows:
        before = titles.get(series.follows, series.follows)
        lines.append(texts.say("measured.break", follows=before))
    if series.note:
        lines.append(series.note)
    lines += [
        texts.say(
            "measured.listed" if one.listed else "measured.unlisted",
            area=one.area,
            year=one.year,
        )
        for one in series.listings
    ]
    if not series.figures:
        lines.append(texts.say("measured.no_figures"))
        return Section(_series_title(series, texts), tuple(lines))
    return Section(
        _series_title(series, texts), tuple(lines), (_figures(series, texts),)
    )


def _series_title(series: Measurements, texts: Texts) -> str:
    years = f"{series.first_year}–{series.last_year or ''}"
    return f"{texts.show_named(series.title)}, {years}"


def _figures(series: Measurements, texts: Texts) -> Table:
    names = ("area", "metric", "year", "value", "interval", "answers", "note")
    return Table(
        title=texts.say("measured.figures", title=texts.show_named(series.title)),
        heads=_heads(texts, *names),
        rows=tuple(_figure(one, texts) for one in series.figures),
        numbers=frozenset({2, 3, 4, 5}),
    )


def _figure(figure: Measured, texts: Texts) -> Row:
    return (
        figure.area,
        texts.word("metric", figure.metric),
        f"{figure.year} ({figure.period})" if figure.period else str(figure.year),
        figure_in_words(figure, texts),
        _interval(figure, texts),
        _sample("unknown" if figure.n_unknown else figure.n, texts),
        figure.note or DASH,
    )


def figure_in_words(figure: Measured, texts: Texts) -> str:
    """Return what stands in a cell, or that too few answered."""
    if figure.hidden:
        return texts.say("measured.too_few")
    return _with_unit(figure.value, is_share=figure.unit is Unit.PERCENT, texts=texts)


def _interval(figure: Measured, texts: Texts) -> str:
    if figure.low is None or figure.high is None or figure.interval is None:
        return DASH
    low, high = (texts.amount(one) for one in (figure.low, figure.high))
    return f"{low}–{high} {texts.word('interval', figure.interval)}"


def _sample(n: SampleSize, texts: Texts) -> str:
    if n == "unknown":
        return texts.say("measured.n_unknown")
    return DASH if n is None else texts.amount(n)


def _with_unit(value: Amount | None, *, is_share: bool, texts: Texts) -> str:
    if value is None:
        return DASH
    shown = texts.amount(value)
    return f"{shown} %" if is_share else shown


def _heads(texts: Texts, *names: str) -> Row:
    return tuple(texts.say(f"measured.head_{name}") for name in names)


# ---- as sheets ----


def _effort_rows(report: CouncilReport, texts: Texts) -> Iterator[tuple[Cell, ...]]:
    for effort in report.efforts:
        for one in effort.indicators:
            for reading in one.readings:
                yield (
                    effort.code,
                    texts.show_named(one.title),
                    texts.word("indicator_unit", one.unit),
                    reading.first,
                    reading.last,
                    texts.say("council.hidden") if reading.hidden else reading.value,
                    texts.say("measured.n_unknown")
                    if reading.n == "unknown"
                    else reading.n,
                    texts.word("derivation", one.derived or "") or reading.source,
                    reading.method,
                    " ".join(reading.behind),
                )


def _measured_rows(
    measured: Sequence[Measurements], texts: Texts
) -> Iterator[tuple[Cell, ...]]:
    for series in measured:
        for one in series.figures:
            yield (
                series.series,
                texts.word("metric", one.metric),
                one.area,
                one.year,
                one.period,
                texts.say("measured.too_few") if one.hidden else one.value,
                texts.word("measured_unit", one.unit),
                texts.say("measured.n_unknown") if one.n_unknown else one.n,
                one.low,
                one.high,
                texts.word("interval", one.interval or ""),
                series.follows,
                series.source_url,
                one.note,
            )
