"""The problem is back; half the time is left to fix it."""

import pytest

from domain.errors import Code
from domain.finding.events import (
    ClockName,
    FindingEvent,
    FindingReopened,
    SubtaskAdded,
)
from domain.finding.state import Status
from domain.values import Severity
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    DECLINED,
    FIXED,
    GRID,
    HISTORIES,
    LEADER,
    LIGHTING,
    PROPOSED,
    REPORTED,
    VERIFIED,
    done,
    joint,
    mark_fixed,
    on,
    reopen,
    reported,
    stamp,
    with_category,
)
from tests.given_when_then import given, remembered


def reopened(
    *,
    day: str = "2026-10-21",
    fix_days: int = 5,
    fix_due: str = "2026-10-28",
    urgent: bool = False,
) -> FindingReopened:
    return FindingReopened(
        stamp=stamp(COORDINATOR, day),
        reason="Den er slukket igen.",
        fix_days=fix_days,
        fix_due=on(fix_due),
        triage=COORDINATOR,
        to=LIGHTING,
        urgent=urgent,
    )


@pytest.mark.parametrize(
    "facts",
    [
        (REPORTED, ASSIGNED, FIXED),
        (REPORTED, ASSIGNED, FIXED, VERIFIED),
        (REPORTED, ASSIGNED, PROPOSED, DECLINED),
    ],
)
def test_a_fixed_verified_or_declined_case_is_reopened(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(reopen()).then(reopened())


def test_a_reopened_case_is_fixed_by_the_same_party() -> None:
    finding = remembered(REPORTED, ASSIGNED, FIXED, VERIFIED, reopened())

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.ASSIGNED, LIGHTING)


def test_a_reopened_case_starts_afresh() -> None:
    finding = remembered(
        REPORTED, ASSIGNED, joint(), done(by=GRID), FIXED, VERIFIED, reopened()
    )

    assert finding is not None
    assert not finding.subtasks
    assert not finding.workers
    assert finding.escalated == 0
    assert finding.clocks[ClockName.FIX].run == 2


def test_a_case_that_never_had_an_owner_must_find_one_as_well() -> None:
    given(REPORTED, PROPOSED, DECLINED).when(reopen()).then(
        FindingReopened(
            stamp=stamp(COORDINATOR),
            reason="Den er slukket igen.",
            fix_days=5,
            fix_due=on("2026-10-28"),
            triage=COORDINATOR,
            to=COORDINATOR,
            acknowledge_due=on("2026-10-23"),
        )
    )


def test_a_case_that_never_had_an_owner_is_reported_again() -> None:
    again = given(REPORTED, PROPOSED, DECLINED).when(reopen()).ask()

    finding = remembered(REPORTED, PROPOSED, DECLINED, *again)
    assert finding is not None
    assert finding.status is Status.REPORTED
    assert finding.running == (ClockName.ACKNOWLEDGE, ClockName.FIX)


@pytest.mark.parametrize(
    ("category_days", "half", "fix_due"),
    [(1, 1, "2026-10-22"), (2, 1, "2026-10-22"), (5, 2, "2026-10-23")],
)
def test_half_the_time_is_rounded_down_and_at_least_a_day(
    category_days: int, half: int, fix_due: str
) -> None:
    rules = with_category("LGT-FAIL", fix=category_days)
    history = (REPORTED, ASSIGNED, FIXED, VERIFIED)
    (fact,) = given(*history, rules=rules).when(reopen()).ask()

    assert isinstance(fact, FindingReopened)
    assert (fact.fix_days, fact.fix_due) == (half, on(fix_due))


def test_an_acute_case_is_told_at_once() -> None:
    acute = reported(severity=Severity.ACUTE)

    given(acute, ASSIGNED, FIXED, VERIFIED).when(reopen()).then(
        reopened(urgent=True, fix_days=1, fix_due="2026-10-22")
    )


def test_a_category_that_left_the_register_keeps_its_days() -> None:
    gone = REPORTED.model_copy(update={"category": "LGT-GONE", "fix_days": 20})
    (fact,) = given(gone, ASSIGNED, FIXED, VERIFIED).when(reopen()).ask()

    assert isinstance(fact, FindingReopened)
    assert (fact.fix_days, fact.fix_due) == (10, on("2026-11-04"))


def times(count: int) -> tuple[FindingEvent, ...]:
    """Return a case that was reopened and fixed again so many times."""
    once = (REPORTED, ASSIGNED, FIXED, VERIFIED)
    return once + count * (reopened(), FIXED, VERIFIED)


@pytest.mark.parametrize("before", [0, 1, 3, 4])
def test_other_reopenings_ask_for_no_cause(before: int) -> None:
    given(*times(before)).when(reopen()).then(reopened())


@pytest.mark.parametrize("before", [2, 5])
def test_every_third_time_the_leader_finds_out_why(before: int) -> None:
    given(*times(before)).when(reopen()).then(
        reopened(),
        SubtaskAdded(
            stamp=stamp(COORDINATOR),
            subtask="root-cause",
            to=LEADER,
            due=on("2026-10-28"),
        ),
    )


def test_a_case_that_keeps_coming_back_is_not_done_before_its_cause_is_known() -> None:
    again = given(*times(2)).when(reopen()).ask()

    given(*times(2), *again).when(mark_fixed()).then_refused(Code.SUBTASKS_OPEN)


def test_a_case_is_reopened_within_ninety_days() -> None:
    last = reopen(day="2027-01-18")

    given(REPORTED, ASSIGNED, FIXED, VERIFIED).when(last).then(
        reopened(day="2027-01-18", fix_due="2027-01-25")
    )


def test_after_ninety_days_it_is_a_new_case() -> None:
    given(REPORTED, ASSIGNED, FIXED, VERIFIED).when(
        reopen(day="2027-01-19")
    ).then_refused(Code.REOPEN_TOO_LATE)


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_an_open_case_is_not_reopened(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(reopen()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", [Status.MERGED, Status.REFERRED, Status.POSITIVE])
def test_merged_referred_and_positive_cases_stay_as_they_are(status: Status) -> None:
    given(*HISTORIES[status]).when(reopen()).then_refused(Code.CLOSED)
