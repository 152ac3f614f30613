"""The report to the council in words."""

from collections.abc import Sequence

from adapters.reporting.common import (
    area_name,
    breakdowns,
    counted,
    excluded_of,
    figures,
    heads,
    made,
    mark,
    part_name,
    sentence_of_ends,
    stands,
    undone,
)
from adapters.reporting.measured import measured_sections
from adapters.reporting.model import Document, Row, Section, Table
from adapters.texts import DASH, Texts
from projections.council_report import MISSING, CouncilReport
from projections.danish import sort_key
from projections.kpis import Kpi, KpiCode, Part, PartOf
from projections.report_parts import By, Pins
from projections.small_numbers import OTHERS

BROKEN_DOWN = (KpiCode.HEARD, KpiCode.HOLD_DAYS, KpiCode.REFUSED)
"""The figures whose lines are shown in a table of their own."""


def document(report: CouncilReport, texts: Texts) -> Document:
    """Return the report in words; names are those of the pinned register."""
    pins = report.pins
    not_done, listed = undone(
        report.declined,
        report.waiting,
        texts,
        more={"named": _named(report, texts)},
    )
    return Document(
        lang=texts.lang,
        kind=texts.say("council.kind"),
        title=_title(pins, texts),
        stands=stands(pins, texts),
        summary=summary(report, texts),
        sections=(
            _status(report, texts),
            _late(report, texts),
            not_done,
            _figures(report, texts),
            *measured_sections(report, texts),
            _missing(texts),
            *listed,
            made(pins, texts),
        ),
        mark=mark(pins, texts),
    )


def summary(report: CouncilReport, texts: Texts) -> Row:
    """Return three sentences made from the numbers."""
    totals = report.totals
    raised = texts.say(
        "council.summary_walks",
        walks=counted("walks", totals.walks, texts),
        cases=counted("cases", totals.reported, texts),
    )
    late = texts.say(
        "council.summary_late",
        as_of=report.pins.as_of,
        late=counted("late", totals.late, texts),
        waiting=counted("waiting", len(report.waiting), texts),
    )
    return (raised, sentence_of_ends(report.all_cases, texts), late)


def _title(pins: Pins, texts: Texts) -> str:
    key = "title_area" if pins.area else "title"
    return texts.say(f"council.{key}", first=pins.first, last=pins.last, area=pins.area)


def _status(report: CouncilReport, texts: Texts) -> Section:
    title = texts.say("council.status")
    if not report.totals.reported:
        return Section(title, (texts.say("council.nothing"),))
    return Section(title, *breakdowns(report.all_cases, report.lines, By, texts))


# ---- late ----


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
    hidden = texts.say("council.hidden")
    return Table(
        title=texts.say(f"council.late_by_{by}"),
        heads=heads(texts, "who" if by is PartOf.UNIT else "part", "cases"),
        rows=tuple(
            (name, hidden if part.hidden else part.n)
            for name, part in _in_order(parts, texts)
        ),
        numbers=frozenset({1}),
    )


def _in_order(parts: Sequence[Part], texts: Texts) -> list[tuple[str, Part]]:
    named = [(part_name(part, texts), part) for part in parts]
    return sorted(named, key=lambda one: (one[1].key == OTHERS, sort_key(one[0])))


def _named(report: CouncilReport, texts: Texts) -> Table:
    return Table(
        texts.say("council.named"),
        heads(texts, "number", "what", "area", "due"),
        tuple(
            (
                one.number,
                texts.category(one.category),
                area_name(one.area, texts),
                one.due,
            )
            for one in report.named
        ),
    )


# ---- figures ----


def _figures(report: CouncilReport, texts: Texts) -> Section:
    table = figures(report.kpis, texts, internal=report.pins.internal)
    about = [texts.say("council.figures_about")]
    never = excluded_of(report.kpi(KpiCode.DECLINED).excluded, texts)
    if never:
        about.append(texts.say("council.never_counted", what=never))
    parts = [
        _parts_of(kpi, texts)
        for kpi in map(report.kpi, BROKEN_DOWN)
        if any(part.key != OTHERS for part in kpi.parts)
    ]
    return Section(table.title, tuple(about), (table, *parts))


def _parts_of(kpi: Kpi, texts: Texts) -> Table:
    return Table(
        f"{kpi.code} {texts.say(f'kpi.{kpi.code}')}: {texts.say('council.parts')}",
        heads(texts, "part", f"n_{kpi.code}", f"value_{kpi.code}"),
        tuple(
            (name, _shown(part, part.n, texts), _shown(part, part.value, texts))
            for name, part in _in_order(kpi.parts, texts)
        ),
        frozenset({1, 2}),
    )


def _shown(part: Part, value: float | None, texts: Texts) -> str:
    if part.hidden:
        return texts.say("council.hidden")
    return DASH if value is None else texts.amount(value)


def _missing(texts: Texts) -> Section:
    return Section(
        texts.say("council.missing"),
        tuple(texts.say(f"council.missing_{code}") for code in MISSING),
    )
