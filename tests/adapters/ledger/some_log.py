"""A log that signs what it says of itself, true or not."""

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters.ledger.submission import Submission
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.signing import Cosigner, Signer
from adapters.proof.tree import consistency_proof
from tests.adapters.proof.kept_tree import KeptTree, numbered

ORIGIN = "log.example/municipal"
PRIVATE = bytes(range(32))
WITNESS = Cosigner("witness.example/police", bytes(range(32, 64)))
SEEN = datetime(2026, 5, 4, 12, tzinfo=UTC)
SEEN_AT = int(SEEN.timestamp())


class SomeLog:
    """A tree with a name and a key."""

    def __init__(self, size: int, *changed: int, origin: str = ORIGIN) -> None:
        """Begin with `size` entries, those at `changed` others than usual."""
        self.signer = Signer(origin, PRIVATE)
        self.origin = origin
        contents = numbered(size)
        for place in changed:
            contents[place] = b"another entry"
        self.tree = KeptTree(*contents)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = self.tree.size if size is None else size
        return Checkpoint(self.origin, size, self.tree.root(size))

    def note(self, size: int | None = None) -> Note:
        return self.signed(self.checkpoint(size))

    def signed(self, checkpoint: Checkpoint) -> Note:
        return Note(checkpoint.text, (self.signer.sign(checkpoint.text),))

    def prove(self, old: int, new: int) -> Sequence[bytes]:
        return consistency_proof(old, new, self.tree.read)

    def sends(self, old: int, new: int | None = None) -> bytes:
        """Return what it sends to a witness."""
        note = self.note(new)
        size = Checkpoint.parse(note.text).size
        proof = self.prove(old, size) if old <= size else ()
        return bytes(Submission(old, tuple(proof), bytes(note)))
