"""The case is the same as another, which it follows from now on."""

from collections.abc import Mapping

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, FindingMerged
from domain.finding.state import Finding, Status
from domain.values import FindingNumber
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    NUMBER,
    OTHER_NUMBER,
    REPORTED,
    merge_into,
    stamp,
)
from tests.given_when_then import given, remembered


def beside(status: Status) -> Mapping[FindingNumber, Finding]:
    """Return another finding in `status`."""
    other = remembered(*HISTORIES[status])
    return {OTHER_NUMBER: other} if other else {}


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
@pytest.mark.parametrize(
    "master",
    [
        Status.REPORTED,
        Status.ASSIGNED,
        Status.FIXED,
        Status.VERIFIED,
        Status.DECLINED,
    ],
)
def test_an_open_case_follows_another(
    facts: tuple[FindingEvent, ...], master: Status
) -> None:
    given(*facts, others=beside(master)).when(merge_into()).then(
        FindingMerged(stamp=stamp(COORDINATOR), master=OTHER_NUMBER)
    )


def test_a_merged_case_is_over_and_knows_its_master() -> None:
    finding = remembered(*HISTORIES[Status.MERGED])

    assert finding is not None
    assert (finding.status, finding.master) == (Status.MERGED, OTHER_NUMBER)
    assert finding.running == ()


def test_a_case_does_not_follow_itself() -> None:
    given(REPORTED).when(merge_into(NUMBER)).then_refused(Code.MERGE_INTO_SELF)


def test_the_master_must_be_known() -> None:
    given(REPORTED).when(merge_into()).then_refused(Code.UNKNOWN_FINDING, NotFound)


@pytest.mark.parametrize("master", [Status.MERGED, Status.REFERRED, Status.POSITIVE])
def test_nobody_follows_a_case_that_leads_nowhere(master: Status) -> None:
    given(REPORTED, others=beside(master)).when(merge_into()).then_refused(
        Code.MASTER_UNUSABLE
    )


def test_a_fixed_case_is_not_merged() -> None:
    given(REPORTED, ASSIGNED, FIXED, others=beside(Status.ASSIGNED)).when(
        merge_into()
    ).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_merged(status: Status) -> None:
    given(*HISTORIES[status], others=beside(Status.ASSIGNED)).when(
        merge_into()
    ).then_refused(Code.CLOSED)
