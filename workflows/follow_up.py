"""One finding's follow-up: wait for the next moment, do the step, plan anew.

The workflow decides nothing. It is handed a plan; the newest plan wins; an empty
plan ends it. A step is a command to the domain, which may say that the world has
changed meanwhile.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

SHORT = timedelta(seconds=10)
"""Bounds how late a step is when a worker dies in the middle of it."""

PATIENCE = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)


class PlannedStep(BaseModel):
    """One step and its moment, aware."""

    model_config = ConfigDict(frozen=True)

    key: str
    at: AwareDatetime


class FollowUpPlan(BaseModel):
    """The steps still to come for one finding, earliest first.

    `version` is that of the finding's stream: a lower one is old news.
    """

    model_config = ConfigDict(frozen=True)

    number: str
    version: int
    steps: tuple[PlannedStep, ...] = ()


class DueStep(BaseModel):
    """A step whose moment has come; `now` is the workflow's own time."""

    model_config = ConfigDict(frozen=True)

    number: str
    key: str
    now: AwareDatetime


class PlanRequest(BaseModel):
    """Which finding's plan is wanted, seen from the workflow's own time."""

    model_config = ConfigDict(frozen=True)

    number: str
    now: AwareDatetime


class FollowUpActivities:
    """What a follow-up asks of the world; both are safe to repeat."""

    def __init__(
        self,
        current: Callable[[str, datetime], FollowUpPlan],
        take: Callable[[str, str, datetime], FollowUpPlan],
    ) -> None:
        """Use `current` to look a plan up and `take` to do one step."""
        self._current = current
        self._take = take

    @activity.defn(name="current-plan")
    def current_plan(self, request: PlanRequest) -> FollowUpPlan:
        """Return the plan as it follows from the facts now."""
        return self._current(request.number, request.now)

    @activity.defn(name="take-step")
    def take_step(self, step: DueStep) -> FollowUpPlan:
        """Do one step, once, and return the plan that follows."""
        return self._take(step.number, step.key, step.now)


@workflow.defn(name="follow-up")
class FollowUp:
    """Waits for one finding; id `finding/<number>`."""

    @workflow.init
    def __init__(self, first: FollowUpPlan) -> None:
        """Start from the plan that came with the start."""
        self._plan = first
        self._taken = 0

    @workflow.signal
    def replan(self, plan: FollowUpPlan) -> None:
        """Take a newer plan; an older one is ignored."""
        if plan.version >= self._plan.version:
            self._plan = plan

    @workflow.run
    async def run(self, first: FollowUpPlan) -> int:
        """Return how many steps were asked for in this run."""
        # A stale or repeated start ends here, whatever plan it brought.
        await self._hear(self._current(first.number))
        while self._plan.steps:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self._plan)
            await self._wait_and_take(self._plan.steps[0])
        return self._taken

    async def _hear(self, answer: Awaitable[FollowUpPlan]) -> None:
        """Take what the facts say; only news that came meanwhile may be newer."""
        known = self._plan
        plan = await answer
        if self._plan is known:
            self._plan = plan
        else:
            self.replan(plan)

    async def _current(self, number: str) -> FollowUpPlan:
        return await workflow.execute_local_activity_method(
            FollowUpActivities.current_plan,
            PlanRequest(number=number, now=workflow.now()),
            start_to_close_timeout=SHORT,
            retry_policy=PATIENCE,
        )

    async def _wait_and_take(self, step: PlannedStep) -> None:
        if await self._replanned_before(step.at, step.key):
            return
        await self._hear(self._taken_step(step.key))
        self._taken += 1
        if step in self._plan.steps:
            # Never spin: a step that neither happened nor went away waits.
            await self._replanned_before(workflow.now() + timedelta(minutes=1), "")

    async def _taken_step(self, key: str) -> FollowUpPlan:
        return await workflow.execute_activity_method(
            FollowUpActivities.take_step,
            DueStep(number=self._plan.number, key=key, now=workflow.now()),
            start_to_close_timeout=SHORT,
            retry_policy=PATIENCE,
            summary=key,
        )

    async def _replanned_before(self, moment: datetime, summary: str) -> bool:
        """Wait until `moment`, or less if another plan comes; tell which."""
        delay = moment - workflow.now()
        if delay <= timedelta(0):
            return False
        seen = self._plan
        try:
            await workflow.wait_condition(
                lambda: self._plan is not seen,
                timeout=delay,
                timeout_summary=summary or None,
            )
        except TimeoutError:
            return False
        return True
