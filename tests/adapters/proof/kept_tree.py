"""A tree whose nodes are kept in memory, as a store would keep them."""

from collections.abc import Mapping, Sequence

from adapters.proof.tree import Node, edge, grown, leaf_hash, root


class KeptTree:
    """A list of entries that only grows, and the nodes over it."""

    def __init__(self, *contents: bytes) -> None:
        self.size = 0
        self.nodes: dict[Node, bytes] = {}
        self.reads: list[int] = []
        self.grow(*contents)

    def grow(self, *contents: bytes) -> None:
        of_edge = [self.nodes[node] for node in edge(self.size)]
        for node, found in grown(self.size, of_edge, map(leaf_hash, contents)):
            assert node not in self.nodes
            self.nodes[node] = found
        self.size += len(contents)

    def read(self, wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        self.reads.append(len(wanted))
        return {node: self.nodes[node] for node in wanted if node in self.nodes}

    def root(self, size: int | None = None) -> bytes:
        return root(self.size if size is None else size, self.read)


def numbered(count: int, start: int = 0) -> list[bytes]:
    """Return entries that differ from each other."""
    return [f"entry {number}".encode() for number in range(start, start + count)]
