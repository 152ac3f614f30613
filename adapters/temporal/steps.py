"""What the activities of a followed subject do: ask the domain, plan anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from temporalio.exceptions import ApplicationError

from adapters.system import Gadelys
from adapters.temporal.times import Times
from domain.errors import NotFound
from domain.finding.commands import TakeStep
from domain.finding.handover import handover_plan
from domain.finding.plan import plan as finding_plan
from domain.finding.state import fold as fold_finding
from domain.handling import AnyCommand
from domain.messages import Recorded, Stamp, derived_id
from domain.publication.commands import TakePublicationStep
from domain.publication.plan import plan as publication_plan
from domain.publication.state import fold as fold_publication
from domain.register.model import Register
from domain.values import CLOCK, StreamId
from domain.walk.commands import TakeWalkStep
from domain.walk.plan import plan as walk_plan
from domain.walk.state import fold as fold_walk
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
        history = self._system.store.load(_stream_of(subject))
        register = self._system.rules().register
        planned = _planned(subject, history, register, now)
        return Plan(
            subject=subject,
            version=len(history),
            steps=tuple(PlannedStep(key=step.key, at=step.at) for step in planned),
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


class _Step(Protocol):
    """What every plan has in common."""

    @property
    def key(self) -> str: ...

    @property
    def at(self) -> datetime: ...


def _stream_of(subject: str) -> StreamId:
    kind, _, number = subject.partition("/")
    return StreamId(f"finding/{number}" if kind == "handover" else subject)


def _planned(
    subject: str, history: Sequence[Recorded], register: Register, now: datetime
) -> Sequence[_Step]:
    match subject.partition("/")[0]:
        case "walk" if walk := fold_walk(history):
            return walk_plan(walk, register, now)
        case "publication" if publication := fold_publication(history):
            return publication_plan(publication, register, now)
        case "handover" if finding := fold_finding(history):
            return handover_plan(finding, register, now)
        case "finding" if finding := fold_finding(history):
            return finding_plan(finding, register, now)
        case _:
            return ()


def _step(subject: str, key: str, stamp: Stamp) -> AnyCommand:
    kind, _, number = subject.partition("/")
    match kind:
        case "walk":
            return TakeWalkStep(stamp=stamp, number=number, key=key)
        case "publication":
            return TakePublicationStep(stamp=stamp, number=number, key=key)
        case _:
            return TakeStep(stamp=stamp, number=number, key=key)
