"""A unit, person or partner is made responsible."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingAssigned
from domain.finding.state import Status
from domain.values import CITIZEN, Actor, Severity
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    GRID,
    HELD,
    HISTORIES,
    LAMP_ANNA,
    LIGHTING,
    OFFERED,
    OPERATIONS,
    REPORTED,
    STRANGER,
    assign,
    reported,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("to", [LIGHTING, LAMP_ANNA, GRID])
def test_a_reported_case_goes_to_a_unit_a_person_or_a_partner(to: Actor) -> None:
    given(REPORTED).when(assign(to)).then(
        FindingAssigned(stamp=stamp(COORDINATOR), to=to)
    )


def test_an_assigned_case_goes_to_somebody_else() -> None:
    given(REPORTED, ASSIGNED).when(assign(OPERATIONS)).then(
        FindingAssigned(stamp=stamp(COORDINATOR), to=OPERATIONS)
    )


def test_a_case_on_hold_can_change_hands_and_stays_on_hold() -> None:
    to_operations = FindingAssigned(stamp=stamp(COORDINATOR), to=OPERATIONS)

    given(REPORTED, ASSIGNED, HELD).when(assign(OPERATIONS)).then(to_operations)
    finding = remembered(REPORTED, ASSIGNED, HELD, to_operations)
    assert finding is not None
    assert finding.hold is not None


def test_an_acute_case_is_told_at_once() -> None:
    given(reported(severity=Severity.ACUTE)).when(assign()).then(
        FindingAssigned(stamp=stamp(COORDINATOR), to=LIGHTING, urgent=True)
    )


def test_another_category_is_found_first() -> None:
    given(reported("OTHER")).when(assign()).then_refused(Code.TRIAGE_FIRST)


def test_a_case_that_is_offered_elsewhere_waits_for_the_answer() -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(assign()).then_refused(
        Code.HANDOVER_PENDING
    )


@pytest.mark.parametrize("to", [CITIZEN, COUNCIL, STRANGER])
def test_only_listed_units_can_be_responsible(to: Actor) -> None:
    given(REPORTED).when(assign(to)).then_refused(Code.UNKNOWN_UNIT, NotFound)


def test_a_fixed_case_is_not_assigned() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(assign()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_assigned(status: Status) -> None:
    given(*HISTORIES[status]).when(assign()).then_refused(Code.CLOSED)


def test_an_unknown_case_is_not_assigned() -> None:
    given().when(assign()).then_refused(Code.UNKNOWN_FINDING, NotFound)
