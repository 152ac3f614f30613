"""The look waits for the season in which the problem shows."""

import pytest

from domain.errors import Code
from domain.finding.events import ClockName, FindingEvent, VerificationMoved
from domain.finding.state import Status
from tests.domain.stories import case, planned
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    REPORTED,
    move_verification,
    on,
    stamp,
    with_category,
)
from tests.given_when_then import given

LIT = with_category(verify_season="dark_season")
UNBOUND = with_category(verify_season=None)
"""The dark season lasts from October to March."""


def moved(verify_due: str, day: str = "2026-10-21") -> VerificationMoved:
    return VerificationMoved(
        stamp=stamp(COORDINATOR, day),
        verify_due=on(verify_due),
        reason="Det skal ses i mørke.",
    )


@pytest.mark.parametrize("due", ["2026-10-21", "2026-12-31", "2027-03-31"])
def test_a_day_in_the_season_is_chosen(due: str) -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=LIT).when(move_verification(due)).then(
        moved(due)
    )


@pytest.mark.parametrize("due", ["2027-04-01", "2027-09-30", "2027-10-23"])
def test_a_day_outside_it_or_more_than_a_year_away_is_not(due: str) -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=LIT).when(
        move_verification(due)
    ).then_refused(Code.OUT_OF_SEASON)


def test_a_day_that_has_gone_is_not_chosen() -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=LIT).when(
        move_verification("2026-10-20")
    ).then_refused(Code.DATE_IN_PAST)


def test_a_category_without_a_season_keeps_its_day() -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=UNBOUND).when(
        move_verification()
    ).then_refused(Code.NO_SEASON)


def test_the_verifier_is_reminded_on_the_new_day() -> None:
    facts = (REPORTED, ASSIGNED, FIXED, moved("2026-12-01"))

    assert planned(facts, "2026-10-21", rules=LIT) == [
        "2026-12-01 verify.due",
        "2026-12-08 verify.late",
    ]


def test_no_rule_moves_a_day_that_a_person_chose() -> None:
    finding = case((REPORTED, ASSIGNED, FIXED, moved("2026-12-01")))

    assert ClockName.VERIFY not in finding.computed_clocks


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_only_a_fixed_case_has_a_verification(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(move_verification()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_verification(status: Status) -> None:
    given(*HISTORIES[status]).when(move_verification()).then_refused(Code.CLOSED)
