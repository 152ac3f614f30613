"""What a disk may hold after a power cut: everything synced, of the rest anything.

Between two syncs a disk writes in any order, and of one write any 512 bytes; what
concerns files themselves (made, cut, deleted) happens in order, as file systems with
a journal do it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.faults.disk import Deed

SECTOR = 512


@dataclass
class Held:
    """One file: what is safe, and what was done to it since."""

    safe: bytearray | None = None
    since: list[Deed] = field(default_factory=list)


@dataclass
class Platter:
    """All files while deeds happen one after the other."""

    files: dict[str, Held] = field(default_factory=dict)

    @classmethod
    def of(cls, *files: Path) -> "Platter":
        """Begin with files that are safe as they are."""
        return cls({str(file): Held(bytearray(file.read_bytes())) for file in files})

    def do(self, deed: Deed) -> None:
        """Take one more deed."""
        held = self.files.setdefault(deed.file, Held())
        if deed.kind == "sync":
            for one in held.since:
                held.safe = _done(held.safe, one)
            held.since.clear()
        else:
            held.since.append(deed)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """Return what may be found when the power is back."""
        keeping = chance.choice((0.0, 0.5, 1.0))
        tearing = chance.choice((0.0, 0.3))
        found = {}
        for file, held in self.files.items():
            content = _survived(held, chance, keeping, tearing)
            if content is not None:
                found[file] = content
        return found


def _survived(
    held: Held, chance: random.Random, keeping: float, tearing: float
) -> bytearray | None:
    content = None if held.safe is None else bytearray(held.safe)
    files = sum(deed.kind != "write" for deed in held.since)
    in_time = chance.randint(0, files) if keeping < 1 else files
    for deed in held.since:
        if deed.kind != "write":
            if not in_time:
                # What follows happened to a file that this one has not become yet.
                break
            in_time -= 1
            content = _done(content, deed)
        elif content is not None and chance.random() < keeping:
            for piece in _pieces(deed, chance, tearing):
                content = _done(content, piece)
    return content


def _pieces(deed: Deed, chance: random.Random, tearing: float) -> Iterator[Deed]:
    """Return a write whole, or the sectors of it that got to the disk."""
    if chance.random() >= tearing:
        yield deed
        return
    begin, end = deed.place, deed.place + len(deed.data)
    edges = [begin, *range(begin - begin % SECTOR + SECTOR, end, SECTOR), end]
    for left, right in pairwise(edges):
        if chance.random() < 0.5:
            data = deed.data[left - begin : right - begin]
            yield Deed("write", deed.file, left, data)


def _done(content: bytearray | None, deed: Deed) -> bytearray | None:
    match deed.kind:
        case "create":
            return bytearray() if content is None else content
        case "delete":
            return None
        case "truncate":
            kept = content or bytearray()
            return kept[: deed.place].ljust(deed.place, b"\0")
        case _:
            kept = bytearray() if content is None else content
            end = deed.place + len(deed.data)
            if len(kept) < end:
                kept.extend(bytes(end - len(kept)))
            kept[deed.place : end] = deed.data
            return kept


def lay(found: dict[str, bytearray], folder: Path) -> None:
    """Write files of a state into `folder`, and nothing else."""
    for file in folder.iterdir():
        file.unlink()
    for path, content in found.items():
        (folder / Path(path).name).write_bytes(content)
