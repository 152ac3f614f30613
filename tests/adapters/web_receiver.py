"""A real web server on this machine that keeps what it is sent and answers in turn."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebReceiver:
    """What was posted, and what to answer: the last answer stays."""

    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    silent: threading.Event | None = None
    port: int = 0

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return where it listens."""
        return f"{scheme}://{host}:{self.port}/hooks?from=gadelys"

    def next_answer(self) -> int:
        """Return the status for the next request."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(
    receiver: WebReceiver, tls: ssl.SSLContext | None = None
) -> Iterator[None]:
    """Let `receiver` listen while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): text for name, text in self.headers.items()}
            posted = Posted(self.path, headers, self.rfile.read(length))
            receiver.posted.append(posted)
            if receiver.silent:
                receiver.silent.wait()
                self.close_connection = True
                return
            self.send_response(receiver.next_answer())
            for name, text in receiver.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        if receiver.silent:
            receiver.silent.set()
        server.shutdown()
        thread.join()
        server.server_close()
