"""The responsible unit gives the case back."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import (
    AssignmentReturned,
    ClockName,
    FindingEvent,
    FindingResumed,
)
from domain.finding.state import Status
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HELD,
    HISTORIES,
    LEADER,
    LIGHTING,
    OFFERED,
    OPERATIONS,
    POLICE,
    POLICE_LEADER,
    PROPOSED,
    REPORTED,
    assigned,
    give_back,
    on,
    stamp,
)
from tests.given_when_then import given, remembered


def returned(by: Actor = LIGHTING, triage: Actor = COORDINATOR) -> AssignmentReturned:
    return AssignmentReturned(
        stamp=stamp(by),
        reason="Ikke vores lampe.",
        triage=triage,
        acknowledge_due=on("2026-10-23"),
    )


@pytest.mark.parametrize("by", [LIGHTING, LEADER, COORDINATOR])
def test_a_returned_case_has_two_days_to_find_an_owner(by: Actor) -> None:
    given(REPORTED, ASSIGNED).when(give_back(by=by)).then(returned(by))


def test_the_police_return_a_case_to_their_own_coordinator() -> None:
    given(REPORTED, assigned(POLICE)).when(give_back(by=POLICE_LEADER)).then(
        returned(POLICE_LEADER, POLICE)
    )


def test_a_returned_case_has_no_owner_and_a_new_acknowledge_clock() -> None:
    finding = remembered(REPORTED, ASSIGNED, returned())

    assert finding is not None
    assert (finding.status, finding.assignee) == (Status.REPORTED, None)
    assert finding.clocks[ClockName.ACKNOWLEDGE].run == 2


def test_returning_ends_a_hold_and_an_offer() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED, HELD, returned())

    assert finding is not None
    assert (finding.hold, finding.offered_to) == (None, None)


def test_nobody_returns_the_case_of_others() -> None:
    given(REPORTED, ASSIGNED).when(give_back(by=OPERATIONS)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_returned(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(give_back()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_returned(status: Status) -> None:
    given(*HISTORIES[status]).when(give_back()).then_refused(Code.CLOSED)


def test_the_days_on_hold_are_not_lost_when_a_held_case_is_returned() -> None:
    """The hold ends by the same command, so the due day moves as on any resumption."""
    given(REPORTED, ASSIGNED, HELD).when(give_back()).then(
        FindingResumed(stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-10-30")),
        returned(),
    )


def test_a_proposal_to_decline_ends_when_the_case_is_returned() -> None:
    finding = remembered(REPORTED, ASSIGNED, PROPOSED, returned())

    assert finding is not None
    assert finding.decline_proposed_by is None
