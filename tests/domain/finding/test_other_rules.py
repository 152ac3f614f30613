"""The calendar, the time limits or the units change while a case is open."""

import pytest

from domain.finding.events import (
    AssignmentLapsed,
    ClockName,
    DeadlinesRecomputed,
    FindingEvent,
    FindingResumed,
    NewDue,
)
from domain.finding.plan import Lapse, Recomputation, plan
from domain.finding.state import Status
from domain.register.model import Register
from domain.values import CLOCK, Severity
from tests.domain.stories import case, end_of, followed, planned, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    FIXED,
    HISTORIES,
    LIGHTING,
    POLICE,
    REPORTED,
    assign,
    assigned,
    change_deadline,
    changed_rules,
    correct,
    give_back,
    hand_over,
    hold,
    mark_fixed,
    moment,
    move_verification,
    on,
    register,
    reopen,
    report,
    resume,
    seek_owner,
    stamp,
    take_step,
    with_category,
    without_unit,
)
from tests.given_when_then import given

MONDAY_OFF = changed_rules(calendar={"extra_closing_days": ["2026-10-19"]})
IN_A_HURRY = with_category(acknowledge=1, fix=1, verify=1)
GENEROUS = with_category(acknowledge=4, fix=20, verify=10)
NO_LAMPS = changed_rules(
    categories=[
        one.model_dump(mode="json")
        for one in register().categories
        if one.code != "LGT-FAIL"
    ],
    focus_areas=[
        one.model_dump(mode="json", exclude={"indicators"})
        for one in register().focus_areas
    ],
)
"""Without the category, and so without the indicators that count its cases."""

LAMP = told(report(day="2026-10-09"))
ASSIGNED_LAMP = told(report(day="2026-10-09"), assign(day="2026-10-12"))


def recomputed(
    facts: tuple[FindingEvent, ...], rules: Register, at: str
) -> tuple[NewDue, ...]:
    """Return what is recomputed, after making sure that it is recorded once."""
    steps = plan(case(facts), rules, moment(at))
    found = [step for step in steps if isinstance(step, Recomputation)]
    if not found:
        return ()
    (step,) = found
    (fact,) = given(*facts, rules=rules).when(take_step(step.key, at=at)).ask()
    assert isinstance(fact, DeadlinesRecomputed)
    assert fact.changes == step.changes
    after = plan(case((*facts, fact)), rules, moment(at))
    assert not [one for one in after if isinstance(one, Recomputation)]
    return fact.changes


def dues(
    facts: tuple[FindingEvent, ...], rules: Register, at: str
) -> dict[ClockName, str]:
    """Return the recomputed last days."""
    return {one.clock: str(one.due) for one in recomputed(facts, rules, at)}


# --- R19: new last days ---------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_as_long_as_the_rules_stand_nothing_is_recomputed(status: Status) -> None:
    assert recomputed(HISTORIES[status], register(), "2026-12-01") == ()


def test_a_day_off_moves_what_lies_behind_it() -> None:
    assert dues(LAMP, MONDAY_OFF, "2026-10-12") == {ClockName.FIX: "2026-10-26"}


def test_the_owner_is_told_of_the_new_day_and_of_its_length() -> None:
    given(*ASSIGNED_LAMP, rules=MONDAY_OFF).when(
        take_step("recompute.1", at="2026-10-12")
    ).then(
        DeadlinesRecomputed(
            stamp=stamp(CLOCK, "2026-10-12"),
            changes=(
                NewDue(
                    clock=ClockName.FIX,
                    days=10,
                    computed=on("2026-10-26"),
                    due=on("2026-10-26"),
                ),
            ),
            to=LIGHTING,
        )
    )


def test_before_anything_else_the_new_days_are_written_down() -> None:
    assert planned(LAMP, "2026-10-12", rules=GENEROUS) == [
        "2026-10-12 12:00 acknowledge is due 2026-10-15 + fix is due 2026-11-06"
    ]


def test_reminders_follow_the_new_days() -> None:
    facts = followed(ASSIGNED_LAMP, moment("2026-10-12"), GENEROUS)

    assert planned(facts, "2026-10-12", first=3, rules=GENEROUS) == [
        "2026-10-23 fix.half",
        "2026-11-03 fix.before",
        "2026-11-06 fix.due",
    ]


def test_a_shorter_time_is_never_over_before_it_was_said() -> None:
    (change,) = recomputed(ASSIGNED_LAMP, IN_A_HURRY, "2026-10-19")

    assert (change.computed, change.due) == (on("2026-10-12"), on("2026-10-19"))


@pytest.mark.parametrize("later", ["2026-10-19 18:00", "2026-10-20", "2026-12-01"])
def test_what_was_recomputed_stands(later: str) -> None:
    step = take_step("recompute.1", at="2026-10-19")
    done = given(*ASSIGNED_LAMP, rules=IN_A_HURRY).when(step).ask()

    assert recomputed((*ASSIGNED_LAMP, *done), IN_A_HURRY, later) == ()


def test_rules_may_change_again() -> None:
    step = take_step("recompute.1", at="2026-10-19")
    once = (*ASSIGNED_LAMP, *given(*ASSIGNED_LAMP, rules=IN_A_HURRY).when(step).ask())

    assert dues(once, register(), "2026-10-20") == {ClockName.FIX: "2026-10-23"}
    assert planned(once, "2026-10-20", rules=register())[0].startswith("2026-10-20 12")


def test_a_correction_after_new_rules_brings_the_length_of_its_category() -> None:
    facts = followed(ASSIGNED_LAMP, moment("2026-10-12"), GENEROUS)
    facts += given(*facts, rules=GENEROUS).when(correct("VEG-HEDGE")).ask()
    hedge = GENEROUS.category("VEG-HEDGE")

    assert case(facts).clocks[ClockName.FIX].length == hedge.fix
    assert recomputed(facts, GENEROUS, "2026-10-21") == ()


def test_a_day_that_a_person_promised_stands() -> None:
    promised = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        change_deadline("2026-11-06", day="2026-10-13"),
    )

    assert recomputed(promised, GENEROUS, "2026-10-14") == ()


def test_a_review_and_a_moved_look_stand() -> None:
    rules = with_category(verify_season="dark_season")
    longer = with_category("LGT-FAIL", rules, verify=30)
    looked = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-13"),
        move_verification(day="2026-10-14"),
        rules=rules,
    )

    assert recomputed(looked, longer, "2026-10-14") == ()


def test_a_look_follows_the_rules_until_somebody_moves_it() -> None:
    looked = told(
        report(day="2026-10-09"), assign(day="2026-10-12"), mark_fixed(day="2026-10-13")
    )

    assert dues(looked, GENEROUS, "2026-10-14") == {ClockName.VERIFY: "2026-10-27"}


def test_days_on_hold_are_kept() -> None:
    held = told(
        report(day="2026-10-09"),
        assign(day="2026-10-09"),
        hold(day="2026-10-14"),
        resume(day="2026-10-21"),
    )
    late_day_off = changed_rules(calendar={"extra_closing_days": ["2026-10-26"]})

    assert case(held).clocks[ClockName.FIX].due == on("2026-10-30")
    assert dues(held, late_day_off, "2026-10-22") == {ClockName.FIX: "2026-11-02"}


def test_a_day_off_during_a_hold_counts_once() -> None:
    waiting = told(
        report(day="2026-10-09"), assign(day="2026-10-09"), hold(day="2026-10-14")
    )
    facts = followed(waiting, moment("2026-10-20"), MONDAY_OFF)
    facts += given(*facts, rules=MONDAY_OFF).when(resume()).ask()

    assert dues(waiting, MONDAY_OFF, "2026-10-20") == {ClockName.FIX: "2026-10-26"}
    assert case(facts).clocks[ClockName.FIX].due == on("2026-10-30")
    assert recomputed(facts, MONDAY_OFF, "2026-10-22") == ()


def test_a_promised_day_moves_with_a_hold_but_not_with_the_rules() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-09"),
        change_deadline("2026-11-06", day="2026-10-13"),
        hold(day="2026-10-14"),
        resume(day="2026-10-21"),
    )

    assert case(facts).clocks[ClockName.FIX].due == on("2026-11-13")
    assert recomputed(facts, GENEROUS, "2026-10-22") == ()


def test_a_search_and_an_offer_follow_the_limits() -> None:
    slower = changed_rules(limits={"ownership_days": 7, "handover_days": 6})
    sought = told(report(day="2026-10-09"), seek_owner(day="2026-10-12"))
    offered = (*ASSIGNED_LAMP, *told(report(), assign(), hand_over())[2:])

    assert dues(sought, slower, "2026-10-13") == {ClockName.OWNERSHIP: "2026-10-21"}
    assert dues(offered, slower, "2026-10-22") == {ClockName.HANDOVER: "2026-10-29"}


def test_a_reopened_case_has_half_of_the_new_time() -> None:
    again = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        mark_fixed(day="2026-10-13"),
        reopen(day="2026-10-14"),
    )

    assert dues(again, GENEROUS, "2026-10-15") == {ClockName.FIX: "2026-10-28"}


def test_an_acute_case_keeps_its_one_day() -> None:
    acute = told(report(day="2026-10-09", severity=Severity.ACUTE))

    assert recomputed(acute, GENEROUS, "2026-10-09") == ()


def test_a_category_that_left_the_register_keeps_its_days() -> None:
    assert recomputed(ASSIGNED_LAMP, NO_LAMPS, "2026-10-12") == ()
    assert recomputed(LAMP, NO_LAMPS, "2026-10-12") == ()


@pytest.mark.parametrize(
    "before",
    [
        (give_back(day="2026-10-13"),),
        (mark_fixed(day="2026-10-13"), reopen(day="2026-10-14")),
    ],
)
def test_a_clock_that_started_anew_keeps_the_category_it_started_with(
    before: tuple[object, ...],
) -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        *before,  # type: ignore[arg-type]
        correct("VEG-HEDGE"),
    )

    assert recomputed(facts, register(), "2026-10-21") == ()


@pytest.mark.parametrize(
    "status",
    [Status.VERIFIED, Status.DECLINED, Status.MERGED, Status.REFERRED, Status.POSITIVE],
)
def test_closed_history_keeps_the_calendar_it_had(status: Status) -> None:
    assert recomputed(HISTORIES[status], MONDAY_OFF, "2026-10-12") == ()


# --- R17: a unit is closed for good ---------------------------------------------

NO_LIGHTING = without_unit(LIGHTING)


def lapsed(day: str, due: str) -> AssignmentLapsed:
    return AssignmentLapsed(
        stamp=stamp(CLOCK, day),
        owner=LIGHTING,
        triage=COORDINATOR,
        acknowledge_due=on(due),
    )


def test_a_case_of_a_unit_that_is_gone_needs_an_owner_again() -> None:
    assert planned((REPORTED, ASSIGNED), "2026-10-14", rules=NO_LIGHTING) == [
        "2026-10-14 12:00 lapse"
    ]
    given(REPORTED, ASSIGNED, rules=NO_LIGHTING).when(
        take_step("lapse.2", at="2026-10-14")
    ).then(lapsed("2026-10-14", "2026-10-16"))


def test_a_lapse_is_written_down_once() -> None:
    facts = (REPORTED, ASSIGNED, lapsed("2026-10-14", "2026-10-16"))
    finding = case(facts)

    assert (finding.status, finding.responsible) == (Status.REPORTED, COORDINATOR)
    assert planned(facts, "2026-10-14", first=1, rules=NO_LIGHTING) == [
        "2026-10-16 acknowledge.due + fix.half"
    ]
    given(*facts, rules=NO_LIGHTING).when(take_step("lapse.2", at="2026-10-14")).then()


def test_days_on_hold_are_not_lost_with_the_unit() -> None:
    held = told(
        report(day="2026-10-09"), assign(day="2026-10-09"), hold(day="2026-10-14")
    )

    given(*held, rules=NO_LIGHTING).when(take_step("lapse.2", at="2026-10-21")).then(
        FindingResumed(
            stamp=stamp(CLOCK), held_days=5, fix_due=on("2026-10-30"), computed=None
        ),
        lapsed("2026-10-21", "2026-10-23"),
    )


@pytest.mark.parametrize(
    "facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED), (REPORTED, assigned(POLICE))]
)
def test_others_keep_their_cases(facts: tuple[FindingEvent, ...]) -> None:
    steps = plan(case(facts), NO_LIGHTING, moment("2026-10-21"))

    assert not [step for step in steps if isinstance(step, Lapse)]


def test_new_days_and_a_lapse_are_both_written_down() -> None:
    both = without_unit(LIGHTING, MONDAY_OFF)
    facts = followed(ASSIGNED_LAMP, end_of("2026-10-12"), both)

    assert [type(fact) for fact in facts[2:]] == [AssignmentLapsed, DeadlinesRecomputed]
