"""The facts as they were before one of them: what the rules could look at then."""

from functools import lru_cache

from adapters.persistence.event_store import FactStore
from domain.finding.commands import stream_of
from domain.finding.events import FindingMerged
from domain.messages import Recorded
from domain.ports import Rules
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted
from domain.register.model import Register
from domain.roster.commands import ROSTER_STREAM
from domain.roster.state import Roster
from domain.roster.state import fold as fold_roster
from domain.values import FindingNumber, StreamId, WalkNumber

KEPT = 64
FINDING = "finding/"


class Past:
    """The facts of a store that lie before a position."""

    def __init__(
        self, store: FactStore, position: int, cases: FactStore | None = None
    ) -> None:
        """Show what lies before `position` in `store`.

        The `cases` that it is kept beside are shown as they are now: whatever points
        to one only asks whether it is there, and it never goes.
        """
        self._store = store
        self._position = position
        self._cases = cases

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first."""
        if self._cases and stream.startswith(FINDING):
            return self._cases.load(stream)
        known = self._store.load(stream)
        return tuple(fact for fact in known if fact.position < self._position)

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        found = self._store.findings_of(walk)
        return tuple(number for number in found if self.load(stream_of(number)))

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        found = self._store.duplicates_of(master)
        return tuple(number for number in found if self._is_merged(number))

    def _is_merged(self, number: FindingNumber) -> bool:
        facts = self.load(stream_of(number))
        return any(isinstance(fact.event, FindingMerged) for fact in facts)


class RulesThen:
    """The rules that were in force when a fact was decided."""

    def __init__(self, store: FactStore) -> None:
        """Look in `store`, once for all."""
        self._registers = [
            fact.event.rules
            for fact in store.load(REGISTER_STREAM)
            if isinstance(fact.event, RegisterAdopted)
        ]
        self._absences = store.load(ROSTER_STREAM)
        self._roster_of = lru_cache(KEPT)(self._roster)

    def at(self, fact: Recorded) -> Rules:
        """Return the rules that decided `fact`; the first register decided itself."""
        noted = sum(one.position < fact.position for one in self._absences)
        return Rules(fact.register, self._register(fact), self._roster_of(noted))

    def _register(self, fact: Recorded) -> Register:
        return self._registers[max(fact.register, 1) - 1]

    def _roster(self, noted: int) -> Roster:
        return fold_roster(self._absences[:noted])
