"""Where the tree over all facts is kept: files that only grow.

`nodes/NN` holds all complete nodes of one level, 32 bytes each, in order; level 0 are
the leaves. `checkpoints/` holds every signed checkpoint under its size. All of it but
the signatures can be made again from the facts. What cannot be read counts as missing.
"""

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from adapters.errors import Unavailable
from adapters.persistence.durable_files import (
    ANYBODY_S_FILE,
    disk_faults,
    opened,
    put,
    read,
    settle,
)
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.tree import HASH_LENGTH, Node, edge, grown, root
from adapters.proof.unproven import Reason, Unproven
from domain.errors import Code

SUFFIX = ".note"


class Book:
    """The ledger of one installation; one process at a time adds to it."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when something is added."""
        self._folder = folder
        self._nodes = folder / "nodes"
        self._checkpoints = folder / "checkpoints"
        self._line = folder / ".line"

    @property
    def size(self) -> int:
        """How many leaves there are.

        Raises: Unavailable (store_unavailable) when the disk does not say.
        """
        leaves = self._level(0)
        with disk_faults(leaves), suppress(FileNotFoundError, NotADirectoryError):
            found = leaves.stat()
            return found.st_size // HASH_LENGTH if S_ISREG(found.st_mode) else 0
        return 0

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """Return those of some nodes that are kept."""
        wanted = defaultdict[int, list[Node]](list)
        for node in nodes:
            wanted[node.level].append(node)
        found: dict[Node, bytes] = {}
        for level, of_level in wanted.items():
            with suppress(OSError), opened(self._level(level)) as file:
                for node in of_level:
                    file.seek(node.position * HASH_LENGTH)
                    content = file.read(HASH_LENGTH)
                    if len(content) == HASH_LENGTH:
                        found[node] = content
        return found

    def row(self, level: int, first: int, count: int) -> bytes:
        """Return some neighbours of one level as they lie there, fewer at the end."""
        with suppress(OSError), opened(self._level(level)) as file:
            file.seek(first * HASH_LENGTH)
            return file.read(count * HASH_LENGTH)
        return b""

    def unreadable(self) -> Iterator[str]:
        """Yield the names of folders and nodes that are there and cannot be read."""
        for folder in (self._folder, self._nodes, self._checkpoints):
            if folder.exists() and not folder.is_dir():
                yield folder.name
        for level in sorted(self._nodes.glob("[0-9][0-9]")):
            if not _is_readable(level):
                yield f"{self._nodes.name}/{level.name}"

    def begins_with(self, checkpoint: Checkpoint) -> bool:
        """Whether the tree is one that has grown from a checkpoint.

        Raises: Unproven (node_missing).
        """
        size = checkpoint.size
        return size <= self.size and root(size, self.read) == checkpoint.root

    def edge(self, size: int) -> list[bytes]:
        """Return the hashes of the complete nodes that make up the tree of `size`.

        Raises: Unproven (node_missing).
        """
        nodes = edge(size)
        found = self.read(nodes)
        if len(found) < len(nodes):
            raise Unproven(Reason.NODE_MISSING, "not all of the edge is kept")
        return [found[node] for node in nodes]

    def add(self, leaves: Sequence[bytes]) -> None:
        """Add leaves; they are on the disk when this returns.

        The leaves are written last: as many as there are, so many are whole.

        Raises: Unproven (node_missing).
        """
        size = self.size
        rows = defaultdict[int, list[bytes]](list)
        for node, content in grown(size, self.edge(size), leaves):
            rows[node.level].append(content)
        for level in sorted(rows, reverse=True):
            self._write(level, size >> level, b"".join(rows[level]))

    def checkpoints(self, *, newest_first: bool = False) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the bytes of every checkpoint, the smallest first.

        Of one that cannot be read there are no bytes.
        """
        paths = self._notes()
        for path in reversed(paths) if newest_first else paths:
            yield path.name, _content(path)

    def latest(self) -> Note | None:
        """Return the checkpoint that was signed last.

        Raises: Unavailable (ledger_stopped) when it is damaged, or when none is there
            because the ledger is.
        """
        if not (paths := self._notes()):
            self._refuse_unreadable()
            return None
        try:
            return Note.parse(_content(paths[-1]))
        except Unproven as problem:
            told = f"the last checkpoint, {paths[-1].name}, is damaged"
            raise self._stopped(told) from problem

    def keep(self, size: int, note: Note) -> None:
        """Keep a checkpoint; it takes the place of one with the same size.

        Raises: Unavailable (store_unavailable) when it cannot be written.
        """
        path = self._checkpoints / f"{size:012}{SUFFIX}"
        with disk_faults(path):
            self._checkpoints.mkdir(parents=True, exist_ok=True)
            put(path, bytes(note), ANYBODY_S_FILE)
            settle(self._checkpoints)

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Let nobody else add meanwhile.

        Raises: Unavailable (store_unavailable) when the folder cannot be written,
            (ledger_stopped) when something in it cannot be read.
        """
        with disk_faults(self._folder):
            self._nodes.mkdir(parents=True, exist_ok=True)
            with self._line.open("a") as line:
                fcntl.flock(line, fcntl.LOCK_EX)
                self._refuse_unreadable()
                yield

    def _refuse_unreadable(self) -> None:
        for name in self.unreadable():
            raise self._stopped(f"{name} cannot be read")

    def _stopped(self, problem: str) -> Unavailable:
        return Unavailable(Code.LEDGER_STOPPED, position=self.size, problem=problem)

    def _notes(self) -> list[Path]:
        return sorted(self._checkpoints.glob(f"[0-9]*{SUFFIX}"))

    def _level(self, level: int) -> Path:
        return self._nodes / f"{level:02}"

    def _write(self, level: int, first: int, content: bytes) -> None:
        """Write nodes from `first` on; what a power cut left behind them goes."""
        path = self._level(level)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(first * HASH_LENGTH)
            file.seek(0, os.SEEK_END)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _is_readable(path: Path) -> bool:
    try:
        with opened(path):
            return True
    except OSError:
        return False


def _content(path: Path) -> bytes:
    """Return what is in a file; of none that can be read, nothing."""
    try:
        return read(path)
    except OSError:
        return b""
