"""Sealing the words of everybody, and opening them again.

What is sealed opens only at its own stream, version, topic and field, with the key of
its subject. Keys that were used lately are kept in memory, until one is destroyed,
hidden or shown.
"""

import threading
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from adapters.persistence.cipher import Cipher, Sealed
from adapters.persistence.sealed_words import (
    NONCE,
    SEALED,
    SUBJECT,
    DoesNotOpen,
    Place,
)
from adapters.persistence.subject_keys import SubjectKey, SubjectKeys
from domain.errors import Code, Refused
from domain.values import ERASED, RESTRICTED, SubjectRef

KEPT_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose words they are, and the cipher with their key; none when it is erased."""

    ref: SubjectRef
    cipher: Cipher | None
    is_hidden: bool = False


def opened_vault(keys: Path, folder: Path) -> "Vault":
    """Return a vault with the keys in a file, and the key around them in a folder.

    Raises: Refused (subject_keys_missing).
    """
    return Vault(SubjectKeys(keys, folder))


class Vault:
    """Seals and opens words; safe for several threads and processes."""

    def __init__(self, keys: SubjectKeys) -> None:
        """Use these keys."""
        self.keys = keys
        self._owners: OrderedDict[str, Owner] = OrderedDict()
        self._line = threading.Lock()
        self._seen, self._changes = keys.seen(), keys.changes()

    def close(self) -> None:
        """Close the file of the keys."""
        self.keys.close()

    def prepare(self, subjects: Collection[str]) -> None:
        """Let each of `subjects` have a key on the disk before a fact needs it.

        Raises: Refused (subject_erased) for one that was erased.
        """
        self._look()
        unknown = {one for one in subjects if self._owner(one) is None}
        if unknown:
            self.keys.ensure(unknown)
        for one in subjects:
            self._sealing(one)

    def seal(
        self, subject: str, place: Place, field: str, words: str
    ) -> dict[str, str]:
        """Return what is stored instead of `words`.

        Raises: Refused (subject_erased).
        """
        ref, cipher = self._sealing(subject)
        sealed = cipher.seal(words, place.bound(field, ref))
        return {
            SUBJECT: ref,
            NONCE: b64encode(sealed.nonce).decode(),
            SEALED: b64encode(sealed.words).decode(),
        }

    def open(
        self,
        place: Place,
        stored: dict[str, str],
        field: str,
        *,
        restricted_too: bool = False,
    ) -> str:
        """Return the words that were sealed, or what stands for them.

        Erased ones nobody can read; restricted ones whoever asks for `restricted_too`.

        Raises: DoesNotOpen when they were sealed elsewhere or changed, or when their
            key is not here.
        """
        try:
            sealed = Sealed(b64decode(stored[NONCE]), b64decode(stored[SEALED]))
        except (KeyError, TypeError, ValueError) as problem:
            raise DoesNotOpen from problem
        owner = self._owner_of(stored)
        if owner.cipher is None:
            return ERASED
        words = owner.cipher.open(sealed, place.bound(field, owner.ref))
        return RESTRICTED if owner.is_hidden and not restricted_too else words

    def seal_photo(self, subject: str, body: bytes) -> tuple[SubjectRef, bytes]:
        """Return whose it is, and a photo as only their key can read it.

        Raises: Refused (subject_erased).
        """
        self.prepare([subject])
        ref, cipher = self._sealing(subject)
        return ref, cipher.seal_photo(body, ref.encode())

    def open_photo(
        self, ref: SubjectRef, sealed: bytes, *, restricted_too: bool = False
    ) -> bytes | None:
        """Return the photo that was sealed for a subject.

        None when it is erased, or restricted and not asked for.

        Raises: DoesNotOpen.
        """
        owner = self._owner_of({SUBJECT: ref})
        if owner.cipher is None or (owner.is_hidden and not restricted_too):
            return None
        return owner.cipher.open_photo(sealed, owner.ref.encode())

    def key_at(
        self,
        place: Place,
        stored: dict[str, str],
        field: str,
        *,
        restricted_too: bool = False,
    ) -> bytes | None:
        """Return the key that opens these words and nothing else.

        None when they are erased, or restricted and not asked for.

        Raises: DoesNotOpen when their key is not here.
        """
        owner = self._owner_of(stored)
        if owner.cipher is None or (owner.is_hidden and not restricted_too):
            return None
        return owner.cipher.key_at(place.bound(field, owner.ref))

    def destroy(self, ref: SubjectRef) -> None:
        """Destroy one key for ever, here and in the memory of every process."""
        self.keys.destroy(ref)
        self._forget(self.keys.changes())

    def restrict(self, ref: SubjectRef, reason: str | None, version: int) -> None:
        """Hide somebody's words, or show them, in the memory of every process."""
        self.keys.restrict(ref, reason, version)
        self._forget(self.keys.changes())

    def _look(self) -> None:
        """Forget the keys in memory if another process has changed one."""
        seen = self.keys.seen()
        if seen == self._seen:
            return
        changes = self.keys.changes()
        if changes != self._changes:
            self._forget(changes)
        self._seen = seen

    def _forget(self, changes: int) -> None:
        with self._line:
            self._changes = changes
            self._owners.clear()

    def _owner_of(self, stored: dict[str, str]) -> Owner:
        """Return whose words were stored."""
        self._look()
        ref = SubjectRef(stored.get(SUBJECT, ""))
        owner = self._owners.get(ref) or self._kept(ref, self.keys.by_ref(ref))
        if owner is None:
            raise DoesNotOpen
        return owner

    def _sealing(self, name: str) -> tuple[SubjectRef, Cipher]:
        owner = self._owner(name)
        if owner is None:
            raise Refused(Code.SUBJECT_KEYS_MISSING, path=name)
        if owner.cipher is None:
            raise Refused(Code.SUBJECT_ERASED, subject=name)
        return owner.ref, owner.cipher

    def _owner(self, name: str) -> Owner | None:
        return self._owners.get(name) or self._kept(name, self.keys.by_name(name))

    def _kept(self, asked: str, found: SubjectKey | None) -> Owner | None:
        """Remember an entry with a key under what was asked, up to a limit.

        Not if a key was changed since it was read: it may be this one.
        """
        if found is None:
            return None
        cipher = Cipher(found.key) if found.key else None
        owner = Owner(found.ref, cipher, found.is_hidden)
        with self._line:
            if owner.cipher and found.changes == self._changes:
                self._owners[asked] = owner
                if len(self._owners) > KEPT_KEYS:
                    self._owners.popitem(last=False)
        return owner
