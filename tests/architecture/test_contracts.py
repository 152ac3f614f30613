"""Who may import whom: every contract holds, and every contract can fail."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

import adapters

ROOT = Path(adapters.__file__).parent.parent
LINT = Path(sys.executable).parent / "lint-imports"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINTER = PROJECT["tool"]["importlinter"]
NAMES: Mapping[str, str] = {one["id"]: one["name"] for one in LINTER["contracts"]}

BREAKING: Mapping[str, tuple[str, str]] = {
    "inwards": ("domain/values.py", "import adapters.settings"),
    "pure": ("projections/fold.py", "import random"),
    "no-rules-in-workflows": (
        "workflows/delivery.py",
        "from domain.finding.decide import decide",
    ),
    "one-home-for-eventsourcing": ("adapters/settings.py", "import eventsourcing"),
    "one-home-for-temporal": ("adapters/reports.py", "import temporalio"),
    "one-home-for-cryptography": ("adapters/settings.py", "import cryptography"),
    "one-home-for-pages": ("adapters/reports.py", "import starlette"),
    "pure-proofs": ("adapters/proof/note.py", "import time"),
    "inside-the-domain": ("domain/errors.py", "from domain.values import Actor"),
    "entry-points-down": ("adapters/settings.py", "import adapters.cli.session"),
}
"""One line in one file that each contract must not let pass."""


def lint(folder: Path, *contracts: str) -> "subprocess.CompletedProcess[str]":
    chosen = [part for name in contracts for part in ("--contract", name)]
    return subprocess.run(
        [LINT, "--no-logo", "--no-cache", *chosen],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_contract_holds() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(NAMES)} kept, 0 broken." in done.stdout


def test_every_contract_is_broken_once_here() -> None:
    assert set(BREAKING) == set(NAMES)


@pytest.mark.parametrize("contract", sorted(BREAKING))
def test_a_contract_fails_when_it_is_broken(contract: str, tmp_path: Path) -> None:
    for name in LINTER["root_packages"]:
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file, line = BREAKING[contract]
    with (tmp_path / file).open("a", encoding="utf-8") as opened:
        opened.write(f"\n{line}\n")

    done = lint(tmp_path, contract)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{NAMES[contract]} BROKEN" in done.stdout
    assert "Contracts: 0 kept, 1 broken." in done.stdout
