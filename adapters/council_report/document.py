"""The report in words: sections, sentences, tables and bars, in one language.

Text and page are made of this, so they say the same. Nothing is counted here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.texts import DASH, Texts
from projections.council_report import (
    MISSING,
    By,
    CouncilReport,
    Line,
    Pins,
)
from projections.danish import sort_key
from projections.kpis import NOT_COUNTED, Kpi, KpiCode, Measure, Part, PartOf
from projections.small_numbers import OTHERS

Row = tuple[str, ...]
MOST_BARS = 12
"""With more lines than this there is no picture: the table says it better."""

FIRST_HEAD = {By.KIND: "kind_of_case", By.AREA: "area", By.AUTHORITY: "who"}
"""What the first column of a breakdown is called, where it is no subject."""

BROKEN_DOWN = (KpiCode.HEARD, KpiCode.HOLD_DAYS, KpiCode.REFUSED)
"""The figures whose lines are shown in a table of their own."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how many of its cases are solved, declined and open."""

    name: str
    verified: int
    declined: int
    open: int

    @property
    def length(self) -> int:
        """How many cases there are."""
        return self.verified + self.declined + self.open


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numbers` are its columns of numbers, `bars` a picture of it."""

    title: str
    heads: Row
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()
    bars: tuple[Bar, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading of its own."""

    title: str
    lines: Row = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report in one language."""

    lang: str
    kind: str
    title: str
    stands: Row
    summary: Row
    sections: tuple[Section, ...]


def document(report: CouncilReport, texts: Texts) -> Document:
    """Return the report in words; names are those of the pinned register."""
    pins = report.pins
    return Document(
        lang=texts.lang,
        kind=texts.say("council.kind"),
        title=_title(pins, texts),
        stands=_stands(pins, texts),
        summary=summary(report, texts),
        sections=(
            _status(report, texts),
            _late(report, texts),
            _undone(report, texts),
            _figures(report, texts),
            _missing(texts),
            _made(pins, texts),
        ),
    )


def summary(report: CouncilReport, texts: Texts) -> Row:
    """Return three sentences made from the numbers."""
    totals, as_of = report.totals, report.pins.as_of

    def counted(name: str, count: int) -> str:
        return texts.say(f"council.count_{name}", count=count)

    raised = texts.say(
        "council.summary_walks",
        walks=counted("walks", totals.walks),
        cases=counted("cases", totals.reported),
    )
    ended = texts.say(
        "council.summary_ends",
        verified=counted("verified", totals.verified),
        declined=counted("declined", totals.declined),
        open=counted("open", totals.open),
    )
    late = texts.say(
        "council.summary_late",
        as_of=as_of,
        late=counted("late", totals.late),
        waiting=counted("waiting", len(report.waiting)),
    )
    nothing = texts.say("council.nothing")
    return (raised, ended if totals.reported else nothing, late)


def _title(pins: Pins, texts: Texts) -> str:
    key = "title_area" if pins.area else "title"
    return texts.say(f"council.{key}", first=pins.first, last=pins.last, area=pins.area)


def _stands(pins: Pins, texts: Texts) -> Row:
    as_of = texts.say("council.as_of", as_of=pins.as_of)
    return (as_of, texts.say("council.internal")) if pins.internal else (as_of,)


# ---- what became of the cases ----


def _status(report: CouncilReport, texts: Texts) -> Section:
    if not report.totals.reported:
        nothing = texts.say("council.nothing")
        return Section(texts.say("council.status"), (nothing,))
    tables = [_broken_down(report.by(by), by, texts) for by in By if _tells(report, by)]
    few = [texts.say(f"council.by_{by}") for by in By if not _tells(report, by)]
    about = [texts.say("council.status_about"), texts.say("council.by_about")]
    if few:
        about.append(texts.say("council.too_few", what="; ".join(few)))
    return Section(
        texts.say("council.status"),
        tuple(about),
        (_broken_down((report.all_cases,), None, texts), *tables),
    )


def _tells(report: CouncilReport, by: By) -> bool:
    """Whether a breakdown has more to say than that everything is small."""
    return any(line.key != OTHERS for line in report.by(by))


def _broken_down(lines: Sequence[Line], by: By | None, texts: Texts) -> Table:
    ordered = _in_order([(line_name(line, texts), line) for line in lines])
    title = texts.say(f"council.by_{by}" if by else "council.of_all")
    drawn = ordered if len(ordered) <= MOST_BARS else []
    first = FIRST_HEAD.get(by, "what") if by else "cases"
    heads = (first, "reported", "verified", "declined", "left")
    return Table(
        title=title,
        heads=tuple(texts.say(f"council.{head}") for head in heads),
        rows=tuple(
            (name, *map(str, (one.reported, one.verified, one.declined, one.open)))
            for name, one in ordered
        ),
        numbers=frozenset({1, 2, 3, 4}),
        bars=tuple(
            Bar(name, one.verified, one.declined, one.open) for name, one in drawn
        ),
        told=_told(title, drawn, texts),
    )


def _told(title: str, lines: Iterable[tuple[str, Line]], texts: Texts) -> str:
    told = (
        texts.say(
            "council.chart_line",
            name=name,
            reported=line.reported,
            verified=line.verified,
            declined=line.declined,
            left=line.open,
        )
        for name, line in lines
    )
    return texts.say("council.chart", title=title, told="; ".join(told))


def _in_order(lines: Iterable[tuple[str, Line]]) -> list[tuple[str, Line]]:
    """Return lines by name as Danes sort, those that were put together last."""
    return sorted(lines, key=lambda one: (one[1].key == OTHERS, sort_key(one[0])))


def line_name(line: Line, texts: Texts) -> str:
    """Return what people call the cases of a line."""
    if line.key == OTHERS:
        return texts.say("council.others")
    match line.by:
        case None:
            return texts.say("council.of_all")
        case By.KIND:
            return texts.word("council_kind", line.key)
        case By.AREA:
            return area_name(line.key, texts)
        case By.CATEGORY:
            return texts.category(line.key)
        case By.AUTHORITY:
            return texts.word("council_authority", line.key)


def area_name(area: str, texts: Texts) -> str:
    """Return the name of an area, or that there was no walk."""
    return area or texts.say("council.no_area")


# ---- late, declined, waiting ----


def _late(report: CouncilReport, texts: Texts) -> Section:
    title, kpi = texts.say("council.late"), report.kpi(KpiCode.OVERDUE)
    if not report.totals.late:
        return Section(title, (texts.say("council.late_none"),))
    tables, few = [], []
    for by in (PartOf.UNIT, PartOf.CLOCK, PartOf.LEVEL):
        parts = [part for part in kpi.parts if part.by is by]
        if any(part.key != OTHERS for part in parts):
            tables.append(_late_table(parts, by, texts))
        else:
            few.append(texts.say(f"council.late_by_{by}"))
    about = [texts.say("council.late_count", count=report.totals.late)]
    about.append(texts.say("council.late_about"))
    if few:
        about.append(texts.say("council.too_few", what="; ".join(few)))
    return Section(title, tuple(about), tuple(tables))


def _late_table(parts: Sequence[Part], by: PartOf, texts: Texts) -> Table:
    named = [(part.key == OTHERS, part_name(part, texts), part) for part in parts]
    named.sort(key=lambda one: (one[0], sort_key(one[1])))
    return Table(
        title=texts.say(f"council.late_by_{by}"),
        heads=_heads(texts, "who" if by is PartOf.UNIT else "part", "cases"),
        rows=tuple(
            (name, texts.say("council.hidden") if part.hidden else str(part.n))
            for _, name, part in named
        ),
        numbers=frozenset({1}),
    )


def part_name(part: Part, texts: Texts) -> str:
    """Return what people call a line of a figure."""
    if part.key == OTHERS:
        return texts.say("council.others")
    match part.by:
        case PartOf.GROUP:
            return texts.group(part.key)
        case PartOf.UNIT:
            return texts.actor(part.key)
        case PartOf.LEVEL if part.key == "0":
            return texts.say("council.level_0")
        case PartOf.LEVEL:
            return texts.say("council.level", level=part.key)
        case PartOf.CLOCK:
            return texts.word("clock", part.key)
        case PartOf.REASON:
            return texts.reason(part.key)
        case PartOf.DIRECTION:
            ways = part.key.split(">")
            return " → ".join(texts.word("council_authority", way) for way in ways)
        case PartOf.AREA:
            return area_name(part.key, texts)


def _undone(report: CouncilReport, texts: Texts) -> Section:
    tables = (
        _declined(report, texts),
        _waiting(report, texts),
        _named(report, texts),
    )
    about = [texts.say("council.undone_about"), texts.say("council.declined_about")]
    none = [
        texts.say(f"council.{name}_none")
        for name, table in zip(("declined", "waiting", "named"), tables, strict=True)
        if not table.rows
    ]
    return Section(
        texts.say("council.undone"),
        (*about, *none),
        tuple(table for table in tables if table.rows),
    )


def _heads(texts: Texts, *names: str) -> Row:
    return tuple(texts.say(f"council.{name}") for name in names)


def _declined(report: CouncilReport, texts: Texts) -> Table:
    names = ("number", "what", "area", "reason", "refer_to", "declined_on")
    return Table(
        texts.say("council.declined"),
        _heads(texts, *names),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                texts.reason(one.reason),
                texts.show(one.refer_to),
                texts.show(one.on),
            )
            for one in report.declined
        ),
    )


def _waiting(report: CouncilReport, texts: Texts) -> Table:
    names = ("number", "what", "area", "reason", "review_on")
    return Table(
        texts.say("council.waiting"),
        _heads(texts, *names),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                texts.reason(one.reason),
                texts.say("council.review_late", day=one.review_on)
                if one.is_late
                else texts.show(one.review_on),
            )
            for one in report.waiting
        ),
    )


def _named(report: CouncilReport, texts: Texts) -> Table:
    return Table(
        texts.say("council.named"),
        _heads(texts, "number", "what", "area", "due"),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                texts.show(one.due),
            )
            for one in report.named
        ),
    )


# ---- figures ----


def _figures(report: CouncilReport, texts: Texts) -> Section:
    internal = report.pins.internal
    names = ["code", "name", "value", "numerator", "denominator", "excluded"]
    names += ["behind"] if internal else []
    title = texts.say("council.figures")
    table = Table(
        title,
        _heads(texts, *names),
        tuple(_figure(kpi, texts, internal=internal) for kpi in report.kpis),
        frozenset({3, 4}),
    )
    about = [texts.say("council.figures_about")]
    if never := _never_counted(report, texts):
        about.append(texts.say("council.never_counted", what=never))
    parts = [
        _parts_of(kpi, texts)
        for kpi in map(report.kpi, BROKEN_DOWN)
        if any(part.key != OTHERS for part in kpi.parts)
    ]
    return Section(title, tuple(about), (table, *parts))


def _parts_of(kpi: Kpi, texts: Texts) -> Table:
    named = [(part.key == OTHERS, part_name(part, texts), part) for part in kpi.parts]
    named.sort(key=lambda one: (one[0], sort_key(one[1])))
    return Table(
        f"{kpi.code} {texts.say(f'kpi.{kpi.code}')}: {texts.say('council.parts')}",
        _heads(texts, "part", f"n_{kpi.code}", f"value_{kpi.code}"),
        tuple(
            (name, _shown(part, part.n, texts), _shown(part, part.value, texts))
            for _, name, part in named
        ),
        frozenset({1, 2}),
    )


def _shown(part: Part, value: float | None, texts: Texts) -> str:
    if part.hidden:
        return texts.say("council.hidden")
    return DASH if value is None else _number(value, texts)


def _figure(kpi: Kpi, texts: Texts, *, internal: bool) -> Row:
    row = (
        kpi.code,
        f"{texts.say(f'kpi.{kpi.code}')}\n{texts.say(f'kpi_definition.{kpi.code}')}",
        value_of(kpi, texts),
        texts.show(kpi.numerator),
        texts.show(kpi.denominator),
        excluded_of(_without_never(kpi.excluded), texts) or DASH,
    )
    return (*row, ", ".join(kpi.hits) or DASH) if internal else row


def _never_counted(report: CouncilReport, texts: Texts) -> str:
    left_out = report.kpi(KpiCode.DECLINED).excluded
    return excluded_of(left_out, texts)


def _without_never(excluded: Mapping[str, int]) -> dict[str, int]:
    """Return what was left out of this figure alone; the rest is said once."""
    return {name: n for name, n in excluded.items() if name not in set(NOT_COUNTED)}


def value_of(kpi: Kpi, texts: Texts) -> str:
    """Return a figure as people read it."""
    if kpi.hidden:
        return texts.say("council.hidden")
    if kpi.value is None:
        return texts.say("council.nothing_to_divide")
    value = _number(kpi.value, texts)
    match kpi.measure:
        case Measure.PERCENT:
            return f"{value} %"
        case Measure.DAYS:
            days = "days_one" if kpi.value == 1 else "days"
            half = texts.say(f"council.{days}", days=value)
            return texts.say("council.days_p90", days=half, p90=kpi.p90)
        case Measure.COUNT if kpi.code is KpiCode.HOLD_DAYS:
            return texts.say("council.days", days=value)
        case Measure.MEAN | Measure.COUNT:
            return value


def _number(value: float, texts: Texts) -> str:
    whole = int(value)
    return str(whole) if value == whole else texts.show(float(value))


def excluded_of(excluded: Mapping[str, int], texts: Texts) -> str:
    """Return what was left out, and why."""
    return "; ".join(
        texts.say(f"kpi_excluded.{name}", count=count)
        for name, count in excluded.items()
    )


# ---- how it was made ----


def _missing(texts: Texts) -> Section:
    return Section(
        texts.say("council.missing"),
        tuple(texts.say(f"council.missing_{code}") for code in MISSING),
    )


def _made(pins: Pins, texts: Texts) -> Section:
    rows = (
        ("period", f"{texts.show(pins.first)} – {texts.show(pins.last)}"),
        ("area", pins.area or texts.say("council.areas_all")),
        ("day", texts.show(pins.as_of)),
        ("known", texts.show(pins.known_at)),
        ("position", str(pins.position)),
        ("register", str(pins.register)),
        ("checkpoint", _checkpoint(pins, texts)),
    )
    made = (texts.say("council.made_small"), texts.say("council.made_again"))
    table = Table(
        texts.say("council.made"),
        _heads(texts, "name_of_pin", "value_of_pin"),
        tuple((texts.say(f"council.{name}"), value) for name, value in rows),
    )
    return Section(texts.say("council.made"), made, (table,))


def _checkpoint(pins: Pins, texts: Texts) -> str:
    if pins.checkpoint is None:
        return texts.say("council.checkpoint_none")
    key = "checkpoint_covers" if pins.checkpoint.covers else "checkpoint_behind"
    signed = pins.checkpoint
    return texts.say(f"council.{key}", size=signed.size, root=signed.root)
