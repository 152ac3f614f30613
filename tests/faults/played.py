"""The program itself, in a calendar that another process plays.

Only the clocks are others, and patience with the dead is shorter; everything else is
`gadelys VERB …`. A process that has imported everything is forked for each program,
as in the nursery: five that die and come back would import for half a minute.

Run as a program: reads a line of JSON for each program that shall be born, and writes
its process id.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker._worker import load_default_build_id

from adapters import processes
from adapters import system as installation
from adapters.cli import running
from adapters.cli.main import main as gadelys
from adapters.persistence import postgres_event_store, row_store
from adapters.temporal.client import Client, connect
from adapters.temporal.server import die_with_parent
from tests.faults import impatience
from tests.faults.programs import PATIENCE_S, Launch
from tests.faults.shared_times import SharedTimes

TIMES = "PLAYED_TIMES"
"""The variable that names the file of the calendar."""

LOST_AFTER = timedelta(seconds=2)
"""Few die here and many share two cores: who is slow is not lost."""

ENDED_WELL = "ended with 0"
IMPORTED = (postgres_event_store, row_store, running)
"""What a program would import only when it runs."""


class Forked:
    """A process that is no child of this one."""

    def __init__(self, pid: int) -> None:
        """Hold on to the process `pid`, which lives."""
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return 0 when it has ended; its log says how."""
        return 0 if select.select([self._end], [], [], 0)[0] else None

    def kill(self) -> None:
        """End it without any warning."""
        signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        signal.pidfd_send_signal(self._end, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its log says how it came."""
        if not select.select([self._end], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("a forked program", timeout or 0)
        return 0


@contextmanager
def played() -> Iterator[Launch]:
    """Return what starts programs; all of them end with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.played"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as cradle:
        assert cradle.stdin
        assert cradle.stdout
        requests, pids = cradle.stdin, cradle.stdout

        def launch(
            words: Sequence[str], environment: Mapping[str, str], log: Path
        ) -> Forked:
            asked = {"words": words, "environment": environment, "log": str(log)}
            requests.write(json.dumps(asked) + "\n")
            requests.flush()
            return Forked(int(pids.readline()))

        yield launch
        requests.close()
        cradle.wait(PATIENCE_S)


def main() -> None:
    """Fork a program for each line that asks for one, until there are no more."""
    load_default_build_id()
    installation.projections()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        Path(asked["log"]).write_bytes(b"")
        child = os.fork()
        if child == 0:
            _live(**asked)
        print(child, flush=True)


def _live(words: list[str], environment: dict[str, str], log: str) -> None:
    """Be the program until it ends or dies."""
    code: object = 1
    try:
        die_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _write_to(log)
        os.environ.update(environment)
        sys.argv = ["gadelys", *words]
        _play_along()
    except SystemExit as end:
        code = end.code or 0
    except BaseException as problem:  # noqa: BLE001 - this process must not go on
        code = repr(problem)
    finally:
        print(f"ended with {code}", flush=True)
        os._exit(0)


def _write_to(log: str) -> None:
    """Send all that is said, also by the SDK's native part, to a file of its own."""
    said = os.open(log, os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for stream in (1, 2):
        os.dup2(said, stream)


def _play_along() -> None:
    """Run the program with the times of the calendar."""
    times = SharedTimes(Path(os.environ[TIMES]))

    async def impatiently(*told: Any, **more: Any) -> Client:
        return impatience.impatient(await connect(*told, **more))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impatience, "LOST_AFTER", LOST_AFTER)
        patch.setattr(processes, "SameTime", lambda: times)
        patch.setattr(processes, "connect", impatiently)
        opened = partial(installation.opened, now=lambda: times.now)
        patch.setattr(installation, "opened", opened)
        gadelys()


if __name__ == "__main__":
    main()
