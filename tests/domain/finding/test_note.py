"""Somebody writes something down."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import FindingMerged, NoteAdded
from domain.finding.state import Status
from domain.values import CITIZEN, Actor
from tests.domain.stories import case
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    HISTORIES,
    LIGHTING,
    MERGED,
    OPERATIONS,
    OTHER_NUMBER,
    POLICE,
    REPORTED,
    assigned,
    note,
    stamp,
)
from tests.given_when_then import given, remembered


def noted(by: Actor = LIGHTING, *tell: Actor) -> NoteAdded:
    return NoteAdded(stamp=stamp(by), text="Ringet til driften.", tell=tell)


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


def test_any_authority_can_write() -> None:
    given(REPORTED).when(note(by=POLICE)).then(noted(POLICE))


@pytest.mark.parametrize("by", [COUNCIL, CITIZEN])
def test_whoever_has_the_case_hears_what_others_write(by: Actor) -> None:
    given(REPORTED).when(note(by=by)).then(noted(by, COORDINATOR))
    given(REPORTED, ASSIGNED).when(note(by=by)).then(noted(by, LIGHTING))


@pytest.mark.parametrize("by", [COUNCIL, CITIZEN])
@pytest.mark.parametrize("status", [Status.VERIFIED, Status.DECLINED])
def test_it_may_be_back_so_an_ended_case_has_somebody_to_hear_it_too(
    status: Status, by: Actor
) -> None:
    given(*HISTORIES[status]).when(note(by=by)).then(noted(by, LIGHTING))


@pytest.mark.parametrize("by", [LIGHTING, COUNCIL])
def test_what_is_written_about_a_duplicate_reaches_the_owner_of_the_master(
    by: Actor,
) -> None:
    master = case((REPORTED, assigned(OPERATIONS)))

    given(*HISTORIES[Status.MERGED], others={OTHER_NUMBER: master}).when(
        note(by=by)
    ).then(noted(by, OPERATIONS))


def test_a_master_may_itself_be_a_duplicate() -> None:
    between = case((REPORTED, FindingMerged(stamp=MERGED.stamp, master="2026-01")))
    last = case((REPORTED, assigned(OPERATIONS)))

    given(
        *HISTORIES[Status.MERGED], others={OTHER_NUMBER: between, "2026-01": last}
    ).when(note(by=COUNCIL)).then(noted(COUNCIL, OPERATIONS))


def test_a_note_changes_nothing() -> None:
    assert remembered(REPORTED, noted()) == remembered(REPORTED)


def test_a_note_is_about_a_known_case() -> None:
    given().when(note()).then_refused(Code.UNKNOWN_FINDING, NotFound)
