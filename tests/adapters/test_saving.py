"""Folders are whole or not there; what a killed program leaves goes with the next."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.doctor import examine
from adapters.errors import Unavailable
from adapters.persistence import saving
from adapters.persistence.saving import leftovers, remove_leftovers, whole_or_nothing
from adapters.settings import Settings
from domain.errors import Code, Refused
from tests.adapters.conftest import ROOT

WRITER = """
import sys
from pathlib import Path
from adapters.persistence.saving import whole_or_nothing
from domain.errors import Code
with whole_or_nothing(Path(sys.argv[1]), Code.FOLDER_EXISTS) as folder:
    (folder / "historik.html").write_text("To lamper er slukket.")
    print("ready", flush=True)
    sys.stdin.readline()
"""
NOBODYS = f".case.{'0' * 32}.gadelys-half"


@contextmanager
def somebody_writing(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another program be in the middle of a folder."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def save(target: Path) -> None:
    with whole_or_nothing(target, Code.FOLDER_EXISTS) as folder:
        (folder / "file").touch()


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_what_a_killed_program_left_goes_with_the_next(tmp_path: Path) -> None:
    with somebody_writing(tmp_path / "case") as writer:
        writer.kill()
        writer.wait()
    [left] = tmp_path.iterdir()
    assert names(left) == ["historik.html"]

    save(tmp_path / "another")

    assert names(tmp_path) == ["another"]


def test_what_somebody_is_writing_is_left_alone(tmp_path: Path) -> None:
    with somebody_writing(tmp_path / "case") as writer:
        save(tmp_path / "another")
        assert not list(leftovers(tmp_path))
        _, _ = writer.communicate("go on\n")

    assert names(tmp_path) == ["another", "case"]
    assert names(tmp_path / "case") == ["historik.html"]


def test_what_only_looks_alike_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / "place"
    for name in (f".case.{'0' * 32}", ".case.gadelys-half", NOBODYS.lstrip(".")):
        (place / name).mkdir(parents=True)
    (place / NOBODYS.replace("0", "1")).touch()
    (place / NOBODYS.replace("0", "2")).symlink_to(elsewhere)
    before = names(place)

    remove_leftovers(place)

    assert names(place) == before
    assert elsewhere.exists()


def test_what_somebody_else_owns_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NOBODYS).mkdir()
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: 4711)
        remove_leftovers(tmp_path)
    assert names(tmp_path) == [NOBODYS]

    remove_leftovers(tmp_path)
    assert names(tmp_path) == []


def test_who_is_taken_for_dead_at_birth_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody removes what was left just before it is held."""
    hold = saving._hold
    taken: list[Path] = []

    def late(folder: Path, how: int) -> int | None:
        if not taken:
            taken.append(folder)
            monkeypatch.setattr(saving, "_hold", hold)
            remove_leftovers(tmp_path)
        return hold(folder, how)

    monkeypatch.setattr(saving, "_hold", late)
    save(tmp_path / "case")

    assert not taken[0].exists()
    assert names(tmp_path) == ["case"]


def test_a_disk_that_cannot_hold_folders_still_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    (tmp_path / NOBODYS).mkdir()
    monkeypatch.setattr("fcntl.flock", unknown)
    save(tmp_path / "case")

    assert names(tmp_path) == [NOBODYS, "case"]


@pytest.mark.parametrize("place", ["no/such/deep", "file/deep", "/proc/q"])
def test_a_name_that_cannot_be_is_said_to_be_one(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Refused) as refusal:
        save(tmp_path / place)

    assert refusal.value.code is Code.FOLDER_UNUSABLE


def test_a_disk_without_room_is_no_wrong_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(Unavailable) as refusal:
        save(tmp_path / "case")

    assert refusal.value.code is Code.STORE_UNAVAILABLE


def test_the_doctor_names_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()

    def found() -> tuple[str, str]:
        checks = examine(Settings(data=tmp_path / "data"))
        [one] = (check for check in checks if check.name == "leftovers")
        return one.state, one.found

    assert found() == ("ok", "0")
    (tmp_path / NOBODYS).mkdir()
    assert found() == ("warning", str(tmp_path / NOBODYS))
