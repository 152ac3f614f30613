"""A witness is asked over HTTP, also by those who mean no good."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from http.client import HTTPConnection

import pytest
from structlog.testing import capture_logs

from adapters.ledger.submission import MOST_BYTES
from adapters.ledger.witness import Witness
from adapters.ledger.witness_server import (
    CONNECTION_S,
    MOST_CONNECTIONS,
    _end,
    witnessing,
)
from adapters.proof.note import signatures_of
from domain.errors import Code, Refused
from tests.adapters.ledger.some_log import ORIGIN, WITNESS, SomeLog

ANYWHERE = "127.0.0.1:0"
PATIENCE_S = 10
LOG = SomeLog(40)


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    """Return where the witness answers."""
    with witnessing(witness, ANYWHERE) as address:
        yield address


def connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def said_to(address: str, head: str, body: bytes = b"") -> bytes:
    """Return all that comes back until the other side ends."""
    with connected(address) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(4096), b""))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def ended_after(line: socket.socket) -> float:
    """Return how long it takes until the other side ends."""
    start = time.monotonic()
    try:
        while line.recv(4096):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - start


@contextmanager
def line_to(address: str) -> Iterator[HTTPConnection]:
    """Give a connection for one question or several."""
    line = HTTPConnection(address, timeout=PATIENCE_S)
    try:
        yield line
    finally:
        line.close()


# ---- what it answers ----


def test_a_checkpoint_is_signed_over_http(address: str) -> None:
    with line_to(address) as line:
        line.request("POST", "/add-checkpoint", LOG.sends(0, 9))
        answer = line.getresponse()
        [signature] = signatures_of(answer.read().decode())

    assert answer.status == 200
    assert signature.name == WITNESS.verifier.name


def test_one_connection_serves_for_several_questions(address: str) -> None:
    found = []
    with line_to(address) as line:
        for old, new in ((0, 9), (3, 12), (9, 12)):
            line.request("POST", "/add-checkpoint", LOG.sends(old, new))
            answer = line.getresponse()
            found.append((answer.status, answer.headers["Content-Type"], answer.read()))
            assert not answer.will_close

    assert [status for status, _, _ in found] == [200, 409, 200]
    assert found[1][1:] == ("text/x.tlog.size", b"9\n")


def test_a_witness_says_that_it_lives_and_what_it_signed(
    witness: Witness, address: str
) -> None:
    place = sha256(ORIGIN.encode()).hexdigest()
    witness.add_checkpoint(LOG.sends(0, 9))
    found = {}
    for path in ("/", "/health", f"/{place}/checkpoint", "/00/checkpoint", "/else"):
        with line_to(address) as line:
            line.request("GET", path)
            answer = line.getresponse()
            found[path] = (answer.status, answer.read().decode())

    key = f"{WITNESS.verifier}\n"
    assert found["/"] == found["/health"] == (200, key)
    assert found[f"/{place}/checkpoint"][0] == 200
    assert found[f"/{place}/checkpoint"][1].startswith(LOG.checkpoint(9).text)
    assert found["/00/checkpoint"] == (404, "")
    assert found["/else"][0] == 404


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("POST /else HTTP/1.1\nContent-Length: 3\n", 404),
        ("POST /add-checkpoint HTTP/1.1\n", 411),
        ("POST /add-checkpoint HTTP/1.1\nContent-Length: many\n", 411),
        ("POST /add-checkpoint HTTP/1.1\nContent-Length: -1\n", 411),
        ("POST /add-checkpoint HTTP/1.1\nContent-Length: 9999999999\n", 411),
        (f"POST /add-checkpoint HTTP/1.1\nContent-Length: {MOST_BYTES + 1}\n", 413),
        ("POST /add-checkpoint HTTP/1.1\nContent-Length: 0\n", 400),
        ("PUT /add-checkpoint HTTP/1.1\nContent-Length: 0\n", 501),
    ],
)
def test_what_cannot_be_a_question_is_refused_unread(
    address: str, head: str, status: int
) -> None:
    assert status_of(said_to(address, head)) == status


def test_the_largest_body_is_read_to_its_end(address: str) -> None:
    head = f"POST /add-checkpoint HTTP/1.1\nContent-Length: {MOST_BYTES}\n"

    assert status_of(said_to(address, head, b"x" * MOST_BYTES)) == 400


def test_a_body_that_breaks_off_gets_no_answer(address: str) -> None:
    head = "POST /add-checkpoint HTTP/1.1\nContent-Length: 500\n"

    assert said_to(address, head, LOG.sends(0, 9)[:100]) == b""


def test_a_witness_without_its_memory_is_unavailable(
    witness: Witness, address: str
) -> None:
    witness._memory.close()
    body = LOG.sends(0, 9)
    post = f"POST /add-checkpoint HTTP/1.1\nContent-Length: {len(body)}\n"

    assert status_of(said_to(address, post, body)) == 503
    assert status_of(said_to(address, "GET / HTTP/1.1\n")) == 503


# ---- those who mean no good ----


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /add-checkpoint HTT",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 5000\r\n\r\nold ",
    ],
)
def test_who_sends_ever_so_slowly_is_cut_off(witness: Witness, begun: bytes) -> None:
    with (
        witnessing(witness, ANYWHERE, connection_s=0.4) as address,
        connected(address) as line,
    ):
        line.sendall(begun)
        time.sleep(0.25)
        if begun:
            line.sendall(b"x")

        # Each byte would begin the time anew, were only the silence counted.
        assert ended_after(line) < 0.3


def test_only_so_many_are_heard_at_once(witness: Witness, address: str) -> None:
    with ExitStack() as waiting:
        for _ in range(MOST_CONNECTIONS):
            waiting.enter_context(connected(address))
        # They are taken in the order in which they came.
        with connected(address) as one_more:
            assert ended_after(one_more) < CONNECTION_S / 2
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := quietly(address)).startswith(b"HTTP/1.1 200"):
        assert time.monotonic() < deadline, answer
        time.sleep(0.02)


def quietly(address: str) -> bytes:
    try:
        return said_to(address, "GET / HTTP/1.1\nConnection: close\n")
    except ConnectionError:
        return b""


def test_who_breaks_off_disturbs_nobody(address: str) -> None:
    with capture_logs() as said:
        with connected(address) as line:
            line.sendall(
                b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nol"
            )
            at_once = struct.pack("ii", 1, 0)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        deadline = time.monotonic() + PATIENCE_S
        while not said:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    assert said[0]["event"] == "connection.failed"
    assert status_of(quietly(address)) == 200


def test_ending_what_has_ended_is_no_fault() -> None:
    line = socket.socket()
    line.close()

    _end(line)


# ---- where it listens ----


NO_PLACES = ["", "foo", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000"]


@pytest.mark.parametrize("address", [*NO_PLACES, f"{'ø' * 300}:1"])
def test_a_place_that_is_none_is_refused(witness: Witness, address: str) -> None:
    with pytest.raises(Refused) as caught, witnessing(witness, address):
        pass

    assert caught.value.code is Code.BAD_INPUT
    assert caught.value.context == {
        "field": f"--listen {address}",
        "problem": "HOST:PORT",
    }


def test_a_place_where_somebody_listens_is_refused(
    witness: Witness, address: str
) -> None:
    with pytest.raises(Refused) as caught, witnessing(witness, address):
        pass

    assert caught.value.code is Code.BAD_INPUT


def test_a_witness_that_stops_is_away(witness: Witness) -> None:
    with witnessing(witness, ANYWHERE) as address:
        assert status_of(quietly(address)) == 200

    assert quietly(address) == b""
