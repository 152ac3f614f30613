"""Nobody knows who owns the place."""

import pytest

from domain.errors import Code
from domain.finding.events import ClockName, FindingEvent, OwnershipSought
from domain.finding.state import Status
from tests.domain.stories import case, planned, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    OPERATIONS,
    REPORTED,
    assign,
    changed_rules,
    give_back,
    on,
    report,
    seek_owner,
    stamp,
)
from tests.given_when_then import given

SOUGHT = told(report(), seek_owner())


def test_an_owner_is_looked_for_within_five_working_days() -> None:
    given(REPORTED).when(seek_owner()).then(
        OwnershipSought(
            stamp=stamp(COORDINATOR), days=5, due=on("2026-10-28"), to=COORDINATOR
        )
    )


def test_the_days_are_those_of_the_register() -> None:
    (sought,) = (
        given(REPORTED, rules=changed_rules(limits={"ownership_days": 2}))
        .when(seek_owner())
        .ask()
    )

    assert isinstance(sought, OwnershipSought)
    assert (sought.days, sought.due) == (2, on("2026-10-23"))


def test_the_case_stays_with_whoever_looks() -> None:
    finding = case(SOUGHT)

    assert (finding.status, finding.responsible) == (Status.REPORTED, COORDINATOR)
    assert ClockName.OWNERSHIP in finding.running


def test_the_search_reminds_and_ends_in_nobodys_land() -> None:
    lines = planned(SOUGHT, "2026-10-21")

    assert [one for one in lines if "owner" in one or "nobody" in one] == [
        "2026-10-28 fix.half + ownership.due",
        "2026-10-29 nobody's land",
        "2026-11-04 fix.due + ownership.late",
    ]


def test_an_assignment_ends_the_search() -> None:
    finding = case((*SOUGHT, *given(*SOUGHT).when(assign(OPERATIONS)).ask()))

    assert ClockName.OWNERSHIP not in finding.running


def test_a_returned_case_can_be_sought_again() -> None:
    back = told(report(), seek_owner(), assign(), give_back())
    again = given(*back).when(seek_owner()).ask()

    assert case((*back, *again)).clocks[ClockName.OWNERSHIP].run == 2


def test_one_search_is_enough() -> None:
    given(*SOUGHT).when(seek_owner()).then_refused(Code.ALREADY_SOUGHT)


@pytest.mark.parametrize("facts", [(REPORTED, ASSIGNED), (REPORTED, ASSIGNED, FIXED)])
def test_a_case_with_an_owner_needs_no_search(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(seek_owner()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_needs_no_search(status: Status) -> None:
    given(*HISTORIES[status]).when(seek_owner()).then_refused(Code.CLOSED)
