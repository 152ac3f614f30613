"""How a part tells that it lives, is ready, and what its figures are."""

import asyncio
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters import processes
from adapters import system as installation
from adapters.health.endpoint import LIVE_WITHIN_S, live, telling
from adapters.health.part import LEASE, STORE, Part
from adapters.persistence.leases import PROJECTOR
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.server import LOOPBACK, free_port
from domain.errors import Code, Refused
from domain.finding.commands import ReportFinding, VerifyFix
from domain.messages import Stamp
from domain.values import CITIZEN
from projections.cases import CASES
from projections.walks import WALKS

SECRET = "Fru Jensens hæk"
NOBODY = f"{LOOPBACK}:9"
PATIENCE_S = 30
Figures = dict[tuple[str, ...], float]


class Asked:
    """What one part answers over HTTP."""

    def __init__(self) -> None:
        """Choose where it shall listen."""
        self.address = f"{LOOPBACK}:{free_port()}"

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body; 0 when nobody listens."""
        try:
            with urllib.request.urlopen(
                f"http://{self.address}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()
        except OSError:
            return 0, ""

    async def says(self, path: str, status: int) -> str:
        """Wait until it answers with `status`; return the body."""
        deadline = time.monotonic() + PATIENCE_S
        while (answer := await asyncio.to_thread(self.get, path))[0] != status:
            assert time.monotonic() < deadline, answer
            await asyncio.sleep(0.02)
        return answer[1]

    async def figures(self) -> Figures:
        """Return every figure by its name and labels."""
        text = await self.says("/metrics", 200)
        assert SECRET not in text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def shows(self, what: Callable[[Figures], bool]) -> Figures:
        """Wait until its figures are so; return them."""
        deadline = time.monotonic() + PATIENCE_S
        while not what(figures := await self.figures()):
            assert time.monotonic() < deadline, figures
            await asyncio.sleep(0.02)
        return figures


@pytest.fixture
def asked() -> Asked:
    return Asked()


@asynccontextmanager
async def runs(part: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let a part run in this process, and tell it to stop in the end."""
    running = asyncio.create_task(part)
    try:
        yield
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, PATIENCE_S)


def asking(system: Gadelys, asked: Asked, **more: object) -> Settings:
    return system.settings.model_copy(update={"health_address": asked.address, **more})


def report(system: Gadelys) -> None:
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=uuid4())
    system.submit(
        ReportFinding(stamp=stamp, number="1", category="VEG-HEDGE", text=SECRET)
    )


async def test_a_projector_is_ready_and_shows_how_far_it_is(
    system: Gadelys, asked: Asked
) -> None:
    report(system)
    async with runs(processes.project(asking(system, asked))):
        ready = json.loads(await asked.says("/ready", 200))
        alive = json.loads(await asked.says("/live", 200))
        figures = await asked.shows(
            lambda seen: seen.get(("gadelys_projection_lag", CASES.name)) == 0
        )
        nothing = await asked.says("/", 404)

    assert ready == {"well": True, "part": "project", "missing": [], "active": True}
    assert (alive["well"], alive["part"]) == (True, "project")
    assert SECRET not in nothing
    assert figures["gadelys_facts",] == 2
    assert figures["gadelys_projection_position", CASES.name] == 2
    assert figures["gadelys_projection_stopped", CASES.name] == 0
    assert figures["gadelys_lease_held",] == 1
    assert figures["gadelys_reader_active", "project"] == 1
    assert figures["gadelys_reader_active", "dispatch"] == 0
    assert figures["gadelys_dispatcher_lag",] == 2
    assert figures["gadelys_missing", "store"] == 0
    assert time.time() - figures["gadelys_heartbeat_timestamp_seconds",] < PATIENCE_S
    assert asked.get("/live") == (0, "")


async def test_who_stands_by_is_ready_too(system: Gadelys, asked: Asked) -> None:
    lease = system.store.lease(PROJECTOR)
    assert lease.held()
    async with runs(processes.project(asking(system, asked))):
        ready = json.loads(await asked.says("/ready", 200))
        figures = await asked.figures()
    lease.release()

    assert (ready["well"], ready["active"]) == (True, False)
    assert figures["gadelys_lease_held",] == 0
    assert figures["gadelys_reader_active", "project"] == 1


async def test_who_waits_is_alive_but_not_ready_and_says_for_what(
    system: Gadelys, asked: Asked
) -> None:
    away = asking(system, asked, temporal_address=NOBODY)
    async with runs(processes.dispatch(away)):
        body = await asked.says("/ready", 503)
        while STORE in json.loads(body)["missing"]:  # it opens that first
            body = await asked.says("/ready", 503)
        alive, _ = await asyncio.to_thread(asked.get, "/live")
        figures = await asked.figures()

    assert json.loads(body) == {
        "well": False,
        "part": "dispatch",
        "missing": ["lease", "temporal"],
        "active": None,
    }
    assert alive == 200
    assert figures["gadelys_missing", "temporal"] == 1
    assert figures["gadelys_missing", "store"] == 0


async def test_without_a_store_there_are_the_figures_of_the_process(
    asked: Asked,
) -> None:
    part = Part("project", STORE, LEASE)
    with telling(part, asked.address):
        figures = await asked.figures()
        status, body = await asyncio.to_thread(asked.get, "/ready")

    assert (status, json.loads(body)["missing"]) == (503, ["lease", "store"])
    assert figures["gadelys_missing", "store"] == 1
    assert ("gadelys_facts",) not in figures


async def test_a_store_that_goes_away_takes_only_its_own_figures_with_it(
    system: Gadelys, asked: Asked
) -> None:
    part = Part("project", STORE, LEASE)
    part.system = system
    system.settings.events_file.rename(system.settings.data / "gone.db")
    system.close()
    with telling(part, asked.address):
        figures = await asked.figures()

    assert ("gadelys_facts",) not in figures
    assert figures["gadelys_missing", "lease"] == 1


def cannot_digest(*_: object) -> None:
    """Be the fold of a projection that meets a fact it does not understand."""
    raise ValueError


async def test_a_projection_that_stands_still_shows(
    system: Gadelys, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(
        WALKS, name="broken_v1", reads=(), keys=lambda _: ("1",), apply=cannot_digest
    )
    monkeypatch.setattr(installation, "projections", lambda _: (CASES, broken))
    installation.migrate(system.settings)
    report(system)
    async with runs(processes.project(asking(system, asked))):
        figures = await asked.shows(
            lambda seen: seen.get(("gadelys_projection_lag", CASES.name)) == 0
        )

    assert figures["gadelys_projection_stopped", broken.name] == 1
    assert figures["gadelys_projection_lag", broken.name] > 0
    assert figures["gadelys_projection_stopped", CASES.name] == 0


async def test_commands_are_counted_by_what_came_of_them(
    system: Gadelys, asked: Asked
) -> None:
    part = Part("work", STORE)
    system.on_command = part.count
    report(system)
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=uuid4())
    with pytest.raises(Refused) as caught:
        system.submit(VerifyFix(stamp=stamp, number="1"))
    with telling(part, asked.address):
        figures = await asked.figures()

    assert figures["gadelys_commands_total", "report", "handled"] == 1
    assert figures["gadelys_commands_total", "verify", str(caught.value.code)] == 1


async def test_who_makes_no_progress_is_not_alive() -> None:
    part = Part("work", STORE)
    now = live(part)
    part.beaten_at -= LIVE_WITHIN_S + 1

    assert (now["well"], live(part)["well"]) == (True, False)

    part.beat()

    assert live(part)["well"]


async def test_an_address_in_use_is_refused(asked: Asked) -> None:
    part = Part("work", STORE)
    with telling(part, asked.address), pytest.raises(Refused) as caught:
        telling(part, asked.address).__enter__()

    assert caught.value.code is Code.BAD_INPUT
    assert caught.value.context["field"] == "GADELYS_HEALTH_ADDRESS"


@pytest.mark.parametrize("address", ["9090", "host:", "host:http", "a b:1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="health_address"):
        Settings(health_address=address)
