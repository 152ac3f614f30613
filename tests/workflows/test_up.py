"""`gadelys up`: one command runs everything, and lets nothing stay dead.

Real processes on a machine of its own: a data folder in a temporary place, any
free port.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.temporal.client import connect
from adapters.temporal.server import die_with_parent, free_port
from tests.workflows.month import COORDINATOR, LIGHTING

ALREADY_RUNNING = 5
PATIENCE_S = 60
PARTS = {"temporal", "work", "dispatch", "project", "ledger", "web"}


@dataclass
class Installation:
    """A data folder, and `up` on it."""

    data: Path
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    seen: set[int] = field(default_factory=set)
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        return {
            **os.environ,
            "GADELYS_DATA": str(self.data),
            "GADELYS_TEMPORAL_PORT": "0",
            "GADELYS_WEB_ADDRESS": f"127.0.0.1:{self.port}",
            "GADELYS_HEALTH_ADDRESS": "127.0.0.1:1",  # nobody could listen there twice
            "GADELYS_LANG": "en",
        }

    def goes_up(self) -> None:
        """Start `up` and wait until it says that it is ready."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli.main", "up"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        wait(lambda: "Temporal answers at 127.0.0.1:" in self.said(), "ready")
        wait(lambda: set(self.parts()) == PARTS, "all parts")

    @property
    def is_up(self) -> bool:
        """Whether `up` runs."""
        return self.process is not None and self.process.poll() is None

    def is_told_to_stop(self) -> int | None:
        """Ask it to stop and return its exit code."""
        if self.process is None:
            return None
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def dies(self) -> None:
        """Kill it without any warning."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        """Return what `up` and its parts have written so far."""
        return self.log.read_text("utf-8")

    def runs(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the program beside it."""
        return subprocess.run(
            [sys.executable, "-m", "adapters.cli.main", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def parts(self) -> dict[str, int]:
        """Return the process of each part by its name."""
        assert self.process
        found = {}
        for pid in children(self.process.pid):
            words = command_line(pid)
            if words:
                name = "temporal" if "start-dev" in words else words[-1]
                found[name] = pid
        self.seen |= set(found.values())
        return found

    def reports_acute(self, number: str) -> None:
        """Report something acute; its news goes out at once when all is well."""
        done = self.runs(
            *("report", number, "--category", "LGT-FAIL", "--severity", "acute"),
            *("--text", "Ledning på stien.", "--by", "citizen"),
        )

        assert done.returncode == 0, done.stderr

    def mails_about(self, number: str) -> list[str]:
        """Return the messages that name `number`."""
        texts = [file.read_text("utf-8") for file in self.mailbox.glob("*.eml")]
        return [text for text in texts if number in text]

    def has_told(self, number: str) -> bool:
        """Whether the acute news about `number` has left."""
        return bool(self.mails_about(number))

    @property
    def mailbox(self) -> Path:
        """Where its messages go."""
        return self.data / "mailbox"

    def leaves_nobody(self) -> None:
        """Wait until none of the processes that were seen is left."""
        wait(lambda: not [pid for pid in self.seen if is_alive(pid)], "no child left")


def wait(what: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, f"never: {name}"
        time.sleep(0.1)


def children(parent: int) -> list[int]:
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    except FileNotFoundError:
        return []
    return [int(pid) for pid in text.split()]


def command_line(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return []
    return raw.decode().rstrip("\0").split("\0") if raw else []


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2]
    except FileNotFoundError:
        return False
    return state.split()[0] != "Z"


@pytest.fixture(scope="module")
def _installation(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    """Return an installation; whatever is left of it in the end is ended."""
    folder = tmp_path_factory.mktemp("up")
    installation = Installation(folder / "data", folder / "up.log")
    yield installation
    installation.is_told_to_stop()
    for pid in installation.seen:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def here(_installation: Installation) -> Installation:
    """Return the installation, up, whatever the last test did to it."""
    if not _installation.is_up:
        _installation.goes_up()
    return _installation


async def test_up_follows_what_is_reported(here: Installation) -> None:
    here.reports_acute("2026-01")
    wait(lambda: here.has_told("2026-01"), "acute news")

    address = (here.data / "temporal.address").read_text("utf-8")
    client = await connect(address)
    run = await client.get_workflow_handle("finding/2026-01").describe()

    assert run.workflow_type == "follow-up"
    assert len(here.mails_about("2026-01")) == 1


def test_up_is_refused_where_it_runs_already(here: Installation) -> None:
    refused = here.runs("up")

    assert "health.not_told" in here.said()
    assert refused.returncode == ALREADY_RUNNING
    assert "already_running" in refused.stderr
    assert set(here.parts()) == PARTS


def test_a_part_that_is_killed_comes_back(here: Installation) -> None:
    before = here.parts()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait(lambda: not any(is_alive(pid) for pid in before.values()), "all dead")
    wait(lambda: set(here.parts()) == PARTS, "all parts again")
    here.reports_acute("2026-02")
    wait(lambda: here.has_told("2026-02"), "acute news")

    assert not set(before.values()) & set(here.parts().values())
    assert len(here.mails_about("2026-02")) == 1


@pytest.mark.parametrize("name", sorted(PARTS))
def test_one_killed_part_leaves_the_others_alone(here: Installation, name: str) -> None:
    before = here.parts()
    os.kill(before[name], signal.SIGKILL)
    wait(lambda: not is_alive(before[name]), "dead")
    wait(lambda: set(here.parts()) == PARTS, "all parts again")
    after = here.parts()

    assert after.pop(name) != before.pop(name)
    assert after == before


def test_sigterm_ends_everything_and_a_restart_goes_on(here: Installation) -> None:
    here.reports_acute("2026-03")

    assert here.is_told_to_stop() == 0

    here.leaves_nobody()
    assigned = here.runs(
        *("assign", "2026-03", "--to", str(LIGHTING), "--by", str(COORDINATOR))
    )

    assert assigned.returncode == 0

    here.goes_up()
    wait(lambda: len(here.mails_about("2026-03")) == 2, "both acute news")


def test_a_killed_parent_leaves_nobody_behind(here: Installation) -> None:
    here.dies()
    here.leaves_nobody()

    here.goes_up()
    here.reports_acute("2026-04")
    wait(lambda: here.has_told("2026-04"), "acute news")
