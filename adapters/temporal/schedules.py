"""What comes round by the calendar: created once, moved when the rules change.

The morning's digests leave on working days after the reminders; the weekly list
and the half-yearly status are recorded before them, so that they are told in the
same message. Days off are left out by the schedule itself; an outage is made up
for afterwards.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from adapters.system import Gadelys
from adapters.temporal.dispatcher import CORE, TemporalAway
from domain.errors import Code, NotFound
from domain.register.model import Register
from domain.rounds import RoundKind
from workflows.digest import Digest, DigestRequest
from workflows.reactions import QUEUES
from workflows.rounds import Round, RoundRequest

log = structlog.get_logger()
MADE_UP_FOR = timedelta(days=3)
"""How long after its moment a round is still held when the server was away."""

AHEAD = timedelta(days=400)
"""How far ahead days off are written into a schedule; it is renewed at each start."""

MONDAY_TO_FRIDAY = (ScheduleRange(1, 5),)
EARLIER = timedelta(minutes=15)
"""How long before the reminders of a morning its rounds are held."""


async def keep_schedules(client: Client, register: Register, today: date) -> list[str]:
    """Create every schedule, or move it to what the rules say now.

    Returns: their ids. Repeating it changes nothing.
    """
    schedules = dict(_schedules(register, today))
    for name, schedule in schedules.items():
        try:
            await client.create_schedule(name, schedule)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(name).update(_to(schedule))
    return list(schedules)


def _to(schedule: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def update(_: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(schedule=schedule)

    return update


def _schedules(register: Register, today: date) -> Iterator[tuple[str, Schedule]]:
    clock = register.clock
    for authority in QUEUES:
        yield (
            f"digest-{authority}",
            Schedule(
                action=ScheduleActionStartWorkflow(
                    Digest.run,
                    DigestRequest(authority=str(authority)),
                    id=f"digest/{authority}",
                    task_queue=CORE,
                ),
                spec=_spec(register, today, clock.digest_at, MONDAY_TO_FRIDAY),
                policy=_policy(),
            ),
        )
    before = (datetime.combine(today, clock.remind_at) - EARLIER).time()
    weekly = _spec(register, today, before, MONDAY_TO_FRIDAY)
    yield _round(RoundKind.WEEKLY_LIST, weekly)
    yield _round(RoundKind.HALF_YEARLY_STATUS, weekly)
    yield _round(RoundKind.RETENTION_LIST, weekly)


def _round(kind: RoundKind, spec: ScheduleSpec) -> tuple[str, Schedule]:
    """Ask every working morning: the first one of a period holds its round."""
    name = kind.replace("_", "-")
    action = ScheduleActionStartWorkflow(
        Round.run, RoundRequest(kind=str(kind)), id=f"round/{kind}", task_queue=CORE
    )
    return name, Schedule(action=action, spec=spec, policy=_policy())


def _spec(
    register: Register,
    today: date,
    at: time_of_day,
    days_of_week: tuple[ScheduleRange, ...],
) -> ScheduleSpec:
    hour, minute = (ScheduleRange(at.hour),), (ScheduleRange(at.minute),)
    off = sorted(
        day for day in register.working_days.days_off if today <= day <= today + AHEAD
    )
    return ScheduleSpec(
        calendars=[
            ScheduleCalendarSpec(hour=hour, minute=minute, day_of_week=days_of_week)
        ],
        skip=[
            ScheduleCalendarSpec(
                hour=hour,
                minute=minute,
                year=(ScheduleRange(day.year),),
                month=(ScheduleRange(day.month),),
                day_of_month=(ScheduleRange(day.day),),
            )
            for day in off
        ],
        time_zone_name=register.clock.time_zone,
    )


def _policy() -> SchedulePolicy:
    return SchedulePolicy(
        overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=MADE_UP_FOR
    )


class SchedulesKept:
    """Keeps the schedules as the register in force says."""

    def __init__(self, system: Gadelys, client: Client) -> None:
        """Keep those of `system`."""
        self._system = system
        self._client = client
        self._version: int | None = None

    def forget(self) -> None:
        """Look again, whatever was known: the server may have lost them."""
        self._version = None

    async def keep(self) -> None:
        """Create or move them when another register came into force."""
        try:
            rules = self._system.rules()
        except NotFound:
            return
        if rules.version == self._version:
            return
        today = rules.register.working_days.local_day(self._system.now())
        try:
            await keep_schedules(self._client, rules.register, today)
        except RPCError as error:
            raise TemporalAway(Code.TEMPORAL_UNAVAILABLE) from error
        self._version = rules.version
        log.info("schedules.kept", register=rules.version)
