"""What a page of facts changes in one projection, before anything is written.

A shelf keeps the rows of one projection that were used lately, so that a rebuild
need not read back what it has just written. Should somebody else have moved the
projection on meanwhile, the shelf is emptied.
"""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol

from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.persistence.event_store import Unreadable
from adapters.persistence.row_tables import RowTable, Slot
from domain.errors import Code
from domain.messages import Recorded
from domain.values import StreamId
from projections.fold import Fold, Journal, Memory, Row, Versioned, number_of
from projections.versions import Version, history

KEPT_ROWS = 20_000
Seen = tuple[str, Recorded | Unreadable]
"""A fact, and the kind of its stream."""

Stored = tuple[Sequence[Any], Any]
"""A stored row that holds now: its key, of a version also where it begins; the row."""

Fetch = Callable[["Shelf[Any]", Sequence[str]], Iterable[Stored]]
"""Returns the stored rows of some keys."""


class Facts(Protocol):
    """Where facts are read in order."""

    def page(self, position: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return up to `limit` facts after `position`."""
        ...

    def load(self, stream: StreamId, until: int | None = None) -> Sequence[Recorded]:
        """Return the facts of one stream, oldest first, up to a version."""
        ...


@dataclass
class Changes(Generic[Row]):
    """What has to be written for one projection.

    `gone` are keys whose stored rows are removed first; `rows` and `versions` are
    added then; `ended` are versions that are stored already and no longer current,
    `touched` those of which only counters have changed.
    `words` are those of rows that are found by other words than before.
    """

    position: int = 0
    problem: str | None = None
    gone: list[str] = field(default_factory=list)
    rows: list[tuple[str, Row]] = field(default_factory=list)
    versions: list[tuple[str, Version[Row]]] = field(default_factory=list)
    ended: list[tuple[str, Version[Row]]] = field(default_factory=list)
    touched: list[tuple[str, Version[Row]]] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


class Shelf(ABC, Generic[Row]):
    """One projection while it is folded into one slot."""

    def __init__(self, table: RowTable[Row], slot: Slot) -> None:
        """Begin with nothing at hand."""
        self.table = table
        self.slot = slot
        self.position = 0
        self.run: str | None = None
        self.name = table.projection.name
        self._reads = frozenset(table.projection.reads)

    def moved_to(self, position: int, run: str | None) -> None:
        """Forget everything if the projection is not as this shelf left it.

        Its run is another one when it was swapped, or partly told anew, meanwhile.
        """
        if (self.position, self.run) != (position, run):
            self.forget()
            self.position, self.run = position, run

    def folded(self, page: Sequence[Seen], facts: Facts, fetch: Fetch) -> Changes[Row]:
        """Return what the facts of `page` that are new to it change.

        A fact that cannot be digested ends the page for this projection.
        """
        position, reads = self.position, self._reads
        own = [
            fact
            for kind, fact in page
            if (not reads or kind in reads) and fact.position > position
        ]
        changes: Changes[Row] = Changes(page[-1][1].position)
        self._prepare([fact for fact in own if isinstance(fact, Recorded)], fetch)
        for fact in own:
            try:
                self._take(_readable(fact), facts)
            except Exception as problem:
                if is_away(problem):
                    raise
                changes.position = fact.position - 1
                changes.problem = named(fact, repr(problem))
                break
        self._finish(changes)
        return changes

    def reads(self, stream: StreamId) -> bool:
        """Whether its rows are made of the facts of this stream."""
        return not self._reads or stream.partition("/")[0] in self._reads

    def retold(self, facts: Sequence[Recorded]) -> Changes[Row]:
        """Return what has to be written for rows that shall be as `facts` tell them.

        Args:
            facts: all facts of some streams, those of each as they were recorded.
        """
        changes: Changes[Row] = Changes(self.position)
        self._retell(facts, changes)
        return changes

    @abstractmethod
    def forget(self) -> None:
        """Empty the shelf."""

    @abstractmethod
    def _prepare(self, facts: Sequence[Recorded], fetch: Fetch) -> None:
        """Get the rows that `facts` touch."""

    @abstractmethod
    def _take(self, fact: Recorded, facts: Facts) -> None:
        """Fold one fact; without effect when that fails."""

    @abstractmethod
    def _retell(self, facts: Sequence[Recorded], changes: Changes[Row]) -> None:
        """Fold `facts` as if there were no rows of them yet."""

    @abstractmethod
    def _finish(self, changes: Changes[Row]) -> None:
        """Say what has changed, and keep only what was used lately."""


def shelf_of(table: RowTable[Any], slot: Slot) -> Shelf[Any]:
    """Return the shelf for the kind of projection that `table` is of."""
    match table.projection:
        case Journal() as journal:
            return JournalShelf(table, slot, journal)
        case Versioned() as versioned:
            return VersionedShelf(table, slot, versioned)
        case Fold() as fold:
            return FoldShelf(table, slot, fold)
        case other:
            raise TypeError(other)


class JournalShelf(Shelf[Row]):
    """Rows that are only added: nothing has to be at hand."""

    def __init__(self, table: RowTable[Row], slot: Slot, journal: Journal[Row]) -> None:
        """Fold `journal`."""
        super().__init__(table, slot)
        self._journal = journal
        self._new: list[tuple[str, Row]] = []

    @override
    def forget(self) -> None:
        self._new = []

    @override
    def _prepare(self, facts: Sequence[Recorded], fetch: Fetch) -> None:
        pass

    @override
    def _take(self, fact: Recorded, facts: Facts) -> None:
        self._new += tuple(self._journal.lines(fact))

    @override
    def _retell(self, facts: Sequence[Recorded], changes: Changes[Row]) -> None:
        """Do nothing: its lines hold no words, and none of them ever goes."""

    @override
    def _finish(self, changes: Changes[Row]) -> None:
        changes.rows, self._new = self._new, []


class FoldShelf(Shelf[Row]):
    """Rows that change."""

    def __init__(self, table: RowTable[Row], slot: Slot, fold: Fold[Row]) -> None:
        """Fold `fold`."""
        super().__init__(table, slot)
        self._projection = fold
        self._rows: OrderedDict[str, Row | None] = OrderedDict()
        self._before: dict[str, Row | None] = {}

    @override
    def forget(self) -> None:
        self._rows.clear()
        self._before.clear()

    @override
    def _prepare(self, facts: Sequence[Recorded], fetch: Fetch) -> None:
        keys = dict.fromkeys(key for f in facts for key in self._projection.keys(f))
        missing = [key for key in keys if key not in self._rows]
        self._rows.update(dict.fromkeys(missing))
        for (key,), row in fetch(self, missing):
            self._rows[key] = row

    @override
    def _take(self, fact: Recorded, facts: Facts) -> None:
        apply, rows = self._projection.apply, self._rows
        touched = {
            key: apply(key, rows.get(key), fact) for key in self._projection.keys(fact)
        }
        for key, row in touched.items():
            self._before.setdefault(key, rows.get(key))
            rows[key] = row

    @override
    def _retell(self, facts: Sequence[Recorded], changes: Changes[Row]) -> None:
        rows: dict[str, Row | None] = {}
        for fact in facts:
            for key in self._projection.keys(fact):
                rows[key] = self._projection.apply(key, rows.get(key), fact)
        changes.gone = list(rows)
        changes.rows = [(key, row) for key, row in rows.items() if row is not None]

    @override
    def _finish(self, changes: Changes[Row]) -> None:
        for key, before in self._before.items():
            row = self._rows[key]
            if before is not None:
                changes.gone.append(key)
            if row is not None:
                changes.rows.append((key, row))
        _keep_latest(self._rows, self._before)
        self._before.clear()


class VersionedShelf(Shelf[Row], Generic[Row, Memory]):
    """Rows that change and stay: the version that holds of each, and its memory."""

    def __init__(
        self,
        table: RowTable[Row],
        slot: Slot,
        projection: Versioned[Row, Memory],
    ) -> None:
        """Fold `projection`."""
        super().__init__(table, slot)
        self._projection = projection
        self._seen = projection.seen
        self._latest: OrderedDict[str, Version[Row] | None] = OrderedDict()
        self._memories: dict[str, tuple[int, Memory]] = {}
        self._stored: dict[str, Version[Row] | None] = {}
        self._counted: set[str] = set()
        self._fresh: list[tuple[str, Version[Row]]] = []
        self._anew: dict[str, list[Version[Row]]] = {}

    @override
    def forget(self) -> None:
        self._latest.clear()
        self._memories.clear()
        self._stored.clear()
        self._counted.clear()
        self._fresh, self._anew = [], {}

    @override
    def _prepare(self, facts: Sequence[Recorded], fetch: Fetch) -> None:
        keys = dict.fromkeys(map(number_of, facts))
        missing = [key for key in keys if key not in self._latest]
        self._latest.update(dict.fromkeys(missing))
        for (key, from_at, known_from, told_at), row in fetch(self, missing):
            self._latest[key] = Version(row, from_at, known_from, told_at=told_at)

    @override
    def _take(self, fact: Recorded, facts: Facts) -> None:
        key = number_of(fact)
        before = self._memory_before(key, fact, facts)
        memory = self._projection.remember(before, fact)
        latest = self._latest.get(key)
        row = self._projection.apply(latest.row if latest else None, fact, memory)
        if row is not None and latest and memory is before and self._same(row, latest):
            self._count(key, latest, row, latest.told_at)
        elif row is not None:
            self._tell(key, fact, row, facts)
        self._memories[key] = (fact.version, memory)

    def _same(self, row: Row, latest: Version[Row]) -> bool:
        return self._seen(row) == self._seen(latest.row)

    def _count(self, key: str, latest: Version[Row], row: Row, at: datetime) -> None:
        """Take a fact that changes nothing but counters."""
        self._stored.setdefault(key, latest)
        latest.count(row, at)
        if latest is self._stored[key]:
            self._counted.add(key)

    def _tell(self, key: str, fact: Recorded, row: Row, facts: Facts) -> None:
        """Let `row` be the newest version, or all of them be told anew."""
        latest, at = self._latest.get(key), fact.event.stamp.at
        if latest and latest.is_late(at):
            known = facts.load(fact.stream, fact.version)
            versions = self._anew[key] = history(self._projection, known)
            self._stored.setdefault(key, latest)
            self._latest[key] = versions[-1]
            return
        if latest and self._same(row, latest):
            self._count(key, latest, row, at)
            return
        self._stored.setdefault(key, latest)
        if latest:
            latest.end(at, fact.position)
        version = self._latest[key] = Version(row, at, fact.position)
        if key in self._anew:
            self._anew[key].append(version)
        else:
            self._fresh.append((key, version))

    def _memory_before(self, key: str, fact: Recorded, facts: Facts) -> Memory | None:
        known = self._memories.get(key)
        if known and known[0] == fact.version - 1:
            return known[1]
        memory: Memory | None = None
        if fact.version > 1:
            for earlier in facts.load(fact.stream, fact.version - 1):
                memory = self._projection.remember(memory, earlier)
        return memory

    @override
    def _retell(self, facts: Sequence[Recorded], changes: Changes[Row]) -> None:
        streams: dict[str, list[Recorded]] = {}
        for fact in facts:
            streams.setdefault(number_of(fact), []).append(fact)
        for key, own in streams.items():
            versions = history(self._projection, own)
            changes.gone.append(key)
            changes.versions += [(key, version) for version in versions]
            if self._projection.words:
                changes.words[key] = self._searched(versions[-1] if versions else None)

    @override
    def _finish(self, changes: Changes[Row]) -> None:
        for key, before in self._stored.items():
            after = self._latest[key]
            if before and key not in self._anew:
                # One page may both go on counting and end what is stored.
                if key in self._counted:
                    changes.touched.append((key, before))
                if after is not before:
                    changes.ended.append((key, before))
            if after and self._searched(after) != self._searched(before):
                changes.words[key] = self._searched(after)
        changes.versions = [one for one in self._fresh if one[0] not in self._anew]
        for key, versions in self._anew.items():
            changes.gone.append(key)
            changes.versions += [(key, version) for version in versions]
        _keep_latest(self._latest, self._stored)
        for key in self._memories.keys() - self._latest.keys():
            del self._memories[key]
        self._stored, self._fresh, self._anew = {}, [], {}
        self._counted.clear()

    def _searched(self, version: Version[Row] | None) -> str:
        words = self._projection.words
        return words(version.row) if words and version else ""


def is_away(problem: Exception) -> bool:
    """Whether the database could not be asked; then no fact is to blame."""
    if isinstance(problem, Unavailable):
        return problem.code is not Code.UNREADABLE_FACT
    return isinstance(problem, DBAPIError)


def _readable(fact: Recorded | Unreadable) -> Recorded:
    if isinstance(fact, Unreadable):
        raise ValueError(fact.problem)  # noqa: TRY004 - it is of the right type
    return fact


def named(fact: Recorded | Unreadable, problem: str) -> str:
    """Name the fact that cannot be digested, and say why in one line."""
    topic = fact.topic if isinstance(fact, Unreadable) else fact.event.TOPIC
    return f"{fact.position} {fact.stream} {topic}: {problem}"


def _keep_latest(rows: "OrderedDict[str, Any]", used: Iterable[str]) -> None:
    """Keep what was used last, up to a limit."""
    for key in used:
        rows.move_to_end(key)
    while len(rows) > KEPT_ROWS:
        rows.popitem(last=False)
