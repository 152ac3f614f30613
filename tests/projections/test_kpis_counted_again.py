"""The figures of a whole municipality, counted a second time by other means."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest

from projections.kpis import KpiCode, Measure, Period, cohort_of, kpis
from tests.projections.counting import Counting
from tests.projections.invented import END, invented, rules

FIRST = date(2021, 1, 1)
DAYS = (date(2024, 6, 30), END)
COUNTED = (
    *(
        "K1",
        "K2",
        "K3a",
        "K3b",
        "K4",
        "K5",
        "K6a",
        "K6b",
        "K6c",
        "K7",
        "K8",
        "K9",
        "K10",
    ),
    *("K11a", "K11b", "K12", "K13", "K14", "K15", "K16"),
)
pytestmark = pytest.mark.timeout(1200)
"""The first of them waits for five invented years."""

Figures = Mapping[str, tuple[Any, ...]]


@cache
def both(as_of: date) -> tuple[Figures, Figures]:
    """Return every figure as the program counts it, and as SQL does."""
    facts, calendar = invented(60, 1500, 5), rules().working_days
    period = Period(FIRST, as_of)
    ours: Figures = {
        str(kpi.code): (
            (kpi.denominator, kpi.value, kpi.p90)
            if kpi.measure is Measure.DAYS
            else (kpi.numerator, kpi.denominator, kpi.value)
        )
        for kpi in kpis(cohort_of(facts, period, as_of, calendar))
    }
    theirs = Counting(facts, calendar.days_off, FIRST, as_of, as_of).figures()
    return ours, theirs


@pytest.mark.parametrize("as_of", DAYS, ids=str)
@pytest.mark.parametrize("code", COUNTED)
def test_sql_over_the_facts_gives_the_same_figure(code: str, as_of: date) -> None:
    ours, theirs = both(as_of)

    assert ours[code] == _as_ours(code, theirs[code], ours[code])


def _as_ours(
    code: str, counted: Sequence[object], ours: Sequence[object]
) -> tuple[object, ...]:
    """Return what SQL counted, with the fields that it leaves out taken from ours."""
    match code:
        case KpiCode.WALKS | KpiCode.OVERDUE | KpiCode.SPREAD | KpiCode.HOLD_DAYS:
            return (counted[0], ours[1], counted[0])
        case KpiCode.HELPED:
            return (*ours[:2], counted[0])
        case KpiCode.HEARD | KpiCode.REFUSED | KpiCode.OTHER_EYES:
            return (*counted, ours[2])
        case _:
            return tuple(counted)
