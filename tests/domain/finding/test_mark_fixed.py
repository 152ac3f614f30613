"""The responsible party says it is done; somebody else must look."""

import pytest

from domain.errors import Code
from domain.finding.events import (
    ClockName,
    FindingEvent,
    FindingResumed,
    FixReported,
)
from domain.finding.state import Status
from domain.values import Actor, Evidence
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    GRID,
    HELD,
    HISTORIES,
    LIGHTING,
    OFFERED,
    OPERATIONS,
    POLICE,
    PROPOSED,
    REPORTED,
    assigned,
    done,
    joint,
    mark_fixed,
    on,
    stamp,
)
from tests.given_when_then import given, remembered


def fixed_today(
    by: Actor = LIGHTING, verifier: Actor = COORDINATOR, count: int | None = None
) -> FixReported:
    return FixReported(
        stamp=stamp(by),
        evidence=Evidence.PHOTO,
        count=count,
        verifier=verifier,
        verify_due=on("2026-10-28"),
    )


def test_a_fix_is_looked_at_within_five_working_days() -> None:
    given(REPORTED, ASSIGNED).when(mark_fixed()).then(fixed_today())


def test_a_fix_can_carry_a_headcount() -> None:
    given(REPORTED, ASSIGNED).when(mark_fixed(count=24)).then(fixed_today(count=24))


def test_the_coordinator_is_asked_to_look() -> None:
    finding = remembered(REPORTED, ASSIGNED, fixed_today())

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.FIXED, COORDINATOR)
    assert finding.running == (ClockName.VERIFY,)


@pytest.mark.parametrize(
    ("owner", "by"), [(COORDINATOR, LIGHTING), (LIGHTING, COORDINATOR)]
)
def test_the_other_authority_looks_at_the_coordinators_own_fix(
    owner: Actor, by: Actor
) -> None:
    given(REPORTED, assigned(owner)).when(mark_fixed(by=by)).then(
        fixed_today(by, POLICE)
    )


def test_the_other_authority_looks_when_the_coordinator_did_a_part() -> None:
    given(REPORTED, ASSIGNED, joint(), done(by=COORDINATOR)).when(mark_fixed()).then(
        fixed_today(verifier=POLICE)
    )


def test_a_joint_case_is_fixed_when_every_part_is_done() -> None:
    given(REPORTED, ASSIGNED, joint(), done()).when(mark_fixed()).then(fixed_today())


def test_a_joint_case_with_an_open_part_is_not_fixed() -> None:
    given(REPORTED, ASSIGNED, joint(), joint("væg", OPERATIONS), done()).when(
        mark_fixed()
    ).then_refused(Code.SUBTASKS_OPEN)


def test_a_fix_resumes_a_case_on_hold_first() -> None:
    given(REPORTED, ASSIGNED, HELD).when(mark_fixed()).then(
        FindingResumed(stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-10-30")),
        fixed_today(),
    )


def test_a_fix_settles_what_was_offered_or_proposed() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED, PROPOSED, fixed_today())

    assert finding is not None
    assert (finding.offered_to, finding.decline_proposed_by) == (None, None)


@pytest.mark.parametrize("by", [LIGHTING, GRID])
def test_everybody_with_a_hand_in_the_fix_is_remembered(by: Actor) -> None:
    finding = remembered(REPORTED, ASSIGNED, joint(), done(), fixed_today(by))

    assert finding is not None
    assert finding.workers == {LIGHTING, GRID, by}


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_fixed(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(mark_fixed()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_fixed(status: Status) -> None:
    given(*HISTORIES[status]).when(mark_fixed()).then_refused(Code.CLOSED)
