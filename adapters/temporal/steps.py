"""What the activities of a followed subject do: ask the domain, plan anew."""

from datetime import datetime

from temporalio.exceptions import ApplicationError

from adapters.system import Gadelys
from adapters.temporal.times import Times
from domain.errors import NotFound
from domain.finding.commands import TakeStep
from domain.handling import AnyCommand
from domain.messages import Stamp, derived_id
from domain.plans import planned, stream_of
from domain.publication.commands import TakePublicationStep
from domain.values import CLOCK
from domain.walk.commands import TakeWalkStep
from workflows.following import Plan, PlannedStep


class Steps:
    """Plans and steps of everything that is followed, on its workflow's clock.

    A subject is the id of a workflow: `finding/2026-04`, `handover/2026-04`,
    `walk/…`, `publication/…`.
    """

    def __init__(self, system: Gadelys, times: Times) -> None:
        """Work on `system`, translating moments by `times`."""
        self._system = system
        self._times = times

    def due(self, subject: str, now: datetime) -> Plan:
        """Return the plan of a subject, seen at `now` and told in case time."""
        history = self._system.store.load(stream_of(subject))
        register = self._system.rules().register
        steps = planned(subject, history, register, now)
        return Plan(
            subject=subject,
            version=len(history),
            steps=tuple(PlannedStep(key=step.key, at=step.at) for step in steps),
        )

    def plan(self, subject: str, now: datetime) -> Plan:
        """Return the plan of a subject, seen at `now` (case time), for its run."""
        plan = self.due(subject, now)
        steps = tuple(
            PlannedStep(key=step.key, at=self._times.to_workflow(subject, step.at))
            for step in plan.steps
        )
        return Plan(subject=subject, version=plan.version, steps=steps)

    def current(self, subject: str, now: datetime) -> Plan:
        """Return the plan of a subject, seen at `now` on its workflow's clock."""
        return self.plan(subject, self._times.to_case(subject, now))

    def take(self, subject: str, key: str, now: datetime) -> Plan:
        """Do the step `key`, once, and return the plan that follows."""
        at = self._times.to_case(subject, now)
        stamp = Stamp(by=CLOCK, at=at, command_id=derived_id(subject, key))
        try:
            self._system.submit(_step(subject, key, stamp))
        except NotFound as unknown:
            # A run that some other store has left behind: trying again is no use.
            raise ApplicationError(str(unknown), non_retryable=True) from unknown
        return self.plan(subject, at)


def _step(subject: str, key: str, stamp: Stamp) -> AnyCommand:
    kind, _, number = subject.partition("/")
    match kind:
        case "walk":
            return TakeWalkStep(stamp=stamp, number=number, key=key)
        case "publication":
            return TakePublicationStep(stamp=stamp, number=number, key=key)
        case _:
            return TakeStep(stamp=stamp, number=number, key=key)
