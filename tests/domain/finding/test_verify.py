"""Four eyes: somebody who did not do the work confirms it."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import (
    FindingEvent,
    FindingReopened,
    FixRejected,
    FixVerified,
)
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
    HOUSING,
    LAMP_ANNA,
    LAMP_BO,
    LIGHTING,
    OPERATIONS,
    POLICE,
    REPORTED,
    VERIFIED,
    assigned,
    done,
    fixed,
    joint,
    on,
    stamp,
    verify,
)
from tests.given_when_then import given, remembered

REJECTED = FixRejected(
    stamp=stamp(COUNCIL, "2026-10-20"), reason="Ikke endnu.", to=LIGHTING
)
REOPENED = FindingReopened(
    stamp=stamp(COORDINATOR, "2026-10-20"),
    reason="Slukket igen.",
    fix_days=5,
    fix_due=on("2026-10-27"),
    triage=COORDINATOR,
    to=LIGHTING,
)


@pytest.mark.parametrize("by", [COUNCIL, COORDINATOR, POLICE, HOUSING, CITIZEN])
def test_somebody_else_verifies(by: Actor) -> None:
    given(REPORTED, ASSIGNED, FIXED).when(verify(by=by)).then(
        FixVerified(stamp=stamp(by))
    )


def test_a_verified_case_is_over() -> None:
    finding = remembered(REPORTED, ASSIGNED, FIXED, VERIFIED)

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.VERIFIED, None)
    assert finding.running == ()


@pytest.mark.parametrize("by", [LIGHTING, LAMP_ANNA, LAMP_BO])
def test_the_unit_that_marked_it_cannot_verify(by: Actor) -> None:
    given(REPORTED, ASSIGNED, fixed(LAMP_ANNA)).when(verify(by=by)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_whoever_was_assigned_at_the_time_cannot_verify() -> None:
    given(REPORTED, ASSIGNED, fixed(OPERATIONS)).when(verify(by=LIGHTING)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_whoever_was_assigned_before_can_verify() -> None:
    moved_on = assigned(OPERATIONS, day="2026-10-14")

    given(REPORTED, ASSIGNED, moved_on, fixed(OPERATIONS)).when(
        verify(by=LIGHTING)
    ).then(FixVerified(stamp=stamp(LIGHTING)))


def test_whoever_completed_a_part_cannot_verify() -> None:
    given(REPORTED, ASSIGNED, joint(), done(), FIXED).when(
        verify(by=GRID)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_a_person_cannot_verify_for_another_unit() -> None:
    elsewhere = Actor("municipality/operations/a17")

    given(REPORTED, ASSIGNED, fixed(LAMP_ANNA)).when(verify(by=elsewhere)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_hands_stay_after_a_rejection() -> None:
    again = fixed(OPERATIONS, day="2026-10-21 09:00")

    given(
        REPORTED, ASSIGNED, joint(), done(), FIXED, REJECTED, assigned(POLICE), again
    ).when(verify(by=LIGHTING)).then_refused(Code.SAME_HANDS, NotAllowed)


def test_hands_are_forgotten_after_a_reopening() -> None:
    again = fixed(OPERATIONS, day="2026-10-21 09:00")

    given(REPORTED, ASSIGNED, FIXED, REOPENED, assigned(OPERATIONS), again).when(
        verify(by=LIGHTING)
    ).then(FixVerified(stamp=stamp(LIGHTING)))


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_only_a_fixed_case_is_verified(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(verify()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_verified(status: Status) -> None:
    given(*HISTORIES[status]).when(verify()).then_refused(Code.CLOSED)
