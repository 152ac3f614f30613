"""Folders that are whole or not there, whatever stops us while we write them.

What a program that was killed leaves half done is removed by the next one that writes
beside it: it may hold what people wrote. A folder is held as long as somebody fills it.
"""

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pysqlite3.dbapi2 as sqlite
import structlog

from adapters.errors import Unavailable
from adapters.persistence.durable_files import (
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    disk_faults,
    settle,
    write,
)
from adapters.persistence.event_store import storing
from domain.errors import Code, Refused

log = structlog.get_logger()

UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}\.gadelys-half")
"""How a folder is called until it is whole; nobody else has such names."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Say what the disk or SQLite cannot do.

    Raises: Unavailable (store_unavailable).
    """
    try:
        with disk_faults(path):
            yield
    except sqlite.Error as problem:
        raise Unavailable(
            Code.STORE_UNAVAILABLE, path=str(path), problem=str(problem)
        ) from problem


@contextmanager
def whole_or_nothing(target: Path, taken: Code) -> Iterator[Path]:
    """Give a folder that gets its name at the end, or goes.

    Raises: Refused (with the code `taken` when the name is not free; folder_unusable);
        Unavailable (store_unavailable).
    """
    with saving(target), storing():
        refuse_taken(target, taken)
        remove_leftovers(target.parent)
        with _half_of(target) as half:
            yield half
            settle(half)
            half.rename(target)
            settle(target.parent)


def new_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write files as a new folder, whole or not at all, for its owner only.

    A name may have folders before it, set apart by `/`.

    Raises: Refused (folder_exists, folder_unusable); Unavailable (store_unavailable).
    """
    with whole_or_nothing(target, Code.FOLDER_EXISTS) as folder:
        for name, content in files.items():
            for below in reversed(Path(name).parents):
                (folder / below).mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
            write(folder / name, content, OWNER_ONLY_FILE)
        for below in sorted(path for path in folder.rglob("*") if path.is_dir()):
            settle(below)


def refuse_taken(target: Path, taken: Code) -> None:
    """Refuse a name that is not free.

    Raises: Refused (with the code `taken`; folder_unusable).
    """
    with _being_made(target):
        if target.exists() or target.is_symlink():
            raise Refused(taken, path=str(target))


def remove_leftovers(folder: Path) -> None:
    """Remove what was left half done in `folder` by programs that were killed."""
    for half in leftovers(folder):
        shutil.rmtree(half, ignore_errors=True)
        log.warning("leftover.removed", path=str(half))


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what lies half done in `folder`, is ours, and is filled by nobody.

    Each is held until the next one is asked for, so that nobody else takes it.
    """
    for path in _halves_in(folder):
        held = _hold(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if held is None:
            continue
        try:
            if os.fstat(held).st_uid == os.geteuid():
                yield path
        finally:
            os.close(held)


def _halves_in(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if UNFINISHED.fullmatch(one.name))
    except OSError:
        return []


@contextmanager
def _half_of(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`, held, that goes if it keeps its name."""
    half, held = _begun(target)
    try:
        yield half
    finally:
        shutil.rmtree(half, ignore_errors=True)
        if held is not None:
            os.close(held)


def _begun(target: Path) -> tuple[Path, int | None]:
    """Make and hold an empty folder, also if somebody takes it for left before that."""
    while True:
        half = target.with_name(f".{target.name}.{uuid4().hex}.gadelys-half")
        with _being_made(target):
            # The folder around it is not made: it may be a disk that is not mounted.
            half.mkdir(mode=OWNER_ONLY_FOLDER)
        held = _hold(half, fcntl.LOCK_EX)
        if half.exists():
            return half, held
        if held is not None:
            os.close(held)


def _hold(folder: Path, how: int) -> int | None:
    """Take hold of a folder, if it is there, free, and on a disk that knows of that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _being_made(folder: Path) -> Iterator[None]:
    """Say that no folder can be made of this name.

    Raises: Refused (folder_unusable); OSError when there is only no room for it.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno in NO_ROOM:
            raise
        raise Refused(
            Code.FOLDER_UNUSABLE, path=str(folder), problem=problem.strerror
        ) from problem
