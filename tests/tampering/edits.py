"""Facts that are there, and say something else."""

import random
import re

from adapters.ledger.doubts import Why
from domain.catalogue import EVENTS
from domain.messages import derived_id
from tests.tampering.crimes import (
    Broken,
    any_fact,
    broken,
    changed,
    crime,
    edit,
    flipped,
    rewrite,
    sealed_fact,
    taken_fact,
)
from tests.tampering.history import History, Secrets

LETTER = re.compile(rb"[a-z]")
FAR = 2**63 - 1

SEALED_WORDS = re.compile(rb'\{"subject":"[^}]*\}')
"""What stands in a fact instead of what people wrote."""


@crime("one letter of what a fact says")
def letter(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a letter after the beginning of the event."""
    nth = any_fact(history, chance)
    state = history.rows[nth].state
    begin = state.index(b'"event":')
    at = chance.choice([m.start() for m in LETTER.finditer(state, begin)])
    other = b"a" if state[at : at + 1] != b"a" else b"e"
    edit(history, nth, state=state[:at] + other + state[at + 1 :])
    return changed(history, nth + 1)


@crime("one bit of a stored state")
def bit(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit, whatever comes of it."""
    nth = any_fact(history, chance)
    edit(history, nth, state=flipped(history.rows[nth].state, chance))
    return changed(history, nth + 1)


@crime("a state cut short or made longer")
def length(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Take the end away, or add something."""
    nth = any_fact(history, chance)
    state = history.rows[nth].state
    cut = state[: chance.randrange(len(state))]
    edit(history, nth, state=chance.choice([cut, state + b" ", state * 2, b"{}"]))
    return changed(history, nth + 1)


@crime("a state that says the same in another spelling")
def spelling(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Write the same JSON with spaces."""
    nth = any_fact(history, chance)
    rewrite(history, nth, b'","', chance.choice([b'", "', b'" ,"', b'",\n"']))
    return changed(history, nth + 1)


@crime("recorded at another time")
def recorded(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Say that the store learned of it earlier."""
    nth = any_fact(history, chance)
    year = b"%d" % chance.randrange(1990, 2026)
    rewrite(history, nth, b'"recorded_at":"20', b'"recorded_at":"%s-01-01 20' % year)
    return changed(history, nth + 1)


@crime("back-dated: what happened, happened earlier")
def back_dated(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Move the moment of the stamp."""
    nth = any_fact(history, chance)
    rewrite(history, nth, b'"at":"2026', b'"at":"%d' % chance.randrange(1990, 2026))
    return changed(history, nth + 1)


@crime("done by somebody else")
def by_another(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change who did it."""
    nth = any_fact(history, chance)
    rewrite(history, nth, b'"by":"', b'"by":"x%d' % chance.randrange(1000))
    return changed(history, nth + 1)


@crime("decided under other rules")
def other_rules(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change the version of the register."""
    nth = any_fact(history, chance)
    rewrite(history, nth, b'"register":', b'"register":%d' % chance.randrange(1, 9))
    return changed(history, nth + 1)


@crime("the register itself")
def register(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a day or a letter in the rules that were adopted."""
    [nth] = [n for n, r in enumerate(history.rows) if r.topic.startswith("register.")]
    digits = [m.start() for m in re.finditer(rb"[1-8]", history.rows[nth].state)]
    at, state = chance.choice(digits), history.rows[nth].state
    edit(history, nth, state=state[:at] + b"9" + state[at + 1 :])
    return changed(history, nth + 1)


@crime("another command asked for it")
def asked(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change the digest of the command, where it is not sealed itself."""
    plain = b'"asked":"'
    nth = chance.choice([n for n, r in enumerate(history.rows) if plain in r.state])
    rewrite(history, nth, plain, b'"asked":"%d' % chance.randrange(10))
    return changed(history, nth + 1)


@crime("the sealed words of another fact")
def swapped_words(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put what somebody wrote elsewhere in the place of what was written here."""
    found = [n for n, r in enumerate(history.rows) if SEALED_WORDS.search(r.state)]
    nth, other = chance.sample(found, 2)
    here, there = (
        SEALED_WORDS.findall(history.rows[one].state)[-1] for one in (nth, other)
    )
    rewrite(history, nth, here, there)
    return changed(history, nth + 1)


@crime("another topic")
def topic(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Call it something else, known or not."""
    nth = any_fact(history, chance)
    others = [one for one in EVENTS if one != history.rows[nth].topic]
    edit(history, nth, topic=chance.choice([*others, "", "x", "finding.reported.v9"]))
    return changed(history, nth + 1)


@crime("another stream")
def stream(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Give it to another case, there or not."""
    nth = any_fact(history, chance)
    others = {row.stream for row in history.rows} - {history.rows[nth].stream}
    edit(history, nth, stream=chance.choice([*sorted(others), "finding/æ", ""]))
    return changed(history, nth + 1)


@crime("another version")
def version(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Move it within its stream, or out of all bounds."""
    nth = any_fact(history, chance)
    there = history.rows[nth].version
    near = [there - 1, there + 1, there + chance.randrange(2, 99)]
    edit(history, nth, version=chance.choice([*near, 0, -1, -there, -FAR, FAR]))
    found = changed(history, nth + 1)
    return broken(*found.whys, Why.VERSION_GAP, Why.FACT_UNREADABLE, at=found.at)


@crime("another id beside a fact")
def id_beside(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change the column; the state still says what it was."""
    nth = any_fact(history, chance)
    edit(history, nth, event_id=str(derived_id("tampered", chance.random())))
    return broken(Why.ID_DIFFERS, at=nth + 1)


@crime("another id beside and in a fact")
def id_both(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change column and state."""
    nth = any_fact(history, chance)
    old, new = history.rows[nth].event_id, str(derived_id("both", chance.random()))
    rewrite(history, nth, old.encode(), new.encode())
    edit(history, nth, event_id=new)
    return changed(history, nth + 1)


@crime("an id that is there twice")
def id_twice(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Give one fact the id of another one."""
    nth, other = chance.sample(range(len(history.rows)), 2)
    edit(history, nth, event_id=history.rows[other].event_id)
    return broken(Why.ID_DIFFERS, at=nth + 1)


@crime("two facts say what the other one said")
def swapped(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Swap two states, with or without their seals."""
    one, two = sorted(chance.sample(range(len(history.rows)), 2))
    first, second = history.rows[one], history.rows[two]
    edit(history, one, state=second.state)
    edit(history, two, state=first.state)
    if chance.random() < 0.5:
        edit(history, one, seal=second.seal)
        edit(history, two, seal=first.seal)
    return changed(history, one + 1)


@crime("no seal any more")
def no_seal(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Take the seal away, or leave an empty one."""
    nth = sealed_fact(history, chance)
    edit(history, nth, seal=chance.choice([None, b""]))
    return broken(Why.NOT_SEALED, at=nth + 1)


@crime("one bit of a seal")
def seal_bit(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit of the seal."""
    nth = sealed_fact(history, chance)
    edit(history, nth, seal=flipped(history.rows[nth].seal or b"", chance))
    return broken(Why.NOT_SEALED, at=nth + 1)


@crime("a seal cut short or made longer")
def seal_length(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Take the end away, or add something."""
    nth = sealed_fact(history, chance)
    seal = history.rows[nth].seal or b""
    other = chance.choice([seal[: chance.randrange(len(seal))], seal + b"\0", seal * 2])
    edit(history, nth, seal=other)
    return broken(Why.NOT_SEALED, at=nth + 1)


@crime("the seal of another fact")
def seal_copied(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Copy a seal that is right elsewhere."""
    nth, other = sealed_fact(history, chance), sealed_fact(history, chance)
    if nth == other:
        nth = len(history.rows) - 1 if other != len(history.rows) - 1 else other - 1
    edit(history, nth, seal=history.rows[other].seal)
    return broken(Why.NOT_SEALED, at=nth + 1)


@crime("an old fact, from before there were seals")
def before_seals(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a fact that nothing but the ledger protects; at level 0 or 1."""
    unsealed = [n for n, row in enumerate(history.rows) if row.seal is None]
    nth = chance.choice(unsealed)
    rewrite(history, nth, b'"register":', b'"register":7')
    history.level = chance.randrange(2)
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("a fact that the ledger has, seen at level 0")
def level_0(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a byte; seals are not looked at where witnesses have looked."""
    nth = taken_fact(history, chance)
    edit(history, nth, state=flipped(history.rows[nth].state, chance))
    history.level = 0
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("a fact of the tail, seen at level 0")
def tail_level_0(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change what no checkpoint covers yet."""
    nth = chance.randrange(history.signed[-1], len(history.rows))
    edit(history, nth, state=flipped(history.rows[nth].state, chance))
    history.level = 0
    return broken(Why.NOT_SEALED, at=nth + 1)


STRANGE = ("", "x", 7, -1, 1.5, b"", b"\xff\xfe", None, 2**62)


@crime("a column with something else than text, number or bytes", only_sqlite=True)
def strange(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Store what the program never stores there."""
    nth = any_fact(history, chance)
    row = history.rows[nth]
    name = chance.choice(["stream", "version", "topic", "state", "event_id", "seal"])
    there = getattr(row, name)
    other = chance.choice([one for one in STRANGE if type(one) is not type(there)])
    edit(history, nth, **{name: other})
    if name == "event_id":
        return broken(Why.ID_DIFFERS, at=nth + 1)
    if name == "seal":
        if not history.must_be_sealed(nth + 1):
            return letter(history, _, chance)
        return broken(Why.NOT_SEALED, at=nth + 1)
    return broken(Why.LEAF_DIFFERS, Why.NOT_SEALED, Why.FACT_UNREADABLE, at=nth + 1)


@crime("numbers in a state that are none")
def no_numbers(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Let the place in the command be something else than a number."""
    nth = any_fact(history, chance)
    name = chance.choice([b"nth", b"of"])
    old = re.search(rb'"%s":(\d+)' % name, history.rows[nth].state)
    assert old
    other = chance.choice([b'"x"', b"null", b"[]", b"{}", b"1e400", b"-1", b"true"])
    rewrite(history, nth, old.group(), b'"%s":%s' % (name, other))
    return changed(history, nth + 1)
