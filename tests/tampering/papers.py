"""Trees, checkpoints and receipts that are not what they were."""

import random
import re

from adapters.ledger.doubts import Why
from adapters.ledger.receipts import KeptReceipt, KeptSeal
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import base64_of, from_base64
from adapters.proof.note import Note
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Cosigner, Signer
from adapters.proof.tree import HASH_LENGTH
from tests.tampering.crimes import Broken, broken, crime, flipped
from tests.tampering.history import History, Secrets, name_of, signed

NOT_GENUINE = (Why.CHECKPOINT_NOT_SIGNED, Why.CHECKPOINT_BROKEN)


# ---- the tree ----


@crime("one bit of a leaf")
def leaf(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit of what is kept of a fact."""
    nth = chance.randrange(history.taken)
    _put(history, "00", nth, flipped(_node(history, "00", nth), chance))
    return broken(Why.LEAF_DIFFERS, at=nth + 1)


@crime("two leaves in the other order")
def leaves(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Exchange what is kept of two facts."""
    one, two = sorted(chance.sample(range(history.taken), 2))
    first, second = _node(history, "00", one), _node(history, "00", two)
    _put(history, "00", one, second)
    _put(history, "00", two, first)
    return broken(Why.LEAF_DIFFERS, at=one + 1)


@crime("one bit of an inner node")
def inner(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit above the leaves."""
    level, nth = _inner(history, chance)
    _put(history, level, nth, flipped(_node(history, level, nth), chance))
    return broken(Why.NODE_DIFFERS, at=(nth << int(level)) + 1)


@crime("inner nodes cut off")
def inner_cut(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Let a file of nodes end too early, or be away."""
    level, nth = _inner(history, chance)
    history.nodes[level] = history.nodes[level][: nth * HASH_LENGTH]
    if not nth and chance.random() < 0.5:
        del history.nodes[level]
    if chance.random() < 0.5:
        history.since = history.note(chance.choice(history.signed))
        # What lies before it is not looked at again, unless the tree needs it.
        size = Checkpoint.parse(history.since.text).size
        if nth + 1 << int(level) <= size:
            history.since = None
    return broken(Why.NODE_DIFFERS, at=(nth << int(level)) + 1)


# ---- checkpoints ----


@crime("one letter of a checkpoint")
def checkpoint_letter(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a letter of the signed text."""
    name = _any_note(history, chance)
    raw = history.notes[name]
    at = chance.randrange(raw.index(b"\n\n"))
    other = bytes([(raw[at] + chance.randrange(1, 90)) % 128])
    history.notes[name] = raw[:at] + other + raw[at + 1 :]
    return broken(*NOT_GENUINE)


@crime("one bit of a checkpoint or of its signatures")
def checkpoint_bit(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit anywhere in the last one; without its signatures it proves less."""
    name = name_of(history.signed[-1])
    history.notes[name] = flipped(history.notes[name], chance)
    return broken(*NOT_GENUINE, Why.NOT_WITNESSED)


@crime("a checkpoint of another size")
def checkpoint_size(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Say that it covers more, or less."""
    _reword(history, chance, size=chance.choice([0, 1, len(history.rows), 10**6]))
    return broken(*NOT_GENUINE)


@crime("a checkpoint with another root")
def checkpoint_root(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put in another hash."""
    _reword(history, chance, root=chance.randbytes(HASH_LENGTH))
    return broken(*NOT_GENUINE)


@crime("a checkpoint of another ledger")
def checkpoint_elsewhere(
    history: History, secrets: Secrets, chance: random.Random
) -> Broken:
    """Change the origin, or let it be signed there."""
    name = _any_note(history, chance)
    if chance.random() < 0.5:
        _reword(history, chance, origin="gadelys.example/elsewhere")
        return broken(*NOT_GENUINE)
    size = Checkpoint.parse(Note.parse(history.notes[name]).text).size
    made = signed("other.example/1", history.rows[:size], secrets.log)
    history.notes[name] = bytes(made)
    return broken(*NOT_GENUINE)


@crime("a checkpoint that a stranger has signed")
def checkpoint_stranger(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Sign in the name of the ledger with another key."""
    name = _any_note(history, chance)
    text = Note.parse(history.notes[name]).text
    stranger = Signer(history.trust.origin, chance.randbytes(32))
    history.notes[name] = bytes(Note(text, (stranger.sign(text),)))
    return broken(*NOT_GENUINE)


@crime("signatures of another checkpoint")
def signatures_copied(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Put the lines of one below the text of another."""
    one, two = chance.sample(history.signed, 2)
    text, lines = history.note(one).text, history.note(two).signatures
    history.notes[name_of(one)] = bytes(Note(text, lines))
    return broken(*NOT_GENUINE)


@crime("one bit of a signature")
def signature_bit(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit of the ledger's own signature."""
    _spoil(history, chance, history.trust.log_keys[0].name)
    return broken(*NOT_GENUINE)


@crime("one bit of a cosignature")
def cosignature_bit(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Flip a bit of what a witness signed, or of its time."""
    _spoil(history, chance, chance.choice(history.trust.witness_keys).name)
    return broken(*NOT_GENUINE)


@crime("the signature of the ledger taken away")
def signature_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Leave what witnesses signed."""
    size = chance.choice(history.signed)
    note = history.note(size)
    left = tuple(s for s in note.signatures if s.name != history.trust.origin)
    history.notes[name_of(size)] = bytes(Note(note.text, left))
    return broken(*NOT_GENUINE)


@crime("a cosignature taken away")
def cosignature_gone(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Take one away from the last checkpoint, so that too few have seen it."""
    size = history.signed[-1]
    note = history.note(size)
    whose = chance.choice(history.trust.witness_keys).name
    left = tuple(s for s in note.signatures if s.name != whose)
    history.notes[name_of(size)] = bytes(Note(note.text, left))
    return broken(Why.NOT_WITNESSED, at=history.signed[-2] + 1)


@crime("the cosignature of a stranger")
def cosignature_stranger(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Let somebody else sign in the place of a witness."""
    size = history.signed[-1]
    note = history.note(size)
    whose = chance.choice(history.trust.witness_keys).name
    left = tuple(s for s in note.signatures if s.name != whose)
    stranger = Cosigner(whose, chance.randbytes(32))
    line = stranger.cosign(note.text, 1_700_000_000)
    history.notes[name_of(size)] = bytes(Note(note.text, (*left, line)))
    return broken(Why.NOT_WITNESSED, at=history.signed[-2] + 1)


@crime("a checkpoint that is none")
def garbage(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Cut it, empty it, or write something else."""
    name = _any_note(history, chance)
    raw = history.notes[name]
    cut = raw[: chance.randrange(len(raw) - 1)]
    if cut.endswith(b"\n") and b"\n\n" in cut[:-1]:
        cut = cut[:-1]
    history.notes[name] = chance.choice([cut, b"", b"\n", b"\xff" * 40, b"x" * 200_000])
    return broken(Why.CHECKPOINT_BROKEN)


# ---- what others have kept ----


@crime("a kept checkpoint that is not genuine")
def since_forged(history: History, secrets: Secrets, chance: random.Random) -> Broken:
    """Hand the auditor a forged checkpoint to look since; and change a fact."""
    size = chance.choice(history.signed)
    text = history.note(size).text
    stranger = Signer(history.trust.origin, chance.randbytes(32))
    seen = tuple(w.cosign(text, 1_700_000_000) for w in secrets.witnesses)
    lines = chance.choice([(stranger.sign(text),), seen, ()])
    history.since = Note(text, lines)
    return broken(Why.CHECKPOINT_NOT_SIGNED)


@crime("a forged receipt")
def receipt_forged(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Show a receipt that was never issued."""
    real = chance.choice(history.promised)
    leaf = chance.randbytes(HASH_LENGTH)
    stranger = Signer(f"{history.trust.origin}/seals", chance.randbytes(32))
    seal = Sealer(history.trust.origin, stranger).seal(leaf)
    forged = KeptSeal(leaf=base64_of(leaf), seal=base64_of(seal))
    history.receipts = (_with(real, forged, chance),)
    return broken(Why.RECEIPT_BROKEN)


@crime("a receipt with another leaf or another seal")
def receipt_edited(history: History, _: Secrets, chance: random.Random) -> Broken:
    """Change a bit, or the spelling, of a genuine receipt."""
    real = chance.choice(history.promised)
    one = chance.choice(real.sealed)
    name = chance.choice(["leaf", "seal"])
    content = flipped(from_base64(getattr(one, name)), chance)
    other = chance.choice([base64_of(content), getattr(one, name) + "\n", "", "?"])
    edited = KeptSeal.model_validate({**one.model_dump(), name: other})
    history.receipts = (_with(real, edited, chance),)
    return broken(Why.RECEIPT_BROKEN)


def _with(real: KeptReceipt, seal: KeptSeal, chance: random.Random) -> KeptReceipt:
    seals = list(real.sealed)
    seals[chance.randrange(len(seals))] = seal
    return real.model_copy(update={"sealed": tuple(seals)})


def _node(history: History, level: str, nth: int) -> bytes:
    return history.nodes[level][nth * HASH_LENGTH :][:HASH_LENGTH]


def _put(history: History, level: str, nth: int, content: bytes) -> None:
    there = history.nodes[level]
    begin = nth * HASH_LENGTH
    history.nodes[level] = there[:begin] + content + there[begin + HASH_LENGTH :]


def _inner(history: History, chance: random.Random) -> tuple[str, int]:
    level = chance.choice(sorted(history.nodes.keys() - {"00"}))
    return level, chance.randrange(len(history.nodes[level]) // HASH_LENGTH)


def _any_note(history: History, chance: random.Random) -> str:
    return chance.choice(sorted(history.notes))


def _reword(history: History, chance: random.Random, **told: object) -> None:
    """Change what a checkpoint says below the signatures that it has."""
    sizes = [n for n in history.signed if n != told.get("size")]
    name = name_of(chance.choice(sizes))
    note = Note.parse(history.notes[name])
    there = Checkpoint.parse(note.text)
    fields = {"origin": there.origin, "size": there.size, "root": there.root, **told}
    text = Checkpoint(**fields).text  # type: ignore[arg-type]
    history.notes[name] = bytes(Note(text, note.signatures))


def _spoil(history: History, chance: random.Random, whose: str) -> None:
    """Flip a bit of the signature of somebody, after the id of the key."""
    name = _any_note(history, chance)
    raw = history.notes[name]
    [line] = re.findall(rb"\xe2\x80\x94 %s (\S+)\n" % re.escape(whose.encode()), raw)
    found = from_base64(line.decode())
    spoilt = found[:4] + flipped(found[4:], chance)
    history.notes[name] = raw.replace(line, base64_of(spoilt).encode())
