"""The key around all keys of persons: one file, replaced when keys were destroyed.

While it is there, a copy of the wrapped keys from yesterday can be opened. Once it is
replaced and its file is gone, what was destroyed since is out of reach in every copy.
"""

from dataclasses import dataclass
from math import inf
from pathlib import Path
from secrets import token_hex

from adapters.persistence.durable_files import OWNER_ONLY_FOLDER, settle
from adapters.persistence.key_files import keys_written, new_key, read_key
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
    """Make the key of an epoch; its file is on the disk when this returns.

    Raises: Unavailable (keys_unwritable).
    """
    file = f"{COMPARTMENT}.{epoch}.{token_hex(4)}{KIND}"
    with keys_written(folder):
        folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        return WrappingKey(epoch, file, new_key(folder / file))


def read(folder: Path, epoch: int, file: str) -> WrappingKey:
    """Return the key of an epoch.

    Raises: Refused (subject_keys_missing, key_exposed, bad_file).
    """
    path = folder / file
    if not path.exists():
        raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(path))
    return WrappingKey(epoch, file, read_key(path))


def destroy_older(folder: Path, epoch: int, file: str) -> None:
    """Remove the files of earlier epochs than `epoch`, and others of it than `file`.

    A later one is not touched: it belongs to keys that are not here.

    Raises: Unavailable (keys_unwritable).
    """
    with keys_written(folder):
        for path in folder.glob(f"{COMPARTMENT}.*{KIND}"):
            if path.name != file and _epoch_of(path) <= epoch:
                path.unlink(missing_ok=True)
        settle(folder)


def _epoch_of(path: Path) -> float:
    """Return which epoch a file is named for; none of ours is of the last one."""
    _, epoch, *_ = path.name.split(".")
    return int(epoch) if epoch.isdecimal() else inf
