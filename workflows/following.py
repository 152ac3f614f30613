"""Waiting for the next step of a plan, doing it, and planning anew.

What every workflow that follows something has in common. It decides nothing: it
is handed a plan; the newest plan wins; an empty plan ends it. A step is a command
to the domain, which may say that the world has changed meanwhile.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

SHORT = timedelta(seconds=10)
"""Bounds how late a step is when a worker dies in the middle of it."""

PATIENCE = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)


def _with_its_kind(subject: object) -> object:
    """Read the bare number of a finding, as runs of earlier versions call it."""
    if isinstance(subject, str) and "/" not in subject:
        return f"finding/{subject}"
    return subject


Subject = Annotated[
    str,
    BeforeValidator(_with_its_kind),
    Field(validation_alias=AliasChoices("subject", "number")),
]
"""What is followed, the id of its workflow; earlier versions say `number`."""


class PlannedStep(BaseModel):
    """One step and its moment, aware."""

    model_config = ConfigDict(frozen=True)

    key: str
    at: AwareDatetime


class Plan(BaseModel):
    """The steps still to come for one subject, earliest first.

    `subject` is what is followed: `finding/2026-04`, `walk/…`; `version` that of
    its stream: a lower one is old news.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    subject: Subject
    version: int
    steps: tuple[PlannedStep, ...] = ()


class DueStep(BaseModel):
    """A step whose moment has come; `now` is the workflow's own time."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    subject: Subject
    key: str
    now: AwareDatetime


class PlanRequest(BaseModel):
    """Whose plan is wanted, seen from the workflow's own time."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    subject: Subject
    now: AwareDatetime


class FollowingActivities:
    """What following something asks of the world; both are safe to repeat."""

    def __init__(
        self,
        current: Callable[[str, datetime], Plan],
        take: Callable[[str, str, datetime], Plan],
    ) -> None:
        """Use `current` to look a plan up and `take` to do one step."""
        self._current = current
        self._take = take

    @activity.defn(name="current-plan")
    def current_plan(self, request: PlanRequest) -> Plan:
        """Return the plan as it follows from the facts now."""
        return self._current(request.subject, request.now)

    @activity.defn(name="take-step")
    def take_step(self, step: DueStep) -> Plan:
        """Do one step, once, and return the plan that follows."""
        return self._take(step.subject, step.key, step.now)


class Following:
    """Keeps the newest plan and does its steps; base of the workflows."""

    def __init__(self, first: Plan) -> None:
        """Start from the plan that came with the start."""
        self._plan = first
        self._taken = 0

    @workflow.signal
    def replan(self, plan: Plan) -> None:
        """Take a newer plan; an older one is ignored."""
        if plan.version >= self._plan.version:
            self._plan = plan

    @property
    def next_step(self) -> PlannedStep | None:
        """The step that comes next; `None` when nothing is left to do."""
        return self._plan.steps[0] if self._plan.steps else None

    async def look(self) -> None:
        """Ask the facts: a stale or repeated start ends, whatever plan it brought."""
        await self._hear(self._current())

    async def wait_and_take(self, step: PlannedStep) -> None:
        """Wait until `step` is due and do it, or return when another plan comes."""
        if workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(self._plan)
        if await self._replanned_before(step.at, step.key):
            return
        await self._hear(self._taken_step(step.key))
        self._taken += 1
        if step in self._plan.steps:
            # Never spin: a step that neither happened nor went away waits.
            await self._replanned_before(workflow.now() + timedelta(minutes=1), "")

    async def follow(self) -> int:
        """Do every step of the plan when it is due; return how many."""
        await self.look()
        while step := self.next_step:
            await self.wait_and_take(step)
        return self._taken

    async def _hear(self, answer: Awaitable[Plan]) -> None:
        """Take what the facts say; only news that came meanwhile may be newer."""
        known = self._plan
        plan = await answer
        if self._plan is known:
            self._plan = plan
        else:
            self.replan(plan)

    async def _current(self) -> Plan:
        return await workflow.execute_local_activity_method(
            FollowingActivities.current_plan,
            PlanRequest(subject=self._plan.subject, now=workflow.now()),
            start_to_close_timeout=SHORT,
            retry_policy=PATIENCE,
        )

    async def _taken_step(self, key: str) -> Plan:
        return await workflow.execute_activity_method(
            FollowingActivities.take_step,
            DueStep(subject=self._plan.subject, key=key, now=workflow.now()),
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
