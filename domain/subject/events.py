"""What can have happened to somebody's words; no fact says whose they are.

The stream names them by a reference that only the keys can lead back.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from domain.messages import Event
from domain.register.retention import RetentionClass
from domain.values import Count

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of exact bytes, in hexadecimal digits."""


class ErasureBasis(StrEnum):
    """Why words may have to be erased (GDPR Art. 17)."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_LONGER_NEEDED = "no_longer_needed"
    OBJECTION = "objection"
    UNLAWFUL = "unlawful"


class RestrictionReason(StrEnum):
    """Why words are kept and yet not used (GDPR Art. 18)."""

    ACCURACY_CONTESTED = "accuracy_contested"
    KEPT_BY_LAW = "kept_by_law"
    LEGAL_CLAIM = "legal_claim"
    OBJECTION = "objection"


class HoldReason(StrEnum):
    """Which duty forbids to erase anything."""

    ARCHIVE_DUTY = "archive_duty"
    INVESTIGATION = "investigation"
    JOURNAL_DUTY = "journal_duty"
    LEGAL_CLAIM = "legal_claim"


class ErasureRequested(Event):
    """Somebody's words shall be erased; a second person decides."""

    TOPIC: ClassVar[str] = "subject.erasure_requested.v1"
    basis: ErasureBasis


class DisposalRequested(Event):
    """Words were kept long enough and shall be erased; a second person decides.

    `archive_first`: they are a record, and the archive gets it before.
    """

    TOPIC: ClassVar[str] = "subject.disposal_requested.v1"
    keeps: RetentionClass
    due_on: date
    archive_first: bool


class SubjectArchived(Event):
    """All `facts` facts of a record were handed to the archive, in readable form.

    `digest` is the SHA-256 of the list of files that was handed over with them.
    """

    TOPIC: ClassVar[str] = "subject.archived.v1"
    facts: Count
    digest: Sha256


class ErasureApproved(Event):
    """The second person agreed; the words may now be erased."""

    TOPIC: ClassVar[str] = "subject.erasure_approved.v1"


class SubjectRestricted(Event):
    """The words are kept, and nobody shall use them."""

    TOPIC: ClassVar[str] = "subject.restricted.v1"
    reason: RestrictionReason


class RestrictionLifted(Event):
    """The words may be used again, says somebody else than whoever restricted them."""

    TOPIC: ClassVar[str] = "subject.restriction_lifted.v1"


class SubjectHeld(Event):
    """A duty forbids to erase the words, whoever has agreed to it."""

    TOPIC: ClassVar[str] = "subject.held.v1"
    reason: HoldReason


class SubjectReleased(Event):
    """That duty has ended."""

    TOPIC: ClassVar[str] = "subject.released.v1"


class SubjectErased(Event):
    """The words are gone, in `streams` streams with `facts` facts by or about them."""

    TOPIC: ClassVar[str] = "subject.erased.v1"
    facts: Count
    streams: Count


SubjectEvent = (
    ErasureRequested
    | DisposalRequested
    | SubjectArchived
    | ErasureApproved
    | SubjectRestricted
    | RestrictionLifted
    | SubjectHeld
    | SubjectReleased
    | SubjectErased
)
