"""The ground on which histories are tampered with."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from adapters.persistence.mapper import FactMapper
from adapters.settings import Settings
from adapters.system import LazyVault
from domain.register.model import Register
from tests.adapters.postgres_server import Server, running
from tests.faults.figures import SEED
from tests.faults.stage import silence
from tests.tampering.ground import Ground, PostgresEngine, SqliteEngine, ground
from tests.tampering.history import History, Secrets, made

MADE = "made"
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Nothing here has to survive a power cut."""


@pytest.fixture(autouse=True)
def _silence() -> None:
    """Say nothing about the thousands of commands."""
    silence()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a real PostgreSQL server; it ends with the tests."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Return a folder in memory that goes away."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def written(place: Path, register: Register) -> tuple[History, Secrets]:
    """Return the history that is tampered with, and its keys."""
    silence()
    return made(place / MADE, register, SEED)


@pytest.fixture(params=["sqlite", "postgres"])
def laid(
    request: pytest.FixtureRequest, place: Path, tmp_path: Path
) -> Iterator[Ground]:
    """Return the ground on each engine in turn; an auditor has the keys to words."""
    request.getfixturevalue("written")
    there = Settings(data=place / MADE / "data")
    here = Settings(data=place / tmp_path.name / "data")
    shutil.copytree(there.keys_folder, here.keys_folder)
    shutil.copy(there.subject_keys_file, here.subject_keys_file)
    vault = LazyVault(here)
    mapper = FactMapper(vaulting=vault)
    if request.param == "sqlite":
        file = place / f"{tmp_path.name}.db"
        engine: SqliteEngine | PostgresEngine = SqliteEngine(file, mapper)
    else:
        server: Server = request.getfixturevalue("postgres_server")
        engine = PostgresEngine(server.migrated(), mapper)
    with (
        closing(vault),
        ground(engine, here.ledger_folder, here.subject_keys_file) as found,
    ):
        yield found
