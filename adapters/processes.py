"""The parts that run on: worker, dispatcher, projector; each alone in a process.

Each survives that the others are away: it waits, says so once, and goes on.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager

import structlog

from adapters import system as installation
from adapters.bootstrap import EVERY_QUEUE, dispatcher_of, working
from adapters.errors import Unavailable
from adapters.persistence.event_store import HEARTBEAT_S
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.address import address_of
from adapters.temporal.client import Client, connect
from adapters.temporal.dispatcher import Dispatcher, TemporalAway
from adapters.temporal.schedules import SchedulesKept
from adapters.temporal.subjects import open_subjects
from adapters.temporal.times import SameTime

log = structlog.get_logger()
HOUR_S = 3600
RETRY_S = 1.0
FOR_EVER_S = float("inf")


async def work(settings: Settings, queues: Sequence[str] = EVERY_QUEUE) -> None:
    """Do steps and deliveries until told to stop."""
    with installation.opened(settings) as system:
        async with _connected(settings, settings.metrics_address) as (
            client,
            stopping,
        ):
            if client is None:
                return
            log.info("worker.started", queues=list(queues))
            async with working(system, client, SameTime(), queues):
                await stopping.wait()
    log.info("worker.stopped", queues=list(queues))


async def dispatch(settings: Settings) -> None:
    """Tell Temporal of new facts, and of every open case once an hour."""
    with installation.opened(settings) as system:
        async with _connected(settings) as (client, stopping):
            if client is None:
                return
            dispatcher = dispatcher_of(system, client, SameTime())
            calendar = SchedulesKept(system, client)
            log.info("dispatcher.started")
            await _dispatch_until(stopping, dispatcher, calendar, system)
    log.info("dispatcher.stopped")


async def _dispatch_until(
    stopping: asyncio.Event,
    dispatcher: Dispatcher,
    schedules: SchedulesKept,
    system: Gadelys,
) -> None:
    again_at = 0.0
    away = False
    while not stopping.is_set():
        seen = system.store.last_position()
        try:
            if time.monotonic() >= again_at:
                schedules.forget()
                await dispatcher.redispatch(open_subjects(system))
                again_at = time.monotonic() + HOUR_S
            await schedules.keep()
            while await dispatcher.dispatch() and not stopping.is_set():
                pass
            away = False
        except TemporalAway:
            if not away:
                log.warning("dispatcher.waiting", reason="Temporal does not answer")
            away, again_at = True, 0.0
            await _pause(stopping, RETRY_S)
        await _news(stopping, system, seen)


async def redispatch(settings: Settings) -> int:
    """Send the plan of every open case once; return how many.

    Raises: Unavailable (temporal_unavailable).
    """
    with installation.opened(settings) as system:
        client = await connect(address_of(settings), settings.temporal_namespace)
        dispatcher = dispatcher_of(system, client, SameTime())
        return await dispatcher.redispatch(open_subjects(system))


async def project(settings: Settings) -> None:
    """Keep the read models up to date until told to stop."""
    stopping = _stop_on_signals()
    with installation.opened(settings) as system:
        log.info("projector.started")
        seen = 0
        while not stopping.is_set():
            try:
                seen = system.store.last_position()
                await asyncio.to_thread(system.catch_up)
            except Unavailable as problem:
                log.warning("projector.waiting", problem=str(problem))
            await _news(stopping, system, seen)
    log.info("projector.stopped")


@asynccontextmanager
async def _connected(
    settings: Settings, metrics: str | None = None
) -> AsyncIterator[tuple[Client | None, asyncio.Event]]:
    """Wait for Temporal as long as it takes; no client if told to stop first."""
    stopping = _stop_on_signals()
    client: Client | None = None
    told = False
    while client is None and not stopping.is_set():
        try:
            client = await connect(
                address_of(settings),
                settings.temporal_namespace,
                metrics=metrics,
            )
        except Unavailable:
            if not told:
                log.warning("temporal.waiting", address=address_of(settings))
            told = True
            await _pause(stopping, RETRY_S)
    yield client, stopping


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    return stopping


async def _news(stopping: asyncio.Event, system: Gadelys, seen: int) -> None:
    """Rest until there is a fact after `seen`, or until it is time to look again."""
    if system.store.hears:
        try:
            await asyncio.to_thread(system.store.wait_for, seen + 1, HEARTBEAT_S)
        except Unavailable:
            await _pause(stopping, RETRY_S)
    else:
        await _pause(stopping, system.settings.poll_seconds)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


PARTS: dict[str, Callable[[Settings], Coroutine[None, None, None]]] = {
    "dispatch": dispatch,
    "project": project,
}
"""The parts by the verb that runs them."""
