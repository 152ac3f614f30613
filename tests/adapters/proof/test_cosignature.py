"""What a witness signed, and when."""

import pytest

from adapters.proof.cosignature import cosigned_message, time_of, with_time
from adapters.proof.keys import Verifier
from adapters.proof.note import Note, Signature, signed_by
from adapters.proof.signing import Cosigner
from adapters.proof.unproven import Reason, Unproven
from tests.adapters.proof.known_notes import ARCHE_NOTE, REMORA, SOFA_NOTE

WITNESS = Cosigner("witness.example", bytes(range(32)))
TEXT = Note.parse(SOFA_NOTE).text
SEEN_AT = 1679315147


def test_the_published_line_tells_the_published_time() -> None:
    log, witness = Note.parse(SOFA_NOTE).signatures

    assert time_of(witness.body)[0] == SEEN_AT
    assert (len(log.body), len(witness.body)) == (64, 72)
    assert witness.name == "witness.example.com/w1"


def test_the_signed_message_is_that_of_the_specification() -> None:
    assert cosigned_message(TEXT, SEEN_AT).decode() == (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_a_public_witness_signed_at_the_time_that_its_line_tells() -> None:
    [found] = signed_by(Note.parse(ARCHE_NOTE), [Verifier.parse(REMORA)])

    assert found.at == 0x6A122120
    assert found.line.name == "remora.n621.de"


def test_another_time_is_another_signature() -> None:
    at, signature = time_of(WITNESS.cosign(TEXT, SEEN_AT).body)

    assert WITNESS.verifier.check(TEXT, with_time(at, signature)) == SEEN_AT
    with pytest.raises(Unproven) as caught:
        WITNESS.verifier.check(TEXT, with_time(at + 1, signature))
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_lines_that_a_log_adds_are_signed_too() -> None:
    line = WITNESS.cosign(f"{TEXT}more\n", SEEN_AT)

    with pytest.raises(Unproven):
        signed_by(Note(TEXT, (line,)), [WITNESS.verifier])


@pytest.mark.parametrize("at", [-1, 0, 2**63])
def test_a_moment_that_cannot_be_named_is_not_signed(at: int) -> None:
    with pytest.raises(Unproven) as caught:
        WITNESS.cosign(TEXT, at)

    assert caught.value.reason is Reason.OUT_OF_RANGE


@pytest.mark.parametrize("at", [0, 2**63, 2**64 - 1])
def test_a_moment_that_cannot_be_named_is_not_believed(at: int) -> None:
    _, signature = time_of(WITNESS.cosign(TEXT, SEEN_AT).body)
    key = WITNESS.verifier
    line = Signature(key.name, key.key_id, with_time(at, signature))

    with pytest.raises(Unproven) as caught:
        signed_by(Note(TEXT, (line,)), [key])

    assert caught.value.reason is Reason.BAD_SIGNATURE
