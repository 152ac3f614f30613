"""Facts that are gone, in another order, or were never stored."""

import random
from dataclasses import replace

from adapters.ledger.doubts import Why
from adapters.persistence.event_store import leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Signer
from tests.tampering.crimes import (
    Broken,
    broken,
    crime,
    insert,
    invented,
    taken_fact,
)
from tests.tampering.history import History, Secrets, name_of, tree_of

ELSEWHERE = "gadelys.example/elsewhere"


@crime("the first fact deleted")
def first_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Delete from the beginning."""
    del history.rows[: chance.randrange(1, 4)]
    return broken(Why.FACT_MISSING, at=1)


@crime("facts deleted in the middle")
def middle_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave a gap; now and then somebody looks since a checkpoint beyond it."""
    first = chance.randrange(1, len(history.rows) - 1)
    last = min(first + chance.randrange(1, 4), len(history.rows) - 1)
    del history.rows[first:last]
    _looks_since(history, chance)
    return broken(Why.FACT_MISSING, at=first + 1)


@crime("facts deleted here and there")
def some_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave several gaps."""
    gone = sorted(chance.sample(range(len(history.rows) - 1), chance.randrange(2, 6)))
    for nth in reversed(gone):
        del history.rows[nth]
    _looks_since(history, chance)
    return broken(Why.FACT_MISSING, at=gone[0] + 1)


@crime("the last facts deleted, the ledger left as it is")
def last_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Delete from the end; now and then somebody looks since a later checkpoint."""
    left = chance.randrange(history.taken)
    del history.rows[left:]
    _looks_since(history, chance)
    return broken(Why.FACTS_LOST, at=left + 1)


@crime("the last facts deleted, and their nodes")
def tail_and_nodes_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave the checkpoints."""
    left = chance.randrange(1, history.signed[-1])
    del history.rows[left:]
    history.nodes = tree_of(history.rows)
    _looks_since(history, chance)
    return broken(Why.FACTS_LOST, at=left + 1)


@crime("all facts deleted")
def all_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave nothing, at most the ledger."""
    history.rows.clear()
    _looks_since(history, chance)
    return broken(Why.FACTS_LOST, at=1)


@crime("a case deleted whole")
def stream_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Delete every fact of one stream."""
    stream = chance.choice(history.rows[:-1]).stream
    first = next(row.position for row in history.rows if row.stream == stream)
    history.rows = [row for row in history.rows if row.stream != stream]
    return broken(Why.FACT_MISSING, Why.FACTS_LOST, at=first)


@crime("a case deleted whole, and the gaps closed")
def stream_gone_closed(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Renumber what is left, so that no position is missing."""
    nth = taken_fact(history, chance)
    stream = history.rows[nth].stream
    first = next(row.position for row in history.rows if row.stream == stream)
    rest = [row for row in history.rows if row.stream != stream]
    history.rows = [replace(row, position=n) for n, row in enumerate(rest, start=1)]
    return broken(Why.LEAF_DIFFERS, Why.FACTS_LOST, at=first)


@crime("a fact deleted, and the gap closed")
def closed(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Renumber what comes after it."""
    nth = taken_fact(history, chance)
    history.rows[nth:] = [
        replace(row, position=row.position - 1) for row in history.rows[nth + 1 :]
    ]
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("half of the last command deleted")
def half_gone(history: History, _: Secrets, __: random.Random) -> Broken:
    """Leave the first of its two facts; the ledger has none of them yet."""
    del history.rows[-1]
    return broken(Why.COMMAND_BROKEN, at=len(history.rows))


@crime("two facts in the other order")
def reordered(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Exchange two facts with all they have, the first of which the ledger has."""
    one = taken_fact(history, chance)
    two = chance.choice([one + 1, chance.randrange(one + 1, len(history.rows))])
    first, second = history.rows[one], history.rows[two]
    history.rows[one] = replace(second, position=first.position)
    history.rows[two] = replace(first, position=second.position)
    return broken(Why.LEAF_DIFFERS, at=one + 1)


@crime("a fact moved elsewhere")
def moved(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Take a fact out, and put it in at another place."""
    one, two = sorted(chance.sample(range(len(history.rows)), 2))
    one = min(one, history.taken - 1)
    rows = history.rows[one : two + 1]
    rows = rows[1:] + rows[:1] if chance.random() < 0.5 else rows[-1:] + rows[:-1]
    history.rows[one : two + 1] = [
        replace(row, position=n) for n, row in enumerate(rows, start=one + 1)
    ]
    return broken(Why.LEAF_DIFFERS, at=one + 1)


@crime("a fact put in between others")
def inserted(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Move up all that come after it; with some seal or none."""
    nth = taken_fact(history, chance)
    row = invented(history, chance)
    insert(history, nth, replace(row, seal=_wrong_seal(row, history, secrets, chance)))
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("a fact added at the end without a seal")
def added(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Add what fits in every other respect; at level 0 or 1."""
    row = invented(history, chance)
    history.rows.append(row)
    history.level = chance.randrange(2)
    _looks_since(history, chance)
    return broken(Why.NOT_SEALED, at=row.position)


@crime("a fact added at the end with a copied seal")
def added_copied(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Add what fits, with the seal of another fact; at level 0 or 1."""
    row = invented(history, chance)
    seal = chance.choice([one.seal for one in history.rows if one.seal])
    history.rows.append(replace(row, seal=seal))
    history.level = chance.randrange(2)
    _looks_since(history, chance)
    return broken(Why.NOT_SEALED, at=row.position)


@crime("a fact added at the end with a seal from elsewhere")
def added_foreign(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Add what fits, sealed by a stranger or for another installation."""
    row = invented(history, chance)
    seal = _wrong_seal(row, history, secrets, chance)
    history.rows.append(replace(row, seal=seal))
    _looks_since(history, chance)
    return broken(Why.NOT_SEALED, at=row.position)


@crime("a genuine fact once more at the end")
def repeated(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Add a fact again with its own seal, which is right."""
    current = history.trust.seal[-1].first
    again = [
        row
        for row in history.rows
        if row.position >= current and b'"of":1' in row.state
    ]
    last = history.rows[-1].position
    history.rows.append(replace(chance.choice(again), position=last + 1))
    _looks_since(history, chance)
    return broken(Why.VERSION_GAP, at=last + 1)


@crime("a fact where none can be")
def below(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Put a fact before the first position: the rules of a case would read it."""
    position = chance.choice([0, -1, -(2**63), -chance.randrange(2**62)])
    row = invented(history, chance)
    seal = _wrong_seal(row, history, secrets, chance)
    history.rows.insert(0, replace(row, position=position, seal=seal))
    _looks_since(history, chance)
    return broken(Why.FACT_MISPLACED, at=position)


@crime("a fact far beyond the last one")
def beyond(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave a gap of any size before it."""
    row = invented(history, chance)
    far = chance.choice([1, 2, 10**9, 2**62, 2**63 - 1 - row.position])
    history.rows.append(replace(row, position=row.position + far))
    return broken(Why.FACT_MISSING, at=row.position)


@crime("an older copy of facts and ledger put back")
def rolled_back(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put back an earlier state; the auditor has kept a later checkpoint."""
    *earlier, latest = history.signed
    kept = chance.choice(earlier)
    history.since = history.note(latest)
    for size in history.signed:
        if size > kept:
            del history.notes[name_of(size)]
    left = chance.randrange(kept, latest)
    del history.rows[left:]
    history.nodes = tree_of(history.rows)
    return broken(Why.FACTS_LOST, at=left + 1)


@crime("an older copy of the facts alone put back")
def facts_rolled_back(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put back earlier facts beside the ledger of today, seen since a checkpoint."""
    since = chance.choice(history.signed)
    history.since = history.note(since)
    history.nodes = tree_of(history.rows[:since])
    for size in history.signed:
        if size > since:
            del history.notes[name_of(size)]
    left = chance.randrange(since)
    del history.rows[left:]
    return broken(Why.FACTS_LOST, at=left + 1)


@crime("the tail deleted everywhere; people have kept receipts")
def receipts_left(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Delete facts, nodes and checkpoints; nobody has kept a checkpoint."""
    history.receipts = history.promised
    left = chance.randrange(history.trust.seal[0].first, len(history.rows))
    del history.rows[left:]
    history.nodes = tree_of(history.rows)
    for size in history.signed:
        if size > left:
            del history.notes[name_of(size)]
    return broken(Why.RECEIPT_DENIED)


def _looks_since(history: History, chance: random.Random) -> None:
    """Let the auditor look since one of the checkpoints, or from the beginning."""
    if history.notes and chance.random() < 0.5:
        history.since = history.note(chance.choice(history.signed))


def _wrong_seal(
    row: StoredRow, history: History, secrets: Secrets, chance: random.Random
) -> bytes | None:
    """Return a seal that does not hold: none, a stranger's, a retired key's."""
    leaf, origin = leaf_in(row), history.trust.origin
    stranger = Signer(f"{origin}/seals", chance.randbytes(32))
    return chance.choice(
        [
            None,
            Sealer(origin, stranger).seal(leaf),
            Sealer(ELSEWHERE, secrets.seals).seal(leaf),
            secrets.retired.seal(leaf),
            secrets.sealer.seal(leaf[::-1]),
            chance.randbytes(68),
        ]
    )
