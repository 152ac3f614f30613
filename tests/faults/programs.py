"""The program as people start it: a process of its own, its log in a file."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from adapters.temporal.server import die_with_parent

PATIENCE_S = 60


class Running(Protocol):
    """A process, in the words of `subprocess.Popen`."""

    def poll(self) -> int | None:
        """Return something when it has ended."""
        ...

    def kill(self) -> None:
        """End it without any warning."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return its exit code."""
        ...


Launch = Callable[[Sequence[str], Mapping[str, str], Path], Running]


def launch(words: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
    """Run `gadelys` with these words as people do."""
    with log.open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "adapters.cli.main", *words],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            preexec_fn=die_with_parent,
        )


@dataclass
class Program:
    """One process that can be killed, told to stop, and started again."""

    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    launch: Launch = launch
    deaths: int = 0
    process: Running = field(init=False)

    def __post_init__(self) -> None:
        """Let it run."""
        self.start()

    def start(self) -> None:
        """Start it; its log begins anew."""
        self.process = self.launch(self.words, self.environment, self.log)

    def said(self) -> str:
        """Return what it has written since it was started."""
        return self.log.read_text("utf-8")

    def says(self, what: str, within_s: float = PATIENCE_S) -> None:
        """Wait until it has said something."""
        wait(lambda: what in self.said(), what, within_s, self.said)

    def dies(self) -> None:
        """Kill it without any warning."""
        self.process.kill()
        self.process.wait()
        self.deaths += 1

    def is_told_to_stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """End whatever is left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def wait(
    what: Callable[[], bool],
    name: str,
    within_s: float = PATIENCE_S,
    why: Callable[[], str] = lambda: "",
) -> None:
    """Wait until `what`, but not for ever."""
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, f"never: {name}\n{why()}"
        time.sleep(0.02)
