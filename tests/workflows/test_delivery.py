"""Messages that are hard to send: tried again as the same message, or given up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import TimeSkipper

from adapters.bootstrap import activities_of
from adapters.notify.deliverer import Deliverer
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import Dispatcher
from adapters.temporal.times import SameTime
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryEvent,
    DeliveryGivenUp,
    DeliverySent,
)
from domain.finding.commands import ReportFinding
from domain.messages import Stamp, derived_id
from domain.values import CITIZEN, Severity
from tests.tools.histories import SOON_LONG, continued
from tests.workflows.month import COORDINATOR
from tests.workflows.servers import (
    OrdinaryServer,
    client_of,
    new_namespace,
    working_on,
)
from workflows.delivery import Delivery, DeliveryActivities

LONG = timedelta(days=6)


class Shaky:
    """A mail server that takes nothing until it has been asked often enough."""

    def __init__(self, refusals: int) -> None:
        """Refuse so many times."""
        self._refusals = refusals
        self.asked: list[str] = []
        self.taken: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Take `message`, or raise."""
        self.asked.append(str(message["Message-ID"]))
        if len(self.asked) <= self._refusals:
            raise OSError("nobody there")
        self.taken.append(message)


@asynccontextmanager
async def working_with(
    system: Gadelys, client: Client, mailer: Shaky
) -> AsyncIterator[None]:
    deliverer = Deliverer(system, mailer)
    activities = replace(
        activities_of(system, SameTime()),
        delivery=DeliveryActivities(
            deliver=deliverer.deliver, give_up=deliverer.give_up
        ),
    )
    async with working_on(client, activities):
        yield


def report_acute(system: Gadelys) -> str:
    """Report something acute; return the id of the delivery that must follow."""
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=derived_id("acute"))
    system.submit(
        ReportFinding(
            stamp=stamp,
            number="2026-01",
            category="LGT-FAIL",
            text="Ledning på stien.",
            severity=Severity.ACUTE,
        )
    )
    return f"deliver/{derived_id(stamp.command_id, 1)}/{COORDINATOR}"


def history_of(system: Gadelys) -> list[DeliveryEvent]:
    return [
        fact.event
        for fact in system.store.after(0, 1000)
        if isinstance(fact.event, DeliveryEvent)
    ]


async def test_a_refused_message_is_sent_later_as_the_same_message(
    system: Gadelys, skipping_address: str
) -> None:
    client = await client_of(skipping_address, new_namespace())
    mailer = Shaky(refusals=1)
    name = report_acute(system)
    async with working_with(system, client, mailer):
        await Dispatcher(system, client, SameTime()).dispatch()
        left = await client.get_workflow_handle_for(Delivery.run, name).result()

    attempts = [e for e in history_of(system) if isinstance(e, DeliveryAttempted)]
    assert left == 1
    assert len(mailer.taken) == 1
    assert len(mailer.asked) == 2
    assert len(set(mailer.asked)) == 1
    assert [(one.batch, one.attempt) for one in attempts] == [(1, 1), (1, 2)]
    assert isinstance(history_of(system)[-1], DeliverySent)


async def test_after_five_days_a_person_has_to_look(
    system: Gadelys, skipping_address: str
) -> None:
    client = await client_of(skipping_address, new_namespace())
    mailer = Shaky(refusals=10_000)
    name = report_acute(system)
    async with working_with(system, client, mailer):
        await Dispatcher(system, client, SameTime()).dispatch()
        run = client.get_workflow_handle_for(Delivery.run, name)
        await TimeSkipper(client).fast_forward(run, LONG)
        left = await run.result()

    (last,) = (e for e in history_of(system) if isinstance(e, DeliveryGivenUp))
    assert left == 0
    assert mailer.taken == []
    assert last == history_of(system)[-1]

    # Given up is an end: asking again does not send it again. That it was given up
    # is news of its own, which somebody else may be told of meanwhile.
    (given_up,) = set(mailer.asked)
    asked = len(mailer.asked)
    async with working_with(system, client, mailer):
        await Dispatcher(system, client, SameTime()).redispatch([])

    assert (await run.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert mailer.asked.count(given_up) == asked


async def test_a_long_history_goes_on_in_a_new_run(tmp_path: Path) -> None:
    server = OrdinaryServer(tmp_path, (SOON_LONG,))
    try:
        client = await client_of(server.address, new_namespace())
        first = await (await continued(client)).describe()
        newest = await client.get_workflow_handle(first.id).describe()
    finally:
        server.kill()

    assert first.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    assert newest.status is WorkflowExecutionStatus.COMPLETED
    assert newest.run_id != first.run_id
