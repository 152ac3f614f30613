"""The check that is handed out: what it lets pass, and every forgery that it finds."""

import base64
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.ledger import verify_evidence as checker
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.signing import Signer
from adapters.proof.tree import consistency_proof, inclusion_proof
from tests.adapters.ledger.some_case import (
    LOG,
    TRUST,
    Cases,
    cases_in,
    lived,
)
from tests.adapters.ledger.some_log import ORIGIN, SEEN_AT, WITNESS
from tests.adapters.proof.kept_tree import KeptTree, numbered
from tests.adapters.stores import SqliteBackend

Facts = dict[str, Any]
HOSTILE = 150


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the bundle of this module lies, and the auditor's own files."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="module")
def cases(place: Path) -> Iterator[Cases]:
    """Return cases of which one has been handed out."""
    with closing(SqliteBackend(place / "events.db")) as backend:
        found = cases_in(backend, place / "ledger")
        half = lived(found)
        found.hand_out(place / "good", half)
        (place / "mine.toml").write_text(TRUST.text, "utf-8")
        (place / "mine.checkpoint").write_bytes(bytes(half))
        yield found


@pytest.fixture
def bundle(cases: Cases, place: Path, tmp_path: Path) -> Path:
    """Return a bundle to be forged."""
    return Path(shutil.copytree(place / "good", tmp_path / "bundle"))


@pytest.fixture
def check(
    place: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, str]]:
    """Return a function that checks a folder as an auditor does, in English."""

    def run(folder: Path, *more: str, trust: str | None = "mine.toml") -> Any:
        own = ["--trust", str(place / trust)] if trust else []
        code = checker.main([str(folder), "--lang", "en", *own, *more])
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        assert captured.err == b""
        return code, captured.out.decode()

    return run


def facts_of(bundle: Path) -> Facts:
    facts = json.loads((bundle / "facts.json").read_bytes())
    assert isinstance(facts, dict)
    return facts


def write_facts(bundle: Path, facts: object) -> None:
    (bundle / "facts.json").write_text(json.dumps(facts), "utf-8")


# ---- a bundle that is what it says ----


def outside(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the check that is in a folder, from elsewhere, with nothing of ours."""
    return subprocess.run(
        [sys.executable, "-I", str(folder / "verify_evidence.py"), *arguments],
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_good_bundle_holds_wherever_it_is_checked(bundle: Path, place: Path) -> None:
    own = ("--trust", str(place / "mine.toml"))
    since = ("--since", str(place / "mine.checkpoint"))

    done = outside(bundle, *own, *since)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Alt holder." in done.stdout
    assert "Lampen er slukket æøå 3" in done.stdout
    assert "Vidnet witness.example/police så kontrolpunktet 2026-05-04" in done.stdout
    assert "historik.html er en genfortælling og er ikke bevist" in done.stdout
    assert "Der kan være kommet flere til siden" in done.stdout


def test_the_check_has_nothing_of_ours_and_writes_nothing(bundle: Path) -> None:
    text = (bundle / "verify_evidence.py").read_text("utf-8")
    imported = [line for line in text.splitlines() if "import " in line]

    assert not any(
        name in line
        for line in imported
        for name in ("adapters", "domain", "projections", "subprocess", "socket")
    )
    assert "write(" not in text.replace("stdout.buffer.write(", "")


def test_without_a_trust_of_ones_own_it_only_fits_itself(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    code, out = check(bundle, trust=None)

    assert code == 0
    assert "came with the folder" in out
    assert "The folder fits itself." in out
    assert "Everything holds" not in out


def test_it_says_which_earlier_checkpoint_was_used(
    bundle: Path, place: Path, check: Callable[..., tuple[int, str]]
) -> None:
    _, theirs = check(bundle)
    _, mine = check(bundle, "--since", str(place / "mine.checkpoint"))

    assert "Is the file the one that you have kept?" in theirs
    assert "Since your checkpoint over 12 facts" in mine


def test_a_fact_from_before_the_seals_holds_without_one(
    bundle: Path, place: Path, check: Callable[..., tuple[int, str]]
) -> None:
    facts = facts_of(bundle)
    for fact in facts["facts"]:
        fact["seal"] = None
    write_facts(bundle, facts)
    late = TRUST.text.replace("first = 1\n", "first = 1000\n")
    (place / "late.toml").write_text(late, "utf-8")

    code, out = check(bundle, trust="late.toml")

    assert code == 0
    assert "came before there were seals" in out


# ---- forgeries ----


def flip(text: str) -> str:
    """Return the base64 of other bytes."""
    content = bytearray(base64.b64decode(text))
    content[len(content) // 2] ^= 1
    return base64.b64encode(bytes(content)).decode()


def retold(state: str, **changed: object) -> str:
    """Return a state that says something else."""
    told = json.loads(base64.b64decode(state)) | changed
    return base64.b64encode(json.dumps(told).encode()).decode()


def edited(
    nth: int, name: str, change: Callable[[Any], Any]
) -> Callable[[Facts], None]:
    def forge(facts: Facts) -> None:
        fact = facts["facts"][nth]
        fact[name] = change(fact[name])

    return forge


def swapped(facts: Facts) -> None:
    found = facts["facts"]
    found[1], found[2] = found[2], found[1]


def swapped_with_their_versions(facts: Facts) -> None:
    swapped(facts)
    for nth, fact in enumerate(facts["facts"], start=1):
        fact["version"] = nth


def states_swapped(facts: Facts) -> None:
    one, other = facts["facts"][1], facts["facts"][2]
    one["state"], other["state"] = other["state"], one["state"]


def without(nth: int, *, counted: bool = False) -> Callable[[Facts], None]:
    def forge(facts: Facts) -> None:
        del facts["facts"][nth]
        facts["count"] -= counted

    return forge


def renumbered(facts: Facts) -> None:
    without(1, counted=True)(facts)
    for nth, fact in enumerate(facts["facts"], start=1):
        fact["version"] = nth


def twice(facts: Facts) -> None:
    facts["facts"].append(facts["facts"][-1])
    facts["count"] += 1


def nothing_left(facts: Facts) -> None:
    facts["facts"], facts["count"] = [], 0


def uncovered(facts: Facts) -> None:
    facts["facts"][-1] |= {"proof": None, "index": 10_000}


def hidden_proof(facts: Facts) -> None:
    facts["facts"][2]["proof"] = None


def another_seal(facts: Facts) -> None:
    facts["facts"][0]["seal"] = facts["facts"][1]["seal"]


def proof_changed(change: Callable[[list[str]], list[str]]) -> Callable[[Facts], None]:
    return edited(2, "proof", change)


FORGED: dict[str, tuple[Callable[[Facts], None], str]] = {
    "a byte of a state": (
        edited(1, "state", flip),
        "Fact 2 (number 6 in the ledger): it does not stand like this",
    ),
    "what somebody wrote": (
        edited(0, "state", lambda state: retold(state, register=9)),
        "Fact 1 (number 3 in the ledger): it does not stand like this",
    ),
    "two facts swapped": (swapped, "it is not the next one of the case"),
    "two facts swapped and renumbered": (
        swapped_with_their_versions,
        "it does not stand like this",
    ),
    "two states swapped": (states_swapped, "Fact 2 (number 6"),
    "the first fact dropped": (without(0), "Here should be 1, not 2"),
    "a fact in the middle dropped": (without(2), "Here should be 3, not 4"),
    "a fact dropped, the rest renumbered": (renumbered, "it does not stand like this"),
    "the last fact dropped": (without(-1), "There should be 6 facts, but here are 5"),
    "the last fact dropped and not counted": (
        without(-1, counted=True),
        "it belongs to a command that is not whole",
    ),
    "the last fact told twice": (twice, "Here should be 7, not 6"),
    "all facts dropped": (nothing_left, "There should be 0 facts"),
    "another version": (edited(3, "version", lambda _: 5), "Here should be 4, not 5"),
    "another topic": (
        edited(3, "topic", lambda _: "finding.declined.v1"),
        "it does not stand like this",
    ),
    "another stream": (
        edited(0, "stream", lambda _: "finding/2026-01"),
        "it is not the next one of the case",
    ),
    "another place": (edited(2, "index", lambda index: index + 1), "Fact 3 (number 10"),
    "another id": (edited(1, "id", lambda _: str(UUID(int=1))), "another id"),
    "no id": (edited(1, "id", lambda _: "raw 3"), "another id"),
    "a hash of a proof": (
        proof_changed(lambda proof: [flip(proof[0]), *proof[1:]]),
        "Fact 3 (number 9 in the ledger): it does not stand like this",
    ),
    "a proof too short": (proof_changed(lambda proof: proof[:-1]), "Fact 3 (number 9"),
    "a proof too long": (proof_changed(lambda p: [*p, p[0]]), "Fact 3 (number 9"),
    "an empty proof": (proof_changed(lambda _: []), "Fact 3 (number 9"),
    "a proof turned round": (proof_changed(lambda p: p[::-1]), "Fact 3 (number 9"),
    "a proof hidden": (hidden_proof, "Fact 3 (number 9"),
    "a fact said to be newer": (uncovered, "no checkpoint covers it yet"),
    "a seal changed": (edited(0, "seal", flip), "it has no valid seal"),
    "a seal taken away": (edited(0, "seal", lambda _: None), "it has no valid seal"),
    "the seal of another fact": (another_seal, "it has no valid seal"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_fact_is_found_and_named(
    name: str, bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    forge, told = FORGED[name]
    facts = facts_of(bundle)
    forge(facts)
    write_facts(bundle, facts)

    code, out = check(bundle)

    assert code == 1
    assert told in out.partition("THERE IS DOUBT")[2]
    assert "Everything holds" not in out


def test_what_was_left_out_at_the_end_cannot_be_seen_and_that_is_said(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    facts = facts_of(bundle)
    del facts["facts"][-2:]  # all facts of the last command
    facts["count"] -= 2
    write_facts(bundle, facts)

    code, out = check(bundle)

    assert code == 0
    assert "up to the last one here. There may be later ones" in " ".join(out.split())


def test_facts_of_another_case_are_not_those_of_this_one(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    facts = facts_of(bundle)
    for name in ("case", "stream", "origin"):
        write_facts(bundle, facts | {name: "finding/2026-01"})

        assert check(bundle)[0] == 1


# ---- checkpoints, keys and witnesses ----


def resigned(note: bytes, *, signer: Signer = LOG, **changed: Any) -> bytes:
    """Return a checkpoint that says something else, signed again."""
    text = replace(Checkpoint.parse(Note.parse(note).text), **changed).text
    return bytes(Note(text, (signer.sign(text), WITNESS.cosign(text, SEEN_AT))))


STRANGER = Signer(ORIGIN, bytes(32))
NOTES: dict[str, Callable[[bytes], bytes]] = {
    "a digit": lambda note: note.replace(b"\n15\n", b"\n16\n"),
    "a letter of the root": lambda note: note[:30] + b"A" + note[31:],
    "a letter of the signature": lambda note: note[:150] + b"AAAA" + note[154:],
    "another root, signed": lambda note: resigned(note, root=bytes(32)),
    "another size, signed": lambda note: resigned(note, size=20),
    "another ledger, signed": lambda note: resigned(note, origin="other.example/log"),
    "signed by a stranger": lambda note: resigned(note, signer=STRANGER),
    "only the witness": lambda note: (
        note.partition(b"\xe2\x80\x94 log")[0]
        + note[note.index(b"\xe2\x80\x94 witness") :]
    ),
    "only the log": lambda note: note[: note.index(b"\xe2\x80\x94 witness")],
    "nobody": lambda note: note[: note.index(b"\xe2\x80\x94 log")],
    "a later time": lambda note: bytes(
        Note.parse(resigned(note)).with_signatures(
            [
                type(line)(line.name, line.key_id, bytes(8) + line.body[8:])
                for line in Note.parse(note).signatures[1:]
            ]
        )
    ),
    "not UTF-8": lambda note: note + b"\xff",
    "an empty file": lambda _: b"",
    "much": lambda note: note * 10_000,
}


@pytest.mark.parametrize("name", NOTES)
def test_a_forged_checkpoint_is_found(
    name: str, bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    path = bundle / "checkpoint"
    forged = NOTES[name](path.read_bytes())
    assert forged != path.read_bytes()
    path.write_bytes(forged)

    assert check(bundle)[0] == 1


def test_one_s_own_trust_counts_and_not_what_came_along(
    bundle: Path, place: Path, check: Callable[..., tuple[int, str]]
) -> None:
    theirs = TRUST.text.replace(str(LOG.verifier), str(STRANGER.verifier))
    (bundle / "trust.toml").write_text(theirs, "utf-8")
    note = bundle / "checkpoint"
    honest = note.read_bytes()
    note.write_bytes(resigned(honest, signer=STRANGER))
    (bundle / "since").write_bytes(
        resigned((bundle / "since").read_bytes(), signer=STRANGER)
    )

    assert check(bundle, trust=None)[0] == 0
    code, out = check(bundle)
    assert code == 1
    assert "checkpoint is not signed by the ledger that you trust" in out

    (place / "other.toml").write_text(theirs, "utf-8")
    note.write_bytes(honest)
    assert check(bundle, trust="other.toml")[0] == 1


TRUSTS: dict[str, Callable[[str], str]] = {
    "other seals": lambda text: text.replace("first = 1\n", "first = 1\nlast = 2\n"),
    "more witnesses": lambda text: text.replace("quorum = 1", "quorum = 2"),
    "a quorum below zero": lambda text: text.replace("quorum = 1", "quorum = -1"),
    "no log": lambda text: text.replace("[[log]]", "[[witness]]"),
    "an unknown field": lambda text: text + "more = 1\n",
    "another format": lambda text: text.replace("trust/1", "trust/2"),
    "a wrong key": lambda text: text.replace("+", "+0", 1),
    "a truth as a number": lambda text: text.replace("quorum = 1", "quorum = true"),
    "nesting": lambda text: text + "more = " + "[" * 5000 + "]" * 5000,
    "nothing": lambda _: "",
    "garbage": lambda _: "\x00{",
}


@pytest.mark.parametrize("name", TRUSTS)
def test_another_trust_is_another_answer(
    name: str, bundle: Path, place: Path, check: Callable[..., tuple[int, str]]
) -> None:
    changed = TRUSTS[name](TRUST.text)
    assert changed != TRUST.text
    (place / "changed.toml").write_text(changed, "utf-8")

    assert check(bundle, trust="changed.toml")[0] == 1


# ---- growth since an earlier checkpoint ----

GROWTH: dict[str, Callable[[Facts], None]] = {
    "no proof": lambda facts: facts.update(consistency=None),
    "an empty proof": lambda facts: facts.update(consistency=[]),
    "a hash": lambda facts: facts["consistency"].__setitem__(
        0, flip(facts["consistency"][0])
    ),
    "too short": lambda facts: facts["consistency"].pop(),
    "too long": lambda facts: facts["consistency"].append(facts["consistency"][0]),
}


@pytest.mark.parametrize("name", GROWTH)
def test_forged_growth_is_found(
    name: str, bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    facts = facts_of(bundle)
    GROWTH[name](facts)
    write_facts(bundle, facts)

    assert check(bundle)[0] == 1


@pytest.mark.parametrize("changed", [{"root": bytes(32)}, {"size": 11}, {"size": 99}])
def test_a_history_that_was_signed_otherwise_before_is_found(
    changed: dict[str, Any],
    bundle: Path,
    tmp_path: Path,
    check: Callable[..., tuple[int, str]],
) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(resigned((bundle / "since").read_bytes(), **changed))

    code, out = check(bundle, "--since", str(mine))

    assert code == 1
    assert "The ledger does not begin with what the earlier checkpoint said" in out


def test_an_earlier_checkpoint_without_a_proof_is_a_doubt(
    cases: Cases, place: Path, tmp_path: Path, check: Callable[..., tuple[int, str]]
) -> None:
    folder = cases.hand_out(tmp_path / "without")

    assert check(folder)[0] == 0
    assert check(folder, "--since", str(place / "mine.checkpoint"))[0] == 1


# ---- hostile bundles ----

FILES = ("facts.json", "checkpoint", "since", "trust.toml", "historik.html")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["missing", "folder", "loop"])
def test_a_missing_file_is_a_doubt(
    file: str, how: str, bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    (bundle / file).unlink()
    if how == "folder":
        (bundle / file).mkdir()
    elif how == "loop":
        (bundle / file).symlink_to(file)

    code, out = check(bundle, trust=None if file == "trust.toml" else "mine.toml")

    assert code == 1
    assert f"The file {file} is missing." in out


def test_a_folder_that_is_not_there_is_a_doubt(
    tmp_path: Path, check: Callable[..., tuple[int, str]]
) -> None:
    assert check(tmp_path / "nowhere")[0] == 1
    assert check(tmp_path / ("x" * 5000))[0] == 1


def test_another_page_is_found(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    page = bundle / "historik.html"
    page.write_text(page.read_text("utf-8").replace("slukket", "tændt"), "utf-8")

    code, out = check(bundle)

    assert code == 1
    assert "historik.html is not the page that was made with the folder" in out


def json_of(facts: Facts, /, **changed: object) -> str:
    return json.dumps(facts | changed)


def fact_with(facts: Facts, /, **changed: object) -> str:
    first, *rest = facts["facts"]
    return json.dumps(facts | {"facts": [first | changed, *rest]})


GARBAGE: dict[str, Callable[[Facts], str]] = {
    "nothing": lambda _: "",
    "null": lambda _: "null",
    "a list": lambda _: "[]",
    "text": lambda _: "Sag 2026-02",
    "half": lambda facts: json_of(facts)[:200],
    "two": lambda facts: json_of(facts) * 2,
    "deep lists": lambda _: "[" * 200_000,
    "deep objects": lambda _: '{"a":' * 200_000,
    "deep inside": lambda facts: (
        json_of(facts, case="")[:-1] + ',"x":' + "[" * 90_000 + "]" * 90_000 + "}"
    ),
    "a field twice": lambda facts: json_of(facts)[:-1] + ',"case":"2026-02"}',
    "a field more": lambda facts: json_of(facts, more=1),
    "not a number": lambda facts: json_of(facts).replace('"count": 6', '"count": NaN'),
    "a huge number": lambda facts: json_of(facts, count=10**4000),
    "a number of 100,000 digits": lambda facts: json_of(facts).replace(
        '"count": 6', '"count": ' + "9" * 100_000
    ),
    "a number with a point": lambda facts: json_of(facts, count=6.0),
    "a truth": lambda facts: json_of(facts, count=True),
    "another format": lambda facts: json_of(facts, format="gadelys-evidence/2"),
    "facts that are none": lambda facts: json_of(facts, facts=[1, "2", None, []]),
    "facts as an object": lambda facts: json_of(facts, facts={}),
    "a place below zero": lambda facts: fact_with(facts, index=-1),
    "a huge place": lambda facts: fact_with(facts, index=2**64),
    "the largest place": lambda facts: fact_with(facts, index=2**63 - 2),
    "a huge version": lambda facts: fact_with(facts, version=10**30),
    "version zero": lambda facts: fact_with(facts, version=0),
    "a long proof": lambda facts: fact_with(facts, proof=[flip("A" * 44)] * 65),
    "a proof of numbers": lambda facts: fact_with(facts, proof=[1, 2, 3]),
    "short hashes": lambda facts: fact_with(facts, proof=["QUJD"]),
    "not base64": lambda facts: fact_with(facts, state="§"),
    "loose base64": lambda facts: fact_with(facts, state="QQ"),
    "no state": lambda facts: fact_with(facts, state=""),
    "half letters": lambda facts: fact_with(facts, stream="\ud800"),
    "half letters in a name": lambda facts: json_of(facts, case="\ud800"),
    "a state that is a list": lambda facts: fact_with(
        facts, state=base64.b64encode(b"[1]").decode()
    ),
    "a deep state": lambda facts: fact_with(
        facts, state=base64.b64encode(b'{"event":' * 30_000).decode()
    ),
    "a nested state": lambda facts: fact_with(
        facts,
        state=base64.b64encode(
            b'{"event":{"a":' + b"[" * 800 + b"]" * 800 + b'},"nth":1,"of":1}'
        ).decode(),
    ),
    "a state that counts wrongly": lambda facts: fact_with(
        facts, state=retold(facts["facts"][0]["state"], nth="1")
    ),
    "an id of another kind": lambda facts: fact_with(
        facts, state=retold(facts["facts"][0]["state"], id=[1])
    ),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_a_doubt_and_no_traceback(
    name: str, bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    (bundle / "facts.json").write_text(GARBAGE[name](facts_of(bundle)), "utf-8")

    code, out = check(bundle)

    assert code == 1
    assert "Something unexpected" not in out


def test_what_is_shown_cannot_steer_a_terminal(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    nasty = "\x1b[2J\u202eevil\r\n[ok]    Everything holds."
    facts = facts_of(bundle)
    facts["facts"][0]["state"] = retold(facts["facts"][0]["state"], asked=nasty)
    facts["case"] = nasty
    write_facts(bundle, facts)

    _, out = check(bundle)

    assert not {"\x1b", "\u202e", "\r"} & set(out)
    assert not any(line.startswith("[ok]    Everything") for line in out.splitlines())


def test_whoever_stops_reading_gets_no_traceback(bundle: Path) -> None:
    command = f"{sys.executable} -I {bundle}/verify_evidence.py | head -c 1"

    done = subprocess.run(
        command, shell=True, capture_output=True, timeout=60, check=False
    )

    assert b"Traceback" not in done.stderr


def test_bytes_changed_by_chance_are_doubted_or_mean_the_same(
    bundle: Path, check: Callable[..., tuple[int, str]]
) -> None:
    chance = random.Random(20260504)
    for nth in range(HOSTILE):
        path = bundle / FILES[nth % 3]
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        changed = whole[:place] + bytes([chance.randrange(256)]) + whole[place + 1 :]
        path.write_bytes(changed)

        code, out = check(bundle)

        if code == 0:
            assert changed.split() == whole.split()
        assert "Something unexpected" not in out
        path.write_bytes(whole)


# ---- the same answer as our own check ----


def test_both_checks_agree_on_every_small_tree() -> None:
    tree = KeptTree(*numbered(18))
    for size in range(1, 19):
        for index in range(size):
            leaf = sha256(b"\x00" + numbered(18)[index]).digest()
            proof = list(inclusion_proof(index, size, tree.read))
            assert checker.root_over(leaf, index, size, proof) == tree.root(size)
            for wrong in (proof[1:], [*proof, leaf]):
                if wrong != proof:
                    assert not holds(leaf, index, size, wrong, tree.root(size))
        for old in range(size + 1):
            proof = list(consistency_proof(old, size, tree.read))
            before = checker.Checkpoint(old, tree.root(old), [], [])
            after = checker.Checkpoint(size, tree.root(size), [], [])
            checker.check_growth(before, after, proof)
            with pytest.raises(checker.Doubt):
                checker.check_growth(before, after, [*proof, bytes(32)])
            if old:
                with pytest.raises(checker.Doubt):
                    checker.check_growth(before, replace(after, root=bytes(32)), proof)


def holds(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    try:
        return checker.root_over(leaf, index, size, proof) == root
    except checker.Doubt:
        return False


def fact(index: int, version: int, nth: int = 1, of: int = 1, **more: Any) -> Any:
    """Return a fact that is only looked at by itself."""
    identity = str(UUID(int=version))
    told = {"id": identity, "asked": "a", "nth": nth, "of": of, "event": {}} | more
    state = json.dumps(told).encode()
    return checker.Fact(index, identity, "finding/1", version, "t", state, None, [])


def test_a_place_beyond_the_checkpoint_is_not_that_of_its_last_fact() -> None:
    last = fact(4, 1)
    leaf = checker.leaf_of(last.stream, last.version, last.topic, last.state)
    beside = bytes(32)
    checkpoint = checker.Checkpoint(5, checker.node(beside, leaf), [], [])

    checker.check_in_ledger(replace(last, proof=[beside]), checkpoint)
    with pytest.raises(checker.Doubt):
        checker.check_in_ledger(replace(last, index=5, proof=[beside]), checkpoint)


def test_facts_of_a_case_are_in_the_ledger_in_their_order() -> None:
    folder = checker.Folder("1", "finding/1", "o", 2, "", [], None)

    checker.check_place(fact(6, 2), 2, fact(5, 1), folder)
    with pytest.raises(checker.Doubt):
        checker.check_place(fact(4, 2), 2, fact(5, 1), folder)


def test_a_command_is_all_of_its_facts_in_a_row() -> None:
    checker.check_content(fact(6, 2, 2, 2), fact(5, 1, 1, 2))
    for torn in (
        (fact(6, 2, 1, 2), fact(5, 1, 1, 2)),
        (fact(6, 2, 2, 2), fact(5, 1, 1, 1)),
        (fact(6, 2, 2, 2, asked="b"), fact(5, 1, 1, 2)),
        (fact(6, 2, 2, 3), fact(5, 1, 1, 2)),
        (fact(5, 1, 2, 2), None),
    ):
        with pytest.raises(checker.Doubt):
            checker.check_content(*torn)


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ= =", "QQ==\n", "", "§"])
def test_base64_has_one_spelling(text: str) -> None:
    assert checker.unbase64("QQ==", "x") == b"A"
    with pytest.raises(checker.Doubt):
        checker.unbase64(text, "x", 1)


def test_every_sentence_is_used_and_says_the_same_values() -> None:
    source = Path(checker.__file__).read_text("utf-8").partition("TEXTS = {")[0]
    for key, (danish, english) in checker.TEXTS.items():
        assert {f'"{key}"', f"'{key}'"} & set(QUOTED.findall(source)), key
        names = [sorted(set(_names(text))) for text in (danish, english)]
        assert names[0] == names[1], key


QUOTED = re.compile("\"[a-z_]+\"|'[a-z_]+'")


def _names(text: str) -> Iterator[str]:
    for part in text.split("{")[1:]:
        yield part.partition("}")[0]
