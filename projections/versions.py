"""Rows as they were: which one held, by when things happened or were known.

A version holds from a moment and from a position on. The next fact ends it, on
whichever of the two axes one asks: it still holds for who asks for an earlier
moment, and for who knows fewer facts. A fact that happened before the last one
(a paper form typed in late) rewrites the past of its stream: what was known before
is superseded from its position on, and the pieces are told anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic

from domain.messages import Recorded
from projections.fold import Memory, Row, Versioned

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of what has not ended."""

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
"""The moment of no fact at all."""

UNKNOWN = 2**53
"""The position of a fact that nobody has told yet."""

OPEN_END = 99
"""The span of what has not ended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For which past: what had happened by `happened`, of what was known by `known`.

    Neither means now. `happened` is an aware moment, `known` a position.
    """

    happened: datetime | None = None
    known: int | None = None

    @property
    def is_now(self) -> bool:
        """Whether the present is asked for."""
        return self.happened is None and self.known is None


@dataclass(slots=True)
class Version(Generic[Row]):
    """One row and where it holds.

    It holds for a moment T and a position P when `from_at` ≤ T and `known_from` ≤ P
    < `superseded`, and T < `until_at` or P < `known_until`. `told_at` is the moment
    of the latest fact that it knows of, also of one that changed nothing to be seen.
    """

    row: Row
    from_at: datetime
    known_from: int
    until_at: datetime = NEVER
    known_until: int = UNKNOWN
    superseded: int = UNKNOWN
    told_at: datetime = BEFORE_ALL

    def __post_init__(self) -> None:
        """Know at least of the fact that it begins with."""
        self.told_at = max(self.told_at, self.from_at)

    def is_late(self, at: datetime) -> bool:
        """Whether a fact of this moment comes after one that happened later."""
        return at < self.told_at

    def count(self, row: Row, at: datetime) -> None:
        """Take a fact that changes nothing but counters."""
        self.row, self.told_at = row, max(self.told_at, at)

    @property
    def is_current(self) -> bool:
        """Whether it is what holds now."""
        return self.until_at == NEVER and self.superseded == UNKNOWN

    @property
    def happened_span(self) -> int:
        """How long it held: less than 2 to this power days."""
        return span_of_days(self.from_at, self.until_at)

    @property
    def known_span(self) -> int:
        """For how many positions it was known: less than 2 to this power."""
        return span_of_positions(
            self.known_from, min(self.known_until, self.superseded)
        )

    def end(self, at: datetime, position: int) -> None:
        """Let the fact at `position`, which happened `at`, be the next one."""
        self.until_at, self.known_until = at, position

    def holds(self, asked: Asked) -> bool:
        """Whether this is the version that `asked` is for."""
        at = asked.happened or NEVER
        position = UNKNOWN - 1 if asked.known is None else asked.known
        return (
            self.from_at <= at
            and self.known_from <= position < self.superseded
            and (at < self.until_at or position < self.known_until)
        )


def span_of_days(begin: datetime, end: datetime) -> int:
    """Return the class of a stretch of time; `OPEN_END` when it has no end."""
    return OPEN_END if end == NEVER else (end - begin).days.bit_length()


def span_of_positions(begin: int, end: int) -> int:
    """Return the class of a stretch of positions; `OPEN_END` when it has no end."""
    return OPEN_END if end == UNKNOWN else (end - begin).bit_length()


def shows_the_same(
    projection: Versioned[Row, Memory], row: Row, version: Version[Row]
) -> bool:
    """Whether people see the same in `row` as in a version before it."""
    return projection.seen(row) == projection.seen(version.row)


def history(
    projection: Versioned[Row, Memory], facts: Sequence[Recorded]
) -> list[Version[Row]]:
    """Return every version that one stream has ever had; the current one is last.

    A fact that changes neither the memory nor what people see, a note for one, is
    never late. Any other late one costs a fold for each moment of its stream.

    Args:
        projection: whose rows.
        facts: all facts of the stream, in the order in which they were recorded.
    """
    superseded: list[Version[Row]] = []
    known: list[Version[Row]] = []
    steps = enumerate(projection.steps(facts), start=1)
    for nth, (fact, row, is_forgotten) in steps:
        at, position = fact.event.stamp.at, fact.position
        if row is None:
            continue
        if known and is_forgotten and shows_the_same(projection, row, known[-1]):
            known[-1].row = row
        elif known and known[-1].is_late(at):
            for version in known:
                version.superseded = position
            superseded += known
            known = _as_it_happened(projection, facts[:nth])
        elif known and shows_the_same(projection, row, known[-1]):
            known[-1].count(row, at)
        else:
            if known:
                known[-1].end(at, position)
            known.append(Version(row, at, position))
    return superseded + known


def _as_it_happened(
    projection: Versioned[Row, Memory], facts: Sequence[Recorded]
) -> list[Version[Row]]:
    """Return the past as it is known from the last of `facts` on."""
    position = facts[-1].position
    versions: list[Version[Row]] = []
    for at in sorted({fact.event.stamp.at for fact in facts}):
        row = projection.folded(fact for fact in facts if fact.event.stamp.at <= at)
        if row is None:
            continue
        if versions and shows_the_same(projection, row, versions[-1]):
            versions[-1].count(row, at)
            continue
        if versions:
            versions[-1].end(at, position)
        versions.append(Version(row, at, position))
    return versions
