"""The event store: facts in order, appended whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    MapperDeserialisationError,
    OperationalError,
)

from adapters.errors import Unavailable
from adapters.persistence.mapper import FactMapper, StoredFact
from adapters.persistence.recorder import FactDatastore, FactRecorder
from domain.errors import Code, Conflict
from domain.messages import Recorded, derived_id
from domain.ports import Decision, Receipt
from domain.values import FindingNumber, StreamId, WalkNumber


class SqliteEventStore:
    """Facts in one SQLite file; safe for several processes on one machine."""

    def __init__(self, path: Path, mapper: FactMapper | None = None) -> None:
        """Use the events file at `path`, which must have been migrated."""
        self._mapper = mapper or FactMapper()
        self._datastore = FactDatastore(path)
        self._recorder = FactRecorder(self._datastore)

    def close(self) -> None:
        """Close all connections."""
        self._datastore.close()

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first."""
        stored = self._recorder.stream(stream)
        with _readable():
            return tuple(self._mapper.recorded(notification) for notification in stored)

    def after(self, position: int, limit: int = 500) -> tuple[Recorded, ...]:
        """Return up to `limit` facts after `position`, in order of position."""
        page = self._recorder.select_notifications(
            position, limit, inclusive_of_start=False
        )
        with _readable():
            return tuple(self._mapper.recorded(notification) for notification in page)

    def last_position(self) -> int:
        """Return the position of the newest fact; 0 when there is none."""
        return self._recorder.max_notification_id() or 0

    def version_of(self, stream: StreamId) -> int:
        """Return the version of one stream; 0 when it has no facts."""
        return self._recorder.version(stream)

    def versions_of(self, *streams: StreamId) -> tuple[int, ...]:
        """Return the versions of several streams, read at one moment."""
        return self._recorder.versions(*streams)

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        return _numbers(self._recorder.reported_on(walk))

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        return _numbers(self._recorder.merged_into(master))

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that is already stored.

        Raises: Conflict (command_reused) when the id stands for something else.
        """
        found = self._recorder.find(derived_id(command_id, 1))
        if found is None:
            return None
        first = self._mapper.fact(found)
        if first.asked != asked:
            raise Conflict(Code.COMMAND_REUSED, stream=first.originator_id)
        return Receipt(
            stream=StreamId(first.originator_id),
            position=found.id + first.of - 1,
            version=first.originator_version + first.of - 1,
            facts=first.of,
        )

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Store all decisions in one transaction and return their receipts.

        Raises: Conflict (stale_version) when a stream has moved on; Unavailable
            (store_unavailable) when the disk is full or the file is locked.
        """
        facts = [fact for decision in decisions for fact in _stored(decision, now)]
        try:
            positions = self._insert(facts)
        except IntegrityError as clash:
            if len(decisions) == 1 and (
                receipt := self.receipt_of(decisions[0].command_id, decisions[0].asked)
            ):
                return (receipt,)
            streams = sorted({decision.stream for decision in decisions})
            raise Conflict(Code.STALE_VERSION, streams=streams) from clash
        except OperationalError as problem:
            raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem
        return tuple(self._receipts(decisions, positions))

    def _insert(self, facts: list[StoredFact]) -> Sequence[int]:
        if not facts:
            return ()
        stored = [self._mapper.to_stored_event(fact) for fact in facts]
        ids = [fact.event_id for fact in facts]
        return self._recorder.insert_events(stored, event_ids=ids) or ()

    def _receipts(
        self, decisions: Sequence[Decision], positions: Sequence[int]
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
            )


def _numbers(streams: Sequence[str]) -> tuple[FindingNumber, ...]:
    return tuple(stream.partition("/")[2] for stream in streams)


@contextmanager
def _readable() -> Iterator[None]:
    """Say which fact cannot be read, instead of skipping it.

    Raises: Unavailable (unreadable_fact).
    """
    try:
        yield
    except MapperDeserialisationError as problem:
        raise Unavailable(Code.UNREADABLE_FACT, problem=str(problem)) from problem


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
