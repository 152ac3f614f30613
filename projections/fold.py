"""The shape of a projection: which rows a fact touches, and what they become."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.messages import Recorded

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Projection(Generic[Row]):
    """A pure fold.

    `name` ends in a version: another fold gets another name and is rebuilt from
    the first fact. `keys` names the rows a fact touches; `apply` returns a row
    after one more fact, or `None` to remove it. `indexes` are columns people
    filter by. `only_adds` says that a row is never touched by a second fact.
    """

    name: str
    row: type[Row]
    keys: Callable[[Recorded], tuple[str, ...]]
    apply: Callable[[str, Row | None, Recorded], Row | None]
    indexes: tuple[str, ...] = ()
    only_adds: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of a row, in order."""
        return tuple(self.row.__annotations__)


def folded(
    projection: Projection[Row], key: str, facts: Iterable[Recorded]
) -> Row | None:
    """Return one row after all `facts`, oldest first."""
    row = None
    for fact in facts:
        if key in projection.keys(fact):
            row = projection.apply(key, row, fact)
    return row


def own_stream(kind: str) -> Callable[[Recorded], tuple[str, ...]]:
    """Return a `keys` for one row per stream of `kind`, keyed by its number."""
    prefix = f"{kind}/"

    def keys(fact: Recorded) -> tuple[str, ...]:
        if fact.stream.startswith(prefix):
            return (fact.stream.removeprefix(prefix),)
        return ()

    return keys
