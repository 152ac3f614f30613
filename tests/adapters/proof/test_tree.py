"""Every proof in trees of up to 128 leaves, and what must not pass for one."""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from random import Random

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.proof.tree import (
    EMPTY_ROOT,
    Node,
    consistency_proof,
    edge,
    grown,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
)
from adapters.proof.unproven import Reason, Unproven
from adapters.proof.verifying import verify_consistency, verify_inclusion
from tests.adapters.proof.kept_tree import KeptTree, numbered

MOST = 128
CONTENTS = numbered(MOST)
TREE = KeptTree(*CONTENTS)
LEAVES = [leaf_hash(content) for content in CONTENTS]
HUGE = 2**62 + 12345

# The eight entries that implementations of certificate transparency are tried with,
# and the root over the first one, two, … of them.
REFERENCE = [
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.fixture(scope="module")
def oracle() -> pymerkle.InmemoryTree:
    """Return the same tree, made by somebody else."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    tree.append_entries(CONTENTS)
    return tree


@cache
def naive_root(start: int, stop: int) -> bytes:
    """Return the root as the definition in RFC 6962, section 2.1, says it."""
    if stop - start <= 1:
        return LEAVES[start] if stop > start else sha256().digest()
    middle = start + largest_power_below(stop - start)
    return node_hash(naive_root(start, middle), naive_root(middle, stop))


def naive_consistency(
    old: int, start: int, stop: int, *, is_known: bool = True
) -> list[bytes]:
    """Return the proof as the definition in RFC 6962, section 2.1.2, says it."""
    if old == stop - start:
        return [] if is_known else [naive_root(start, stop)]
    half = largest_power_below(stop - start)
    middle = start + half
    if old <= half:
        deeper = naive_consistency(old, start, middle, is_known=is_known)
        return [*deeper, naive_root(middle, stop)]
    deeper = naive_consistency(old - half, middle, stop, is_known=False)
    return [*deeper, naive_root(start, middle)]


def largest_power_below(number: int) -> int:
    power = 1
    while power * 2 < number:
        power *= 2
    return power


def every_pair(most: int) -> Iterator[tuple[int, int]]:
    return ((old, new) for new in range(1, most + 1) for old in range(1, new + 1))


def flipped(some: bytes, chance: Random) -> bytes:
    """Return `some` with one bit changed."""
    place = chance.randrange(len(some))
    bit = 1 << chance.randrange(8)
    return some[:place] + bytes([some[place] ^ bit]) + some[place + 1 :]


# ---- roots ----


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_that_others_publish(size: int) -> None:
    tree = KeptTree(*map(bytes.fromhex, REFERENCE))

    assert tree.root(size).hex() == REFERENCE_ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert KeptTree().root() == EMPTY_ROOT == sha256(b"").digest()


def test_every_earlier_root_comes_from_the_nodes_of_today(
    oracle: pymerkle.InmemoryTree,
) -> None:
    for size in range(1, MOST + 1):
        assert TREE.root(size) == oracle.get_root(size) == naive_root(0, size)


def test_growing_in_steps_keeps_the_same_nodes_as_growing_at_once() -> None:
    chance = Random(17)
    tree, contents = KeptTree(), list(CONTENTS)
    while contents:
        step = chance.randrange(12)
        tree.grow(*contents[:step])
        del contents[:step]

    assert tree.nodes == TREE.nodes
    assert len(tree.nodes) == 2 * MOST - 1


def test_an_edge_of_another_size_does_not_grow() -> None:
    with pytest.raises(Unproven) as caught:
        list(grown(3, [LEAVES[0]], LEAVES[3:4]))

    assert caught.value.reason is Reason.OUT_OF_RANGE


# ---- proofs that hold ----


def test_every_inclusion_proof_holds_and_is_the_one_that_others_make(
    oracle: pymerkle.InmemoryTree,
) -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, TREE.read)
            # Theirs counts from one and begins with the leaf itself.
            theirs = oracle.prove_inclusion(index + 1, size)
            assert [LEAVES[index], *proof] == theirs.path
            assert verify_inclusion(
                LEAVES[index], index, size, proof, oracle.get_root(size)
            )


def test_every_consistency_proof_holds_and_is_the_one_of_the_definition() -> None:
    roots = [naive_root(0, size) for size in range(MOST + 1)]
    for old, new in every_pair(MOST):
        proof = consistency_proof(old, new, TREE.read)
        assert verify_consistency(old, new, roots[old], roots[new], proof)
        assert list(proof) == naive_consistency(old, 0, new)


def test_a_tree_begins_with_an_empty_one_without_a_proof() -> None:
    assert consistency_proof(0, 5, TREE.read) == ()
    assert verify_consistency(0, 5, EMPTY_ROOT, TREE.root(5), ())
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, ())


def test_a_proof_needs_one_read_of_few_nodes() -> None:
    TREE.reads.clear()
    inclusion_proof(77, 101, TREE.read)
    consistency_proof(77, 101, TREE.read)
    TREE.root(101)

    assert len(TREE.reads) == 3
    assert max(TREE.reads) <= 14


def test_a_tree_with_more_leaves_than_anybody_has_is_no_trouble() -> None:
    asked = list[Node]()

    def everywhere(wanted: Sequence[Node]) -> dict[Node, bytes]:
        asked.extend(wanted)
        return dict.fromkeys(wanted, LEAVES[0])

    proof = inclusion_proof(HUGE - 7, HUGE, everywhere)
    whole = root(HUGE, everywhere)

    assert len(asked) < 3 * 64
    assert len(proof) <= 63
    assert not verify_inclusion(LEAVES[0], HUGE - 7, HUGE, proof, whole[::-1])


# ---- what must not pass ----


def test_a_proof_with_one_bit_changed_is_refused() -> None:
    chance = Random(29)
    for _ in range(1500):
        size = chance.randrange(2, MOST + 1)
        index = chance.randrange(size)
        parts = [LEAVES[index], TREE.root(size)]
        parts += inclusion_proof(index, size, TREE.read)
        place = chance.randrange(len(parts))
        parts[place] = flipped(parts[place], chance)
        leaf, whole, *proof = parts

        assert not verify_inclusion(leaf, index, size, proof, whole)


def test_a_consistency_proof_with_one_bit_changed_is_refused() -> None:
    chance = Random(31)
    for _ in range(1500):
        new = chance.randrange(2, MOST + 1)
        old = chance.randrange(1, new)
        parts = [TREE.root(old), TREE.root(new)]
        parts += consistency_proof(old, new, TREE.read)
        place = chance.randrange(len(parts))
        parts[place] = flipped(parts[place], chance)
        before, after, *proof = parts

        assert not verify_consistency(old, new, before, after, proof)


def test_a_proof_is_good_for_one_place_only() -> None:
    for size in range(1, 25):
        for index in range(size):
            proof = inclusion_proof(index, size, TREE.read)
            places = [
                other
                for other in range(-1, size + 1)
                if verify_inclusion(LEAVES[index], other, size, proof, TREE.root(size))
            ]
            assert places == [index]


def test_a_proof_of_one_length_is_none_where_another_is_needed() -> None:
    """Shapes can agree: sizes are bound to their roots by a signature, not by this."""
    pairs = list(every_pair(16))
    ways = {pair: inclusion_proof(pair[0] - 1, pair[1], TREE.read) for pair in pairs}
    ties = {pair: consistency_proof(*pair, TREE.read) for pair in pairs}
    for old, new in pairs:
        here, before, after = LEAVES[old - 1], TREE.root(old), TREE.root(new)
        way, tie = ways[old, new], ties[old, new]
        for other, size in pairs:
            if len(ways[other, size]) != len(way):
                assert not verify_inclusion(here, other - 1, size, way, after)
            if len(ties[other, size]) != len(tie):
                assert not verify_consistency(other, size, before, after, tie)


def test_a_proof_that_is_too_short_or_too_long_is_refused() -> None:
    for old, new in every_pair(40):
        way = inclusion_proof(old - 1, new, TREE.read)
        tie = consistency_proof(old, new, TREE.read)
        here, before, after = LEAVES[old - 1], TREE.root(old), TREE.root(new)
        for wrong in (way[:-1], way[1:], (*way, LEAVES[0]), (LEAVES[0], *way)):
            assert wrong == way or not verify_inclusion(
                here, old - 1, new, wrong, after
            )
        for wrong in (tie[:-1], tie[1:], (*tie, LEAVES[0]), (LEAVES[0], *tie)):
            assert wrong == tie or not verify_consistency(
                old, new, before, after, wrong
            )


def test_another_history_is_never_consistent() -> None:
    for old, new in every_pair(32):
        fork = KeptTree(*CONTENTS[: old - 1], b"another", *CONTENTS[old:new])
        proof = consistency_proof(old, new, fork.read)

        assert not verify_consistency(old, new, TREE.root(old), fork.root(), proof)


def test_a_node_is_never_taken_for_a_leaf() -> None:
    left, right = LEAVES[:2]

    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (0, 3, LEAVES[0], TREE.root(3)),
        (0, 0, LEAVES[0], LEAVES[0]),
        (3, 3, TREE.root(3), TREE.root(4)),
        (4, 3, TREE.root(4), TREE.root(3)),
        (-1, 3, EMPTY_ROOT, TREE.root(3)),
        (3, 2**63, TREE.root(3), TREE.root(4)),
        (1, 2, TREE.root(1), TREE.root(2)),
        (2, 4, TREE.root(2), TREE.root(4)),
        (3, 5, TREE.root(3), TREE.root(5)),
        (3, 3, b"", b""),
    ],
)
def test_sizes_that_do_not_fit_their_roots_are_refused(
    old: int, new: int, before: bytes, after: bytes
) -> None:
    assert not verify_consistency(old, new, before, after, ())


@given(
    index=st.integers(-2, 2**70),
    size=st.integers(-2, 2**70),
    proof=st.lists(st.binary(max_size=40) | st.just(LEAVES[0]), max_size=70),
    leaf=st.binary(max_size=40) | st.just(LEAVES[1]),
)
def test_whatever_is_shown_gets_an_answer(
    index: int, size: int, proof: list[bytes], leaf: bytes
) -> None:
    assert verify_inclusion(leaf, index, size, proof, LEAVES[2]) is False
    assert verify_consistency(index, size, leaf, LEAVES[2], proof) is False


@pytest.mark.parametrize("size", [-1, 2**63])
def test_there_is_no_tree_of_an_impossible_size(size: int) -> None:
    asks = (
        lambda: root(size, TREE.read),
        lambda: edge(size),
        lambda: inclusion_proof(0, size, TREE.read),
        lambda: consistency_proof(0, size, TREE.read),
        lambda: list(grown(size, [], [])),
    )
    for ask in asks:
        with pytest.raises(Unproven) as caught:
            ask()
        assert caught.value.reason is Reason.OUT_OF_RANGE


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(Unproven) as caught:
        inclusion_proof(index, size, TREE.read)

    assert caught.value.reason is Reason.OUT_OF_RANGE


def test_a_node_that_was_lost_is_missed() -> None:
    tree = KeptTree(*CONTENTS[:9])
    del tree.nodes[Node(2, 1)]

    with pytest.raises(Unproven) as caught:
        inclusion_proof(2, 9, tree.read)

    assert caught.value.reason is Reason.NODE_MISSING
