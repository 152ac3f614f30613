"""Words sealed with a key, and keys wrapped by another key.

AES-256-GCM for words, with a key for each place that follows from the subject's: what
is sealed opens nowhere else, and one place can be shown without the others.
AES key wrap (RFC 3394) for keys.
"""

import hmac
from secrets import token_bytes
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from adapters.persistence.sealed_words import DoesNotOpen

LABEL = b"gadelys-words/1\n"
PHOTO = b"gadelys-photo/1\n"
MARK_BYTES = 32
KEY_BYTES = 32
NONCE_BYTES = 12


class Sealed(NamedTuple):
    """Words as nobody can read them, and the nonce that belongs to them."""

    nonce: bytes
    words: bytes


class Cipher:
    """Seals and opens with one key."""

    def __init__(self, key: bytes) -> None:
        """Use 32 bytes that chance has given."""
        self._key = key

    def key_at(self, place: bytes) -> bytes:
        """Return the key that opens what is sealed at this place, and nothing else."""
        return hmac.digest(self._key, LABEL + place, "sha256")

    def seal(self, words: str, place: bytes) -> Sealed:
        """Return the words as only this key can read them, at this place."""
        nonce = token_bytes(NONCE_BYTES)
        return Sealed(nonce, self._at(place).encrypt(nonce, words.encode(), place))

    def open(self, sealed: Sealed, place: bytes) -> str:
        """Return the words that were sealed for this place.

        Raises: DoesNotOpen.
        """
        try:
            return self._at(place).decrypt(sealed.nonce, sealed.words, place).decode()
        except (InvalidTag, ValueError) as problem:
            raise DoesNotOpen from problem

    def seal_photo(self, body: bytes, place: bytes) -> bytes:
        """Return a photo as only this key can read it, always alike for the same one.

        Before it stands a mark, which only this key can make; key and nonce follow
        from the mark, so neither ever seals two photos.
        """
        marked = PHOTO + b"mark\n" + place + b"\n" + body
        mark = hmac.digest(self._key, marked, "sha256")
        return mark + self._for_photo(mark).encrypt(mark[:NONCE_BYTES], body, place)

    def open_photo(self, sealed: bytes, place: bytes) -> bytes:
        """Return the photo that was sealed at this place.

        Raises: DoesNotOpen.
        """
        mark, body = sealed[:MARK_BYTES], sealed[MARK_BYTES:]
        try:
            return self._for_photo(mark).decrypt(mark[:NONCE_BYTES], body, place)
        except (InvalidTag, ValueError) as problem:
            raise DoesNotOpen from problem

    def _for_photo(self, mark: bytes) -> AESGCM:
        return AESGCM(hmac.digest(self._key, PHOTO + b"key\n" + mark, "sha256"))

    def _at(self, place: bytes) -> AESGCM:
        return AESGCM(self.key_at(place))


def new_key() -> bytes:
    """Return a key that nobody has."""
    return token_bytes(KEY_BYTES)


def wrap(key: bytes, around: bytes) -> bytes:
    """Return `key` as it may be stored: only the key `around` it brings it back."""
    return aes_key_wrap(around, key)


def unwrap(wrapped: bytes, around: bytes) -> bytes:
    """Return the key that was wrapped.

    Raises: DoesNotOpen.
    """
    try:
        return aes_key_unwrap(around, wrapped)
    except (InvalidUnwrap, ValueError) as problem:
        raise DoesNotOpen from problem
