"""Files with secrets: for their owner only, and on the disk before they are used."""

import os
import stat
from base64 import b64encode
from pathlib import Path

from domain.errors import Code, Refused

OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_secret(file: Path, secret: bytes) -> None:
    """Write a secret into a file that must not be there yet."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(b64encode(secret) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def read_secret(file: Path) -> str:
    """Return what is in a file that nobody else may read.

    Raises: Refused (keys_missing, key_exposed).
    """
    try:
        with file.open(encoding="ascii") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if mode & OTHERS:
                raise Refused(Code.KEY_EXPOSED, path=str(file))
            return opened.read()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(Code.KEYS_MISSING, path=str(file)) from problem
