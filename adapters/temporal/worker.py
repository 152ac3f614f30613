"""What runs where: workers with their workflows, activities and threads."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)

from adapters.temporal.dispatcher import CORE
from adapters.temporal.interceptors import LogContext
from workflows.co_signing import CoSigning
from workflows.delivery import Delivery, DeliveryActivities
from workflows.digest import Digest, DigestActivities
from workflows.follow_up import FollowUp
from workflows.following import FollowingActivities
from workflows.handover import Handover
from workflows.rounds import Round, RoundActivities
from workflows.walk_timetable import WalkTimetable
from workflows.webhook import Webhook, WebhookActivities

THREADS = 8
OPEN_RUNS = 2000
"""How many runs stay in memory; the others are read again when they wake."""

GRACE = timedelta(seconds=5)
WORKFLOWS: Sequence[type] = (
    FollowUp,
    Handover,
    WalkTimetable,
    CoSigning,
    Digest,
    Delivery,
    Webhook,
    Round,
)


@dataclass(frozen=True, slots=True)
class Activities:
    """Everything that workflows ask of the world."""

    following: FollowingActivities
    delivery: DeliveryActivities
    digest: DigestActivities
    round: RoundActivities
    webhook: WebhookActivities

    def of(self, queue: str) -> list[Callable[..., Any]]:
        """Return what is done on one queue.

        An authority's queue sends its messages and nothing else; `core` does not
        send, so that no message leaves with another's credentials. It has the old
        place of sending still, for runs that were started before there were queues.
        """
        sending: list[Callable[..., Any]] = [
            self.delivery.deliver,
            self.webhook.tell,
        ]
        if queue != CORE:
            return sending
        return [
            *sending,
            self.delivery.give_up,
            self.webhook.give_up,
            self.following.current_plan,
            self.following.take_step,
            self.digest.waiting_news,
            self.round.hold_round,
        ]


@contextmanager
def workers(
    client: Client, activities: Activities, queues: Sequence[str]
) -> Iterator[list[Worker]]:
    """Make a worker for each queue; their threads end with the block."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield [_worker(client, activities, queue, threads) for queue in queues]


def _worker(
    client: Client, activities: Activities, queue: str, threads: ThreadPoolExecutor
) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS if queue == CORE else (),
        activities=activities.of(queue),
        activity_executor=threads,
        max_concurrent_activities=THREADS,
        max_cached_workflows=OPEN_RUNS if queue == CORE else 0,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=GRACE,
        interceptors=[LogContext()],
        workflow_runner=runner(),
    )


def runner() -> SandboxedWorkflowRunner:
    """Return the sandbox; pure modules are shared, not imported for each run."""
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "pydantic", "pydantic_core", "workflows"
    )
    return SandboxedWorkflowRunner(restrictions=passed)
