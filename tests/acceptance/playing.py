"""Running `gadelys demo` as people do, and a short walk file to run it on."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TIMEOUT_S = 280

Days = dict[str, list[str]]
Followed = tuple[Days, dict[str, str]]
"""Reminder days by clock (those that were reminded of), and day by level."""


@contextmanager
def shared(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Return a folder that all test processes share, to one of them at a time.

    A demo takes its time: who comes first plays it, the others read what came of it.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def played_once(
    factory: pytest.TempPathFactory, name: str, *arguments: str
) -> dict[str, Any]:
    """Return what `gadelys demo` prints with `--json`; it is played only once."""
    with shared(factory, name) as folder:
        answer = folder / "answer.json"
        if not answer.exists():
            done = demo(*arguments, "--json")
            assert done.returncode == 0, done.stderr
            report_of(done)
            answer.write_text(done.stdout, "utf-8")
        report: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return report


def demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `gadelys demo` with `arguments`."""
    environment = {**os.environ, "GADELYS_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "adapters.cli.main", "demo", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def report_of(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """Return what a demo printed with `--json`: one object and nothing else."""
    assert done.stdout.startswith("{"), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def followed(report: dict[str, Any]) -> dict[str, Followed]:
    """Return reminders and escalations of each finding that had any."""
    table = {}
    for number, found in report["findings"].items():
        days = {clock: on for clock, on in found["reminders"].items() if on}
        if days or found["escalations"]:
            table[number] = (days, found["escalations"])
    return table


def short_walk(**more: Any) -> dict[str, Any]:
    """Return a walk with two findings and three days of history."""
    coordinator = "municipality/walk-coordinator"
    operations = "municipality/operations"
    return {
        "schema": "walk-file/1",
        "walk": {
            "number": "SHORT-1",
            "area": "Opdigtet",
            "starts_at": "2026-10-08T17:00:00+02:00",
            "ends_at": "2026-10-08T19:00:00+02:00",
        },
        "findings": [
            {
                "number": "S-1",
                "category": "GRF-TAG",
                "text": "Tags på muren.",
                "history": [
                    {"on": "2026-10-09", "do": "report", "by": coordinator},
                    {
                        "on": "2026-10-09",
                        "do": "assign",
                        "by": coordinator,
                        "to": operations,
                    },
                    {
                        "on": "2026-10-14",
                        "do": "mark_fixed",
                        "by": operations,
                        "evidence": "photo",
                    },
                ],
            },
            {
                "number": "S-2",
                "category": "POS-KEEP",
                "text": "Lyst og rart.",
                "history": [{"on": "2026-10-09", "do": "report", "by": coordinator}],
            },
        ],
        **more,
    }


def write(folder: Path, walk: dict[str, Any]) -> str:
    """Write `walk` into `folder` and return its path."""
    path = folder / "walk.json"
    path.write_text(json.dumps(walk, ensure_ascii=False), "utf-8")
    return str(path)
