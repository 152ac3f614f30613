"""A second person disagrees: the case goes on."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import DeclineProposed, DeclineRefused, FindingEvent
from domain.finding.state import Status
from domain.values import CITIZEN, Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    HISTORIES,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    OPERATIONS,
    POLICE,
    PROPOSED,
    REPORTED,
    propose_decline,
    proposed,
    refuse_decline,
    stamp,
)
from tests.given_when_then import given, remembered


def refused(by: Actor = LEADER) -> DeclineRefused:
    return DeclineRefused(stamp=stamp(by), reason="Vi kan godt.", tell=(LIGHTING,))


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
@pytest.mark.parametrize("by", [LEADER, COORDINATOR, POLICE, OPERATIONS])
def test_a_second_person_disagrees(facts: tuple[FindingEvent, ...], by: Actor) -> None:
    given(*facts, PROPOSED).when(refuse_decline(by=by)).then(refused(by))


def test_the_case_goes_on_as_before() -> None:
    assert remembered(REPORTED, ASSIGNED, PROPOSED, refused()) == remembered(
        REPORTED, ASSIGNED
    )


def test_declining_can_be_proposed_again() -> None:
    again = propose_decline()
    (proposal,) = given(REPORTED, ASSIGNED, PROPOSED, refused()).when(again).ask()

    assert isinstance(proposal, DeclineProposed)


def test_what_was_not_proposed_is_not_refused() -> None:
    given(REPORTED, ASSIGNED).when(refuse_decline()).then_refused(Code.NO_PROPOSAL)


@pytest.mark.parametrize("by", [LIGHTING, LAMP_BO])
def test_the_unit_that_proposed_does_not_refuse(by: Actor) -> None:
    given(REPORTED, ASSIGNED, proposed(LAMP_ANNA)).when(
        refuse_decline(by=by)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_a_person_does_not_refuse_for_another_unit() -> None:
    elsewhere = Actor("municipality/operations/a17")

    given(REPORTED, ASSIGNED, proposed(LAMP_ANNA)).when(
        refuse_decline(by=elsewhere)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


@pytest.mark.parametrize("by", [CITIZEN, COUNCIL])
def test_citizens_and_participants_do_not_refuse(by: Actor) -> None:
    given(REPORTED, ASSIGNED, PROPOSED).when(refuse_decline(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


def test_a_fixed_case_has_no_proposal_left() -> None:
    given(REPORTED, ASSIGNED, PROPOSED, FIXED).when(refuse_decline()).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_proposal_left(status: Status) -> None:
    given(*HISTORIES[status]).when(refuse_decline()).then_refused(Code.CLOSED)
