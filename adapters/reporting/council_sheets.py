"""The numbers as sheets, each with its own question."""

from collections.abc import Iterable, Iterator

from adapters.files.sheets import Cell
from adapters.reporting.common import (
    area_name,
    excluded_of,
    heads,
    line_name,
    part_name,
)
from adapters.reporting.measured import measured_sheets
from adapters.reporting.model import Row, Sheet
from adapters.texts import Texts
from projections.council_report import CouncilReport
from projections.kpis import Kpi
from projections.report_parts import Line

Rows = Iterator[tuple[Cell, ...]]

KPI_HEADS = (
    *("code", "name", "value", "unit", "numerator", "denominator", "p90"),
    *("excluded", "definition", "behind"),
)
PART_HEADS = ("code", "name", "part", "who", "denominator", "value", "behind")
LINE_HEADS = ("part", "what", "reported", "verified", "declined", "left")
UNDONE_HEADS = (
    *("part", "number", "what", "area", "reason", "refer_to", "declined_on"),
    "review_on",
)


def sheets(report: CouncilReport, texts: Texts) -> tuple[Sheet, ...]:
    """Return each sheet."""

    def named(file: str, title: str, names: Row, rows: Rows) -> Sheet:
        told = texts.say(f"council.{title}")
        return Sheet(file, told, heads(texts, *names), tuple(rows))

    return (
        named("noegletal", "figures", KPI_HEADS, kpi_rows(report.kpis, texts)),
        named("noegletal-fordelt", "figures_by", PART_HEADS, _parts(report, texts)),
        named("sager-fordelt", "cases_by", LINE_HEADS, line_rows(report.lines, texts)),
        named("ikke-gjort", "undone", UNDONE_HEADS, _undone(report, texts)),
        *measured_sheets(report, texts),
    )


def kpi_rows(kpis: Iterable[Kpi], texts: Texts) -> Rows:
    """Yield figures, each with what it is counted from."""
    for kpi in kpis:
        yield (
            kpi.code,
            texts.say(f"kpi.{kpi.code}"),
            kpi.value,
            texts.word("measure", kpi.measure),
            kpi.numerator,
            kpi.denominator,
            kpi.p90,
            texts.say("council.hidden")
            if kpi.hidden
            else excluded_of(kpi.excluded, texts),
            texts.say(f"kpi_definition.{kpi.code}"),
            " ".join(kpi.hits),
        )


def _parts(report: CouncilReport, texts: Texts) -> Rows:
    for kpi in report.kpis:
        for part in kpi.parts:
            yield (
                kpi.code,
                texts.say(f"kpi.{kpi.code}"),
                texts.word("part_of", part.by),
                part_name(part, texts),
                part.n,
                part.value,
                " ".join(part.cases),
            )


def line_rows(lines: Iterable[Line], texts: Texts) -> Rows:
    """Yield the lines of breakdowns."""
    for line in lines:
        yield (
            texts.say(f"council.by_{line.by}"),
            line_name(line, texts),
            line.reported,
            line.verified,
            line.declined,
            line.open,
        )


def _undone(report: CouncilReport, texts: Texts) -> Rows:
    for no in report.declined:
        yield (
            texts.say("council.declined"),
            no.number,
            texts.category(no.category),
            area_name(no.area, texts),
            texts.reason(no.reason),
            texts.actor(no.refer_to) if no.refer_to else "",
            no.on,
            "",
        )
    for one in report.waiting:
        yield (
            texts.say("council.waiting"),
            one.number,
            texts.category(one.category),
            area_name(one.area, texts),
            texts.reason(one.reason),
            "",
            "",
            one.review_on,
        )
