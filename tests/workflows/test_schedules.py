"""Schedules on an ordinary server: made once, kept by the rules, held by authority."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from temporalio.client import Schedule, ScheduleCalendarSpec

from adapters.bootstrap import working
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.schedules import SchedulesKept, keep_schedules
from adapters.temporal.times import SameTime
from domain.delivery.events import DeliverySent
from domain.finding.commands import AssignFinding, ReportFinding
from domain.messages import Stamp
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.rounds import RoundHeld, RoundKind
from domain.values import CITIZEN
from tests import examples as ex
from tests.adapters.telling import stored
from tests.conftest import StandingClock
from tests.workflows.month import COORDINATOR, LOCAL_POLICE, OPERATIONS, PREVENTION
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace

NAMES = [
    *("digest-municipality", "digest-police", "half-yearly-status"),
    *("retention-list", "weekly-list"),
]
TODAY = date(2026, 11, 22)
CLOSED = date(2026, 12, 11)
SATURDAY = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
PATIENCE_S = 30


@pytest.fixture
async def client(ordinary: OrdinaryServer) -> Client:
    return await client_of(ordinary.address, new_namespace())


@pytest.fixture
async def at_work(system: Gadelys, client: Client) -> AsyncIterator[Client]:
    """Return a client of a server where workers of all authorities are at work."""
    async with working(system, client, SameTime()):
        yield client


async def becomes(what: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `what`, but not for ever: lists on a server lag behind."""
    deadline = time.monotonic() + PATIENCE_S
    while not await what():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.1)


async def listed(client: Client) -> list[str]:
    return sorted([one.id async for one in await client.list_schedules()])


async def described(client: Client, name: str) -> Schedule:
    return (await client.get_schedule_handle(name).describe()).schedule


async def days_off(client: Client, name: str) -> list[str]:
    return [day_of(one) for one in (await described(client, name)).spec.skip]


def day_of(one: ScheduleCalendarSpec) -> str:
    year, month, day = one.year[0], one.month[0], one.day_of_month[0]
    return f"{year.start}-{month.start:02}-{day.start:02}"


def closing(register: Register, day: date) -> Register:
    calendar = register.calendar.model_copy(update={"extra_closing_days": (day,)})
    return register.model_copy(update={"calendar": calendar})


def report_and_assign(system: Gadelys) -> None:
    """Let news wait for three units: two municipal, one of the police."""
    at = system.now()
    for number, to in (("2026-01", OPERATIONS), ("2026-02", LOCAL_POLICE)):
        system.submit(
            ReportFinding(
                stamp=Stamp(by=CITIZEN, at=at, command_id=uuid4()),
                number=number,
                category="VEG-HEDGE",
                text="Hæk.",
            )
        )
        system.submit(
            AssignFinding(
                stamp=Stamp(by=COORDINATOR, at=at, command_id=uuid4()),
                number=number,
                to=to,
            )
        )


def told(system: Gadelys) -> list[str]:
    """Return to whom messages left."""
    return sorted(
        str(fact.event.recipient)
        for fact in system.store.after(0, 1000)
        if isinstance(fact.event, DeliverySent)
    )


# --- made, kept and moved ---


async def test_two_dispatchers_make_each_schedule_once(
    client: Client, register: Register
) -> None:
    both = await asyncio.gather(
        keep_schedules(client, register, TODAY), keep_schedules(client, register, TODAY)
    )
    await keep_schedules(client, register, TODAY)

    async def all_are_there() -> bool:
        return await listed(client) == NAMES

    assert sorted(both[0]) == sorted(both[1]) == NAMES
    await becomes(all_are_there)


async def test_days_off_are_left_out(client: Client, register: Register) -> None:
    await keep_schedules(client, register, TODAY)

    # Christmas to New Year, and Easter of the year ahead.
    off = await days_off(client, "digest-police")
    assert off[:5] == [
        "2026-12-24",
        "2026-12-25",
        "2026-12-26",
        "2026-12-31",
        "2027-01-01",
    ]
    assert {"2027-03-25", "2027-03-26", "2027-03-29"} <= set(off)
    spec = (await described(client, "digest-police")).spec
    (calendar,) = spec.calendars
    assert spec.time_zone_name == "Europe/Copenhagen"
    assert (calendar.hour[0].start, calendar.minute[0].start) == (8, 30)
    assert (calendar.day_of_week[0].start, calendar.day_of_week[0].end) == (1, 5)


async def test_another_register_moves_them(
    system: Gadelys, client: Client, register: Register
) -> None:
    kept = SchedulesKept(system, client)
    await kept.keep()
    before = await days_off(client, "digest-municipality")
    system.submit(
        AdoptRegister(
            stamp=Stamp(by=COORDINATOR, at=system.now(), command_id=uuid4()),
            rules=closing(register, CLOSED),
        )
    )
    await kept.keep()

    assert CLOSED.isoformat() not in before
    for name in NAMES:
        assert CLOSED.isoformat() in await days_off(client, name)


async def test_a_server_that_lost_its_file_gets_them_again(
    system: Gadelys, ordinary: OrdinaryServer
) -> None:
    namespace = new_namespace()
    client = await client_of(ordinary.address, namespace)
    kept = SchedulesKept(system, client)
    await kept.keep()
    ordinary.kill()
    ordinary.forget()
    ordinary.start()
    await client_of(ordinary.address, namespace)
    kept.forget()
    await kept.keep()

    for name in NAMES:
        assert (await described(client, name)).action


# --- held ---


async def is_held(client: Client, name: str, times: int) -> None:
    """Wait until a schedule has run so often and everything it began has ended."""

    async def ran() -> bool:
        about = await client.get_schedule_handle(name).describe()
        return about.info.num_actions >= times and not about.info.running_actions

    await becomes(ran)

    async def nothing_runs() -> bool:
        running = client.list_workflows("ExecutionStatus = 'Running'")
        own = [run.id async for run in running if run.workflow_type != "scheduler"]
        return not [one for one in own if not one.startswith("temporal-sys")]

    await becomes(nothing_runs)


async def test_a_digest_that_is_triggered_twice_is_sent_once(
    system: Gadelys, now: StandingClock, at_work: Client, register: Register
) -> None:
    report_and_assign(system)
    now.move(days=1)
    await keep_schedules(at_work, register, TODAY)
    police = at_work.get_schedule_handle("digest-police")
    await asyncio.gather(police.trigger(), police.trigger())
    await becomes(lambda: has_told(system, 1))
    await is_held(at_work, "digest-police", 1)

    assert told(system) == [str(LOCAL_POLICE)]

    town = at_work.get_schedule_handle("digest-municipality")
    await asyncio.gather(town.trigger(), town.trigger())
    await becomes(lambda: has_told(system, 3))
    await is_held(at_work, "digest-municipality", 1)

    assert told(system) == sorted(map(str, (COORDINATOR, OPERATIONS, LOCAL_POLICE)))


async def has_told(system: Gadelys, count: int) -> bool:
    return len(told(system)) >= count


async def test_nobody_is_written_to_on_a_day_off(
    system: Gadelys, now: StandingClock, at_work: Client, register: Register
) -> None:
    report_and_assign(system)
    now.moment = SATURDAY
    await keep_schedules(at_work, register, TODAY)
    for name in NAMES:
        await at_work.get_schedule_handle(name).trigger()
    for name in NAMES:
        await is_held(at_work, name, 1)

    assert told(system) == []
    rounds = [f for f in system.store.after(0, 1000) if f.stream.startswith("round/")]
    assert rounds == []


async def test_the_list_of_a_month_is_told_once_and_only_if_something_is_due(
    system: Gadelys, now: StandingClock, at_work: Client, register: Register
) -> None:
    now.move(days=1)  # Monday, 12:00
    await keep_schedules(at_work, register, TODAY)
    monthly = at_work.get_schedule_handle("retention-list")
    await monthly.trigger()
    await is_held(at_work, "retention-list", 1)
    assert rounds_of(system) == []

    an_old_case(system)
    await monthly.trigger()
    await is_held(at_work, "retention-list", 2)
    await monthly.trigger()
    await is_held(at_work, "retention-list", 3)

    [held] = rounds_of(system)
    assert (held.kind, held.period) == (RoundKind.RETENTION_LIST, "2026-11")
    assert set(held.to) == {COORDINATOR, PREVENTION}
    assert told(system) == []


def rounds_of(system: Gadelys) -> list[RoundHeld]:
    events = [fact.event for fact in system.store.after(0, 1000)]
    return [event for event in events if isinstance(event, RoundHeld)]


def an_old_case(system: Gadelys) -> None:
    """Let a case have ended long before its words are to be restricted."""
    stored(system, ex.reported(day="2020-10-05"), stream="finding/2020-01")
    ended = ex.VERIFIED.model_copy(update={"stamp": ex.stamp(ex.COUNCIL, "2020-11-02")})
    stored(system, ended, stream="finding/2020-01")


async def test_a_round_is_held_once_for_its_week(
    system: Gadelys, now: StandingClock, at_work: Client, register: Register
) -> None:
    now.move(days=1)  # Monday, 12:00
    await keep_schedules(at_work, register, TODAY)
    weekly = at_work.get_schedule_handle("weekly-list")
    await asyncio.gather(weekly.trigger(), weekly.trigger())
    await is_held(at_work, "weekly-list", 1)
    now.move(days=1)
    await weekly.trigger()
    await is_held(at_work, "weekly-list", 2)

    events = [fact.event for fact in system.store.after(0, 1000)]
    (held,) = (event for event in events if isinstance(event, RoundHeld))
    assert set(held.to) == {COORDINATOR, PREVENTION}
