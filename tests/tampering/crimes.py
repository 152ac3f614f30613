"""What a crime is: it changes a history, and says what must be found."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from adapters.ledger.doubts import Why
from adapters.persistence.event_store import leaf_in
from adapters.persistence.fact_table import StoredRow
from domain.messages import derived_id
from tests.tampering.history import History, Secrets


@dataclass(frozen=True)
class Broken:
    """What must be found: one of these reasons, and at which fact if at one.

    Nothing before that fact is broken, so nothing before it may be doubted.
    """

    whys: frozenset[Why]
    at: int | None = None


Crime = Callable[[History, Secrets, random.Random], Broken]

CRIMES: dict[str, Crime] = {}
"""All kinds of crimes, by what is done."""

ONLY_SQLITE: set[str] = set()
"""Those that need a table whose columns take anything."""


def crime(what: str, *, only_sqlite: bool = False) -> Callable[[Crime], Crime]:
    """Add one kind of crime."""

    def add(committed: Crime) -> Crime:
        assert what not in CRIMES
        CRIMES[what] = committed
        if only_sqlite:
            ONLY_SQLITE.add(what)
        return committed

    return add


def broken(*whys: Why, at: int | None = None) -> Broken:
    """Return what must be found."""
    return Broken(frozenset(whys), at)


def changed(history: History, position: int) -> Broken:
    """Return what must be found of a fact that is another one now."""
    if position <= history.taken:
        return broken(Why.LEAF_DIFFERS, at=position)
    return broken(Why.NOT_SEALED, at=position)


def any_fact(history: History, chance: random.Random) -> int:
    """Return the place of any fact in the list."""
    return chance.randrange(len(history.rows))


def sealed_fact(history: History, chance: random.Random) -> int:
    """Return the place of any fact with a seal."""
    return chance.choice([n for n, row in enumerate(history.rows) if row.seal])


def taken_fact(history: History, chance: random.Random) -> int:
    """Return the place of any fact that the ledger has."""
    return chance.randrange(history.taken)


def edit(history: History, nth: int, **fields: Any) -> StoredRow:
    """Change some columns of a fact; return it."""
    history.rows[nth] = replace(history.rows[nth], **fields)
    return history.rows[nth]


def rewrite(history: History, nth: int, old: bytes, new: bytes) -> None:
    """Change what is written in a fact; it must be there."""
    state = history.rows[nth].state
    assert old in state, (old, state)
    edit(history, nth, state=state.replace(old, new, 1))


def reseal(history: History, nth: int, secrets: Secrets) -> None:
    """Seal a fact with the key that was right for its position."""
    row = history.rows[nth]
    ended = [one.last for one in history.trust.seal if one.last is not None]
    is_old = row.position <= max(ended)
    if history.must_be_sealed(row.position):
        by = secrets.retired if is_old else secrets.sealer
        edit(history, nth, seal=by.seal(leaf_in(row)))


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Return bytes of which one bit is another."""
    at = chance.randrange(len(content))
    other = content[at] ^ 1 << chance.randrange(8)
    return content[:at] + bytes([other]) + content[at + 1 :]


def invented(history: History, chance: random.Random) -> StoredRow:
    """Return a fact that nobody stored, fit for the end, without a seal."""
    versions = {row.stream: row.version for row in history.rows}
    like = chance.choice([r for r in history.rows if r.topic.startswith("finding.no")])
    state = json.loads(like.state)
    identity = str(derived_id("invented", chance.random()))
    state |= {"id": identity, "asked": f"{chance.random()}", "nth": 1, "of": 1}
    return StoredRow(
        position=history.rows[-1].position + 1,
        stream=like.stream,
        version=versions[like.stream] + 1,
        topic=like.topic,
        state=json.dumps(state, separators=(",", ":"), ensure_ascii=False).encode(),
        event_id=identity,
    )


def insert(history: History, nth: int, row: StoredRow) -> None:
    """Put a fact before another one; those after it move up."""
    position = history.rows[nth].position
    history.rows[nth:] = [
        replace(row, position=position),
        *(replace(one, position=one.position + 1) for one in history.rows[nth:]),
    ]
