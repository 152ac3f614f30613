"""What runs where: the worker with its workflows, activities and threads."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)

from adapters.temporal.dispatcher import TASK_QUEUE
from workflows.delivery import Delivery, DeliveryActivities
from workflows.follow_up import FollowUp, FollowUpActivities

THREADS = 8


@contextmanager
def worker(
    client: Client, follow_up: FollowUpActivities, delivery: DeliveryActivities
) -> Iterator[Worker]:
    """Make a worker for queue `core`; its threads end with the block."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[FollowUp, Delivery],
            activities=[
                follow_up.current_plan,
                follow_up.take_step,
                delivery.deliver,
                delivery.give_up,
            ],
            activity_executor=threads,
            max_concurrent_activities=THREADS,
            max_cached_workflows=2000,
            graceful_shutdown_timeout=timedelta(seconds=5),
            workflow_runner=runner(),
        )


def runner() -> SandboxedWorkflowRunner:
    """Return the sandbox; pure modules are shared, not imported for each run."""
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "pydantic", "pydantic_core", "workflows"
    )
    return SandboxedWorkflowRunner(restrictions=passed)
