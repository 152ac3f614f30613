"""What the clock has still to do: tables of days that were counted by hand.

Autumn 2026 has no public holiday before Christmas: five working days a week.
"""

from datetime import UTC, datetime

import pytest

from domain.finding.events import ClockName
from domain.finding.plan import plan
from domain.finding.state import Status
from domain.values import Actor, Severity
from tests.domain.stories import (
    case,
    escalations,
    line,
    planned,
    played,
    reminders,
    told,
)
from tests.examples import (
    COORDINATOR,
    GRID,
    HISTORIES,
    HOUSING,
    LIGHTING,
    OPERATIONS,
    POLICE,
    add_subtask,
    assign,
    change_deadline,
    complete_subtask,
    correct,
    give_back,
    hold,
    mark_fixed,
    moment,
    register,
    reject_fix,
    reopen,
    report,
    resume,
    verify,
)

BUS_OPERATOR = Actor("partner/bus-operator")
ROADS = Actor("municipality/roads-operations")

LAMP = told(report(day="2026-10-09"))
ASSIGNED_LAMP = told(report(day="2026-10-09"), assign(day="2026-10-12"))


# --- A case from its report to the council --------------------------------------


def test_a_reported_case_has_all_its_moments_before_it() -> None:
    assert planned(LAMP, "2026-10-09") == [
        "2026-10-13 acknowledge.due",
        "2026-10-16 fix.half",
        "2026-10-20 acknowledge.late + fix.before",
        "2026-10-23 fix.due",
        "2026-10-26 level 1",
        "2026-10-28 level 2",
        "2026-10-30 fix.late",
        "2026-11-06 level 3",
        "2026-11-20 level 4",
        "2027-01-21 level 5",
    ]


def test_an_assigned_case_is_acknowledged() -> None:
    assert planned(ASSIGNED_LAMP, "2026-10-12", first=3) == [
        "2026-10-16 fix.half",
        "2026-10-20 fix.before",
        "2026-10-23 fix.due",
    ]


def test_a_step_has_a_key_that_says_what_it_is() -> None:
    keys = [step.key for step in plan(case(LAMP), register(), moment("2026-10-09"))]

    assert keys[:5] == [
        "remind.acknowledge.1.due.2026-10-13",
        "remind.fix.1.half.2026-10-16",
        "remind.acknowledge.1.late.2026-10-20+fix.1.before.2026-10-20",
        "remind.fix.1.due.2026-10-23",
        "escalate.1.1",
    ]


def test_moments_are_in_utc() -> None:
    first = plan(case(LAMP), register(), moment("2026-10-09"))[0]

    assert first.at == datetime(2026, 10, 13, 6, tzinfo=UTC)
    assert first.at.tzinfo is UTC


def test_moments_stay_at_eight_when_the_clocks_change() -> None:
    steps = plan(case(LAMP), register(), moment("2026-10-09"))
    utc = {line(step)[:10]: step.at.hour for step in steps}

    assert (utc["2026-10-23"], utc["2026-10-26"]) == (6, 7)


@pytest.mark.parametrize(
    "status",
    [
        Status.VERIFIED,
        Status.DECLINED,
        Status.MERGED,
        Status.REFERRED,
        Status.POSITIVE,
    ],
)
def test_an_ended_case_has_no_plan(status: Status) -> None:
    assert planned(HISTORIES[status], "2026-12-01") == []


def test_a_fixed_case_waits_for_its_verification() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-19"),
    )

    assert planned(facts, "2026-10-19") == [
        "2026-10-26 verify.due",
        "2026-11-02 verify.late",
    ]


def test_an_acute_case_has_one_day() -> None:
    facts = told(report(day="2026-10-09", severity=Severity.ACUTE))

    assert planned(facts, "2026-10-09", first=7) == [
        "2026-10-09 13:00 call.due",
        "2026-10-12 fix.due",
        "2026-10-13 level 1",
        "2026-10-15 level 2",
        "2026-10-16 acknowledge.late",
        "2026-10-19 fix.late",
        "2026-10-26 level 3",
    ]


def test_half_and_due_of_a_weekend_report_are_one_reminder() -> None:
    facts = told(report(day="2026-10-10", severity=Severity.ACUTE))

    assert planned(facts, "2026-10-10", first=2) == [
        "2026-10-10 13:00 call.due",
        "2026-10-12 acknowledge.due + fix.due + fix.half",
    ]


def test_half_and_before_of_a_short_clock_are_one_reminder() -> None:
    facts = told(report("GRF-TAG", day="2026-10-09"), assign(day="2026-10-12"))

    assert planned(facts, "2026-10-12", first=2) == [
        "2026-10-13 fix.before + fix.half",
        "2026-10-16 fix.due",
    ]


# --- The past is never a storm --------------------------------------------------


def test_only_the_latest_level_and_reminder_of_the_past_are_raised() -> None:
    assert planned(ASSIGNED_LAMP, "2027-01-10") == [
        "2026-11-20 level 4",
        "2027-01-07 fix.late",
        "2027-01-14 fix.late",
        "2027-01-21 level 5",
    ]


def test_each_clock_has_at_most_one_reminder_for_the_past() -> None:
    assert planned(LAMP, "2026-11-09", first=3) == [
        "2026-11-03 acknowledge.late",
        "2026-11-06 level 3",
        "2026-11-06 fix.late",
    ]


def test_a_late_start_takes_two_steps_and_comes_to_rest() -> None:
    steps = plan(case(ASSIGNED_LAMP), register(), moment("2026-12-01"))
    due = [step for step in steps if step.at <= moment("2026-12-01")]

    assert [line(step) for step in due] == ["2026-11-20 level 4", "2026-11-27 fix.late"]


def test_moments_before_the_latest_assignment_are_not_raised() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        assign(OPERATIONS, day="2026-10-21"),
    )

    assert planned(facts, "2026-10-21", first=2) == [
        "2026-10-23 fix.due",
        "2026-10-26 level 1",
    ]


@pytest.mark.parametrize("at", ["2026-10-20 07:59", "2026-10-20 08:00"])
def test_a_moment_on_the_day_of_the_assignment_is_raised(at: str) -> None:
    facts = told(report(day="2026-10-09"), assign(day=at))

    assert planned(facts, at, first=1) == ["2026-10-20 fix.before"]


def test_a_moment_has_passed_when_it_comes() -> None:
    assert planned(ASSIGNED_LAMP, "2026-10-20 08:00", first=2) == [
        "2026-10-20 fix.before",
        "2026-10-23 fix.due",
    ]


def test_levels_of_the_past_do_not_depend_on_the_assignment() -> None:
    facts = told(report(day="2026-10-09"), assign(day="2026-11-02"))

    assert planned(facts, "2026-11-02", first=2) == [
        "2026-10-28 level 2",
        "2026-11-06 level 3",
    ]


# --- Waiting --------------------------------------------------------------------


def test_a_case_on_hold_has_only_its_review() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-10-30", day="2026-10-14"),
    )

    assert planned(facts, "2026-10-14") == [
        "2026-10-30 hold.due",
        "2026-11-06 hold.late",
    ]


def test_a_review_on_a_day_off_is_asked_for_on_the_next_working_day() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-10-31", day="2026-10-14"),
    )

    assert planned(facts, "2026-10-14") == [
        "2026-11-02 hold.due",
        "2026-11-06 hold.late",
    ]


def test_a_resumed_case_has_all_its_moments_later() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-10-30", day="2026-10-14"),
        resume(day="2026-10-21"),
    )

    assert planned(facts, "2026-10-21", first=7) == [
        "2026-10-23 fix.half",
        "2026-10-27 fix.before",
        "2026-10-30 fix.due",
        "2026-11-02 level 1",
        "2026-11-04 level 2",
        "2026-11-06 fix.late",
        "2026-11-13 level 3",
    ]


def test_an_overdue_case_goes_on_being_late_after_a_hold() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-11-30", day="2026-10-27"),
        resume(day="2026-11-10"),
        until="2026-11-12",
    )

    assert case(facts).clocks[ClockName.FIX].due.isoformat() == "2026-11-06"
    assert escalations(facts) == {1: "2026-10-26", 2: "2026-11-11"}


def test_moments_before_a_resumption_are_not_raised() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-11-30", day="2026-10-27"),
        resume(day="2026-11-10"),
    )

    assert planned(facts, "2026-11-10", first=3) == [
        "2026-11-09 level 1",
        "2026-11-11 level 2",
        "2026-11-13 fix.late",
    ]


def test_a_review_before_the_latest_assignment_is_not_asked_for() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-10-30", day="2026-10-14"),
        assign(OPERATIONS, day="2026-11-02"),
    )

    assert planned(facts, "2026-11-02") == ["2026-11-06 hold.late"]


def test_a_second_hold_is_a_new_review() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hold("2026-10-15", day="2026-10-13"),
        resume(day="2026-10-15"),
        hold("2026-10-19", day="2026-10-16"),
        until="2026-10-19",
    )

    assert reminders(facts, ClockName.HOLD) == ["2026-10-15", "2026-10-19"]


# --- Changes on the way ---------------------------------------------------------


def test_a_rejected_fix_is_due_as_before() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-15"),
        reject_fix(day="2026-10-21"),
    )

    assert planned(facts, "2026-10-21", first=2) == [
        "2026-10-23 fix.due",
        "2026-10-26 level 1",
    ]


def test_a_rejected_fix_does_not_climb_the_ladder_again() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-29"),
        reject_fix(day="2026-11-02"),
        until="2026-11-06",
    )

    assert escalations(facts) == {1: "2026-10-26", 2: "2026-10-28", 3: "2026-11-06"}
    levels = [fact.TOPIC for fact in facts].count("finding.escalated.v1")
    assert levels == 3


def test_a_changed_deadline_moves_what_hangs_on_it() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        change_deadline("2026-11-06", day="2026-10-14"),
    )

    assert planned(facts, "2026-10-14", first=5) == [
        "2026-10-16 fix.half",
        "2026-11-03 fix.before",
        "2026-11-06 fix.due",
        "2026-11-09 level 1",
        "2026-11-11 level 2",
    ]


def test_a_deadline_on_a_saturday_is_spoken_of_on_monday() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        change_deadline("2026-11-07", day="2026-10-14"),
    )

    assert planned(facts, "2026-10-20", first=5) == [
        "2026-10-16 fix.half",
        "2026-11-04 fix.before",
        "2026-11-09 level 1",
        "2026-11-09 fix.due",
        "2026-11-11 level 2",
    ]


def test_another_category_moves_everything() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        correct("VEG-HEDGE", day="2026-10-14"),
    )

    assert planned(facts, "2026-10-14", first=4) == [
        "2026-10-23 fix.half",
        "2026-11-03 fix.before",
        "2026-11-06 fix.due",
        "2026-11-09 level 1",
    ]


def test_a_returned_case_is_acknowledged_anew() -> None:
    facts = told(
        report(day="2026-10-09"), assign(day="2026-10-12"), give_back(day="2026-10-19")
    )

    assert planned(facts, "2026-10-19 13:00", first=4) == [
        "2026-10-16 fix.half",
        "2026-10-20 fix.before",
        "2026-10-21 acknowledge.due",
        "2026-10-23 fix.due",
    ]


def test_a_reopened_case_begins_the_ladder_again() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-29"),
        verify(day="2026-10-30"),
        reopen(day="2026-11-02"),
        until="2026-11-12",
    )

    assert [
        (fact.TOPIC, str(fact.stamp.at.date()))
        for fact in facts
        if fact.TOPIC == "finding.escalated.v1"
    ] == [
        ("finding.escalated.v1", "2026-10-26"),
        ("finding.escalated.v1", "2026-10-28"),
        ("finding.escalated.v1", "2026-11-10"),
        ("finding.escalated.v1", "2026-11-12"),
    ]


def test_a_case_made_of_a_good_place_begins_the_ladder_again() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        correct("POS-KEEP", day="2026-11-06"),
        correct("LGT-FAIL", day="2026-11-09"),
        assign(day="2026-11-10"),
        until="2026-11-24",
    )

    assert escalations(facts)[1] == "2026-11-24"


def test_what_was_raised_is_not_planned() -> None:
    facts = played(
        report(day="2026-10-09"), assign(day="2026-10-12"), until="2026-10-28"
    )

    assert planned(facts, "2026-10-28", first=3) == [
        "2026-10-30 fix.late",
        "2026-11-06 level 3",
        "2026-11-20 level 4",
    ]


# --- The cases of the demo, up to Sunday 22 November ----------------------------


def test_demo_1_a_hedge_waits_for_its_verification() -> None:
    facts = played(
        report("VEG-HEDGE", day="2026-10-09"),
        assign(HOUSING, day="2026-10-12"),
        mark_fixed(by=HOUSING, day="2026-11-04"),
        until="2026-11-22",
    )

    assert reminders(facts, ClockName.FIX) == ["2026-10-23", "2026-11-03"]
    assert reminders(facts, ClockName.VERIFY) == ["2026-11-18"]
    assert reminders(facts, ClockName.ACKNOWLEDGE) == []
    assert escalations(facts) == {}


def test_demo_2_a_lamp_is_out_again() -> None:
    facts = played(
        report("LGT-FAIL", day="2026-10-09"),
        assign(LIGHTING, day="2026-10-12"),
        mark_fixed(by=LIGHTING, day="2026-10-20"),
        verify(day="2026-10-27"),
        reopen(day="2026-11-16"),
        until="2026-11-22",
    )

    assert case(facts).clocks[ClockName.FIX].due.isoformat() == "2026-11-23"
    assert reminders(facts, ClockName.FIX) == ["2026-10-16", "2026-10-20", "2026-11-18"]
    assert reminders(facts, ClockName.VERIFY) == ["2026-10-27"]
    assert escalations(facts) == {}


def test_demo_4_graffiti_climbs_to_the_planning_group() -> None:
    facts = played(
        report("GRF-TAG", day="2026-10-09"),
        assign(OPERATIONS, day="2026-10-12"),
        add_subtask("tunnelvægge", OPERATIONS, day="2026-10-12"),
        add_subtask("elskab", GRID, day="2026-10-12"),
        complete_subtask("tunnelvægge", by=OPERATIONS, day="2026-10-15"),
        until="2026-11-22",
    )

    assert reminders(facts, ClockName.FIX) == [
        "2026-10-13",
        "2026-10-16",
        "2026-10-23",
        "2026-10-30",
        "2026-11-06",
        "2026-11-13",
        "2026-11-20",
    ]
    assert escalations(facts) == {
        1: "2026-10-19",
        2: "2026-10-21",
        3: "2026-10-30",
        4: "2026-11-13",
    }


def test_demo_6_loose_tiles_are_ten_days_overdue() -> None:
    facts = played(
        report("PTH-SURF", day="2026-10-09"),
        assign(ROADS, day="2026-10-12"),
        until="2026-11-22",
    )

    assert reminders(facts, ClockName.FIX) == [
        "2026-10-23",
        "2026-11-03",
        "2026-11-06",
        "2026-11-13",
        "2026-11-20",
    ]
    assert escalations(facts) == {1: "2026-11-09", 2: "2026-11-11", 3: "2026-11-20"}


def test_demo_8_a_bus_stop_waits_for_its_review() -> None:
    facts = played(
        report("BUS-STOP", day="2026-10-09"),
        assign(BUS_OPERATOR, day="2026-10-12"),
        hold("2026-11-17", by=COORDINATOR, day="2026-10-20", waiting_for=BUS_OPERATOR),
        until="2026-11-22",
    )

    assert reminders(facts, ClockName.HOLD) == ["2026-11-17"]
    assert reminders(facts, ClockName.FIX) == ["2026-10-20"]
    assert escalations(facts) == {}


def test_demo_10_a_social_case_waits_for_its_verification() -> None:
    facts = played(
        report("ORD-GATHER", day="2026-10-09"),
        assign(POLICE, day="2026-10-12"),
        mark_fixed(by=POLICE, day="2026-11-05"),
        until="2026-11-22",
    )

    assert reminders(facts, ClockName.FIX) == ["2026-10-23", "2026-11-03"]
    assert reminders(facts, ClockName.VERIFY) == ["2026-11-19"]
