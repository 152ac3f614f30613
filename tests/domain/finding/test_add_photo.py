"""A photo is put beside a case, and can be asked for as evidence (R10)."""

import pytest

from domain.errors import Code
from domain.finding.commands import AddPhoto
from domain.finding.events import PhotoAdded
from domain.finding.rules.photos import MOST_PHOTOS
from domain.finding.state import Status
from domain.values import Evidence, Shows
from tests.domain.stories import told
from tests.examples import (
    ASSIGNED,
    HISTORIES,
    REPORTED,
    TODAY,
    add_photo,
    assign,
    changed_rules,
    mark_fixed,
    reject_fix,
    report,
    with_category,
)
from tests.given_when_then import given

ASKED = with_category(
    "LGT-FAIL", changed_rules(limits={"evidence_from": TODAY, "photo_from": TODAY})
)
"""From today on a photo that is evidence must be in the store."""


def added(command: AddPhoto) -> PhotoAdded:
    told = command.model_dump(exclude={"number"})
    return PhotoAdded.model_validate(told)


@pytest.mark.parametrize("status", [one for one in HISTORIES if one != Status.REFERRED])
def test_a_photo_can_be_added_to_every_case(status: Status) -> None:
    given(*HISTORIES[status]).when(add_photo()).then(added(add_photo()))


def test_nothing_is_kept_of_what_went_to_another_forum() -> None:
    given(*HISTORIES[Status.REFERRED]).when(add_photo()).then_refused(Code.CLOSED)


def test_the_same_photo_is_added_once() -> None:
    given(REPORTED, added(add_photo())).when(add_photo()).then()


def test_there_is_a_limit_of_photos() -> None:
    many = [added(add_photo(f"{nth:064x}")) for nth in range(MOST_PHOTOS)]

    given(REPORTED, *many).when(add_photo()).then_refused(Code.PHOTOS_FULL)


def test_a_photo_as_evidence_must_be_there() -> None:
    shown = mark_fixed(evidence=Evidence.PHOTO)

    given(REPORTED, ASSIGNED, rules=ASKED).when(shown).then_refused(Code.PHOTO_MISSING)
    given(REPORTED, ASSIGNED, added(add_photo(shows=Shows.BEFORE)), rules=ASKED).when(
        shown
    ).then_refused(Code.PHOTO_MISSING)
    assert given(REPORTED, ASSIGNED, added(add_photo()), rules=ASKED).when(shown).ask()


def test_a_photo_of_work_that_was_rejected_is_no_evidence_any_more() -> None:
    done = told(report(), assign(), mark_fixed(), reject_fix())
    before = (*done[:2], added(add_photo()), *done[2:])

    given(*before, rules=ASKED).when(mark_fixed(evidence=Evidence.PHOTO)).then_refused(
        Code.PHOTO_MISSING
    )


def test_who_was_there_needs_no_photo() -> None:
    assert (
        given(REPORTED, ASSIGNED, rules=ASKED)
        .when(mark_fixed(evidence=Evidence.ON_SITE))
        .ask()
    )


def test_before_that_day_a_word_is_enough() -> None:
    later = changed_rules(ASKED, limits={"photo_from": "2026-12-01"})
    shown = mark_fixed(evidence=Evidence.PHOTO)

    assert given(REPORTED, ASSIGNED, rules=later).when(shown).ask()
