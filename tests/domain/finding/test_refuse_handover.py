"""The other authority says no to the offered case."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import FindingEvent, HandoverRefused
from domain.finding.state import Status
from domain.values import Actor
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
    hand_over,
    refuse_handover,
    stamp,
)
from tests.given_when_then import given, remembered

REFUSED = HandoverRefused(stamp=stamp(POLICE), reason="Ikke politiets opgave.")


@pytest.mark.parametrize("by", [POLICE, LOCAL_POLICE, COORDINATOR])
def test_the_offered_authority_or_a_coordinator_refuses(by: Actor) -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(refuse_handover(by=by)).then(
        HandoverRefused(stamp=stamp(by), reason="Ikke politiets opgave.")
    )


def test_a_refused_case_stays_with_its_sender() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED, REFUSED)

    assert finding is not None
    assert (finding.assignee, finding.next_actor) == (LIGHTING, LIGHTING)


def test_a_refused_case_can_be_offered_again() -> None:
    again = hand_over(LOCAL_POLICE)
    (offer,) = given(REPORTED, ASSIGNED, OFFERED, REFUSED).when(again).ask()

    assert remembered(REPORTED, ASSIGNED, OFFERED, REFUSED, offer) == remembered(
        REPORTED, ASSIGNED, offer
    )


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
