"""Photos, sealed with the key of whose words they count as, by the digest of the seal.

The digest stands in the fact. So a proof over the facts holds the photo as well, a copy
can be checked without any key, and destroying the key leaves nothing to look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from adapters.errors import Unavailable
from adapters.persistence.blobs import Blobs
from adapters.persistence.sealed_words import DoesNotOpen
from domain.errors import Code, NotFound
from domain.values import SubjectRef

if TYPE_CHECKING:
    from adapters.persistence.vault import Vault


@dataclass(frozen=True, slots=True)
class Photos:
    """The photos of one installation."""

    blobs: Blobs
    vaulting: "Callable[[], Vault]"

    def keep(self, subject: str, body: bytes) -> str:
        """Keep a photo and return the digest of its sealed bytes; twice is once.

        Raises: Refused (subject_erased); Unavailable (store_unavailable).
        """
        ref, sealed = self.vaulting().seal_photo(subject, body)
        content = sha256(sealed).hexdigest()
        if self.blobs.get(ref, content) != sealed:
            self.blobs.put(ref, content, sealed)
        return content

    def digest(self, subject: str, body: bytes) -> str:
        """Return under which digest a photo would be kept; nothing is kept.

        Raises: Refused (subject_erased).
        """
        _, sealed = self.vaulting().seal_photo(subject, body)
        return sha256(sealed).hexdigest()

    def open(
        self, subject: str, content: str, *, restricted_too: bool = False
    ) -> bytes:
        """Return a photo that was kept.

        Raises: NotFound (unknown_photo) when it was erased or is not there, or is
            restricted and not asked for; Unavailable (photo_damaged) when it is not
            what was kept.
        """
        ref = self._ref_of(subject)
        sealed = self.blobs.get(ref, content) if ref else None
        if ref is None or sealed is None:
            raise NotFound(Code.UNKNOWN_PHOTO, content=content)
        if sha256(sealed).hexdigest() != content:
            raise Unavailable(Code.PHOTO_DAMAGED, content=content)
        try:
            body = self.vaulting().open_photo(
                ref, sealed, restricted_too=restricted_too
            )
        except DoesNotOpen as problem:
            raise Unavailable(Code.PHOTO_DAMAGED, content=content) from problem
        if body is None:
            raise NotFound(Code.UNKNOWN_PHOTO, content=content)
        return body

    def has(self, subject: str, content: str) -> bool:
        """Whether a photo lies in the store."""
        ref = self._ref_of(subject)
        return bool(ref and self.blobs.get(ref, content))

    def remove(self, subject: str, content: str) -> None:
        """Remove one that no fact names."""
        if ref := self._ref_of(subject):
            self.blobs.remove(ref, content)

    def remove_all(self, ref: SubjectRef) -> None:
        """Remove every photo of a subject, also those that no fact names."""
        self.blobs.remove_group(ref)

    def _ref_of(self, subject: str) -> SubjectRef | None:
        """Return whose it is, also where there is no key any more."""
        entry = self.vaulting().keys.by_name(subject)
        return entry.ref if entry else None
