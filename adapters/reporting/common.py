"""The parts that several reports have in common, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.reporting.model import Bar, Chart, Fill, Row, Section, Table
from adapters.texts import DASH, Texts
from projections.danish import sort_key
from projections.kpis import NOT_COUNTED, Kpi, KpiCode, Measure, Part, PartOf
from projections.report_parts import (
    By,
    Declined,
    Line,
    Pins,
    Waiting,
    WalkLine,
)
from projections.small_numbers import OTHERS

MOST_BARS = 7
"""The longest lines are drawn, and the rest as one bar; a rest of one as itself."""

MOST_LISTED = 12
"""More cases than this are counted by reason, and listed at the end."""

FIRST_HEAD = {
    By.KIND: "kind_of_case",
    By.AREA: "area",
    By.AUTHORITY: "who",
    By.FOCUS: "focus",
}
"""What the first column of a breakdown is called, where it is no subject."""

NamedLine = tuple[str, Line]


def heads(texts: Texts, *names: str) -> Row:
    """Return the heads of some columns."""
    return tuple(texts.say(f"council.{name}") for name in names)


def stands(pins: Pins, texts: Texts) -> Row:
    """Return of which day the report is, and who may read it."""
    as_of = texts.say("council.as_of", as_of=pins.as_of)
    return (as_of, texts.say("council.internal")) if pins.internal else (as_of,)


def counted(name: str, count: int, texts: Texts) -> str:
    """Return a number of something in words."""
    return texts.say(f"council.count_{name}", count=count)


def sentence_of_ends(line: Line, texts: Texts) -> str:
    """Return what became of some cases, in one sentence."""
    if not line.reported:
        return texts.say("council.nothing")
    return texts.say(
        "council.summary_ends",
        verified=counted("verified", line.verified, texts),
        declined=counted("declined", line.declined, texts),
        open=counted("open", line.open, texts),
    )


# ---- what became of the cases ----


def breakdowns(
    every: Line, lines: Sequence[Line], wanted: Iterable[By], texts: Texts
) -> tuple[Row, tuple[Table, ...]]:
    """Return what is to be known of the breakdowns, and those that tell something."""
    tables, few = [_broken_down((every,), None, texts)], []
    for by in wanted:
        found = [line for line in lines if line.by is by]
        if any(line.key != OTHERS for line in found):
            tables.append(_broken_down(found, by, texts))
        else:
            few.append(texts.say(f"council.by_{by}"))
    about = [texts.say("council.status_about"), texts.say("council.by_about")]
    if few:
        about.append(texts.say("council.too_few", what="; ".join(few)))
    return tuple(about), tuple(tables)


def _broken_down(lines: Sequence[Line], by: By | None, texts: Texts) -> Table:
    ordered = _in_order([(line_name(line, texts), line) for line in lines])
    title = texts.say(f"council.by_{by}" if by else "council.of_all")
    first = FIRST_HEAD.get(by, "what") if by else "cases"
    return Table(
        title=title,
        heads=heads(texts, first, "reported", "verified", "declined", "left"),
        rows=tuple(
            (name, one.reported, one.verified, one.declined, one.open)
            for name, one in ordered
        ),
        numbers=frozenset({1, 2, 3, 4}),
        chart=_drawn(title, ordered, texts),
    )


def _in_order(lines: Iterable[NamedLine]) -> list[NamedLine]:
    """Return lines by name as Danes sort, those that were put together last."""
    return sorted(lines, key=lambda one: (one[1].key == OTHERS, sort_key(one[0])))


def _drawn(title: str, ordered: Sequence[NamedLine], texts: Texts) -> Chart:
    """Return the longest lines as bars, in their order, and the rest as one."""
    lines = list(ordered)
    if len(lines) > MOST_BARS + 1:
        by_length = sorted(lines, key=lambda one: (one[1].key == OTHERS, -_length(one)))
        longest = by_length[:MOST_BARS]
        rest = [line for name, line in lines if (name, line) not in longest]
        lines = [one for one in lines if one in longest]
        lines.append((texts.say("council.rest"), _sum(rest)))
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
    return Chart(
        title=title,
        bars=tuple(Bar(name, _shares(line)) for name, line in lines),
        told=texts.say("council.chart", title=title, told="; ".join(told)),
    )


def _length(named: NamedLine) -> int:
    return named[1].reported


def _sum(lines: Sequence[Line]) -> Line:
    return Line(
        by=None,
        key=OTHERS,
        reported=sum(one.reported for one in lines),
        verified=sum(one.verified for one in lines),
        declined=sum(one.declined for one in lines),
        open=sum(one.open for one in lines),
    )


def _shares(line: Line) -> tuple[tuple[Fill, int], ...]:
    return (
        (Fill.DONE, line.verified),
        (Fill.DECLINED, line.declined),
        (Fill.OPEN, line.open),
    )


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
        case By.FOCUS:
            return texts.focus_area(line.key) or texts.say("council.no_focus")


def area_name(area: str, texts: Texts) -> str:
    """Return the name of an area, or that there was no walk."""
    return area or texts.say("council.no_area")


def walks_table(walks: Sequence[WalkLine], texts: Texts) -> Table:
    """Return the walks, each with what came of it."""
    named = ("walk", "area", "held_on", "came", "reported", "verified", "declined")
    hidden = texts.say("council.hidden")
    return Table(
        texts.say("council.walks"),
        heads(texts, *named, "left"),
        tuple(
            (
                one.number,
                one.area,
                one.held_on,
                hidden if one.participants is None else one.participants,
                *(one.reported, one.verified, one.declined, one.open),
            )
            for one in walks
        ),
        frozenset({3, 4, 5, 6, 7}),
    )


# ---- declined, waiting ----


def undone(
    declined: Sequence[Declined],
    waiting: Sequence[Waiting],
    texts: Texts,
    *,
    more: Mapping[str, Table] | None = None,
) -> tuple[Section, tuple[Section, ...]]:
    """Return what was not done, and why; what there is none of is said.

    Of many cases the section counts the reasons, and they are listed one by one in
    sections of their own, to stand at the end.
    """
    every = {
        "declined": declined_table(declined, texts),
        "waiting": waiting_table(waiting, texts),
        **(more or {}),
    }
    reasons = {
        "declined": Counter(one.reason for one in declined),
        "waiting": Counter(one.reason for one in waiting),
    }
    about = [texts.say("council.undone_about"), texts.say("council.declined_about")]
    tables, listed = [], []
    for name, table in every.items():
        if not table.rows:
            about.append(texts.say(f"council.{name}_none"))
        elif len(table.rows) <= MOST_LISTED or name not in reasons:
            tables.append(table)
        else:
            tables.append(_reasons(table.title, reasons[name], texts))
            title = texts.say("council.one_by_one", title=table.title)
            listed.append(Section(title, (), (replace(table, title=title),)))
    if listed:
        about.append(texts.say("council.listed_last"))
    return Section(texts.say("council.undone"), tuple(about), tuple(tables)), tuple(
        listed
    )


def _reasons(title: str, counts: Mapping[str, int], texts: Texts) -> Table:
    named = [(texts.reason(reason), count) for reason, count in counts.items()]
    named.sort(key=lambda one: (-one[1], sort_key(one[0])))
    return Table(
        title,
        heads(texts, "reason", "cases"),
        tuple(named),
        frozenset({1}),
    )


def declined_table(declined: Sequence[Declined], texts: Texts) -> Table:
    """Return what will not be done: why, and who can help instead."""
    names = ("number", "what", "area", "reason", "refer_to", "declined_on")
    return Table(
        texts.say("council.declined"),
        heads(texts, *names),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                texts.reason(one.reason),
                texts.show(one.refer_to),
                one.on,
            )
            for one in declined
        ),
    )


def waiting_table(waiting: Sequence[Waiting], texts: Texts) -> Table:
    """Return what stands still: why, and when it is looked at again."""
    names = ("number", "what", "area", "reason", "review_on")
    return Table(
        texts.say("council.waiting"),
        heads(texts, *names),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                texts.reason(one.reason),
                texts.say("council.review_late", day=one.review_on)
                if one.is_late
                else one.review_on,
            )
            for one in waiting
        ),
    )


# ---- figures ----


def figures(kpis: Sequence[Kpi], texts: Texts, *, internal: bool) -> Table:
    """Return figures, each with what it is counted from and what is left out."""
    names = ["code", "name", "value", "numerator", "denominator", "excluded"]
    names += ["behind"] if internal else []
    return Table(
        texts.say("council.figures"),
        heads(texts, *names),
        tuple(_figure(kpi, texts, internal=internal) for kpi in kpis),
        frozenset({3, 4}),
    )


def _figure(kpi: Kpi, texts: Texts, *, internal: bool) -> Row:
    row = (
        kpi.code,
        f"{texts.say(f'kpi.{kpi.code}')}\n{texts.say(f'kpi_definition.{kpi.code}')}",
        value_of(kpi, texts),
        *(
            DASH if one is None else texts.amount(one)
            for one in (kpi.numerator, kpi.denominator)
        ),
        excluded_of(_without_never(kpi.excluded), texts) or DASH,
    )
    return (*row, ", ".join(kpi.hits) or DASH) if internal else row


def _without_never(excluded: Mapping[str, int]) -> dict[str, int]:
    """Return what was left out of this figure alone; the rest is said once."""
    return {name: n for name, n in excluded.items() if name not in set(NOT_COUNTED)}


def value_of(kpi: Kpi, texts: Texts) -> str:
    """Return a figure as people read it."""
    if kpi.hidden:
        return texts.say("council.hidden")
    if kpi.value is None:
        return texts.say("council.nothing_to_divide")
    value = texts.amount(kpi.value)
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


def excluded_of(excluded: Mapping[str, int], texts: Texts) -> str:
    """Return what was left out, and why."""
    return "; ".join(
        texts.say(f"kpi_excluded.{name}", count=count)
        for name, count in excluded.items()
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


# ---- how it was made ----


def made(pins: Pins, texts: Texts) -> Section:
    """Return what the report is made of, so that it can be made again."""
    about = (texts.say("council.made_small"), texts.say("council.made_again"))
    table = Table(
        texts.say("council.made"),
        heads(texts, "name_of_pin", "value_of_pin"),
        pinned(pins, texts),
    )
    return Section(texts.say("council.made"), about, (table,))


def pinned(pins: Pins, texts: Texts) -> tuple[Row, ...]:
    """Return every pin with its name."""
    rows = {
        "period": f"{texts.show(pins.first)} – {texts.show(pins.last)}",
        "walk": pins.walk,
        "of_unit": texts.actor(pins.unit) if pins.unit else None,
        "area": pins.area or texts.say("council.areas_all"),
        "day": texts.show(pins.as_of),
        "known": texts.show(pins.known_at),
        "position": str(pins.position),
        "register": str(pins.register),
        "checkpoint": _checkpoint(pins, texts),
    }
    return tuple(
        (texts.say(f"council.{name}"), value) for name, value in rows.items() if value
    )


def mark(pins: Pins, texts: Texts) -> str:
    """Return the pins in one line, for the foot of each page."""
    root = pins.checkpoint.root[:ROOT_DIGITS] if pins.checkpoint else DASH
    return texts.say(
        "council.mark",
        as_of=pins.as_of,
        known=pins.known_at,
        position=pins.position,
        register=pins.register,
        root=root,
    )


ROOT_DIGITS = 12


def _checkpoint(pins: Pins, texts: Texts) -> str:
    if pins.checkpoint is None:
        return texts.say("council.checkpoint_none")
    key = "checkpoint_covers" if pins.checkpoint.covers else "checkpoint_behind"
    signed = pins.checkpoint
    return texts.say(f"council.{key}", size=signed.size, root=signed.root)
