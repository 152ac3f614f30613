"""Erasures that are undone, made up or hidden, and words that are exchanged."""

import json
import random
import re
from base64 import b64encode
from dataclasses import replace

from adapters.ledger.doubts import Why
from adapters.persistence.cipher import NONCE_BYTES, new_key, wrap
from adapters.persistence.event_store import leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.subject_keys import KeyState
from domain.messages import derived_id
from domain.subject.commands import stream_of
from domain.subject.events import SubjectErased
from domain.values import SubjectRef
from tests.tampering.crimes import (
    Broken,
    broken,
    changed,
    crime,
    edit,
    reseal,
)
from tests.tampering.history import History, Secrets, name_of, tree_of
from tests.tampering.keys import Entry

SEALED = re.compile(rb'\{"subject":"([^"]*)","nonce":"[^"]*","sealed":"[^"]*"\}')
"""What stands in a fact instead of words, and whose they are."""


# ---- keys ----


@crime("the key of somebody erased put back from an older copy")
def key_back(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Let the words be read again; the fact still says that they are gone."""
    ref = chance.choice([one for one in _erased(history) if secrets.keys[one].wrapped])
    history.keys[ref] = secrets.keys[ref]
    return broken(Why.ERASURE_UNDONE, at=_told(history, ref))


@crime("somebody erased entered as somebody who is not")
def state_back(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Give them another key, which opens nothing."""
    ref = chance.choice(_erased(history))
    _open_with(history, ref, wrap(new_key(), secrets.wrapping))
    return broken(Why.FACT_UNREADABLE, at=_first_words(history, ref))


@crime("the entry of somebody removed from the keys")
def entry_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Forget that there ever was one, erased or not."""
    ref = chance.choice(_with_words(history))
    del history.keys[ref]
    return broken(Why.FACT_UNREADABLE, at=_first_words(history, ref))


@crime("all entries removed from the keys")
def entries_gone(history: History, _: Secrets, __: random.Random) -> Broken:
    """Leave an empty list."""
    first = min(_first_words(history, ref) for ref in _with_words(history))
    history.keys.clear()
    return broken(Why.FACT_UNREADABLE, at=first)


@crime("the keys of two people exchanged")
def keys_swapped(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Give each the key of the other."""
    there = [r for r, one in history.keys.items() if one.state is KeyState.OPEN]
    one, two = chance.sample(there, 2)
    first, second = history.keys[one].wrapped, history.keys[two].wrapped
    _open_with(history, one, second)
    _open_with(history, two, first)
    at = min(_first_words(history, ref) for ref in (one, two))
    return broken(Why.FACT_UNREADABLE, at=at)


@crime("another key in the place of somebody's")
def key_replaced(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Wrap a new key rightly."""
    there = [r for r, one in history.keys.items() if one.state is KeyState.OPEN]
    ref = chance.choice(there)
    _open_with(history, ref, wrap(new_key(), secrets.wrapping))
    return broken(Why.FACT_UNREADABLE, at=_first_words(history, ref))


@crime("a key destroyed without a fact")
def key_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Make words unreadable, and enter that they were erased."""
    there = [r for r, one in history.keys.items() if one.state is KeyState.OPEN]
    _erase(history, chance.choice(there))
    return broken(Why.ERASURE_UNTOLD)


# ---- facts ----


@crime("the fact of an erasure deleted")
def fact_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave a gap."""
    at = _told(history, chance.choice(_erased(history)))
    del history.rows[at - 1]
    return broken(Why.FACT_MISSING, at=at)


@crime("the fact of an erasure deleted, and the gap closed")
def fact_closed(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Move up what comes after it; in the tail only the keys know of it."""
    at = _told(history, chance.choice(_erased(history)))
    history.rows[at - 1 :] = _moved(history.rows[at:], -1)
    if at > history.taken:
        return broken(Why.ERASURE_UNTOLD)
    return broken(Why.LEAF_DIFFERS, at=at)


@crime("all that was agreed about somebody deleted, with everything after it")
def agreement_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put back a copy from before; the auditor has kept nothing, the keys are today's.

    Every erasure since is missing in it, and was not done again.
    """
    ref = chance.choice(_erased(history))
    stream = stream_of(ref)
    first = next(row.position for row in history.rows if row.stream == stream)
    del history.rows[first - 1 :]
    history.nodes = tree_of(history.rows)
    for size in history.signed:
        if size >= first:
            del history.notes[name_of(size)]
    return broken(Why.ERASURE_UNTOLD)


@crime("the seal key stolen: an erasure told that never was")
def erasure_invented(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Add the fact at the end; the key is still there."""
    like = history.rows[_told(history, chance.choice(_erased(history))) - 1]
    there = [r for r, one in history.keys.items() if one.state is KeyState.OPEN]
    ref, last = chance.choice(there), history.rows[-1]
    identity = str(derived_id("erasure invented", chance.random()))
    state = json.loads(like.state) | {"id": identity, "nth": 1, "of": 1}
    row = StoredRow(
        position=last.position + 1,
        stream=stream_of(ref),
        version=1,
        topic=like.topic,
        state=json.dumps(state, separators=(",", ":"), ensure_ascii=False).encode(),
        event_id=identity,
    )
    history.rows.append(replace(row, seal=secrets.sealer.seal(leaf_in(row))))
    return broken(Why.ERASURE_UNDONE, at=row.position)


@crime("the fact of an erasure said of somebody else")
def erasure_moved(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change whose it is."""
    at = _told(history, chance.choice(_erased(history)))
    others = [
        ref for ref in history.keys if stream_of(ref) != history.rows[at - 1].stream
    ]
    edit(history, at - 1, stream=stream_of(chance.choice(others)))
    return changed(history, at)


# ---- words ----


@crime("erased words exchanged for others")
def words_replaced(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put something else where nobody can look any more: noise, a text, or nothing."""
    ref = chance.choice(_erased(history))
    nth = chance.choice(_places(history, ref))
    state = history.rows[nth].state
    found = chance.choice(
        [m for m in SEALED.finditer(state) if m.group(1).decode() == ref]
    )
    nonce, noise = (b64encode(chance.randbytes(size)) for size in (NONCE_BYTES, 40))
    other = chance.choice(
        [
            b'{"subject":"%s","nonce":"%s","sealed":"%s"}'
            % (ref.encode(), nonce, noise),
            b'"Ikke et ord."',
            b'""',
            b'"[slettet]"',
        ]
    )
    edit(history, nth, state=state[: found.start()] + other + state[found.end() :])
    return changed(history, nth + 1)


@crime("the seal key stolen: words of the tail that open nowhere")
def words_elsewhere(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Put in words of another fact and seal it again: they open at their place only."""
    open_ones = {ref for ref, one in history.keys.items() if one.state is KeyState.OPEN}
    tail = [
        nth
        for nth in range(history.taken, len(history.rows))
        if any(m.decode() in open_ones for m in SEALED.findall(history.rows[nth].state))
    ]
    nth = chance.choice(tail)
    state = history.rows[nth].state
    here = [m for m in SEALED.finditer(state) if m.group(1).decode() in open_ones][-1]
    others = [
        m.group()
        for row in history.rows
        for m in SEALED.finditer(row.state)
        if m.group(1).decode() in open_ones and m.group() != here.group()
    ]
    other = chance.choice(others)
    edit(history, nth, state=state[: here.start()] + other + state[here.end() :])
    reseal(history, nth, secrets)
    return broken(Why.FACT_UNREADABLE, at=nth + 1)


def _erased(history: History) -> list[SubjectRef]:
    return [ref for ref, one in history.keys.items() if one.state is KeyState.ERASED]


def _told(history: History, ref: SubjectRef) -> int:
    """Return where it is said that somebody was erased."""
    [at] = [
        row.position
        for row in history.rows
        if row.stream == stream_of(ref) and row.topic == SubjectErased.TOPIC
    ]
    return at


def _places(history: History, ref: SubjectRef) -> list[int]:
    """Return in which facts there are words of somebody."""
    return [
        nth
        for nth, row in enumerate(history.rows)
        if ref.encode() in SEALED.findall(row.state)
    ]


def _first_words(history: History, ref: SubjectRef) -> int:
    return _places(history, ref)[0] + 1


def _with_words(history: History) -> list[SubjectRef]:
    return [ref for ref in history.keys if _places(history, ref)]


def _open_with(history: History, ref: SubjectRef, wrapped: bytes | None) -> None:
    name = history.keys[ref].name
    history.keys[ref] = Entry(ref, name, KeyState.OPEN, wrapped)


def _erase(history: History, ref: SubjectRef) -> None:
    history.keys[ref] = Entry(ref, history.keys[ref].name, KeyState.ERASED)


def _moved(rows: list[StoredRow], by: int) -> list[StoredRow]:
    return [replace(row, position=row.position + by) for row in rows]
