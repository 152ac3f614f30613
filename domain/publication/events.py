"""What can have happened to a text that both authorities sign.

A fact holds the digest of the text's exact bytes, never the text. `to` is who
shall hear of it.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from domain.messages import Event
from domain.values import (
    Actor,
    Authority,
    ContentHash,
    FindingNumber,
    PersonalText,
    PublicationNumber,
    ShortText,
    WalkNumber,
)

DraftCount = Annotated[int, Field(ge=1)]
"""Which draft of a publication, counted from 1."""


class PublicationKind(StrEnum):
    """What is published."""

    MINUTES = "minutes"
    PLAN = "plan"
    MESSAGE = "message"
    REPORT = "report"
    LEARNING = "learning"


class Form(StrEnum):
    """How the bytes of a document are to be read; also the end of its file name.

    `ZIP` is several files that are signed and published as one.
    """

    MD = "md"
    TXT = "txt"
    HTML = "html"
    PDF = "pdf"
    ZIP = "zip"


READ_AS_TEXT = frozenset({Form.MD, Form.TXT, Form.HTML})
"""Forms whose bytes a person can read as they are."""


class PublicationDrafted(Event):
    """A text lies ready; both authorities have until `approve_by`."""

    TOPIC: ClassVar[str] = "publication.drafted.v1"
    draft: DraftCount
    kind: PublicationKind
    title: ShortText
    content: ContentHash
    form: Form
    walk: WalkNumber | None = None
    finding: FindingNumber | None = None
    supersedes: PublicationNumber | None = None
    approve_by: AwareDatetime
    to: tuple[Actor, ...]


class PublicationApproved(Event):
    """One authority agreed to publish exactly these bytes."""

    TOPIC: ClassVar[str] = "publication.approved.v1"
    authority: Authority
    content: ContentHash


class PublicationPublished(Event):
    """Both authorities had agreed; everybody may read it."""

    TOPIC: ClassVar[str] = "publication.published.v1"
    draft: DraftCount
    content: ContentHash
    approved_by: tuple[Actor, ...]
    supersedes: PublicationNumber | None = None
    to: tuple[Actor, ...]


class PublicationWithdrawn(Event):
    """One authority took it back, before or after it was published."""

    TOPIC: ClassVar[str] = "publication.withdrawn.v1"
    reason: PersonalText
    to: tuple[Actor, ...]


class PublicationReminded(Event):
    """Half of the time was gone; whoever had not approved was reminded."""

    TOPIC: ClassVar[str] = "publication.reminded.v1"
    draft: DraftCount
    approve_by: AwareDatetime
    to: tuple[Actor, ...]


class PublicationLapsed(Event):
    """The time was over without both; a new draft is needed."""

    TOPIC: ClassVar[str] = "publication.lapsed.v1"
    draft: DraftCount
    to: tuple[Actor, ...]


PublicationEvent = (
    PublicationDrafted
    | PublicationApproved
    | PublicationPublished
    | PublicationWithdrawn
    | PublicationReminded
    | PublicationLapsed
)
