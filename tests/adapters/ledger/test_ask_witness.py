"""Asking a witness: it signs, it disagrees, it is away, it lies."""

import time
from collections.abc import Iterator

import pytest

from adapters.ledger.ask_witness import (
    ALARMING,
    MOST_BYTES,
    Cosigned,
    NotCosigned,
    Why,
    ask_witness,
)
from adapters.ledger.witness import SIZE, Witness
from adapters.ledger.witness_server import witnessing
from adapters.persistence.trust import WitnessKey
from adapters.proof.keys import Verifier
from adapters.proof.note import Note, Signature, signed_by
from adapters.proof.signing import Cosigner, Signer
from adapters.proof.unproven import Unproven
from tests.adapters.ledger.scripted_witness import Line, scripted
from tests.adapters.ledger.some_log import ORIGIN, SEEN_AT, WITNESS, SomeLog

LOG = SomeLog(40)
FORK = SomeLog(40, 3)
KEY = WITNESS.verifier
NOTE = LOG.note(20)
GOOD = str(WITNESS.cosign(NOTE.text, SEEN_AT)).encode()
STRANGER = Cosigner("stranger.example", bytes(32))
STRANGERS = str(Signature("a.example", b"1234", bytes(MOST_BYTES // 20))).encode()


@pytest.fixture
def elsewhere(witness: Witness) -> Iterator[WitnessKey]:
    """Return a real witness behind a real server."""
    with witnessing(witness, "127.0.0.1:0") as address:
        yield at(f"http://{address}/")


def at(url: str, key: Verifier = KEY) -> WitnessKey:
    """Return a witness with any address, also one that nobody could write down."""
    return WitnessKey.model_construct(url=url, key=key)


async def asked(
    witness: WitnessKey, log: SomeLog, size: int, since: int = 0
) -> Cosigned | NotCosigned:
    return await ask_witness(witness, log.note(size), log.prove, since=since)


async def answered(*lines: Line, silent: bool = False) -> Cosigned | NotCosigned:
    """Return what comes of these answers to the checkpoint at 20."""
    with scripted(*lines, silent=silent) as script:
        witness = at(script.url)
        return await ask_witness(witness, NOTE, LOG.prove, timeout_s=1)


# ---- a witness that does as it should ----


async def test_a_witness_signs_what_has_grown(elsewhere: WitnessKey) -> None:
    for since, size in ((0, 9), (9, 20), (20, 20)):
        found = await asked(elsewhere, LOG, size, since)

        assert isinstance(found, Cosigned)
        assert found.at == SEEN_AT
        [signed] = signed_by(Note(LOG.note(size).text, (found.line,)), [KEY])
        assert signed.line == found.line


@pytest.mark.parametrize("since", [0, 5, 15, 40])
async def test_the_proof_begins_where_the_witness_is(
    elsewhere: WitnessKey, since: int
) -> None:
    await asked(elsewhere, LOG, 12)

    assert isinstance(await asked(elsewhere, LOG, 30, since), Cosigned)


async def test_a_witness_that_has_seen_more_than_there_is_gives_alarm(
    elsewhere: WitnessKey,
) -> None:
    await asked(elsewhere, LOG, 30)

    found = await asked(elsewhere, LOG, 20)

    assert found == NotCosigned(Why.AHEAD, 30, 409)
    assert Why.AHEAD in ALARMING


@pytest.mark.parametrize("size", [20, 30])
async def test_a_witness_that_has_seen_another_history_gives_alarm(
    elsewhere: WitnessKey, size: int
) -> None:
    await asked(elsewhere, LOG, 20)

    found = await asked(elsewhere, FORK, size, since=20)

    assert found == NotCosigned(Why.INCONSISTENT, status=422)
    assert Why.INCONSISTENT in ALARMING


async def test_a_witness_signs_only_for_logs_that_it_knows(
    elsewhere: WitnessKey,
) -> None:
    stranger = SomeLog(9, origin="stranger.example/log")
    impostor = SomeLog(9)
    impostor.signer = Signer(ORIGIN, bytes(32))

    assert await asked(elsewhere, stranger, 9) == NotCosigned(
        Why.UNKNOWN_LOG, status=404
    )
    assert await asked(elsewhere, impostor, 9) == NotCosigned(
        Why.NOT_TRUSTED, status=403
    )


async def test_what_is_no_checkpoint_is_not_sent(elsewhere: WitnessKey) -> None:
    text = "Only a text.\n"

    with pytest.raises(Unproven):
        await ask_witness(elsewhere, Note(text, (LOG.signer.sign(text),)), LOG.prove)


# ---- a witness that is away ----


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://[::1", "ftp://a.example", "nowhere", ""]
)
async def test_a_witness_that_cannot_be_reached_is_away(url: str) -> None:
    found = await asked(at(url), LOG, 20)

    assert found == NotCosigned(Why.AWAY)
    assert Why.AWAY not in ALARMING


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_witness_with_a_fault_of_its_own_is_away(status: int) -> None:
    assert await answered(Line(status)) == NotCosigned(Why.AWAY, status=status)


async def test_a_witness_that_answers_drop_by_drop_is_away() -> None:
    start = time.monotonic()

    assert await answered(Line(200), silent=True) == NotCosigned(Why.AWAY)
    assert time.monotonic() - start < 3


# ---- a witness that lies ----


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"\xff\n",
        GOOD[:-1],
        GOOD.replace(b" ", b"  "),
        str(STRANGER.cosign(NOTE.text, SEEN_AT)).encode(),
        str(WITNESS.cosign(LOG.note(19).text, SEEN_AT)).encode(),
        GOOD + str(WITNESS.cosign(LOG.note(19).text, SEEN_AT)).encode(),
        GOOD * 1000,
        GOOD + STRANGERS * 20,
    ],
)
async def test_a_yes_without_its_signature_is_a_bad_answer(body: bytes) -> None:
    found = await answered(Line(200, body))

    assert found == NotCosigned(Why.BAD_ANSWER, status=200)


async def test_signatures_of_others_beside_its_own_are_passed_by() -> None:
    body = str(STRANGER.cosign(NOTE.text, SEEN_AT)).encode() + GOOD

    found = await answered(Line(200, body))

    assert isinstance(found, Cosigned)
    assert str(found.line).encode() == GOOD


async def test_a_key_that_tells_no_time_is_not_that_of_a_witness() -> None:
    signer = Signer("witness.example", bytes(32))
    body = str(signer.sign(NOTE.text)).encode()
    with scripted(Line(200, body)) as script:
        witness = at(script.url, signer.verifier)
        found = await ask_witness(witness, NOTE, LOG.prove)

    assert found == NotCosigned(Why.BAD_ANSWER, status=200)


@pytest.mark.parametrize(
    "line",
    [
        Line(409, b"12\n"),
        Line(409, b"12", SIZE),
        Line(409, b"012\n", SIZE),
        Line(409, b"-1\n", SIZE),
        Line(409, b"\xff\n", SIZE),
        Line(409, b"9" * 30 + b"\n", SIZE),
        Line(409, b"", SIZE),
    ],
)
async def test_a_size_that_is_none_is_a_bad_answer(line: Line) -> None:
    assert await answered(line) == NotCosigned(Why.BAD_ANSWER, status=409)


async def test_a_size_that_never_stays_is_not_followed_for_long() -> None:
    lines = [Line(409, f"{size}\n".encode(), SIZE) for size in (3, 7, 5, 9)]
    with scripted(*lines) as script:
        found = await ask_witness(at(script.url), NOTE, LOG.prove, since=1)

    assert found == NotCosigned(Why.MOVING, 5, 409)
    assert [one.old for one in script.asked] == [1, 3, 7]
    assert [one.proof for one in script.asked] == [
        tuple(LOG.prove(old, 20)) for old in (1, 3, 7)
    ]


@pytest.mark.parametrize("status", [400, 413, 204, 302, 429])
async def test_any_other_answer_is_a_refusal(status: int) -> None:
    assert await answered(Line(status)) == NotCosigned(Why.REFUSED, status=status)


def test_every_reason_is_a_stable_word() -> None:
    assert {why.value for why in Why} == {why.name.lower() for why in Why}
