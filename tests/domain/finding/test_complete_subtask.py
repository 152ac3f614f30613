"""One part of a joint case is done."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent, SubtaskCompleted
from domain.finding.state import Status
from tests.examples import (
    ASSIGNED,
    ENDED,
    FIXED,
    GRID,
    HISTORIES,
    OPERATIONS,
    REPORTED,
    complete_subtask,
    done,
    joint,
    stamp,
)
from tests.given_when_then import given, remembered


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_a_part_of_an_open_case_is_done(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts, joint()).when(complete_subtask()).then(
        SubtaskCompleted(stamp=stamp(GRID), subtask="elskab")
    )


def test_only_the_named_part_is_done() -> None:
    finding = remembered(REPORTED, ASSIGNED, joint(), joint("væg", OPERATIONS), done())

    assert finding is not None
    assert [part.done_by for part in finding.subtasks] == [GRID, None]


def test_an_unknown_part_is_not_done() -> None:
    given(REPORTED, ASSIGNED, joint()).when(complete_subtask("væg")).then_refused(
        Code.UNKNOWN_SUBTASK, NotFound
    )


def test_a_part_is_done_once() -> None:
    given(REPORTED, ASSIGNED, joint(), done()).when(complete_subtask()).then_refused(
        Code.SUBTASK_DONE
    )


def test_a_part_of_a_fixed_case_is_already_done() -> None:
    given(REPORTED, ASSIGNED, joint(), done(), FIXED).when(
        complete_subtask()
    ).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_a_part_of_an_ended_case_is_not_done(status: Status) -> None:
    given(*HISTORIES[status]).when(complete_subtask()).then_refused(Code.CLOSED)
