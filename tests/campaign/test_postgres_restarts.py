"""PostgreSQL goes away again and again while writers and a projector work.

With `fsync=on`: shut down at once, killed with all its children, or hurt so that it
restarts by itself. Nobody is told to wait; whoever asked asks again.
"""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.system import Gadelys
from domain.register.model import Register
from tests.campaign.conftest import installed
from tests.faults.books import Books
from tests.faults.database_server import DurableServer, durable
from tests.faults.figures import SEED, either, note
from tests.faults.rebuilt import differing_rows
from tests.faults.work import command_of, report_shared
from tests.faults.writers import Life, Writers

RESTARTS = either(short=9, long=90)
WRITERS = 4
LOAD_S = 1.0
AWAY_S = 0.3
PATIENCE_S = 60
LONGEST_S = RESTARTS * 20

pytestmark = pytest.mark.timeout(3 * 3600)


def test_restarts_under_load_lose_and_double_nothing(
    register: Register, tmp_path: Path
) -> None:
    acks = tmp_path / "acks.log"
    with durable() as postgres:
        database = postgres.server.migrated()
        with installed(tmp_path, register, database) as system:
            report_shared(system, "0-0")
            lives = people(database.app.get_secret_value(), tmp_path)
            writers = Writers(tmp_path / "writers.log")
            writers.begin(lives)
            silences = restarted(postgres, acks)
            writers.stop()
            writers.ended(len(lives))
            writers.close()
            books = Books(system.store, acks, gapless=True)
            books.read()
            retried = [
                problem
                for life in lives[:WRITERS]
                for problem in asked_again(system, books, life.name)
            ]
            lost, doubled = books.lost(ever=True), books.doubled(ever=True)
            differing = differing_rows(system, tmp_path / "rebuilt")

    note(
        "postgres-restarts",
        restarts=RESTARTS,
        acknowledged=len(books.told),
        lost=len(lost),
        doubled=len(doubled),
        misplaced=len(books.misplaced),
        **{"longest silence, s": round(max(silences), 1)},
    )
    assert (lost, doubled, books.misplaced, retried, differing) == ([], [], [], [], [])


def restarted(postgres: DurableServer, acks: Path) -> list[float]:
    """End the server in three ways in turn; return how long it took to go on."""
    chance = random.Random(SEED)
    silences = []
    for nth in range(RESTARTS):
        go_on(acks)
        time.sleep(chance.uniform(0, LOAD_S))
        match nth % 3:
            case 0:
                postgres.stop_at_once()
            case 1:
                postgres.kill()
            case _:
                postgres.kill_one_child(chance)
        if nth % 3 != 2:
            time.sleep(chance.uniform(0, AWAY_S))
            postgres.start()
        silences.append(go_on(acks))
    return silences


def asked_again(system: Gadelys, books: Books, name: str) -> list[str]:
    """Ask twice for what a writer has no receipt for; return what is wrong then."""
    asked = name, books.acknowledged_of(name)
    command = command_of(*asked)
    first, second = system.submit(command), system.submit(command)
    return books.retried(asked, first, second)


def people(url: str, folder: Path) -> list[Life]:
    """Return writers and a projector who live until they are told to stop."""
    life = Life(
        name="0-0",
        data=str(folder / "data"),
        database=url,
        acks=str(folder / "acks.log"),
        points=str(folder / "points.log"),
        after_s=LONGEST_S,
        patient=True,
    )
    writing = [replace(life, name=f"0-{seat}") for seat in range(WRITERS)]
    return [*writing, replace(life, name=f"0-{WRITERS}", role="project")]


def go_on(acks: Path) -> float:
    """Wait until every writer has two receipts more; return how long that took.

    The first of them may have been on its way already.
    """
    begun = time.monotonic()
    before = counted(acks)
    while any(counted(acks)[seat] < before[seat] + 2 for seat in range(WRITERS)):
        assert time.monotonic() < begun + PATIENCE_S, "somebody does not go on"
        time.sleep(0.02)
    return time.monotonic() - begun


def counted(acks: Path) -> list[int]:
    """Return how many receipts each writer has."""
    lines = acks.read_text("utf-8") if acks.exists() else ""
    return [lines.count(f'["0-{seat}",') for seat in range(WRITERS)]
