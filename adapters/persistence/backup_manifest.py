"""What a backup says of itself: `manifest.json`, written last of all.

A folder without it is no backup, so one that was interrupted is never taken for whole.
"""

import json
import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.persistence.copying import Copied
from adapters.persistence.durable_files import OWNER_ONLY_FILE, write
from domain.errors import Code, NotFound, Refused

FORMAT: Final = "gadelys-backup/1"
MANIFEST = "manifest.json"
EVENTS = "events.db"
CONTACTS = "contacts.db"
TRUST = "trust.toml"
CHECKPOINT = "checkpoint.note"
DOCUMENTS = "documents"
PHOTOS = "photos"
ACCESS = "access"
"""A folder with a whole backup of the log of readings in it."""

ACCESS_MANIFEST = f"{ACCESS}/{MANIFEST}"

_FORMAT = re.compile(r"gadelys-backup/(\d+)")
_DIGEST = r"^[0-9a-f]{64}$"
_MEGABYTE = 1 << 20


class SavedFile(BaseModel):
    """One file of a backup; no name leads out of its folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^((events|contacts)\.db|trust\.toml|checkpoint\.note"
        r"|access/manifest\.json|documents/[0-9a-f]{64}"
        r"|photos/[0-9a-f]{20}/[0-9a-f]{64})$"
    )
    size: int
    """In bytes."""
    sha256: str = Field(pattern=_DIGEST)


class Manifest(BaseModel):
    """What was saved, up to which fact, and what every file must look like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["gadelys-backup/1"] = FORMAT
    gadelys: str
    """The version of the program that made it."""
    schema_version: int
    """The shape of `events.db`."""
    made_at: datetime
    facts: int
    last: int
    """The position of the newest fact in it."""
    digest: str = Field(pattern=_DIGEST)
    """Over all facts, as `gadelys copy` prints it: the same on either engine."""
    missing: tuple[str, ...] = ()
    """Documents that facts name and that were lost before the backup was made."""
    gone: tuple[str, ...] = ()
    """Photos that facts name and that were not there: erased, or lost."""
    files: tuple[SavedFile, ...]

    @property
    def account(self) -> Copied:
        """The facts, counted and digested."""
        return Copied(self.facts, self.last, self.digest)

    @property
    def documents(self) -> tuple[str, ...]:
        """The digests of the documents in it."""
        return tuple(
            file.name.partition("/")[2]
            for file in self.files
            if file.name.startswith(f"{DOCUMENTS}/")
        )

    @property
    def photos(self) -> tuple[str, ...]:
        """The names of the files with photos in it."""
        return tuple(
            file.name for file in self.files if file.name.startswith(f"{PHOTOS}/")
        )

    def file(self, name: str) -> SavedFile | None:
        """Return what is said of one file, if it is in the backup."""
        return next((file for file in self.files if file.name == name), None)


def read_manifest(folder: Path) -> Manifest:
    """Return what the backup in `folder` says of itself.

    Raises: NotFound (no_backup); Refused (backup_newer, backup_damaged).
    """
    try:
        told: Any = json.loads((folder / MANIFEST).read_bytes())
    except OSError as problem:
        raise NotFound(Code.NO_BACKUP, path=str(folder)) from problem
    except ValueError as problem:
        raise damaged(MANIFEST) from problem
    _refuse_other_formats(told, folder)
    try:
        return Manifest.model_validate(told)
    except ValidationError as problem:
        raise damaged(MANIFEST) from problem


def _refuse_other_formats(told: Any, folder: Path) -> None:
    named = told.get("format") if isinstance(told, dict) else None
    found = _FORMAT.fullmatch(named) if isinstance(named, str) else None
    if found is None:
        raise NotFound(Code.NO_BACKUP, path=str(folder))
    if named != FORMAT:
        raise Refused(Code.BACKUP_NEWER, found=named, needed=FORMAT)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`; only then is the folder a backup."""
    # What has no photos can be restored by who knows of none.
    unsaid = None if manifest.gone else {"gone"}
    text = manifest.model_dump_json(indent=2, exclude=unsaid) + "\n"
    write(folder / MANIFEST, text.encode(), OWNER_ONLY_FILE)


def saved_file(folder: Path, name: str) -> SavedFile:
    """Return what a file of a backup looks like now."""
    path = folder / name
    return SavedFile(name=name, size=path.stat().st_size, sha256=digest_of(path))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = sha256()
    with path.open("rb") as file:
        while part := file.read(_MEGABYTE):
            digest.update(part)
    return digest.hexdigest()


def damaged(name: str) -> Refused:
    """Return the refusal of a backup in which one file is not what it was."""
    return Refused(Code.BACKUP_DAMAGED, file=name)
