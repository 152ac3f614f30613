"""The report of one unit on its own work: what it has, what it did, what waits.

It compares the unit with nobody. It is for the unit and for who coordinates.
"""

from dataclasses import dataclass, replace

from domain.values import Actor
from projections.cases import late_clocks
from projections.kpis import Cohort, Kpi, KpiCode
from projections.report_parts import (
    CaseLine,
    Pins,
    ReportKind,
    Waiting,
    case_line,
    figures_of,
    waiting_of,
)
from projections.trails import Trail

FIGURES = (
    *(KpiCode.TO_FIXED, KpiCode.ON_TIME, KpiCode.REOPENED),
    *(KpiCode.HOLD_DAYS, KpiCode.OTHER_EYES),
)
"""The figures that are about the unit's own work."""


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """How many cases the unit has now, and how many it fixed in the period."""

    open: int
    late: int
    on_hold: int
    fixed: int
    verified: int


@dataclass(frozen=True, slots=True)
class UnitReport:
    """Everything that the report of a unit says."""

    schema: ReportKind
    pins: Pins
    totals: UnitTotals
    kpis: tuple[Kpi, ...]
    open_cases: tuple[CaseLine, ...]
    fixed: tuple[CaseLine, ...]
    waiting: tuple[Waiting, ...]


def unit_report(cohort: Cohort, pins: Pins) -> UnitReport:
    """Return what one unit has to do, and what it fixed in the period."""
    unit = Actor(pins.unit or "")
    has = tuple(case for case in cohort.open_ if _has(case, unit))
    fixed = tuple(case for case in cohort.known if _fixed(case, unit, pins))
    own = replace(cohort, every=fixed, counted=fixed)
    return UnitReport(
        schema=ReportKind.UNIT,
        pins=pins,
        totals=UnitTotals(
            open=len(has),
            late=sum(bool(late_clocks(case.row, cohort.as_of)) for case in has),
            on_hold=sum(case.row.on_hold for case in has),
            fixed=len(fixed),
            verified=sum(case.verified_on is not None for case in fixed),
        ),
        kpis=figures_of(own, *FIGURES, internal=pins.internal),
        open_cases=_lines(has, cohort, pins),
        fixed=_lines(fixed, cohort, pins),
        waiting=waiting_of(replace(cohort, counted=has)),
    )


def _has(case: Trail, unit: Actor) -> bool:
    """Whether a unit has a case, or is the one that has to act on it now."""
    return unit in {case.row.unit, case.row.assignee and case.row.assignee.unit}


def _fixed(case: Trail, unit: Actor, pins: Pins) -> bool:
    """Whether a unit had its hands on a fix of the period that still stands."""
    return (
        case.fix is not None
        and unit in case.fix.units
        and pins.first <= case.fix.on <= pins.last
    )


def _lines(
    cases: tuple[Trail, ...], cohort: Cohort, pins: Pins
) -> tuple[CaseLine, ...]:
    return tuple(
        case_line(case, cohort.as_of, internal=pins.internal) for case in cases
    )
