"""The disk is full at every single write of a scenario (G18).

Half of the write still fits, then nothing more until there is room again. Nothing
that was acknowledged is lost, the refusal is one that people can act on, reading goes
on, and so does everything else when there is room: nobody restarts anything.
"""

import shutil
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence.sqlite_engine import connect
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, DomainError
from domain.ports import Receipt
from domain.register.model import Register
from tests.campaign.conftest import installed
from tests.faults.disk import Disk, watched
from tests.faults.figures import either, note
from tests.faults.rebuilt import differing_rows
from tests.faults.work import command_of, report_shared

COMMANDS = 10
EVERY = either(short=5, long=1)
"""Every how manieth write is the last one that fits."""

REBUILD_EVERY = 5

REFUSALS = 3
"""So often people try in vain until somebody makes room."""

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Path:
    """Return an installation to copy."""
    folder = tmp_path_factory.mktemp("made")
    with installed(folder, register) as system:
        report_shared(system, "0-0")
    return folder / "data"


def test_a_disk_that_is_full_at_any_write_loses_nothing(
    made: Path, tmp_path: Path
) -> None:
    with watched() as disk:
        writes, _ = scenario(made, tmp_path / "all", disk, None)
        stops = range(0, writes, EVERY)
        refused = 0
        for room in stops:
            folder = tmp_path / str(room)
            refused += scenario(made, folder, disk, room)[1]
            shutil.rmtree(folder)

    note("disk-full", stops=len(stops), writes=writes, refused=refused, lost=0)
    assert refused >= len(stops)


def test_a_disk_that_only_says_that_it_wrote_is_found(
    made: Path, tmp_path: Path
) -> None:
    found = 0
    with watched() as disk:
        disk.lies = True
        for room in range(20, 120, 20):
            try:
                scenario(made, tmp_path / str(room), disk, room)
            except (AssertionError, DomainError, sqlite.DatabaseError):
                found += 1

    assert found


def scenario(made: Path, folder: Path, disk: Disk, room: int | None) -> tuple[int, int]:
    """Work until all is done, with room for so many writes; then room is made.

    Returns: how many writes it took, and how many attempts were refused.
    """
    shutil.copytree(made, folder / "data")
    disk.room, disk.writes = room, 0
    told: list[Unavailable] = []
    receipts: list[Receipt | None] = []
    with installation.opened(Settings(data=folder / "data")) as system:
        while len(receipts) <= COMMANDS:
            try:
                receipts.append(do(system, len(receipts)))
            except Unavailable as problem:
                told.append(problem)
                assert len(told) <= 2 * REFUSALS, "there is room, and it does not go on"
                if len(told) == REFUSALS:
                    disk.room = None
                system.store.last_position()
    assert {problem.code for problem in told} <= {Code.STORE_UNAVAILABLE}
    assert all("full" in str(problem.context["problem"]) for problem in told)
    assert all(all(Texts("da").refusal(problem)) for problem in told)
    disk.room = None
    writes = disk.writes
    with installation.opened(Settings(data=folder / "data")) as system:
        again = [do(system, nth) for nth in range(COMMANDS + 1)]
        assert again == receipts
        if not room or room % REBUILD_EVERY == 0:
            assert differing_rows(system, folder / "rebuilt") == []
    [[sound]] = check(folder / "data" / "events.db")
    assert sound == "ok"
    return writes, len(told)


def check(file: Path) -> list[Any]:
    """Return what SQLite says of a file."""
    connection = connect(file, durable=True)
    try:
        return [tuple(row) for row in connection.execute("PRAGMA integrity_check")]
    finally:
        connection.close()


def do(system: Gadelys, nth: int) -> Receipt | None:
    """Ask for one command, or in the end bring the rows up to date."""
    if nth < COMMANDS:
        return system.submit(command_of("0-0", nth))
    system.catch_up(system.rows.names())
    return None
