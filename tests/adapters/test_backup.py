"""A backup is a prefix of history with all its documents, or it is not there."""

import json
import os
import random
import resource
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.persistence import durable_files
from adapters.persistence.backup import Holdings, back_up, verify
from adapters.persistence.backup_facts import SavedFacts
from adapters.persistence.backup_manifest import Manifest
from adapters.persistence.backup_restoring import restore
from adapters.persistence.contacts import Contacts
from adapters.persistence.copying import account_of
from adapters.persistence.event_store import FactStore
from adapters.persistence.fact_table import StoredRow
from domain.errors import Code, DomainError, NotFound, Refused
from tests.adapters.conftest import GADELYS, ROOT, Line
from tests.adapters.drafting import draft, holdings
from tests.adapters.postgres_server import Server
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend
from tests.adapters.writing import AT, LEARNED, decision

DRAFTER = Path(__file__).parent / "drafting.py"
WRITERS = 4
BACKUPS = 4
KILLS = 3


@dataclass
class Full:
    """A store with facts, documents and contacts, and where they lie."""

    store: FactStore
    data: Path

    @property
    def holdings(self) -> Holdings:
        """What there is to be saved."""
        return holdings(self.store, self.data)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the folder with documents and contacts."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def full(backend: Backend, data: Path) -> Full:
    """Return each kind of store with something of everything in it."""
    return filled(backend.open(), data)


@pytest.fixture
def small(sqlite: SqliteBackend, data: Path) -> Full:
    """Return the same in SQLite, where the engine does not matter."""
    return filled(sqlite.open(), data)


def filled(store: FactStore, data: Path) -> Full:
    for nth in range(3):
        store.append([decision("finding/1", 2 * nth, f"Æøå {nth}", "x")], LEARNED)
        draft(store, data, "publication/1")
    with closing(Contacts(data / "contacts.db")) as contacts:
        contacts.add("mail", "beboer@example.dk", "da")
    return Full(store, data)


@pytest.fixture
def saved(small: Full, tmp_path: Path) -> Path:
    """Return a backup."""
    back_up(small.holdings, tmp_path / "saved", AT)
    return tmp_path / "saved"


def everything(store: FactStore | SavedFacts) -> list[StoredRow]:
    return store.rows(0, 1_000_000)


def empty(folder: Path) -> tuple[SqliteBackend, Holdings]:
    """Return an empty installation in SQLite."""
    folder.mkdir()
    backend = SqliteBackend(folder / "events.db")
    return backend, holdings(backend.open(), folder)


def bytes_in(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# ---- what is in it ----


def test_a_backup_is_read_again_as_it_was(full: Full, tmp_path: Path) -> None:
    manifest = back_up(full.holdings, tmp_path / "saved", AT)

    assert verify(tmp_path / "saved") == manifest
    assert manifest.account == account_of(full.store)
    assert (manifest.facts, manifest.last, manifest.missing) == (12, 12, ())
    assert set(bytes_in(tmp_path / "saved")) == {
        *("manifest.json", "events.db", "contacts.db"),
        *(f"documents/{path.name}" for path in (full.data / "documents").iterdir()),
    }
    with SavedFacts(tmp_path / "saved" / "events.db") as facts:
        assert everything(facts) == everything(full.store)


def test_an_empty_store_is_saved_too(sqlite: SqliteBackend, tmp_path: Path) -> None:
    manifest = back_up(holdings(sqlite.open(), tmp_path), tmp_path / "saved", AT)

    assert (manifest.facts, manifest.documents) == (0, ())
    assert manifest.file("contacts.db") is None
    assert verify(tmp_path / "saved") == manifest


def test_only_its_owner_can_read_a_backup(small: Full, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        back_up(small.holdings, tmp_path / "saved", AT)
    finally:
        os.umask(before)
    found = [tmp_path / "saved", *(tmp_path / "saved").rglob("*")]

    for path in found:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_an_erased_contact_is_in_no_later_backup(small: Full, tmp_path: Path) -> None:
    with closing(Contacts(small.data / "contacts.db")) as contacts:
        contacts.erase(contacts.add("mail", "glemt@example.dk", "da"))

    back_up(small.holdings, tmp_path / "saved", AT)

    kept = (tmp_path / "saved" / "contacts.db").read_bytes()
    assert b"beboer@example.dk" in kept
    assert b"glemt@example.dk" not in kept


@pytest.mark.parametrize("how", ["lost", "damaged"])
def test_a_document_that_was_lost_is_named(
    small: Full, tmp_path: Path, how: str
) -> None:
    lost = next((small.data / "documents").iterdir())
    lost.unlink() if how == "lost" else lost.write_bytes(b"something else")

    manifest = back_up(small.holdings, tmp_path / "saved", AT)

    assert manifest.missing == (lost.name,)
    assert verify(tmp_path / "saved") == manifest
    assert len(manifest.documents) == 2


def test_checking_changes_nothing(saved: Path) -> None:
    before = bytes_in(saved)

    verify(saved)

    assert bytes_in(saved) == before


def test_a_name_that_is_taken_is_refused(small: Full, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()

    assert refusal(lambda: back_up(small.holdings, tmp_path / "saved", AT)) == (
        Code.BACKUP_EXISTS
    )


def test_a_disk_that_is_not_there_is_not_made_up(small: Full, tmp_path: Path) -> None:
    unmounted = tmp_path / "unmounted" / "saved"

    assert refusal(lambda: back_up(small.holdings, unmounted, AT)) == (
        Code.FOLDER_UNUSABLE
    )
    assert not (tmp_path / "unmounted").exists()


# ---- damage ----


def refusal(do: object) -> Code:
    with pytest.raises(DomainError) as caught:
        do()  # type: ignore[operator]
    return caught.value.code


def files_of(saved: Path) -> list[str]:
    manifest = Manifest.model_validate_json((saved / "manifest.json").read_bytes())
    return [file.name for file in manifest.files]


def test_damage_to_any_file_names_it(saved: Path, tmp_path: Path) -> None:
    for name in files_of(saved):
        for spoil in (flip, cut, Path.unlink):
            hurt = tmp_path / "hurt"
            shutil.copytree(saved, hurt)
            spoil(hurt / name)

            with pytest.raises(Refused) as caught:
                verify(hurt)
            assert caught.value.code is Code.BACKUP_DAMAGED
            assert caught.value.context["file"] == name
            shutil.rmtree(hurt)


def flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("format", "gadelys-backup/2", Code.BACKUP_NEWER),
        ("format", "tar", Code.NO_BACKUP),
        ("schema_version", 99, Code.BACKUP_NEWER),
        ("schema_version", 1, Code.BACKUP_DAMAGED),
        ("last", 11, Code.BACKUP_DAMAGED),
        ("digest", "0" * 64, Code.BACKUP_DAMAGED),
        ("missing", ["0" * 64], Code.BACKUP_DAMAGED),
        ("files", [], Code.BACKUP_DAMAGED),
        (
            "files",
            [{"name": "../../passwd", "size": 1, "sha256": "0" * 64}],
            Code.BACKUP_DAMAGED,
        ),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(
    saved: Path, field: str, value: object, code: Code
) -> None:
    told = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps(told | {field: value}))

    assert refusal(lambda: verify(saved)) is code


@pytest.mark.parametrize("text", ["", "[]", "{", '"gadelys-backup/1"'])
def test_a_manifest_that_cannot_be_read_is_refused(saved: Path, text: str) -> None:
    (saved / "manifest.json").write_text(text)

    assert refusal(lambda: verify(saved)) in {Code.BACKUP_DAMAGED, Code.NO_BACKUP}


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        verify(tmp_path)

    assert caught.value.code is Code.NO_BACKUP


def test_documents_that_no_fact_names_are_noticed(saved: Path) -> None:
    told = json.loads((saved / "manifest.json").read_text())
    told["files"] = [one for one in told["files"] if "/" not in one["name"]]
    (saved / "manifest.json").write_text(json.dumps(told))

    with pytest.raises(Refused) as caught:
        verify(saved)
    assert str(caught.value.context["file"]).startswith("documents/")


# ---- restored ----


def test_a_restored_installation_is_the_same(full: Full, tmp_path: Path) -> None:
    manifest = back_up(full.holdings, tmp_path / "saved", AT)
    backend, target = empty(tmp_path / "new")

    with closing(backend):
        restore(tmp_path / "saved", manifest, target)

        assert_same(full, target)


def test_a_database_takes_a_backup(
    small: Full, postgres: PostgresBackend, saved: Path, tmp_path: Path
) -> None:
    target = holdings(postgres.open(), tmp_path / "new")

    restore(saved, verify(saved), target)

    assert_same(small, target)


def test_a_database_takes_its_own_backup(
    postgres: PostgresBackend, postgres_server: Server, data: Path, tmp_path: Path
) -> None:
    full = filled(postgres.open(), data)
    before = everything(full.store)
    manifest = back_up(full.holdings, tmp_path / "saved", AT)
    postgres.close()
    emptied = PostgresBackend(postgres_server.migrated())

    with closing(emptied):
        restored = holdings(emptied.open(), tmp_path / "new")
        restore(tmp_path / "saved", manifest, restored)

        assert everything(restored.store) == before


def assert_same(full: Full, target: Holdings) -> None:
    assert everything(target.store) == everything(full.store)
    assert target.store.after(0) == full.store.after(0)
    assert bytes_in(target.documents) == bytes_in(full.data / "documents")
    assert stat.S_IMODE(target.contacts.stat().st_mode) == 0o600
    assert addresses(target.contacts) == addresses(full.data / "contacts.db")
    [receipt] = target.store.append([decision("finding/new", 0, "a")], LEARNED)
    assert receipt.position == full.store.last_position() + 1


def addresses(path: Path) -> list[object]:
    with closing(Contacts(path)) as contacts:
        return [tuple(row) for row in contacts._run("SELECT * FROM contacts")]


@pytest.mark.parametrize("what", ["facts", "contacts", "documents"])
def test_a_target_with_anything_in_it_is_left_alone(
    saved: Path, tmp_path: Path, what: str
) -> None:
    backend, target = empty(tmp_path / "new")
    match what:
        case "facts":
            target.store.append([decision("finding/1", 0, "a")], LEARNED)
        case "contacts":
            Contacts(target.contacts).close()
        case _:
            target.documents.mkdir()
            (target.documents / ("0" * 64)).write_bytes(b"?")

    with closing(backend):
        before = everything(target.store), bytes_in(target.documents)
        code = refusal(lambda: restore(saved, verify(saved), target))

        assert code is Code.TARGET_NOT_EMPTY
        assert (everything(target.store), bytes_in(target.documents)) == before


def test_a_restore_that_was_interrupted_is_started_again(
    small: Full, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, target = empty(tmp_path / "new")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with closing(backend):
        with pytest.raises(KeyboardInterrupt):
            restore(saved, verify(saved), target, stop)
        assert target.store.last_position() == 0

        restore(saved, verify(saved), target)

        assert_same(small, target)


def test_what_arrives_differently_is_noticed(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, target = empty(tmp_path / "new")

    def worn_out(path: Path, body: bytes, mode: int) -> None:
        path.write_bytes(body[:-1])

    monkeypatch.setattr(durable_files, "write", worn_out)
    with closing(backend):
        code = refusal(lambda: restore(saved, verify(saved), target))

        assert code is Code.BACKUP_DAMAGED
        assert target.store.last_position() == 0


# ---- while others write, and when the plug is pulled ----


@contextmanager
def processes(
    task: str, backend: Backend, data: Path, *names: str
) -> Iterator[list["subprocess.Popen[str]"]]:
    """Run some processes that do one task, and kill them in the end."""
    started = [
        subprocess.Popen(
            [sys.executable, str(DRAFTER), task, backend.place, str(data), name],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    try:
        for process in started:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_a_backup_under_load_is_a_prefix_of_history(
    backend: Backend, data: Path, tmp_path: Path
) -> None:
    store = backend.open()
    names = [f"writer-{nth}" for nth in range(WRITERS)]
    manifests = []
    with processes("write", backend, data, *names):
        for nth in range(BACKUPS):
            time.sleep(random.uniform(0, 0.2))
            manifests.append(back_up(holdings(store, data), tmp_path / f"{nth}", AT))
    history = everything(store)

    assert manifests[-1].last > manifests[0].last > 0
    for nth, manifest in enumerate(manifests):
        new, target = empty(tmp_path / f"new-{nth}")
        with closing(new):
            restore(tmp_path / f"{nth}", verify(tmp_path / f"{nth}"), target)

            assert everything(target.store) == history[: manifest.last]
            assert manifest.missing == ()
            assert len(bytes_in(target.documents)) == manifest.facts // 2


def test_a_backup_that_is_killed_leaves_nothing_that_looks_whole(
    backend: Backend, data: Path, tmp_path: Path
) -> None:
    store = backend.open()
    for nth in range(50):
        draft(store, data, f"publication/{nth}")
    places = [tmp_path / f"{nth}" for nth in range(KILLS)]
    for place in places:
        place.mkdir()
    with processes("save", backend, data, *map(str, places)) as saving:
        for process in saving:
            time.sleep(random.uniform(0, 0.5))
            process.kill()
    for folder in tmp_path.glob("[0-9]/[0-9]*"):
        assert verify(folder).facts == 100

    assert list(tmp_path.glob("*/.*")), "no backup was killed in the middle"


def test_a_full_disk_leaves_nothing(line: Line, tmp_path: Path) -> None:
    with closing(SqliteBackend(line.data / "events.db")) as backend:
        store = backend.open()
        for nth in range(60):
            draft(store, line.data, f"publication/{nth}")

    done = subprocess.run(
        [GADELYS, "backup", tmp_path / "saved", "--json"],
        env=os.environ | line.environment({}),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 5, done.stderr
    assert json.loads(done.stderr)["code"] == "store_unavailable"
    assert not list(tmp_path.glob("*saved*"))


# ---- on the command line ----


def test_the_command_line_saves_checks_and_restores(line: Line, tmp_path: Path) -> None:
    place = str(tmp_path / "saved")

    saved = line("backup", place, "--json")
    checked = line("backup", "--verify", place, "--json")
    restored = Line(tmp_path / "new")("restore", place, "--json")
    said = Line(tmp_path / "newer")("restore", place)
    again = Line(tmp_path / "new")("restore", place, "--json")

    assert saved.json | {"schema": "backup-verified/1"} == checked.json
    assert restored.json == saved.json | {"schema": "restored/1"}
    assert (saved.json["schema"], saved.json["facts"]) == ("backup/1", 1)
    assert "gadelys rebuild all" in said.err
    assert again.problem["code"] == "target_not_empty"
    assert Line(tmp_path / "new")("register", "show").code == 0
    assert line("backup", place, "--json").problem["code"] == "backup_exists"


def test_a_lost_document_is_said_at_every_step(line: Line, tmp_path: Path) -> None:
    with closing(SqliteBackend(line.data / "events.db")) as backend:
        content = draft(backend.open(), line.data, "publication/1")
    (line.data / "documents" / content).unlink()
    place = str(tmp_path / "saved")

    answers = [
        line("backup", place),
        line("backup", "--verify", place),
        Line(tmp_path / "new")("restore", place),
    ]

    assert [answer.code for answer in answers] == [1, 1, 1]
    assert all(content in answer.err for answer in answers)


@pytest.mark.parametrize("what", ["views", "temporal"])
def test_what_belongs_to_another_history_is_not_taken_over(
    line: Line, tmp_path: Path, what: str
) -> None:
    line("backup", str(tmp_path / "saved"))
    line("worklist")
    new = Line(tmp_path / "new")
    new("migrate")
    if what == "views":
        shutil.copy(line.data / "views.db", new.data / "views.db")
    else:
        (new.data / "temporal.db").touch()

    answer = new("restore", str(tmp_path / "saved"), "--json")

    assert answer.problem["code"] == "target_not_empty"
    assert what in answer.problem["path"]


def test_a_damaged_backup_creates_no_installation(line: Line, tmp_path: Path) -> None:
    line("backup", str(tmp_path / "saved"))
    flip(tmp_path / "saved" / "events.db")

    answer = Line(tmp_path / "new")("restore", str(tmp_path / "saved"), "--json")

    assert answer.problem["code"] == "backup_damaged"
    assert not (tmp_path / "new").exists()


def test_a_backup_moves_an_installation_to_a_database(
    line: Line, postgres_server: Server, tmp_path: Path
) -> None:
    database = postgres_server.database()
    run_time = {"database_url": database.app.get_secret_value()}
    owner = {"database_owner_url": database.owner.get_secret_value()}
    line("backup", str(tmp_path / "saved"))
    new = Line(tmp_path / "new")

    early = new("restore", str(tmp_path / "saved"), "--json", **run_time)
    new("migrate", **run_time, **owner)
    restored = new("restore", str(tmp_path / "saved"), "--json", **run_time)
    saved = new("backup", str(tmp_path / "again"), "--json", **run_time)

    assert early.problem["code"] == "owner_needed"
    assert restored.json["digest"] == saved.json["digest"]
