"""The key around all keys of persons: one file, replaced when keys were destroyed.

While it is there, a copy of the wrapped keys from yesterday can be opened. Once it is
replaced and its file is gone, what was destroyed since is out of reach in every copy.
"""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from adapters.persistence.backup_manifest import settle
from adapters.persistence.cipher import KEY_BYTES, new_key
from adapters.persistence.secret_files import (
    OWNER_ONLY_FOLDER,
    read_secret,
    write_secret,
)
from adapters.proof.encoding import from_base64
from adapters.proof.unproven import Unproven
from domain.errors import Code, Refused

COMPARTMENT = "cases"
"""Whose persons: so far there is one register of cases, and one key around it."""

KIND = ".wrap"


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """One of these keys; `epoch` counts them from 1."""

    epoch: int
    file: str
    key: bytes


def make(folder: Path, epoch: int) -> WrappingKey:
    """Make the key of an epoch; its file is on the disk when this returns."""
    folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    made = WrappingKey(epoch, f"{COMPARTMENT}.{epoch}.{token_hex(4)}{KIND}", new_key())
    write_secret(folder / made.file, made.key)
    settle(folder)
    return made


def read(folder: Path, epoch: int, file: str) -> WrappingKey:
    """Return the key of an epoch.

    Raises: Refused (subject_keys_missing, key_exposed).
    """
    path = folder / file
    try:
        key = from_base64(read_secret(path).strip()) if path.exists() else b""
    except Unproven:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(path))
    return WrappingKey(epoch, file, key)


def left_over(folder: Path, kept: str) -> list[Path]:
    """Return the files of all these keys but one."""
    files = folder.glob(f"{COMPARTMENT}.*{KIND}")
    return sorted(path for path in files if path.name != kept)


def destroy(folder: Path, kept: str) -> int:
    """Remove the files of all these keys but one; return how many there were."""
    others = left_over(folder, kept)
    for path in others:
        path.unlink(missing_ok=True)
    settle(folder)
    return len(others)
