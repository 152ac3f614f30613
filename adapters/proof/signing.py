"""Who signs: a log its own notes, a witness what it saw of others."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.proof.cosignature import cosigned_message, with_time
from adapters.proof.keys import KEY_LENGTH, Kind, Verifier
from adapters.proof.note import Note, Signature
from adapters.proof.unproven import Reason, Unproven


class Signer:
    """Signs notes in one name."""

    def __init__(self, name: str, private: bytes) -> None:
        """Sign as `name` with a private Ed25519 key of 32 bytes.

        Raises: Unproven (bad_key).
        """
        self._key = _key(private)
        self.verifier = _verifier(name, Kind.NOTE, self._key)

    def sign(self, text: str) -> Signature:
        """Return the line that stands below `text`.

        Raises: Unproven (malformed) when that cannot be a note.
        """
        return _line(self.verifier, self._key.sign(Note(text).text.encode()))


class Cosigner:
    """Signs checkpoints of others in one name, together with the time."""

    def __init__(self, name: str, private: bytes) -> None:
        """Sign as `name` with a private Ed25519 key that nobody else uses.

        Raises: Unproven (bad_key).
        """
        self._key = _key(private)
        self.verifier = _verifier(name, Kind.COSIGNATURE, self._key)

    def cosign(self, text: str, at: int) -> Signature:
        """Return the line that says: seen at `at`, in seconds since 1970.

        Raises: Unproven (malformed, out_of_range).
        """
        signature = self._key.sign(cosigned_message(Note(text).text, at))
        return _line(self.verifier, with_time(at, signature))


def _key(private: bytes) -> Ed25519PrivateKey:
    if len(private) != KEY_LENGTH:
        raise Unproven(Reason.BAD_KEY, "a private key has 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(private)


def _verifier(name: str, kind: Kind, key: Ed25519PrivateKey) -> Verifier:
    return Verifier(name, kind, key.public_key().public_bytes_raw())


def _line(verifier: Verifier, body: bytes) -> Signature:
    return Signature(verifier.name, verifier.key_id, body)
