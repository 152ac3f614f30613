"""The key around all keys of persons: one file, replaced when keys were destroyed.

While it is there, a copy of the wrapped keys from yesterday can be opened. Once it is
replaced and its file is gone, what was destroyed since is out of reach in every copy.
"""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from adapters.persistence.durable_files import OWNER_ONLY_FOLDER, settle
from adapters.persistence.key_files import new_key, read_key
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
    file = f"{COMPARTMENT}.{epoch}.{token_hex(4)}{KIND}"
    return WrappingKey(epoch, file, new_key(folder / file))


def read(folder: Path, epoch: int, file: str) -> WrappingKey:
    """Return the key of an epoch.

    Raises: Refused (subject_keys_missing, key_exposed, bad_file).
    """
    path = folder / file
    if not path.exists():
        raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(path))
    return WrappingKey(epoch, file, read_key(path))


def destroy(folder: Path, kept: str) -> None:
    """Remove the files of all these keys but one."""
    for path in folder.glob(f"{COMPARTMENT}.*{KIND}"):
        if path.name != kept:
            path.unlink(missing_ok=True)
    settle(folder)
