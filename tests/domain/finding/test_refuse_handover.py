"""The other authority says no to the offered case."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import (
    CaseMadeJoint,
    FindingEvent,
    HandoverRefused,
    Part,
)
from domain.finding.state import Status
from domain.values import Actor
from tests.domain.stories import case, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    LIGHTING,
    LOCAL_POLICE,
    OFFERED,
    OPERATIONS,
    POLICE,
    REPORTED,
    assign,
    hand_over,
    joint,
    mark_fixed,
    refuse_handover,
    reopen,
    report,
    stamp,
)
from tests.given_when_then import given, remembered

REFUSED = HandoverRefused(
    stamp=stamp(POLICE), reason="Ikke politiets opgave.", tell=(LIGHTING,)
)


@pytest.mark.parametrize("by", [POLICE, LOCAL_POLICE, COORDINATOR])
def test_the_offered_authority_or_a_coordinator_refuses(by: Actor) -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(refuse_handover(by=by)).then(
        HandoverRefused(
            stamp=stamp(by), reason="Ikke politiets opgave.", tell=(LIGHTING,)
        )
    )


def test_a_refused_case_stays_with_its_sender() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED, REFUSED)

    assert finding is not None
    assert (finding.assignee, finding.next_actor) == (LIGHTING, LIGHTING)


def test_a_refused_case_can_be_offered_again() -> None:
    again = hand_over(LOCAL_POLICE)
    (offer,) = given(REPORTED, ASSIGNED, OFFERED, REFUSED).when(again).ask()

    finding = remembered(REPORTED, ASSIGNED, OFFERED, REFUSED, offer)
    assert finding is not None
    assert finding.offer is not None
    assert (finding.offer.nth, finding.offered_to) == (2, LOCAL_POLICE)


def made_joint(lead: Actor, *parts: Actor) -> CaseMadeJoint:
    return CaseMadeJoint(
        stamp=stamp(POLICE),
        lead=lead,
        parts=tuple(Part(subtask=str(one), to=one) for one in parts),
    )


def test_after_the_second_refusal_both_work_on_it() -> None:
    given(REPORTED, ASSIGNED, OFFERED, REFUSED, OFFERED).when(refuse_handover()).then(
        REFUSED, made_joint(LIGHTING, LIGHTING, POLICE)
    )


def test_a_joint_case_has_an_owner_and_two_parts() -> None:
    twice = (OFFERED, REFUSED, OFFERED, REFUSED)
    both = made_joint(LIGHTING, LIGHTING, POLICE)
    finding = case((REPORTED, ASSIGNED, *twice, both))

    assert (finding.assignee, finding.offered_to) == (LIGHTING, None)
    assert [part.to for part in finding.subtasks] == [LIGHTING, POLICE]


def test_a_joint_case_is_not_offered_again() -> None:
    twice = (OFFERED, REFUSED, OFFERED, REFUSED)

    given(REPORTED, ASSIGNED, *twice, made_joint(LIGHTING, POLICE)).when(
        hand_over()
    ).then_refused(Code.JOINT_CASE)


def test_a_part_that_is_there_already_is_not_given_again() -> None:
    there = joint(str(LIGHTING), LIGHTING)

    given(REPORTED, ASSIGNED, there, OFFERED, REFUSED, OFFERED).when(
        refuse_handover()
    ).then(REFUSED, made_joint(LIGHTING, POLICE))


def test_refusals_do_not_outlive_a_reopening() -> None:
    again = told(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hand_over(day="2026-10-13"),
        refuse_handover(day="2026-10-14"),
        mark_fixed(day="2026-10-15"),
        reopen(day="2026-10-19"),
        hand_over(),
    )

    given(*again).when(refuse_handover()).then(REFUSED)


def test_what_was_not_offered_is_not_refused() -> None:
    given(REPORTED, ASSIGNED).when(refuse_handover()).then_refused(Code.NO_HANDOVER)


@pytest.mark.parametrize("by", [LIGHTING, OPERATIONS])
def test_the_sender_does_not_refuse_for_the_receiver(by: Actor) -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(refuse_handover(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_has_an_offer_to_refuse(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(refuse_handover()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_offer_to_refuse(status: Status) -> None:
    given(*HISTORIES[status]).when(refuse_handover()).then_refused(Code.CLOSED)
