"""What the domain needs from the world."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.messages import Event, Recorded
from domain.register.model import Register
from domain.roster.state import Roster
from domain.values import FindingNumber, StreamId, WalkNumber


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a store has signed of one fact: its leaf in the ledger, and the seal.

    Both in base64. Whoever keeps them can show later that the fact was stored.
    """

    leaf: str
    seal: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a command is stored: last position and version it led to.

    `facts` is how many facts it led to; 0 means that nothing was left to do.
    `sealed` is what was signed of each of them, oldest first; nothing where the
    store has no key.
    """

    stream: StreamId
    position: int
    version: int
    facts: int
    sealed: tuple[Sealed, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The facts of one command, ready to be stored after version `after`.

    `asked` is a digest of what was asked: the same command id with another
    digest is a conflict. `register` is the version of the rules that decided.
    """

    stream: StreamId
    after: int
    command_id: UUID
    asked: str
    register: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The register in force with its version, and who is away."""

    version: int
    register: Register
    roster: Roster = field(default_factory=Roster)


class RulesInForce(Protocol):
    """Where the register in force is found."""

    def __call__(self) -> Rules:
        """Return the rules in force now.

        Raises: NotFound (no_register) before the first adoption.
        """
        ...


class KnownFacts(Protocol):
    """Facts that rules may look at: those of a store, or as they once were."""

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first."""
        ...

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        ...

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        ...


class EventStore(KnownFacts, Protocol):
    """Facts in order: loaded by stream, appended whole or not at all."""

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that is already stored.

        Raises: Conflict (command_reused) when the id stands for something else.
        """
        ...

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Store all decisions in one transaction and return their receipts.

        Raises: Conflict (stale_version) when a stream has moved on.
        """
        ...
