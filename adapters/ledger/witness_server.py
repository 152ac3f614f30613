"""Where a witness is asked: `/add-checkpoint`, and what it signed last.

Anybody may ask, so that size, time and number of questions have bounds.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import BaseServer
from threading import BoundedSemaphore, Thread, Timer
from typing import Any

import structlog
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.ledger.submission import MOST_BYTES
from adapters.ledger.witness import Answer, Witness
from domain.errors import Code, Refused

log = structlog.get_logger()

GLANCE_S = 0.05
CONNECTION_S = 20.0
"""How long one connection may take, however slowly its bytes come."""

MOST_CONNECTIONS = 32
MOST_PORTS = 65535
_PLACE = re.compile(r"(?P<host>[\w.-]{0,253}):(?P<port>[0-9]{1,5})", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)


@contextmanager
def witnessing(
    witness: Witness, address: str, *, connection_s: float = CONNECTION_S
) -> Iterator[str]:
    """Answer at `address` (host:port) while the block runs; gives the real address.

    Raises: Refused (bad_input) when nobody can listen there.
    """
    listening = _listening(witness, address, connection_s)
    thread = Thread(target=listening.serve_forever, args=[GLANCE_S], daemon=True)
    thread.start()
    try:
        host, port = listening.server_address[:2]
        yield f"{host!s}:{port}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def _listening(witness: Witness, address: str, connection_s: float) -> "_Server":
    place = _place(address)
    try:
        return _Server(place, partial(_Answering, witness, connection_s))
    except OSError as problem:
        raise _refused(address, problem.strerror) from problem


def _place(address: str) -> tuple[str, int]:
    found = _PLACE.fullmatch(address)
    if not found or int(found["port"]) > MOST_PORTS:
        raise _refused(address, "HOST:PORT")
    return found["host"], int(found["port"])


def _refused(address: str, problem: str | None) -> Refused:
    return Refused(Code.BAD_INPUT, field=f"--listen {address}", problem=problem)


class _Server(ThreadingHTTPServer):
    """Serves a bounded number of connections at once; more are closed unheard."""

    request_queue_size = MOST_CONNECTIONS

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - handed on as it is
        self._places = BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(*args)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection, if there is a place for it."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve, and give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say that a connection ended badly; the others go on."""
        log.warning("connection.failed", problem=type(sys.exception()).__name__)


class _Answering(BaseHTTPRequestHandler):
    """Answers the questions of one connection."""

    protocol_version = "HTTP/1.1"
    timeout = CONNECTION_S

    def __init__(
        self,
        witness: Witness,
        connection_s: float,
        request: socket,
        address: str,
        server: BaseServer,
    ) -> None:
        self._witness = witness
        self._connection_s = connection_s
        super().__init__(request, address, server)

    @override
    def handle(self) -> None:
        """Answer until the other side has enough, or its time is over."""
        ending = Timer(self._connection_s, _end, [self.connection])
        ending.daemon = True
        ending.start()
        try:
            super().handle()
        finally:
            ending.cancel()

    def do_POST(self) -> None:
        """Answer to a checkpoint."""
        if self.path != "/add-checkpoint":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif (length := _length(self.headers.get("Content-Length"))) is None:
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif length > MOST_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif len(body := self.rfile.read(length)) == length:
            self._say_what(partial(self._witness.add_checkpoint, body))

    def do_GET(self) -> None:
        """Answer how it is, or what it signed last."""
        match self.path.split("/"):
            case ["", "" | "health"]:
                self._say_what(self._witness.health)
            case ["", origin_hash, "checkpoint"]:
                self._say_what(partial(self._witness.checkpoint, origin_hash))
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _say_what(self, answer: Callable[[], Answer]) -> None:
        try:
            found = answer()
        except Unavailable as problem:
            log.warning("witness.failed", code=problem.code)
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.send_response(found.status)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        self.wfile.write(found.body)

    @override
    def log_message(self, *_: Any) -> None:
        """Say nothing: who asks is nobody's concern."""


def _length(header: str | None) -> int | None:
    return int(header) if header and _LENGTH.fullmatch(header) else None


def _end(connection: socket) -> None:
    try:
        connection.shutdown(SHUT_RDWR)
    except OSError:
        return
