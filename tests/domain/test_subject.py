"""Forgetting: two persons agree, a duty to keep wins, and once is for ever."""

from functools import reduce

import pytest

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.register.retention import RetentionClass
from domain.subject.commands import (
    AnySubjectCommand,
    ApproveErasure,
    ArchiveSubject,
    HoldSubject,
    LiftRestriction,
    RecordErasure,
    RecordRestriction,
    ReleaseSubject,
    RequestDisposal,
    RequestErasure,
    RestrictSubject,
)
from domain.subject.decide import check_erasable, decide
from domain.subject.events import (
    DisposalRequested,
    ErasureApproved,
    ErasureBasis,
    ErasureRequested,
    HoldReason,
    RestrictionLifted,
    RestrictionReason,
    SubjectArchived,
    SubjectErased,
    SubjectEvent,
    SubjectHeld,
    SubjectReleased,
    SubjectRestricted,
)
from domain.subject.state import Subject, evolve
from domain.values import CLOCK, Actor
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    LAMP_ANNA,
    LIGHTING,
    POLICE,
    STRANGER,
    TODAY,
    on,
    register,
    stamp,
)
from tests.given_when_then import Situation

REF = "0123456789abcdef0123"
REQUESTED = ErasureRequested(stamp=stamp(LIGHTING), basis=ErasureBasis.OBJECTION)
APPROVED = ErasureApproved(stamp=stamp(POLICE))
HELD = SubjectHeld(stamp=stamp(POLICE), reason=HoldReason.JOURNAL_DUTY)
RELEASED = SubjectReleased(stamp=stamp(POLICE))
ERASED = SubjectErased(stamp=stamp(CLOCK), facts=3, streams=2)
RESTRICTED = SubjectRestricted(
    stamp=stamp(COORDINATOR), reason=RestrictionReason.KEPT_BY_LAW
)

LIFTED = RestrictionLifted(stamp=stamp(POLICE))

DISPOSAL = DisposalRequested(
    stamp=stamp(LIGHTING),
    keeps=RetentionClass.RECORD,
    due_on=on(TODAY),
    archive_first=True,
)
ARCHIVED = SubjectArchived(stamp=stamp(POLICE), facts=7, digest="ab" * 32)


def remembered(*facts: SubjectEvent) -> Subject:
    return reduce(evolve, facts, Subject())


def given(*facts: SubjectEvent) -> Situation[AnySubjectCommand, SubjectEvent]:
    found = remembered(*facts)
    return Situation(lambda command: decide(found, command, register()))


def request(by: Actor = LIGHTING) -> RequestErasure:
    return RequestErasure(ref=REF, stamp=stamp(by), basis=ErasureBasis.OBJECTION)


def dispose(by: Actor = LIGHTING, due_on: str = TODAY) -> RequestDisposal:
    return RequestDisposal(
        ref=REF,
        stamp=stamp(by),
        keeps=RetentionClass.RECORD,
        due_on=on(due_on),
        archive_first=True,
    )


def archive(by: Actor = POLICE) -> ArchiveSubject:
    return ArchiveSubject(ref=REF, stamp=stamp(by), facts=7, digest="ab" * 32)


def approve(by: Actor = POLICE) -> ApproveErasure:
    return ApproveErasure(ref=REF, stamp=stamp(by))


def restrict(by: Actor = COORDINATOR) -> RestrictSubject:
    return RestrictSubject(
        ref=REF, stamp=stamp(by), reason=RestrictionReason.KEPT_BY_LAW
    )


def lift(by: Actor = POLICE) -> LiftRestriction:
    return LiftRestriction(ref=REF, stamp=stamp(by))


def record_restriction(by: Actor = CLOCK) -> RecordRestriction:
    return RecordRestriction(
        ref=REF, stamp=stamp(by), reason=RestrictionReason.KEPT_BY_LAW
    )


def hold(by: Actor = POLICE) -> HoldSubject:
    return HoldSubject(ref=REF, stamp=stamp(by), reason=HoldReason.JOURNAL_DUTY)


def release(by: Actor = POLICE) -> ReleaseSubject:
    return ReleaseSubject(ref=REF, stamp=stamp(by))


def record(by: Actor = CLOCK) -> RecordErasure:
    return RecordErasure(ref=REF, stamp=stamp(by), facts=3, streams=2)


EVERYTHING_PERSONS_ASK = (
    request,
    dispose,
    archive,
    approve,
    restrict,
    lift,
    hold,
    release,
)


def test_words_are_asked_to_be_erased() -> None:
    given().when(request()).then(REQUESTED)


def test_asking_twice_changes_nothing() -> None:
    given(REQUESTED).when(request(POLICE)).then()
    given(REQUESTED, APPROVED).when(request()).then()


def test_a_second_person_agrees() -> None:
    given(REQUESTED).when(approve()).then(APPROVED)
    given(REQUESTED, APPROVED).when(approve()).then()


@pytest.mark.parametrize("by", [LIGHTING, LAMP_ANNA])
def test_who_asked_does_not_agree(by: Actor) -> None:
    given(REQUESTED).when(approve(by)).then_refused(Code.SAME_HANDS, NotAllowed)


def test_nobody_agrees_to_what_was_not_asked() -> None:
    given().when(approve()).then_refused(Code.ERASURE_NOT_REQUESTED)


def test_what_was_kept_long_enough_is_disposed_of_by_two() -> None:
    given().when(dispose()).then(DISPOSAL)
    given(DISPOSAL).when(dispose(POLICE)).then()
    given(DISPOSAL, ARCHIVED).when(approve()).then(APPROVED)
    refused = given(DISPOSAL, ARCHIVED).when(approve(LIGHTING))
    refused.then_refused(Code.SAME_HANDS, NotAllowed)


def test_nothing_is_disposed_of_before_its_day() -> None:
    given().when(dispose(due_on="2026-10-22")).then_refused(Code.NOT_DUE)


def test_a_record_is_archived_before_somebody_agrees() -> None:
    given(DISPOSAL).when(approve()).then_refused(Code.NOT_ARCHIVED)
    given(DISPOSAL).when(archive()).then(ARCHIVED)
    given(REQUESTED).when(approve()).then(APPROVED)


def test_a_duty_to_keep_wins_over_an_archive() -> None:
    given(DISPOSAL, ARCHIVED, HELD).when(approve()).then_refused(Code.SUBJECT_HELD)


def test_a_duty_to_keep_wins_over_a_request() -> None:
    given(REQUESTED, HELD).when(approve()).then_refused(Code.SUBJECT_HELD)
    given(HELD).when(request()).then(REQUESTED)


def test_a_duty_that_has_ended_forbids_nothing() -> None:
    given(REQUESTED, HELD).when(release()).then(RELEASED)
    given(REQUESTED, HELD, RELEASED).when(approve()).then(APPROVED)
    given(REQUESTED).when(release()).then()


def test_the_same_duty_or_restriction_is_noted_once() -> None:
    given().when(hold()).then(HELD)
    given(HELD).when(hold()).then()
    given().when(restrict()).then(RESTRICTED)
    given(RESTRICTED).when(restrict()).then()


def test_somebody_else_lifts_a_restriction() -> None:
    given(RESTRICTED).when(lift()).then(LIFTED)
    given(RESTRICTED, LIFTED).when(lift()).then()
    given(RESTRICTED, LIFTED).when(restrict()).then(RESTRICTED)
    given().when(lift()).then()


def test_who_restricted_does_not_lift_it() -> None:
    refused = given(RESTRICTED).when(lift(COORDINATOR))

    refused.then_refused(Code.SAME_HANDS, NotAllowed)


def test_the_program_notes_a_restriction_that_a_backup_forgot() -> None:
    noted = SubjectRestricted(stamp=stamp(CLOCK), reason=RestrictionReason.KEPT_BY_LAW)
    given().when(record_restriction()).then(noted)
    given(RESTRICTED, LIFTED).when(record_restriction()).then(noted)
    given(RESTRICTED).when(record_restriction()).then()
    given(ERASED).when(record_restriction()).then()
    given(noted).when(lift()).then(LIFTED)
    refused = given().when(record_restriction(COORDINATOR))
    refused.then_refused(Code.NOT_YOUR_CASE, NotAllowed)


def test_the_program_notes_what_it_erased_whoever_has_agreed() -> None:
    """An old backup may have forgotten who agreed."""
    given(REQUESTED, APPROVED).when(record()).then(ERASED)
    given().when(record()).then(ERASED)
    given(ERASED).when(record()).then()
    given(REQUESTED, APPROVED, HELD).when(record()).then(ERASED)


def test_no_person_says_that_words_were_erased() -> None:
    refused = given(REQUESTED, APPROVED).when(record(COORDINATOR))

    refused.then_refused(Code.NOT_YOUR_CASE, NotAllowed)


@pytest.mark.parametrize("ask", EVERYTHING_PERSONS_ASK)
def test_nothing_comes_after_erasure(ask: type) -> None:
    given(REQUESTED, APPROVED, ERASED).when(ask()).then_refused(Code.SUBJECT_ERASED)


@pytest.mark.parametrize("ask", EVERYTHING_PERSONS_ASK)
def test_only_the_two_authorities_are_asked(ask: type) -> None:
    given().when(ask(COUNCIL)).then_refused(Code.NOT_YOUR_CASE, NotAllowed)
    given().when(ask(STRANGER)).then_refused(Code.UNKNOWN_UNIT, NotFound)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ((), Code.ERASURE_NOT_APPROVED),
        ((REQUESTED,), Code.ERASURE_NOT_APPROVED),
        ((REQUESTED, APPROVED, HELD), Code.SUBJECT_HELD),
        ((DISPOSAL, APPROVED), Code.NOT_ARCHIVED),
    ],
    ids=["nobody", "one", "held", "unarchived"],
)
def test_what_must_not_be_erased_is_refused(
    facts: tuple[SubjectEvent, ...], code: Code
) -> None:
    with pytest.raises(Refused) as refusal:
        check_erasable(remembered(*facts), REF)

    assert refusal.value.code is code


def test_what_two_persons_agreed_to_may_be_erased() -> None:
    check_erasable(remembered(REQUESTED, APPROVED), REF)
    check_erasable(remembered(REQUESTED, APPROVED, HELD, RELEASED), REF)
