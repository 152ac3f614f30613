"""The case is offered to another authority."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, HandoverOffered
from domain.finding.state import Status
from domain.values import CITIZEN, Actor
from tests.examples import (
    ASSIGNED,
    COUNCIL,
    ENDED,
    FIXED,
    HELD,
    HISTORIES,
    LIGHTING,
    LOCAL_POLICE,
    OFFERED,
    OPERATIONS,
    POLICE,
    REPORTED,
    assigned,
    hand_over,
    on,
    stamp,
)
from tests.given_when_then import given, remembered


def test_the_other_authority_has_three_working_days_to_answer() -> None:
    given(REPORTED, ASSIGNED).when(hand_over()).then(
        HandoverOffered(
            stamp=stamp(LIGHTING),
            to=POLICE,
            purpose="Lampen skydes ud.",
            legal_basis="politiloven-1",
            answer_due=on("2026-10-26"),
        )
    )


def test_an_offered_case_stays_with_its_owner_until_it_is_accepted() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED)

    assert finding is not None
    assert (finding.status, finding.assignee) == (Status.ASSIGNED, LIGHTING)
    assert finding.next_actor == POLICE


def test_a_legal_basis_must_be_stated() -> None:
    given(REPORTED, ASSIGNED).when(hand_over(legal_basis=" ")).then_refused(
        Code.TEXT_MISSING
    )


def test_a_case_on_hold_is_not_offered() -> None:
    given(REPORTED, ASSIGNED, HELD).when(hand_over()).then_refused(Code.ON_HOLD)


def test_a_case_is_offered_once_at_a_time() -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(hand_over(LOCAL_POLICE)).then_refused(
        Code.HANDOVER_PENDING
    )


def test_a_unit_of_the_same_authority_is_assigned_instead() -> None:
    given(REPORTED, ASSIGNED).when(hand_over(OPERATIONS)).then_refused(
        Code.SAME_AUTHORITY
    )


def test_the_police_do_not_hand_over_to_the_police() -> None:
    given(REPORTED, assigned(POLICE)).when(hand_over(LOCAL_POLICE)).then_refused(
        Code.SAME_AUTHORITY
    )


@pytest.mark.parametrize("to", [CITIZEN, COUNCIL])
def test_only_listed_units_can_take_over(to: Actor) -> None:
    given(REPORTED, ASSIGNED).when(hand_over(to)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_offered(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(hand_over()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_offered(status: Status) -> None:
    given(*HISTORIES[status]).when(hand_over()).then_refused(Code.CLOSED)
