"""Photos: sealed, kept by their digest, erased with their key, saved with the facts."""

import os
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from adapters import erasing, restricting
from adapters import system as installation
from adapters.cli.operations import _holdings
from adapters.errors import Unavailable
from adapters.persistence import backup, backup_restoring
from adapters.persistence.blobs import Blobs, FolderBlobs
from adapters.persistence.photos import Photos
from adapters.persistence.subject_keys import make_subject_keys
from adapters.persistence.vault import opened_vault
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import Code, NotFound, Refused
from domain.register.model import Register
from domain.subject.commands import ApproveErasure, RequestErasure, RestrictSubject
from domain.subject.events import ErasureBasis, RestrictionReason
from domain.values import Shows
from tests.conftest import NOON, adopt
from tests.examples import (
    LIGHTING,
    NUMBER,
    POLICE,
    add_photo,
    moment,
    report,
    stamp,
)

BODY = b"\xff\xd8\xff what can be seen"
CASE, OTHER = f"finding/{NUMBER}", "finding/2026-77"


class MemoryBlobs:
    """A store for tests, as a bucket would be one."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def put(self, group: str, name: str, body: bytes) -> None:
        self.kept[group, name] = body

    def get(self, group: str, name: str) -> bytes | None:
        return self.kept.get((group, name))

    def remove(self, group: str, name: str) -> None:
        self.kept.pop((group, name), None)

    def remove_group(self, group: str) -> None:
        self.kept = {at: body for at, body in self.kept.items() if at[0] != group}

    def names(self) -> Iterator[tuple[str, str]]:
        yield from sorted(self.kept)


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return FolderBlobs(tmp_path / "b") if request.param == "folder" else MemoryBlobs()


@pytest.fixture
def photos(blobs: Blobs, tmp_path: Path) -> Iterator[Photos]:
    make_subject_keys(tmp_path / "keys.db", tmp_path / "keys")
    with closing(opened_vault(tmp_path / "keys.db", tmp_path / "keys")) as vault:
        yield Photos(blobs, lambda: vault)


# ---- the store ----


def test_what_is_put_is_there_until_it_is_removed(blobs: Blobs) -> None:
    assert (blobs.get("a", "1"), [*blobs.names()]) == (None, [])
    for group, name in (("a", "1"), ("a", "2"), ("b", "3")):
        blobs.put(group, name, name.encode())
        blobs.put(group, name, name.encode())

    blobs.remove("a", "1")
    blobs.remove("a", "1")
    assert [*blobs.names()] == [("a", "2"), ("b", "3")]
    assert blobs.get("b", "3") == b"3"

    blobs.remove_group("a")
    blobs.remove_group("a")
    assert [*blobs.names()] == [("b", "3")]


def test_nobody_else_can_read_the_files(tmp_path: Path) -> None:
    FolderBlobs(tmp_path / "b").put("a", "1", b"x")

    assert (tmp_path / "b" / "a").stat().st_mode & 0o077 == 0
    assert (tmp_path / "b" / "a" / "1").stat().st_mode & 0o077 == 0


# ---- sealing ----


def test_a_photo_comes_back_as_it_was_kept(photos: Photos) -> None:
    content = photos.keep(CASE, BODY)

    assert photos.open(CASE, content) == BODY
    assert photos.has(CASE, content)
    [(group, name)] = photos.blobs.names()
    sealed = photos.blobs.get(group, name)
    assert sealed is not None
    assert sha256(sealed).hexdigest() == content == name
    assert b"seen" not in sealed
    assert CASE not in group


def test_the_same_photo_is_kept_once_for_each_case(photos: Photos) -> None:
    first, again = photos.keep(CASE, BODY), photos.keep(CASE, BODY)
    other = photos.keep(OTHER, BODY)

    assert first == again == photos.digest(CASE, BODY)
    assert other != first
    assert len([*photos.blobs.names()]) == 2


def test_a_photo_opens_under_its_own_case_only(photos: Photos) -> None:
    content = photos.keep(CASE, BODY)
    photos.keep(OTHER, BODY)

    assert refused_by(photos, OTHER, content) == (NotFound, Code.UNKNOWN_PHOTO)
    [here] = [at for at in photos.blobs.names() if at[1] == content]
    [there] = [at for at in photos.blobs.names() if at[1] != content]
    sealed = photos.blobs.get(*here)
    assert sealed is not None
    photos.blobs.put(there[0], content, sealed)
    assert refused_by(photos, OTHER, content) == (Unavailable, Code.PHOTO_DAMAGED)


@pytest.mark.parametrize("nth", [0, 40, -1])
def test_a_flipped_bit_is_no_photo_and_no_word_for_erased(
    photos: Photos, nth: int
) -> None:
    content = photos.keep(CASE, BODY)
    [(group, name)] = photos.blobs.names()
    sealed = bytearray(photos.blobs.get(group, name) or b"")
    sealed[nth] ^= 1
    photos.blobs.put(group, name, bytes(sealed))

    assert refused_by(photos, CASE, content) == (Unavailable, Code.PHOTO_DAMAGED)


def test_a_photo_is_gone_with_its_key_wherever_it_lies(photos: Photos) -> None:
    content = photos.keep(CASE, BODY)
    vault = photos.vaulting()
    entry = vault.keys.by_name(CASE)
    assert entry is not None
    vault.destroy(entry.ref)

    assert refused_by(photos, CASE, content) == (NotFound, Code.UNKNOWN_PHOTO)
    with pytest.raises(Refused) as refused:
        photos.keep(CASE, BODY)
    assert refused.value.code is Code.SUBJECT_ERASED


def refused_by(photos: Photos, subject: str, content: str) -> tuple[type, Code]:
    with pytest.raises((NotFound, Unavailable)) as refused:
        photos.open(subject, content)
    return type(refused.value), refused.value.code


# ---- in an installation ----


@pytest.fixture
def system(tmp_path: Path, register: Register) -> Iterator[Gadelys]:
    yield from opened(tmp_path / "data", register)


def opened(data: Path, register: Register | None) -> Iterator[Gadelys]:
    settings = Settings(data=data)
    installation.migrate(settings)
    with installation.opened(settings, lambda: NOON) as system:
        if register:
            adopt(system, register)
        yield system


def photographed(system: Gadelys) -> str:
    """Report a case and put a photo beside it; return its digest."""
    system.submit(report())
    content = system.photos.keep(CASE, BODY)
    system.submit(add_photo(content, Shows.BEFORE))
    return content


def erased(system: Gadelys) -> None:
    subject = erasing.known_subject(system, CASE)
    for command in (
        RequestErasure(
            stamp=stamp(LIGHTING, "2026-10-21 12:01"),
            ref=subject.ref,
            basis=ErasureBasis.OBJECTION,
        ),
        ApproveErasure(stamp=stamp(POLICE, "2026-10-21 12:02"), ref=subject.ref),
    ):
        system.submit(command)
    erasing.erase(system, subject)


def test_a_photo_is_handed_out_with_the_words(system: Gadelys) -> None:
    content = photographed(system)

    [photo] = erasing.photos_of(system, CASE)

    assert (photo.content, photo.shows) == (content, Shows.BEFORE)
    assert photo.jpeg is not None


def test_erasing_takes_the_file_as_well_and_what_no_fact_names(
    system: Gadelys,
) -> None:
    photographed(system)
    system.photos.keep(CASE, b"never became a fact")

    erased(system)

    assert [*system.photos.blobs.names()] == []
    assert [*system.settings.photos_folder.rglob("*")] == []


def test_a_restricted_photo_is_shown_to_nobody_but_whoever_answers_the_citizen(
    system: Gadelys,
) -> None:
    content = photographed(system)
    subject = erasing.known_subject(system, CASE)
    command = RestrictSubject(
        stamp=stamp(LIGHTING, "2026-10-21 12:01"),
        ref=subject.ref,
        reason=RestrictionReason.OBJECTION,
    )
    restricting.ask(system, subject, command)

    with pytest.raises(NotFound) as refused:
        system.photos.open(CASE, content)
    [photo] = erasing.photos_of(system, CASE)
    assert refused.value.code is Code.UNKNOWN_PHOTO
    assert photo.jpeg is not None


def test_a_photo_after_an_erasure_is_refused(system: Gadelys) -> None:
    photographed(system)
    erased(system)

    with pytest.raises(Refused) as refused:
        system.submit(add_photo("ab" * 32, day="2026-10-21 13:00"))

    assert refused.value.code is Code.SUBJECT_ERASED


def test_a_backup_holds_the_photos_and_gives_them_back(
    system: Gadelys, tmp_path: Path, register: Register
) -> None:
    content = photographed(system)
    system.photos.keep(CASE, b"never became a fact")

    made = backup.back_up(_holdings(system), tmp_path / "saved", moment("2026-10-22"))

    [name] = made.photos
    assert name.endswith(content)
    assert made.gone == ()
    assert backup.verify(tmp_path / "saved") == made
    for there in opened(tmp_path / "there", None):
        backup_restoring.restore(tmp_path / "saved", made, _holdings(there))
        sealed = there.photos.blobs.get(name.split("/")[1], content)
        assert sealed is not None
        assert sha256(sealed).hexdigest() == content


def test_a_backup_says_how_many_photos_are_gone(
    system: Gadelys, tmp_path: Path
) -> None:
    content = photographed(system)
    erased(system)

    made = backup.back_up(_holdings(system), tmp_path / "saved", moment("2026-10-22"))

    assert (made.photos, made.gone) == ((), (content,))
    assert backup.verify(tmp_path / "saved") == made


@pytest.mark.parametrize("harm", [os.unlink, lambda path: path.write_bytes(b"x")])
def test_a_backup_with_a_photo_that_was_harmed_is_damaged(
    system: Gadelys, tmp_path: Path, harm: Any
) -> None:
    photographed(system)
    made = backup.back_up(_holdings(system), tmp_path / "saved", moment("2026-10-22"))
    harm(tmp_path / "saved" / made.photos[0])

    with pytest.raises(Refused) as refused:
        backup.verify(tmp_path / "saved")

    assert refused.value.code is Code.BACKUP_DAMAGED
