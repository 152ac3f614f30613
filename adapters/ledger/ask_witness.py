"""Asking a witness elsewhere to sign our checkpoint; it may be away or disagree.

Nothing that a witness answers is believed but its signature.

Source: C2SP tlog-witness, "add-checkpoint".
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus

import httpx2

from adapters.ledger.submission import Submission
from adapters.ledger.witness import SIZE
from adapters.persistence.trust import WitnessKey
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import number
from adapters.proof.keys import Verifier
from adapters.proof.note import Note, Signature, signatures_of, signed_by
from adapters.proof.unproven import Unproven

TIMEOUT_S = 10.0
ATTEMPTS = 3
"""Once to hear its size, once from there, and once if somebody came between."""

MOST_BYTES = 64 * 1024

Prove = Callable[[int, int], Sequence[bytes]]
"""Makes the consistency proof from one size of our log to a later one."""


class Why(StrEnum):
    """Why there is no signature."""

    AWAY = "away"
    MOVING = "moving"
    BAD_ANSWER = "bad_answer"
    UNKNOWN_LOG = "unknown_log"
    NOT_TRUSTED = "not_trusted"
    REFUSED = "refused"
    AHEAD = "ahead"
    INCONSISTENT = "inconsistent"


ALARMING = frozenset({Why.AHEAD, Why.INCONSISTENT})
"""The witness has seen another history of ours: a person must look today."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The signature of a witness, and when it was made, in seconds since 1970."""

    line: Signature
    at: int


@dataclass(frozen=True, slots=True)
class NotCosigned:
    """Why there is none; `known` is the size that the witness says it has."""

    why: Why
    known: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    kind: str
    body: bytes


async def ask_witness(
    witness: WitnessKey,
    note: Note,
    prove: Prove,
    *,
    since: int = 0,
    timeout_s: float = TIMEOUT_S,
) -> Cosigned | NotCosigned:
    """Return the signature of `witness` on a checkpoint of ours, or why there is none.

    Args:
        witness: is asked until it has said yes or no, within the time.
        note: our checkpoint, signed by us.
        prove: is asked for proofs up to the size of that checkpoint.
        since: the size that the witness is thought to have signed last.
        timeout_s: for everything together.

    Raises: Unproven when `note` is no checkpoint, and what `prove` raises.
    """
    checkpoint = Checkpoint.parse(note.text)
    known = min(since, checkpoint.size)
    try:
        async with asyncio.timeout(timeout_s), _client(timeout_s) as client:
            for _ in range(ATTEMPTS):
                proof = tuple(prove(known, checkpoint.size))
                sent = Submission(known, proof, bytes(note))
                answer = await _posted(client, witness, sent)
                if answer.status != HTTPStatus.CONFLICT:
                    return _found(witness.key, note, answer)
                known = _size(answer)
                if known > checkpoint.size:
                    return NotCosigned(Why.AHEAD, known, answer.status)
    except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, OSError):
        return NotCosigned(Why.AWAY)
    except _BadAnswer as answer:
        return NotCosigned(Why.BAD_ANSWER, status=answer.status)
    return NotCosigned(Why.MOVING, known, HTTPStatus.CONFLICT)


async def remembered_by(
    witness: WitnessKey, origin: str, *, timeout_s: float = TIMEOUT_S
) -> Note | Why:
    """Return what a witness has signed last of a log, or why there is nothing.

    Nothing of it was checked.

    Args:
        witness: is asked once, within the time.
        origin: what the log is called.
        timeout_s: for everything together.
    """
    path = f"{sha256(origin.encode()).hexdigest()}/checkpoint"
    try:
        async with asyncio.timeout(timeout_s), _client(timeout_s) as client:
            answer = await _asked(client, "GET", f"{witness.url.rstrip('/')}/{path}")
        match answer.status:
            case HTTPStatus.OK:
                return Note.parse(answer.body)
            case HTTPStatus.NOT_FOUND:
                return Why.UNKNOWN_LOG
            case _:
                return Why.AWAY
    except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, OSError):
        return Why.AWAY
    except (Unproven, _BadAnswer):
        return Why.BAD_ANSWER


class _BadAnswer(Exception):
    """What came back is not what a witness says."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


def _client(timeout_s: float) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=ssl.create_default_context(),
        timeout=timeout_s,
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "gadelys", "Accept-Encoding": "identity"},
    )


async def _posted(
    client: httpx2.AsyncClient, witness: WitnessKey, sent: Submission
) -> _Answer:
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    return await _asked(client, "POST", url, bytes(sent))


async def _asked(
    client: httpx2.AsyncClient, method: str, url: str, sent: bytes | None = None
) -> _Answer:
    body = b""
    async with client.stream(method, url, content=sent) as response:
        async for part in response.aiter_raw():
            body += part
            if len(body) > MOST_BYTES:
                raise _BadAnswer(response.status_code)
        kind = response.headers.get("Content-Type", "")
        return _Answer(response.status_code, kind, body)


def _found(key: Verifier, note: Note, answer: _Answer) -> Cosigned | NotCosigned:
    match answer.status:
        case HTTPStatus.OK:
            return _cosigned(key, note, answer)
        case HTTPStatus.NOT_FOUND:
            why = Why.UNKNOWN_LOG
        case HTTPStatus.FORBIDDEN:
            why = Why.NOT_TRUSTED
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            why = Why.INCONSISTENT
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            why = Why.AWAY
        case _:
            why = Why.REFUSED
    return NotCosigned(why, status=answer.status)


def _cosigned(key: Verifier, note: Note, answer: _Answer) -> Cosigned:
    try:
        lines = tuple(signatures_of(answer.body.decode()))
        signed, *_ = signed_by(Note(note.text, lines), [key])
    except (Unproven, UnicodeDecodeError):
        raise _BadAnswer(answer.status) from None
    if signed.at is None:
        raise _BadAnswer(answer.status)
    return Cosigned(signed.line, signed.at)


def _size(answer: _Answer) -> int:
    if answer.kind != SIZE or not answer.body.endswith(b"\n"):
        raise _BadAnswer(answer.status)
    try:
        return number(answer.body[:-1].decode("ascii"))
    except (Unproven, UnicodeDecodeError):
        raise _BadAnswer(answer.status) from None
