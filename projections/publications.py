"""One row per publication: where it stands, who has approved, who has not."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.messages import Recorded
from domain.publication.events import (
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationKind,
    PublicationPublished,
    PublicationWithdrawn,
)
from domain.publication.state import Publication, PublicationStatus, evolve
from domain.values import (
    Actor,
    Authority,
    FindingNumber,
    PersonalText,
    PublicationNumber,
    WalkNumber,
)
from projections.fold import Fold


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication; `content` is the digest of its present draft.

    `asked_as` is the command that began it, so that the same command, asked
    again without a number, finds it. `missing` is empty unless it waits.
    """

    number: PublicationNumber
    memory: Publication
    version: int
    asked_as: UUID
    status: PublicationStatus = PublicationStatus.DRAFT
    kind: PublicationKind = PublicationKind.MESSAGE
    title: str = ""
    content: str = ""
    form: Form = Form.MD
    draft: int = 0
    walk: WalkNumber | None = None
    finding: FindingNumber | None = None
    supersedes: PublicationNumber | None = None
    superseded_by: PublicationNumber | None = None
    drafted_by: Actor | None = None
    drafted_at: datetime | None = None
    approve_by: datetime | None = None
    approved_by: tuple[Actor, ...] = ()
    missing: tuple[Authority, ...] = ()
    published_at: datetime | None = None
    withdrawn_by: Actor | None = None
    reason: PersonalText | None = None


def keys(fact: Recorded) -> tuple[str, ...]:
    """Return the publication, and the one that it takes the place of."""
    event = fact.event
    if not isinstance(event, PublicationEvent):
        return ()
    number = _number(fact)
    if isinstance(event, PublicationPublished) and event.supersedes:
        return (number, event.supersedes)
    return (number,)


def apply(
    key: str, row: PublicationRow | None, fact: Recorded
) -> PublicationRow | None:
    """Return the publication after one more fact."""
    event, number = fact.event, _number(fact)
    if not isinstance(event, PublicationEvent):
        return row
    if key != number:
        return replace(row, superseded_by=number) if row else None
    memory = evolve(row.memory if row else None, event)
    publication = row or PublicationRow(
        number, memory, fact.version, event.stamp.command_id
    )
    return _told(_with_memory(publication, memory, fact.version), event)


def _with_memory(
    row: PublicationRow, memory: Publication, version: int
) -> PublicationRow:
    waits = memory.status is PublicationStatus.DRAFT
    return replace(
        row,
        memory=memory,
        version=version,
        status=memory.status,
        missing=memory.missing if waits else (),
    )


def _told(row: PublicationRow, event: PublicationEvent) -> PublicationRow:
    match event:
        case PublicationDrafted():
            return replace(
                row,
                kind=event.kind,
                title=event.title,
                content=event.content,
                form=event.form,
                draft=event.draft,
                walk=event.walk,
                finding=event.finding,
                supersedes=event.supersedes,
                drafted_by=event.stamp.by,
                drafted_at=event.stamp.at,
                approve_by=event.approve_by,
                approved_by=(),
                published_at=None,
                withdrawn_by=None,
                reason=None,
            )
        case PublicationApproved(stamp=stamp):
            return replace(row, approved_by=(*row.approved_by, stamp.by))
        case PublicationPublished(stamp=stamp):
            return replace(row, published_at=stamp.at)
        case PublicationWithdrawn(stamp=stamp, reason=reason):
            return replace(row, withdrawn_by=stamp.by, reason=reason)
        case _:
            return row


def _number(fact: Recorded) -> PublicationNumber:
    return fact.stream.partition("/")[2]


PUBLICATIONS = Fold(
    name="publications_v1",
    row=PublicationRow,
    reads=("publication",),
    keys=keys,
    apply=apply,
    indexes=("status", "kind", "walk", "asked_as"),
)
