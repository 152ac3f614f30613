"""The report of one unit on its own work, in words."""

from adapters.reporting.common import (
    counted,
    figures,
    heads,
    made,
    mark,
    stands,
    waiting_table,
)
from adapters.reporting.council_sheets import KPI_HEADS, kpi_rows
from adapters.reporting.model import Document, Row, Section, Sheet, Table
from adapters.reporting.place import case_sheet, cases_table
from adapters.texts import Texts
from projections.unit_report import UnitReport


def document(report: UnitReport, texts: Texts) -> Document:
    """Return the report in words; names are those of the pinned register."""
    pins = report.pins
    table = figures(report.kpis, texts, internal=pins.internal)
    about = (texts.say("council.figures_about"), texts.say("unit_report.figures_about"))
    return Document(
        lang=texts.lang,
        kind=texts.say("unit_report.kind"),
        title=texts.say(
            "unit_report.title",
            unit=texts.actor(pins.unit or ""),
            first=pins.first,
            last=pins.last,
        ),
        stands=stands(pins, texts),
        summary=summary(report, texts),
        sections=(
            _section("open", cases_table(report.open_cases, texts), texts),
            _section("waiting", waiting_table(report.waiting, texts), texts),
            _section("fixed", cases_table(report.fixed, texts), texts),
            Section(table.title, about, (table,)),
            made(pins, texts),
        ),
        mark=mark(pins, texts),
    )


def summary(report: UnitReport, texts: Texts) -> Row:
    """Return three sentences made from the numbers."""
    totals = report.totals
    return (
        texts.say(
            "unit_report.summary_has",
            as_of=report.pins.as_of,
            has=counted("left", totals.open, texts),
        ),
        texts.say(
            "unit_report.summary_late",
            late=counted("late", totals.late, texts),
            waiting=counted("waiting", totals.on_hold, texts),
        ),
        texts.say(
            "unit_report.summary_fixed",
            fixed=counted("cases", totals.fixed, texts),
            verified=totals.verified,
        ),
    )


def _section(name: str, table: Table, texts: Texts) -> Section:
    title = texts.say(f"unit_report.{name}")
    if not table.rows:
        return Section(title, (texts.say(f"unit_report.{name}_none"),))
    return Section(title, (texts.say(f"unit_report.{name}_about"),), (table,))


def sheets(report: UnitReport, texts: Texts) -> tuple[Sheet, ...]:
    """Return each sheet."""
    kpis = tuple(kpi_rows(report.kpis, texts))
    names = heads(texts, *KPI_HEADS)
    return (
        case_sheet("aabne", report.open_cases, texts),
        case_sheet("gjort", report.fixed, texts),
        Sheet("noegletal", texts.say("council.figures"), names, kpis),
    )
