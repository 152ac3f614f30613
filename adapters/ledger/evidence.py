"""What proves one case to somebody who has nothing of ours: gathered, and checked.

Of all other facts only hashes are in it, from which nothing can be read. What would
not convince a reader is refused here, so that nobody hands it on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.ledger.book import Book
from adapters.ledger.checking import Signed, signed_in
from adapters.ledger.doubts import Doubts
from adapters.persistence.event_store import FactStore, leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.trust import Trust
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.tree import consistency_proof, inclusion_proof
from adapters.proof.unproven import Unproven
from adapters.proof.verifying import verify_consistency, verify_inclusion
from domain.errors import Code, NotFound, Refused
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.values import FindingNumber


@dataclass(frozen=True, slots=True)
class Proved:
    """One fact as it is stored.

    `proof` is missing while no checkpoint covers it, `recorded` if it cannot be read.
    `openings` are the keys to its words, by field: each opens that one alone.
    """

    row: StoredRow
    leaf: bytes
    proof: tuple[bytes, ...] | None
    recorded: Recorded | None
    openings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a reader needs to check the facts of one case.

    `consistency` leads from the checkpoint `since`, which somebody has kept, to `note`.
    `passed_by` names the checkpoints after `note` that are damaged or signed by nobody.
    """

    number: FindingNumber
    trust: Trust
    note: Note
    signed: Signed
    facts: tuple[Proved, ...]
    passed_by: tuple[str, ...] = ()
    since: Note | None = None
    consistency: tuple[bytes, ...] | None = None

    @property
    def covered(self) -> int:
        """How many facts the checkpoint covers."""
        return sum(one.proof is not None for one in self.facts)


def gather(
    number: FindingNumber,
    store: FactStore,
    book: Book,
    trust: Trust,
    since: Note | None = None,
) -> Evidence:
    """Return what proves a case, up to the newest checkpoint that witnesses have seen.

    If none has been seen by enough of them, it is the newest one.

    Raises: NotFound (unknown_finding, no_checkpoint); Refused (fact_unproved, and
        checkpoint_foreign, checkpoint_ahead or checkpoint_differs about `since`).
    """
    rows = store.rows_of(stream_of(number))
    if not rows:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    used = newest(book, trust)
    checkpoint = used.signed.checkpoint
    return Evidence(
        number,
        trust,
        used.note,
        used.signed,
        facts=_proved(rows, checkpoint, book, trust, store),
        passed_by=used.passed_by,
        since=since,
        consistency=_grown(since, checkpoint, book, trust) if since else None,
    )


@dataclass(frozen=True, slots=True)
class Usable:
    """A checkpoint of this ledger, and the newer ones that are none, by their names."""

    note: Note
    signed: Signed
    passed_by: tuple[str, ...]


def newest(book: Book, trust: Trust) -> Usable:
    """Return the newest checkpoint that enough witnesses have seen, else the newest.

    Raises: NotFound (no_checkpoint).
    """
    last: Usable | None = None
    passed_by: tuple[str, ...] = ()
    for name, raw in book.checkpoints(newest_first=True):
        if (found := _usable(raw, trust, name)) is None:
            passed_by += (name,)  # gadelys verify says what is wrong with it
            continue
        one = Usable(*found, passed_by)
        if one.signed.witnesses >= trust.quorum:
            return one
        last = last or one
    if last is None:
        raise NotFound(Code.NO_CHECKPOINT)
    return last


def _usable(raw: bytes, trust: Trust, name: str) -> tuple[Note, Signed] | None:
    try:
        note = Note.parse(raw)
    except Unproven:
        return None
    signed = signed_in(note, trust, Doubts(), name)
    return (note, signed) if signed else None


def _grown(
    since: Note, now: Checkpoint, book: Book, trust: Trust
) -> tuple[bytes, ...] | None:
    """Return what leads from one checkpoint to another."""
    signed = signed_in(since, trust, Doubts(), "since")
    if signed is None:
        raise Refused(Code.CHECKPOINT_FOREIGN, origin=trust.origin)
    old = signed.checkpoint
    if old.size > now.size:
        raise Refused(Code.CHECKPOINT_AHEAD, kept=old.size, signed=now.size)
    try:
        proof = consistency_proof(old.size, now.size, book.read)
    except Unproven as problem:
        raise Refused(Code.CHECKPOINT_DIFFERS, kept=old.size) from problem
    if not verify_consistency(old.size, now.size, old.root, now.root, proof):
        raise Refused(Code.CHECKPOINT_DIFFERS, kept=old.size)
    return proof


def _proved(
    rows: Iterable[StoredRow],
    checkpoint: Checkpoint,
    book: Book,
    trust: Trust,
    store: FactStore,
) -> tuple[Proved, ...]:
    found = []
    for nth, row in enumerate(rows, start=1):
        proof, recorded = _proof(row, checkpoint, book), store.read(row)
        openings = store.openings(row) if recorded else {}
        one = Proved(row, _leaf(row), proof, recorded, openings)
        if row.version != nth or not _holds(one, checkpoint, trust):
            raise _unproved(row)
        found.append(one)
    return tuple(found)


def _proof(
    row: StoredRow, checkpoint: Checkpoint, book: Book
) -> tuple[bytes, ...] | None:
    if row.position > checkpoint.size:
        return None
    try:
        return inclusion_proof(row.position - 1, checkpoint.size, book.read)
    except Unproven as problem:
        raise _unproved(row) from problem


def _leaf(row: StoredRow) -> bytes:
    try:
        return leaf_in(row)
    except Unproven as problem:
        raise _unproved(row) from problem


def _holds(one: Proved, checkpoint: Checkpoint, trust: Trust) -> bool:
    position = one.row.position
    if not trust.has_seal(position, one.leaf, one.row.seal):
        return False
    return one.proof is None or verify_inclusion(
        one.leaf, position - 1, checkpoint.size, one.proof, checkpoint.root
    )


def _unproved(row: StoredRow) -> Refused:
    return Refused(Code.FACT_UNPROVED, position=row.position, stream=row.stream)
