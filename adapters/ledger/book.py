"""Where the tree over all facts is kept: files that only grow.

`nodes/NN` holds all complete nodes of one level, 32 bytes each, in order; level 0 are
the leaves. `checkpoints/` holds every signed checkpoint under its size. All of it but
the signatures can be made again from the facts.
"""

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.errors import Unavailable
from adapters.persistence.durable_files import ANYBODY_S_FILE, put
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
        self._nodes = folder / "nodes"
        self._checkpoints = folder / "checkpoints"
        self._line = folder / ".line"

    @property
    def size(self) -> int:
        """How many leaves there are."""
        try:
            return self._level(0).stat().st_size // HASH_LENGTH
        except FileNotFoundError:
            return 0

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """Return those of some nodes that are kept."""
        wanted = defaultdict[int, list[Node]](list)
        for node in nodes:
            wanted[node.level].append(node)
        found: dict[Node, bytes] = {}
        for level, of_level in wanted.items():
            path = self._level(level)
            if not path.exists():
                continue
            with path.open("rb") as file:
                for node in of_level:
                    file.seek(node.position * HASH_LENGTH)
                    content = file.read(HASH_LENGTH)
                    if len(content) == HASH_LENGTH:
                        found[node] = content
        return found

    def row(self, level: int, first: int, count: int) -> bytes:
        """Return some neighbours of one level as they lie there, fewer at the end."""
        try:
            with self._level(level).open("rb") as file:
                file.seek(first * HASH_LENGTH)
                return file.read(count * HASH_LENGTH)
        except FileNotFoundError:
            return b""

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
        """Yield the name and the bytes of every checkpoint, the smallest first."""
        paths = self._notes()
        for path in reversed(paths) if newest_first else paths:
            yield path.name, path.read_bytes()

    def latest(self) -> Note | None:
        """Return the checkpoint that was signed last.

        Raises: Unavailable (ledger_stopped) when it is damaged.
        """
        paths = self._notes()
        try:
            return Note.parse(paths[-1].read_bytes()) if paths else None
        except Unproven as problem:
            raise Unavailable(
                Code.LEDGER_STOPPED,
                position=self.size,
                problem=f"the last checkpoint, {paths[-1].name}, is damaged",
            ) from problem

    def keep(self, size: int, note: Note) -> None:
        """Keep a checkpoint; it takes the place of one with the same size."""
        self._checkpoints.mkdir(parents=True, exist_ok=True)
        path = self._checkpoints / f"{size:012}{SUFFIX}"
        put(path, bytes(note), ANYBODY_S_FILE)

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Let nobody else add meanwhile.

        Raises: Unavailable (store_unavailable) when the folder cannot be written.
        """
        try:
            self._nodes.mkdir(parents=True, exist_ok=True)
            with self._line.open("a") as line:
                fcntl.flock(line, fcntl.LOCK_EX)
                yield
        except OSError as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE,
                path=str(self._nodes.parent),
                problem=problem.strerror,
            ) from problem

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
