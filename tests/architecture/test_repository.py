"""What must not be in the repository: machines, registries, things left undone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import adapters

ROOT = Path(adapters.__file__).parent.parent
NOT_OURS = {
    *(".git", ".venv", ".gadelys", "build", "dist", "__pycache__", ".temporal"),
    *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"),
    *(".import_linter_cache", "node_modules", "vendor"),
}

# Written in parts, so that this file does not find itself.
LEFT_UNDONE = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
REGISTRIES = (
    *("py" + "pi.org", "python" + "hosted.org", "--index" + "-url"),
    *("--extra-index" + "-url", "arti" + "factory", "ne" + "xus/repository"),
    *("registry." + "npmjs", "dev" + "pi/"),
)
MACHINES = re.compile(r"(?<![\w.])/(?:root|home|Users|work/(?:main|shared))/\w")


@cache
def files() -> tuple[Path, ...]:
    """Return every text file that belongs to the project."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if entry.name in NOT_OURS or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(path)
        elif b"\0" not in path.read_bytes()[:8000]:
            yield path


def found(wanted: tuple[str, ...] | re.Pattern[str]) -> list[str]:
    """Return `file:line: text` for every line with one of these words."""
    pattern = (
        wanted
        if isinstance(wanted, re.Pattern)
        else re.compile("|".join(re.escape(word) for word in wanted))
    )
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_search_sees_the_project() -> None:
    names = {str(path.relative_to(ROOT)) for path in files()}

    assert {"pyproject.toml", "domain/errors.py", "Makefile"} <= names
    assert not any(name.startswith(".venv") for name in names)
    assert len(found(("requires-" + "python = ",))) == 1


def test_no_package_registry_is_named() -> None:
    assert found(REGISTRIES) == []


def test_no_path_of_anybody_s_machine_is_named() -> None:
    assert found(MACHINES) == []


def test_nothing_is_left_undone() -> None:
    assert found(LEFT_UNDONE) == []


@pytest.mark.parametrize("name", ["uv.txt", "run.txt", "dev.txt"])
def test_requirements_name_hashes_and_no_address(name: str) -> None:
    path = ROOT / "requirements" / name
    text = path.read_text("utf-8")

    assert "://" not in text
    assert " @ " not in text
    pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+.*$", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert pinned
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_uv_lock_is_not_kept() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("ci", "code"), [("true", 1), ("", 0)], ids=["in CI", "on a desk"]
)
def test_a_skip_is_a_failure_where_it_counts(
    tmp_path: Path, ci: str, code: int
) -> None:
    test = tmp_path / "test_skipping.py"
    test.write_text("import pytest\n\ndef test_it():\n    pytest.skip('today')\n")

    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest"),
            *("-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml"),
            *("--rootdir", ROOT, test),
        ],
        cwd=ROOT,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == code, done.stdout + done.stderr
    assert ("1 failed" if code else "1 skipped") in done.stdout
