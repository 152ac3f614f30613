"""Processes that work on one installation at once, and die in the middle of it.

A process that has imported everything and opened nothing is forked for each of them,
which takes milliseconds. Run as a program: reads one line of JSON for each round, a
list of lives, and answers with how each of them ended.
"""

import asyncio
import gc
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from pydantic import SecretStr

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence import (
    event_store,
    key_files,
    postgres_event_store,
    postgres_migrations,
    row_store,
    vault,
)
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import connect
from adapters.temporal.dispatcher import Dispatcher
from adapters.temporal.server import die_with_parent
from adapters.temporal.times import SameTime
from domain.errors import Code, Conflict, DomainError
from domain.ports import Receipt
from tests.faults.points import Passed, WatchedSystem
from tests.faults.stage import silence
from tests.faults.watching import watch_postgres, watch_sqlite
from tests.faults.work import command_of

READY = "ready"
KILLED = -signal.SIGKILL
PATIENCE_S = 30
"""How long somebody who should die by himself may take."""

PAUSE_S = 0.002
GLANCE_S = 0.1
STOP = signal.SIGUSR1

TOLD, REMEMBERED = "dispatcher: told, not remembered", "dispatcher: remembered"

IMPORTED = (key_files, postgres_event_store, postgres_migrations, row_store, vault)
"""What is otherwise imported when somebody first needs it."""

Role = Literal["write", "project", "dispatch"]
Defect = Literal["", "acknowledges early", "forgets"]
"""What a campaign must find: a receipt too early, ids drawn anew each time."""


@dataclass(frozen=True, slots=True)
class Life:
    """Who works where, and when he dies.

    He dies at the first point that is not in `spared`, at the `nth` one that he
    passes, at the point `at`, or after so many seconds. `pending` is what his
    predecessor may or may not have got done: he asks for it again before anything
    else. Who is `patient` goes on asking while the store is away, as people do.
    `temporal` is address and namespace, for who dispatches.
    """

    name: str
    data: str
    database: str | None
    acks: str
    points: str
    role: Role = "write"
    temporal: tuple[str, str] | None = None
    pending: tuple[str, int] | None = None
    spared: tuple[str, ...] | None = None
    nth: int | None = None
    at: str | None = None
    after_s: float | None = None
    patient: bool = False
    defect: Defect = ""

    @property
    def settings(self) -> Settings:
        """The installation he works on."""
        url = SecretStr(self.database) if self.database else None
        return Settings(data=Path(self.data), database_url=url)


class Writers:
    """The forking process, seen from the test."""

    def __init__(self, log: Path) -> None:
        """Start it; what goes wrong in it is written to `log`."""
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.writers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                preexec_fn=die_with_parent,
            )
        assert self._heard() == READY, log.read_text("utf-8")

    def live(self, lives: Sequence[Life]) -> int:
        """Let all of them live at once; return how many were killed.

        Whoever ends otherwise is a failure of the test.
        """
        self.begin(lives)
        return self.ended(len(lives))

    def begin(self, lives: Sequence[Life]) -> None:
        """Let all of them live; they go on while the test does something else."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps([asdict(life) for life in lives]) + "\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """Kill everybody now."""
        self._process.send_signal(STOP)

    def ended(self, lives: int) -> int:
        """Wait until all of them are dead, killed as they should be."""
        ends = json.loads(self._heard() or "[]")

        assert ends == [KILLED] * lives, (ends, self._log.read_text("utf-8"))
        return lives

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _heard(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def main() -> None:
    """Let one round after the other live, until there are no more."""
    silence()
    installation.projections()
    gc.freeze()
    print(READY, flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        ends = _round([Life(**one) for one in told])
        print(json.dumps(ends), flush=True)


def _round(lives: Sequence[Life]) -> list[int]:
    """Fork everybody, kill whose time has come, return how each ended."""
    stopped: list[int] = []
    signal.signal(STOP, lambda *_: stopped.append(STOP))
    graves: dict[int, tuple[int, float]] = {}
    children: list[int] = []
    with selectors.DefaultSelector() as deaths:
        for life in lives:
            child = os.fork()
            if child == 0:
                _live(life)
            grave = os.pidfd_open(child)
            deadline = time.monotonic() + (life.after_s or PATIENCE_S)
            graves[grave] = child, deadline
            children.append(child)
            deaths.register(grave, selectors.EVENT_READ)
        while graves:
            next_death = 0.0 if stopped else min(end for _, end in graves.values())
            rest = max(0.0, next_death - time.monotonic())
            dead = deaths.select(min(GLANCE_S, rest))
            for key, _ in dead:
                deaths.unregister(key.fd)
                graves.pop(key.fd)
                os.close(key.fd)
            for child, deadline in graves.values():
                if stopped or time.monotonic() >= deadline:
                    os.kill(child, signal.SIGKILL)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _live(life: Life) -> None:
    """Work until death; whoever ends otherwise says why."""
    try:
        die_with_parent()
        if life.defect == "forgets":
            _forget()
        passed = _deadly(life)
        watch_sqlite(passed)
        watch_postgres(passed)
        with installation.opened(life.settings) as system:
            _work(life, WatchedSystem.of(system, passed), passed)
    except BaseException as problem:  # noqa: BLE001 - this process must not go on
        print(repr(problem), file=sys.stderr, flush=True)
    finally:
        os._exit(1)


def _work(life: Life, system: Gadelys, passed: Passed) -> None:
    match life.role:
        case "write":
            _write(life, system, passed)
        case "project":
            _project(life, system, passed)
        case "dispatch":
            asyncio.run(_dispatch(life, system, passed))


def _write(life: Life, system: Gadelys, passed: Passed) -> None:
    """Ask for one command after the other; note each receipt with one write."""
    acks = os.open(life.acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    asked = [life.pending] if life.pending else []
    nth = 0
    while True:
        name, which = asked.pop() if asked else (life.name, nth)
        if name == life.name:
            nth += 1
        if life.defect == "acknowledges early":
            _acknowledge(acks, name, which, None)
        try:
            receipt = _submitted(life, system, name, which)
        except DomainError:
            # Only who forgets what was done is refused when he does it again.
            if life.defect:
                continue
            raise
        passed("receipt: before it is told")
        _acknowledge(acks, name, which, receipt)
        passed("receipt: told")


def _submitted(life: Life, system: Gadelys, name: str, nth: int) -> Receipt:
    """Ask until it is not refused because too many others asked as well."""
    while True:
        try:
            return system.submit(command_of(name, nth))
        except Conflict as conflict:
            if conflict.code is not Code.BUSY:
                raise
        except Unavailable as problem:
            if problem.code is not Code.STORE_UNAVAILABLE or not life.patient:
                raise
            time.sleep(PAUSE_S)


def _acknowledge(acks: int, name: str, nth: int, receipt: Receipt | None) -> None:
    says = receipt and (receipt.position, receipt.version, receipt.facts)
    os.write(acks, f"{json.dumps([name, nth, says])}\n".encode())


def _forget() -> None:
    """Know no command again: give every fact an id of its own."""
    vars(event_store)["derived_id"] = lambda *_: uuid4()


def _project(life: Life, system: Gadelys, passed: Passed) -> None:
    """Keep the read models up to date, as the projector does."""
    while True:
        try:
            read = system.catch_up(on_page=lambda _: passed("page: done"))
        except Unavailable:
            if not life.patient:
                raise
            read = 0
        if not read:
            time.sleep(PAUSE_S)


async def _dispatch(life: Life, system: Gadelys, passed: Passed) -> None:
    """Tell Temporal of new facts, as the dispatcher does."""
    assert life.temporal
    address, namespace = life.temporal
    client = await connect(address, namespace, patience_s=PATIENCE_S)
    remember = system.rows.advance

    def advance(name: str, position: int) -> None:
        passed(TOLD)
        remember(name, position)
        passed(REMEMBERED)

    system.rows.advance = advance  # type: ignore[method-assign]
    dispatcher = Dispatcher(system, client, SameTime())
    while True:
        passed("dispatcher: about to look")
        if not await dispatcher.dispatch():
            await asyncio.sleep(PAUSE_S)


def _deadly(life: Life) -> Passed:
    """Return what kills this very process at the point of its death."""
    left = life.nth

    def passed(point: str) -> None:
        nonlocal left
        left = left - 1 if left is not None else None
        is_new = life.spared is not None and point not in life.spared
        if is_new or left == 0 or point == life.at:
            with Path(life.points).open("a", encoding="utf-8") as points:
                points.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    return passed


if __name__ == "__main__":
    main()
