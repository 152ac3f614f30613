"""What a campaign came to: written down with its seed, and told in the end.

A pytest plugin: the campaigns may run in several processes, so the figures go to
files, and whoever started them tells what is in the files.
"""

import json
import os
from pathlib import Path

import pytest

FOLDER = (
    Path(__file__).parents[2] / "build" / os.environ.get("FAULTS_FIGURES", "faults")
)
LONG = os.environ.get("FAULTS_FORM", "short") == "long"
SEED = int(os.environ.get("FAULTS_SEED") or "20261122")


def either(*, short: int, long: int) -> int:
    """Return how much there shall be of something in this form."""
    return long if LONG else short


def note(campaign: str, **figures: object) -> None:
    """Write down what a campaign came to, with the seed that repeats it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = {"seed": SEED, "form": "long" if LONG else "short", **figures}
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    (FOLDER / f"{campaign}.json").write_text(f"{text}\n", "utf-8")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget the figures of the last time."""
    if not hasattr(session.config, "workerinput") and FOLDER.exists():
        for file in FOLDER.glob("*.json"):
            file.unlink()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures of every campaign."""
    files = sorted(FOLDER.glob("*.json"))
    terminalreporter.section(f"figures ({FOLDER.name}/*.json)")
    for file in files:
        told = json.loads(file.read_text("utf-8"))
        figures = ", ".join(f"{name} {value}" for name, value in told.items())
        terminalreporter.write_line(f"{file.stem}: {figures}")
