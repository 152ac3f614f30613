"""Something acute was also told by telephone."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.commands import ReportFinding
from domain.finding.events import CallLogged, FindingEvent
from domain.finding.state import Status
from domain.values import Channel, Severity
from tests.domain.stories import case, planned, told
from tests.examples import (
    COORDINATOR,
    ENDED,
    HISTORIES,
    LIGHTING,
    REPORTED,
    STRANGER,
    assign,
    log_call,
    mark_fixed,
    moment,
    report,
    stamp,
)
from tests.given_when_then import given

ACUTE = told(report(severity=Severity.ACUTE))


@pytest.mark.parametrize("facts", [ACUTE, (*ACUTE, *told(report(), assign())[1:])])
def test_a_call_is_noted_with_its_time_and_whom_it_reached(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(log_call("2026-10-21 11:40")).then(
        CallLogged(
            stamp=stamp(COORDINATOR),
            called_at=moment("2026-10-21 11:40"),
            whom=LIGHTING,
        )
    )


def test_after_a_call_nobody_is_asked_to_make_one() -> None:
    called = given(*ACUTE).when(log_call()).ask()

    assert planned(ACUTE, "2026-10-21", first=1) == ["2026-10-21 13:00 call.due"]
    assert "call" not in " ".join(planned((*ACUTE, *called), "2026-10-21"))


@pytest.mark.parametrize(
    "said",
    [
        report(severity=Severity.ACUTE, channel=Channel.PHONE),
        report(severity=Severity.ACUTE, called_at="2026-10-21 11:59"),
        report(severity=Severity.HIGH),
        report("POS-KEEP", severity=Severity.ACUTE),
    ],
)
def test_some_reports_need_no_call(said: ReportFinding) -> None:
    assert case(told(said)).called


def test_a_call_was_not_made_in_the_future() -> None:
    given(*ACUTE).when(log_call("2026-10-21 12:01")).then_refused(Code.DATE_IN_FUTURE)


def test_only_something_acute_needs_a_call() -> None:
    given(REPORTED).when(log_call()).then_refused(Code.NOT_ACUTE)


def test_whoever_was_called_is_known() -> None:
    given(*ACUTE).when(log_call(whom=STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_a_fixed_case_needs_no_call() -> None:
    fixed = told(report(severity=Severity.ACUTE), assign(), mark_fixed())

    given(*fixed).when(log_call()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_needs_no_call(status: Status) -> None:
    given(*HISTORIES[status]).when(log_call()).then_refused(Code.CLOSED)
