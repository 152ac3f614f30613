"""A process that runs on: when it shall stop, how it is, and what it waits for.

Its loop writes here; whoever asks about its health reads, in another thread.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from threading import Lock
from typing import TypeVar

import structlog

from adapters.errors import Unavailable
from adapters.persistence.leases import Lease
from adapters.system import Gadelys
from domain.errors import Code, DomainError

log = structlog.get_logger()
Outcome = tuple[str, str]
Found = TypeVar("Found")

AWAY = (Code.STORE_UNAVAILABLE, Code.TEMPORAL_UNAVAILABLE)
"""What passes by itself; what is outdated or missing needs a person."""

RETRY_S = 1.0
"""How long it rests before it looks again for what is away."""

STORE = "store"
TEMPORAL = "temporal"
LEASE = "lease"


class Part:
    """One part of the program, alone in its process.

    `missing` is what it needs and does not have now: store, temporal, lease.
    `leads` says whether it is the active reader, or stands by; nothing when that is
    not known, or it is no reader.
    """

    def __init__(self, name: str, *needs: str) -> None:
        """Begin without anything of what it `needs`; made where its loop runs."""
        self.name = name
        self.needs = needs
        self.missing = set(needs)
        self.leads: bool | None = None
        self.system: Gadelys | None = None
        self.beaten_at = time.monotonic()
        self.stopping = asyncio.Event()
        self._told: set[str] = set()
        self._commands: Counter[Outcome] = Counter()
        self._counting = Lock()
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self.stopping.set)

    @property
    def is_reader(self) -> bool:
        """Whether one of several is active and the others stand by."""
        return LEASE in self.needs

    @property
    def goes_on(self) -> bool:
        """Whether nobody has told it to stop."""
        return not self.stopping.is_set()

    def count(self, command: str, outcome: str) -> None:
        """Count one command; `outcome` is `handled` or the code of its refusal."""
        with self._counting:
            self._commands[command, outcome] += 1

    def commands(self) -> dict[Outcome, int]:
        """Return how many commands came to what."""
        with self._counting:
            return dict(self._commands)

    def beat(self) -> None:
        """Note that there was progress, be it only a look around."""
        self.beaten_at = time.monotonic()

    async def rests(self, seconds: float) -> None:
        """Do nothing for a while; wake up when it shall stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return

    async def patiently(
        self, what: str, look: Callable[[], Awaitable[Found]]
    ) -> Found | None:
        """Return what `look` finds, however long it takes; nothing if told to stop.

        Raises: what `look` raises, except that something is away for now.
        """
        while self.goes_on:
            self.beat()
            try:
                found = await look()
            except Unavailable as problem:
                if problem.code not in AWAY:
                    raise
                self.lacks(what, problem)
                await self.rests(RETRY_S)
            else:
                self.found(what)
                return found
        return None

    async def until_stopped(self, work: Coroutine[None, None, object]) -> None:
        """Let `work` go on, but not longer than until it shall stop.

        Raises: what `work` raises.
        """
        doing = asyncio.create_task(work)
        told = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                doing.result()
        finally:
            for task in (doing, told):
                task.cancel()
            await asyncio.gather(doing, told, return_exceptions=True)

    def holds(self, lease: Lease) -> bool:
        """Whether it is the active reader now; says when that changes.

        Raises: Unavailable (store_unavailable) when nobody can tell.
        """
        before = self.leads
        try:
            self.leads = lease.held()
        except Unavailable:
            self.leads = None
            self.missing.add(LEASE)
            raise
        self.found(LEASE)
        if self.leads is not before:
            log.info("lease.taken" if self.leads else "lease.awaited", reader=self.name)
        return self.leads

    def lacks(self, what: str, problem: DomainError) -> None:
        """Note that something is away, and say so once."""
        self.missing.add(what)
        if what not in self._told:
            self._told.add(what)
            log.warning(
                "part.waiting", part=self.name, missing=what, problem=str(problem)
            )

    def found(self, what: str) -> None:
        """Note that something is there, and say so if it had been missed."""
        self.missing.discard(what)
        if what in self._told:
            self._told.discard(what)
            log.info("part.continued", part=self.name, found=what)
