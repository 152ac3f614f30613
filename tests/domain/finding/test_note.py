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


@pytest.mark.parametrize("status", Status)
def test_a_note_is_possible_in_every_status(status: Status) -> None:
    given(*HISTORIES[status]).when(note()).then(noted())


@pytest.mark.parametrize("by", [POLICE, COUNCIL, CITIZEN])
def test_everybody_known_can_write(by: Actor) -> None:
    given(REPORTED).when(note(by=by)).then(noted(by))


def test_a_note_changes_nothing() -> None:
    assert remembered(REPORTED, noted()) == remembered(REPORTED)


def test_a_note_is_about_a_known_case() -> None:
    given().when(note()).then_refused(Code.UNKNOWN_FINDING, NotFound)
