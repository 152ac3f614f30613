"""One engine's table of facts, and the questions it answers in SQL both know.

An engine says how it inserts, how it runs one SELECT, and what differs in its words.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

ON_A_WALK = "topic IN ('finding.reported.v1', 'finding.referred.v1')"
IS_MERGED = "topic = 'finding.merged.v1'"

Placed = tuple[int, str, int, str, bytes]
"""A stored fact: position, stream, version, topic, state."""

Read = Callable[[str, Sequence[Any]], list[Any]]
"""Runs one SELECT with `?` for values and returns its rows, columns by place."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One fact exactly as it lies in the store."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    event_id: str
    seal: bytes | None = None


@dataclass(frozen=True, slots=True)
class Replica:
    """A store while it takes the facts of another one, inside one transaction."""

    add: Callable[[Sequence[StoredRow]], None]
    rows: Callable[[int, int], list[StoredRow]]


class FactTable(ABC):
    """The facts of one engine; a subclass fills in its words."""

    TABLE: ClassVar[str]
    POSITION: ClassVar[str]
    REPORTED_ON: ClassVar[str]
    MERGED_INTO: ClassVar[str]
    HOLDS: ClassVar[str]
    """Whether the bytes of a fact contain others."""

    @abstractmethod
    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Insert all or nothing, with `event_ids` and `seals`; return the positions."""

    @abstractmethod
    def replica(self) -> AbstractContextManager[Replica]:
        """Take the facts of another store, all of them or none."""

    @abstractmethod
    def read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """Run one SELECT by itself; it needs no transaction around it."""

    def version(self, stream: str) -> int:
        """Return the version of one stream; 0 when it has no facts."""
        return self.versions(stream)[0]

    def versions(self, *streams: str) -> tuple[int, ...]:
        """Return the versions of several streams, as they are at one moment."""
        each = (
            f"(SELECT MAX(originator_version) FROM {self.TABLE} WHERE originator_id=?)"
        )
        [found] = self.read(f"SELECT {', '.join([each] * len(streams))}", streams)
        return tuple(version or 0 for version in found)

    def stream(self, stream: str, until: int | None = None) -> list[Placed]:
        """Return the facts of one stream, oldest first, up to the version `until`."""
        if until is None:
            return self._placed(
                "WHERE originator_id=? ORDER BY originator_version", stream
            )
        return self._placed(
            "WHERE originator_id=? AND originator_version<=? "
            "ORDER BY originator_version",
            stream,
            until,
        )

    def page(self, position: int, limit: int) -> list[Placed]:
        """Return up to `limit` facts after `position`, in order of position."""
        return self._placed(
            f"WHERE {self.POSITION}>? ORDER BY {self.POSITION} LIMIT ?", position, limit
        )

    def find(self, event_id: UUID) -> Notification | None:
        """Return the fact with this id, if it is stored."""
        for position, stream, version, topic, state in self._placed(
            "WHERE event_id=?", str(event_id)
        ):
            return Notification(stream, version, topic, state, position)
        return None

    def last(self) -> int:
        """Return the position of the newest fact; 0 when there is none."""
        [found] = self.read(f"SELECT MAX({self.POSITION}) FROM {self.TABLE}", ())
        return found[0] or 0

    def is_sealed(self) -> bool:
        """Whether any fact has a seal."""
        return bool(
            self.read(
                f"SELECT 1 FROM {self.TABLE} WHERE seal IS NOT NULL "
                f"ORDER BY {self.POSITION} DESC LIMIT 1",
                (),
            )
        )

    def reported_on(self, walk: str) -> list[str]:
        """Return the streams of findings that were reported or referred on a walk."""
        return self._linked(self.REPORTED_ON, ON_A_WALK, walk)

    def merged_into(self, master: str) -> list[str]:
        """Return the streams of findings that were merged into another."""
        return self._linked(self.MERGED_INTO, IS_MERGED, master)

    def holds(self, needle: bytes) -> bool:
        """Whether some bytes stand in any fact."""
        found = self.read(
            f"SELECT 1 FROM {self.TABLE} WHERE {self.HOLDS} LIMIT 1", (needle,)
        )
        return bool(found)

    def streams_holding(self, needle: bytes) -> list[str]:
        """Return the streams in whose facts some bytes stand."""
        rows = self.read(
            f"SELECT DISTINCT originator_id FROM {self.TABLE} WHERE {self.HOLDS} "
            "ORDER BY originator_id",
            (needle,),
        )
        return [row[0] for row in rows]

    def rows(
        self, position: int, limit: int, read: Read | None = None
    ) -> list[StoredRow]:
        """Return up to `limit` facts after `position` as they lie in the store."""
        return self._rows(
            f"WHERE {self.POSITION}>? ORDER BY {self.POSITION} LIMIT ?",
            (position, limit),
            read or self.read,
        )

    def rows_of(self, stream: str) -> list[StoredRow]:
        """Return the facts of one stream as they lie in the store, oldest first."""
        return self._rows(
            "WHERE originator_id=? ORDER BY originator_version", (stream,), self.read
        )

    def misplaced(self, limit: int) -> list[StoredRow]:
        """Return up to `limit` facts before position 1.

        No reader that goes on from 0 ever meets them, but the rules of a stream do.
        """
        return self._rows(
            f"WHERE {self.POSITION}<1 ORDER BY {self.POSITION} LIMIT ?",
            (limit,),
            self.read,
        )

    def count(self, until: int) -> int:
        """Return how many facts there are from position 1 to `until`."""
        [[found]] = self.read(
            f"SELECT count(*) FROM {self.TABLE} WHERE {self.POSITION} BETWEEN 1 AND ?",
            (until,),
        )
        return int(found)

    def _rows(self, which: str, values: Sequence[Any], read: Read) -> list[StoredRow]:
        found = read(
            f"SELECT {self.POSITION}, originator_id, originator_version, topic, "
            f"state, event_id, seal FROM {self.TABLE} {which}",
            values,
        )
        return [
            StoredRow(
                place, stream, version, topic, _bytes(state), str(name), _bytes(seal)
            )
            for place, stream, version, topic, state, name, seal in found
        ]

    def _placed(self, which: str, *values: object) -> list[Placed]:
        return self.read(
            f"SELECT {self.POSITION}, originator_id, originator_version, topic, state "
            f"FROM {self.TABLE} {which}",
            values,
        )

    def _linked(self, expression: str, which: str, value: str) -> list[str]:
        rows = self.read(
            f"SELECT originator_id FROM {self.TABLE} "
            f"WHERE {which} AND {expression}=? ORDER BY {self.POSITION}",
            (value,),
        )
        return list(dict.fromkeys(row[0] for row in rows))


def _bytes(stored: bytes | str | None) -> Any:
    """Return bytes, also of what somebody put there as text past the program."""
    return stored.encode() if isinstance(stored, str) else stored
