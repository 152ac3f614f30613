"""The responsible unit says that the case is theirs."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import AssignmentAccepted, FindingEvent
from domain.finding.state import Status
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    HISTORIES,
    HOUSING,
    LAMP_ANNA,
    LEADER,
    LIGHTING,
    OPERATIONS,
    POLICE,
    REPORTED,
    accept,
    assigned,
    dispute_owner,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("by", [LIGHTING, LAMP_ANNA, LEADER, COORDINATOR, POLICE])
def test_the_unit_its_leader_or_a_coordinator_accepts(by: Actor) -> None:
    given(REPORTED, ASSIGNED).when(accept(by=by)).then(
        AssignmentAccepted(stamp=stamp(by))
    )


def test_the_unit_behind_a_partner_accepts_for_it() -> None:
    given(REPORTED, assigned(HOUSING)).when(accept(by=OPERATIONS)).then(
        AssignmentAccepted(stamp=stamp(OPERATIONS))
    )


def test_accepting_settles_a_dispute() -> None:
    disputed = given(REPORTED, ASSIGNED).when(dispute_owner()).ask()

    finding = remembered(
        REPORTED, ASSIGNED, *disputed, AssignmentAccepted(stamp=stamp(LIGHTING))
    )
    assert finding is not None
    assert not finding.disputed


@pytest.mark.parametrize("by", [OPERATIONS, HOUSING, COUNCIL])
def test_nobody_accepts_for_others(by: Actor) -> None:
    given(REPORTED, ASSIGNED).when(accept(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_accepted(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(accept()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_accepted(status: Status) -> None:
    given(*HISTORIES[status]).when(accept()).then_refused(Code.CLOSED)
