"""`verify`, `checkpoint`, `keys` and the ledger that runs on, from the command line."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.cli.main import FixByDefault
from adapters.health.part import Part
from adapters.ledger.book import Book
from adapters.ledger.signing import sign_now
from adapters.persistence.leases import LEDGER
from adapters.persistence.trust import read_trust
from adapters.processes import Keeping
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.settings import Settings
from tests.adapters.conftest import Answer, Line, commands
from tests.adapters.stores import SqliteBackend
from tests.faults.programs import Program, wait

CASE = ("--category", "LGT-FAIL", "--text", "To lamper er slukket.")
BY = ("--by", "municipality/walk-coordinator", "--at", "2025-03-10")


@pytest.fixture
async def proven(line: Line) -> Line:
    """Return a line with two cases, both in the ledger."""
    assert line("report", "2025-01", *CASE, *BY).code == 0
    assert line("report", "2025-02", *CASE, *BY).code == 0
    with installation.opened(Settings(data=line.data)) as system:
        await sign_now(system)
    return line


def tamper(line: Line, *statements: str) -> None:
    backend = SqliteBackend(line.data / "events.db")
    for name in ("changed", "deleted"):
        backend.below(f"DROP TRIGGER IF EXISTS facts_are_never_{name}")
    for statement in statements:
        backend.below(statement)


# ---- verify ----


def test_a_history_that_fits_ends_with_0(proven: Line) -> None:
    answer = proven("verify")

    assert (answer.code, answer.err) == (0, "")
    assert "Historikken stemmer." in answer.out
    assert "Oplysninger: 3. Seneste kontrolpunkt dækker 3." in answer.out


def test_what_no_checkpoint_covers_yet_is_said(proven: Line) -> None:
    proven("report", "2025-03", *CASE, *BY)
    answer = proven("verify")

    assert answer.code == 0
    assert "Endnu ikke dækket af et kontrolpunkt: 1." in answer.out


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE {table} SET topic = 'finding.note_added.v1' WHERE rowid = 2",
            "Oplysning 2: er ikke den, der blev ført i protokollen.",
        ),
        (
            "UPDATE {table} SET seal = NULL WHERE rowid = 3",
            "Oplysning 3: har intet gyldigt segl, og er altså ikke gemt af programmet",
        ),
        (
            "DELETE FROM {table} WHERE rowid = 2",
            "Oplysning 2: mangler. Den næste, der findes, er 3.",
        ),
        (
            "DELETE FROM {table} WHERE rowid = 3",
            "Oplysning 3: mangler. Der har været 3.",
        ),
        (
            "UPDATE {table} SET rowid = -4 WHERE rowid = 3",
            "Oplysning -4: ligger på en plads, hvor ingen kan være",
        ),
    ],
)
def test_any_doubt_ends_with_1_and_names_the_fact(
    statement: str, said: str, proven: Line
) -> None:
    tamper(proven, statement)
    answer = proven("verify")

    assert answer.code == 1
    assert said in answer.out
    assert "Historikken stemmer ikke." in answer.out
    assert "lamper" not in answer.out


def test_for_programs_it_is_json(proven: Line) -> None:
    well = proven("verify", "--json", "--level", "0").json
    tamper(proven, "UPDATE {table} SET seal = NULL WHERE rowid > 1")
    doubted = proven("verify", "--json")

    assert (well["schema"], well["level"], well["doubts"]) == ("verify/1", 0, [])
    assert (well["facts"], well["signed"], well["checkpoints"]) == (3, 3, 1)
    assert doubted.code == 1
    assert doubted.json["doubts"] == [
        {"why": "not_sealed", "position": 2, "what": "finding/2025-01 1"}
    ]
    assert doubted.json["counts"] == {"not_sealed": 2}


ODD = ["nodes/00", "nodes/01", "nodes", "checkpoints/000000000003.note", "checkpoints"]


def made_odd(path: Path) -> None:
    """Put a folder where a file was, or a file where a folder was."""
    if path.is_dir():
        shutil.rmtree(path)
        path.touch()
    else:
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("name", [*ODD, "."])
def test_what_lies_oddly_in_the_ledger_is_a_doubt(name: str, proven: Line) -> None:
    made_odd((proven.data / "ledger" / name).resolve())
    answer = proven("verify", "--json")

    assert (answer.code, answer.err) == (1, "")
    why = {one["why"]: one["what"] for one in answer.json["doubts"]}
    if name.endswith(".note"):
        assert why == {"checkpoint_broken": Path(name).name}
    else:
        told = "ledger" if name == "." else name
        assert why["ledger_unreadable"] == told


@pytest.mark.parametrize("name", [*ODD, "."])
def test_what_lies_oddly_in_the_ledger_is_no_unexpected_fault(
    name: str, proven: Line, tmp_path: Path
) -> None:
    made_odd((proven.data / "ledger" / name).resolve())
    needing = "2025-02" if name == "nodes/01" else "2025-01"
    out = ("--out", str(tmp_path / "bundle"))
    shown = proven("checkpoint", "--json")
    handed_out = proven("evidence", needing, *out, "--json")

    if name.startswith("nodes"):
        assert shown.code == 0
    else:
        assert shown.problem["code"] == "ledger_stopped"
    assert handed_out.problem["code"] in {"no_checkpoint", "fact_unproved"}
    assert proven("backup", str(tmp_path / "saved")).code == 0


@pytest.mark.parametrize("name", ["trust.toml", "keys/seal.key", "keys/ledger.key"])
def test_a_folder_in_the_place_of_a_key_is_said_to_be_one(
    name: str, proven: Line
) -> None:
    made_odd(proven.data / name)
    answer = proven("keys", "renew", "--json")

    code = "bad_file" if name == "trust.toml" else "keys_unwritable"
    assert answer.problem["code"] == code
    assert answer.problem["problem"] == "Is a directory"
    if name == "trust.toml":
        assert proven("verify", "--json").problem["code"] == "bad_file"


def test_more_of_a_kind_are_counted(proven: Line) -> None:
    tamper(proven, "UPDATE {table} SET seal = NULL WHERE rowid > 1")

    assert "(og 1 til)" in proven("verify").out


def test_an_auditor_checks_against_copies(proven: Line, tmp_path: Path) -> None:
    trust, since = tmp_path / "trust.toml", tmp_path / "checkpoint"
    trust.write_text(proven("keys", "show").out, "utf-8")
    since.write_text(proven("checkpoint").out, "utf-8")
    given = ("--trust", str(trust), "--since", str(since))
    proven("report", "2025-03", *CASE, *BY)
    assert proven("verify", *given, "--json").json["since"] == 3

    tamper(proven, "DELETE FROM {table} WHERE rowid > 1")
    shutil.rmtree(proven.data / "ledger")
    assert "Oplysning 2: mangler. Der har været 3." in proven("verify", *given).out


def test_a_receipt_can_be_shown(line: Line, tmp_path: Path) -> None:
    told = line("report", "2025-01", *CASE, *BY, "--json")
    receipt = tmp_path / "receipt.json"
    receipt.write_text(told.out, "utf-8")
    assert line("verify", "--receipt", str(receipt)).code == 0

    tamper(line, "DELETE FROM {table} WHERE rowid = 2")
    answer = line("verify", "--receipt", str(receipt))
    assert answer.code == 1
    assert "kvitteringen for finding/2025-01 1 passer ikke" in answer.out


@pytest.mark.parametrize("option", ["--trust", "--since", "--receipt"])
def test_a_file_that_is_none_is_refused(
    option: str, proven: Line, tmp_path: Path
) -> None:
    (tmp_path / "none").write_text("nothing of that kind")
    bad = proven("verify", option, str(tmp_path / "none"), "--debug")
    missing = proven("verify", option, str(tmp_path / "missing"))

    assert (bad.code, missing.code) == (1, 1)
    assert "Traceback" not in bad.err + missing.err


# ---- which verify ----


HISTORY = [
    [],
    ["--json"],
    ["--debug", "--json"],
    ["--level", "0"],
    ["--level=0", "--json"],
    ["--json", "--level", "0"],
    ["--debug", "--since", "file"],
    ["--lang", "en"],
    ["--lang=en", "--json"],
    ["--json", "--lang", "da", "--trust", "file"],
    ["--receipt", "a", "--receipt", "b"],
    ["--witnesses"],
    ["--json", "--witnesses"],
    ["history", "--level", "0"],
]
FIX = [
    ["2026-19"],
    ["2026-19", "--json"],
    ["--json", "2026-19"],
    ["2026-19", "--by", "municipality/parks"],
    ["--by", "municipality/parks", "2026-19", "--json"],
    ["--lang", "da", "2026-19"],
    ["finding", "2026-19"],
]


def chosen(words: list[str]) -> str:
    found = commands().commands["verify"]
    assert isinstance(found, FixByDefault)
    with found.make_context("verify", list(words), resilient_parsing=True) as context:
        name, _, _ = found.resolve_command(context, [*context._protected_args])
        return str(name)


@pytest.mark.parametrize("words", HISTORY, ids=" ".join)
def test_without_a_number_the_history_is_verified(words: list[str]) -> None:
    assert chosen(words) == "history"


@pytest.mark.parametrize("words", FIX, ids=" ".join)
def test_with_a_number_a_fix_is_verified(words: list[str]) -> None:
    assert chosen(words) == "finding"


def test_help_tells_of_both(line: Line) -> None:
    answer = line("verify", "--help")

    assert answer.code == 0
    assert "history" in answer.out
    assert "finding" in answer.out


# ---- checkpoint and keys ----


def test_the_last_checkpoint_is_printed_as_it_is(proven: Line) -> None:
    [(_, raw)] = Book(proven.data / "ledger").checkpoints()

    assert proven("checkpoint").out == raw.decode()
    assert proven("checkpoint", "--json").json["note"] == raw.decode()
    assert Checkpoint.parse(Note.parse(raw).text).size == 3


def test_a_damaged_checkpoint_is_named_and_stops_no_backup(
    proven: Line, tmp_path: Path
) -> None:
    [path] = (proven.data / "ledger" / "checkpoints").iterdir()
    path.write_bytes(b"half of a no")

    answer = proven("checkpoint", "--json")

    assert (answer.code, answer.problem["code"]) == (5, "ledger_stopped")
    assert path.name in answer.problem["problem"]
    assert proven("backup", str(tmp_path / "saved")).code == 0


def test_before_the_first_checkpoint_that_is_said(line: Line) -> None:
    answer = line("checkpoint", "--json")

    assert answer.code == 1
    assert answer.problem["code"] == "no_checkpoint"


def test_whom_to_trust_is_printed_and_nothing_secret(line: Line) -> None:
    shown = line("keys", "show")
    private = (line.data / "keys" / "seal.key").read_text().strip()

    assert shown.out == (line.data / "trust.toml").read_text("utf-8")
    assert private not in shown.out
    assert line("keys", "show", "--json").json["quorum"] == 0


async def test_renewed_keys_go_on_with_the_history(proven: Line) -> None:
    answer = proven("keys", "renew")
    assert answer.code == 0
    assert "Nye nøgler er lavet" in answer.out + answer.err

    assert proven("report", "2025-03", *CASE, *BY).code == 0
    with installation.opened(Settings(data=proven.data)) as system:
        await sign_now(system)
    assert proven("verify").code == 0
    trust = read_trust(proven.data / "trust.toml")
    assert [(one.first, one.last) for one in trust.seal] == [(1, 3), (4, None)]


def test_without_whom_to_trust_nothing_is_verified(line: Line) -> None:
    (line.data / "trust.toml").unlink()

    answers = [line("verify", "--json"), line("keys", "show", "--json")]
    assert [one.problem["code"] for one in answers] == ["trust_missing"] * 2


def test_a_key_that_others_can_read_stops_commands(line: Line) -> None:
    (line.data / "keys" / "seal.key").chmod(0o644)
    answer: Answer = line("report", "2025-01", *CASE, *BY)

    assert answer.code == 1
    assert "chmod 600" in answer.err


# ---- a hint that helps ----


HINTS = {
    "a wrong --trust": (
        ("verify", "--trust", "{tmp}/nowhere"),
        ("bad_file", "Ret filen"),
    ),
    "a pipe for --trust": (
        ("verify", "--trust", "{tmp}/pipe"),
        ("bad_file", "Ret filen"),
    ),
    "a wrong --out": (
        ("evidence", "2025-01", "--out", "{tmp}/no/such/deep"),
        ("folder_unusable", "Vælg et navn i en mappe, der findes"),
    ),
    "a wrong folder for keys": (
        ("keys", "backup", "/proc/q"),
        ("folder_unusable", "Vælg et navn i en mappe, der findes"),
    ),
    "damaged keys of persons": (
        ("case", "2025-01"),
        ("subject_keys_damaged", "gadelys keys restore"),
    ),
}


@pytest.mark.parametrize(("words", "told"), HINTS.values(), ids=HINTS)
def test_a_refusal_says_what_helps(
    words: tuple[str, ...], told: tuple[str, str], proven: Line, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    if told[0] == "subject_keys_damaged":
        (proven.data / "keys.db").write_bytes(b"no database, and long enough" * 100)
    problem = proven(*(one.format(tmp=tmp_path) for one in words), "--json").problem

    code, hint = told
    assert problem["code"] == code
    assert hint in problem["do"]
    assert "keys renew" not in problem["do"]


@pytest.fixture
def witness(line: Line, tmp_path: Path) -> Path:
    """Return the folder of a new witness."""
    folder = tmp_path / "witness"
    assert line("witness", "new", str(folder), "--name", "a.example").code == 0
    return folder


def start(line: Line, folder: Path, trust: Path, *more: str) -> Answer:
    given = (str(folder), "--name", "a.example", "--trust", str(trust), *more)
    return line("witness", "run", *given)


@pytest.mark.parametrize(
    "spoil",
    [
        Path.unlink,
        lambda path: path.write_text("no key"),
        lambda path: path.chmod(0o644),
        made_odd,
    ],
    ids=["gone", "no key", "open to all", "a folder"],
)
def test_a_witness_without_its_key_is_told_of_its_own_key(
    spoil: Callable[[Path], object], line: Line, witness: Path
) -> None:
    spoil(witness / "witness.key")
    answer = start(line, witness, line.data / "trust.toml")

    assert answer.code == 1
    assert f"Vidnets nøgle kan ikke bruges: {witness / 'witness.key'}" in answer.err
    assert "keys renew" not in answer.err


def test_a_witness_says_which_of_its_papers_is_wrong(line: Line, witness: Path) -> None:
    trust = line.data / "trust.toml"
    lost = start(line, witness, line.data / "nowhere")
    nowhere = start(line, witness, trust, "--listen", "foo")
    (witness / "witnessed.db").write_bytes(b"no database, and long enough" * 100)
    forgotten = start(line, witness, trust)

    assert "(bad_file)" in lost.err
    assert "--listen foo" in nowhere.err
    assert "invalid literal" not in nowhere.err
    assert "(memory_lost)" in forgotten.err
    assert "begynd med en ny nøgle" in forgotten.err


# ---- the ledger that runs on ----


def test_the_ledger_runs_signs_and_stops_at_what_is_wrong(
    line: Line, tmp_path: Path
) -> None:
    environment = {**os.environ, "GADELYS_DATA": str(line.data)}
    program = Program(["ledger"], environment, tmp_path / "log")
    book = Book(line.data / "ledger")
    try:
        program.says("checkpoint.signed")
        program.says("lease.taken")
        receipt = json.loads(line("report", "2025-01", *CASE, *BY, "--json").out)
        wait(lambda: book.size == receipt["position"], "taken in", why=program.said)
        tamper(
            line,
            "INSERT INTO {table} (originator_id, originator_version, topic, state, "
            "event_id) SELECT originator_id, 2, topic, state, 'x' FROM {table} "
            "WHERE rowid = 2",
        )
        program.says("ledger_stopped")

        assert book.size == 2
        assert program.process.poll() is None
        assert program.is_told_to_stop() == 0
        assert "ledger.stopped" in program.said()
    finally:
        program.close()


async def test_a_step_takes_in_at_once_and_signs_now_and_then(line: Line) -> None:
    settings = Settings(data=line.data)
    with installation.opened(settings) as system:
        keeping = Keeping(Part(LEDGER), system)
        assert await keeping.step() is False
        line("report", "2025-01", *CASE, *BY)
        await keeping.step()
        book = Book(settings.ledger_folder)

        assert (book.size, len(list(book.checkpoints()))) == (2, 1)
        keeping._again_at = 0.0
        await keeping.step()
        assert len(list(book.checkpoints())) == 2


async def test_without_the_key_of_the_ledger_a_backup_signs_nothing(line: Line) -> None:
    (line.data / "keys" / "ledger.key").unlink()
    with installation.opened(Settings(data=line.data)) as system:
        await sign_now(system)

    assert list(Book(line.data / "ledger").checkpoints()) == []
