"""The demo's walk once more: separate processes, PostgreSQL, and each of them killed.

The projector, the dispatcher, the ledger and a worker for each queue run as `gadelys`
runs them, on a real PostgreSQL and a real Temporal server. This process plays people
and the calendar; it neither folds, nor dispatches, nor works. In the middle of the
story each of the six is killed (`kill -9`) and started again. The end is that of the
demo, and the history is what was signed.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from typing_extensions import override

from adapters import demo
from adapters import system as installation
from adapters.files.importing import keep_beside, rehearse
from adapters.files.walk_file import WalkFile, entries, read_walk_file
from adapters.persistence.leases import DISPATCHER, LEDGER, PROJECTOR
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal import server
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import NAME, Dispatcher
from adapters.temporal.skipping import Calendar, Entry, PlayedTimes
from domain.delivery.events import DeliverySent
from domain.delivery.notices import notices
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.register.model import Register
from tests.acceptance.playing import followed
from tests.acceptance.test_demo import AALBORG, TABLE, TOTALS, totals_of
from tests.adapters.postgres_server import running
from tests.faults.played import ENDED_WELL, TIMES, played
from tests.faults.programs import Launch, Program, wait
from tests.faults.shared_times import SharedTimes
from tests.faults.stage import silence
from tests.workflows.servers import client_of, new_namespace

PARTS = {
    "project": ["project"],
    "dispatch": ["dispatch"],
    "ledger": ["ledger"],
    "core": ["work", "--queue", "core"],
    "municipality": ["work", "--queue", "municipality"],
    "police": ["work", "--queue", "police"],
}
DEATHS = (("project", "police"), ("dispatch", "municipality"), ("core", "ledger"))
KILL_EVERY = 15
"""After so many moments of the calendar the next are killed."""

INTO_THE_MOMENT_S = 0.03
"""How long after a moment has begun, when its steps are under way."""

PATIENCE_S = 30
GLANCE_S = 0.004


class Told(Dispatcher):
    """Waits for the dispatcher, which is another process, instead of being one."""

    def __init__(self, system: Gadelys, client: Client, times: PlayedTimes) -> None:
        """Look how far the dispatcher of `system` has come."""
        super().__init__(system, client, times)
        self._seen = 0

    @override
    async def dispatch(self) -> int:
        last = self._system.store.last_position()
        new, self._seen = last - self._seen, last
        deadline = time.monotonic() + PATIENCE_S
        while self._system.rows.position(NAME) < last:
            assert time.monotonic() < deadline, "nobody dispatches"
            await asyncio.sleep(GLANCE_S)
        return new


@dataclass
class Killing:
    """Kills the programs while the calendar is played."""

    programs: dict[str, Program]
    moments: int = 0
    to_die: list[tuple[str, ...]] = field(default_factory=lambda: list(DEATHS))

    def on_moment(self, _: datetime) -> None:
        """Kill the next in a moment, if it is time."""
        self.moments += 1
        if self.to_die and self.moments % KILL_EVERY == 0:
            for name in self.to_die.pop(0):
                asyncio.get_running_loop().call_later(
                    INTO_THE_MOMENT_S, _again, self.programs[name]
                )


def _again(program: Program) -> None:
    assert program.process.poll() is None, program.said()
    program.dies()
    program.start()


@dataclass
class Town:
    """An installation on servers of its own, and the six that run on it."""

    system: Gadelys
    times: SharedTimes
    client: Client
    programs: dict[str, Program]
    file: WalkFile

    async def plays(self, killing: Killing) -> None:
        """Let people do what the file says, and time pass until its last day."""
        register = self.system.rules().register
        acts = [
            Entry(
                one.at,
                one.stream,
                partial(demo._submit, self.system, one, AALBORG.name),
            )
            for one in entries(self.file, AALBORG.name, register)
        ]
        told = Told(self.system, self.client, self.times)
        calendar = Calendar(self.system, self.client, told, self.times)
        last = demo._last_day(self.file, register)
        until = register.working_days.moment(last, demo.END_OF_DAY)
        await calendar.play(acts, until, killing.on_moment)

    def says(self) -> str:
        """Return what the six have written."""
        return "\n".join(program.said() for program in self.programs.values())


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Return what starts the six."""
    with played() as launch:
        yield launch


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Return settings with a database on a server of this test's own."""
    with running() as postgres:
        database = postgres.database()
        yield Settings(
            data=tmp_path / "data",
            database_url=database.app,
            database_owner_url=database.owner,
        )


@pytest.fixture
async def town(
    launch: Launch, settings: Settings, register: Register, tmp_path: Path
) -> AsyncIterator[Town]:
    """Return a town in which everything runs and nothing has happened."""
    silence()
    file = read_walk_file(AALBORG)
    ordered = entries(file, AALBORG.name, register)
    begin = demo._begin(ordered, register)
    times = SharedTimes.begun(tmp_path / "times", begin)
    port, namespace = server.free_port(), new_namespace()
    with ExitStack() as stack:
        temporal = server.start(port, options=server.SKIPPING_TIME)
        stack.callback(server.stop, temporal)
        installation.migrate(settings)
        system = stack.enter_context(
            installation.opened(settings, now=lambda: times.now)
        )
        demo._adopt(system, register)
        address = f"{server.LOOPBACK}:{port}"
        client = await client_of(address, namespace)
        programs = start(stack, launch, settings, address, namespace, tmp_path)
        rehearse(system, file, AALBORG.name, played=True)
        keep_beside(system, file, AALBORG.name)
        for program in programs.values():
            await asyncio.to_thread(program.says, ".started")
        yield Town(system, times, client, programs, file)


def start(
    stack: ExitStack,
    launch: Launch,
    settings: Settings,
    address: str,
    namespace: str,
    folder: Path,
) -> dict[str, Program]:
    assert settings.database_url
    environment = {
        **os.environ,
        "GADELYS_DATA": str(settings.data),
        "GADELYS_DATABASE_URL": settings.database_url.get_secret_value(),
        "GADELYS_TEMPORAL_ADDRESS": address,
        "GADELYS_TEMPORAL_NAMESPACE": namespace,
        TIMES: str(folder / "times"),
    }
    programs = {}
    for name, words in PARTS.items():
        log = folder / f"{name}.log"
        programs[name] = Program(words, environment, log, launch)
        stack.callback(programs[name].close)
    return programs


def steps_of(system: Gadelys) -> Counter[tuple[str, str]]:
    """Return how often the clock raised which reminder or level."""
    return Counter(
        (fact.stream, fact.event.model_dump_json(exclude={"stamp"}))
        for fact in system.store.after(0, 100_000)
        if isinstance(fact.event, ReminderRaised | FindingEscalated)
    )


async def test_each_is_killed_once_and_the_story_ends_as_ever(town: Town) -> None:
    killing = Killing(town.programs)
    await town.plays(killing)
    last = town.system.store.last_position()
    await asyncio.to_thread(
        wait, lambda: folded(town.system) >= last, "folded", PATIENCE_S, town.says
    )
    ended = demo._outcome(
        town.system,
        town.file,
        demo._last_day(town.file, town.system.rules().register),
        await demo._verified(town.system),
    )

    assert {name: one.deaths for name, one in town.programs.items()} == dict.fromkeys(
        PARTS, 1
    )
    assert all(one.process.poll() is None for one in town.programs.values())
    assert town.system.store.is_read(PROJECTOR)
    assert town.system.store.is_read(DISPATCHER)
    assert town.system.store.is_read(LEDGER)

    assert ended.differences == ()
    assert ended.verdict.doubts == ()
    assert ended.verdict.signed == ended.verdict.facts >= last
    assert totals_of(ended.report) == TOTALS
    assert followed(ended.report) == TABLE

    steps = steps_of(town.system)
    assert set(steps.values()) == {1}
    assert len(steps) == 41
    assert_everybody_was_told_once(town.system)

    for program in town.programs.values():
        await asyncio.to_thread(program.is_told_to_stop)
        assert ENDED_WELL in program.said()


def folded(system: Gadelys) -> int:
    """Return how far the projector has brought all read models."""
    reached = system.rows.positions()
    return min(reached.get(name, 0) for name in system.rows.names())


def assert_everybody_was_told_once(system: Gadelys) -> None:
    facts = system.store.after(0, 100_000)
    sent = [fact.event for fact in facts if isinstance(fact.event, DeliverySent)]
    told = Counter((one.recipient, notice) for one in sent for notice in one.notices)
    wanted = {
        (notice.recipient, fact.event_id) for fact in facts for notice in notices(fact)
    }

    assert set(told) == wanted
    assert set(told.values()) == {1}
