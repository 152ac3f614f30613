"""What the rules remember of a text that both authorities sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.messages import Recorded
from domain.publication.events import (
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationKind,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.values import (
    BOTH_AUTHORITIES,
    Actor,
    Authority,
    FindingNumber,
    PublicationNumber,
    WalkNumber,
)


class PublicationStatus(StrEnum):
    """Where a publication is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Publication:
    """The rules' memory of one publication; `None` means never drafted.

    `draft` counts the drafts; `approvals` are those of the present one, with who
    gave each; `reminded` says whether its half-time has passed.
    """

    status: PublicationStatus = PublicationStatus.DRAFT
    kind: PublicationKind = PublicationKind.MESSAGE
    title: str = ""
    content: str = ""
    form: Form = Form.MD
    walk: WalkNumber | None = None
    finding: FindingNumber | None = None
    supersedes: PublicationNumber | None = None
    draft: int = 0
    drafted_by: Actor | None = None
    drafted_at: datetime | None = None
    approve_by: datetime | None = None
    approvals: Mapping[Authority, Actor] = field(default_factory=dict)
    reminded: bool = False

    @property
    def missing(self) -> tuple[Authority, ...]:
        """The authorities that have not approved the present draft."""
        return tuple(one for one in BOTH_AUTHORITIES if one not in self.approvals)


def fold(facts: Iterable[Recorded]) -> Publication | None:
    """Return the memory after all `facts` of one publication, oldest first."""
    publication = None
    for fact in facts:
        if isinstance(fact.event, PublicationEvent):
            publication = evolve(publication, fact.event)
    return publication


def evolve(state: Publication | None, event: PublicationEvent) -> Publication:
    """Return the memory after one more fact; total."""
    publication = state or Publication()
    match event:
        case PublicationDrafted():
            return Publication(
                kind=event.kind,
                title=event.title,
                content=event.content,
                form=event.form,
                walk=event.walk,
                finding=event.finding,
                supersedes=event.supersedes,
                draft=event.draft,
                drafted_by=event.stamp.by,
                drafted_at=event.stamp.at,
                approve_by=event.approve_by,
            )
        case PublicationApproved(authority=authority, stamp=stamp):
            approvals = {**publication.approvals, authority: stamp.by}
            return replace(publication, approvals=approvals)
        case PublicationPublished():
            return replace(publication, status=PublicationStatus.PUBLISHED)
        case PublicationWithdrawn():
            return replace(publication, status=PublicationStatus.WITHDRAWN)
        case PublicationReminded():
            return replace(publication, reminded=True)
        case PublicationLapsed():
            return replace(publication, status=PublicationStatus.LAPSED)
