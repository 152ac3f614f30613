"""What was written first is put right."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEvent,
    FindingResumed,
    NewCategory,
)
from domain.finding.state import Status
from domain.values import Kind, Point, Severity
from tests.domain.stories import case, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    FIXED,
    HELD,
    HISTORIES,
    KEPT,
    LIGHTING,
    OFFERED,
    PROPOSED,
    REPORTED,
    TUNNEL,
    correct,
    on,
    report,
    reported,
    seek_owner,
    stamp,
)
from tests.given_when_then import given, remembered


def corrected(category: NewCategory) -> FindingCorrected:
    return FindingCorrected(
        stamp=stamp(COORDINATOR), reason="Set på stedet.", category=category
    )


# Reported on Friday 9 October: 3 working days to acknowledge, 20 to fix.
HEDGE = NewCategory(
    code="VEG-HEDGE",
    kind=Kind.PHYSICAL,
    positive=False,
    acknowledge_days=3,
    fix_days=20,
    verify_days=10,
    acknowledge_due=on("2026-10-14"),
    fix_due=on("2026-11-06"),
)
KEEP = NewCategory(
    code="POS-KEEP",
    kind=Kind.PHYSICAL,
    positive=True,
    acknowledge_days=0,
    fix_days=0,
    verify_days=0,
)
# Found to be a task after all on Wednesday 21 October.
LAMP = NewCategory(
    code="LGT-FAIL",
    kind=Kind.PHYSICAL,
    positive=False,
    acknowledge_days=2,
    fix_days=10,
    verify_days=5,
    acknowledge_due=on("2026-10-23"),
    fix_due=on("2026-11-04"),
)


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_another_category_counts_from_the_day_of_the_report(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(correct("VEG-HEDGE")).then(corrected(HEDGE))


def test_another_category_brings_its_clocks() -> None:
    finding = remembered(REPORTED, ASSIGNED, corrected(HEDGE))

    assert finding is not None
    clock = finding.clocks[ClockName.FIX]
    assert (clock.run, clock.length, clock.due) == (1, 20, on("2026-11-06"))
    assert finding.days[ClockName.VERIFY] == 10


def test_days_on_hold_stay_held_under_another_category() -> None:
    resumed = FindingResumed(
        stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-10-30")
    )
    later = HEDGE.model_copy(update={"fix_due": on("2026-11-13")})

    given(REPORTED, ASSIGNED, HELD, resumed).when(correct("VEG-HEDGE")).then(
        corrected(later)
    )


def test_an_acute_case_stays_acute_under_another_category() -> None:
    given(reported(severity=Severity.ACUTE)).when(correct("VEG-HEDGE")).then(
        corrected(
            NewCategory(
                code="VEG-HEDGE",
                kind=Kind.PHYSICAL,
                positive=False,
                acknowledge_days=0,
                fix_days=1,
                verify_days=1,
                acknowledge_due=on("2026-10-09"),
                fix_due=on("2026-10-12"),
            )
        )
    )


def test_a_case_can_turn_out_to_be_a_good_place() -> None:
    given(REPORTED, ASSIGNED).when(correct("POS-KEEP")).then(corrected(KEEP))


def test_a_good_place_has_no_running_clock() -> None:
    finding = remembered(REPORTED, ASSIGNED, corrected(KEEP))

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.POSITIVE, None)
    assert finding.running == ()


def test_a_good_place_can_turn_out_to_be_a_case() -> None:
    given(KEPT).when(correct("LGT-FAIL")).then(corrected(LAMP))


def test_a_place_that_became_a_case_runs_from_the_day_of_the_correction() -> None:
    finding = remembered(KEPT, corrected(LAMP))

    assert finding is not None
    assert finding.status is Status.REPORTED
    assert finding.clocks[ClockName.FIX].due == on("2026-11-04")


def test_a_good_place_that_becomes_a_case_again_starts_afresh() -> None:
    finding = remembered(
        REPORTED,
        ASSIGNED,
        OFFERED,
        PROPOSED,
        HELD,
        corrected(KEEP),
        corrected(LAMP),
    )

    assert finding is not None
    assert (finding.hold, finding.offered_to, finding.decline_approver) == (
        None,
        None,
        None,
    )
    assert finding.running == (ClockName.ACKNOWLEDGE, ClockName.FIX)


@pytest.mark.parametrize(
    "status", [status for status in Status if status is not Status.REFERRED]
)
def test_text_place_and_point_are_put_right_at_any_time(status: Status) -> None:
    given(*HISTORIES[status]).when(
        correct(text="Tre lamper.", place="Ved svinget", point=TUNNEL)
    ).then(
        FindingCorrected(
            stamp=stamp(COORDINATOR),
            reason="Set på stedet.",
            text="Tre lamper.",
            place="Ved svinget",
            point=TUNNEL,
        )
    )


def test_other_words_change_nothing_the_rules_look_at() -> None:
    words = FindingCorrected(
        stamp=stamp(COORDINATOR), reason="Set på stedet.", text="Tre lamper."
    )

    assert remembered(REPORTED, ASSIGNED, words) == remembered(REPORTED, ASSIGNED)


def test_a_correction_must_change_something() -> None:
    given(REPORTED).when(correct()).then_refused(Code.NOTHING_CHANGES)


def test_a_category_must_be_in_the_register() -> None:
    given(REPORTED).when(correct("MOON-DUST")).then_refused(
        Code.UNKNOWN_CATEGORY, NotFound
    )


def test_a_place_is_inside_the_country() -> None:
    given(REPORTED).when(correct(point=Point(lat=0, lon=0))).then_refused(
        Code.OUTSIDE_COUNTRY
    )


def test_the_category_of_a_fixed_case_stays() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(correct("VEG-HEDGE")).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.DECLINED, Status.MERGED])
def test_the_category_of_an_ended_case_stays(status: Status) -> None:
    given(*HISTORIES[status]).when(correct("VEG-HEDGE")).then_refused(Code.CLOSED)


def test_a_referred_matter_gets_no_content() -> None:
    given(*HISTORIES[Status.REFERRED]).when(correct(text="Ord.")).then_refused(
        Code.CLOSED
    )


def test_a_place_that_was_kept_twice_starts_all_its_clocks_again() -> None:
    facts = told(
        report("POS-KEEP", day="2026-10-09"),
        correct("LGT-FAIL", day="2026-10-12"),
        correct("POS-KEEP", day="2026-10-13"),
        correct("LGT-FAIL", day="2026-10-14"),
        correct("POS-KEEP", day="2026-10-15"),
        correct("LGT-FAIL"),
    )
    clock = case(facts).clocks[ClockName.FIX]

    assert (clock.run, clock.due) == (3, on("2026-11-04"))


def test_nobody_looks_for_the_owner_of_a_place_to_keep() -> None:
    facts = told(
        report(day="2026-10-09"),
        seek_owner(day="2026-10-09"),
        correct("POS-KEEP", day="2026-10-12"),
        correct("LGT-FAIL"),
    )

    assert ClockName.OWNERSHIP not in case(facts).running
