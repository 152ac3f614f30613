"""A part of the work goes to a party of its own."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import (
    ClockName,
    FindingEvent,
    ReminderRaised,
    SubtaskAdded,
)
from domain.finding.state import Status, Subtask
from tests.domain.stories import planned, played, reminders, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    GRID,
    HISTORIES,
    LIGHTING,
    OPERATIONS,
    REPORTED,
    STRANGER,
    TODAY,
    add_subtask,
    assign,
    complete_subtask,
    done,
    joint,
    moment,
    on,
    report,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_an_open_case_becomes_joint(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(add_subtask()).then(
        SubtaskAdded(
            stamp=stamp(COORDINATOR),
            subtask="elskab",
            to=GRID,
            answering=LIGHTING,
        )
    )


def test_a_joint_case_remembers_its_parts_in_order() -> None:
    finding = remembered(REPORTED, ASSIGNED, joint(), joint("væg", OPERATIONS))

    assert finding is not None
    since = moment("2026-10-12")
    assert finding.subtasks == (
        Subtask("elskab", GRID, since=since),
        Subtask("væg", OPERATIONS, since=since),
    )


@pytest.mark.parametrize("facts", [(joint(),), (joint(), done())])
def test_a_part_has_a_name_of_its_own(facts: tuple[FindingEvent, ...]) -> None:
    given(REPORTED, ASSIGNED, *facts).when(add_subtask()).then_refused(
        Code.SUBTASK_EXISTS
    )


def test_a_part_goes_to_somebody_known() -> None:
    given(REPORTED, ASSIGNED).when(add_subtask(to=STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_a_fixed_case_gets_no_more_parts() -> None:
    given(REPORTED, ASSIGNED, FIXED).when(add_subtask()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_gets_no_more_parts(status: Status) -> None:
    given(*HISTORIES[status]).when(add_subtask()).then_refused(Code.CLOSED)


def test_a_part_may_have_a_day_and_a_contact_of_its_own() -> None:
    given(REPORTED, ASSIGNED).when(
        add_subtask(to=OPERATIONS, due="2026-10-30", contact="driftsleder")
    ).then(
        SubtaskAdded(
            stamp=stamp(COORDINATOR),
            subtask="elskab",
            to=OPERATIONS,
            due=on("2026-10-30"),
            contact="driftsleder",
        )
    )


def test_a_part_may_be_due_today_but_not_yesterday() -> None:
    assert given(REPORTED, ASSIGNED).when(add_subtask(due=TODAY)).ask()
    given(REPORTED, ASSIGNED).when(add_subtask(due="2026-10-20")).then_refused(
        Code.DATE_IN_PAST
    )


def test_the_caseworker_behind_a_third_party_is_reminded_of_its_part() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(OPERATIONS, day="2026-10-09"),
        add_subtask(day="2026-10-09", due="2026-10-14"),
        until="2026-10-15",
    )

    (reminder,) = [fact for fact in facts if isinstance(fact, ReminderRaised)]
    assert reminder.to == LIGHTING
    assert [one.key for one in reminder.occasions] == ["subtask.1.due.2026-10-14"]


def test_each_part_has_reminders_of_its_own() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-09"),
        add_subtask(day="2026-10-09", due="2026-10-14"),
        add_subtask("væg", OPERATIONS, day="2026-10-09", due="2026-10-15"),
        complete_subtask(day="2026-10-13"),
    )

    assert planned(facts, "2026-10-13", first=2) == [
        "2026-10-15 subtask.due",
        "2026-10-16 fix.half",
    ]


def test_a_part_is_reminded_of_once_a_day_and_again_after_five() -> None:
    facts = played(
        report(day="2026-10-09"),
        assign(day="2026-10-09"),
        add_subtask(to=OPERATIONS, day="2026-10-09", due="2026-10-14"),
        until="2026-10-29",
    )

    assert reminders(facts, ClockName.SUBTASK) == [
        "2026-10-14",
        "2026-10-21",
        "2026-10-28",
    ]


def test_an_old_part_is_no_storm() -> None:
    facts = told(
        report(day="2026-10-09"),
        assign(day="2026-10-09"),
        add_subtask(to=OPERATIONS, day="2026-10-09", due="2026-10-14"),
    )
    lines = [one for one in planned(facts, "2026-12-01") if "subtask" in one]

    assert lines == ["2026-11-25 subtask.late", "2026-12-02 subtask.late"]
