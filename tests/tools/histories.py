"""Record histories of the workflows for the replay tests, in every known shape.

`python -m tests.tools.histories` writes those that are missing; with `--all` every
one anew. A released shape is never rewritten: runs of that shape may be waiting
somewhere for months. A new shape gets a new name.
"""

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.exceptions import ApplicationError

from adapters import system as installation
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.settings import Settings
from adapters.temporal import server
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import CORE
from adapters.temporal.skipping import PlayedTimes
from adapters.temporal.worker import Activities
from domain.register.model import Register
from tests.conftest import adopt
from tests.workflows.month import (
    BEGIN,
    CITIZEN,
    COORDINATOR,
    COUNCIL,
    LIGHTING,
    LOCAL_POLICE,
    OPERATIONS,
    PARKS,
    PREVENTION,
    Month,
    told,
)
from tests.workflows.servers import client_of, new_namespace, working_on
from workflows.delivery import Delivery, DeliveryActivities, DeliveryRequest
from workflows.digest import DigestActivities
from workflows.follow_up import FollowUp
from workflows.following import FollowingActivities, Plan, PlannedStep
from workflows.rounds import RoundActivities
from workflows.webhook import WebhookActivities

HISTORIES = Path(__file__).parents[1] / "workflows" / "histories"
NATIVE_THREADS_S = 0.3
LISTED_S = 10
SOON_LONG = "limit.historyCount.suggestContinueAsNew=12"
"""Lets a history of a dozen events count as long."""

TRACES = {"identity", "stackTrace"}
PROCESS = re.compile(r"\d+@[\w.-]+")
"""How Temporal names a process: its number and its machine."""

AnyHandle = WorkflowHandle[Any, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """One way a run can go; `record` returns the run to keep."""

    name: str
    record: Callable[[Month], Awaitable[AnyHandle]]


async def plain(month: Month) -> AnyHandle:
    """Reminded once, fixed, verified."""
    await month.happens("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-12", COORDINATOR, "assign", to=OPERATIONS)
    await month.happens("2026-10-26", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-10-28", COUNCIL, "verify")
    return month.run()


async def replanned(month: Month) -> AnyHandle:
    """Held, resumed, another deadline, another owner."""
    await month.happens("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-12", COORDINATOR, "assign", to=OPERATIONS)
    await month.happens(
        "2026-10-19",
        OPERATIONS,
        "hold",
        reason_code="season",
        review_on="2026-10-26",
    )
    await month.happens("2026-10-27", OPERATIONS, "resume")
    await month.happens("2026-10-28", COORDINATOR, "assign", to=PARKS)
    await month.happens(
        "2026-10-29",
        COORDINATOR,
        "change_deadline",
        fix_due="2026-11-04",
        reason="Aftalt.",
    )
    await month.passes(until="2026-11-09")
    await month.happens("2026-11-10", PARKS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-11", COORDINATOR, "reject_fix", reason="Kun halvt.")
    await month.happens("2026-11-12", PARKS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-13", COUNCIL, "verify")
    return month.run()


async def reopened(month: Month) -> AnyHandle:
    """The second run under the same id."""
    await plain(month)
    await month.happens("2026-11-02", CITIZEN, "reopen", reason="Vokset til.")
    await month.passes(until="2026-11-13")
    await month.happens("2026-11-16", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-17", COUNCIL, "verify")
    return month.run()


async def late(month: Month) -> AnyHandle:
    """Typed in long after: a reminder and a level are due at once."""
    await month.passes(until="2026-11-30T12:00")
    await month.learns(
        month.did("2026-09-01", CITIZEN, "report", category="VEG-HEDGE"),
        month.did("2026-09-02", COORDINATOR, "assign", to=OPERATIONS),
    )
    await month.happens("2026-12-02", COORDINATOR, "merge_into", master="2026-02")
    return month.run()


async def with_master(month: Month) -> AnyHandle:
    """`late`, after the case that it is merged into."""
    await month.happens(
        "2026-10-09", COORDINATOR, "report", number="2026-02", category="POS-KEEP"
    )
    await month.happens(
        "2026-10-09",
        COORDINATOR,
        "correct",
        number="2026-02",
        category="VEG-HEDGE",
        reason="Ikke trygt alligevel.",
    )
    return await late(month)


async def stale(month: Month) -> AnyHandle:
    """A start of something that nobody knows."""
    step = PlannedStep(key="escalate.1.5", at=BEGIN)
    plan = Plan(subject="finding/2026-99", version=3, steps=(step,))
    handle = await month.client.start_workflow(
        FollowUp.run, plan, id="finding/2026-99", task_queue=CORE
    )
    await handle.result()
    return handle


async def handed_over(month: Month) -> AnyHandle:
    """Offered on Friday 9 October; the receiver is reminded and then accepts."""
    await _offered(month)
    await month.happens("2026-10-14", LOCAL_POLICE, "accept_handover")
    return month.client.get_workflow_handle("handover/2026-01")


async def left_alone(month: Month) -> AnyHandle:
    """Offered, and nobody answers until others have heard of it twice."""
    await _offered(month)
    await month.passes(until="2026-10-28")
    await month.happens(
        "2026-10-29",
        COORDINATOR,
        "decide_handover",
        outcome="kept",
        reason="Opgaven er vores.",
    )
    return month.client.get_workflow_handle("handover/2026-01")


async def _offered(month: Month) -> None:
    await month.happens("2026-10-08", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-08", COORDINATOR, "assign", to=OPERATIONS)
    await month.happens(
        "2026-10-09",
        OPERATIONS,
        "hand_over",
        to=LOCAL_POLICE,
        purpose="Oprydning",
        legal_basis="general",
    )


async def asked_for(month: Month) -> AnyHandle:
    """A request for a walk that is answered late, and then called off."""
    walk = "walk/TV-2026-01"
    await month.happens_to(walk, "2026-10-02", COUNCIL, "request", area="Nordbyen")
    await month.passes(until="2026-10-19")
    await month.happens_to(walk, "2026-10-20", COORDINATOR, "answer", accepted=True)
    await month.happens_to(
        walk, "2026-10-21", COORDINATOR, "cancel", reason="For lidt tilslutning."
    )
    return month.client.get_workflow_handle(walk)


async def unsigned(month: Month) -> AnyHandle:
    """A draft that only one authority signs: it lapses."""
    text = "publication/P-1"
    await month.happens_to(
        text,
        "2026-10-05",
        COORDINATOR,
        "draft",
        kind="message",
        title="Lyset er tændt",
        content="a" * 64,
    )
    await month.passes(until="2026-10-09")
    return month.client.get_workflow_handle(text)


async def morning(month: Month) -> AnyHandle:
    """One authority's round: the week's list is news."""
    await month.passes(until="2026-10-05T09:00")
    return await _only(month, "digest")


async def held(month: Month) -> AnyHandle:
    """The week's list is recorded."""
    await month.passes(until="2026-10-05T08:00")
    return await _only(month, "round")


async def to_the_police(month: Month) -> AnyHandle:
    """A digest that the worker of its authority sends."""
    await month.passes(until="2026-10-05T09:00")
    return month.client.get_workflow_handle(f"deliver/{PREVENTION}")


async def _only(month: Month, kind: str) -> AnyHandle:
    """Return the first run of a kind, by its id."""
    deadline = time.monotonic() + LISTED_S
    while time.monotonic() < deadline:
        runs = month.client.list_workflows(f"WorkflowType = '{kind}'")
        if found := sorted([run.id async for run in runs]):
            return month.client.get_workflow_handle(found[0])
        await asyncio.sleep(0.1)
    raise LookupError(kind)


async def alone(month: Month) -> AnyHandle:
    """Acute: sent at once, by the worker of its authority."""
    await month.happens(
        "2026-10-02", CITIZEN, "report", category="LGT-FAIL", severity="acute"
    )
    (fact,) = (f for f in month.facts() if f.event.stamp.by == CITIZEN)
    return month.client.get_workflow_handle(f"deliver/{fact.event_id}/{COORDINATOR}")


PLAYED = (
    Shape("follow-up-plain", plain),
    Shape("follow-up-replanned", replanned),
    Shape("follow-up-reopened", reopened),
    Shape("follow-up-late", with_master),
    Shape("follow-up-stale", stale),
    Shape("follow-up-subject", plain),
    Shape("handover-accepted", handed_over),
    Shape("handover-undecided", left_alone),
    Shape("walk-timetable-late", asked_for),
    Shape("co-signing-lapsed", unsigned),
    Shape("digest-of-one-authority", morning),
    Shape("round-held", held),
    Shape("delivery-queue", to_the_police),
    Shape("delivery-queue-alone", alone),
)

RELEASED = ("delivery-digest", "delivery-alone")
"""Shapes of which no new run is made: their files are all there is."""


async def given_up(client: Client) -> AnyHandle:
    """A mail server that never takes it."""

    def refuse(_: DeliveryRequest) -> NoReturn:
        raise ApplicationError("nobody there", non_retryable=True)

    delivery = DeliveryActivities(deliver=refuse, give_up=lambda _: None)
    request = DeliveryRequest(recipient=str(LIGHTING))
    async with working_on(client, _activities((), delivery)):
        handle = await client.start_workflow(
            Delivery.run,
            request,
            id="deliver/given-up",
            task_queue=CORE,
            start_signal="notice",
        )
        await handle.result()
    return handle


async def continued(client: Client) -> AnyHandle:
    """The first run of a case so busy that its history grew too long."""
    past = datetime(2026, 1, 1, tzinfo=UTC)
    steps = tuple(
        PlannedStep(key=f"step.{nth}", at=past + timedelta(days=nth))
        for nth in range(6)
    )
    plan = Plan(subject="finding/2026-98", version=1, steps=steps)
    delivery = DeliveryActivities(deliver=lambda _: 0, give_up=lambda _: None)
    async with working_on(client, _activities(steps, delivery)):
        handle = await client.start_workflow(
            FollowUp.run, plan, id="finding/2026-98", task_queue=CORE
        )
        await handle.result()
    return client.get_workflow_handle(
        handle.id, run_id=handle.first_execution_run_id, first_execution_run_id=None
    )


def _activities(
    steps: tuple[PlannedStep, ...], delivery: DeliveryActivities
) -> Activities:
    """Return activities that do one step after the other and nothing else."""
    left = list(steps)

    def current(subject: str, _: datetime) -> Plan:
        return Plan(subject=subject, version=1, steps=tuple(left))

    def take(subject: str, key: str, now: datetime) -> Plan:
        if left.pop(0).key != key:
            raise ApplicationError("out of order", non_retryable=True)
        return current(subject, now)

    return Activities(
        following=FollowingActivities(current=current, take=take),
        delivery=delivery,
        digest=DigestActivities(waiting=lambda _: ()),
        round=RoundActivities(hold=lambda _: False),
        webhook=WebhookActivities(tell=lambda *_: 0, give_up=lambda *_: None),
    )


BUSY = {"delivery-given-up": given_up, "follow-up-continued": continued}


def scrubbed(history: WorkflowHistory) -> str:
    """Return `history` as JSON without traces of the machine it ran on."""
    text = json.dumps(_scrub(json.loads(history.to_json())), indent=1)
    return f"{text}\n"


def _scrub(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "recorded" if key in TRACES else _scrub(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_scrub(inner) for inner in value]
    return PROCESS.sub("recorded", value) if isinstance(value, str) else value


@asynccontextmanager
async def _month(address: str, register: Register) -> AsyncIterator[Month]:
    times = PlayedTimes(now=BEGIN)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings, lambda: times.now) as system:
            adopt(system, register)
            client = await client_of(address, new_namespace())
            async with told(system, client, times) as month:
                yield month


@contextmanager
def _server(*options: str) -> Iterator[str]:
    port = server.free_port()
    process = server.start(port, options=options)
    try:
        yield f"{server.LOOPBACK}:{port}"
    finally:
        server.stop(process)


async def record(names: set[str], folder: Path) -> None:
    """Record the histories called `names` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    register = read_register(shipped(DEFAULT_REGISTER))
    with _server(*server.SKIPPING_TIME) as address:
        for shape in PLAYED:
            if shape.name in names:
                async with _month(address, register) as month:
                    await _keep(await shape.record(month), shape.name, folder)
    with _server(SOON_LONG) as address:
        for name, recorded in BUSY.items():
            if name in names:
                client = await client_of(address, new_namespace())
                await _keep(await recorded(client), name, folder)


async def _keep(handle: AnyHandle, name: str, folder: Path) -> None:
    history = await handle.fetch_history()
    (folder / f"{name}.json").write_text(scrubbed(history), "utf-8")
    print(f"{name}: {len(history.events)} events")


def main() -> None:
    """Record what is missing, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--to", type=Path, default=HISTORIES)
    given = parser.parse_args()
    names = {shape.name for shape in PLAYED} | set(BUSY)
    if not given.all:
        names -= {file.stem for file in given.to.glob("*.json")}
    asyncio.run(record(names, given.to))
    time.sleep(NATIVE_THREADS_S)


if __name__ == "__main__":
    main()
