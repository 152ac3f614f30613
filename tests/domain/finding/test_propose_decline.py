"""Somebody proposes not to act; a second person will decide."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import DeclineProposed, FindingEvent
from domain.finding.state import Status
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    HOUSING,
    LEADER,
    LIGHTING,
    POLICE,
    POLICE_LEADER,
    PROPOSED,
    REPORTED,
    STRANGER,
    assigned,
    joint,
    propose_decline,
    stamp,
)
from tests.given_when_then import given, remembered


def proposal(
    by: Actor = LIGHTING,
    approver: Actor = LEADER,
    reason_code: str = "disproportionate_cost",
    refer_to: Actor | None = None,
) -> DeclineProposed:
    return DeclineProposed(
        stamp=stamp(by),
        reason_code=reason_code,
        reason="Stien nedlægges.",
        refer_to=refer_to,
        approver=approver,
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_the_leader_of_an_open_case_is_asked_to_approve(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(propose_decline()).then(proposal())


@pytest.mark.parametrize("by", [LEADER, Actor("municipality/unit-leader/l1")])
def test_the_coordinator_approves_what_the_leader_proposes(by: Actor) -> None:
    given(REPORTED, ASSIGNED).when(propose_decline(by=by)).then(
        proposal(by, COORDINATOR)
    )


def test_the_other_authority_approves_when_leader_and_coordinator_are_one() -> None:
    given(REPORTED, assigned(LEADER)).when(propose_decline(by=COORDINATOR)).then(
        proposal(COORDINATOR, POLICE)
    )


def test_a_leader_of_the_police_approves_for_the_police() -> None:
    given(REPORTED, assigned(POLICE)).when(propose_decline(by=POLICE)).then(
        proposal(POLICE, POLICE_LEADER)
    )


def test_the_leader_of_the_unit_behind_a_partner_approves() -> None:
    given(REPORTED, assigned(HOUSING)).when(propose_decline(by=HOUSING)).then(
        proposal(HOUSING, LEADER)
    )


def test_the_approver_has_to_act_next() -> None:
    finding = remembered(REPORTED, ASSIGNED, PROPOSED)

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.ASSIGNED, LEADER)


def test_who_can_help_instead_is_named() -> None:
    given(REPORTED, ASSIGNED).when(
        propose_decline("not_our_competence", refer_to=HOUSING)
    ).then(proposal(reason_code="not_our_competence", refer_to=HOUSING))


def test_not_our_competence_must_say_whose_it_is() -> None:
    given(REPORTED, ASSIGNED).when(propose_decline("not_our_competence")).then_refused(
        Code.REFERRAL_MISSING
    )


def test_who_can_help_instead_must_be_known() -> None:
    given(REPORTED, ASSIGNED).when(propose_decline(refer_to=STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_a_reason_must_be_in_the_register() -> None:
    given(REPORTED, ASSIGNED).when(propose_decline("too_boring")).then_refused(
        Code.UNKNOWN_REASON, NotFound
    )


def test_there_is_one_proposal_at_a_time() -> None:
    given(REPORTED, ASSIGNED, PROPOSED).when(propose_decline()).then_refused(
        Code.PROPOSAL_PENDING
    )


def test_a_fixed_case_is_not_declined() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(propose_decline()).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_declined(status: Status) -> None:
    given(*HISTORIES[status]).when(propose_decline()).then_refused(Code.CLOSED)


def test_a_plan_elsewhere_is_linked() -> None:
    elsewhere = propose_decline("planned_elsewhere", link="plan/2027-3")
    (fact,) = given(REPORTED, ASSIGNED).when(elsewhere).ask()

    assert isinstance(fact, DeclineProposed)
    assert fact.link == "plan/2027-3"


def test_a_plan_elsewhere_without_a_link_is_no_reason() -> None:
    given(REPORTED, ASSIGNED).when(propose_decline("planned_elsewhere")).then_refused(
        Code.LINK_MISSING
    )


@pytest.mark.parametrize(
    ("by", "approver"), [(LIGHTING, POLICE), (POLICE, COORDINATOR)]
)
def test_the_other_side_of_a_joint_case_is_asked(by: Actor, approver: Actor) -> None:
    given(REPORTED, ASSIGNED, joint("dialog", POLICE)).when(
        propose_decline(by=by)
    ).then(proposal(by, approver))


def test_a_part_of_a_third_party_makes_no_second_side() -> None:
    given(REPORTED, ASSIGNED, joint()).when(propose_decline()).then(proposal())
