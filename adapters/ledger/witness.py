"""A witness: signs the checkpoints of others as long as their lists only grow.

What it answers to a question, whichever way that came; `witness_server` brings it.

Source: C2SP tlog-witness.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

import structlog

from adapters.ledger.submission import Submission
from adapters.ledger.witness_memory import Memory, Remembered
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import base64_of
from adapters.proof.keys import Verifier
from adapters.proof.note import Note, Signed, signed_by
from adapters.proof.signing import Cosigner
from adapters.proof.tree import EMPTY_ROOT
from adapters.proof.unproven import Unproven
from adapters.proof.verifying import verify_consistency

log = structlog.get_logger()

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
NOTHING = Remembered(0, EMPTY_ROOT, b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness says: a status, and text of some kind."""

    status: HTTPStatus
    body: bytes = b""
    kind: str = TEXT


class Witness:
    """One witness with its key, its memory, and the logs that it looks after."""

    def __init__(
        self,
        cosigner: Cosigner,
        logs: Mapping[str, Collection[Verifier]],
        memory: Memory,
        now: Callable[[], datetime],
    ) -> None:
        """Look after `logs`: the keys of each, by its origin."""
        self._cosigner = cosigner
        self._logs = logs
        self._memory = memory
        self._now = now

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Return a signature on what was sent, or the status that says why not.

        Raises: Unavailable (store_unavailable); then nothing was signed.
        """
        try:
            sent = Submission.parse(raw)
            note = Note.parse(sent.note)
            checkpoint = Checkpoint.parse(note.text)
        except Unproven:
            return Answer(HTTPStatus.BAD_REQUEST)
        if (known := self._logs.get(checkpoint.origin)) is None:
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            signed = signed_by(note, known)
        except Unproven:
            return Answer(HTTPStatus.FORBIDDEN)
        if sent.old > checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST)
        return self._witnessed(sent, checkpoint, note.text, signed)

    def checkpoint(self, origin_hash: str) -> Answer:
        """Return the last checkpoint that was signed, by the hash of its log's name.

        Raises: Unavailable (store_unavailable).
        """
        for origin in self._logs:
            if sha256(origin.encode()).hexdigest() == origin_hash:
                last = self._memory.last(origin)
                return Answer(HTTPStatus.OK, last.note) if last else _NOT_FOUND
        return _NOT_FOUND

    def health(self) -> Answer:
        """Return the public key, if the memory can be read too.

        Raises: Unavailable (store_unavailable).
        """
        self._memory.last("")
        return Answer(HTTPStatus.OK, f"{self._cosigner.verifier}\n".encode())

    def _witnessed(
        self,
        sent: Submission,
        checkpoint: Checkpoint,
        text: str,
        signed: Collection[Signed],
    ) -> Answer:
        """Compare, sign and remember in one turn, so that no two grow from one size."""
        with self._memory.turn():
            last = self._memory.last(checkpoint.origin) or NOTHING
            if sent.old != last.size:
                size = f"{last.size}\n".encode("ascii")
                return Answer(HTTPStatus.CONFLICT, size, SIZE)
            if not _grows(last, checkpoint, sent.proof):
                _tell(last, checkpoint)
                return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
            line = self._cosigner.cosign(text, int(self._now().timestamp()))
            note = Note(text, (*(one.line for one in signed), line))
            kept = Remembered(checkpoint.size, checkpoint.root, bytes(note))
            self._memory.keep(checkpoint.origin, kept)
        return Answer(HTTPStatus.OK, str(line).encode())


_NOT_FOUND = Answer(HTTPStatus.NOT_FOUND)


def _grows(last: Remembered, checkpoint: Checkpoint, proof: Sequence[bytes]) -> bool:
    return verify_consistency(
        last.size, checkpoint.size, last.root, checkpoint.root, proof
    )


def _tell(last: Remembered, checkpoint: Checkpoint) -> None:
    """Say what a log has signed that its own past does not bear out."""
    log.error(
        "checkpoint.refused",
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=base64_of(checkpoint.root),
        known_size=last.size,
        known_root=base64_of(last.root),
    )
