"""What only the police know, and how a copy of it is shared by two persons."""

from datetime import date, timedelta
from functools import reduce

import pytest

from domain.errors import Code, NotAllowed, NotFound
from domain.finding.state import Finding
from domain.police.commands import (
    AddPoliceNote,
    AnyPoliceCommand,
    ApproveSharing,
    ProposeSharing,
    stream_of,
)
from domain.police.decide import APPROVAL_HOURS, TEXT_LENGTH, decide
from domain.police.events import (
    NoteKind,
    PoliceEvent,
    PoliceNoteAdded,
    SharingApproved,
    SharingProposed,
)
from domain.police.state import PoliceFile, Proposal, evolve, fold
from domain.values import Actor
from tests.examples import LOCAL_POLICE, POLICE, REPORTED, stamp
from tests.given_when_then import Situation, remembered

NUMBER = "2026-04"
CASE = remembered(REPORTED)
ONE = Actor("police/prevention/p01")
OTHER = Actor("police/prevention/p02")
ELSEWHERE = Actor("police/local-police/p01")
WORDS = "Vi kommer oftere forbi om aftenen."
PROPOSED = SharingProposed(stamp=stamp(ONE), nth=1, text=WORDS)
CONTENT = Proposal(ONE, PROPOSED.stamp.at, WORDS).content
APPROVED = SharingApproved(stamp=stamp(OTHER), nth=1, content=CONTENT)


def given(
    *facts: PoliceEvent, case: Finding | None = CASE
) -> Situation[AnyPoliceCommand, PoliceEvent]:
    found = reduce(evolve, facts, PoliceFile())
    return Situation(lambda command: decide(found, command, case))


def note(
    text: str = "Der køres fra tunnelen.",
    kind: NoteKind = NoteKind.NOTE,
    first: date | None = None,
    last: date | None = None,
) -> AddPoliceNote:
    return AddPoliceNote(
        stamp=stamp(ONE), number=NUMBER, kind=kind, text=text, first=first, last=last
    )


def approve(by: Actor = OTHER, content: str = CONTENT, nth: int = 1) -> ApproveSharing:
    return ApproveSharing(stamp=stamp(by), number=NUMBER, nth=nth, content=content)


# --- Notes and tactics -----------------------------------------------------------


def test_a_note_lies_beside_the_case_and_counts() -> None:
    first = PoliceNoteAdded(stamp=stamp(ONE), nth=1, kind=NoteKind.NOTE, text="A.")

    given(first).when(note("B.")).then(
        PoliceNoteAdded(stamp=stamp(ONE), nth=2, kind=NoteKind.NOTE, text="B.")
    )
    assert note().stream == stream_of(NUMBER) == f"police/{NUMBER}"


def test_tactics_hold_on_days() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    given().when(note(kind=NoteKind.TACTICS, first=first, last=last)).then(
        PoliceNoteAdded(
            stamp=stamp(ONE),
            nth=1,
            kind=NoteKind.TACTICS,
            text="Der køres fra tunnelen.",
            first=first,
            last=last,
        )
    )


def test_a_note_has_no_days() -> None:
    dated = note(first=date(2026, 11, 1))

    given().when(dated).then_refused(Code.DAYS_WITHOUT_TACTICS)


def test_days_go_forwards() -> None:
    reversed_days = note(
        kind=NoteKind.TACTICS, first=date(2026, 11, 2), last=date(2026, 11, 1)
    )

    given().when(reversed_days).then_refused(Code.PERIOD_REVERSED)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", Code.TEXT_MISSING),
        ("x" * (TEXT_LENGTH + 1), Code.TEXT_TOO_LONG),
        ("\x1b[2J", Code.TEXT_UNPRINTABLE),
    ],
)
def test_a_text_can_be_read(text: str, code: Code) -> None:
    given().when(note(text)).then_refused(code)
    proposal = ProposeSharing(stamp=stamp(ONE), number=NUMBER, text=text)
    given().when(proposal).then_refused(code)


def test_there_must_be_a_case_to_write_beside() -> None:
    given(case=None).when(note()).then_refused(Code.UNKNOWN_FINDING, NotFound)


# --- Sharing ---------------------------------------------------------------------


def test_a_copy_is_proposed_in_words_of_its_own() -> None:
    proposal = ProposeSharing(stamp=stamp(ONE), number=NUMBER, text=WORDS)

    given().when(proposal).then(PROPOSED)
    given(PROPOSED).when(proposal).then(
        SharingProposed(stamp=stamp(ONE), nth=2, text=WORDS)
    )


@pytest.mark.parametrize("by", [OTHER, LOCAL_POLICE])
def test_a_second_person_approves(by: Actor) -> None:
    given(PROPOSED).when(approve(by)).then(
        SharingApproved(stamp=stamp(by), nth=1, content=CONTENT)
    )


@pytest.mark.parametrize("by", [ONE, ELSEWHERE, POLICE])
def test_nobody_is_their_own_second_person(by: Actor) -> None:
    """Also not in another unit, and not by leaving out who they are."""
    given(PROPOSED).when(approve(by)).then_refused(
        Code.SECOND_PERSON_NEEDED, NotAllowed
    )


def test_the_words_that_were_read_are_shared_and_no_others() -> None:
    given(PROPOSED).when(approve(content="ab" * 32)).then_refused(Code.SHARING_CHANGED)


def test_an_old_proposal_is_made_again() -> None:
    late = stamp(OTHER).model_copy(
        update={"at": PROPOSED.stamp.at + timedelta(hours=APPROVAL_HOURS, seconds=1)}
    )
    command = approve().model_copy(update={"stamp": late})

    given(PROPOSED).when(command).then_refused(Code.SHARING_TOO_LATE)


def test_only_what_was_proposed_can_be_approved() -> None:
    given().when(approve()).then_refused(Code.UNKNOWN_SHARING, NotFound)
    given(PROPOSED).when(approve(nth=2)).then_refused(Code.UNKNOWN_SHARING, NotFound)


def test_approving_twice_changes_nothing() -> None:
    given(PROPOSED, APPROVED).when(approve(LOCAL_POLICE)).then()


def test_history_always_loads() -> None:
    """An approval of nothing, as from a store that lost something, is no fault."""
    assert reduce(evolve, [APPROVED], PoliceFile()) == PoliceFile()
    assert fold([]) == PoliceFile()
