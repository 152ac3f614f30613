"""kill -9 of writers and projectors on either engine (G1, G15).

Real processes ask for real commands, several at once; each dies at a named point or
at a moment drawn by chance. Whatever was acknowledged is kept, nothing is there
twice, and the rows are what the facts alone give.
"""

from pathlib import Path

import pytest

from adapters.system import Gadelys
from domain.register.model import Register
from tests.adapters.postgres_server import Server
from tests.campaign.conftest import installed
from tests.faults.figures import SEED, either, note
from tests.faults.killing import Killing

KILLS = either(short=1_000, long=10_000)
NAMED_POINTS = 20

pytestmark = pytest.mark.timeout(3 * 3600)


def waged(system: Gadelys, folder: Path, *, gapless: bool, name: str) -> Killing:
    killing = Killing(system, folder / "killing", SEED, gapless)
    killing.wage(KILLS)
    note(f"kills-{name}", **killing.figures())
    return killing


def test_killing_on_sqlite_loses_and_doubles_nothing(
    register: Register, tmp_path: Path
) -> None:
    with installed(tmp_path, register) as system:
        killing = waged(system, tmp_path, gapless=False, name="sqlite")

    assert killing.problems == []
    assert len(killing.points) >= NAMED_POINTS, killing.points


def test_killing_on_postgres_loses_and_doubles_nothing(
    register: Register, tmp_path: Path, postgres_server: Server
) -> None:
    database = postgres_server.migrated()
    with installed(tmp_path, register, database) as system:
        killing = waged(system, tmp_path, gapless=True, name="postgres")

    assert killing.problems == []
    assert len(killing.points) >= NAMED_POINTS, killing.points
