"""Does Temporal answer, and does anybody work there?"""

import asyncio

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from adapters.errors import Unavailable
from adapters.settings import Settings
from adapters.temporal.address import address_of
from adapters.temporal.client import connect
from adapters.temporal.dispatcher import CORE


def examine_temporal(settings: Settings) -> tuple[str | None, str | None]:
    """Return the server's address and its pollers, `None` for what is away."""
    address = address_of(settings)
    try:
        pollers = asyncio.run(_pollers(address, settings.temporal_namespace))
    except Unavailable:
        return None, None
    return address, f"{pollers}" if pollers else None


async def _pollers(address: str, namespace: str) -> int:
    client: Client = await connect(address, namespace)
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=namespace,
            task_queue=TaskQueue(name=CORE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return len(answer.pollers)
