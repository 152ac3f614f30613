"""The fix clock stands still until a review day."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import ClockName, FindingEvent, FindingPutOnHold
from domain.finding.state import Status
from tests.examples import (
    ASSIGNED,
    ENDED,
    FIXED,
    GRID,
    HELD,
    HISTORIES,
    LIGHTING,
    REPORTED,
    STRANGER,
    TODAY,
    hold,
    on,
    stamp,
    with_category,
)
from tests.given_when_then import given, remembered


def held(review_on: str, day: str = TODAY) -> FindingPutOnHold:
    return FindingPutOnHold(
        stamp=stamp(LIGHTING, day),
        reason_code="third_party",
        review_on=on(review_on),
    )


def test_a_case_waits_for_somebody_until_a_review() -> None:
    given(REPORTED, ASSIGNED).when(hold(waiting_for=GRID)).then(
        FindingPutOnHold(
            stamp=stamp(LIGHTING),
            reason_code="third_party",
            review_on=on("2026-11-17"),
            waiting_for=GRID,
        )
    )


def test_only_the_review_clock_runs_while_a_case_waits() -> None:
    finding = remembered(REPORTED, ASSIGNED, HELD)

    assert finding is not None
    assert finding.running == (ClockName.HOLD,)
    assert finding.status is Status.ASSIGNED


def test_the_review_may_be_today() -> None:
    given(REPORTED, ASSIGNED).when(hold(TODAY)).then(held(TODAY))


def test_the_review_is_not_in_the_past() -> None:
    given(REPORTED, ASSIGNED).when(hold("2026-10-20")).then_refused(Code.DATE_IN_PAST)


def test_the_review_is_at_most_forty_working_days_away() -> None:
    given(REPORTED, ASSIGNED).when(hold("2026-12-16")).then(held("2026-12-16"))


def test_a_review_on_the_forty_first_working_day_is_too_far_away() -> None:
    given(REPORTED, ASSIGNED).when(hold("2026-12-17")).then_refused(Code.REVIEW_TOO_FAR)


def test_days_off_at_christmas_do_not_count_towards_a_review() -> None:
    given(REPORTED, ASSIGNED).when(hold("2027-01-06", day="2026-11-05")).then(
        held("2027-01-06", day="2026-11-05")
    )


def test_a_reason_must_be_in_the_register() -> None:
    given(REPORTED, ASSIGNED).when(hold(reason_code="no_time")).then_refused(
        Code.UNKNOWN_REASON, NotFound
    )


def test_whom_it_waits_for_must_be_known() -> None:
    given(REPORTED, ASSIGNED).when(hold(waiting_for=STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_a_case_that_waits_cannot_be_put_on_hold() -> None:
    given(REPORTED, ASSIGNED, HELD).when(hold()).then_refused(Code.ON_HOLD)


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_waits(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(hold()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_does_not_wait(status: Status) -> None:
    given(*HISTORIES[status]).when(hold()).then_refused(Code.CLOSED)


# --- Until a meeting, or a season -------------------------------------------------

PAINTED = with_category(work_season="paint_and_asphalt")
"""Paint and asphalt: April to October."""


def waiting(
    review_on: str, reason_code: str, day: str = TODAY, meeting_on: str | None = None
) -> FindingPutOnHold:
    return FindingPutOnHold(
        stamp=stamp(LIGHTING, day),
        reason_code=reason_code,
        review_on=on(review_on),
        meeting_on=on(meeting_on) if meeting_on else None,
    )


def test_a_meeting_is_followed_by_five_working_days() -> None:
    given(REPORTED, ASSIGNED).when(hold(None, meeting_on="2026-11-10")).then(
        waiting("2026-11-17", "third_party", meeting_on="2026-11-10")
    )


def test_a_review_that_was_chosen_stands() -> None:
    given(REPORTED, ASSIGNED).when(hold("2026-11-11", meeting_on="2026-11-10")).then(
        waiting("2026-11-11", "third_party", meeting_on="2026-11-10")
    )


def test_a_meeting_that_is_too_far_away_is_no_reason_to_wait() -> None:
    given(REPORTED, ASSIGNED).when(hold(None, meeting_on="2026-12-10")).then_refused(
        Code.REVIEW_TOO_FAR
    )


@pytest.mark.parametrize(
    ("day", "review_on"),
    [
        ("2027-03-01", "2027-04-01"),
        ("2026-11-02", "2026-12-30"),
        ("2027-02-27", "2027-04-01"),
    ],
)
def test_work_waits_for_its_season_as_far_as_a_hold_can_reach(
    day: str, review_on: str
) -> None:
    given(REPORTED, ASSIGNED, rules=PAINTED).when(
        hold(None, reason_code="season", day=day)
    ).then(waiting(review_on, "season", day))


def test_in_the_season_there_is_nothing_to_wait_for() -> None:
    given(REPORTED, ASSIGNED, rules=PAINTED).when(
        hold(None, reason_code="season")
    ).then_refused(Code.IN_SEASON)


def test_a_category_without_a_season_waits_for_none() -> None:
    given(REPORTED, ASSIGNED).when(hold(None, reason_code="season")).then_refused(
        Code.NO_SEASON
    )


def test_otherwise_a_review_day_is_needed() -> None:
    given(REPORTED, ASSIGNED).when(hold(None)).then_refused(Code.TEXT_MISSING)
