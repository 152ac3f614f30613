"""The council report: one typed model from which every form of it is made.

It holds codes and numbers, what others have published, and nobody's own words: names,
sentences and pictures are made of it by whoever shows it. The same pins give the same
report.

Source: S4, S8, S26–S28; ecosystem-and-ux.md §7, §14.8; R3 (level 5), R12.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from domain.calendar import END_OF_DAY
from domain.register.model import Register
from domain.register.strategy import Strategy
from domain.values import CategoryCode, FindingNumber
from projections.cases import late_clocks
from projections.indicators import Effort, efforts
from projections.kpis import Cohort, Kpi, KpiCode
from projections.measurements import Measurements, published
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

SINCE_SECOND = ("strategy", "efforts", "measured", "walked")
"""The parts that a report of the first schema does not have."""

NAMED_LEVEL = 5
"""From this rung of the ladder on the council is told of the case itself (R3)."""

MISSING = ("K15", "K17")
"""The figures of which the facts say nothing, or not all."""


@dataclass(frozen=True, slots=True)
class Named:
    """A case so late that the council is told of it."""

    number: FindingNumber
    category: CategoryCode
    area: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Walked:
    """How many walks were held in an area in a year, up to the day."""

    area: str
    year: int
    walks: int


@dataclass(frozen=True, slots=True)
class CouncilReport:
    """Everything the report says.

    `measured` are the external measurements, each series by itself; `walked` stands
    beside them and explains nothing of them.
    """

    schema: ReportKind
    pins: Pins
    totals: Totals
    all_cases: Line
    lines: tuple[Line, ...]
    kpis: tuple[Kpi, ...]
    declined: tuple[Declined, ...]
    waiting: tuple[Waiting, ...]
    named: tuple[Named, ...]
    strategy: Strategy | None
    efforts: tuple[Effort, ...]
    measured: tuple[Measurements, ...]
    walked: tuple[Walked, ...]

    def kpi(self, code: KpiCode) -> Kpi:
        """Return one figure."""
        return next(one for one in self.kpis if one.code is code)

    def by(self, what: By) -> tuple[Line, ...]:
        """Return the lines of one breakdown."""
        return tuple(line for line in self.lines if line.by is what)


def council_report(cohort: Cohort, pins: Pins) -> CouncilReport:
    """Return the report of one cohort; for publishing unless it is internal."""
    rules, internal = _rules(cohort), pins.internal
    areas = rules.focus_areas if rules else ()
    return CouncilReport(
        schema=ReportKind.COUNCIL,
        pins=pins,
        totals=totals_of(cohort),
        all_cases=line_of(None, "", cohort.counted),
        lines=lines_of(cohort, *By, internal=internal),
        kpis=figures_of(cohort, internal=internal),
        declined=declined_of(cohort),
        waiting=waiting_of(cohort),
        named=_named(cohort),
        strategy=rules.strategy if rules else None,
        efforts=efforts(areas, cohort, internal=internal),
        measured=tuple(one if internal else published(one) for one in cohort.measured),
        walked=_walked(cohort),
    )


def as_first(report: CouncilReport) -> CouncilReport:
    """Return a report with what the first schema says of it; it has no other parts."""
    lines = tuple(line for line in report.lines if line.by is not By.FOCUS)
    return replace(report, schema=ReportKind.FIRST_COUNCIL, lines=lines)


def _rules(cohort: Cohort) -> Register | None:
    """Return the register of the day."""
    until = cohort.calendar.moment(cohort.as_of, END_OF_DAY)
    in_force = cohort.registers.at(until)
    return in_force.rules if in_force else None


def _walked(cohort: Cohort) -> tuple[Walked, ...]:
    held = Counter(
        (walk.area, walk.held_on.year) for walk in cohort.held if walk.held_on
    )
    return tuple(Walked(*place, count) for place, count in sorted(held.items()))


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
