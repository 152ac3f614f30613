"""Processes, files and command lines for the tests of the adapters."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

import adapters
from adapters import system as installation
from adapters.cli import main as program
from adapters.persistence.event_store import FactStore
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.register.model import Register
from tests.adapters.postgres_server import Server, running
from tests.adapters.row_stores import Place, RowDatabase, RowFile, Shelves
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend
from tests.conftest import StandingClock, adopt

ROOT = Path(adapters.__file__).parent.parent
GADELYS = Path(sys.executable).parent / "gadelys"
WRITER = Path(__file__).parent / "writing.py"
PATIENCE_S = 120
TEMPORARY = ("TMPDIR", "SQLITE_TMPDIR")
"""Variables that say where programs put what is temporary."""


Together = Callable[[str, Path | str, int, int], None]
"""`together(task, place, how_many, count)` runs writers at once and waits for them."""


def at_once(programs: Iterable[Sequence[str]]) -> list[str]:
    """Let Python programs go on together once each is ready; return what they said."""
    started = [
        subprocess.Popen(
            [sys.executable, *program],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for program in programs
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=PATIENCE_S) for process in started]

    ended = [process.returncode for process in started]
    assert (ended, [errors for _, errors in said]) == (
        [0] * len(started),
        [""] * len(started),
    )
    return [told for told, _ in said]


@pytest.fixture
def together() -> Together:
    """Return a function that lets several processes do one task at once."""

    def run(task: str, place: Path | str, processes: int, count: int) -> None:
        at_once(
            (str(WRITER), task, str(place), f"process-{nth}", str(count))
            for nth in range(processes)
        )

    return run


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a real PostgreSQL server; it ends with the tests."""
    with running() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[PostgresBackend]:
    """Return a database, migrated and empty."""
    with closing(PostgresBackend(postgres_server.migrated())) as backend:
        yield backend


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteBackend]:
    """Return an events file of this test's own, migrated and empty."""
    with closing(SqliteBackend(tmp_path / "events.db")) as backend:
        yield backend


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Return each kind of store in turn, empty."""
    backend: Backend = request.getfixturevalue(request.param)
    return backend


@pytest.fixture
def store(backend: Backend) -> FactStore:
    """Return the store of `backend`, open."""
    return backend.open()


@pytest.fixture
def sqlite_rows(tmp_path: Path) -> RowFile:
    """Return a place for rows in a file that is not there yet."""
    return RowFile(tmp_path / "views.db")


@pytest.fixture
def postgres_rows(postgres_server: Server) -> RowDatabase:
    """Return a place for rows in a migrated database."""
    return RowDatabase(postgres_server.migrated())


@pytest.fixture(params=["sqlite", "postgres"])
def shelves(request: pytest.FixtureRequest) -> Iterator[Shelves]:
    """Return each place for rows in turn, empty."""
    place: Place = request.getfixturevalue(f"{request.param}_rows")
    with closing(Shelves(place)) as found:
        yield found


@dataclass(frozen=True)
class Answer:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object on stdout; there is nothing beside it."""
        answer = json.loads(self.out)
        assert isinstance(answer, dict)
        assert self.err == ""
        return answer

    @property
    def problem(self) -> dict[str, Any]:
        """Return the one JSON object on stderr; stdout is empty then."""
        problem = json.loads(self.err)
        assert isinstance(problem, dict)
        assert self.out == ""
        return problem


@dataclass
class Line:
    """A command line with an installation of its own; calls are made in process."""

    data: Path
    by: str = "municipality/unit-leader"
    """Who acts and reads where a test says nothing else: may look at the past."""

    def __call__(self, *arguments: str, **variables: str) -> Answer:
        """Run `gadelys` with these arguments; variables are without their prefix."""
        result = CliRunner().invoke(
            program.app,
            list(arguments),
            env=self.environment(variables),
            prog_name="gadelys",
        )
        structlog.reset_defaults()
        return Answer(result.exit_code, result.stdout, result.stderr)

    def outside(self, *arguments: str | bytes, **variables: str) -> Answer:
        """Run the same as a process of its own."""
        return run(GADELYS, *arguments, env=self.environment(variables))

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        """Return the variables that the program sees."""
        given = {f"GADELYS_{name.upper()}": text for name, text in variables.items()}
        return {"GADELYS_DATA": str(self.data), "GADELYS_BY": self.by} | given


def run(
    program_file: Path | str, *arguments: str | bytes, env: dict[str, str]
) -> Answer:
    """Run a program to its end, somewhere else than in the source tree."""
    done = subprocess.run(
        [program_file, *arguments],
        cwd="/",
        env=os.environ | env,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def adopted(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Path:
    """Return an installation to copy: migrated, register adopted."""
    settings = Settings(data=tmp_path_factory.mktemp("adopted") / "data")
    installation.migrate(settings)
    with installation.opened(settings, StandingClock()) as system:
        adopt(system, register)
    return settings.data


@cache
def commands() -> TyperGroup:
    """Return all verbs, put together once: that takes longer than running one."""
    group = get_command(program.app)
    assert isinstance(group, TyperGroup)
    return group


@pytest.fixture
def empty_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Return a command line whose installation does not exist yet."""
    monkeypatch.setattr(program, "LANG", "da")
    monkeypatch.setattr("typer.testing._get_command", lambda _: commands())
    return Line(tmp_path / "data")


@pytest.fixture
def line(empty_line: Line, adopted: Path) -> Line:
    """Return a command line with an installation in which a register is in force."""
    shutil.copytree(adopted, empty_line.data)
    return empty_line


@pytest.fixture(params=["sqlite", "postgres"])
def here(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return settings for an installation on each engine; also for what is temporary.

    A database is migrated and empty.
    """
    settings = Settings(data=tmp_path / "data")
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        database = server.migrated()
        settings = Settings(
            data=tmp_path / "data",
            database_url=database.app,
            database_owner_url=database.owner,
        )
    (tmp_path / "temporary").mkdir()
    for name in TEMPORARY:
        monkeypatch.setenv(name, str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return settings


@pytest.fixture
def made(here: Settings, register: Register) -> Iterator[Gadelys]:
    """Return that installation, open, with a register."""
    installation.migrate(here)
    with installation.opened(here, StandingClock()) as system:
        adopt(system, register)
        yield system
