"""A second person agrees not to act."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import FindingDeclined, FindingEvent, FixRejected
from domain.finding.state import Status
from domain.values import CITIZEN, Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    GRID,
    HISTORIES,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    LOCAL_POLICE,
    OPERATIONS,
    POLICE,
    PROPOSED,
    REPORTED,
    approve_decline,
    fixed,
    joint,
    proposed,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
@pytest.mark.parametrize("by", [LEADER, COORDINATOR, POLICE, OPERATIONS])
def test_a_second_person_approves(facts: tuple[FindingEvent, ...], by: Actor) -> None:
    given(*facts, PROPOSED).when(approve_decline(by=by)).then(
        FindingDeclined(stamp=stamp(by))
    )


def test_a_declined_case_is_over() -> None:
    finding = remembered(REPORTED, ASSIGNED, PROPOSED, FindingDeclined(stamp=stamp()))

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.DECLINED, None)
    assert finding.running == ()


def test_what_was_not_proposed_is_not_approved() -> None:
    given(REPORTED, ASSIGNED).when(approve_decline()).then_refused(Code.NO_PROPOSAL)


@pytest.mark.parametrize("by", [LIGHTING, LAMP_BO])
def test_the_unit_that_proposed_does_not_approve(by: Actor) -> None:
    given(REPORTED, ASSIGNED, proposed(LAMP_ANNA)).when(
        approve_decline(by=by)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_a_person_does_not_approve_for_another_unit() -> None:
    elsewhere = Actor("municipality/operations/a17")

    given(REPORTED, ASSIGNED, proposed(LAMP_ANNA)).when(
        approve_decline(by=elsewhere)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_a_person_who_worked_on_it_does_not_end_it() -> None:
    """S1: not even when the work was rejected and another unit gives up."""
    rejected = FixRejected(
        stamp=stamp(COUNCIL, "2026-10-20"), reason="Ikke endnu.", to=LIGHTING
    )
    facts = (REPORTED, ASSIGNED, fixed(LAMP_ANNA), rejected, proposed(OPERATIONS))

    given(*facts).when(approve_decline(by=LAMP_ANNA)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )
    given(*facts).when(approve_decline(by=LEADER)).then(
        FindingDeclined(stamp=stamp(LEADER))
    )


@pytest.mark.parametrize("by", [CITIZEN, COUNCIL])
def test_citizens_and_participants_do_not_approve(by: Actor) -> None:
    given(REPORTED, ASSIGNED, PROPOSED).when(approve_decline(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


def test_a_fixed_case_has_no_proposal_left() -> None:
    given(REPORTED, ASSIGNED, PROPOSED, FIXED).when(approve_decline()).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_proposal_left(status: Status) -> None:
    given(*HISTORIES[status]).when(approve_decline()).then_refused(Code.CLOSED)


TWO_SIDES = (REPORTED, ASSIGNED, joint("dialog", POLICE), PROPOSED)


@pytest.mark.parametrize("by", [POLICE, LOCAL_POLICE])
def test_the_other_side_of_a_joint_case_approves(by: Actor) -> None:
    given(*TWO_SIDES).when(approve_decline(by=by)).then(
        FindingDeclined(stamp=stamp(by))
    )


@pytest.mark.parametrize("by", [LEADER, COORDINATOR, OPERATIONS, GRID])
def test_one_side_alone_does_not_decline_a_joint_case(by: Actor) -> None:
    given(*TWO_SIDES).when(approve_decline(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


def test_those_who_asked_hear_that_nothing_will_be_done() -> None:
    contact = Actor("participant/residents/c17")

    given(REPORTED, ASSIGNED, PROPOSED, asked=[contact]).when(approve_decline()).then(
        FindingDeclined(stamp=stamp(LEADER), tell=(contact,))
    )
