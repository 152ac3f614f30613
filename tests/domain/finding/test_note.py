"""Somebody writes something down."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import NoteAdded
from domain.finding.state import Status
from domain.values import CITIZEN, Actor
from tests.examples import (
    COUNCIL,
    HISTORIES,
    LIGHTING,
    POLICE,
    REPORTED,
    note,
    stamp,
)
from tests.given_when_then import given, remembered


def noted(by: Actor = LIGHTING) -> NoteAdded:
    return NoteAdded(stamp=stamp(by), text="Ringet til driften.")


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.REFERRED}))
def test_a_note_is_possible_in_almost_every_status(status: Status) -> None:
    given(*HISTORIES[status]).when(note()).then(noted())


def test_nothing_is_written_about_a_matter_of_another_forum() -> None:
    given(*HISTORIES[Status.REFERRED]).when(note()).then_refused(Code.CLOSED)


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00b", "a\x85b"])
def test_a_text_cannot_steer_a_terminal(text: str) -> None:
    command = note().model_copy(update={"text": text})

    given(REPORTED).when(command).then_refused(Code.TEXT_UNPRINTABLE)


def test_nothing_happens_before_the_case_was_reported() -> None:
    given(REPORTED).when(note(day="2026-10-08")).then_refused(Code.OUT_OF_ORDER)


@pytest.mark.parametrize("by", [POLICE, COUNCIL, CITIZEN])
def test_everybody_known_can_write(by: Actor) -> None:
    given(REPORTED).when(note(by=by)).then(noted(by))


def test_a_note_changes_nothing() -> None:
    assert remembered(REPORTED, noted()) == remembered(REPORTED)


def test_a_note_is_about_a_known_case() -> None:
    given().when(note()).then_refused(Code.UNKNOWN_FINDING, NotFound)
