"""Playing a calendar: real workflows, real server, skipped time.

The development server gives each workflow a clock of its own. They are moved in
lockstep: always on to the next moment at which anything is due anywhere, and
only those that it concerns; then everything that follows is awaited before the
calendar moves on. So facts come in the order in which they would have come.

Source: ADR 0008; temporalio `TimeSkipper` (experimental).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.temporal.dispatcher import Dispatcher
from adapters.temporal.steps import Steps
from domain.errors import Code
from domain.finding.commands import stream_of
from domain.values import FindingNumber
from workflows.follow_up import FollowUpPlan
from workflows.reactions import deliveries, follow_up_id, follow_up_plan

PATIENCE_S = 30
GLANCE_S = 0.004
SHORTEST_SKIP = timedelta(milliseconds=20)
"""The server leaps to the next timer when asked to skip some microseconds."""


@dataclass
class PlayedTimes:
    """The calendar that is played, and how far each workflow's clock is from it."""

    now: datetime
    _offsets: dict[str, timedelta] = field(default_factory=dict)

    def to_workflow(self, workflow_id: str, moment: datetime) -> datetime:
        """Return `moment` on the clock of one workflow."""
        return moment + self._offset(workflow_id)

    def to_case(self, workflow_id: str, moment: datetime) -> datetime:
        """Return what a workflow calls `moment` in the time of its case."""
        return moment - self._offset(workflow_id)

    def forget(self, workflow_id: str) -> None:
        """Let the next run of this id start at the present of the calendar."""
        self._offsets.pop(workflow_id, None)

    def _offset(self, workflow_id: str) -> timedelta:
        """A run that is new starts with the real clock at the played present."""
        started = self._offsets.get(workflow_id)
        if started is None:
            started = datetime.now(UTC) - self.now
            self._offsets[workflow_id] = started
        return started


@dataclass(frozen=True, slots=True)
class Entry:
    """Something people do at a moment of the calendar, to one finding or none."""

    at: datetime
    number: FindingNumber | None
    do: Callable[[], object]


class Calendar:
    """Moves entries, follow-ups and deliveries through the played calendar."""

    def __init__(
        self,
        system: Gadelys,
        client: Client,
        dispatcher: Dispatcher,
        times: PlayedTimes,
    ) -> None:
        """Play on `system`, whose `now` is that of `times`."""
        self._system = system
        self._client = client
        self._dispatcher = dispatcher
        self._times = times
        self._steps = Steps(system, times)
        self._skipper = TimeSkipper(
            client, config=TimeSkippingConfig(max_session_skip_count=100_000)
        )
        self._plans: dict[FindingNumber, FollowUpPlan] = {}
        self._digests: dict[str, datetime] = {}
        self._read = system.store.last_position()

    async def play(
        self,
        entries: Sequence[Entry],
        until: datetime,
        on_moment: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        """Let everything happen that is due until `until`, in order.

        Args:
            entries: what people do; those of one moment keep their order.
            until: aware; where the calendar stops.
            on_moment: is told each moment that is played.

        Raises: DomainError from an entry; Unavailable when a follow-up that is
            due does not happen.
        """
        waiting = sorted(entries, key=lambda entry: entry.at)
        while (moment := self._next(waiting)) and moment <= until:
            self._times.now = max(moment, self._times.now)
            on_moment(moment)
            await self._steps_and_digests(moment)
            present = [entry for entry in waiting if entry.at <= moment]
            waiting = waiting[len(present) :]
            for entry in present:
                await self._enter(entry)
            await self._tell()
        self._times.now = max(until, self._times.now)

    def _next(self, waiting: Sequence[Entry]) -> datetime | None:
        moments = [plan.steps[0].at for plan in self._plans.values() if plan.steps]
        moments += [*self._digests.values(), *(entry.at for entry in waiting[:1])]
        return min(moments, default=None)

    async def _enter(self, entry: Entry) -> None:
        """Bring the run it concerns to the present, then let it happen."""
        if entry.number in self._plans:
            await self._forward([follow_up_id(entry.number)])
        entry.do()

    async def _steps_and_digests(self, moment: datetime) -> None:
        due = [n for n, plan in self._plans.items() if _is_due(plan, moment)]
        await self._forward([follow_up_id(number) for number in due])
        await self._recorded(due)
        mails = [name for name, at in self._digests.items() if at <= moment]
        await self._forward(mails)
        await self._ended(mails)
        await self._tell()

    async def _tell(self) -> None:
        """Dispatch new facts until nothing new follows from them."""
        while await self._dispatcher.dispatch():
            touched = self._look()
            await self._recorded(touched)
            now = self._times.now
            await self._ended([n for n, at in self._digests.items() if at <= now])

    def _look(self) -> list[FindingNumber]:
        """Read new facts; return the findings they speak of."""
        touched: dict[FindingNumber, None] = {}
        prefix = stream_of("")
        register = self._system.rules().register
        while facts := self._system.store.after(self._read):
            self._read = facts[-1].position
            for fact in facts:
                for start in deliveries(fact, register):
                    at = start.request.at or self._times.now
                    self._digests.setdefault(start.workflow_id, at)
                if fact.stream.startswith(prefix):
                    touched[fact.stream.removeprefix(prefix)] = None
        for number in touched:
            self._plan(number)
        return list(touched)

    def _plan(self, number: FindingNumber) -> FollowUpPlan:
        """Look at a finding's plan in the time of its case."""
        finding, version = self._system.finding(number)
        register = self._system.rules().register
        now = self._times.now
        plan = follow_up_plan(number, finding, version, register, now)
        if plan.steps:
            self._plans[number] = plan
        else:
            self._plans.pop(number, None)
        return plan

    async def _recorded(self, numbers: Iterable[FindingNumber]) -> None:
        """Wait until nothing that is due for these findings is unrecorded."""
        now = self._times.now
        for number in numbers:
            deadline = time.monotonic() + PATIENCE_S
            while _is_due(plan := self._plan(number), now):
                await _glance(deadline, number)
            if not plan.steps:
                await self._ended([follow_up_id(number)])

    async def _forward(self, workflow_ids: Iterable[str]) -> None:
        await asyncio.gather(*(self._forward_one(name) for name in workflow_ids))

    async def _forward_one(self, workflow_id: str) -> None:
        handle = self._client.get_workflow_handle(workflow_id)
        target = self._times.to_workflow(workflow_id, self._times.now)
        missing = target - await self._skipper.get_current_time(handle)
        if missing >= SHORTEST_SKIP:
            await asyncio.wait_for(
                self._skipper.fast_forward(handle, missing), PATIENCE_S
            )
        elif missing > timedelta(0):
            await asyncio.sleep(missing.total_seconds())

    async def _ended(self, workflow_ids: Iterable[str]) -> None:
        """Wait until these runs are over, so that a next one starts afresh."""
        for name in list(workflow_ids):
            deadline = time.monotonic() + PATIENCE_S
            while await self._is_running(name):
                await _glance(deadline, name)
            self._times.forget(name)
            self._digests.pop(name, None)

    async def _is_running(self, workflow_id: str) -> bool:
        try:
            run = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return run.status is WorkflowExecutionStatus.RUNNING


def _is_due(plan: FollowUpPlan, moment: datetime) -> bool:
    return bool(plan.steps) and plan.steps[0].at <= moment


async def _glance(deadline: float, what: str) -> None:
    """Wait a moment, but not for ever."""
    if time.monotonic() > deadline:
        raise Unavailable(Code.TEMPORAL_UNAVAILABLE, problem="stands still", at=what)
    await asyncio.sleep(GLANCE_S)
