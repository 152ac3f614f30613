"""Running `gadelys demo` as people do, and a short walk file to run it on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TIMEOUT_S = 280

Days = dict[str, list[str]]
Followed = tuple[Days, dict[str, str]]
"""Reminder days by clock (those that were reminded of), and day by level."""


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
