"""Processes, files and command lines for the tests of the adapters."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import adapters

ROOT = Path(adapters.__file__).parent.parent
PATIENCE_S = 60

Together = Callable[..., None]
"""`together(task, path, how_many, count)` runs writers at once and waits for them."""


@pytest.fixture
def together() -> Together:
    """Return a function that lets several processes do one task at once."""

    def run(task: str, path: Path, processes: int, count: int) -> None:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.adapters.writing"]
                + [task, str(path), f"process-{nth}", str(count)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for nth in range(processes)
        ]
        for process in started:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        ended = []
        for process in started:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in started:
            _, errors = process.communicate(timeout=PATIENCE_S)
            ended.append((process.returncode, errors))

        assert ended == [(0, "")] * processes

    return run
