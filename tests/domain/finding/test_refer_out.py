"""The matter goes to another forum; only date and forum are kept."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, FindingReferred
from domain.finding.state import Status
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    REPORTED,
    WALK,
    refer_out,
    stamp,
)
from tests.given_when_then import given, remembered

REFERRED = FindingReferred(stamp=stamp(COORDINATOR), forum="SSP")


def test_a_matter_is_referred_before_anything_is_written() -> None:
    given().when(refer_out()).then(REFERRED)


def test_a_reported_matter_is_referred() -> None:
    given(REPORTED).when(refer_out()).then(REFERRED)


def test_a_referral_can_name_its_walk() -> None:
    given().when(refer_out(walk=WALK)).then(
        FindingReferred(stamp=stamp(COORDINATOR), forum="SSP", walk=WALK)
    )


@pytest.mark.parametrize("facts", [(), (REPORTED,)])
def test_a_referred_matter_is_over(facts: tuple[FindingEvent, ...]) -> None:
    finding = remembered(*facts, REFERRED)

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.REFERRED, None)
    assert finding.running == ()


def test_the_walk_must_be_known() -> None:
    given().when(refer_out(walk="NEVER-WALKED")).then_refused(
        Code.UNKNOWN_WALK, NotFound
    )


@pytest.mark.parametrize("facts", [(REPORTED, ASSIGNED), (REPORTED, ASSIGNED, FIXED)])
def test_a_case_that_somebody_works_on_is_not_referred(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(refer_out()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_referred(status: Status) -> None:
    given(*HISTORIES[status]).when(refer_out()).then_refused(Code.CLOSED)
