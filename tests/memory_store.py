"""A store of facts without a disk: the same promises at the same port."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.errors import Code, Conflict
from domain.finding.events import FindingMerged, FindingReferred, FindingReported
from domain.messages import Recorded, derived_id
from domain.ports import Decision, Receipt
from domain.values import FindingNumber, StreamId, WalkNumber


@dataclass
class MemoryStore:
    """Facts in a list; `receipts` remembers what each command led to."""

    facts: list[Recorded] = field(default_factory=list)
    receipts: dict[UUID, tuple[str, Receipt]] = field(default_factory=dict)

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first."""
        return tuple(fact for fact in self.facts if fact.stream == stream)

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        told = (FindingReported, FindingReferred)
        return _numbers(
            fact.stream
            for fact in self.facts
            if isinstance(fact.event, told) and fact.event.walk == walk
        )

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        return _numbers(
            fact.stream
            for fact in self.facts
            if isinstance(fact.event, FindingMerged) and fact.event.master == master
        )

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that is already stored.

        Raises: Conflict (command_reused) when the id stands for something else.
        """
        if command_id not in self.receipts:
            return None
        known, receipt = self.receipts[command_id]
        if known != asked:
            raise Conflict(Code.COMMAND_REUSED, stream=receipt.stream)
        return receipt

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Store all decisions or none and return their receipts.

        Raises: Conflict (stale_version) when a stream has moved on.
        """
        before = len(self.facts)
        try:
            return tuple(self._append(decision, now) for decision in decisions)
        except Conflict:
            del self.facts[before:]
            raise

    def _append(self, decision: Decision, now: datetime) -> Receipt:
        if decision.after != len(self.load(decision.stream)):
            raise Conflict(Code.STALE_VERSION, stream=decision.stream)
        for nth, event in enumerate(decision.events, start=1):
            self.facts.append(
                Recorded(
                    event=event,
                    stream=decision.stream,
                    version=decision.after + nth,
                    position=len(self.facts) + 1,
                    event_id=derived_id(decision.command_id, nth),
                    recorded_at=now,
                    register=decision.register,
                )
            )
        count = len(decision.events)
        receipt = Receipt(
            decision.stream, len(self.facts), decision.after + count, count
        )
        if count:
            self.receipts[decision.command_id] = (decision.asked, receipt)
        return receipt


def _numbers(streams: Iterable[StreamId]) -> tuple[FindingNumber, ...]:
    return tuple(dict.fromkeys(stream.partition("/")[2] for stream in streams))
