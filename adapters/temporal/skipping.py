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
from datetime import UTC, date, datetime, timedelta

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.temporal.dispatcher import CORE, Dispatcher
from adapters.temporal.news import News
from adapters.temporal.schedules import EARLIER
from adapters.temporal.steps import Steps
from domain.delivery.notices import digest_moment, notices
from domain.errors import Code
from domain.messages import Recorded
from domain.register.adoption import RegisterAdopted
from domain.rounds import RoundKind
from workflows.digest import Digest, DigestRequest
from workflows.following import Plan
from workflows.reactions import QUEUES, subjects_of, urgent_deliveries
from workflows.rounds import Round, RoundRequest

JULY = 7
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
        # In UTC: elsewhere a sum is one of wall clocks, and a night may be shorter.
        return moment.astimezone(UTC) + self._offset(workflow_id)

    def to_case(self, workflow_id: str, moment: datetime) -> datetime:
        """Return what a workflow calls `moment` in the time of its case."""
        return moment.astimezone(UTC) - self._offset(workflow_id)

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
    """Something people do at a moment of the calendar, to one stream or to all.

    `stream` names what it concerns, `None` everything: other rules, for instance.
    """

    at: datetime
    stream: str | None
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
        self._plans: dict[str, Plan] = {}
        self._rounds = PlayedRounds(system, client)
        self._messages: dict[str, None] = {}
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
        while (moment := self._next(waiting, until)) and moment <= until:
            self._times.now = max(moment, self._times.now)
            on_moment(moment)
            await self._steps_and_rounds(moment)
            present = [entry for entry in waiting if entry.at <= moment]
            waiting = waiting[len(present) :]
            for entry in present:
                await self._enter(entry)
            await self._tell()
        self._times.now = max(until, self._times.now)

    def _next(self, waiting: Sequence[Entry], until: datetime) -> datetime | None:
        moments = [plan.steps[0].at for plan in self._plans.values() if plan.steps]
        moments += [entry.at for entry in waiting[:1]]
        moments += self._rounds.next(until)
        return min(moments, default=None)

    async def _enter(self, entry: Entry) -> None:
        """Bring the runs it concerns to the present, then let it happen."""
        number = (entry.stream or "").partition("/")[2]
        concerned = {entry.stream, f"handover/{number}"}
        await self._forward(
            [name for name in self._plans if not entry.stream or name in concerned]
        )
        entry.do()

    async def _steps_and_rounds(self, moment: datetime) -> None:
        due = [name for name, plan in self._plans.items() if _is_due(plan, moment)]
        await self._forward(due)
        await self._recorded(due)
        await self._tell()
        await self._ended(await self._rounds.held(moment))
        await self._tell()

    async def _tell(self) -> None:
        """Dispatch new facts until nothing new follows from them."""
        while await self._dispatcher.dispatch():
            touched = self._look()
            await self._recorded(touched)
            await self._ended(list(self._messages))

    def _look(self) -> list[str]:
        """Read new facts; return the subjects they speak of."""
        touched: dict[str, None] = {}
        register = self._system.rules().register
        while facts := self._system.store.after(self._read):
            self._read = facts[-1].position
            for fact in facts:
                self._rounds.hear(fact)
                for start in urgent_deliveries(fact, register):
                    self._messages[start.workflow_id] = None
                if isinstance(fact.event, RegisterAdopted):
                    touched |= dict.fromkeys(self._plans)
                touched |= dict.fromkeys(subjects_of(fact))
        for subject in touched:
            self._plan(subject)
        return list(touched)

    def _plan(self, subject: str) -> Plan:
        """Look at a subject's plan in the time of its case."""
        plan = self._steps.due(subject, self._times.now)
        if plan.steps:
            self._plans[subject] = plan
        else:
            self._plans.pop(subject, None)
        return plan

    async def _recorded(self, subjects: Iterable[str]) -> None:
        """Wait until nothing that is due for these subjects is unrecorded."""
        now = self._times.now
        for subject in subjects:
            deadline = time.monotonic() + PATIENCE_S
            while _is_due(plan := self._plan(subject), now):
                await _glance(deadline, subject)
            if not plan.steps:
                await self._ended([subject])

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
        names = list(workflow_ids)
        await asyncio.gather(*(self._is_over(name) for name in names))
        for name in names:
            self._times.forget(name)
            self._messages.pop(name, None)

    async def _is_over(self, workflow_id: str) -> None:
        """Wait for the end of one run, whatever came of it; there may be none."""
        run = self._client.get_workflow_handle(workflow_id)
        try:
            await asyncio.wait_for(run.result(), PATIENCE_S)
        except WorkflowFailureError:
            return
        except TimeoutError as problem:
            raise _stands_still(workflow_id) from problem
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


class PlayedRounds:
    """Plays the part of the schedules, whose own clock cannot be moved.

    It starts the very workflows that they start, at the moments of the rules.
    """

    def __init__(self, system: Gadelys, client: Client) -> None:
        """Hold the rounds of `system`."""
        self._system = system
        self._client = client
        self._news = News(system)
        self._digests: set[datetime] = set()
        self._held_until = system.now()

    def hear(self, fact: Recorded) -> None:
        """Note the morning on which a fact will be told."""
        if any(not notice.urgent for notice in notices(fact)):
            register = self._system.rules().register
            self._digests.add(digest_moment(fact.recorded_at, register))

    def next(self, until: datetime) -> list[datetime]:
        """Return the moments of the next rounds, up to `until`."""
        moments = [*self._digests, self._next_list()]
        return [min(moments)] if min(moments) <= until else []

    async def held(self, moment: datetime) -> list[str]:
        """Hold what is due at `moment`; return the messages that were started."""
        if self._next_list() <= moment:
            self._held_until = moment
            await asyncio.gather(*(self._round(kind, moment) for kind in RoundKind))
        due = {at for at in self._digests if at <= moment}
        self._digests -= due
        digests = [
            self._digest(str(one), moment)
            for one in QUEUES
            if due and self._news.due_digests(one)
        ]
        return [name for names in await asyncio.gather(*digests) for name in names]

    async def _round(self, kind: RoundKind, moment: datetime) -> None:
        await self._client.execute_workflow(
            Round.run,
            RoundRequest(kind=str(kind)),
            id=f"round/{kind}/{moment.isoformat()}",
            task_queue=CORE,
        )

    async def _digest(self, authority: str, moment: datetime) -> list[str]:
        return await self._client.execute_workflow(
            Digest.run,
            DigestRequest(authority=authority),
            id=f"digest/{authority}/{moment.isoformat()}",
            task_queue=CORE,
        )

    def _next_list(self) -> datetime:
        """Return the first working morning of the next week or half-year."""
        register = self._system.rules().register
        calendar = register.working_days
        day = calendar.local_day(self._held_until)
        monday = day + timedelta(days=7 - day.weekday())
        half_year = (
            date(day.year, 7, 1) if day.month < JULY else date(day.year + 1, 1, 1)
        )
        first = min(calendar.next_working(one) for one in (monday, half_year))
        return calendar.moment(first, register.clock.remind_at) - EARLIER


def _is_due(plan: Plan, moment: datetime) -> bool:
    return bool(plan.steps) and plan.steps[0].at <= moment


async def _glance(deadline: float, what: str) -> None:
    """Wait a moment, but not for ever."""
    if time.monotonic() > deadline:
        raise _stands_still(what)
    await asyncio.sleep(GLANCE_S)


def _stands_still(what: str) -> Unavailable:
    return Unavailable(Code.TEMPORAL_UNAVAILABLE, problem="stands still", at=what)
