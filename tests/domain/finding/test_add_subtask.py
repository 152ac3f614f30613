"""A part of the work goes to a party of its own."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, SubtaskAdded
from domain.finding.state import Status, Subtask
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
    add_subtask,
    done,
    joint,
    moment,
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
