"""Who is the active reader of a store: one works, the others stand by.

A lease saves work; nothing is right because of it. Between losing it and noticing,
two may read at once. So every reader can be repeated: rows move together with their
position, and telling Temporal the same again changes nothing.

Source: ADR 0020.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Protocol

from adapters.errors import Unavailable
from domain.errors import Code

PROJECTOR = "project"
DISPATCHER = "dispatch"
LEDGER = "ledger"
"""The readers, called as the verbs that run them."""


class Lease(Protocol):
    """The right to be the active reader, as one process sees it."""

    def held(self) -> bool:
        """Take it if it is free; return whether it is ours now.

        Raises: Unavailable (store_unavailable) when nobody can tell; then it is not.
        """
        ...

    def release(self) -> None:
        """Let another have it; without effect when it is not ours."""
        ...


class FileLease:
    """A locked file on this machine; the kernel frees it, however its holder ends."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, which is made when it is missing."""
        self._path = path
        self._file: IO[str] | None = None

    def held(self) -> bool:
        """Take it if it is free; return whether it is ours now."""
        try:
            if self._file and not self._is_in_place(self._file):
                self.release()
            self._file = self._file or _locked(self._path)
        except OSError as problem:
            self.release()
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(self._path), problem=problem.strerror
            ) from problem
        return self._file is not None

    def release(self) -> None:
        """Let another have it."""
        if self._file:
            self._file.close()
        self._file = None

    def _is_in_place(self, file: IO[str]) -> bool:
        """Whether ours is the file that others would lock."""
        if not self._path.exists():
            return False
        return os.path.samestat(os.fstat(file.fileno()), self._path.stat())


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lease at `path`; asked without taking it."""
    if not path.exists():
        return False
    with path.open(encoding="ascii") as file:
        return not _locks(file, fcntl.LOCK_SH)


def _locked(path: Path) -> IO[str] | None:
    file = path.open("a", encoding="ascii")
    if _locks(file, fcntl.LOCK_EX):
        return file
    file.close()
    return None


def _locks(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
