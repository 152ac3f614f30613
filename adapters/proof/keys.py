"""Public keys with a name: who may have signed, and whether they did.

Source: C2SP signed-note, "Verifier keys".
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from typing_extensions import override

from adapters.proof.cosignature import cosigned_message, time_of
from adapters.proof.encoding import base64_of, from_base64, is_line
from adapters.proof.unproven import Reason, Unproven

KEY_LENGTH = 32
MOST_IN_NAME = 255
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class Kind(IntEnum):
    """What is signed with a key; the numbers are those of the specification."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Verifier:
    """An Ed25519 key of somebody with a name, for one kind of signature.

    Raises: Unproven (bad_key) when name or key cannot be one.
    """

    name: str
    kind: Kind
    public: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public) != KEY_LENGTH:
            raise Unproven(Reason.BAD_KEY, "not a name with an Ed25519 key")

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Return the key that `text` spells: name, id and key, joined by plus.

        Raises: Unproven (bad_key).
        """
        name, _, rest = text.partition("+")
        key_id, _, material = rest.partition("+")
        try:
            kind, public = _kind_and_key(material)
        except (Unproven, ValueError):
            raise Unproven(Reason.BAD_KEY, "not a key of a kind we know") from None
        found = cls(name, kind, public)
        if not _KEY_ID.fullmatch(key_id) or bytes.fromhex(key_id) != found.key_id:
            raise Unproven(Reason.BAD_KEY, "its id is not that of the key")
        return found

    @override
    def __str__(self) -> str:
        material = bytes([self.kind]) + self.public
        return f"{self.name}+{self.key_id.hex()}+{base64_of(material)}"

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that stand before each of its signatures."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(named).digest()[:4]

    def check(self, text: str, body: bytes) -> int | None:
        """Return when `text` was signed, if its kind of signature says so.

        Raises: Unproven (bad_signature) when `body` is not a signature of this key.
        """
        try:
            at, message, signature = _parts(self.kind, text, body)
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, Unproven):
            raise Unproven(Reason.BAD_SIGNATURE, "not signed with that key") from None
        return at


def is_name(text: str) -> bool:
    """Whether a key can be called so."""
    if not is_line(text) or len(text) > MOST_IN_NAME or "+" in text:
        return False
    return not any(letter.isspace() for letter in text)


def _kind_and_key(material: str) -> tuple[Kind, bytes]:
    found = from_base64(material)
    return Kind(int.from_bytes(found[:1], "big")), found[1:]


def _parts(kind: Kind, text: str, body: bytes) -> tuple[int | None, bytes, bytes]:
    match kind:
        case Kind.NOTE:
            return None, text.encode(), body
        case Kind.COSIGNATURE:
            at, signature = time_of(body)
            return at, cosigned_message(text, at), signature
