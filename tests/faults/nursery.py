"""Workers that are born fast and die often.

A process that has imported everything and never spoken to Temporal is forked for
each worker: that takes milliseconds where a fresh start takes seconds, and the
native threads of the SDK, which no fork survives, begin in the worker itself.

Run as a program: reads one line of JSON for each worker that shall be born, or
`kill`; writes a line when a worker is up and when it has died.
"""

import asyncio
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from temporalio.worker._worker import load_default_build_id

from adapters import system as installation
from adapters.bootstrap import EVERY_QUEUE, activities_of
from adapters.notify.deliverer import Deliverer
from adapters.notify.smtp import mailer
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import connect
from adapters.temporal.server import die_with_parent
from adapters.temporal.times import Times
from adapters.temporal.worker import Activities, workers
from tests.faults.impatience import impatient
from tests.faults.points import (
    Passed,
    WatchedActivities,
    WatchedMailer,
    WatchedSystem,
)
from tests.faults.stage import ReadTimes, silence
from workflows.delivery import DeliveryActivities

KILL = b"kill"
NEWS = 9
"""Where what is told to the test is written; no other part knows it."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where one worker works, and where it dies by itself.

    It dies at the first point that is not in `spared`, or at the `nth` one that
    it passes; with neither it lives until it is killed.
    """

    data: str
    times: str
    address: str
    namespace: str
    log: str
    spared: tuple[str, ...] | None = None
    nth: int | None = None


class Nursery:
    """The forking process, seen from the test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Speak with `process`."""
        self._process = process

    @classmethod
    async def opened(cls, log: Path) -> "Nursery":
        """Start the forking process and wait until it is ready."""
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.faults.nursery"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                preexec_fn=die_with_parent,
            )
        nursery = cls(process)
        assert await nursery.heard() == "ready", log.read_text("utf-8")
        return nursery

    async def born(self, life: Life) -> str:
        """Let a worker be born; return `up`, or how it died before it was."""
        self._say(json.dumps(asdict(life)).encode())
        return await self.heard()

    def kill(self) -> None:
        """Kill the worker; without effect when it has died meanwhile."""
        self._say(KILL)

    async def heard(self) -> str:
        """Return the next thing that is to be told: `up`, `dead …`."""
        assert self._process.stdout
        return (await self._process.stdout.readline()).decode().strip()

    async def close(self) -> None:
        """End it, and with it whoever is alive."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    def _say(self, line: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + b"\n")


def main() -> None:
    """Fork a worker for each line that asks for one, until there are no more."""
    silence()
    load_default_build_id()
    _keep_stdout_for_news()
    _tell("ready")
    requests = selectors.DefaultSelector()
    requests.register(sys.stdin.fileno(), selectors.EVENT_READ)
    for line in iter(sys.stdin.buffer.readline, b""):
        if line.strip() != KILL:
            _raise_one(Life(**json.loads(line)))


def _raise_one(life: Life) -> None:
    """Let one worker live; come back when it is dead."""
    child = os.fork()
    if child == 0:
        sys.stdin.close()
        die_with_parent()
        _live(life)
    grave = os.pidfd_open(child)
    with selectors.DefaultSelector() as news:
        news.register(grave, selectors.EVENT_READ)
        news.register(sys.stdin.fileno(), selectors.EVENT_READ)
        while not any(key.fd == grave for key, _ in news.select()):
            # Whatever is said while it lives means its death, the end as well.
            os.kill(child, signal.SIGKILL)
            news.unregister(sys.stdin.fileno())
    os.close(grave)
    _, status = os.waitpid(child, 0)
    _tell(f"dead {os.waitstatus_to_exitcode(status)}")


def _live(life: Life) -> None:
    """Work until death; a worker that ends otherwise says why."""
    code = 1
    try:
        asyncio.run(_work(life))
    except BaseException as problem:  # noqa: BLE001 - this process must not go on
        print(repr(problem), file=sys.stderr, flush=True)
    finally:
        os._exit(code)


async def _work(life: Life) -> None:
    times = ReadTimes(Path(life.times))
    passed = _deadly(life)
    client = impatient(
        await connect(life.address, life.namespace), [WatchedActivities(passed)]
    )
    settings = Settings(data=Path(life.data))
    with installation.opened(settings, times.now) as system:
        activities = _watched(system, times, passed)
        with workers(client, activities, EVERY_QUEUE) as made:
            async with asyncio.TaskGroup() as running:
                for worker in made:
                    running.create_task(worker.run())
                _tell("up")


def _watched(system: Gadelys, times: Times, passed: Passed) -> Activities:
    """Compose what the product composes, with points to die at in between."""
    watched = WatchedSystem.of(system, passed)
    sending = WatchedMailer(mailer(system.settings), passed)
    deliverer = Deliverer(watched, sending)
    return replace(
        activities_of(watched, times),
        delivery=DeliveryActivities(
            deliver=deliverer.deliver, give_up=deliverer.give_up
        ),
    )


def _deadly(life: Life) -> Callable[[str], None]:
    """Return what kills this very process at the point of its death."""
    left = life.nth

    def passed(point: str) -> None:
        nonlocal left
        left = left - 1 if left is not None else None
        is_new = life.spared is not None and point not in life.spared
        if is_new or left == 0:
            with Path(life.log).open("a", encoding="utf-8") as log:
                log.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    return passed


def _keep_stdout_for_news() -> None:
    """Send what others print, the SDK's native part for one, where errors go."""
    os.dup2(sys.stdout.fileno(), NEWS)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _tell(line: str) -> None:
    os.write(NEWS, f"{line}\n".encode())


if __name__ == "__main__":
    main()
