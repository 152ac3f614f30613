"""A PostgreSQL server that keeps its word (`fsync=on`) and is ended in bad ways."""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.adapters import postgres_server
from tests.adapters.postgres_server import PATIENCE_S, Server


class DurableServer:
    """One server in a folder of its own, which a test may end and start again."""

    def __init__(self, folder: Path) -> None:
        """Initialise and start it in `folder`."""
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._folder = folder
        self._programs = postgres_server._programs(folder, self._user)
        postgres_server._initdb(self._programs, folder, self._user)
        self.start()
        self.server = Server(folder, self._process)
        postgres_server._make_roles(self.server)

    def start(self) -> None:
        """Let it run, again; it repairs itself from its log."""
        # What a killed server leaves would say that it is ready.
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._process = postgres_server._start(
            self._programs, self._folder, self._user, fsync="on"
        )

    def stop_at_once(self) -> None:
        """End it by an immediate shutdown, which writes nothing down."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        """Kill the server with all its children."""
        children = self._children()
        self._process.kill()
        self._process.wait()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while any(_lives(child) for child in children):
            assert time.monotonic() < deadline, "a child outlives its killing"
            time.sleep(0.01)

    def kill_one_child(self, chance: random.Random) -> None:
        """Kill one of its children; it then ends all others and repairs itself."""
        with suppress(ProcessLookupError):
            os.kill(chance.choice(self._children()), signal.SIGKILL)

    def close(self) -> None:
        """End it for good."""
        self.kill()

    def _children(self) -> list[int]:
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(child) for child in listed.read_text().split()]


@contextmanager
def durable() -> Iterator[DurableServer]:
    """Start such a server, and end it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="gadelys-pg-"))
    try:
        server = DurableServer(folder)
        try:
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(folder)


def _lives(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
