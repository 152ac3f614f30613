"""What can be asked about somebody's words."""

from datetime import date
from typing import ClassVar

from domain.messages import Command
from domain.register.retention import RetentionClass
from domain.subject.events import (
    ErasureBasis,
    HoldReason,
    RestrictionReason,
    Sha256,
)
from domain.values import Count, StreamId, SubjectRef


def stream_of(ref: SubjectRef) -> StreamId:
    """Return where the facts about somebody's words are kept."""
    return StreamId(f"subject/{ref}")


class SubjectCommand(Command):
    """Something asked about the words of one participant or one stream."""

    ref: SubjectRef

    @property
    def stream(self) -> StreamId:
        """The stream about these words."""
        return stream_of(self.ref)


class RequestErasure(SubjectCommand):
    """Ask for the words to be erased."""

    NAME: ClassVar[str] = "request_erasure"
    basis: ErasureBasis


class RequestDisposal(SubjectCommand):
    """Ask for the words to be erased because they were kept long enough."""

    NAME: ClassVar[str] = "request_disposal"
    keeps: RetentionClass
    due_on: date
    archive_first: bool


class ArchiveSubject(SubjectCommand):
    """Say that the record was handed to the archive, with so many facts."""

    NAME: ClassVar[str] = "archive_subject"
    facts: Count
    digest: Sha256


class ApproveErasure(SubjectCommand):
    """Agree, as a second person, to erase them."""

    NAME: ClassVar[str] = "approve_erasure"


class RestrictSubject(SubjectCommand):
    """Keep them, and say that nobody shall use them."""

    NAME: ClassVar[str] = "restrict_subject"
    reason: RestrictionReason


class LiftRestriction(SubjectCommand):
    """Let them be used again, as somebody else than whoever restricted them."""

    NAME: ClassVar[str] = "lift_restriction"


class RecordRestriction(SubjectCommand):
    """Say that they are hidden (asked by the clock only: a backup had forgotten it)."""

    NAME: ClassVar[str] = "record_restriction"
    reason: RestrictionReason


class HoldSubject(SubjectCommand):
    """Forbid to erase them."""

    NAME: ClassVar[str] = "hold_subject"
    reason: HoldReason


class ReleaseSubject(SubjectCommand):
    """Say that nothing forbids it any more."""

    NAME: ClassVar[str] = "release_subject"


class RecordErasure(SubjectCommand):
    """Say that the words are gone (asked by the clock only: the program did it)."""

    NAME: ClassVar[str] = "record_erasure"
    facts: Count
    streams: Count


AnySubjectCommand = (
    RequestErasure
    | RequestDisposal
    | ArchiveSubject
    | ApproveErasure
    | RestrictSubject
    | LiftRestriction
    | RecordRestriction
    | HoldSubject
    | ReleaseSubject
    | RecordErasure
)
