"""Where a part tells how it is: `/live`, `/ready` and `/metrics`, over plain HTTP.

For orchestrators and monitors of the operator's own network; no personal text.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from threading import Thread
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from typing_extensions import override

from adapters.health.figures import text_of
from adapters.health.part import Part
from domain.errors import Code, Refused

LIVE_WITHIN_S = 120
"""Longer than a page of facts takes, and than the longest rest between two looks."""

GLANCE_S = 0.1
REQUEST_TIMEOUT_S = 10
JSON = "application/json"


@contextmanager
def telling(part: Part, address: str | None) -> Iterator[None]:
    """Tell at `address` (host:port) how `part` is while the block runs.

    Raises: Refused (bad_input) when nobody can listen there.
    """
    if address is None:
        yield
        return
    listening = _listening(part, address)
    thread = Thread(target=listening.serve_forever, args=[GLANCE_S], daemon=True)
    thread.start()
    try:
        yield
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def _listening(part: Part, address: str) -> ThreadingHTTPServer:
    host, _, port = address.rpartition(":")
    answer = partial(_Answer, part)
    try:
        return ThreadingHTTPServer((host, int(port)), answer)
    except (OSError, OverflowError) as problem:
        raise Refused(
            Code.BAD_INPUT, field="GADELYS_HEALTH_ADDRESS", problem=str(problem)
        ) from problem


class _Answer(BaseHTTPRequestHandler):
    """Answers one question about a part."""

    timeout = REQUEST_TIMEOUT_S

    def __init__(
        self, part: Part, request: socket, address: str, server: BaseServer
    ) -> None:
        self._part = part
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        """Answer."""
        match self.path.partition("?")[0]:
            case "/live":
                self._say_whether(**live(self._part))
            case "/ready":
                self._say_whether(**ready(self._part))
            case "/metrics":
                self._say(HTTPStatus.OK, CONTENT_TYPE_LATEST, text_of(self._part))
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _say_whether(self, *, well: bool, **found: object) -> None:
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        self._say(status, JSON, json.dumps({"well": well, **found}).encode())

    def _say(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, *_: Any) -> None:
        """Say nothing: a monitor asks every few seconds."""


def live(part: Part) -> dict[str, Any]:
    """Return whether there was progress lately, and how long ago."""
    age = time.monotonic() - part.beaten_at
    return {
        "well": age < LIVE_WITHIN_S,
        "part": part.name,
        "heartbeat_age_s": round(age, 1),
    }


def ready(part: Part) -> dict[str, Any]:
    """Return whether all is there that it needs, and what is missing."""
    missing = sorted(part.missing)
    found = {"well": not missing, "part": part.name, "missing": missing}
    return {**found, "active": part.leads} if part.is_reader else found
