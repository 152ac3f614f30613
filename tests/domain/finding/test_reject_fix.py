"""Somebody looked, and it is not done."""

import pytest

from domain.errors import Code
from domain.finding.events import ClockName, FindingEvent, FixRejected
from domain.finding.state import Status
from domain.values import Severity
from tests.examples import (
    ASSIGNED,
    COUNCIL,
    ENDED,
    FIXED,
    HISTORIES,
    LIGHTING,
    REPORTED,
    on,
    reject_fix,
    reported,
    stamp,
)
from tests.given_when_then import given, remembered


def rejected(*, urgent: bool = False) -> FixRejected:
    return FixRejected(
        stamp=stamp(COUNCIL),
        reason="Kun den ene lampe lyser.",
        to=LIGHTING,
        urgent=urgent,
    )


def test_a_rejected_fix_goes_back_to_whoever_was_responsible() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(reject_fix()).then(rejected())


def test_a_rejected_acute_fix_is_told_at_once() -> None:
    given(reported(severity=Severity.ACUTE), ASSIGNED, FIXED).when(reject_fix()).then(
        rejected(urgent=True)
    )


def test_a_rejected_fix_keeps_its_due_day() -> None:
    finding = remembered(REPORTED, ASSIGNED, FIXED, rejected())

    assert finding is not None
    assert (finding.status, finding.assignee) == (Status.ASSIGNED, LIGHTING)
    assert finding.clocks[ClockName.FIX].due == on("2026-10-23")


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_only_a_fixed_case_is_rejected(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(reject_fix()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_the_fix_of_an_ended_case_is_not_rejected(status: Status) -> None:
    given(*HISTORIES[status]).when(reject_fix()).then_refused(Code.CLOSED)
