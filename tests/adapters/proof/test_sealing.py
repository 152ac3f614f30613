"""A seal holds for one fact of one installation, with one key."""

import random
from typing import Any

import pytest

from adapters.proof.encoding import base64_of
from adapters.proof.note import KEY_ID_LENGTH, Note, Signature, signed_by
from adapters.proof.sealing import Sealer, is_sealed, sealed_text
from adapters.proof.signing import Signer

ORIGIN = "gadelys.example/1"
NAME = f"{ORIGIN}/seals"
LEAF = bytes(range(32))
KEY, OTHER = Signer(NAME, b"k" * 32), Signer(NAME, b"o" * 32)
SEAL = Sealer(ORIGIN, KEY).seal(LEAF)


def test_it_holds_with_its_key_among_others() -> None:
    assert is_sealed(ORIGIN, LEAF, SEAL, [KEY.verifier])
    assert is_sealed(ORIGIN, LEAF, SEAL, [OTHER.verifier, KEY.verifier])


def test_any_reader_of_notes_can_check_it() -> None:
    line = Signature(NAME, SEAL[:KEY_ID_LENGTH], SEAL[KEY_ID_LENGTH:])
    text = f"gadelys-seal/1\n{ORIGIN}\n{base64_of(LEAF)}\n"
    [signed] = signed_by(Note(text, (line,)), [KEY.verifier])

    assert sealed_text(ORIGIN, LEAF) == text
    assert signed.by == KEY.verifier


def test_it_says_nothing_of_anything_else() -> None:
    assert not is_sealed(ORIGIN, LEAF[::-1], SEAL, [KEY.verifier])
    assert not is_sealed("gadelys.example/2", LEAF, SEAL, [KEY.verifier])
    assert not is_sealed(ORIGIN, LEAF, SEAL, [OTHER.verifier])
    assert not is_sealed(ORIGIN, LEAF, SEAL, [])


def test_the_same_key_under_another_name_is_another_key() -> None:
    log = Signer(ORIGIN, b"k" * 32)

    assert not is_sealed(ORIGIN, LEAF, SEAL, [log.verifier])
    assert not is_sealed(ORIGIN, LEAF, Sealer(ORIGIN, log).seal(LEAF), [KEY.verifier])


def test_no_bit_of_it_can_be_another() -> None:
    for bit in range(len(SEAL) * 8):
        other = bytearray(SEAL)
        other[bit // 8] ^= 1 << bit % 8

        assert not is_sealed(ORIGIN, LEAF, bytes(other), [KEY.verifier]), bit


@pytest.mark.parametrize("length", range(len(SEAL)))
def test_it_cannot_be_shorter(length: int) -> None:
    assert not is_sealed(ORIGIN, LEAF, SEAL[:length], [KEY.verifier])


@pytest.mark.parametrize(
    "other", [None, b"", "", 7, 1.5, SEAL.hex(), SEAL + b"\0", SEAL * 2], ids=repr
)
def test_what_is_no_seal_does_not_hold(other: Any) -> None:
    assert not is_sealed(ORIGIN, LEAF, other, [KEY.verifier])


def test_bytes_at_random_do_not_hold() -> None:
    chance = random.Random(1)

    assert not any(
        is_sealed(ORIGIN, LEAF, SEAL[:4] + chance.randbytes(64), [KEY.verifier])
        for _ in range(500)
    )
