"""Each authority's own worker: real processes, and one of them away for a while."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters import system as installation
from adapters.bootstrap import EVERY_QUEUE, activities_of
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import CORE, Dispatcher
from adapters.temporal.server import LOOPBACK, die_with_parent, free_port
from adapters.temporal.times import SameTime
from domain.delivery.events import DeliveryAttempted, DeliverySent
from domain.finding.commands import AssignFinding, ReportFinding
from domain.messages import Event, Stamp
from domain.register.model import Register
from domain.values import CITIZEN, Actor, Severity
from tests.conftest import adopt
from tests.workflows.month import COORDINATOR, LIGHTING, LOCAL_POLICE
from tests.workflows.servers import (
    OrdinaryServer,
    client_of,
    new_namespace,
    working_on,
)
from workflows.delivery import Delivery, DeliveryActivities, DeliveryRequest

MISUSE = 2
PATIENCE_S = 60
STOPS_WITHIN_S = 15


@dataclass
class Place:
    """An installation on disk, and the workers on it."""

    system: Gadelys
    client: Client
    environment: dict[str, str]
    folder: Path

    @contextmanager
    def worker(self, *queues: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Let `gadelys work` run for some queues."""
        log = self.log_of(*queues)
        words = [word for queue in queues for word in ("--queue", queue)]
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli.main", "work", *words],
                env={**self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=die_with_parent,
            )
        try:
            wait(lambda: "worker.started" in log.read_text("utf-8"), "a worker")
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE_S)

    def log_of(self, *queues: str) -> Path:
        """Return where a worker says what it does."""
        return self.folder / f"{'-'.join(queues)}.log"

    def acute(self, number: str, to: Actor) -> None:
        """Report something acute and give it to a unit: both are told at once."""
        at = self.system.now()
        self.system.submit(
            ReportFinding(
                stamp=Stamp(by=CITIZEN, at=at, command_id=uuid4()),
                number=number,
                category="LGT-FAIL",
                text="Ledning på stien.",
                severity=Severity.ACUTE,
            )
        )
        stamp = Stamp(by=COORDINATOR, at=at, command_id=uuid4())
        self.system.submit(AssignFinding(stamp=stamp, number=number, to=to))

    async def dispatches(self) -> None:
        """Tell Temporal everything there is to tell."""
        dispatcher = Dispatcher(self.system, self.client, SameTime())
        while await dispatcher.dispatch():
            pass

    def sent(self) -> list[DeliverySent]:
        """Return the messages that left."""
        return [e for e in self.events() if isinstance(e, DeliverySent)]

    def sent_to(self, recipient: Actor) -> list[DeliverySent]:
        """Return the messages that left for one recipient."""
        return [one for one in self.sent() if one.recipient == recipient]

    def events(self) -> list[Event]:
        """Return every event, in order."""
        return [fact.event for fact in self.system.store.after(0, 10_000)]


def wait(what: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, f"never: {name}"
        time.sleep(0.05)


@pytest.fixture
async def place(
    settings: Settings, register: Register, ordinary: OrdinaryServer, tmp_path: Path
) -> AsyncIterator[Place]:
    namespace = new_namespace()
    client = await client_of(ordinary.address, namespace)
    installation.migrate(settings)
    environment = {
        **os.environ,
        "GADELYS_DATA": str(settings.data),
        "GADELYS_TEMPORAL_ADDRESS": ordinary.address,
        "GADELYS_TEMPORAL_NAMESPACE": namespace,
        "GADELYS_LOG_FORMAT": "json",
        "GADELYS_LOG_LEVEL": "debug",
        "GADELYS_LANG": "en",
    }
    with installation.opened(settings) as system:
        adopt(system, register)
        yield Place(system, client, environment, tmp_path)


async def test_the_mail_of_one_authority_waits_for_its_worker(place: Place) -> None:
    with ExitStack() as at_work:
        at_work.enter_context(place.worker("core", "municipality"))
        with place.worker("police"):
            place.acute("2026-01", LOCAL_POLICE)
            await place.dispatches()
            wait(lambda: len(place.sent()) == 2, "both authorities' news")

        place.acute("2026-02", LOCAL_POLICE)
        place.acute("2026-03", LIGHTING)
        await place.dispatches()
        wait(lambda: len(place.sent_to(COORDINATOR)) == 3, "municipal news")
        wait(lambda: len(place.sent_to(LIGHTING)) == 1, "municipal news")

        assert len(place.sent_to(LOCAL_POLICE)) == 1

        with place.worker("police"):
            wait(lambda: len(place.sent_to(LOCAL_POLICE)) == 2, "the police's news")

    ids = [one.message_id for one in place.sent()]
    tried = [e for e in place.events() if isinstance(e, DeliveryAttempted)]
    assert len(ids) == len(set(ids)) == len(tried) == 6
    police, town = place.log_of("police"), place.log_of("core", "municipality")
    assert deliveries_in(police) == {"police"}
    assert deliveries_in(town) == {"municipality"}


def lines(log: Path) -> list[dict[str, Any]]:
    """Return what a worker said while it did something."""
    told = log.read_text("utf-8").splitlines()
    said = [json.loads(one) for one in told if one.startswith("{")]
    return [one for one in said if "activity" in one]


def deliveries_in(log: Path) -> set[str]:
    """Return on which queues a worker sent messages."""
    return {one["queue"] for one in lines(log) if one["activity"] == "deliver"}


async def test_a_worker_says_what_it_does_shows_its_figures_and_stops(
    place: Place,
) -> None:
    address = f"{LOOPBACK}:{free_port()}"
    log = place.log_of(*EVERY_QUEUE)
    with place.worker(*EVERY_QUEUE, GADELYS_METRICS_ADDRESS=address) as process:
        place.acute("2026-01", LIGHTING)
        await place.dispatches()
        wait(lambda: len(place.sent()) == 2, "the news")
        figures = figures_at(address)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_S) == 0
        assert time.monotonic() - begun < STOPS_WITHIN_S

    assert "temporal_" in figures
    assert "worker.stopped" in log.read_text("utf-8")
    said = [one for one in lines(log) if one["activity"] == "deliver"]
    assert said
    for one in said:
        assert re.fullmatch(
            r"deliver/[0-9a-f-]{36}/municipality/.+", one["workflow_id"]
        )
        assert one["attempt"] == 1


def figures_at(address: str) -> str:
    """Return what a worker shows to whoever keeps an eye on it."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        figures: str = answer.read().decode()
    return figures


def test_an_unknown_queue_is_misuse(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adapters.cli.main", "work", "--queue", "nonsense"],
        env={**os.environ, "GADELYS_DATA": str(tmp_path), "GADELYS_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert done.returncode == MISUSE
    assert "municipality" in done.stderr


async def test_what_is_being_done_is_finished_before_a_worker_stops(
    place: Place,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slowly(_: DeliveryRequest) -> int:
        begun.set()
        may_end.wait(PATIENCE_S)
        return 1

    quick = activities_of(place.system, SameTime())
    delivery = DeliveryActivities(deliver=slowly, give_up=lambda _: None)
    slow = replace(quick, delivery=delivery)
    request = DeliveryRequest(recipient=str(LIGHTING), queue="municipality")
    async with working_on(place.client, quick, [CORE]):
        async with working_on(place.client, slow, ["municipality"]):
            run = await place.client.start_workflow(
                Delivery.run, request, id=f"deliver/{LIGHTING}", task_queue=CORE
            )
            assert await asyncio.to_thread(begun.wait, PATIENCE_S)
            threading.Timer(1, may_end.set).start()
        # The municipality's worker is gone; what it was doing is done and kept.
        left = await asyncio.wait_for(run.result(), PATIENCE_S)

    assert left == 1
