"""One pass over the facts: everything that can be seen from their stored bytes."""

import operator
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pydantic_core import from_json

from adapters.ledger.book import Book
from adapters.ledger.doubts import Doubts, Why
from adapters.persistence.event_store import FactStore, leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.trust import Trust
from adapters.proof.tree import HASH_LENGTH, Node, edge, grown, root
from adapters.proof.unproven import Unproven
from domain.subject.events import SubjectErased
from domain.values import StreamId

NO_LEAF = bytes(HASH_LENGTH)
"""What stands in the tree for a row that is no fact."""


@dataclass(frozen=True, slots=True)
class Step:
    """Which fact of its command one is: the `nth` of `of`, in a stream."""

    stream: str
    command: str
    nth: int
    of: int

    def follows(self, before: "Step | None") -> bool:
        """Whether it can come right after another one; the first facts come first."""
        if before is None or before.nth == before.of:
            return self.nth == 1 <= self.of
        return self == Step(before.stream, before.command, before.nth + 1, before.of)


@dataclass
class Reading:
    """What has been seen so far of the facts up to `position`, in order.

    The tree has `size` leaves: as many as there are facts, even where some are missing.

    Args:
        position: after which fact to begin.
        edge_there: the hashes of the edge of the tree at `position`.
        seals_from: the first position whose seal is checked.
        roots: what the root must be at some sizes: every one of them.
        reads: whether every fact is read as its class wants it.
        erased: whose words facts say are gone, and at which position.
    """

    store: FactStore
    book: Book
    trust: Trust
    doubts: Doubts
    position: int
    edge_there: Sequence[bytes]
    seals_from: int
    roots: Mapping[int, Collection[bytes]]
    reads: bool = False
    erased: dict[str, int] = field(default_factory=dict)
    size: int = 0
    _begun_at: int = 0
    _taken: int = 0
    _versions: dict[str, int] = field(default_factory=dict)
    _last: Step | None = None

    def __post_init__(self) -> None:
        """Remember where it begins, and how much the ledger has had then."""
        self._begun_at = self.size = self.position
        self._taken = self.book.size

    @property
    def root(self) -> bytes:
        """The root over all facts up to here."""
        nodes = dict(zip(edge(self.size), self.edge_there, strict=True))
        return root(self.size, lambda _: nodes)

    def take(self, rows: Sequence[StoredRow]) -> None:
        """Look at the next facts."""
        self._grow([self._look_at(row) for row in rows])

    def end(self) -> None:
        """Say what the last fact leaves open, and what the tree has beyond it."""
        if self._last and self._last.nth != self._last.of:
            self.doubts.add(Why.COMMAND_BROKEN, self.position, self._last.stream)
        if self._taken > self.position:
            self.doubts.add(Why.FACTS_LOST, self.position + 1, self._taken)

    def _look_at(self, row: StoredRow) -> bytes:
        """Return the leaf of the next fact, having looked at all there is to it."""
        if row.position != self.position + 1:
            self.doubts.add(Why.FACT_MISSING, self.position + 1, row.position)
        self.position = row.position
        try:
            leaf = leaf_in(row)
        except Unproven:
            self._doubt(Why.FACT_UNREADABLE, row)
            return NO_LEAF
        self._look_at_version(row)
        self._look_at_state(row)
        if row.position >= self.seals_from:
            self._look_at_seal(row, leaf)
        return leaf

    def _look_at_version(self, row: StoredRow) -> None:
        before = self._versions.get(row.stream)
        if before is None:
            before = self._version_at_start(row)
        if row.version != before + 1:
            self._doubt(Why.VERSION_GAP, row)
        self._versions[row.stream] = row.version

    def _version_at_start(self, row: StoredRow) -> int:
        if self._begun_at == 0:
            return 0
        known = self.store.rows_of(StreamId(row.stream))
        return sum(one.position <= self._begun_at for one in known)

    def _look_at_state(self, row: StoredRow) -> None:
        if row.topic == SubjectErased.TOPIC:
            self.erased.setdefault(row.stream.partition("/")[2], row.position)
        try:
            state = from_json(row.state)
            nth, of = operator.index(state["nth"]), operator.index(state["of"])
            step = Step(row.stream, state["event"]["stamp"]["command_id"], nth, of)
            identity = state["id"]
        except (ValueError, KeyError, TypeError):
            self._doubt(Why.FACT_UNREADABLE, row)
            return
        if identity != row.event_id:
            self._doubt(Why.ID_DIFFERS, row)
        if not step.follows(self._last):
            self._doubt(Why.COMMAND_BROKEN, row)
        self._last = step
        if self.reads and self.store.read(row) is None:
            self._doubt(Why.FACT_UNREADABLE, row)

    def _look_at_seal(self, row: StoredRow, leaf: bytes) -> None:
        if not self.trust.has_seal(row.position, leaf, row.seal):
            self._doubt(Why.NOT_SEALED, row)

    def _grow(self, leaves: Sequence[bytes]) -> None:
        """Add leaves to the tree, and compare it with what is kept of it."""
        first = self.size
        levels = defaultdict[int, list[bytes]](list)
        for some in _cut(leaves, first, self.roots):
            nodes = dict(zip(edge(self.size), self.edge_there, strict=True))
            for node, content in grown(self.size, self.edge_there, some):
                nodes[node] = content
                levels[node.level].append(content)
            self.size += len(some)
            self.edge_there = [nodes[node] for node in edge(self.size)]
            for expected in self.roots.get(self.size, ()):
                if expected != self.root:
                    self.doubts.add(Why.ROOT_DIFFERS, self.size, self.size)
        for level, contents in levels.items():
            self._compare(Node(level, first >> level), contents)

    def _compare(self, first: Node, contents: Sequence[bytes]) -> None:
        """Compare neighbours with those that are kept.

        Fewer may be kept, if the ledger has not come that far. What lies beyond its
        last leaf is left from a power cut and counts for nothing.
        """
        there = max(0, (self._taken >> first.level) - first.position)
        contents = contents[:there]
        kept = self.book.row(first.level, first.position, len(contents))
        if b"".join(contents) == kept:
            return
        differs = next(
            nth
            for nth, content in enumerate(contents)
            if kept[nth * HASH_LENGTH :][:HASH_LENGTH] != content
        )
        why = Why.NODE_DIFFERS if first.level else Why.LEAF_DIFFERS
        position = (first.position + differs << first.level) + 1
        self.doubts.add(why, position, position)

    def _doubt(self, why: Why, row: StoredRow) -> None:
        self.doubts.add(why, row.position, f"{row.stream} {row.version}")


def _cut(
    leaves: Sequence[bytes], size: int, roots: Collection[int]
) -> Iterator[Sequence[bytes]]:
    """Yield leaves in pieces that end where a root is to be compared."""
    inside = (one - size for one in roots if size < one < size + len(leaves))
    for begin, end in pairwise([0, *sorted(inside), len(leaves)]):
        yield leaves[begin:end]
