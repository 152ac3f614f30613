"""Telling workflows what facts mean: the only place that starts or signals them.

A reader with its own position. Everything it does is idempotent, and the
position moves only after Temporal has taken the news: a crash repeats, Temporal
away waits, nothing is skipped.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.temporal.steps import Steps
from adapters.temporal.times import Times
from adapters.temporal.untold import Untold
from domain.errors import Code
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.values import FindingNumber
from workflows.delivery import Delivery, DeliveryRequest
from workflows.follow_up import FollowUp, FollowUpPlan
from workflows.reactions import DeliveryStart, deliveries, follow_up_id

NAME = "dispatcher"
TASK_QUEUE = "core"
PAGE = 200
AT_ONCE = 16
log = structlog.get_logger()


class TemporalAway(Unavailable):
    """Temporal does not answer; the news waits in the facts."""


class Dispatcher:
    """Reads facts, computes plans, and makes one idempotent call each."""

    def __init__(self, system: Gadelys, client: Client, times: Times) -> None:
        """Tell `client` about the facts of `system`."""
        self._system = system
        self._client = client
        self._times = times
        self._steps = Steps(system, times)
        self._untold = Untold(system)

    async def dispatch(self) -> int:
        """Tell of one page of new facts; return how many were read.

        Raises: TemporalAway when Temporal does not answer; the position stays.
        """
        position = self._system.rows.position(NAME)
        facts = self._system.store.after(position, PAGE)
        if not facts:
            return 0
        await _all(self._calls(facts))
        self._system.rows.advance(NAME, facts[-1].position)
        log.debug("facts.dispatched", position=facts[-1].position, facts=len(facts))
        return len(facts)

    async def redispatch(self, numbers: Iterable[FindingNumber]) -> int:
        """Send every plan again, and all news that has reached nobody yet.

        Returns: the number of plans. Without effect where nothing is missing.
        """
        plans = [self._follow(number) for number in numbers]
        news = {start.workflow_id: start for start in self._untold.starts()}
        await _all([*plans, *(self._deliver(start) for start in news.values())])
        return len(plans)

    def _calls(self, facts: Sequence[Recorded]) -> list[Awaitable[None]]:
        """One call per finding and per delivery, however many facts speak of it."""
        prefix = stream_of("")
        findings = dict.fromkeys(
            fact.stream.removeprefix(prefix)
            for fact in facts
            if fact.stream.startswith(prefix)
        )
        register = self._system.rules().register
        starts = {
            start.workflow_id: start
            for fact in facts
            for start in deliveries(fact, register)
            if self._is_wanted(start, fact)
        }
        return [
            *(self._follow(number) for number in findings),
            *(self._deliver(start) for start in starts.values()),
        ]

    def _is_wanted(self, start: DeliveryStart, fact: Recorded) -> bool:
        """Whether a message is still to come: a repeated fact is no new news.

        A digest of a past day that was sent would take what is meant for the next.
        """
        at = start.request.at
        is_to_come = at is not None and at > self._system.now()
        return is_to_come or not self._untold.is_over(start, fact.position)

    async def _follow(self, number: FindingNumber) -> None:
        plan = self._steps.plan(number, self._system.now())
        if plan.steps:
            await self._start_or_replan(plan)
        else:
            await self._replan_if_running(plan)

    async def _start_or_replan(self, plan: FollowUpPlan) -> None:
        await self._client.start_workflow(
            FollowUp.run,
            plan,
            id=follow_up_id(plan.number),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="replan",
            start_signal_args=[plan],
        )

    async def _replan_if_running(self, plan: FollowUpPlan) -> None:
        handle = self._client.get_workflow_handle(follow_up_id(plan.number))
        try:
            await handle.signal(FollowUp.replan, plan)
        except RPCError as error:
            # A finding at its end has no run any more: that is what we wanted.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _deliver(self, start: DeliveryStart) -> None:
        request = start.request
        if request.at:
            at = self._times.to_workflow(start.workflow_id, request.at)
            request = DeliveryRequest(recipient=request.recipient, at=at)
        await self._client.start_workflow(
            Delivery.run,
            request,
            id=start.workflow_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="notice",
        )


async def _all(calls: Sequence[Awaitable[None]]) -> None:
    """Await all calls, some at a time.

    Raises: TemporalAway when one of them finds nobody.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(call: Awaitable[None]) -> None:
        async with gate:
            await call

    try:
        await asyncio.gather(*(one(call) for call in calls))
    except RPCError as error:
        raise TemporalAway(
            Code.TEMPORAL_UNAVAILABLE, status=error.status.name
        ) from error
