"""What browsers get from us is what was published, with its licence."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tools.vendor import LOCK, TAKEN, digests, folder_of

FOLDERS = sorted(TAKEN)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_file_is_the_one_that_was_published(folder: Path) -> None:
    lock = json.loads((folder / LOCK).read_text("utf-8"))

    assert lock["sha256"] == digests(folder, TAKEN[folder])
    assert set(lock["packages"]) == set(TAKEN[folder])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_nothing_else_lies_there(folder: Path) -> None:
    for package, files in TAKEN[folder].items():
        root = folder / folder_of(package)
        there = {
            str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()
        }
        assert there == set(files)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_package_brings_its_licence(folder: Path) -> None:
    packages: Mapping[str, tuple[str, ...]] = TAKEN[folder]

    for package, files in packages.items():
        assert any("LICEN" in name for name in files), package
