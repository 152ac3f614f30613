"""How far one stored fact is proved: its seal, the checkpoint over it, who saw that.

Nothing is refused here: what does not hold is said, for whoever looks at the fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.ledger.book import Book
from adapters.ledger.evidence import Usable, newest
from adapters.persistence.event_store import leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.trust import Trust
from adapters.proof.encoding import base64_of
from adapters.proof.note import signed_by
from adapters.proof.tree import inclusion_proof
from adapters.proof.unproven import Unproven
from adapters.proof.verifying import verify_inclusion
from domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness that has signed a checkpoint, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Covering:
    """A signed checkpoint; `holds` tells whether its tree has the fact in its place."""

    size: int
    root: str
    holds: bool
    seen: tuple[Seen, ...]
    quorum: int


@dataclass(frozen=True, slots=True)
class FactProof:
    """What proves one fact; without `checkpoint` only its seal speaks for it.

    `leaf` and `seal` are what a receipt says of it, in base64; no leaf means that the
    stored bytes cannot be read.
    """

    position: int
    leaf: str
    seal: str
    is_sealed: bool
    checkpoint: Covering | None


def proofs_of(
    rows: Sequence[StoredRow], book: Book, trust: Trust
) -> tuple[FactProof, ...]:
    """Return how far each of some stored facts is proved, in the same order."""
    used = _used(book, trust)
    return tuple(_proof(row, used, book, trust) for row in rows)


def _used(book: Book, trust: Trust) -> Usable | None:
    try:
        return newest(book, trust)
    except NotFound:
        return None


def _proof(row: StoredRow, used: Usable | None, book: Book, trust: Trust) -> FactProof:
    seal = base64_of(row.seal) if row.seal else ""
    try:
        leaf = leaf_in(row)
    except Unproven:
        return FactProof(row.position, "", seal, is_sealed=False, checkpoint=None)
    sealed = bool(row.seal) and trust.has_seal(row.position, leaf, row.seal)
    covering = _covering(row.position, leaf, used, book, trust) if used else None
    return FactProof(row.position, base64_of(leaf), seal, sealed, covering)


def _covering(
    position: int, leaf: bytes, used: Usable, book: Book, trust: Trust
) -> Covering | None:
    checkpoint = used.signed.checkpoint
    if position > checkpoint.size:
        return None
    try:
        way = inclusion_proof(position - 1, checkpoint.size, book.read)
    except Unproven:
        way = ()
    holds = verify_inclusion(leaf, position - 1, checkpoint.size, way, checkpoint.root)
    root = base64_of(checkpoint.root)
    return Covering(checkpoint.size, root, holds, _seen(used, trust), trust.quorum)


def _seen(used: Usable, trust: Trust) -> tuple[Seen, ...]:
    known = (*trust.log_keys, *trust.witness_keys)
    return tuple(
        Seen(one.by.name, datetime.fromtimestamp(one.at, UTC))
        for one in signed_by(used.note, known)
        if one.at is not None
    )
