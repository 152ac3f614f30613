"""One unit's own work, and the cases of one place, in a history worked out by hand."""

from datetime import date

from domain.finding.state import Status
from domain.values import Actor
from projections.kpis import KpiCode
from projections.place_report import place_report
from projections.report_parts import Pins, ReportKind, rounded
from projections.unit_report import UnitReport, unit_report
from tests import examples as ex
from tests.projections.test_kpis import AUTUMN, DAY, cohort, facts

KNOWN = ex.moment("2027-12-31")


def pins(unit: Actor | None = None, first: date = AUTUMN.first) -> Pins:
    return Pins(
        first=first,
        last=AUTUMN.last,
        area=None,
        as_of=DAY,
        position=1,
        known_at=KNOWN,
        register=1,
        checkpoint=None,
        internal=unit is not None,
        unit=unit,
    )


def of_lighting(first: date = AUTUMN.first) -> UnitReport:
    return unit_report(cohort(facts(), DAY), pins(ex.LIGHTING, first))


def test_a_unit_has_what_is_assigned_to_it_or_waits_for_it() -> None:
    """01 is verified and 06 declined; 12 went to the police; 10 has no owner yet."""
    report = of_lighting()

    has = [one.number for one in report.open_cases]
    assert has == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-11"]
    assert report.totals.open == 5
    assert [one.number for one in report.waiting] == ["2026-04"]


def test_a_unit_is_told_what_it_fixed_and_nobody_is_compared() -> None:
    report = of_lighting()

    assert [one.number for one in report.fixed] == ["2026-01", "2026-03"]
    assert (report.totals.fixed, report.totals.verified) == (2, 1)
    assert {one.code for one in report.kpis} >= {KpiCode.ON_TIME, KpiCode.TO_FIXED}
    later = of_lighting(date(2026, 10, 25))
    assert [one.number for one in later.fixed] == ["2026-03"]


def test_a_unit_without_work_has_an_empty_report() -> None:
    nobody = unit_report(cohort(facts(), DAY), pins(Actor("municipality/parks")))

    assert (nobody.totals.open, nobody.totals.fixed) == (0, 0)
    assert (nobody.open_cases, nobody.fixed, nobody.waiting) == ((), (), ())


def test_a_place_lists_every_case_that_counts_and_says_what_does_not() -> None:
    report = place_report(cohort(facts(), DAY), pins())

    assert report.schema is ReportKind.AREA
    assert len(report.cases) == report.totals.reported == 9
    assert report.excluded == {"positive": 1, "merged": 1, "referred": 1}
    ended = {one.number: one.ended_on for one in report.cases if one.ended_on}
    assert set(ended) == {"2026-01", "2026-06"}
    [walk] = report.walks
    assert (walk.number, walk.participants, walk.reported) == (ex.WALK, 19, 9)
    assert (walk.verified, walk.declined, walk.open) == (1, 1, 7)


def test_a_case_that_is_over_is_not_late() -> None:
    report = place_report(cohort(facts(), date(2027, 12, 1)), pins())
    over = {Status.VERIFIED, Status.DECLINED}

    assert not [one for one in report.cases if one.is_late and one.status in over]
    assert [one for one in report.cases if one.is_late]


def test_a_place_is_rounded_to_the_middle_of_its_square() -> None:
    here, near, far = (57.04801, 9.9602), (57.04803, 9.96021), (57.049, 9.962)

    assert rounded(*here) == rounded(*near) != rounded(*far)
    assert rounded(*rounded(*here)) == rounded(*here)
