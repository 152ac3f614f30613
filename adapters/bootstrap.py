"""The composition root: the only place where real parts are chosen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.notify.deliverer import Deliverer
from adapters.notify.mailbox import Mailbox
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.steps import Steps
from adapters.temporal.times import Times
from adapters.temporal.worker import worker
from workflows.delivery import DeliveryActivities
from workflows.follow_up import FollowUpActivities


@asynccontextmanager
async def working(system: Gadelys, client: Client, times: Times) -> AsyncIterator[None]:
    """Let a worker do steps and deliveries for `system` while the block runs."""
    steps = Steps(system, times)
    deliverer = Deliverer(system, Mailbox(system.settings.mailbox))
    follow_up = FollowUpActivities(current=steps.current, take=steps.take)
    delivery = DeliveryActivities(deliver=deliverer.deliver, give_up=deliverer.give_up)
    with worker(client, follow_up, delivery) as running:
        async with running:
            yield
