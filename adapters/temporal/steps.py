"""What the follow-up's activities do: ask the domain, return the next plan."""

from datetime import datetime

from temporalio.exceptions import ApplicationError

from adapters.system import Gadelys
from adapters.temporal.times import Times
from domain.errors import NotFound
from domain.finding.commands import TakeStep
from domain.messages import Stamp, derived_id
from domain.values import CLOCK, FindingNumber
from workflows.follow_up import FollowUpPlan, PlannedStep
from workflows.reactions import follow_up_id, follow_up_plan


class Steps:
    """Plans and steps of findings, in the time of their workflows."""

    def __init__(self, system: Gadelys, times: Times) -> None:
        """Work on `system`, translating moments by `times`."""
        self._system = system
        self._times = times

    def plan(self, number: FindingNumber, now: datetime) -> FollowUpPlan:
        """Return the plan of a finding, seen at `now` (case time)."""
        finding, version = self._system.finding(number)
        register = self._system.rules().register
        plan = follow_up_plan(number, finding, version, register, now)
        return self._on_the_clock_of(follow_up_id(number), plan)

    def current(self, number: FindingNumber, now: datetime) -> FollowUpPlan:
        """Return the plan of a finding, seen at `now` on its workflow's clock."""
        return self.plan(number, self._times.to_case(follow_up_id(number), now))

    def take(self, number: FindingNumber, key: str, now: datetime) -> FollowUpPlan:
        """Do the step `key`, once, and return the plan that follows."""
        at = self._times.to_case(follow_up_id(number), now)
        command_id = derived_id(follow_up_id(number), key)
        stamp = Stamp(by=CLOCK, at=at, command_id=command_id)
        try:
            self._system.submit(TakeStep(stamp=stamp, number=number, key=key))
        except NotFound as unknown:
            # A run that some other store has left behind: trying again is no use.
            raise ApplicationError(str(unknown), non_retryable=True) from unknown
        return self.plan(number, at)

    def _on_the_clock_of(self, workflow_id: str, plan: FollowUpPlan) -> FollowUpPlan:
        steps = tuple(
            PlannedStep(key=step.key, at=self._times.to_workflow(workflow_id, step.at))
            for step in plan.steps
        )
        return FollowUpPlan(number=plan.number, version=plan.version, steps=steps)
