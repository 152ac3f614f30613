"""Keeping the ledger: every stored fact becomes a leaf, and the whole is signed.

It believes no fact that was not sealed, and signs nothing that does not begin with
what it signed before. Then it stands still and says so; a person has to look.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from adapters.errors import Unavailable
from adapters.ledger.ask_witness import (
    ALARMING,
    Cosigned,
    ask_witness,
)
from adapters.ledger.book import Book
from adapters.persistence.event_store import FactStore, leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.trust import Trust, WitnessKey
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.signing import Signer
from adapters.proof.tree import consistency_proof, root
from adapters.proof.unproven import Unproven
from domain.errors import Code

PAGE = 1000
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger over the facts of one store, for whoever `trust` names."""

    store: FactStore
    book: Book
    trust: Trust

    def grow(self, on_page: Callable[[int], None] = lambda _: None) -> int:
        """Take in all new facts; return how many.

        Raises: Unavailable (ledger_stopped) naming the fact that cannot be taken.
        """
        taken = 0
        with self.book.adding(), self._whole():
            self._refuse_lost_facts()
            while rows := self.store.rows(self.book.size, PAGE):
                size = self.book.size
                self.book.add(
                    [self._leaf(size + 1 + n, row) for n, row in enumerate(rows)]
                )
                taken += len(rows)
                on_page(rows[-1].position)
        return taken

    def refuse_wrong_facts(self) -> None:
        """Look at the next facts without taking them in.

        Raises: Unavailable (ledger_stopped) naming the one that cannot be taken.
        """
        self._refuse_lost_facts()
        size = self.book.size
        for nth, row in enumerate(self.store.rows(size, PAGE), start=1):
            self._leaf(size + nth, row)

    def sign(self, signer: Signer) -> Note | None:
        """Sign what has come since the last checkpoint; nothing if that is nothing.

        Raises: Unavailable (ledger_stopped) when the tree is not the one that was
            signed before, or not all of it is kept.
        """
        with self.book.adding(), self._whole():
            size, last = self.book.size, self._latest()
            if size == (last.size if last else 0):
                return None
            if last and not self.book.begins_with(last):
                raise _stopped(last.size, "another history was signed before")
            signed = Checkpoint(self.trust.origin, size, root(size, self.book.read))
            note = Note(signed.text, (signer.sign(signed.text),))
            self.book.keep(size, note)
        log.info("checkpoint.signed", size=size)
        return note

    async def have_cosigned(self) -> None:
        """Ask every witness that has not signed the last checkpoint yet.

        Raises: Unavailable (ledger_stopped) when nothing can be proved to them.
        """
        with self._whole():
            await self._have_cosigned()

    async def _have_cosigned(self) -> None:
        note = self.book.latest()
        if note is None:
            return
        size = Checkpoint.parse(note.text).size
        for witness in self._missing(note):
            answer = await ask_witness(witness, note, self._proof)
            if isinstance(answer, Cosigned):
                note = note.with_signatures([answer.line])
                self.book.keep(size, note)
                log.info("checkpoint.cosigned", size=size, by=witness.key.name)
            else:
                tell = log.error if answer.why in ALARMING else log.warning
                tell(
                    "checkpoint.not_cosigned",
                    by=witness.key.name,
                    why=str(answer.why),
                    known=answer.known,
                    status=answer.status,
                )

    def _missing(self, note: Note) -> list[WitnessKey]:
        there = {(line.name, line.key_id) for line in note.signatures}
        return [
            one
            for one in self.trust.witness
            if (one.key.name, one.key.key_id) not in there
        ]

    def _proof(self, old: int, new: int) -> Sequence[bytes]:
        return consistency_proof(old, new, self.book.read)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Say that the tree is damaged; it can be made again from the facts."""
        try:
            yield
        except Unproven as problem:
            raise _stopped(
                self.book.size, "nodes of the tree or the last checkpoint are damaged"
            ) from problem

    def _latest(self) -> Checkpoint | None:
        note = self.book.latest()
        return Checkpoint.parse(note.text) if note else None

    def _refuse_lost_facts(self) -> None:
        last = self.store.last_position()
        if last < self.book.size:
            raise _stopped(last + 1, "it was there and is missing")

    def _leaf(self, position: int, row: StoredRow) -> bytes:
        """Return the leaf of the fact that must come next."""
        if row.position != position:
            raise _stopped(position, "it is missing")
        try:
            leaf = leaf_in(row)
        except Unproven as problem:
            raise _stopped(position, "it is none that was stored") from problem
        if not self.trust.has_seal(position, leaf, row.seal):
            raise _stopped(position, f"{row.stream} {row.version} is not sealed")
        return leaf


def _stopped(position: int, problem: str) -> Unavailable:
    return Unavailable(Code.LEDGER_STOPPED, position=position, problem=problem)
