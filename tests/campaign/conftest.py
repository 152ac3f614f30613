"""Installations to be hurt, on either engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.register.model import Register
from tests.adapters.postgres_server import Database, Server, running
from tests.conftest import adopt
from tests.faults.stage import silence


@pytest.fixture(autouse=True)
def _silence() -> None:
    """Say nothing about the thousands of commands."""
    silence()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a real PostgreSQL server; it ends with the tests."""
    with running() as server:
        yield server


@contextmanager
def installed(
    folder: Path, register: Register, database: Database | None = None
) -> Iterator[Gadelys]:
    """Open a fresh installation, in files or on `database`, which is migrated."""
    settings = Settings(
        data=folder / "data", database_url=database.app if database else None
    )
    installation.migrate(settings)
    with installation.opened(settings) as system:
        adopt(system, register)
        yield system
