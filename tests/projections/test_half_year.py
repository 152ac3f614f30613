"""What moved in half a year: every line adds up, whatever happened."""

from datetime import date, timedelta

import pytest

from projections.half_year import (
    HalfYear,
    Moved,
    half_before,
    half_numbered,
    half_of,
    half_year,
)
from projections.kpis import Cohort, KpiCode, Period, cohort_of
from projections.report_parts import Pins
from projections.small_numbers import LEAST, OTHERS
from tests import examples as ex
from tests.projections.long_history import long_history
from tests.projections.test_kpis import CALENDAR, DAY, cohort, facts

ALWAYS = Period(date(2020, 1, 1), date(2030, 12, 31))


def pins(day: date, *, internal: bool = False) -> Pins:
    half = half_of(day)
    known = ex.moment("2027-12-31")
    return Pins(half.first, half.last, None, day, 1, known, 1, None, internal)


def moved(line: Moved) -> tuple[int, ...]:
    return (
        line.before,
        line.raised,
        line.reopened,
        line.verified,
        line.declined,
        line.otherwise,
        line.now,
    )


def test_the_small_history_moves_as_worked_out_by_hand() -> None:
    """Nine cases count; 01 is verified, 06 declined, 02 was verified and reopened."""
    now, before = cohort(facts(), DAY), cohort(facts(), date(2026, 6, 30))
    october = cohort(facts(), date(2026, 10, 20))

    whole = half_year(now, before, pins(DAY)).moved[0]
    since = half_year(now, october, pins(DAY)).moved[0]

    assert moved(whole) == (0, 9, 0, 1, 1, 0, 7)
    assert since.reopened == 1
    assert_adds_up(since)


def assert_adds_up(line: Moved) -> None:
    begun = line.before + line.raised + line.reopened
    ended = line.verified + line.declined + line.otherwise
    assert begun - ended == line.now


def at(day: date) -> Cohort:
    return cohort_of(long_history(), ALWAYS, day, CALENDAR)


DAYS = [date(2026, 10, 1) + timedelta(days=days) for days in range(0, 420, 60)]


@pytest.mark.parametrize("internal", [True, False])
def test_every_line_adds_up_between_any_two_days(internal: bool) -> None:
    cohorts = {day: at(day) for day in DAYS}
    for first in DAYS:
        for last in DAYS:
            if first > last:
                continue
            told = pins(last, internal=internal)
            report = half_year(cohorts[last], cohorts[first], told)
            every, *lines = report.moved
            for line in report.moved:
                assert_adds_up(line)
            assert every.now == len(cohorts[last].open_)
            for place in range(7):
                assert moved(every)[place] == sum(moved(one)[place] for one in lines)


def test_small_lines_are_put_together_for_who_is_outside() -> None:
    now, before = cohort(facts(), DAY), cohort(facts(), date(2026, 6, 30))

    outside = half_year(now, before, pins(DAY)).moved[1:]
    inside = half_year(now, before, pins(DAY, internal=True)).moved[1:]

    assert {one.authority for one in inside} == {"municipality", "police"}
    assert all(one.size >= LEAST for one in outside)
    assert OTHERS in {one.authority for one in outside}


def test_each_figure_stands_beside_that_of_the_half_before() -> None:
    now, before = cohort(facts(), DAY), cohort(facts(), date(2026, 10, 9))
    report: HalfYear = half_year(now, before, pins(DAY, internal=True))
    solved = next(one for one in report.kpis if one.now.code is KpiCode.SOLVED)

    assert (solved.now.value, solved.before.value) == (12.5, 0.0)
    assert all(one.now.code is one.before.code for one in report.kpis)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-2", date(2026, 7, 1), date(2026, 12, 31)),
    ],
)
def test_a_half_has_a_number(text: str, first: date, last: date) -> None:
    assert half_numbered(text) == Period(first, last)
    assert half_of(first) == half_of(last) == Period(first, last)


def test_before_a_first_half_comes_a_second() -> None:
    assert half_before(date(2027, 1, 1)) == half_numbered("2026-2")
    assert half_before(date(2026, 7, 1)) == half_numbered("2026-1")


@pytest.mark.parametrize("text", ["2026", "2026-3", "2026-0", "26-1", "12026-1", ""])
def test_anything_else_is_no_half(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        half_numbered(text)
