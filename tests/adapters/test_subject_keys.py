"""Keys of persons: made once, destroyed for ever, re-wrapped by night."""

import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unavailable
from adapters.persistence import sqlite_engine, subject_keys, vault, wrapping_key
from adapters.persistence.sealed_words import Place
from adapters.persistence.sqlite_engine import connect
from adapters.persistence.subject_keys import KeyState, SubjectKey, SubjectKeys
from adapters.persistence.subject_keys_backup import back_up_keys, restore_keys
from domain.errors import Code, NotFound, Refused
from domain.values import ERASED
from tests.adapters.sealing import KeyPlace, keys_in

NAMES = [f"finding/2026-{nth:02d}" for nth in range(1, 21)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[KeyPlace]:
    with keys_in(tmp_path) as found:
        yield found


@pytest.fixture
def keys(place: KeyPlace) -> SubjectKeys:
    return place.vault().keys


def key_of(keys: SubjectKeys, name: str) -> bytes | None:
    entry = keys.by_name(name)
    assert entry
    return entry.key


def wrapped_key_of(place: KeyPlace, name: str) -> bytes:
    """Return the key as it lies in the file."""
    with closing(connect(place.path, durable=True)) as connection:
        [[wrapped]] = connection.execute(
            "SELECT wrapped FROM subjects WHERE name=?", (name,)
        )
    return bytes(wrapped)


def test_a_key_is_made_once(place: KeyPlace, keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    place.vault().keys.ensure(NAMES)

    assert [key_of(keys, name) for name in NAMES] == before
    assert len(set(before)) == len(NAMES)


def test_many_at_once_make_one_key_each(place: KeyPlace) -> None:
    opened = [place.vault().keys for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda keys: keys.ensure(NAMES), opened))

    found = [[key_of(keys, name) for name in NAMES] for keys in opened]
    assert found == [found[0]] * 4


def test_only_the_owner_can_read_them(place: KeyPlace, keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    files = [*place.path.parent.glob("keys.db*"), *place.folder.iterdir()]

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_key_lies_there_unwrapped(place: KeyPlace, keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    on_disk = place.bytes_on_disk()

    assert all((key_of(keys, name) or b"") not in on_disk for name in NAMES)


def test_a_destroyed_key_is_gone_from_the_disk(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    keys.ensure(NAMES)
    wrapped = wrapped_key_of(place, NAMES[0])
    entry = keys.by_name(NAMES[0])
    assert entry
    assert wrapped in place.bytes_on_disk()

    keys.destroy(entry.ref)

    assert wrapped not in place.bytes_on_disk()
    assert key_of(keys, NAMES[0]) is None


def test_no_key_is_made_again_for_whoever_was_erased(keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    entry = keys.by_name(NAMES[0])
    assert entry
    keys.destroy(entry.ref)
    keys.ensure(NAMES)

    assert key_of(keys, NAMES[0]) is None
    assert [one.ref for one in keys.in_state(KeyState.ERASING)] == [entry.ref]

    keys.finish(entry.ref)

    assert [one.ref for one in keys.in_state(KeyState.ERASED)] == [entry.ref]


def test_keys_are_destroyed_while_others_read(keys: SubjectKeys) -> None:
    """The threads of one process share a connection."""
    names = [f"finding/{nth}" for nth in range(60)]
    keys.ensure(names)
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            keys.by_name(names[-1])

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for entry in keys.in_state(KeyState.OPEN):
                keys.destroy(entry.ref)
        finally:
            done.set()

    assert [one.result() for one in readers] == [None] * 4
    assert keys.in_state(KeyState.OPEN) == []


def test_destroying_twice_changes_nothing(keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    entry = keys.by_name(NAMES[0])
    assert entry
    keys.destroy(entry.ref)
    keys.finish(entry.ref)
    keys.destroy(entry.ref)

    assert keys.in_state(KeyState.ERASING) == []


def test_a_vault_keeps_few_keys_in_memory(
    place: KeyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "KEPT_KEYS", 5)
    opened = place.vault()
    opened.prepare(NAMES)

    assert len(opened._owners) == 5


# ---- files that are not as they must be ----


def test_keys_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        SubjectKeys(tmp_path / "keys.db", tmp_path)

    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING


def spoiled(path: Path) -> None:
    path.write_bytes(b"no database, and long enough to be taken for one" * 100)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT = pytest.mark.parametrize("spoil", [spoiled, emptied, made_a_folder])


@SPOILT
def test_keys_in_a_file_that_is_none_are_damaged(
    spoil: Callable[[Path], None], place: KeyPlace, tmp_path: Path
) -> None:
    back_up_keys(place.path, tmp_path / "saved")
    place.close()
    spoil(place.path)

    for ask in (
        place.vault,
        lambda: restore_keys(tmp_path / "saved", place.path, place.folder),
    ):
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.code is Code.SUBJECT_KEYS_DAMAGED
        assert refusal.value.context == {"path": str(place.path)}


def test_as_the_hint_says_damaged_keys_are_moved_away_and_saved_ones_put_back(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    back_up_keys(place.path, tmp_path / "saved")
    place.close()
    spoiled(place.path)
    with pytest.raises(Refused) as refusal:
        back_up_keys(place.path, tmp_path / "again")
    assert refusal.value.code is Code.SUBJECT_KEYS_DAMAGED
    assert not (tmp_path / "again").exists()

    place.path.rename(tmp_path / "away")
    restore_keys(tmp_path / "saved", place.path, place.folder)

    assert [key_of(place.vault().keys, name) for name in NAMES] == before


@pytest.mark.parametrize("spoil", [spoiled, emptied])
def test_saved_keys_that_are_damaged_are_not_put_back(
    spoil: Callable[[Path], None], place: KeyPlace, tmp_path: Path
) -> None:
    back_up_keys(place.path, tmp_path / "saved")
    place.close()
    place.path.unlink()
    spoil(tmp_path / "saved" / "keys.db")

    with pytest.raises(Refused) as refusal:
        restore_keys(tmp_path / "saved", place.path, place.folder)

    assert refusal.value.code is Code.BACKUP_DAMAGED
    assert not place.path.exists()


def test_without_the_key_around_them_keys_do_not_open(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    keys.ensure(NAMES)
    [file] = place.folder.glob("*.wrap")
    file.unlink()

    with pytest.raises(Refused) as refusal:
        key_of(place.vault().keys, NAMES[0])
    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING


def test_another_key_around_them_does_not_open_keys(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    keys.ensure(NAMES)
    [file] = place.folder.glob("*.wrap")
    other = wrapping_key.make(place.folder, 9)
    shutil.copyfile(place.folder / other.file, file)

    with pytest.raises(Refused) as refusal:
        key_of(place.vault().keys, NAMES[0])
    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING


def test_a_key_that_others_can_read_is_not_used(place: KeyPlace) -> None:
    [file] = place.folder.glob("*.wrap")
    file.chmod(0o644)

    with pytest.raises(Refused) as refusal:
        place.vault().keys.ensure(NAMES)
    assert refusal.value.code is Code.KEY_EXPOSED


# ---- a new key around them ----


def test_survivors_stay_and_the_old_key_goes(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    beside = place.vault().keys
    assert [key_of(beside, name) for name in NAMES] == before
    [old] = place.folder.glob("*.wrap")

    assert keys.rotate() == 2

    [new] = place.folder.glob("*.wrap")
    assert new != old
    assert [key_of(keys, name) for name in NAMES] == before
    assert [key_of(beside, name) for name in NAMES] == before
    beside.ensure(["finding/new"])
    assert key_of(keys, "finding/new") == key_of(beside, "finding/new")


def test_a_copy_from_before_opens_nothing_any_more(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    """What was destroyed since is out of reach in it, too."""
    keys.ensure(NAMES)
    back_up_keys(place.path, tmp_path / "saved")
    entry = keys.by_name(NAMES[0])
    assert entry
    keys.destroy(entry.ref)
    keys.rotate()

    old = SubjectKeys(tmp_path / "saved" / "keys.db", place.folder)
    with pytest.raises(Refused) as refusal:
        old.by_name(NAMES[0])
    old.close()
    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING


class PowerCutError(Exception):
    """The program ends here."""


@pytest.mark.parametrize("point", ["make", "wrap", "destroy_older", "truncate_log"])
def test_a_rotation_that_was_stopped_is_begun_again(
    place: KeyPlace,
    keys: SubjectKeys,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]

    def cut(*_: object) -> None:
        raise PowerCutError

    at = wrapping_key if point in {"make", "destroy_older"} else subject_keys
    with monkeypatch.context() as broken:
        broken.setattr(at, point, cut)
        with pytest.raises(PowerCutError):
            keys.rotate()

    again = place.vault().keys
    assert [key_of(again, name) for name in NAMES] == before
    again.rotate()
    assert [key_of(again, name) for name in NAMES] == before
    assert len(list(place.folder.glob("*.wrap"))) == 1


def test_two_who_rotate_at_once_leave_the_key_that_is_in_use(
    place: KeyPlace, keys: SubjectKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one goes from its beginning to its end once the first is stored."""
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    quicker = place.vault().keys
    run = keys._run
    reached: list[int] = []

    def overtaken(statement: str, *values: object) -> list[Any]:
        found = run(statement, *values)
        if statement == "COMMIT" and not reached:
            reached.append(0)
            reached[0] = quicker.rotate()
        return found

    monkeypatch.setattr(keys, "_run", overtaken)
    keys.rotate()

    assert reached == [3]
    assert len(list(place.folder.glob("*.wrap"))) == 1
    again = place.vault().keys
    assert [key_of(again, name) for name in NAMES] == before


def test_many_who_rotate_at_once_lose_no_key(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    opened = [place.vault().keys for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        epochs = [*pool.map(lambda one: one.rotate(), opened * 3)]

    assert sorted(epochs) == [*range(2, 14)]
    assert len(list(place.folder.glob("*.wrap"))) == 1
    again = place.vault().keys
    assert [key_of(again, name) for name in NAMES] == before


def test_the_key_around_later_ones_is_left_alone(
    place: KeyPlace, keys: SubjectKeys
) -> None:
    """An older copy of the keys lies here; the newest may still come back."""
    later = wrapping_key.make(place.folder, 9)
    strange = place.folder / "cases.copy.wrap"
    strange.touch()

    keys.rotate()

    assert (place.folder / later.file).exists()
    assert strange.exists()
    assert len(list(place.folder.glob("cases.[12].*"))) == 1


@contextmanager
def somebody_reading(place: KeyPlace) -> Iterator[None]:
    """Let somebody see one moment of the file, so that its log cannot be emptied."""
    with closing(connect(place.path, durable=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM subjects").fetchone()
        yield


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.05)


@pytest.mark.usefixtures("impatient")
def test_while_somebody_reads_the_old_key_goes_all_the_same(place: KeyPlace) -> None:
    keys = place.vault().keys
    keys.ensure(NAMES)
    [old] = place.folder.glob("*.wrap")
    with somebody_reading(place):
        assert keys.rotate() == 2

    [new] = place.folder.glob("*.wrap")
    assert new != old


@pytest.mark.usefixtures("impatient")
def test_while_somebody_reads_a_key_is_destroyed_and_not_yet_done_with(
    place: KeyPlace,
) -> None:
    keys = place.vault().keys
    keys.ensure(NAMES)
    entry = keys.by_name(NAMES[0])
    assert entry
    wrapped = wrapped_key_of(place, NAMES[0])
    with somebody_reading(place):
        keys.destroy(entry.ref)
        with pytest.raises(Unavailable) as refusal:
            keys.finish(entry.ref)

    assert refusal.value.code is Code.STORE_UNAVAILABLE
    assert key_of(keys, NAMES[0]) is None
    assert [one.ref for one in keys.in_state(KeyState.ERASING)] == [entry.ref]
    keys.finish(entry.ref)
    assert [one.ref for one in keys.in_state(KeyState.ERASED)] == [entry.ref]
    assert wrapped not in place.bytes_on_disk()


def test_a_folder_that_takes_no_key_is_said(place: KeyPlace, keys: SubjectKeys) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    beside = SubjectKeys(place.path, place.folder / "nothing" / "here")
    beside._known = keys._known
    (place.folder / "nothing").touch()

    with pytest.raises(Unavailable) as refusal:
        beside.rotate()
    beside.close()
    assert refusal.value.code is Code.KEYS_UNWRITABLE
    assert [key_of(keys, name) for name in NAMES] == before


# ---- their own backup ----


def test_saved_keys_come_back(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    keys.ensure(NAMES)
    before = [key_of(keys, name) for name in NAMES]
    back_up_keys(place.path, tmp_path / "saved")
    place.close()
    place.path.unlink()

    assert restore_keys(tmp_path / "saved", place.path, place.folder) == len(NAMES)

    assert [key_of(place.vault().keys, name) for name in NAMES] == before
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600


def test_the_key_around_them_is_not_saved_with_them(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    keys.ensure(NAMES)
    back_up_keys(place.path, tmp_path / "saved")

    assert [file.name for file in (tmp_path / "saved").iterdir()] == ["keys.db"]


def test_keys_are_not_put_over_others(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    keys.ensure(NAMES)
    back_up_keys(place.path, tmp_path / "saved")

    with pytest.raises(Refused) as refusal:
        restore_keys(tmp_path / "saved", place.path, place.folder)
    assert refusal.value.code is Code.TARGET_NOT_EMPTY


def test_keys_that_would_not_open_are_not_put_back(
    place: KeyPlace, keys: SubjectKeys, tmp_path: Path
) -> None:
    keys.ensure(NAMES)
    back_up_keys(place.path, tmp_path / "saved")
    (tmp_path / "elsewhere").mkdir()

    with pytest.raises(Refused) as refusal:
        restore_keys(
            tmp_path / "saved", tmp_path / "elsewhere" / "keys.db", tmp_path / "none"
        )
    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_without_keys_is_no_backup(place: KeyPlace, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        restore_keys(tmp_path / "nowhere", place.path, place.folder)

    assert refusal.value.code is Code.NO_BACKUP


def test_a_key_that_is_destroyed_while_it_is_read_is_not_kept(
    place: KeyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader, eraser = (place.vault() for _ in range(3))
    writer.prepare([NAMES[0]])
    here = Place(NAMES[0], 1, "finding.note_added.v1")
    stored = writer.seal(NAMES[0], here, "event.text", "Hemmeligt.")
    read = reader.keys.by_ref

    def slow(ref: str) -> SubjectKey | None:
        found = read(ref)
        eraser.destroy(ref)
        reader._look()
        return found

    with monkeypatch.context() as slowed:
        slowed.setattr(reader.keys, "by_ref", slow)
        assert reader.open(here, stored, "event.text") == "Hemmeligt."

    assert reader.open(here, stored, "event.text") == ERASED
