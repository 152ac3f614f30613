"""Shorter patience than the product's, so that a fault costs no ten seconds.

What is lost with a worker is found by time-outs of the server: an activity when
its `start_to_close` is over, a workflow task after its own ten seconds, one on
the queue of a dead worker after ten more. The server measures them on the clock
of the workflow, but skips no time while an activity or a workflow task is under
way: a lost one is waited for in real time, however far the calendar is played.
So these bounds, and the pauses between attempts, are all that is shortened here;
what is done after them is the product's.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.client import Client, OutboundInterceptor, StartWorkflowInput
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import RetryPolicy
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkerConfig,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle, ChildWorkflowHandle
from typing_extensions import override

LOST_AFTER = timedelta(seconds=0.4)
TASK_LOST_AFTER = timedelta(seconds=0.5)
PAUSE = timedelta(milliseconds=20)


def impatient(client: Client, more: Sequence[Interceptor] = ()) -> Client:
    """Return a client whose workflows and workers give up on the dead early.

    Args:
        client: as the product connects it.
        more: what else shall stand between its workers and their work.
    """
    config = client.config()
    config["plugins"] = [Impatience(more)]
    return Client(**config)


class Impatience(SimplePlugin):
    """Adds the interceptors and shortens the wait for a dead worker's own queue."""

    def __init__(self, more: Sequence[Interceptor]) -> None:
        """Put `more` behind what shortens patience."""
        super().__init__("impatience", interceptors=[_Shortening(), *more])

    @override
    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        changed = super().configure_worker(config)
        changed["sticky_queue_schedule_to_start_timeout"] = TASK_LOST_AFTER
        return changed


class _Shortening(ClientInterceptor, Interceptor):
    @override
    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Starting(super().intercept_client(next))

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _Running


class _Starting(OutboundInterceptor):
    @override
    async def start_workflow(self, input: StartWorkflowInput) -> Any:
        return await super().start_workflow(
            replace(input, task_timeout=TASK_LOST_AFTER)
        )


class _Running(WorkflowInboundInterceptor):
    @override
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Asking(outbound))


class _Asking(WorkflowOutboundInterceptor):
    @override
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        input.start_to_close_timeout = LOST_AFTER
        input.retry_policy = _soon(input.retry_policy)
        return super().start_activity(input)

    @override
    def start_local_activity(
        self, input: StartLocalActivityInput
    ) -> ActivityHandle[Any]:
        input.retry_policy = _soon(input.retry_policy)
        return super().start_local_activity(input)

    @override
    async def start_child_workflow(
        self, input: StartChildWorkflowInput
    ) -> ChildWorkflowHandle[Any, Any]:
        input.task_timeout = TASK_LOST_AFTER
        return await super().start_child_workflow(input)


def _soon(policy: RetryPolicy | None) -> RetryPolicy:
    return replace(
        policy or RetryPolicy(), initial_interval=PAUSE, backoff_coefficient=1
    )
