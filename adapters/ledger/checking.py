"""Whether a history is what was signed: everything is computed again.

Level 0 hashes the stored bytes and compares them with the tree, with every checkpoint
and with the receipts that somebody has kept; seals are checked where no checkpoint
that enough witnesses have seen covers the facts. Level 1 checks every seal, and reads
each fact as its class wants. Level 2 asks the rules again for every fact, and folds all
rows again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from adapters.ledger.book import Book
from adapters.ledger.doubts import Doubt, Doubts, Why
from adapters.ledger.reading import Reading
from adapters.ledger.receipts import KeptReceipt, compare
from adapters.persistence.event_store import FactStore
from adapters.persistence.trust import Trust
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import base64_of
from adapters.proof.note import Note, signed_by
from adapters.proof.unproven import Reason, Unproven

PAGE = 5000
EVERY_SEAL = 1
"""From this level on each seal is checked, and each fact read."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that was signed, and how many witnesses have cosigned it."""

    checkpoint: Checkpoint
    witnesses: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Whose keys are gone, by reference, and of whom everything else is gone, too."""

    keyless: frozenset[str]
    erased: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what does not fit.

    `facts` is how many there are, of which those after `since` were hashed; `signed` is
    how many the last checkpoint covers, `witnessed` how many the last one does that
    `quorum` witnesses have seen. `root` is that of all facts, in base64.
    """

    facts: int
    since: int
    signed: int
    quorum: int
    witnessed: int
    checkpoints: int
    root: str
    doubts: tuple[Doubt, ...]
    counts: Mapping[Why, int]


def check(
    store: FactStore,
    book: Book,
    trust: Trust,
    *,
    level: int = EVERY_SEAL,
    since: Note | None = None,
    seen: Mapping[str, Note] = MappingProxyType({}),
    receipts: Sequence[KeptReceipt] = (),
    forgotten: Forgotten | None = None,
    on_page: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Compute everything again and say what does not fit.

    Args:
        store: whose facts.
        book: the ledger over them.
        trust: whose signatures count.
        level: from 1 on every seal is checked, and each fact is read.
        since: a checkpoint that somebody has kept: what it covers need not be hashed
            again, as long as the tree still begins with it and no fact is missing.
        seen: what others remember to have signed last, by their name.
        receipts: what commands once returned.
        forgotten: whose words cannot be read any more; compared with what facts say,
            if all of them are read.
        on_page: is told the position after each page.
    """
    doubts = Doubts()
    kept = signed_in(since, trust, doubts, "since") if since else None
    notes = [one for one in _notes(book, trust, doubts) if one]
    elsewhere = [signed_in(one, trust, doubts, name) for name, one in seen.items()]
    known = [one for one in (*notes, kept, *elsewhere) if one]
    witnessed = _largest(one for one in known if one.witnesses >= trust.quorum)
    start = _start(kept.checkpoint, store, book, known) if kept else None
    reading = Reading(
        store,
        book,
        trust,
        doubts,
        position=start.size if start else 0,
        edge_there=book.edge(start.size) if start else [],
        seals_from=1 if level >= EVERY_SEAL else witnessed + 1,
        roots=_roots(known),
        reads=level >= EVERY_SEAL,
    )
    for name in book.unreadable():
        doubts.add(Why.LEDGER_UNREADABLE, 0, name)
    for row in store.misplaced(PAGE):
        doubts.add(Why.FACT_MISPLACED, row.position, f"{row.stream} {row.version}")
    while rows := store.rows(reading.position, PAGE):
        reading.take(rows)
        on_page(reading.position)
    reading.end()
    signed = _largest(known)
    if signed > reading.position:
        doubts.add(Why.FACTS_LOST, reading.position + 1, signed)
    if witnessed < signed:
        doubts.add(Why.NOT_WITNESSED, witnessed + 1, signed)
    if forgotten and not start:
        _match(forgotten, reading.erased, doubts)
    for receipt in receipts:
        compare(receipt, store, trust, doubts)
    return Verdict(
        facts=reading.size,
        since=start.size if start else 0,
        signed=signed,
        quorum=trust.quorum,
        witnessed=witnessed,
        checkpoints=len(notes),
        root=base64_of(reading.root),
        doubts=doubts.in_order,
        counts=doubts.count,
    )


def _notes(book: Book, trust: Trust, doubts: Doubts) -> Iterator[Signed | None]:
    for name, raw in book.checkpoints():
        try:
            note = Note.parse(raw)
        except Unproven:
            doubts.add(Why.CHECKPOINT_BROKEN, 0, name)
            continue
        yield signed_in(note, trust, doubts, name)


def signed_in(note: Note, trust: Trust, doubts: Doubts, name: str) -> Signed | None:
    """Return a checkpoint of this ledger, if it is one and was signed."""
    log, witnesses = set(trust.log_keys), set(trust.witness_keys)
    try:
        checkpoint = Checkpoint.parse(note.text)
        by = {one.by for one in signed_by(note, log | witnesses)}
    except Unproven as problem:
        is_broken = problem.reason in {Reason.MALFORMED, Reason.OUT_OF_RANGE}
        why = Why.CHECKPOINT_BROKEN if is_broken else Why.CHECKPOINT_NOT_SIGNED
        doubts.add(why, 0, name)
        return None
    if not by & log or checkpoint.origin != trust.origin:
        doubts.add(Why.CHECKPOINT_NOT_SIGNED, checkpoint.size, name)
        return None
    return Signed(checkpoint, len(by & witnesses))


def _start(
    kept: Checkpoint, store: FactStore, book: Book, known: Sequence[Signed]
) -> Checkpoint | None:
    """Return the checkpoint after which to begin; nothing if all must be hashed."""
    covered = [one.checkpoint for one in known if one.checkpoint.size <= kept.size]
    if store.count(kept.size) != kept.size:
        return None
    return kept if all(_begins_with(book, one) for one in covered) else None


def _begins_with(book: Book, kept: Checkpoint) -> bool:
    """Whether the tree begins with a checkpoint."""
    try:
        return book.begins_with(kept)
    except Unproven:
        return False


def _roots(known: Sequence[Signed]) -> Mapping[int, Collection[bytes]]:
    """Return what was signed of each size; if it is not one root, none is right."""
    roots = defaultdict[int, set[bytes]](set)
    for one in known:
        roots[one.checkpoint.size].add(one.checkpoint.root)
    return roots


def _match(forgotten: Forgotten, told: Mapping[str, int], doubts: Doubts) -> None:
    """Match every missing key with a fact that says so, and the other way round."""
    for ref in told.keys() - forgotten.keyless:
        doubts.add(Why.ERASURE_UNDONE, told[ref], ref)
    for ref in forgotten.erased - told.keys():
        doubts.add(Why.ERASURE_UNTOLD, 0, ref)


def _largest(signed: Iterator[Signed] | Sequence[Signed]) -> int:
    return max((one.checkpoint.size for one in signed), default=0)
