"""The Temporal server that comes with the program, as a child process.

For one machine: loopback only, one file, disposable. A larger installation sets
`GADELYS_TEMPORAL_ADDRESS` and runs its own cluster.
"""

import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from adapters.errors import Unavailable
from domain.errors import Code

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
SKIPPING_TIME = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',
    "history.timerProcessorMaxPollRPS=10000",
    "history.transferProcessorMaxPollRPS=10000",
)
"""Options for played time; the queues are polled 20 times a second by default."""


def binary() -> str:
    """Return the path of the `temporal` program from its wheel.

    Raises: Unavailable (temporal_unavailable) when it is not installed.
    """
    found = shutil.which("temporal", path=sysconfig.get_path("scripts"))
    if found := found or shutil.which("temporal"):
        return found
    raise Unavailable(Code.TEMPORAL_UNAVAILABLE, problem="the program is missing")


def free_port() -> int:
    """Return a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) != 0


def start(
    port: int, *, file: Path | None = None, options: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start the server on loopback; it dies with this process.

    Args:
        port: where it listens.
        file: its database; in memory when omitted.
        options: dynamic configuration, `key=value`.
    """
    command = [
        binary(),
        *("server", "start-dev", "--headless", "--log-level", "error"),
        *("--ip", LOOPBACK, "--port", str(port)),
    ]
    if file:
        command += ["--db-filename", str(file)]
        command += ["--sqlite-pragma", "journal_mode=WAL"]
        command += ["--sqlite-pragma", "synchronous=NORMAL"]
    for option in options:
        command += ["--dynamic-config-value", option]
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no locks
        start_new_session=True,
    )


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(process: "subprocess.Popen[bytes]", patience_s: float = 10) -> None:
    """End a child: politely first, then for certain."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
