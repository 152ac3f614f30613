"""A witness that answers what it was told to, true or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from typing_extensions import override

from adapters.ledger.submission import Submission


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the script."""

    status: int
    body: bytes = b""
    kind: str = "text/plain"


@dataclass
class Script:
    """What to answer, in turn, and what was asked; `silent` answers drop by drop."""

    lines: list[Line]
    silent: bool = False
    asked: list[Submission] = field(default_factory=list)
    url: str = ""


@contextmanager
def scripted(*lines: Line, silent: bool = False) -> Iterator[Script]:
    """Let it answer while the block runs."""
    script = Script(list(lines), silent)
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.asked.append(Submission.parse(body))
            line = script.lines.pop(0)
            self.send_response(line.status)
            self.send_header("Content-Type", line.kind)
            self.send_header("Location", "/elsewhere")
            if script.silent:
                self.end_headers()
                while not over.wait(0.05):
                    self.wfile.write(b"x")
                return
            self.send_header("Content-Length", str(len(line.body)))
            self.end_headers()
            self.wfile.write(line.body)

        @override
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        @override
        def handle_error(self, *_: Any) -> None:
            """Be left by whoever has heard enough."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        yield script
        over.set()
        server.shutdown()
        thread.join()
