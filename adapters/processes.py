"""The parts that run on: worker, dispatcher, projector, ledger; each in a process.

Each survives that the others are away: it waits, says so once, and goes on. Of each
reader several may run; one of them works.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack, asynccontextmanager

import structlog

from adapters import erasing, restricting
from adapters import system as installation
from adapters.bootstrap import EVERY_QUEUE, dispatcher_of, working
from adapters.errors import Unavailable
from adapters.health.endpoint import telling
from adapters.health.part import LEASE, RETRY_S, STORE, TEMPORAL, Part
from adapters.ledger.signing import ledger_of
from adapters.persistence.key_files import log_signer
from adapters.persistence.leases import DISPATCHER, LEDGER, PROJECTOR, Lease
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.address import address_of
from adapters.temporal.client import Client, ask_health, connect
from adapters.temporal.dispatcher import TemporalAway
from adapters.temporal.schedules import SchedulesKept
from adapters.temporal.subjects import open_subjects
from adapters.temporal.times import SameTime
from domain.errors import DomainError

log = structlog.get_logger()
HOUR_S = 3600
CHECKPOINT_S = 20.0
"""How often the ledger is signed, if it has grown."""

STAND_BY_S = 0.5
"""How often who stands by tries to take over."""

LISTEN_S = 1.0
"""How long a reader listens before it looks around, and whether it shall stop."""

LOOK_S = 2.0
"""How often a worker looks whether what it needs is there."""

Step = Callable[[], Awaitable[bool]]
"""Does a piece of a reader's work; returns whether there is more to do at once."""


async def work(settings: Settings, queues: Sequence[str] = EVERY_QUEUE) -> None:
    """Do steps and deliveries until told to stop."""
    with ExitStack() as stack:
        part = _part(stack, settings, "work", STORE, TEMPORAL)
        system = await _opened(part, stack, settings)
        client = await _connected(part, settings, settings.metrics_address)
        if system is None or client is None:
            return
        log.info("worker.started", queues=list(queues))
        async with (
            _watching(part, client),
            working(system, client, SameTime(), queues),
        ):
            await _look_after(part, system)
    log.info("worker.stopped", queues=list(queues))


async def dispatch(settings: Settings) -> None:
    """Tell Temporal of new facts, and of every open case once an hour."""
    with ExitStack() as stack:
        part = _part(stack, settings, DISPATCHER, STORE, TEMPORAL, LEASE)
        system = await _opened(part, stack, settings)
        client = await _connected(part, settings)
        if system is None or client is None:
            return
        log.info("dispatcher.started")
        lease = system.store.lease(DISPATCHER)
        async with _watching(part, client):
            await _read(part, system, lease, Telling(part, system, client).step)
    log.info("dispatcher.stopped")


async def project(settings: Settings) -> None:
    """Keep the read models up to date until told to stop."""
    with ExitStack() as stack:
        part = _part(stack, settings, PROJECTOR, STORE, LEASE)
        system = await _opened(part, stack, settings)
        if system is None:
            return
        log.info("projector.started")
        _warn_of_erasures(system)
        lease = system.store.lease(PROJECTOR)
        await _read(part, system, lease, Folding(part, system, lease).step)
    log.info("projector.stopped")


def _warn_of_erasures(system: Gadelys) -> None:
    """Say whose words were not erased or hidden everywhere when something stopped."""
    try:
        held = list(system.stores_with_words())
        begun = [one for store in held for one in erasing.unfinished(store)]
        hiding = [ref for store in held for ref in restricting.unfinished(store)]
    except DomainError as problem:
        log.warning("erasures.unknown", code=str(problem.code))
        return
    for one in begun:
        log.warning("erasure.unfinished", subject=one.ref)
    for ref in hiding:
        log.warning("restriction.unfinished", subject=ref)


async def ledger(settings: Settings) -> None:
    """Take facts into the ledger and sign it until told to stop."""
    with ExitStack() as stack:
        part = _part(stack, settings, LEDGER, STORE, LEASE)
        system = await _opened(part, stack, settings)
        if system is None:
            return
        for one in system.every_store():
            log_signer(one.settings)  # without it there is nothing to start for
        keeping = Keeping(part, system)
        log.info("ledger.started")
        await _read(part, system, system.store.lease(LEDGER), keeping.step)
    log.info("ledger.stopped")


async def redispatch(settings: Settings) -> int:
    """Send the plan of every open case once; return how many.

    Raises: Unavailable (temporal_unavailable).
    """
    with installation.opened(settings) as system:
        client = await connect(address_of(settings), settings.temporal_namespace)
        dispatcher = dispatcher_of(system, client, SameTime())
        return await dispatcher.redispatch(open_subjects(system))


class Telling:
    """What the dispatcher does while it is the active reader."""

    def __init__(self, part: Part, system: Gadelys, client: Client) -> None:
        """Tell `client` of the facts of `system`."""
        self._part = part
        self._system = system
        self._dispatcher = dispatcher_of(system, client, SameTime(), part.beat)
        self._schedules = SchedulesKept(system, client)
        self._again_at = 0.0

    async def step(self) -> bool:
        """Tell of one page of facts; once an hour, and after an outage, of all.

        Raises: TemporalAway.
        """
        try:
            if time.monotonic() >= self._again_at:
                self._schedules.forget()
                await self._part.until_stopped(self._everything())
                self._again_at = time.monotonic() + HOUR_S
            await self._schedules.keep()
            return await self._dispatcher.dispatch() > 0
        except TemporalAway:
            self._again_at = 0.0
            raise

    async def _everything(self) -> None:
        subjects = await asyncio.to_thread(
            open_subjects, self._system, lambda _: self._part.beat()
        )
        await self._dispatcher.redispatch(subjects)


class Keeping:
    """What the ledger does while it is the active reader."""

    def __init__(self, part: Part, system: Gadelys) -> None:
        """Keep the ledgers of `system`, with the keys and the trust of the moment."""
        self._part = part
        self._system = system
        self._again_at = 0.0

    async def step(self) -> bool:
        """Take in what is new, and sign it if the last time is long enough ago."""
        is_time = time.monotonic() >= self._again_at
        for one in self._system.every_store():
            await self._keep(one, is_time=is_time)
        if is_time:
            self._again_at = time.monotonic() + CHECKPOINT_S
        return False

    async def _keep(self, store: Gadelys, *, is_time: bool) -> None:
        ledger = ledger_of(store)
        await asyncio.to_thread(ledger.grow, lambda _: self._part.beat())
        if is_time:
            await asyncio.to_thread(ledger.sign, log_signer(store.settings))
            await self._part.until_stopped(ledger.have_cosigned())


class Folding:
    """What the projector does while it is the active reader."""

    def __init__(self, part: Part, system: Gadelys, lease: Lease) -> None:
        """Fold the facts of `system` as long as `lease` is held."""
        self._part = part
        self._system = system
        self._lease = lease

    async def step(self) -> bool:
        """Read all that is new, page by page."""
        try:
            await asyncio.to_thread(self._system.keep_up, self._after_page)
        except _Enough:
            return True
        return False

    def _after_page(self, _position: int) -> None:
        """Stop between two pages when somebody says so, or has taken over."""
        self._part.beat()
        if not self._part.goes_on or not self._part.holds(self._lease):
            raise _Enough


class _Enough(Exception):
    """The page that is written shall be the last one for now."""


async def _read(part: Part, system: Gadelys, lease: Lease, step: Step) -> None:
    """Take one step after another while the lease is ours; else stand by."""
    try:
        while part.goes_on:
            part.beat()
            try:
                await _take(part, system, lease, step)
            except TemporalAway as problem:
                part.lacks(TEMPORAL, problem)
                await part.rests(RETRY_S)
            except Unavailable as problem:
                part.lacks(STORE, problem)
                await part.rests(RETRY_S)
    finally:
        lease.release()


async def _take(part: Part, system: Gadelys, lease: Lease, step: Step) -> None:
    is_ours = await asyncio.to_thread(part.holds, lease)
    seen = await asyncio.to_thread(system.store.last_position)
    if not is_ours:
        part.found(STORE)
        await part.rests(STAND_BY_S)
    elif not await step():
        part.found(STORE)
        await _news(part, system, seen)


async def _news(part: Part, system: Gadelys, seen: int) -> None:
    """Rest until there is a fact after `seen`, or until it is time to look again."""
    if system.store.hears:
        await asyncio.to_thread(system.store.wait_for, seen + 1, LISTEN_S)
    else:
        await part.rests(system.settings.poll_seconds)


async def _look_after(part: Part, system: Gadelys) -> None:
    """Look whether the store is there, until told to stop."""
    while part.goes_on:
        part.beat()
        try:
            await asyncio.to_thread(system.store.last_position)
            part.found(STORE)
        except Unavailable as problem:
            part.lacks(STORE, problem)
        await part.rests(LOOK_S)


@asynccontextmanager
async def _watching(part: Part, client: Client) -> AsyncIterator[None]:
    """Know whether Temporal answers while the block runs."""

    async def watch() -> None:
        while True:
            try:
                await ask_health(client)
                part.found(TEMPORAL)
            except Unavailable as problem:
                part.lacks(TEMPORAL, problem)
            await asyncio.sleep(LOOK_S)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _part(stack: ExitStack, settings: Settings, name: str, *needs: str) -> Part:
    """Return a part that tells how it is for as long as `stack` is open."""
    part = Part(name, *needs)
    stack.enter_context(telling(part, settings.health_address))
    return part


async def _opened(part: Part, stack: ExitStack, settings: Settings) -> Gadelys | None:
    """Wait for the store as long as it takes; nothing if told to stop first."""

    def open_it() -> Gadelys:
        system = stack.enter_context(installation.opened(settings))
        system.on_command = part.count
        return system

    part.system = await part.patiently(STORE, lambda: asyncio.to_thread(open_it))
    return part.system


async def _connected(
    part: Part, settings: Settings, metrics: str | None = None
) -> Client | None:
    """Wait for Temporal as long as it takes; nothing if told to stop first."""
    return await part.patiently(
        TEMPORAL,
        lambda: connect(
            address_of(settings),
            settings.temporal_namespace,
            metrics=metrics,
            tracing=settings.tracing,
        ),
    )


PARTS: dict[str, Callable[[Settings], Coroutine[None, None, None]]] = {
    "dispatch": dispatch,
    "project": project,
    "ledger": ledger,
}
"""The parts by the verb that runs them."""
