"""The fix gets another due day, for a reason."""

import pytest

from domain.errors import Code
from domain.finding.events import ClockName, DeadlineChanged, FindingEvent
from domain.finding.state import Status
from tests.examples import (
    ASSIGNED,
    ENDED,
    FIXED,
    HELD,
    HISTORIES,
    LEADER,
    REPORTED,
    TODAY,
    change_deadline,
    on,
    stamp,
)
from tests.given_when_then import given, remembered


def changed(fix_due: str) -> DeadlineChanged:
    return DeadlineChanged(stamp=stamp(LEADER), fix_due=on(fix_due), reason="Frost.")


@pytest.mark.parametrize(
    "facts", [(REPORTED,), (REPORTED, ASSIGNED), (REPORTED, ASSIGNED, HELD)]
)
def test_an_open_case_gets_another_deadline(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(change_deadline()).then(changed("2026-11-06"))


def test_the_fix_clock_ends_on_the_new_day() -> None:
    finding = remembered(REPORTED, ASSIGNED, changed("2026-11-06"))

    assert finding is not None
    assert finding.clocks[ClockName.FIX].due == on("2026-11-06")


def test_the_new_deadline_may_be_today() -> None:
    given(REPORTED, ASSIGNED).when(change_deadline(TODAY)).then(changed(TODAY))


def test_the_new_deadline_is_not_in_the_past() -> None:
    given(REPORTED, ASSIGNED).when(change_deadline("2026-10-20")).then_refused(
        Code.DATE_IN_PAST
    )


def test_the_new_deadline_is_inside_the_calendar() -> None:
    given(REPORTED, ASSIGNED).when(change_deadline("2046-01-02")).then_refused(
        Code.CALENDAR_ENDS
    )


def test_a_fixed_case_keeps_its_deadline() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(change_deadline()).then_refused(
        Code.WRONG_STATUS
    )


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_deadline(status: Status) -> None:
    given(*HISTORIES[status]).when(change_deadline()).then_refused(Code.CLOSED)
