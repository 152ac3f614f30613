"""Deciding many commands before any of them is stored.

An import checks a whole file against the rules first: one bad entry, and
nothing is kept. What was decided is then appended in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import Code, Conflict
from domain.finding.events import FindingMerged, FindingReferred, FindingReported
from domain.messages import Recorded, derived_id
from domain.ports import Decision, EventStore, Receipt, Rules, RulesInForce
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted
from domain.roster.commands import ROSTER_STREAM
from domain.roster.state import fold as fold_roster
from domain.values import FindingNumber, StreamId, WalkNumber


class Rehearsal:
    """A store that shows another store's facts and keeps new ones to itself."""

    def __init__(self, store: EventStore) -> None:
        """Rehearse on top of `store`, which is only read."""
        self._store = store
        self._streams: dict[StreamId, tuple[Recorded, ...]] = {}
        self.decisions: list[Decision] = []

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return stored and rehearsed facts of one stream, oldest first."""
        if stream not in self._streams:
            self._streams[stream] = self._store.load(stream)
        return self._streams[stream]

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return stored and rehearsed findings of a walk, in order."""
        told = (FindingReported, FindingReferred)
        new = [
            decision.stream
            for decision in self.decisions
            for event in decision.events
            if isinstance(event, told) and event.walk == walk
        ]
        return _with_new(self._store.findings_of(walk), new)

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return stored and rehearsed duplicates of a finding, in order."""
        new = [
            decision.stream
            for decision in self.decisions
            for event in decision.events
            if isinstance(event, FindingMerged) and event.master == master
        ]
        return _with_new(self._store.duplicates_of(master), new)

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that is really stored."""
        return self._store.receipt_of(command_id, asked)

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Keep the decisions; positions in the receipts are 0, nothing is stored."""
        return tuple(self._kept(decision, now) for decision in decisions)

    def _kept(self, decision: Decision, now: datetime) -> Receipt:
        history = self.load(decision.stream)
        if decision.after != len(history):
            raise Conflict(Code.STALE_VERSION, stream=decision.stream)
        self.decisions.append(decision)
        new = tuple(
            Recorded(
                event=event,
                stream=decision.stream,
                version=decision.after + nth,
                position=0,
                event_id=derived_id(decision.command_id, nth),
                recorded_at=now,
                register=decision.register,
            )
            for nth, event in enumerate(decision.events, start=1)
        )
        self._streams[decision.stream] = history + new
        return Receipt(decision.stream, 0, len(history) + len(new), len(new))


class RehearsedRules:
    """The rules in force as the rehearsed facts leave them."""

    def __init__(self, rules: RulesInForce, rehearsal: Rehearsal) -> None:
        """Start from `rules`; what `rehearsal` adopts or notes comes on top."""
        self._rules = rules
        self._rehearsal = rehearsal

    def __call__(self) -> Rules:
        """Return the rules in force now.

        Raises: NotFound (no_register) before the first adoption.
        """
        adoptions = self._rehearsal.load(REGISTER_STREAM)
        register = self._rules().register
        for fact in adoptions[-1:]:
            if isinstance(fact.event, RegisterAdopted):
                register = fact.event.rules
        roster = fold_roster(self._rehearsal.load(ROSTER_STREAM))
        return Rules(len(adoptions), register, roster)


def _with_new(
    known: tuple[FindingNumber, ...], new: Sequence[StreamId]
) -> tuple[FindingNumber, ...]:
    numbers = (stream.partition("/")[2] for stream in new)
    return tuple(dict.fromkeys((*known, *numbers)))
