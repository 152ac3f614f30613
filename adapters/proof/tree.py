"""The Merkle tree over a list that only grows: how it is hashed, kept and proved.

Only complete nodes are kept. They never change, and they give the root of every
size that the tree has had, and every proof, in O(log n) reads.

Source: RFC 9162, section 2.1, with SHA-256; the tree of RFC 6962 is the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from adapters.proof.encoding import MOST
from adapters.proof.unproven import Reason, Unproven

HASH_LENGTH = 32
EMPTY_ROOT = sha256().digest()


class Node(NamedTuple):
    """A complete node: over `2**level` leaves, `position` counted at its level."""

    level: int
    position: int


Read = Callable[[Sequence[Node]], Mapping[Node, bytes]]
"""Fetches kept nodes: all that one answer needs, in one call."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of one entry of the list."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def edge(size: int) -> tuple[Node, ...]:
    """Return the complete nodes that make up a tree, the largest first.

    Raises: Unproven (out_of_range).
    """
    _check(0 <= size <= MOST)
    return tuple(_complete(range(size)))


def grown(
    size: int, of_edge: Sequence[bytes], leaves: Iterable[bytes]
) -> Iterator[tuple[Node, bytes]]:
    """Yield every node that becomes complete, in the order in which it does.

    Args:
        size: how many leaves there were before.
        of_edge: the hashes of `edge(size)`, in its order.
        leaves: the hashes of the new leaves.

    Raises: Unproven (out_of_range) when the edge is that of another size.
    """
    _check(0 <= size <= MOST and len(of_edge) == size.bit_count())
    open_nodes = list(of_edge)
    for nth, leaf in enumerate(leaves, start=size):
        level, found = 0, leaf
        yield Node(level, nth), found
        while nth >> level & 1:
            found = node_hash(open_nodes.pop(), found)
            level += 1
            yield Node(level, nth >> level), found
        open_nodes.append(found)


def root(size: int, read: Read) -> bytes:
    """Return the root that the tree had at `size`.

    Raises: Unproven (out_of_range, node_missing).
    """
    _check(0 <= size <= MOST)
    return _hashes([range(size)], read)[0] if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: Read) -> tuple[bytes, ...]:
    """Return what leads from leaf `index` to the root at `size`, from below.

    Raises: Unproven (out_of_range, node_missing).
    """
    _check(0 <= index < size <= MOST)
    return _hashes(_beside(index, size), read)


def consistency_proof(old: int, new: int, read: Read) -> tuple[bytes, ...]:
    """Return what shows that the tree at `new` begins with that at `old`.

    From an empty tree, and from a tree to itself, nothing needs to be shown.

    Raises: Unproven (out_of_range, node_missing).
    """
    _check(0 <= old <= new <= MOST)
    return _hashes(_between(old, new), read) if 0 < old < new else ()


def _check(holds: bool) -> None:  # noqa: FBT001 - a condition, not an option
    if not holds:
        raise Unproven(Reason.OUT_OF_RANGE, "there is no tree of that size")


def _beside(index: int, size: int) -> list[range]:
    """Return the leaves under each neighbour of the way up from one leaf."""
    leaves, passed = range(size), list[range]()
    while len(leaves) > 1:
        left, right = _halves(leaves)
        leaves, other = (left, right) if index in left else (right, left)
        passed.append(other)
    return passed[::-1]


def _between(old: int, new: int) -> list[range]:
    """Return the leaves under each node that ties two sizes together."""
    leaves, passed = range(new), list[range]()
    while leaves.stop != old:
        left, right = _halves(leaves)
        leaves, other = (left, right) if old <= left.stop else (right, left)
        passed.append(other)
    # The whole old tree is not told: who asks has its root already.
    return [*([leaves] if leaves.start else []), *passed[::-1]]


def _halves(leaves: range) -> tuple[range, range]:
    """Return the largest complete tree on the left, and the rest."""
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return leaves[:middle], leaves[middle:]


def _complete(leaves: range) -> Iterator[Node]:
    """Yield the complete nodes over these leaves, the largest first."""
    start = leaves.start
    while start < leaves.stop:
        level = (leaves.stop - start).bit_length() - 1
        yield Node(level, start >> level)
        start += 1 << level


def _hashes(parts: Sequence[range], read: Read) -> tuple[bytes, ...]:
    """Return the hash over each part of the leaves; everything is read at once."""
    nodes = [list(_complete(leaves)) for leaves in parts]
    wanted = [node for part in nodes for node in part]
    kept = read(wanted) if wanted else {}
    if missing := sum(node not in kept for node in wanted):
        raise Unproven(Reason.NODE_MISSING, f"{missing} nodes are not kept")
    return tuple(_joined([kept[node] for node in part]) for part in nodes)


def _joined(hashes: Sequence[bytes]) -> bytes:
    *left, found = hashes
    for one in reversed(left):
        found = node_hash(one, found)
    return found
