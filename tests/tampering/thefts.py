"""What a thief of keys can do, and what shows it."""

import random
import re
from collections.abc import Sequence

from adapters.ledger.doubts import Why
from adapters.persistence.event_store import leaf_in
from adapters.persistence.trust import LogKey, SealKey, Trust
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Cosigner, Signer
from tests.tampering.crimes import (
    Broken,
    any_fact,
    broken,
    crime,
    edit,
    invented,
    reseal,
    rewrite,
    taken_fact,
)
from tests.tampering.history import (
    NEW_CASE,
    OLD_CASE,
    History,
    Secrets,
    name_of,
    signed,
    tree_of,
)

NUMBER = re.compile(rb'":([0-9]+)[,}]')
DONE_BY = re.compile(rb'"by":"([^"]*)"')


@crime("the seal key stolen: a fact changed and sealed again")
def seal_key(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Leave the ledger as it is."""
    nth = taken_fact(history, chance)
    _forge(history, nth, secrets)
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("a retired seal key stolen: an old fact changed and sealed again")
def retired_key(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Change what that key sealed, or seal something newer with it."""
    is_old = chance.random() < 0.5
    current = history.trust.seal[-1].first
    nth = chance.randrange(history.trust.seal[0].first - 1, current - 1)
    if not is_old:
        nth = chance.randrange(current - 1, len(history.rows))
    rewrite(history, nth, b'"register":', b'"register":7')
    edit(history, nth, seal=secrets.retired.seal(leaf_in(history.rows[nth])))
    return broken(Why.LEAF_DIFFERS if is_old else Why.NOT_SEALED, at=nth + 1)


@crime("the seal key stolen: a fact of the tail changed, which a receipt promises")
def seal_key_tail(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Change what no checkpoint covers, and the tree; the receipt is left."""
    history.receipts = history.promised
    tail = range(history.signed[-1], len(history.rows))
    nth = chance.choice([n for n in tail if history.is_promised(history.rows[n])])
    _forge(history, nth, secrets)
    history.nodes = tree_of(history.rows[: history.taken])
    return broken(Why.RECEIPT_DENIED, at=nth + 1)


@crime("the seal key stolen: a fact changed, the tree made anew")
def seal_key_tree(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Leave the checkpoints, which nobody can sign again; at level 0 or 1."""
    nth = chance.randrange(history.signed[-1])
    _forge(history, nth, secrets)
    history.nodes = tree_of(history.rows[: history.taken])
    history.level = chance.randrange(2)
    return broken(Why.ROOT_DIFFERS, at=_covering(history, nth))


@crime("the seal key stolen: history rewritten, the checkpoints thrown away")
def seal_key_alone(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Leave no checkpoint but the one that the auditor has kept."""
    size = chance.choice(history.signed)
    history.since = history.note(size)
    nth = chance.randrange(size)
    _forge(history, nth, secrets)
    history.nodes = tree_of(history.rows[: chance.choice([history.taken, size, 1])])
    history.notes.clear()
    return broken(Why.ROOT_DIFFERS, at=size)


@crime("the ledger key stolen: another root signed")
def log_key(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Sign another history of the same size, instead of the genuine one or beside."""
    size = chance.choice(history.signed)
    other = history.copy()
    _forge(other, chance.randrange(size), secrets)
    note = signed(history.trust.origin, other.rows[:size], secrets.log)
    if chance.random() < 0.5:
        history.since = history.note(chance.choice(history.signed))
    history.notes[_beside(size, chance)] = bytes(note)
    return broken(Why.ROOT_DIFFERS, at=size)


@crime("the ledger key stolen: a checkpoint promises more than there is")
def log_key_more(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Sign facts that nobody stored."""
    rows, there = [*history.rows], len(history.rows)
    other = history.copy()
    for _ in range(chance.randrange(1, 5)):
        other.rows.append(invented(other, chance))
    note = signed(history.trust.origin, other.rows, secrets.log, secrets.witnesses)
    history.notes[name_of(len(other.rows))] = bytes(note)
    history.rows = rows
    return broken(Why.FACTS_LOST, at=there + 1)


@crime("the ledger key stolen: history rewritten without the seal key")
def log_key_alone(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Change a fact and sign everything again, also as every witness."""
    nth = chance.randrange(history.trust.seal[0].first - 1, len(history.rows))
    rewrite(history, nth, b'"register":', b'"register":7')
    history.nodes = tree_of(history.rows[: history.taken])
    _sign_all(history, secrets, secrets.witnesses)
    return broken(Why.NOT_SEALED, at=nth + 1)


@crime("both keys stolen: history rewritten, too few witnesses")
def both_keys(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Sign everything again, with the keys of some witnesses but not of enough."""
    _forge(history, any_fact(history, chance), secrets)
    history.nodes = tree_of(history.rows[: history.taken])
    some = secrets.witnesses[: chance.randrange(len(secrets.witnesses))]
    _sign_all(history, secrets, some)
    return broken(Why.NOT_WITNESSED, at=1)


@crime("both keys stolen: rewritten beside a checkpoint that witnesses have seen")
def both_keys_beside(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Leave the genuine checkpoint, and put one's own of the same size beside it."""
    size = history.signed[-1]
    genuine = history.notes[name_of(size)]
    _forge(history, chance.randrange(size), secrets)
    history.nodes = tree_of(history.rows[: history.taken])
    _sign_all(history, secrets)
    own = history.notes[name_of(size)]
    beside = name_of(size + chance.choice([-1, 1]))
    both = [genuine, own] if chance.random() < 0.5 else [own, genuine]
    history.notes = dict(zip([name_of(size), beside], both, strict=True))
    return broken(Why.ROOT_DIFFERS, at=size)


@crime("all keys stolen, those of witnesses too; the auditor has a checkpoint")
def all_keys(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Rewrite everything so that it fits; only what was kept elsewhere does not."""
    size = chance.choice(history.signed)
    history.since = history.note(size)
    _forge(history, chance.randrange(size), secrets)
    history.nodes = tree_of(history.rows[: history.taken])
    _sign_all(history, secrets, secrets.witnesses)
    return broken(Why.ROOT_DIFFERS, at=size)


@crime("a fork: two histories from one point, and a witness saw the other")
def fork(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Show the auditor one history, the witness another; both are well signed."""
    size = history.signed[-1]
    begin = chance.randrange(history.trust.seal[-1].first - 1, size)
    other = history.copy()
    for nth in range(begin, size):
        _forge(other, nth, secrets)
    history.since = signed(
        history.trust.origin, other.rows[:size], secrets.log, secrets.witnesses
    )
    return broken(Why.ROOT_DIFFERS, at=size)


@crime("another trust file, and everything signed with its keys")
def trust_replaced(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Replace every key; the auditor has a copy of the genuine file."""
    origin, sealing = history.trust.origin, history.trust.seal[0].first
    own = Signer(f"{origin}/seals", chance.randbytes(32))
    sealer, log = Sealer(origin, own), Signer(origin, chance.randbytes(32))
    genuine = history.trust
    for nth in range(sealing - 1, len(history.rows)):
        edit(history, nth, seal=sealer.seal(leaf_in(history.rows[nth])))
    for size in history.signed:
        note = signed(origin, history.rows[:size], log, secrets.witnesses[:1])
        history.notes[name_of(size)] = bytes(note)
    their = Trust(
        origin=origin,
        log=(LogKey(key=log.verifier),),
        seal=(SealKey(key=own.verifier, first=sealing),),
    )
    assert their.log_keys != genuine.log_keys
    return broken(Why.NOT_SEALED, at=sealing)


@crime("all keys stolen, nobody has kept anything: the register rewritten")
def rules_rewritten(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Change a number in the rules; only the command that adopted them does not fit."""
    [nth] = [n for n, r in enumerate(history.rows) if r.topic.startswith("register.")]
    state = history.rows[nth].state
    found = chance.choice([*NUMBER.finditer(state, state.index(b'"event":'))])
    edit(history, nth, state=_with_other_number(state, found))
    _make_it_fit(history, secrets)
    return broken(Why.COMMAND_UNKNOWN, Why.FACT_UNREADABLE, at=nth + 1)


@crime("all keys stolen, nobody has kept anything: done by somebody else")
def actor_rewritten(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Change who did it; the digest of what they asked does not fit."""
    single = b'"of":1'
    nth = chance.choice(
        [
            nth
            for nth, row in enumerate(history.rows)
            if single in row.state
            and row.topic.startswith("finding.")
            and row.stream not in {OLD_CASE, NEW_CASE}
        ]
    )
    there = DONE_BY.search(history.rows[nth].state)
    assert there
    units = [b"municipality/operations", b"police/prevention", b"municipality/roads"]
    other = chance.choice([one for one in units if one != there.group(1)])
    rewrite(history, nth, there.group(), b'"by":"%s"' % other)
    reseal(history, nth, secrets)
    _make_it_fit(history, secrets)
    return broken(Why.COMMAND_UNKNOWN, at=nth + 1)


def _with_other_number(state: bytes, found: re.Match[bytes]) -> bytes:
    other = b"%d" % (int(found.group(1)) + 1)
    return state[: found.start(1)] + other + state[found.end(1) :]


def _make_it_fit(history: History, secrets: Secrets) -> None:
    """Let tree and checkpoints be those of the facts now; the rules are asked too."""
    history.nodes = tree_of(history.rows[: history.taken])
    _sign_all(history, secrets, secrets.witnesses)
    history.level = 2


def _forge(history: History, nth: int, secrets: Secrets) -> None:
    """Let a fact say something else, and seal it if facts were sealed then."""
    rewrite(history, nth, b'"register":', b'"register":7')
    reseal(history, nth, secrets)


def _covering(history: History, nth: int) -> int:
    """Return the size of the first checkpoint over a fact."""
    return min(size for size in history.signed if size > nth)


def _beside(size: int, chance: random.Random) -> str:
    """Return a name for another checkpoint of that size, before or after it."""
    return name_of(size + chance.choice([-1, 0, 1]))


def _sign_all(
    history: History, secrets: Secrets, witnesses: Sequence[Cosigner] = ()
) -> None:
    """Sign every checkpoint again over what the facts are now."""
    for size in history.signed:
        rows = history.rows[:size]
        note = signed(history.trust.origin, rows, secrets.log, witnesses)
        history.notes[name_of(size)] = bytes(note)
