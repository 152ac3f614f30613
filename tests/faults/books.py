"""What was promised to writers, held against what lies in the store."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from adapters.persistence.event_store import FactStore
from domain.ports import Receipt
from tests.faults.work import command_of

PAGE = 2000

Asked = tuple[str, int]
"""Whose command, and which of them."""

Told = tuple[int, int, int]
"""Position, version and number of facts, as a receipt says them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One fact of a command, as the store gives it back."""

    position: int
    stream: str
    version: int
    topic: str


@dataclass
class Books:
    """Acknowledgements and facts, read on from where they ended last time.

    `gapless` says whether every position must be taken, as PostgreSQL promises.
    """

    store: FactStore
    acks: Path
    gapless: bool
    told: dict[Asked, set[Told | None]] = field(default_factory=dict)
    kept: dict[UUID, list[Kept]] = field(default_factory=lambda: defaultdict(list))
    position: int = 0
    misplaced: list[str] = field(default_factory=list)
    _new_told: set[Asked] = field(default_factory=set)
    _new_kept: set[UUID] = field(default_factory=set)
    _read_to: int = 0

    def read(self) -> None:
        """Take in what was acknowledged and stored since the last time."""
        self._new_told, self._new_kept = set(), set()
        for name, nth, receipt in self._new_lines():
            self.told.setdefault((name, nth), set()).add(receipt)
            self._new_told.add((name, nth))
        while page := self.store.after(self.position, PAGE):
            for fact in page:
                expected = self.position + 1
                if fact.position < expected or (
                    self.gapless and fact.position != expected
                ):
                    self.misplaced.append(f"{fact.position} after {self.position}")
                self.position = fact.position
                command_id = fact.event.stamp.command_id
                self._new_kept.add(command_id)
                self.kept[command_id].append(
                    Kept(fact.position, fact.stream, fact.version, fact.event.TOPIC)
                )

    def acknowledged_of(self, name: str) -> int:
        """Return how many of his own commands a writer has a receipt for."""
        nth = 0
        while (name, nth) in self.told:
            nth += 1
        return nth

    def lost(self, *, ever: bool = False) -> list[Asked]:
        """Return the commands of which somebody has a receipt that does not hold.

        Among those of the last reading, or among all there were.
        """
        return [
            asked
            for asked in (self.told if ever else self._new_told)
            if (found := self._receipt(asked)) is None
            or not self.told[asked] <= {None, found}
        ]

    def doubled(self, *, ever: bool = False) -> list[UUID]:
        """Return the commands that have facts twice, or not in one piece."""
        return [
            command_id
            for command_id in (self.kept if ever else self._new_kept)
            if not _in_one_piece(self.kept[command_id])
        ]

    def retried(self, asked: Asked, first: Receipt, second: Receipt) -> list[str]:
        """Return what is wrong with the answers to a command that was asked again."""
        self.read()
        found = self._receipt(asked)
        given = {
            (receipt.position, receipt.version, receipt.facts)
            for receipt in (first, second)
        }
        return [] if given == {found} else [f"{asked}: {given}, stored {found}"]

    def _receipt(self, asked: Asked) -> Told | None:
        """Return what a receipt must say, by what is stored."""
        facts = self.kept.get(command_of(*asked).stamp.command_id)
        if not facts:
            return None
        return facts[-1].position, facts[-1].version, len(facts)

    def _new_lines(self) -> Iterator[tuple[str, int, Told | None]]:
        if not self.acks.exists():
            return
        with self.acks.open("rb") as acks:
            acks.seek(self._read_to)
            lines = acks.read()
        self._read_to += len(lines)
        for line in lines.splitlines():
            name, nth, receipt = json.loads(line)
            yield name, nth, tuple(receipt) if receipt else None


def _in_one_piece(facts: Sequence[Kept]) -> bool:
    """Whether facts of different kinds lie side by side, in one stream."""
    first = facts[0]
    side_by_side = all(
        (fact.stream, fact.position - nth, fact.version - nth)
        == (first.stream, first.position, first.version)
        for nth, fact in enumerate(facts)
    )
    return side_by_side and len({fact.topic for fact in facts}) == len(facts)
