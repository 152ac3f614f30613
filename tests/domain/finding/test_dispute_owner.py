"""Somebody says that the case belongs elsewhere."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, OwnershipDisputed
from domain.finding.state import Status
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    ENDED,
    FIXED,
    HISTORIES,
    HOUSING,
    LIGHTING,
    OPERATIONS,
    REPORTED,
    STRANGER,
    assigned,
    dispute_owner,
    stamp,
)
from tests.given_when_then import given, remembered

DISPUTED = OwnershipDisputed(stamp=stamp(LIGHTING), reason="Privat vej.")


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
@pytest.mark.parametrize("proposed", [None, HOUSING])
def test_an_owner_is_disputed_with_or_without_another_in_mind(
    facts: tuple[FindingEvent, ...], proposed: Actor | None
) -> None:
    given(*facts).when(dispute_owner(proposed)).then(
        OwnershipDisputed(
            stamp=stamp(LIGHTING), reason="Privat vej.", proposed=proposed
        )
    )


def test_a_dispute_changes_neither_status_nor_owner() -> None:
    finding = remembered(REPORTED, ASSIGNED, DISPUTED)

    assert finding is not None
    assert finding.disputed
    assert (finding.status, finding.assignee) == (Status.ASSIGNED, LIGHTING)


def test_a_new_owner_settles_the_dispute() -> None:
    finding = remembered(REPORTED, ASSIGNED, DISPUTED, assigned(OPERATIONS))

    assert finding is not None
    assert not finding.disputed


def test_the_proposed_owner_must_be_known() -> None:
    given(REPORTED).when(dispute_owner(STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_the_owner_of_a_fixed_case_is_not_disputed() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(dispute_owner()).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", ENDED)
def test_the_owner_of_an_ended_case_is_not_disputed(status: Status) -> None:
    given(*HISTORIES[status]).when(dispute_owner()).then_refused(Code.CLOSED)
