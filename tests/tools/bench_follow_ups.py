"""Many open follow-ups on the embedded server: how fast, how big, how it grows.

The server runs as the product starts it, with its file; the worker is a process of
its own, so that its memory can be seen; the dispatcher runs in this one. The clock
of the cases is the real one, moved so that the first reminder of every finding
comes due in one and the same minute, soon after all have been started.
"""

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog

from adapters import system as installation
from adapters.bootstrap import working
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal import server
from adapters.temporal.client import connect
from adapters.temporal.dispatcher import Dispatcher
from domain.finding.commands import AssignFinding, ReportFinding, stream_of
from domain.handling import handle
from domain.messages import Event, Stamp
from domain.ports import Decision
from domain.register.adoption import AdoptRegister
from domain.rehearsal import Rehearsal
from domain.values import Actor

COORDINATOR = Actor("municipality/walk-coordinator")
OWNER = Actor("municipality/operations")
REPORTED = datetime(2026, 10, 9, 10, tzinfo=UTC)
REMINDED = datetime(2026, 10, 23, 6, tzinfo=UTC)
"""Half of the twenty working days for a hedge: 8:00 in Copenhagen."""

BATCH = 500
READY_S = 20
RATE_AT_FIRST = 40
LONGEST_S = 1800
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Moved:
    """The real clock, moved by a fixed time; both of `Now` and of `Times`."""

    by: timedelta

    def __call__(self) -> datetime:
        """Return the present moment of the cases."""
        return datetime.now(UTC) + self.by

    def to_workflow(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return `moment` on the real clock."""
        return moment - self.by

    def to_case(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return a real moment in the time of the cases."""
        return moment + self.by


@dataclass(frozen=True, slots=True)
class Measured:
    """What `count` open follow-ups took."""

    count: int
    starts_per_s: float
    server_mb: float
    worker_mb: float
    database_mb: float
    steps_s: float


def measure(count: int, expected_rate: float = RATE_AT_FIRST) -> Measured:
    """Start `count` follow-ups and let all of them remind in the same minute.

    Args:
        count: how many findings.
        expected_rate: how many can be started in a second; when it was too high,
            some steps come due before all runs are started.
    """
    wait = timedelta(seconds=READY_S + 1.3 * count / expected_rate)
    clock = Moved(REMINDED - wait - datetime.now(UTC))
    with tempfile.TemporaryDirectory(prefix="gadelys-bench-") as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings, clock) as system:
            _fill(system, count)
            # Making the findings took its time; the moment to remind has not moved.
            clock = Moved(REMINDED - wait - datetime.now(UTC))
            system.now = clock
            return asyncio.run(_measured(system, clock, count))


def _fill(system: Gadelys, count: int) -> None:
    register = read_register(shipped(DEFAULT_REGISTER))
    system.submit(AdoptRegister(stamp=_stamp(REPORTED), rules=register))
    rehearsal = Rehearsal(system.store)
    report = ReportFinding(
        stamp=_stamp(REPORTED), number="b", category="VEG-HEDGE", text="x"
    )
    assign = AssignFinding(stamp=_stamp(REPORTED), number="b", to=OWNER)
    for command in (report, assign):
        handle(command, rehearsal, system.rules, REPORTED)
    events: list[Event] = [
        event for decision in rehearsal.decisions for event in decision.events
    ]
    for first in range(0, count, BATCH):
        system.store.append(
            [
                Decision(stream_of(f"b-{nth}"), 0, uuid4(), "bench", 1, tuple(events))
                for nth in range(first, min(first + BATCH, count))
            ],
            REPORTED,
        )
    _say(f"{count:,} findings are stored")


async def _measured(system: Gadelys, clock: Moved, count: int) -> Measured:
    async with _served(system, clock) as (dispatcher, process, worker):
        began = time.monotonic()
        await _dispatched(dispatcher, count)
        seconds = time.monotonic() - began
        started = clock()
        _say(f"{count:,} started in {seconds:.0f} s; due at {REMINDED:%H:%M:%S}")
        early = _recorded(system, count)
        if started > REMINDED:
            _say(f"{early:,} steps were due before all were started")
        else:
            await asyncio.sleep((REMINDED - started).total_seconds())
        sizes = _megabytes(process.pid), _megabytes(worker.pid)
        database = _size(system.settings.temporal_file)
        began = time.monotonic()
        await _reminded(system, dispatcher, count)
        steps = time.monotonic() - began
        return Measured(
            count, count / seconds, *sizes, database, steps * count / (count - early)
        )


async def _dispatched(dispatcher: Dispatcher, count: int) -> None:
    told = 0
    while read := await dispatcher.dispatch():
        told += read
        _say(f"{told // 2:,} of {count:,} started", ends=False)


async def _reminded(system: Gadelys, dispatcher: Dispatcher, count: int) -> None:
    """Wait until every step is a fact, telling Temporal of them as the product does."""
    deadline = time.monotonic() + LONGEST_S
    while (done := _recorded(system, count)) < count:
        if time.monotonic() > deadline:
            message = f"only {done:,} of {count:,} steps were done"
            raise TimeoutError(message)
        if not await dispatcher.dispatch():
            await asyncio.sleep(0.2)
        _say(f"{done:,} of {count:,} steps done", ends=False)


def _recorded(system: Gadelys, count: int) -> int:
    """Count the steps: every fact after the adoption and the cases themselves."""
    return system.store.last_position() - 1 - 2 * count


@asynccontextmanager
async def _served(
    system: Gadelys, clock: Moved
) -> AsyncIterator[
    tuple[Dispatcher, "subprocess.Popen[bytes]", "subprocess.Popen[bytes]"]
]:
    port = server.free_port()
    process = server.start(port, file=system.settings.temporal_file)
    address = f"{server.LOOPBACK}:{port}"
    try:
        client = await connect(address, patience_s=READY_S)
        system.rows.advance("dispatcher", 1)
        with _worker(system.settings.data, address, clock) as worker:
            yield Dispatcher(system, client, clock), process, worker
    finally:
        server.stop(process)


@contextmanager
def _worker(
    data: Path, address: str, clock: Moved
) -> Iterator["subprocess.Popen[bytes]"]:
    seconds = str(clock.by.total_seconds())
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(data), address, seconds],
        stdin=subprocess.DEVNULL,
        preexec_fn=server.die_with_parent,
    )
    try:
        yield process
    finally:
        server.stop(process)


async def _work(data: str, address: str, seconds: str) -> None:
    """Be the worker: work until somebody ends this process."""
    clock = Moved(timedelta(seconds=float(seconds)))
    client = await connect(address, patience_s=READY_S)
    with installation.opened(Settings(data=Path(data)), clock) as system:
        async with working(system, client, clock):
            await asyncio.Event().wait()


def growth(
    small: Measured, large: Measured
) -> Iterator[tuple[str, float, float, bool]]:
    """Yield how each figure grows: its name, the ratio, the goal, the good side.

    A rate should stay; the rest should grow no faster than the number does.
    """
    linear = large.count / small.count
    yield "start rate", large.starts_per_s / small.starts_per_s, 0.7, True
    yield "server", large.server_mb / small.server_mb, linear, False
    yield "worker", large.worker_mb / small.worker_mb, linear, False
    yield "database", large.database_mb / small.database_mb, linear, False
    yield "steps of one minute", large.steps_s / small.steps_s, 1.3 * linear, False


def _megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGA


def _size(file: Path) -> float:
    """Return the size of a database with its log, in megabytes."""
    files = file.parent.glob(f"{file.name}*")
    return sum(one.stat().st_size for one in files) / MEGA


def _stamp(at: datetime) -> Stamp:
    return Stamp(by=COORDINATOR, at=at, command_id=uuid4())


def _say(line: str, *, ends: bool = True) -> None:
    print(f"\r{line:<60}", end="\n" if ends else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    asyncio.run(_work(*sys.argv[1:]))
