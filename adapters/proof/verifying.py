"""Whether a proof holds, whoever made it: says yes or no to anything.

Source: RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Sequence

from adapters.proof.encoding import MOST
from adapters.proof.tree import EMPTY_ROOT, HASH_LENGTH, node_hash


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf hash `leaf` is at `index` of the tree with this root."""
    if not 0 <= index < size <= MOST or not _are_hashes(proof, leaf, root):
        return False
    way = _Way(index, size - 1)
    found = leaf
    for step in proof:
        if way.is_at_the_top:
            return False
        is_left = way.goes_up()
        found = node_hash(step, found) if is_left else node_hash(found, step)
    return way.is_at_the_top and found == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of size `new` begins with all of that of size `old`."""
    if not 0 <= old <= new <= MOST or not _are_hashes(proof, old_root, new_root):
        return False
    if old == 0 and old_root != EMPTY_ROOT:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    return bool(proof) and _ties(old, new, old_root, new_root, proof)


def _ties(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    is_complete = old.bit_count() == 1
    first, *steps = [old_root, *proof] if is_complete else proof
    way = _Way(old - 1, new - 1)
    way.skips_complete_nodes()
    before = after = first
    for step in steps:
        if way.is_at_the_top:
            return False
        if way.goes_up():
            before, after = node_hash(step, before), node_hash(step, after)
        else:
            after = node_hash(after, step)
    return way.is_at_the_top and (before, after) == (old_root, new_root)


class _Way:
    """The way up from one node: where it is, and where its level ends."""

    def __init__(self, index: int, last: int) -> None:
        self._index, self._last = index, last

    @property
    def is_at_the_top(self) -> bool:
        """Whether there is nothing beside it any more."""
        return self._last == 0

    def skips_complete_nodes(self) -> None:
        """Go up as long as it is a right child."""
        while self._index & 1:
            self._go()

    def goes_up(self) -> bool:
        """Go up past the next neighbour; return whether that is on the left."""
        is_left = bool(self._index & 1) or self._index == self._last
        while is_left and self._index and not self._index & 1:
            self._go()
        self._go()
        return is_left

    def _go(self) -> None:
        self._index >>= 1
        self._last >>= 1


def _are_hashes(proof: Sequence[bytes], *roots: bytes) -> bool:
    return all(len(one) == HASH_LENGTH for one in (*roots, *proof))
