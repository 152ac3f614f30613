"""The other authority takes the case over."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import FindingEvent, HandoverAccepted
from domain.finding.state import Status
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    GRID,
    HISTORIES,
    LIGHTING,
    LOCAL_POLICE,
    OFFERED,
    OPERATIONS,
    POLICE,
    POLICE_LEADER,
    REPORTED,
    accept_handover,
    offered,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("by", [POLICE, POLICE_LEADER, LOCAL_POLICE, COORDINATOR])
def test_the_offered_authority_or_a_coordinator_accepts(by: Actor) -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(accept_handover(by=by)).then(
        HandoverAccepted(stamp=stamp(by), to=POLICE, tell=(LIGHTING,))
    )


def test_the_unit_behind_a_partner_accepts_for_it() -> None:
    given(REPORTED, ASSIGNED, offered(GRID)).when(accept_handover(by=LIGHTING)).then(
        HandoverAccepted(stamp=stamp(LIGHTING), to=GRID, tell=(LIGHTING,))
    )


def test_an_accepted_case_belongs_to_the_other_authority() -> None:
    finding = remembered(
        REPORTED, ASSIGNED, OFFERED, HandoverAccepted(stamp=stamp(POLICE), to=POLICE)
    )

    assert finding is not None
    assert (finding.status, finding.assignee) == (Status.ASSIGNED, POLICE)
    assert finding.offered_to is None


def test_what_was_not_offered_is_not_accepted() -> None:
    given(REPORTED, ASSIGNED).when(accept_handover()).then_refused(Code.NO_HANDOVER)


@pytest.mark.parametrize("by", [LIGHTING, OPERATIONS, GRID, COUNCIL])
def test_the_sender_and_others_do_not_accept(by: Actor) -> None:
    given(REPORTED, ASSIGNED, OFFERED).when(accept_handover(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_taken_over(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(accept_handover()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_taken_over(status: Status) -> None:
    given(*HISTORIES[status]).when(accept_handover()).then_refused(Code.CLOSED)
