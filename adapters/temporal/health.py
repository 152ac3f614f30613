"""Does Temporal answer, and does anybody work there?"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    GetSystemInfoRequest,
    PollWorkflowTaskQueueRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.errors import Unavailable
from adapters.settings import Settings
from adapters.temporal.address import address_of
from adapters.temporal.client import connect
from adapters.temporal.dispatcher import CORE
from workflows.reactions import QUEUES

PATIENCE_S = 4
CLOCK_QUEUE = "gadelys-clock"
"""A queue on which nothing is ever asked for; the server notes who looked, and when."""
LOOK = timedelta(seconds=3)
"""The server takes no shorter look; we go after `GLANCE_S`."""
GLANCE_S = 0.3


@dataclass(frozen=True, slots=True)
class TemporalHealth:
    """Who answers and who works: the server's address, and workers by queue.

    `ahead_s` is by how many seconds at least the server's clock is ahead of ours;
    `None` when it did not say.
    """

    address: str | None = None
    following: int = 0
    sending: Mapping[str, int] = field(default_factory=dict)
    server: str | None = None
    ahead_s: float | None = None


def examine_temporal(settings: Settings) -> TemporalHealth:
    """Return what can be seen of the server and of the workers on each queue."""
    address = address_of(settings)
    examined = _examined(address, settings.temporal_namespace)
    try:
        return asyncio.run(asyncio.wait_for(examined, PATIENCE_S))
    except (Unavailable, TimeoutError):
        return TemporalHealth()


async def _examined(address: str, namespace: str) -> TemporalHealth:
    client = await connect(address, namespace)
    following = await _pollers(
        client, namespace, CORE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    )
    sending = {
        str(queue): await _pollers(
            client, namespace, str(queue), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        )
        for queue in QUEUES
    }
    told = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    ahead_s = await _ahead(client, namespace)
    return TemporalHealth(address, following, sending, told.server_version, ahead_s)


async def _pollers(
    client: Client, namespace: str, queue: str, kind: TaskQueueType.ValueType
) -> int:
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=kind,
        )
    )
    return len(answer.pollers)


async def _ahead(client: Client, namespace: str) -> float | None:
    """Look at an empty queue, and read when the server says that we did."""
    us = f"doctor-{uuid4()}"
    queue = TaskQueue(name=CLOCK_QUEUE)
    request = PollWorkflowTaskQueueRequest(
        namespace=namespace, task_queue=queue, identity=us
    )
    look = client.workflow_service.poll_workflow_task_queue(request, timeout=LOOK)
    before = datetime.now(UTC)
    with suppress(TimeoutError, RPCError):
        await asyncio.wait_for(look, GLANCE_S)
    after = datetime.now(UTC)
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=namespace, task_queue=queue)
    )
    for poller in answer.pollers:
        if poller.identity == us:
            seen = poller.last_access_time.ToDatetime(tzinfo=UTC)
            return seconds_ahead(before, seen, after)
    return None


def seconds_ahead(before: datetime, told: datetime, after: datetime) -> float:
    """Return by how much at least a clock that told a moment is ahead of ours.

    Args:
        before: our clock when we asked.
        told: the other clock, some time between.
        after: our clock when we had the answer.

    Returns: seconds; negative when the other clock is behind.
    """
    if told > after:
        return (told - after).total_seconds()
    return min((told - before).total_seconds(), 0.0)
