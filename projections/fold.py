"""The shapes of a projection: which rows a fact touches, and what they become."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from domain.messages import Recorded

Row = TypeVar("Row")
Memory = TypeVar("Memory")


@dataclass(frozen=True, slots=True)
class Lookup:
    """Columns that people look things up by, in order; `where` names flags.

    Only rows in which all those flags are set can be found by it.
    """

    columns: tuple[str, ...]
    where: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Projection(Generic[Row]):
    """What all projections have in common.

    `name` ends in a version: another fold gets another name and is rebuilt from
    the first fact. `reads` are the kinds of streams that it listens to; none means
    all. `words` is the text by which a row is searched.
    """

    name: str
    row: type[Row]
    reads: tuple[str, ...] = ()
    indexes: tuple[str | Lookup, ...] = ()
    words: Callable[[Row], str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of a row, in order."""
        return tuple(self.row.__annotations__)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """All indexes in their long form."""
        return tuple(
            Lookup((one,)) if isinstance(one, str) else one for one in self.indexes
        )


@dataclass(frozen=True, kw_only=True)
class Fold(Projection[Row]):
    """Rows that change: `keys` names those that a fact touches.

    `apply` returns a row after one more fact, or `None` to remove it.
    """

    keys: Callable[[Recorded], tuple[str, ...]]
    apply: Callable[[str, Row | None, Recorded], Row | None]


@dataclass(frozen=True, kw_only=True)
class Journal(Projection[Row]):
    """Rows that are only added: `lines` are those of one fact, with their keys."""

    lines: Callable[[Recorded], Iterable[tuple[str, Row]]]


@dataclass(frozen=True, kw_only=True)
class Versioned(Projection[Row], Generic[Row, Memory]):
    """One row per stream, as it is and as it was at any moment.

    Its key is the number in the stream's name. `remember` is what the rules
    remember after one more fact; it is not stored, for the stream gives it back.
    `counters` are fields that go on without making another version.
    """

    remember: Callable[[Memory | None, Recorded], Memory]
    apply: Callable[[Row | None, Recorded, Memory], Row | None]
    counters: tuple[str, ...] = ()

    @cached_property
    def seen(self) -> Callable[[Row], tuple[Any, ...]]:
        """Return what somebody sees of a row: all but its counters."""
        shown = [name for name in self.columns if name not in self.counters]
        return attrgetter(*shown)

    def steps(
        self, facts: Iterable[Recorded]
    ) -> Iterator[tuple[Recorded, Row | None, bool]]:
        """Yield each of the `facts` of one stream, and the row after it.

        Also whether it has left the memory as it was: then nothing that follows
        depends on it, wherever it stands.
        """
        memory: Memory | None = None
        row: Row | None = None
        for fact in facts:
            before, memory = memory, self.remember(memory, fact)
            row = self.apply(row, fact, memory)
            yield fact, row, memory is before

    def folded(self, facts: Iterable[Recorded]) -> Row | None:
        """Return the row after all `facts` of one stream, oldest first."""
        row = None
        for _, row, _ in self.steps(facts):  # noqa: B007 - the last one counts
            pass
        return row


def number_of(fact: Recorded) -> str:
    """Return what people call the subject of a fact: its stream without the kind."""
    return fact.stream.partition("/")[2]


def own_stream(kind: str) -> Callable[[Recorded], tuple[str, ...]]:
    """Return a `keys` for one row per stream of `kind`, keyed by its number."""
    prefix = f"{kind}/"

    def keys(fact: Recorded) -> tuple[str, ...]:
        if fact.stream.startswith(prefix):
            return (fact.stream.removeprefix(prefix),)
        return ()

    return keys
