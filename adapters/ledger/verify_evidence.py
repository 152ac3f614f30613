"""Does this evidence hold? A check that believes nobody, least of all who sent it.

Holder dette bevis? Sådan efterprøves det:

    python verify_evidence.py --trust MY-OWN-trust.toml       (--lang en: in English)

Get `trust.toml` yourself, from somebody you trust. Without --trust the one that came
with the folder is used, and then all of it may be made up together. With --since FILE
it is checked that the ledger has only grown since a checkpoint that you have kept.

Read this file before you run it: from top to bottom it takes ten minutes. It reads a
few files, writes nothing, and asks no network. It needs Python 3.11 or newer, and one
package that is not in it, `cryptography`, for one thing: signatures with Ed25519. It
ends with 0 if everything holds, and with 1 if there is any doubt.

The idea: every fact of the ledger is hashed; neighbours are hashed together, two and
two, until one hash is left, the root. Whoever has signed the root has signed all facts
at their places. To show that a fact is among them, nothing of the others is needed but
the few hashes beside its way up. (RFC 9162; C2SP signed-note, tlog-checkpoint and
tlog-cosignature.)
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

try:
    import tomllib

    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    sys.exit(f"Python 3.11+ og/and `pip install cryptography`: {missing}")

FORMAT = "gadelys-evidence/1"
TRUST_FORMAT = "gadelys-trust/1"
FOLDER_SHAPE = (
    "format:str case:str stream:str origin:str count:int page:str facts:list "
    "consistency:list|null"
)
FACT_SHAPE = (
    "index:int id:str stream:str version:int topic:str state:str seal:str|null "
    "proof:list|null"
)
TRUST_SHAPE = "format:str origin:str quorum:int log:list seal:list witness:list"
KINDS = {"int": int, "str": str, "list": list, "null": type(None)}
MOST_BYTES = 64 * 1024 * 1024
MOST_NOTE_BYTES = 128 * 1024
MOST_SIGNATURES = 32
MOST = 2**63 - 1
MOST_SECONDS = 253_402_300_799  # the end of the year 9999
HASH = KEY = 32
NOTE, COSIGNATURE = 0x01, 0x04  # what a key signs: notes, or what a witness saw


class Doubt(Exception):
    """Something does not fit; `key` names the sentence in TEXTS that says what."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(key)


# ---- Reading: every value has exactly one spelling, and everything else is doubted ---


def read(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of an ordinary file that is not too large."""
    try:
        if not path.is_file():  # a pipe, for instance, would keep us waiting
            raise Doubt("file_missing", file=path.name)
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError):
        raise Doubt("file_missing", file=path.name) from None
    if len(content) > most:
        raise Doubt("file_too_large", file=path.name)
    return content


def parse_json(raw: bytes, what: str) -> object:
    """Return what JSON says; two fields of one name would say two things."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_: str) -> NoReturn:  # NaN and Infinity are not JSON
        raise ValueError

    try:
        return json.loads(raw.decode(), object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Doubt("file_unreadable", file=what) from None


def shaped(value: object, shape: str, what: str) -> dict[str, Any]:
    """Return an object with exactly these fields, each of one of its kinds."""
    kinds = dict(one.split(":") for one in shape.split())
    if type(value) is not dict or value.keys() != kinds.keys():
        raise Doubt("file_unreadable", file=what)
    for name, names in kinds.items():
        if type(value[name]) not in [KINDS[one] for one in names.split("|")]:
            raise Doubt("file_unreadable", file=what)
    return value


def number(text: str, what: str) -> int:
    """Return a decimal without sign and without zeroes in front."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text, re.ASCII) or int(text) > MOST:
        raise Doubt("file_unreadable", file=what)
    return int(text)


def unbase64(text: object, what: str, length: int | None = None) -> bytes:
    """Return the bytes of the one standard spelling."""
    try:
        found = base64.b64decode(str(text), validate=True)
    except ValueError:
        raise Doubt("file_unreadable", file=what) from None
    if base64.b64encode(found).decode() != text or length not in {None, len(found)}:
        raise Doubt("file_unreadable", file=what)
    return found


def hashes(value: object, what: str) -> list[bytes]:
    """Return a list of hashes; no way up is longer than 63."""
    if type(value) is not list or len(value) > MOST.bit_length() + 1:
        raise Doubt("file_unreadable", file=what)
    return [unbase64(one, what, HASH) for one in value]


# ---- Keys, and whom the reader trusts ------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A public key of somebody with a name."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(named).digest()[:4]

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the owner of the key signed this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SealKey:
    """A key that sealed facts at the positions from `first` to `last`."""

    key: Key
    first: int
    last: int

    def covers(self, position: int) -> bool:
        """Whether the fact at a position may be sealed with it."""
        return self.first <= position <= self.last


@dataclass(frozen=True)
class Trust:
    """Whose signatures count."""

    origin: str
    quorum: int
    log: list[Key]
    seals: list[SealKey]
    witnesses: list[Key]


def parse_key(text: object, kind: int) -> Key:
    """Return the key that is spelled as its name, its id and itself."""
    name, _, rest = str(text).partition("+")
    key_id, _, material = rest.partition("+")
    found = unbase64(material, "trust.toml", 1 + KEY)
    key = Key(name, found[0], found[1:])
    if not is_name(name) or key.kind != kind or key_id != key.id.hex():
        raise Doubt("file_unreadable", file="trust.toml")
    return key


def parse_trust(raw: bytes) -> Trust:
    """Return what a trust file says, if all of it can be understood."""
    what = "trust.toml"
    try:
        told: dict[str, Any] = tomllib.loads(raw.decode())
    except (ValueError, RecursionError):
        raise Doubt("file_unreadable", file=what) from None
    whole = {"quorum": 0, "log": [], "seal": [], "witness": []} | told
    told = shaped(whole, TRUST_SHAPE, what)
    logs = [shaped(one, "key:str", what) for one in told["log"]]
    witnesses = [shaped(one, "key:str url:str", what) for one in told["witness"]]
    trust = Trust(
        told["origin"],
        told["quorum"],
        [parse_key(one["key"], NOTE) for one in logs],
        [parse_seal_key(one) for one in told["seal"]],
        [parse_key(one["key"], COSIGNATURE) for one in witnesses],
    )
    is_one = is_name(trust.origin) and told["format"] == TRUST_FORMAT
    if not is_one or not logs or not 0 <= trust.quorum <= len(witnesses):
        raise Doubt("file_unreadable", file=what)
    return trust


def parse_seal_key(value: object) -> SealKey:
    """Return a key that sealed facts; one without `last` is still in use."""
    if type(value) is dict:
        value = {"last": MOST} | value
    told = shaped(value, "key:str first:int last:int", "trust.toml")
    return SealKey(parse_key(told["key"], NOTE), told["first"], told["last"])


# ---- Signed notes and checkpoints ----------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One signature below a note."""

    name: str
    key_id: bytes
    body: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What the log said of itself, and which witnesses saw it when."""

    size: int
    root: bytes
    log: list[str]
    witnesses: list[tuple[str, int]]


def is_clean(text: str) -> bool:
    """Whether signed text may hold these letters: no control characters."""
    return not re.search(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]", text)


def is_name(text: str) -> bool:
    """Whether a key can be called so."""
    is_short = 0 < len(text) <= 255  # noqa: PLR2004 - the longest name there is
    is_plain = is_clean(text) and not any(c.isspace() or c == "+" for c in text)
    return is_short and is_plain


def parse_note(raw: bytes, what: str) -> tuple[str, list[Line]]:
    """Return the text that was signed, and the signature lines below it."""
    try:
        whole = raw.decode()
    except ValueError:
        raise Doubt("file_unreadable", file=what) from None
    text, blank, below = whole.rpartition("\n\n")
    *lines, rest = below.split("\n")
    is_note = blank and is_clean(text) and not rest and lines
    if not is_note or len(lines) > MOST_SIGNATURES:
        raise Doubt("file_unreadable", file=what)
    return f"{text}\n", [parse_line(line, what) for line in lines]


def parse_line(line: str, what: str) -> Line:
    """Return who signed, with which key, and the signature itself."""
    name, _, encoded = line.removeprefix("— ").partition(" ")
    found = unbase64(encoded, what)
    if not line.startswith("— ") or not is_name(name) or not found[4:]:
        raise Doubt("file_unreadable", file=what)
    return Line(name, found[:4], found[4:])


def time_of_signature(key: Key, text: str, body: bytes) -> int | None:
    """Return when a key signed a text, 0 if it tells no time, None if it did not."""
    if key.kind == NOTE:
        return 0 if key.has_signed(text.encode(), body) else None
    at, signature = int.from_bytes(body[:8], "big"), body[8:]
    message = f"cosignature/v1\ntime {at}\n{text}".encode()
    is_moment = 0 < at <= MOST
    return at if is_moment and key.has_signed(message, signature) else None


def signers(text: str, lines: list[Line], known: list[Key]) -> dict[Key, int]:
    """Return who of the known signed, and when; one forged signature spoils it all."""
    found: dict[Key, int] = {}
    for line in lines:
        for key in known:
            if (key.name, key.id) == (line.name, line.key_id):
                at = time_of_signature(key, text, line.body)
                if at is None:
                    raise Doubt("signature_forged", who=key.name)
                found.setdefault(key, at)
    return found


def read_checkpoint(path: Path, trust: Trust) -> Checkpoint:
    """Return a checkpoint of the trusted log, signed by it."""
    what = path.name
    text, lines = parse_note(read(path, MOST_NOTE_BYTES), what)
    parts = text.removesuffix("\n").split("\n")
    if len(parts) < 3 or not all(parts):  # noqa: PLR2004 - origin, size, root
        raise Doubt("file_unreadable", file=what)
    size, root = number(parts[1], what), unbase64(parts[2], what, HASH)
    by = signers(text, lines, trust.log + trust.witnesses)
    logs = [key.name for key in by if key in trust.log]
    if parts[0] != trust.origin or not logs:
        raise Doubt("not_signed", file=what)
    saw = [(key.name, at) for key, at in by.items() if key in trust.witnesses]
    return Checkpoint(size, root, logs, saw)


# ---- The tree ------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def left_of(size: int) -> int:
    """Return how many leaves are on the left: the largest power of 2 below `size`."""
    return 1 << (size - 1).bit_length() - 1


def leaf_of(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the hash of one fact: each part with its length before it."""
    content = b"gadelys-leaf/1\n" + version.to_bytes(8, "big")
    for part in (stream.encode(), topic.encode(), state):
        content += len(part).to_bytes(8, "big") + part
    return sha256(b"\x00" + content).digest()


def root_over(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Return the root of a tree with this leaf at this place, if `proof` is right."""
    if size == 1 or not proof:
        if size != 1 or proof:
            raise Doubt("not_included")
        return leaf
    *below, beside = proof
    left = left_of(size)
    if index < left:
        return node(root_over(leaf, index, left, below), beside)
    return node(beside, root_over(leaf, index - left, size - left, below))


def both_roots(
    old: int, new: int, proof: list[bytes], known: bytes | None
) -> tuple[bytes, bytes]:
    """Return the roots of the tree at `old` and at `new`, if `proof` is right.

    `known` is the old root, as long as the old tree begins where this part begins.
    """
    if old == new:
        found = [known, *proof] if known else proof
        if len(found) != 1 or found[0] is None:
            raise Doubt("not_consistent")
        return found[0], found[0]
    if not proof:
        raise Doubt("not_consistent")
    *below, beside = proof
    left = left_of(new)
    if old <= left:
        before, after = both_roots(old, left, below, known)
        return before, node(after, beside)
    before, after = both_roots(old - left, new - left, below, None)
    return node(beside, before), node(beside, after)


def check_growth(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> None:
    """Doubt that the ledger has only grown from one checkpoint to the other."""
    if old.size > new.size:
        raise Doubt("not_consistent")
    if old.size == 0:
        if proof or old.root != sha256().digest():
            raise Doubt("not_consistent")
        return
    if both_roots(old.size, new.size, proof, old.root) != (old.root, new.root):
        raise Doubt("not_consistent")


# ---- The facts of the case -----------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One fact as it was stored; `proof` is None if no checkpoint covers it."""

    index: int
    id: str
    stream: str
    version: int
    topic: str
    state: bytes
    seal: bytes | None
    proof: list[bytes] | None


@dataclass(frozen=True)
class Folder:
    """What facts.json says."""

    case: str
    stream: str
    origin: str
    count: int
    page: str
    facts: list[Fact]
    consistency: list[bytes] | None


def parse_folder(raw: bytes) -> Folder:
    """Return what facts.json says, if it has the one shape that is known."""
    what = "facts.json"
    told = shaped(parse_json(raw, what), FOLDER_SHAPE, what)
    if told.pop("format") != FORMAT:
        raise Doubt("format_unknown")
    told["facts"] = [parse_fact(one) for one in told["facts"]]
    if told["consistency"] is not None:
        told["consistency"] = hashes(told["consistency"], what)
    return Folder(**told)


def parse_fact(value: object) -> Fact:
    """Return one fact of facts.json."""
    what = "facts.json"
    told = shaped(value, FACT_SHAPE, what)
    is_placed = 0 <= told["index"] < MOST and 0 < told["version"] <= MOST
    if not is_placed or not is_clean(told["stream"] + told["topic"]):
        raise Doubt("file_unreadable", file=what)
    told["state"] = unbase64(told["state"], what)
    if told["seal"] is not None:
        told["seal"] = unbase64(told["seal"], what)
    if told["proof"] is not None:
        told["proof"] = hashes(told["proof"], what)
    return Fact(**told)


def check_place(fact: Fact, nth: int, before: Fact | None, folder: Folder) -> None:
    """Doubt a fact that is not the next one of this case."""
    if fact.stream != folder.stream or fact.version != nth:
        raise Doubt("version_gap", expected=nth, found=fact.version)
    if before and fact.index <= before.index:
        raise Doubt("out_of_order")


def check_content(fact: Fact, before: Fact | None) -> None:
    """Doubt a fact that says another id itself, or tears a command apart.

    One command may store several facts, `nth` of `of`: all of them, or none.
    """
    told = content_of(fact)
    if told.get("id") != fact.id or str(UUID(fact.id)) != fact.id:
        raise Doubt("id_differs")
    last = content_of(before) if before else {}
    begins = last.get("nth") == last.get("of")
    expected = 1 if begins else last.get("nth", 0) + 1
    same = begins or all(told.get(one) == last.get(one) for one in ("asked", "of"))
    if told.get("nth") != expected or not same:
        raise Doubt("command_torn")


def check_in_ledger(fact: Fact, checkpoint: Checkpoint) -> None:
    """Doubt a fact that is not at its place under the signed root."""
    if fact.proof is None:
        raise Doubt("not_covered" if fact.index >= checkpoint.size else "not_included")
    if fact.index >= checkpoint.size:
        raise Doubt("not_included")
    leaf = leaf_of(fact.stream, fact.version, fact.topic, fact.state)
    if root_over(leaf, fact.index, checkpoint.size, fact.proof) != checkpoint.root:
        raise Doubt("not_included")


def check_seal(fact: Fact, trust: Trust) -> None:
    """Doubt a fact that was not sealed before it was stored, once facts were sealed."""
    position = fact.index + 1
    if not must_be_sealed(fact, trust):
        return
    leaf = leaf_of(fact.stream, fact.version, fact.topic, fact.state)
    told = base64.b64encode(leaf).decode()
    message = f"gadelys-seal/1\n{trust.origin}\n{told}\n".encode()
    seal = fact.seal or b""
    for one in trust.seals:
        if one.covers(position) and seal[:4] == one.key.id:
            if one.key.has_signed(message, seal[4:]):
                return
            break
    raise Doubt("not_sealed")


def must_be_sealed(fact: Fact, trust: Trust) -> bool:
    """Whether facts were sealed already when this one came."""
    return any(one.first <= fact.index + 1 for one in trust.seals)


def content_of(fact: Fact) -> dict[str, Any]:
    """Return what a fact says: an object of JSON, as it was stored."""
    told = parse_json(fact.state, "facts.json")
    if type(told) is not dict or type(told.get("event")) is not dict:
        raise Doubt("fact_unreadable")
    if any(type(told.get(one)) is not int for one in ("nth", "of")):
        raise Doubt("fact_unreadable")
    return told


def doubts_of(
    fact: Fact,
    nth: int,
    before: Fact | None,
    folder: Folder,
    checkpoint: Checkpoint,
    trust: Trust,
) -> Iterator[Doubt]:
    """Yield everything about one fact that does not fit."""
    checks: tuple[Callable[[], None], ...] = (
        lambda: check_place(fact, nth, before, folder),
        lambda: check_in_ledger(fact, checkpoint),
        lambda: check_seal(fact, trust),
        lambda: check_content(fact, before),
    )
    for check in checks:
        try:
            check()
        except Doubt as doubt:
            yield doubt if doubt.key in ABOUT_A_FACT else Doubt("fact_unreadable")
        except (ValueError, TypeError, RecursionError):  # e.g. an id that is none
            yield Doubt("fact_unreadable")


# ---- The whole, and saying it --------------------------------------------------------


class Teller:
    """Says everything in one language, and remembers the doubts."""

    def __init__(self, lang: str) -> None:
        self._nth = ("da", "en").index(lang)
        self.lines: list[str] = []
        self.doubts: list[str] = []

    def text(self, key: str, **values: object) -> str:
        """Return a sentence; what came from outside cannot steer a terminal."""
        shown = {name: plain(str(value)) for name, value in values.items()}
        return TEXTS[key][self._nth].format(**shown)

    def holds(self, key: str, **values: object) -> None:
        """Say what holds."""
        self.lines.append(f"[ok]    {self.text(key, **values)}")

    def say(self, key: str, **values: object) -> None:
        """Say something that is neither proved nor doubted."""
        self.lines.append(self.text(key, **values))

    def doubt(self, doubt: Doubt, fact: Fact | None = None) -> None:
        """Say what does not fit."""
        told = self.text(doubt.key, **doubt.values)
        if fact:
            told = self.text(
                "at_fact", version=fact.version, position=fact.index + 1, what=told
            )
        self.doubts.append(told)
        self.lines.append(f"[{self.text('mark')}] {told}")


def plain(text: str) -> str:
    """Return text on one line; what cannot be seen is shown by its number."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def verify(
    folder: Path, own_trust: Path | None, since: Path | None, to: Teller
) -> None:
    """Check everything, and say what holds; raise Doubt where nothing more can be."""
    raw = read(own_trust or folder / "trust.toml")
    trust = parse_trust(raw)
    told = parse_folder(read(folder / "facts.json"))
    to.say("about", case=told.case, origin=trust.origin)
    if own_trust:
        to.holds("trust_is_yours", file=own_trust)
    else:
        to.say("trust_came_along", digest=sha256(raw).hexdigest())
    checkpoint = read_checkpoint(folder / "checkpoint", trust)
    root = base64.b64encode(checkpoint.root).decode()
    to.holds("signed", size=checkpoint.size, root=root, who=", ".join(checkpoint.log))
    if told.origin != trust.origin or told.stream != f"finding/{told.case}":
        raise Doubt("another_ledger")
    say_witnesses(checkpoint, trust, to)
    say_growth(folder, since, told, checkpoint, trust, to)
    say_facts(told, checkpoint, trust, to)
    say_page(folder, told, to)


def say_witnesses(checkpoint: Checkpoint, trust: Trust, to: Teller) -> None:
    """Say who else saw the checkpoint, and whether they are enough."""
    for name, at in checkpoint.witnesses:
        seen = datetime.fromtimestamp(at, UTC) if at <= MOST_SECONDS else at
        to.holds("witnessed", who=name, at=seen)
    if len(checkpoint.witnesses) < trust.quorum:
        found = len(checkpoint.witnesses)
        to.doubt(Doubt("witnesses_missing", found=found, needed=trust.quorum))
    elif not trust.quorum:
        to.say("no_witnesses")


def say_growth(
    folder: Path,
    since: Path | None,
    told: Folder,
    checkpoint: Checkpoint,
    trust: Trust,
    to: Teller,
) -> None:
    """Say whether the ledger has only grown since an earlier checkpoint."""
    there = folder / "since"
    if told.consistency is None:
        if since or there.exists():
            to.doubt(Doubt("growth_unproved"))
        return
    try:
        earlier = read_checkpoint(since or there, trust)
        check_growth(earlier, checkpoint, told.consistency)
    except Doubt as doubt:
        to.doubt(doubt)
        return
    to.holds("grown" if since else "grown_from_theirs", size=earlier.size)


def say_facts(told: Folder, checkpoint: Checkpoint, trust: Trust, to: Teller) -> None:
    """Say of every fact what it is, and whether it is where it should be."""
    to.say("facts", count=len(told.facts))
    before = None
    for nth, fact in enumerate(told.facts, start=1):
        to.say("fact", version=fact.version, position=fact.index + 1, topic=fact.topic)
        doubts = list(doubts_of(fact, nth, before, told, checkpoint, trust))
        for doubt in doubts:
            to.doubt(doubt, fact)
        if not doubts:
            is_sealed = must_be_sealed(fact, trust)
            to.holds("fact_holds" if is_sealed else "fact_holds_unsealed")
        say_content(fact, to)
        before = fact
    ids = {fact.id for fact in told.facts}
    if len(ids) != len(told.facts) or len(ids) != told.count or not ids:
        to.doubt(Doubt("facts_lost", count=told.count, found=len(ids)))
    if before and is_torn(before):
        to.doubt(Doubt("command_torn"), before)


def is_torn(last: Fact) -> bool:
    """Whether the last fact was not the last one of its command."""
    try:
        content = content_of(last)
    except Doubt:
        return False  # it has been doubted already
    return bool(content["nth"] != content["of"])


def say_content(fact: Fact, to: Teller) -> None:
    """Print the content itself, value by value: this is what is proved."""
    try:
        content = content_of(fact)
        event = content.pop("event")
        for name, value in {**content, **event}.items():
            written = json.dumps(value, ensure_ascii=False)
            to.lines.append(f"          {plain(name)}: {plain(written)}")
    except (Doubt, RecursionError):
        to.say("content_unreadable")


def say_page(folder: Path, told: Folder, to: Teller) -> None:
    """Say what the page for people is worth: it is a retelling, and not proved."""
    try:
        page = read(folder / "historik.html")
    except Doubt as doubt:
        to.doubt(doubt)
        return
    if sha256(page).hexdigest() != told.page:
        to.doubt(Doubt("page_differs"))
    else:
        to.say("page_not_proved")


def main(arguments: list[str]) -> int:
    """Check one folder; return how to end."""
    parser = argparse.ArgumentParser(description="gadelys-evidence/1")
    parser.add_argument("folder", nargs="?", default=Path(__file__).parent, type=Path)
    parser.add_argument("--trust", type=Path, help="trust.toml, din egen / your own")
    parser.add_argument("--since", type=Path, help="kontrolpunkt / checkpoint")
    parser.add_argument("--lang", choices=("da", "en"), default="da")
    asked = parser.parse_args(arguments)
    to = Teller(asked.lang)
    try:
        verify(asked.folder, asked.trust, asked.since, to)
    except Doubt as doubt:
        to.doubt(doubt)
    except Exception as problem:  # noqa: BLE001 - what we did not think of is a doubt
        to.doubt(Doubt("unexpected", problem=type(problem).__name__))
    if to.doubts:
        to.say("conclusion_doubt", first=to.doubts[0], count=len(to.doubts))
    else:
        to.say("conclusion" if asked.trust else "conclusion_without_trust")
    text = "\n".join([*to.lines, ""])
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    return 1 if to.doubts else 0


ABOUT_A_FACT = {
    *("version_gap", "out_of_order", "not_included", "not_covered"),
    *("not_sealed", "id_differs", "command_torn", "fact_unreadable"),
}

TEXTS = {  # key: (Danish, English)
    "mark": (
        "TVIVL",
        "DOUBT",
    ),
    "about": (
        "Sagen {case}, som den står i protokollen {origin}.",
        "Case {case} as it stands in the ledger {origin}.",
    ),
    "trust_is_yours": (
        "Efterprøvet imod din egen fil {file}.",
        "Checked against your own file {file}.",
    ),
    "trust_came_along": (
        (
            "NB: trust.toml fulgte med mappen. Uden --trust med din egen kopi ses "
            "kun, at mappen passer med sig selv. Filens fingeraftryk: {digest}"
        ),
        (
            "NB: trust.toml came with the folder. Without --trust and a copy of "
            "your own this only shows that the folder fits itself. Its fingerprint:"
            " {digest}"
        ),
    ),
    "signed": (
        "Kontrolpunktet er underskrevet af {who}: {size} oplysninger, rod {root}.",
        "The checkpoint is signed by {who}: {size} facts, root {root}.",
    ),
    "witnessed": (
        "Vidnet {who} så kontrolpunktet {at}.",
        "The witness {who} saw the checkpoint at {at}.",
    ),
    "no_witnesses": (
        (
            "NB: Din trust.toml kræver ingen vidner. Så kunne den, der fører "
            "protokollen, vise andre en anden."
        ),
        (
            "NB: Your trust.toml asks for no witnesses. So whoever keeps the ledger"
            " could show others another one."
        ),
    ),
    "grown": (
        "Siden dit kontrolpunkt over {size} oplysninger er der kun kommet til.",
        "Since your checkpoint over {size} facts the ledger has only grown.",
    ),
    "grown_from_theirs": (
        (
            "Siden kontrolpunktet i filen since over {size} oplysninger er der kun "
            "kommet til. Er filen magen til den, du selv har gemt? Brug --since."
        ),
        (
            "Since the checkpoint in the file since over {size} facts the ledger "
            "has only grown. Is the file the one that you have kept? Use --since."
        ),
    ),
    "facts": (
        "\nSagens oplysninger: {count}",
        "\nFacts of the case: {count}",
    ),
    "fact": (
        "\n{version}. {topic}, nummer {position} i protokollen",
        "\n{version}. {topic}, number {position} in the ledger",
    ),
    "fact_holds": (
        "Netop dette står på netop den plads, og seglet er rigtigt.",
        "Exactly this stands at exactly that place, and its seal is right.",
    ),
    "fact_holds_unsealed": (
        "Netop dette står på netop den plads. Den er fra før, der fandtes segl.",
        "Exactly this stands at exactly that place. It came before there were seals.",
    ),
    "content_unreadable": (
        "          (indholdet kan ikke læses)",
        "          (the content cannot be read)",
    ),
    "page_not_proved": (
        (
            "\nNB: historik.html er en genfortælling og er ikke bevist. "
            "Oplysningerne ovenfor er."
        ),
        "\nNB: historik.html is a retelling and is not proved. The facts above are.",
    ),
    "conclusion": (
        (
            "Alt holder. Det er sagens oplysninger uden huller til og med den "
            "sidste her. Der kan være kommet flere til siden, og ingen kan se "
            "heraf, om det skrevne var sandt."
        ),
        (
            "Everything holds. These are the facts of the case without gaps, up to "
            "the last one here. There may be later ones, and nobody can see from "
            "this whether what was written was true."
        ),
    ),
    "conclusion_without_trust": (
        (
            "Mappen passer med sig selv. Det beviser først noget sammen med din "
            "egen trust.toml: brug --trust."
        ),
        (
            "The folder fits itself. That proves something only together with a "
            "trust.toml of your own: use --trust."
        ),
    ),
    "conclusion_doubt": (
        "\nDER ER TVIVL ({count}). Den første: {first}",
        "\nTHERE IS DOUBT ({count}). The first: {first}",
    ),
    "at_fact": (
        "Oplysning {version} (nummer {position} i protokollen): {what}",
        "Fact {version} (number {position} in the ledger): {what}",
    ),
    "file_missing": (
        "Filen {file} mangler.",
        "The file {file} is missing.",
    ),
    "file_too_large": (
        "Filen {file} er for stor.",
        "The file {file} is too large.",
    ),
    "file_unreadable": (
        "Filen {file} har ikke den form, den skal have.",
        "The file {file} does not have the shape that it must have.",
    ),
    "format_unknown": (
        "facts.json er af en anden slags end denne kontrol kender.",
        "facts.json is of another kind than this check knows.",
    ),
    "signature_forged": (
        "En underskrift i navnet {who} er forkert.",
        "A signature in the name of {who} is wrong.",
    ),
    "not_signed": (
        "Filen {file} er ikke underskrevet af den protokol, du har tillid til.",
        "The file {file} is not signed by the ledger that you trust.",
    ),
    "another_ledger": (
        "Oplysningerne siger selv, at de er fra en anden protokol eller sag.",
        "The facts say themselves that they are from another ledger or case.",
    ),
    "witnesses_missing": (
        "Kontrolpunktet er set af {found} vidner, men {needed} kræves.",
        "The checkpoint was seen by {found} witnesses, but {needed} are needed.",
    ),
    "growth_unproved": (
        "Mappen viser ikke, at protokollen kun er vokset siden kontrolpunktet.",
        "The folder does not show that the ledger has only grown since the checkpoint.",
    ),
    "not_consistent": (
        "Protokollen begynder ikke med det, der stod i det tidligere kontrolpunkt.",
        "The ledger does not begin with what the earlier checkpoint said.",
    ),
    "version_gap": (
        "den er ikke den næste i sagen. Her skulle stå {expected}, ikke {found}.",
        "it is not the next one of the case. Here should be {expected}, not {found}.",
    ),
    "out_of_order": (
        "den står i protokollen før den foregående.",
        "it stands in the ledger before the one before it.",
    ),
    "not_included": (
        "den står ikke sådan på den plads i protokollen.",
        "it does not stand like this at that place in the ledger.",
    ),
    "not_covered": (
        "intet kontrolpunkt dækker den endnu. Kun dens segl taler for den.",
        "no checkpoint covers it yet. Only its seal speaks for it.",
    ),
    "not_sealed": (
        "den har intet gyldigt segl, så programmet har ikke gemt den.",
        "it has no valid seal, so the program did not store it.",
    ),
    "id_differs": (
        "den siger selv et andet id.",
        "it says another id itself.",
    ),
    "command_torn": (
        "den hører til en kommando, som ikke er hel her.",
        "it belongs to a command that is not whole here.",
    ),
    "fact_unreadable": (
        "den kan ikke læses.",
        "it cannot be read.",
    ),
    "facts_lost": (
        "Der skulle være {count} oplysninger, men her er {found}.",
        "There should be {count} facts, but here are {found}.",
    ),
    "page_differs": (
        "historik.html er ikke den side, der blev lavet sammen med mappen.",
        "historik.html is not the page that was made with the folder.",
    ),
    "unexpected": (
        "Noget uventet gik galt: {problem}.",
        "Something unexpected went wrong: {problem}.",
    ),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
