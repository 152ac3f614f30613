"""Does Temporal answer, and does anybody work there?"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from adapters.errors import Unavailable
from adapters.settings import Settings
from adapters.temporal.address import address_of
from adapters.temporal.client import connect
from adapters.temporal.dispatcher import CORE
from workflows.reactions import QUEUES


@dataclass(frozen=True, slots=True)
class TemporalHealth:
    """Who answers and who works: the server's address, and workers by queue."""

    address: str | None = None
    following: int = 0
    sending: Mapping[str, int] = field(default_factory=dict)


def examine_temporal(settings: Settings) -> TemporalHealth:
    """Return what can be seen of the server and of the workers on each queue."""
    address = address_of(settings)
    try:
        return asyncio.run(_examined(address, settings.temporal_namespace))
    except Unavailable:
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
    return TemporalHealth(address, following, sending)


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
