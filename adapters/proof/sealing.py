"""Seals: what the program signs of each fact before it is stored.

Who can write to the database cannot make one; so a fact without a seal that holds did
not come through the rules. A seal is a signed note: any reader of notes can check it.

Source: C2SP signed-note; ADR 0022.
"""

from collections.abc import Collection

from adapters.proof.encoding import base64_of
from adapters.proof.keys import Verifier
from adapters.proof.note import KEY_ID_LENGTH
from adapters.proof.signing import Signer
from adapters.proof.unproven import Unproven

LABEL = "gadelys-seal/1"


def sealed_text(origin: str, leaf: bytes) -> str:
    """Return the text of the note that a seal signs."""
    return f"{LABEL}\n{origin}\n{base64_of(leaf)}\n"


class Sealer:
    """Seals the facts of one installation."""

    def __init__(self, origin: str, signer: Signer) -> None:
        """Seal for the ledger called `origin`."""
        self._origin = origin
        self._signer = signer

    def seal(self, leaf: bytes) -> bytes:
        """Return the key's id and the signature, as they are stored with a fact."""
        signed = self._signer.sign(sealed_text(self._origin, leaf))
        return signed.key_id + signed.body


def is_sealed(
    origin: str, leaf: bytes, seal: bytes | None, keys: Collection[Verifier]
) -> bool:
    """Whether one of `keys` has sealed the fact with this leaf."""
    if not isinstance(seal, bytes):
        return False
    for key in keys:
        if seal.startswith(key.key_id):
            try:
                key.check(sealed_text(origin, leaf), seal[KEY_ID_LENGTH:])
            except Unproven:
                return False
            return True
    return False
