"""A leaf is the hash of all that a store keeps of a fact, and of nothing else."""

from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest

from adapters.proof.encoding import MOST
from adapters.proof.leaf import leaf_of
from adapters.proof.unproven import Reason, Unproven

FACT = ("finding/2026-Æ", 7, "finding.noted.v1", b'{"event":{}}')


def test_it_is_what_the_decision_says_byte_for_byte() -> None:
    written = (
        b"gadelys-leaf/1\n"
        b"\x00\x00\x00\x00\x00\x00\x00\x07"
        b"\x00\x00\x00\x00\x00\x00\x00\x0ffinding/2026-\xc3\x86"
        b"\x00\x00\x00\x00\x00\x00\x00\x10finding.noted.v1"
        b'\x00\x00\x00\x00\x00\x00\x00\x0c{"event":{}}'
    )

    assert leaf_of(*FACT) == sha256(b"\x00" + written).digest()


def test_no_part_can_be_mistaken_for_another() -> None:
    leaves = [
        leaf_of(*FACT),
        leaf_of("finding/2026-Æf", 7, "inding.noted.v1", FACT[3]),
        leaf_of("finding/2026-", 7, "Æfinding.noted.v1", FACT[3]),
        leaf_of(FACT[0], 7, 'finding.noted.v1{"event":{}}', b""),
        leaf_of(FACT[0], 8, FACT[2], FACT[3]),
        leaf_of("", 7, "", b""),
    ]

    assert all(one != two for one, two in combinations(leaves, 2))


@pytest.mark.parametrize("version", [0, 1, MOST])
def test_every_version_that_an_engine_can_count_has_one(version: int) -> None:
    assert leaf_of("s", version, "t", b"") != leaf_of("s", 5, "t", b"")


@pytest.mark.parametrize(
    "other",
    [
        *({"version": one} for one in (-1, MOST + 1, 1.5, "7", None, b"7")),
        *({"stream": one} for one in (None, 7, b"finding/1")),
        *({"topic": one} for one in (None, 7, b"topic")),
        *({"state": one} for one in (None, 7, "{}", bytearray(b"{}"))),
    ],
    ids=str,
)
def test_what_no_fact_can_be_has_none(other: dict[str, Any]) -> None:
    names = ("stream", "version", "topic", "state")
    parts: dict[str, Any] = dict(zip(names, FACT, strict=True))

    with pytest.raises(Unproven) as caught:
        leaf_of(**(parts | other))

    assert caught.value.reason is Reason.MALFORMED
