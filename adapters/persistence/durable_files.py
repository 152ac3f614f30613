"""Files that are on the disk when a function returns, whoever may read them."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from adapters.errors import Unavailable
from domain.errors import Code

ANYBODY_S_FILE = 0o666
"""Less what the umask takes away."""

READ_BY_ALL = 0o644
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700


@contextmanager
def disk_faults(path: Path, code: Code = Code.STORE_UNAVAILABLE) -> Iterator[None]:
    """Say what the disk cannot do.

    Raises: Unavailable (with `code`).
    """
    try:
        yield
    except OSError as problem:
        raise Unavailable(code, path=str(path), problem=problem.strerror) from problem


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read, and wait for nobody: a pipe may never say anything.

    Raises: OSError, also for what is no file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _refuse_other_than_file(path, os.fstat(descriptor).st_mode)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """Return what is in a file.

    Raises: OSError, also for what is no file.
    """
    with opened(path) as file:
        return file.read()


def _refuse_other_than_file(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a file", str(path))


def write(path: Path, body: bytes, mode: int) -> None:
    """Write a new file.

    Raises: FileExistsError when there is one already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def put(path: Path, body: bytes, mode: int) -> None:
    """Write a file whole or not at all; it takes the place of one that is there."""
    with _half(path, body, mode) as half:
        half.replace(path)


def put_new(path: Path, body: bytes, mode: int) -> None:
    """Write a file whole or not at all; one that is there by then stays."""
    with _half(path, body, mode) as half, suppress(FileExistsError):
        path.hardlink_to(half)


@contextmanager
def _half(path: Path, body: bytes, mode: int) -> Iterator[Path]:
    half = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        write(half, body, mode)
        yield half
    finally:
        half.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Let names in `folder`, too, survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
