"""The report of one walk, and of one area: what was found, and what became of it.

It lists case by case, without anybody's words: it is about things, not about people.
The same pins give the same report.

Source: S8; ecosystem-and-ux.md §14.8; K3, K4, K10.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from projections.kpis import Cohort, Kpi, KpiCode
from projections.report_parts import (
    By,
    CaseLine,
    Declined,
    Line,
    Pins,
    ReportKind,
    Totals,
    Waiting,
    WalkLine,
    case_line,
    declined_of,
    figures_of,
    line_of,
    lines_of,
    totals_of,
    waiting_of,
    walk_line,
)

FIGURES = (
    *(KpiCode.HEARD, KpiCode.SOCIAL, KpiCode.SOLVED, KpiCode.ANSWERED),
    *(KpiCode.TO_FIXED, KpiCode.TO_VERIFIED, KpiCode.ON_TIME, KpiCode.DECLINED),
    *(KpiCode.REOPENED, KpiCode.HOLD_DAYS, KpiCode.OTHER_EYES, KpiCode.HELPED),
)
"""The figures that say something of so few cases."""


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Everything that the report of a walk or an area says.

    `excluded` is what was found and is no case to be solved here.
    """

    schema: ReportKind
    pins: Pins
    totals: Totals
    all_cases: Line
    lines: tuple[Line, ...]
    walks: tuple[WalkLine, ...]
    cases: tuple[CaseLine, ...]
    excluded: Mapping[str, int]
    kpis: tuple[Kpi, ...]
    declined: tuple[Declined, ...]
    waiting: tuple[Waiting, ...]


def place_report(cohort: Cohort, pins: Pins) -> PlaceReport:
    """Return the report of the cases and walks of one place."""
    internal = pins.internal
    return PlaceReport(
        schema=ReportKind.WALK if pins.walk else ReportKind.AREA,
        pins=pins,
        totals=totals_of(cohort),
        all_cases=line_of(None, "", cohort.counted),
        lines=lines_of(cohort, By.KIND, By.CATEGORY, By.AUTHORITY, internal=internal),
        walks=tuple(
            walk_line(walk, cohort.counted, internal=internal) for walk in cohort.walks
        ),
        cases=tuple(
            case_line(case, cohort.as_of, internal=internal) for case in cohort.counted
        ),
        excluded=cohort.excluded(),
        kpis=figures_of(cohort, *FIGURES, internal=internal),
        declined=declined_of(cohort),
        waiting=waiting_of(cohort),
    )
