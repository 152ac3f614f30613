"""The event store: facts in order, appended whole or not at all.

What is the same whatever engine keeps them is in `FactStore`; an engine brings its
table of facts, how it opens and closes, and how it waits for news.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import ClassVar, Protocol, Self
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    MapperDeserialisationError,
    PersistenceError,
    StoredEvent,
)
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.persistence import migrations
from adapters.persistence.fact_table import FactTable, Replica, StoredRow
from adapters.persistence.leases import FileLease, Lease, is_locked
from adapters.persistence.mapper import FactMapper, StoredFact
from adapters.persistence.recorder import FactDatastore, FactRecorder
from adapters.persistence.sealed_words import MARK
from adapters.proof.encoding import base64_of
from adapters.proof.leaf import leaf_of
from domain.errors import Code, Conflict
from domain.messages import Recorded, derived_id
from domain.ports import Decision, Receipt, Sealed
from domain.values import FindingNumber, StreamId, WalkNumber

GLANCE_S = 0.05
"""How often a store without notices looks whether there is news."""


HEARTBEAT_S = 2.0
"""How often who is told of news looks nevertheless: a notice is a hint."""


class Sealer(Protocol):
    """Signs facts; see adapters/proof/sealing.py."""

    def seal(self, leaf: bytes) -> bytes:
        """Return what is stored with the fact that has this leaf."""
        ...


Sealing = Callable[[], Sealer]
"""Returns what seals facts: whoever only asks need not read the key."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored fact that this program cannot read: where it lies, and why."""

    position: int
    stream: StreamId
    topic: str
    problem: str


class FactStore(ABC):
    """The facts of one installation; safe for several processes."""

    schema_version: ClassVar[int]
    """Which shape of its tables this program needs."""

    hears: ClassVar[bool]
    """Whether `wait_for` is told of news, or has to look again and again."""

    def __init__(
        self,
        table: FactTable,
        mapper: FactMapper | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """Keep facts in `table`, which must have been migrated.

        Args:
            table: where facts lie.
            mapper: how they become bytes.
            sealing: returns what seals new facts, asked when the first one comes;
                without it they have no seal.
        """
        self._table = table
        self._mapper = mapper or FactMapper()
        self._sealing = sealing

    def with_restricted(self) -> Self:
        """Return the same store for who may also read what is restricted.

        For the rules, for checks, and for whoever answers a citizen or an archive.
        """
        other = copy(self)
        other._mapper = self._mapper.with_restricted()  # noqa: SLF001 - our own copy
        return other

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def wait_for(self, position: int, timeout_s: float) -> bool:
        """Wait until the fact at `position` is stored, at most `timeout_s` seconds.

        Returns: whether it is.
        """

    @abstractmethod
    def lease(self, reader: str) -> Lease:
        """Return the right to be the active `reader`, which is not taken yet."""

    @abstractmethod
    def is_read(self, reader: str) -> bool:
        """Whether somebody is the active `reader` now."""

    def load(self, stream: StreamId, until: int | None = None) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first, up to the version `until`."""
        with storing():
            found = self._table.stream(stream, until)
            return tuple(starmap(self._mapper.recorded, found))

    def after(self, position: int, limit: int = 500) -> tuple[Recorded, ...]:
        """Return up to `limit` facts after `position`, in order of position."""
        with storing():
            page = self._table.page(position, limit)
            return tuple(starmap(self._mapper.recorded, page))

    def page(self, position: int, limit: int) -> tuple[Recorded | Unreadable, ...]:
        """Return what `after` returns; a fact that cannot be read is named instead."""
        with storing():
            return tuple(starmap(self._read, self._table.page(position, limit)))

    def stored(
        self, position: int, limit: int
    ) -> tuple[tuple[int, StoredFact] | Unreadable, ...]:
        """Return what `page` returns, each fact with its position and envelope."""
        with storing():
            page = self._table.page(position, limit)
            return tuple(starmap(self._read_whole, page))

    def last_position(self) -> int:
        """Return the position of the newest fact; 0 when there is none."""
        with storing():
            return self._table.last()

    def version_of(self, stream: StreamId) -> int:
        """Return the version of one stream; 0 when it has no facts."""
        with storing():
            return self._table.version(stream)

    def versions_of(self, *streams: StreamId) -> tuple[int, ...]:
        """Return the versions of several streams, read at one moment."""
        with storing():
            return self._table.versions(*streams)

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        with storing():
            return _numbers(self._table.reported_on(walk))

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        with storing():
            return _numbers(self._table.merged_into(master))

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that is already stored.

        Raises: Conflict (command_reused) when the id stands for something else.
        """
        with storing():
            found = self._table.find(derived_id(command_id, 1))
            if found is None:
                return None
            first = self._mapper.with_restricted().fact(found)
        if first.asked != asked:
            raise Conflict(Code.COMMAND_REUSED, stream=first.originator_id)
        rows = self.rows(found.id - 1, first.of)
        return Receipt(
            stream=StreamId(first.originator_id),
            position=found.id + first.of - 1,
            version=first.originator_version + first.of - 1,
            facts=first.of,
            sealed=tuple(_sealed(leaf_in(row), row.seal) for row in rows if row.seal),
        )

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Store all decisions in one transaction and return their receipts.

        Raises: Conflict (stale_version) when a stream has moved on; Refused
            (subject_erased) for words of somebody who was erased; Unavailable
            (store_unavailable) when the disk is full, the file is locked or the
            server is away.
        """
        return self.append_at([(decision, now) for decision in decisions])

    def append_at(
        self, decided: Sequence[tuple[Decision, datetime]]
    ) -> tuple[Receipt, ...]:
        """Store decisions in one transaction, each as if it were stored at its moment.

        Raises: as `append`.
        """
        decisions = [decision for decision, _ in decided]
        facts = [fact for decision, at in decided for fact in _stored(decision, at)]
        stored = self._mapper.stored(facts)
        leaves = [_leaf(event) for event in stored]
        seals = self._seals(leaves)
        try:
            positions = self._insert(facts, stored, seals)
        except IntegrityError as clash:
            if len(decisions) == 1 and (
                receipt := self.receipt_of(decisions[0].command_id, decisions[0].asked)
            ):
                return (receipt,)
            streams = sorted({decision.stream for decision in decisions})
            raise Conflict(Code.STALE_VERSION, streams=streams) from clash
        except PersistenceError as problem:
            raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem
        # Without a key there are no seals, and then nothing was sealed.
        sealed = list(starmap(_sealed, zip(leaves, seals, strict=False)))
        return tuple(self._receipts(decisions, positions, sealed))

    def rows(self, position: int, limit: int) -> list[StoredRow]:
        """Return up to `limit` facts after `position` as they lie in the store."""
        with storing():
            return self._table.rows(position, limit)

    def rows_of(self, stream: StreamId) -> list[StoredRow]:
        """Return the facts of one stream as they lie in the store, oldest first."""
        with storing():
            return self._table.rows_of(stream)

    def misplaced(self, limit: int) -> list[StoredRow]:
        """Return up to `limit` facts before position 1, where none can be."""
        with storing():
            return self._table.misplaced(limit)

    def count(self, until: int) -> int:
        """Return how many facts there are from position 1 to `until`."""
        with storing():
            return self._table.count(until)

    def read(self, row: StoredRow) -> Recorded | None:
        """Return a stored fact as readers see it; nothing if it cannot be read."""
        place = (row.position, row.stream, row.version, row.topic, row.state)
        found = self._read(*place)
        return found if isinstance(found, Recorded) else None

    def openings(self, row: StoredRow) -> dict[str, bytes]:
        """Return, by field, the keys that open the words sealed in a stored fact.

        Raises: Unavailable (unreadable_fact) when a key is not here.
        """
        with storing():
            return self._mapper.openings(row.stream, row.version, row.topic, row.state)

    def is_sealed(self) -> bool:
        """Whether any fact has a seal."""
        with storing():
            return self._table.is_sealed()

    def has_words(self) -> bool:
        """Whether words are sealed in any fact."""
        with storing():
            return self._table.holds(MARK)

    def streams_holding(self, needle: bytes) -> tuple[StreamId, ...]:
        """Return the streams in whose facts some bytes stand; every fact is read."""
        with storing():
            return tuple(map(StreamId, self._table.streams_holding(needle)))

    def replica(self) -> AbstractContextManager[Replica]:
        """Take the facts of another store, all of them or none."""
        return self._table.replica()

    def part(
        self, position: int, limit: int, mine: Callable[[str], bool]
    ) -> tuple[list[Recorded | Unreadable], int]:
        """Return those of the next `limit` facts whose stream is `mine`.

        Returns: the facts, and the position of the last one that was looked at;
            `position` itself when there is none.
        """
        with storing():
            page = self._table.page(position, limit)
            found = [self._read(*placed) for placed in page if mine(placed[1])]
        return found, page[-1][0] if page else position

    def _read(
        self, position: int, stream: str, version: int, topic: str, state: bytes
    ) -> Recorded | Unreadable:
        try:
            return self._mapper.recorded(position, stream, version, topic, state)
        except MapperDeserialisationError as problem:
            return Unreadable(position, StreamId(stream), topic, str(problem))

    def _read_whole(
        self, position: int, stream: str, version: int, topic: str, state: bytes
    ) -> tuple[int, StoredFact] | Unreadable:
        try:
            fact = self._mapper.fact(StoredEvent(stream, version, topic, state))
        except MapperDeserialisationError as problem:
            return Unreadable(position, StreamId(stream), topic, str(problem))
        return position, fact

    def _seals(self, leaves: Sequence[bytes]) -> list[bytes]:
        """Return a seal for each leaf, or nothing where there is no key."""
        if self._sealing is None or not leaves:
            return []
        sealer = self._sealing()
        return [sealer.seal(leaf) for leaf in leaves]

    def _insert(
        self,
        facts: Sequence[StoredFact],
        stored: Sequence[StoredEvent],
        seals: Sequence[bytes],
    ) -> Sequence[int]:
        if not facts:
            return ()
        ids = [fact.event_id for fact in facts]
        return self._table.insert_events(stored, event_ids=ids, seals=seals) or ()

    def _receipts(
        self,
        decisions: Sequence[Decision],
        positions: Sequence[int],
        sealed: Sequence[Sealed],
    ) -> Iterator[Receipt]:
        taken = 0
        for decision in decisions:
            count = len(decision.events)
            taken += count
            yield Receipt(
                stream=decision.stream,
                position=positions[taken - 1] if count else self.last_position(),
                version=decision.after + count,
                facts=count,
                sealed=tuple(sealed[taken - count : taken]),
            )


class SqliteEventStore(FactStore):
    """Facts in one SQLite file; safe for several processes on one machine."""

    schema_version = len(migrations.STEPS)
    hears = False

    def __init__(
        self,
        path: Path,
        mapper: FactMapper | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """Use the events file at `path`, which must have been migrated."""
        self._path = path
        self._datastore = FactDatastore(path)
        super().__init__(FactRecorder(self._datastore), mapper, sealing)

    @override
    def close(self) -> None:
        self._datastore.close()

    @override
    def wait_for(self, position: int, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while self.last_position() < position:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(GLANCE_S, left))
        return True

    @override
    def lease(self, reader: str) -> Lease:
        return FileLease(self._lease_file(reader))

    @override
    def is_read(self, reader: str) -> bool:
        return is_locked(self._lease_file(reader))

    def _lease_file(self, reader: str) -> Path:
        return self._path.with_name(f"{reader}.lease")


def leaf_in(row: StoredRow) -> bytes:
    """Return the leaf of a fact as it lies in a store.

    Raises: Unproven (malformed) when it is none.
    """
    return leaf_of(row.stream, row.version, row.topic, row.state)


def _leaf(stored: StoredEvent) -> bytes:
    stream, version = str(stored.originator_id), stored.originator_version
    return leaf_of(stream, version, stored.topic, stored.state)


def _sealed(leaf: bytes, seal: bytes) -> Sealed:
    return Sealed(base64_of(leaf), base64_of(seal))


def _numbers(streams: Sequence[str]) -> tuple[FindingNumber, ...]:
    return tuple(stream.partition("/")[2] for stream in streams)


@contextmanager
def storing() -> Iterator[None]:
    """Say what the engine cannot do, and which fact cannot be read; skip nothing.

    Raises: Unavailable (unreadable_fact, or store_unavailable when none can be).
    """
    try:
        yield
    except MapperDeserialisationError as problem:
        raise Unavailable(Code.UNREADABLE_FACT, problem=str(problem)) from problem
    except PersistenceError as problem:
        raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem


def _stored(decision: Decision, now: datetime) -> list[StoredFact]:
    return [
        StoredFact(
            originator_id=decision.stream,
            originator_version=decision.after + nth,
            event=event,
            event_id=derived_id(decision.command_id, nth),
            asked=decision.asked,
            nth=nth,
            of=len(decision.events),
            recorded_at=now,
            register=decision.register,
        )
        for nth, event in enumerate(decision.events, start=1)
    ]
