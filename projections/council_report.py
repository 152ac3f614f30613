"""The council report: one typed model from which every form of it is made.

It holds codes and numbers, and nobody's own words: names, sentences and pictures are
made of it by whoever shows it. The same pins give the same report.

Source: S4, S28; ecosystem-and-ux.md §7, §14.8; R3 (level 5), R12.
"""

from dataclasses import dataclass
from datetime import date

from domain.values import CategoryCode, FindingNumber
from projections.cases import late_clocks
from projections.kpis import Cohort, Kpi, KpiCode
from projections.report_parts import (
    By,
    Declined,
    Line,
    Pins,
    ReportKind,
    Totals,
    Waiting,
    declined_of,
    figures_of,
    line_of,
    lines_of,
    totals_of,
    waiting_of,
)

NAMED_LEVEL = 5
"""From this rung of the ladder on the council is told of the case itself (R3)."""

MISSING = ("K15", "K17", "K18")
"""The figures of which the facts say nothing, or not all."""


@dataclass(frozen=True, slots=True)
class Named:
    """A case so late that the council is told of it."""

    number: FindingNumber
    category: CategoryCode
    area: str
    due: date | None


@dataclass(frozen=True, slots=True)
class CouncilReport:
    """Everything the report says."""

    schema: ReportKind
    pins: Pins
    totals: Totals
    all_cases: Line
    lines: tuple[Line, ...]
    kpis: tuple[Kpi, ...]
    declined: tuple[Declined, ...]
    waiting: tuple[Waiting, ...]
    named: tuple[Named, ...]

    def kpi(self, code: KpiCode) -> Kpi:
        """Return one figure."""
        return next(one for one in self.kpis if one.code is code)

    def by(self, what: By) -> tuple[Line, ...]:
        """Return the lines of one breakdown."""
        return tuple(line for line in self.lines if line.by is what)


def council_report(cohort: Cohort, pins: Pins) -> CouncilReport:
    """Return the report of one cohort; for publishing unless it is internal."""
    return CouncilReport(
        schema=ReportKind.COUNCIL,
        pins=pins,
        totals=totals_of(cohort),
        all_cases=line_of(None, "", cohort.counted),
        lines=lines_of(cohort, *By, internal=pins.internal),
        kpis=figures_of(cohort, internal=pins.internal),
        declined=declined_of(cohort),
        waiting=waiting_of(cohort),
        named=_named(cohort),
    )


def _named(cohort: Cohort) -> tuple[Named, ...]:
    return tuple(
        Named(
            number=case.number,
            category=case.row.category,
            area=cohort.area_of(case),
            due=min(late_clocks(case.row, cohort.as_of).values(), default=None),
        )
        for case in cohort.open_
        if case.row.escalated >= NAMED_LEVEL
    )
