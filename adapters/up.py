"""Everything on one machine: a parent that keeps the parts alive.

The parts are processes of their own. One that dies is started again, sooner the
longer it had lived; when the parent goes, however it goes, so do they.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from adapters.errors import Unavailable
from adapters.settings import Settings
from adapters.temporal import server
from adapters.temporal.address import address_of, own_address
from domain.errors import Code

log = structlog.get_logger()
PARTS = ("work", "dispatch", "project", "ledger", "web")
GLANCE_S = 0.2
LONGEST_REST_S = 30.0
STEADY_S = 10.0
PATIENCE_S = 15.0
HEALTH_ADDRESS = "GADELYS_HEALTH_ADDRESS"


@dataclass
class Part:
    """One child process and how to start it again."""

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]"
    started: float = field(default_factory=time.monotonic)
    rest_s: float = 0.0
    down_since: float | None = None

    def look_after(self) -> None:
        """Start the process again if it has died and has rested."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self.down_since is None:
            lived = now - self.started
            self.rest_s = 0.0 if lived > STEADY_S else min(LONGEST_REST_S, self._more())
            self.down_since = now
            log.warning("part.died", part=self.name, code=self.process.returncode)
        if now - self.down_since >= self.rest_s:
            self.process = self.start()
            self.started, self.down_since = now, None
            log.info("part.restarted", part=self.name, pid=self.process.pid)

    def _more(self) -> float:
        return max(GLANCE_S, self.rest_s * 2)


def run(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Run all parts until SIGTERM or SIGINT; then end them in order.

    Args:
        settings: where the data lie; an address of Temporal means that the
            embedded server is not needed.
        on_ready: is told the address of Temporal when all parts are started.

    Raises: Unavailable (already_running) when the data are in use by another.
    """
    stopping = _Stopping()
    if settings.health_address:
        log.warning("health.not_told", reason="several parts, one port")
    with _alone(settings.data / "up.lock"):
        parts = list(_started(settings))
        try:
            on_ready(address_of(settings))
            while not stopping.asked:
                for part in parts:
                    part.look_after()
                time.sleep(GLANCE_S)
        finally:
            _end(parts)


class _Stopping:
    """Remembers that somebody asked us to stop."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


def _started(settings: Settings) -> Iterator[Part]:
    if not settings.temporal_address:
        port = int(own_address(settings).rpartition(":")[2])

        def temporal() -> "subprocess.Popen[bytes]":
            return server.start(port, file=settings.temporal_file)

        yield Part("temporal", temporal, temporal())
    for name in PARTS:

        def start(name: str = name) -> "subprocess.Popen[bytes]":
            return subprocess.Popen(  # noqa: S603 - ourselves, no shell
                [sys.executable, "-m", "adapters.cli.main", name],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                preexec_fn=server.die_with_parent,  # noqa: PLW1509 - no locks
                start_new_session=True,
            )

        yield Part(name, start, start())


def _environment() -> dict[str, str]:
    """Return what the parts are told: all but the one port they would all want."""
    return {name: text for name, text in os.environ.items() if name != HEALTH_ADDRESS}


def _end(parts: list[Part]) -> None:
    """End the parts first and the server they use last."""
    for part in reversed(parts):
        if part.process.poll() is None:
            part.process.terminate()
    for part in reversed(parts):
        server.stop(part.process, PATIENCE_S)


@contextmanager
def _alone(path: Path) -> Iterator[IO[str]]:
    """Hold the lock of this data folder; the system frees it whatever happens."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise Unavailable(Code.ALREADY_RUNNING, path=str(path)) from problem
        yield lock
