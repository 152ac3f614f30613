"""Telling workflows what facts mean: the only place that starts or signals them.

A reader with its own position. Everything it does is idempotent, and the
position moves only after Temporal has taken the news: a crash repeats, Temporal
away waits, nothing is skipped.
"""

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from typing import Any, Protocol

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.temporal.news import News
from adapters.temporal.steps import Steps
from adapters.temporal.subjects import open_subjects
from adapters.temporal.times import Times
from domain.delivery.events import DeliveryRetried
from domain.errors import Code
from domain.messages import Recorded
from domain.register.adoption import RegisterAdopted
from workflows.co_signing import CoSigning
from workflows.delivery import Delivery
from workflows.follow_up import FollowUp
from workflows.following import Following, Plan
from workflows.handover import Handover
from workflows.reactions import (
    DeliveryStart,
    retried_delivery,
    subjects_of,
    urgent_deliveries,
)
from workflows.walk_timetable import WalkTimetable
from workflows.webhook import Webhook, WebhookRequest

NAME = "dispatcher"
CORE = "core"
PAGE = 200
AT_ONCE = 16
Call = Coroutine[Any, Any, None]
FOLLOWED_BY: Mapping[str, Callable[[Any, Plan], Awaitable[int]]] = {
    "finding": FollowUp.run,
    "handover": Handover.run,
    "walk": WalkTimetable.run,
    "publication": CoSigning.run,
}
"""Which workflow follows which kind of subject."""
log = structlog.get_logger()


class TemporalAway(Unavailable):
    """Temporal does not answer; the news waits in the facts."""


class Dispatcher:
    """Reads facts, computes plans, and makes one idempotent call each."""

    def __init__(
        self,
        system: Gadelys,
        client: Client,
        times: Times,
        hooks: "Hooks | None" = None,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        """Tell `client` about the facts of `system`, and receivers through `hooks`.

        After each call that was answered, `on_call` is told: all of them can take
        long, and somebody may want to see that they come to something.
        """
        self._system = system
        self._client = client
        self._hooks = hooks or NoHooks()
        self._on_call = on_call
        self._steps = Steps(system, times)
        self._news = News(system)

    async def dispatch(self) -> int:
        """Tell of one page of new facts; return how many were read.

        Raises: TemporalAway when Temporal does not answer; the position stays.
        """
        position = self._system.rows.position(NAME)
        facts = self._system.store.after(position, PAGE)
        if not facts:
            return 0
        await self._all(self._calls(facts))
        self._system.rows.advance(NAME, facts[-1].position)
        log.debug("facts.dispatched", position=facts[-1].position, facts=len(facts))
        return len(facts)

    async def redispatch(self, subjects: Iterable[str]) -> int:
        """Send every plan again, and all news that should have reached somebody.

        Returns: the number of plans. Without effect where nothing is missing.
        """
        plans = [self._follow(subject) for subject in subjects]
        late = (*self._news.urgent(), *self._news.due_digests())
        news = {start.workflow_id: start for start in late}
        hooks = self._hooks_on_their_way()
        messages = [self._deliver(start) for start in news.values()]
        await self._all([*plans, *messages, *hooks])
        return len(plans)

    async def _all(self, calls: Sequence[Call]) -> None:
        """Await all calls, some at a time.

        Raises: TemporalAway when one of them finds nobody.
        """
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(call: Call) -> None:
            try:
                async with gate:
                    await call
            finally:
                call.close()
            self._on_call()

        try:
            await asyncio.gather(*(one(call) for call in calls))
        except RPCError as error:
            raise TemporalAway(
                Code.TEMPORAL_UNAVAILABLE, status=error.status.name
            ) from error

    def _calls(self, facts: Sequence[Recorded]) -> list[Call]:
        """One call per subject and per message, however many facts speak of it."""
        subjects = dict.fromkeys(one for fact in facts for one in subjects_of(fact))
        if any(isinstance(fact.event, RegisterAdopted) for fact in facts):
            # Other rules may move every deadline that runs (R19).
            subjects |= dict.fromkeys(open_subjects(self._system))
        register = self._system.rules().register
        starts = {
            start.workflow_id: start
            for fact in facts
            for start in urgent_deliveries(fact, register)
            if not self._news.is_over(start, fact.position)
        } | {
            start.workflow_id: start
            for fact in facts
            if (start := retried_delivery(fact, register))
        }
        hooks: list[Call] = [
            self._tell_receiver(name, fact)
            for fact in facts
            for name in self._hooks.wanted(fact)
        ]
        if any(_is_retried_hook(fact) for fact in facts):
            hooks += self._hooks_on_their_way()
        return [
            *(self._follow(subject) for subject in subjects),
            *(self._deliver(start) for start in starts.values()),
            *hooks,
        ]

    def _hooks_on_their_way(self) -> list[Call]:
        return [
            self._tell_receiver(name, self._fact(position))
            for name, position in self._hooks.pending()
        ]

    def _fact(self, position: int) -> Recorded:
        (fact,) = self._system.store.after(position - 1, 1)
        return fact

    async def _follow(self, subject: str) -> None:
        plan = self._steps.plan(subject, self._system.now())
        if plan.steps:
            await self._start_or_replan(plan)
        else:
            await self._replan_if_running(plan)

    async def _start_or_replan(self, plan: Plan) -> None:
        await self._client.start_workflow(
            FOLLOWED_BY[plan.subject.partition("/")[0]],
            plan,
            id=plan.subject,
            task_queue=CORE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="replan",
            start_signal_args=[plan],
        )

    async def _replan_if_running(self, plan: Plan) -> None:
        handle = self._client.get_workflow_handle(plan.subject)
        try:
            await handle.signal(Following.replan, plan)
        except RPCError as error:
            # What is at its end has no run any more: that is what we wanted.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _deliver(self, start: DeliveryStart) -> None:
        await self._client.start_workflow(
            Delivery.run,
            start.request,
            id=start.workflow_id,
            task_queue=CORE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="notice",
        )

    async def _tell_receiver(self, name: str, fact: Recorded) -> None:
        queue = self._hooks.queue(name)
        request = WebhookRequest(receiver=name, position=fact.position, queue=queue)
        try:
            await self._client.start_workflow(
                Webhook.run,
                request,
                id=f"webhook/{name}/{fact.event_id}",
                task_queue=CORE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
        except WorkflowAlreadyStartedError:
            return


class Hooks(Protocol):
    """Who outside wants to be told of facts."""

    def wanted(self, fact: Recorded) -> tuple[str, ...]:
        """Return the names of the receivers that must be told of `fact`."""
        ...

    def pending(self) -> tuple[tuple[str, int], ...]:
        """Return receiver and position of everything that is still on its way."""
        ...

    def queue(self, name: str) -> str:
        """Return whose worker tells a receiver."""
        ...


class NoHooks:
    """Nobody outside wants to be told."""

    def wanted(self, _fact: Recorded) -> tuple[str, ...]:
        """Return nobody."""
        return ()

    def pending(self) -> tuple[tuple[str, int], ...]:
        """Return nothing."""
        return ()

    def queue(self, _name: str) -> str:
        """Return the queue of everything that belongs to nobody."""
        return CORE


def _is_retried_hook(fact: Recorded) -> bool:
    """Whether a person wants a receiver to be told once more."""
    is_hook = fact.stream.startswith("delivery/webhook/")
    return is_hook and isinstance(fact.event, DeliveryRetried)
