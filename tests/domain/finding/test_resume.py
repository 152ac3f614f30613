"""The fix clock runs again, as many working days later as it stood."""

import pytest

from domain.errors import Code
from domain.finding.events import ClockName, FindingEvent, FindingResumed
from domain.finding.state import Status
from tests.examples import (
    ASSIGNED,
    ENDED,
    FIXED,
    HELD,
    HISTORIES,
    LIGHTING,
    REPORTED,
    on,
    resume,
    stamp,
)
from tests.given_when_then import given, remembered

# The case was held on Wednesday 14 October and was due on Friday 23 October.


@pytest.mark.parametrize(
    ("day", "held_days", "fix_due"),
    [
        ("2026-10-14 18:00", 0, "2026-10-23"),
        ("2026-10-15", 1, "2026-10-26"),
        ("2026-10-17", 2, "2026-10-27"),
        ("2026-10-19", 3, "2026-10-28"),
        ("2026-10-21", 5, "2026-10-30"),
        ("2026-12-23", 50, "2027-01-07"),
    ],
)
def test_the_due_day_moves_by_the_working_days_that_were_held(
    day: str, held_days: int, fix_due: str
) -> None:
    given(REPORTED, ASSIGNED, HELD).when(resume(day=day)).then(
        FindingResumed(
            stamp=stamp(LIGHTING, day), held_days=held_days, fix_due=on(fix_due)
        )
    )


def test_only_the_fix_clock_runs_after_a_resumption() -> None:
    resumed = FindingResumed(
        stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-10-30")
    )
    finding = remembered(REPORTED, ASSIGNED, HELD, resumed)

    assert finding is not None
    assert finding.running == (ClockName.FIX,)
    assert finding.clocks[ClockName.FIX].due == on("2026-10-30")


def test_a_case_that_does_not_wait_is_not_resumed() -> None:
    given(REPORTED, ASSIGNED).when(resume()).then_refused(Code.NOT_ON_HOLD)


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_resumed(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(resume()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_resumed(status: Status) -> None:
    given(*HISTORIES[status]).when(resume()).then_refused(Code.CLOSED)
