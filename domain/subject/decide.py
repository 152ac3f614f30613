"""The rules of forgetting: two persons agree, a duty to keep wins, once is for ever.

Source: GDPR Art. 17 and 18; four eyes as everywhere (ADR 0007).
"""

from domain.errors import Code, NotAllowed, Refused
from domain.register.model import Register
from domain.register.staff import check_staff
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
    SubjectCommand,
)
from domain.subject.events import (
    DisposalRequested,
    ErasureApproved,
    ErasureRequested,
    RestrictionLifted,
    SubjectArchived,
    SubjectErased,
    SubjectEvent,
    SubjectHeld,
    SubjectReleased,
    SubjectRestricted,
)
from domain.subject.state import Subject, SubjectStatus
from domain.values import CLOCK, SubjectRef

Facts = tuple[SubjectEvent, ...]

AskedByPersons = (
    RequestErasure
    | RequestDisposal
    | ArchiveSubject
    | ApproveErasure
    | RestrictSubject
    | LiftRestriction
    | HoldSubject
    | ReleaseSubject
)


def decide(subject: Subject, command: AnySubjectCommand, register: Register) -> Facts:
    """Return the facts that follow from `command`; none when nothing is left to do.

    Raises: Refused, NotFound or NotAllowed with a code.
    """
    match command:
        case RecordErasure():
            return _record(subject, command)
        case RecordRestriction():
            return _record_restriction(subject, command)
        case _:
            return _asked(subject, command, register)


def _asked(subject: Subject, command: AskedByPersons, register: Register) -> Facts:
    """Return what follows from what a person asks; after erasure nothing does."""
    check_staff(command.stamp.by, register)
    _refuse_erased(subject, command.ref)
    match command:
        case RequestErasure():
            return _request(subject, command)
        case RequestDisposal():
            return _request_disposal(subject, command, register)
        case ArchiveSubject(stamp=stamp, facts=facts, digest=digest):
            return (SubjectArchived(stamp=stamp, facts=facts, digest=digest),)
        case ApproveErasure():
            return _approve(subject, command)
        case RestrictSubject(stamp=stamp, reason=reason):
            if subject.restricted is reason:
                return ()
            return (SubjectRestricted(stamp=stamp, reason=reason),)
        case LiftRestriction():
            return _lift(subject, command)
        case HoldSubject(stamp=stamp, reason=reason):
            if subject.held is reason:
                return ()
            return (SubjectHeld(stamp=stamp, reason=reason),)
        case ReleaseSubject(stamp=stamp):
            return (SubjectReleased(stamp=stamp),) if subject.held else ()


def check_erasable(subject: Subject, ref: SubjectRef) -> None:
    """Refuse to erase what two persons have not agreed to, or what must be kept.

    Raises: Refused (subject_held, erasure_not_approved, not_archived).
    """
    _refuse_held(subject, ref)
    _refuse_unarchived(subject, ref)
    if subject.status not in {SubjectStatus.APPROVED, SubjectStatus.ERASED}:
        raise Refused(Code.ERASURE_NOT_APPROVED, subject=ref)


def _request(subject: Subject, command: RequestErasure) -> Facts:
    if subject.status is not SubjectStatus.KEPT:
        return ()
    return (ErasureRequested(stamp=command.stamp, basis=command.basis),)


def _request_disposal(
    subject: Subject, command: RequestDisposal, register: Register
) -> Facts:
    """Ask when the time is over, not before."""
    stamp = command.stamp
    if register.working_days.local_day(stamp.at) < command.due_on:
        raise Refused(Code.NOT_DUE, subject=command.ref, due_on=command.due_on)
    if subject.status is not SubjectStatus.KEPT:
        return ()
    return (
        DisposalRequested(
            stamp=stamp,
            keeps=command.keeps,
            due_on=command.due_on,
            archive_first=command.archive_first,
        ),
    )


def _approve(subject: Subject, command: ApproveErasure) -> Facts:
    """Agree as somebody else than whoever asked; a duty to keep wins."""
    by, asked_by = command.stamp.by, subject.requested_by
    _refuse_held(subject, command.ref)
    if subject.status is SubjectStatus.APPROVED:
        return ()
    if asked_by is None:
        raise Refused(Code.ERASURE_NOT_REQUESTED, subject=command.ref)
    if by.same_hands(asked_by):
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=[str(asked_by)])
    _refuse_unarchived(subject, command.ref)
    return (ErasureApproved(stamp=command.stamp),)


def _lift(subject: Subject, command: LiftRestriction) -> Facts:
    """Show the words again, as somebody else than whoever had them hidden."""
    by, restricted_by = command.stamp.by, subject.restricted_by
    if restricted_by is None:
        return ()
    if by.same_hands(restricted_by):
        raise NotAllowed(Code.SAME_HANDS, by=str(by), involved=[str(restricted_by)])
    return (RestrictionLifted(stamp=command.stamp),)


def _record_restriction(subject: Subject, command: RecordRestriction) -> Facts:
    """Note again what an old backup has forgotten."""
    _check_clock(command)
    if subject.restricted is not None or subject.status is SubjectStatus.ERASED:
        return ()
    return (SubjectRestricted(stamp=command.stamp, reason=command.reason),)


def _record(subject: Subject, command: RecordErasure) -> Facts:
    """Note what the program did, also when an old backup has forgotten who agreed."""
    _check_clock(command)
    if subject.status is SubjectStatus.ERASED:
        return ()
    return (
        SubjectErased(
            stamp=command.stamp, facts=command.facts, streams=command.streams
        ),
    )


def _check_clock(command: SubjectCommand) -> None:
    if command.stamp.by != CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(CLOCK))


def _refuse_erased(subject: Subject, ref: SubjectRef) -> None:
    if subject.status is SubjectStatus.ERASED:
        raise Refused(Code.SUBJECT_ERASED, subject=ref)


def _refuse_held(subject: Subject, ref: SubjectRef) -> None:
    if subject.held is not None:
        raise Refused(Code.SUBJECT_HELD, subject=ref, duty=subject.held)


def _refuse_unarchived(subject: Subject, ref: SubjectRef) -> None:
    if subject.archive_first and subject.archived is None:
        raise Refused(Code.NOT_ARCHIVED, subject=ref)
