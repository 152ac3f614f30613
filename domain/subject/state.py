"""What the rules remember of somebody's words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.messages import Recorded
from domain.register.retention import RetentionClass
from domain.subject.events import (
    DisposalRequested,
    ErasureApproved,
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
from domain.values import Actor


class SubjectStatus(StrEnum):
    """How far the words are from being erased."""

    KEPT = "kept"
    REQUESTED = "requested"
    APPROVED = "approved"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Subject:
    """The rules' memory of somebody's words; nothing was asked about them yet.

    `keeps` is why they are disposed of, if that is why; `archived` counts the facts
    that the archive has.
    """

    status: SubjectStatus = SubjectStatus.KEPT
    requested_by: Actor | None = None
    restricted: RestrictionReason | None = None
    restricted_by: Actor | None = None
    held: HoldReason | None = None
    keeps: RetentionClass | None = None
    archive_first: bool = False
    archived: int | None = None


def fold(facts: Iterable[Recorded]) -> Subject:
    """Return the memory after all `facts` about somebody's words, oldest first."""
    subject = Subject()
    for fact in facts:
        if isinstance(fact.event, SubjectEvent):
            subject = evolve(subject, fact.event)
    return subject


def evolve(subject: Subject, event: SubjectEvent) -> Subject:
    """Return the memory after one more fact; total."""
    match event:
        case ErasureRequested(stamp=stamp):
            return replace(
                subject, status=SubjectStatus.REQUESTED, requested_by=stamp.by
            )
        case DisposalRequested(stamp=stamp, keeps=keeps, archive_first=archive_first):
            return replace(
                subject,
                status=SubjectStatus.REQUESTED,
                requested_by=stamp.by,
                keeps=keeps,
                archive_first=archive_first,
            )
        case SubjectArchived(facts=facts):
            return replace(subject, archived=facts)
        case ErasureApproved():
            return replace(subject, status=SubjectStatus.APPROVED)
        case SubjectRestricted(stamp=stamp, reason=reason):
            return replace(subject, restricted=reason, restricted_by=stamp.by)
        case RestrictionLifted():
            return replace(subject, restricted=None, restricted_by=None)
        case SubjectHeld(reason=reason):
            return replace(subject, held=reason)
        case SubjectReleased():
            return replace(subject, held=None)
        case SubjectErased():
            return replace(subject, status=SubjectStatus.ERASED)
