"""Readers as processes: one works, the others stand by, and all outlive an outage."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from adapters import system as installation
from adapters.persistence.leases import PROJECTOR
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.finding.commands import ReportFinding
from domain.messages import Stamp
from domain.register.model import Register
from domain.values import CITIZEN
from tests.adapters.postgres_server import Database, Server
from tests.conftest import adopt
from tests.faults.programs import Program, wait

TAKEN_OVER_WITHIN_S = 5
STOPS_WITHIN_S = 10
"""Much longer than it takes on a machine with nothing else to do: about a second."""


@dataclass
class House:
    """One installation, and the programs that run on it."""

    system: Gadelys
    folder: Path
    database: Database | None
    programs: list[Program] = field(default_factory=list)

    def runs(self, verb: str, **more: str) -> Program:
        """Start a part and wait until it has."""
        log = self.folder / f"{verb}-{len(self.programs)}.log"
        program = Program([verb], self.environment | more, log)
        self.programs.append(program)
        return program

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        told = {**os.environ, "GADELYS_DATA": str(self.system.settings.data)}
        if self.database:
            told["GADELYS_DATABASE_URL"] = self.database.app.get_secret_value()
        return told

    def learns(self) -> int:
        """Report something; return its position."""
        stamp = Stamp(by=CITIZEN, at=self.system.now(), command_id=uuid4())
        return self.system.submit(
            ReportFinding(
                stamp=stamp,
                number=uuid4().hex,
                category="VEG-HEDGE",
                text="Hækken skjuler stien.",
            )
        ).position

    def has_folded(self, position: int) -> bool:
        """Whether every read model has come that far by itself."""
        reached = self.system.rows.positions()
        return all(
            reached.get(name, 0) >= position for name in self.system.rows.names()
        )


@pytest.fixture(params=["sqlite", "postgres"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, register: Register
) -> Iterator[House]:
    """Return an installation on each kind of store."""
    settings, database = Settings(data=tmp_path / "data"), None
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        database = server.database()
        settings = settings.model_copy(
            update={
                "database_url": database.app,
                "database_owner_url": database.owner,
            }
        )
    installation.migrate(settings)
    with installation.opened(settings) as system:
        adopt(system, register)
        house = House(system, tmp_path, database)
        yield house
        for program in house.programs:
            program.close()


def test_one_works_the_other_stands_by_and_takes_over(house: House) -> None:
    first = house.runs("project")
    first.says("lease.taken")
    second = house.runs("project")
    second.says("lease.awaited")
    wait(lambda: house.has_folded(house.system.store.last_position()), "folded")

    first.dies()
    position = house.learns()
    second.says("lease.taken", TAKEN_OVER_WITHIN_S)
    wait(lambda: house.has_folded(position), "folded by the other")

    assert second.said().count("lease.awaited") == 1
    assert house.system.store.is_read(PROJECTOR)
    second.process.terminate()
    assert second.process.wait(STOPS_WITHIN_S) == 0
    assert "projector.stopped" in second.said()
    assert not house.system.store.is_read(PROJECTOR)


# ---- a database that goes and comes back ----


@pytest.fixture
def away(house: House) -> Callable[[bool], None]:
    """Return a function that lets the database go away, and come back."""
    database = house.database
    assert database

    def go(is_away: bool) -> None:
        limit = 0 if is_away else -1
        database.run(
            database.superuser,
            f"ALTER DATABASE {database.name} CONNECTION LIMIT {limit}",
        )
        database.run(
            database.superuser,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = 'gadelys_app'",
        )

    return go


@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_a_projector_outlives_its_database(
    house: House, away: Callable[[bool], None]
) -> None:
    projector = house.runs("project")
    projector.says("lease.taken")
    away(True)
    projector.says("part.waiting")
    late = house.runs("project")
    late.says("part.waiting")
    away(False)
    for program in (projector, late):
        program.says("part.continued")
    position = house.learns()
    wait(lambda: house.has_folded(position), "folded afterwards")

    taken = [program for program in (projector, late) if "taken" in program.said()]
    assert len(taken) > 0
    assert projector.process.poll() is None
    assert projector.said().count("part.waiting") == 1
    for program in (projector, late):  # the one at work, and the other
        program.process.terminate()
        assert program.process.wait(STOPS_WITHIN_S) == 0
