"""Files that are on the disk when a function returns, whoever may read them."""

import os
from pathlib import Path
from uuid import uuid4

ANYBODY_S_FILE = 0o666
"""Less what the umask takes away."""

READ_BY_ALL = 0o644
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700


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
    half = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        write(half, body, mode)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Let names in `folder`, too, survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
