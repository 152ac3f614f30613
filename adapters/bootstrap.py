"""The composition root: the only place where real parts are chosen."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.notify.deliverer import Deliverer
from adapters.notify.smtp import mailer
from adapters.notify.webhook_deliverer import WebhookDeliverer, receivers
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import CORE, Dispatcher
from adapters.temporal.news import News
from adapters.temporal.rounds import Rounds
from adapters.temporal.steps import Steps
from adapters.temporal.times import Times
from adapters.temporal.worker import Activities, workers
from domain.values import Authority
from workflows.delivery import DeliveryActivities
from workflows.digest import DigestActivities
from workflows.following import FollowingActivities
from workflows.reactions import QUEUES
from workflows.rounds import RoundActivities
from workflows.webhook import WebhookActivities

EVERY_QUEUE = (CORE, *map(str, QUEUES))


def dispatcher_of(
    system: Gadelys,
    client: Client,
    times: Times,
    on_call: Callable[[], None] = lambda: None,
) -> Dispatcher:
    """Return what tells `client` of the facts of `system`, and `on_call` each time."""
    return Dispatcher(system, client, times, _hooks(system, senders=()), on_call)


def _hooks(system: Gadelys, senders: Collection[Authority]) -> WebhookDeliverer:
    """Return what tells receivers, with the secrets of `senders` only."""
    return WebhookDeliverer(system, receivers(system.settings, senders=senders))


def activities_of(
    system: Gadelys, times: Times, queues: Sequence[str] = EVERY_QUEUE
) -> Activities:
    """Return what workflows can ask of `system` on some queues."""
    steps = Steps(system, times)
    deliverer = Deliverer(system, mailer(system.settings))
    hooks = _hooks(system, [one for one in QUEUES if one in queues])
    return Activities(
        following=FollowingActivities(current=steps.current, take=steps.take),
        delivery=DeliveryActivities(
            deliver=deliverer.deliver, give_up=deliverer.give_up
        ),
        digest=DigestActivities(waiting=News(system).waiting),
        round=RoundActivities(hold=Rounds(system).hold),
        webhook=WebhookActivities(tell=hooks.deliver, give_up=hooks.give_up),
    )


@asynccontextmanager
async def working(
    system: Gadelys,
    client: Client,
    times: Times,
    queues: Sequence[str] = EVERY_QUEUE,
) -> AsyncIterator[None]:
    """Let workers do steps and deliveries for `system` while the block runs."""
    with workers(client, activities_of(system, times, queues), queues) as made:
        async with AsyncExitStack() as running:
            for worker in made:
                await running.enter_async_context(worker)
            yield
