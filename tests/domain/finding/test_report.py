"""Something that makes a place feel unsafe is noted."""

import pytest

from domain.errors import Code, Conflict, NotFound
from domain.finding.events import FindingReported
from domain.finding.state import Status
from domain.values import CITIZEN, Channel, Kind, Point, Severity
from tests.domain.stories import case
from tests.examples import (
    COORDINATOR,
    HISTORIES,
    LOCAL_POLICE,
    OTHER_NUMBER,
    POLICE,
    TUNNEL,
    WALK,
    moment,
    on,
    report,
    stamp,
)
from tests.given_when_then import given, remembered


def reported_fact(**changed: object) -> FindingReported:
    """Return what follows from reporting a dark lamp on Friday 9 October."""
    usual: dict[str, object] = {
        "stamp": stamp(COORDINATOR, "2026-10-09"),
        "category": "LGT-FAIL",
        "kind": Kind.PHYSICAL,
        "text": "To lamper er slukket.",
        "channel": Channel.OTHER,
        "triage": COORDINATOR,
        "acknowledge_days": 2,
        "fix_days": 10,
        "verify_days": 5,
        "acknowledge_due": on("2026-10-13"),
        "fix_due": on("2026-10-23"),
    }
    return FindingReported.model_validate(usual | changed)


def test_a_report_starts_the_clocks_of_its_category() -> None:
    given().when(report(day="2026-10-09")).then(reported_fact())


def test_a_report_keeps_its_place_and_its_walk() -> None:
    given().when(report(day="2026-10-09", point=TUNNEL, walk=WALK)).then(
        reported_fact(point=TUNNEL, walk=WALK)
    )


def test_an_acute_report_has_no_time_to_acknowledge_and_one_day_to_fix() -> None:
    given().when(report(day="2026-10-09", severity=Severity.ACUTE)).then(
        reported_fact(
            severity=Severity.ACUTE,
            acknowledge_days=0,
            fix_days=1,
            verify_days=1,
            acknowledge_due=on("2026-10-09"),
            fix_due=on("2026-10-12"),
        )
    )


def test_a_positive_place_has_no_clocks() -> None:
    given().when(report("POS-KEEP", day="2026-10-09")).then(
        reported_fact(
            category="POS-KEEP",
            positive=True,
            acknowledge_days=0,
            fix_days=0,
            verify_days=0,
            acknowledge_due=None,
            fix_due=None,
        )
    )


def test_a_report_by_the_police_is_triaged_by_the_police() -> None:
    given().when(report(by=LOCAL_POLICE, day="2026-10-09")).then(
        reported_fact(stamp=stamp(LOCAL_POLICE, "2026-10-09"), triage=POLICE)
    )


def test_a_report_by_a_citizen_is_triaged_by_the_municipality() -> None:
    given().when(report(by=CITIZEN, day="2026-10-09")).then(
        reported_fact(stamp=stamp(CITIZEN, "2026-10-09"), triage=COORDINATOR)
    )


def test_a_report_on_a_day_off_starts_its_clocks_the_next_working_day() -> None:
    given().when(report(day="2026-10-10")).then(
        reported_fact(stamp=stamp(COORDINATOR, "2026-10-10"))
    )


def test_a_report_late_in_the_evening_counts_for_the_local_day() -> None:
    given().when(report(day="2026-10-09 23:30")).then(
        reported_fact(stamp=stamp(COORDINATOR, "2026-10-09 23:30"))
    )


@pytest.mark.parametrize("status", Status)
def test_a_number_is_used_once(status: Status) -> None:
    given(*HISTORIES[status]).when(report()).then_refused(
        Code.ALREADY_REPORTED, Conflict
    )


def test_a_category_must_be_in_the_register() -> None:
    given().when(report("MOON-DUST")).then_refused(Code.UNKNOWN_CATEGORY, NotFound)


def test_a_walk_must_be_known() -> None:
    given().when(report(walk="NEVER-WALKED")).then_refused(Code.UNKNOWN_WALK, NotFound)


def test_a_place_abroad_is_refused() -> None:
    given().when(report(point=Point(lat=40.7, lon=-74.0))).then_refused(
        Code.OUTSIDE_COUNTRY
    )


def test_swapped_coordinates_are_recognised() -> None:
    swapped = Point(lat=TUNNEL.lon, lon=TUNNEL.lat)

    given().when(report(point=swapped)).then_refused(Code.COORDINATES_SWAPPED)


def test_a_reported_case_waits_for_its_triage() -> None:
    finding = remembered(reported_fact())

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.REPORTED, COORDINATOR)


def test_a_new_case_follows_one_that_has_ended() -> None:
    ended = case(HISTORIES[Status.VERIFIED])
    again = report(day="2026-10-09", follows=OTHER_NUMBER)

    given(others={OTHER_NUMBER: ended}).when(again).then(
        reported_fact(follows=OTHER_NUMBER)
    )


def test_a_new_case_does_not_follow_an_open_one() -> None:
    still_open = case(HISTORIES[Status.ASSIGNED])

    given(others={OTHER_NUMBER: still_open}).when(
        report(follows=OTHER_NUMBER)
    ).then_refused(Code.STILL_OPEN)


def test_a_new_case_follows_something_known() -> None:
    given().when(report(follows=OTHER_NUMBER)).then_refused(
        Code.UNKNOWN_FINDING, NotFound
    )


def test_a_report_may_come_after_the_call() -> None:
    told_before = report(
        day="2026-10-09", severity=Severity.ACUTE, called_at="2026-10-09 11:30"
    )
    (fact,) = given().when(told_before).ask()

    assert isinstance(fact, FindingReported)
    assert fact.called_at == moment("2026-10-09 11:30")


def test_nobody_has_called_in_the_future() -> None:
    given().when(report(called_at="2026-10-21 12:01")).then_refused(Code.DATE_IN_FUTURE)
