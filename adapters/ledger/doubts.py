"""What can be wrong with a history, and where."""

from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Why something does not fit; stable, safe to build upon."""

    FACT_MISSING = "fact_missing"
    FACT_MISPLACED = "fact_misplaced"
    VERSION_GAP = "version_gap"
    ID_DIFFERS = "id_differs"
    COMMAND_BROKEN = "command_broken"
    FACT_UNREADABLE = "fact_unreadable"
    NOT_SEALED = "not_sealed"
    LEAF_DIFFERS = "leaf_differs"
    NODE_DIFFERS = "node_differs"
    ROOT_DIFFERS = "root_differs"
    FACTS_LOST = "facts_lost"
    LEDGER_UNREADABLE = "ledger_unreadable"
    CHECKPOINT_BROKEN = "checkpoint_broken"
    CHECKPOINT_NOT_SIGNED = "checkpoint_not_signed"
    NOT_WITNESSED = "not_witnessed"
    ERASURE_UNDONE = "erasure_undone"
    ERASURE_UNTOLD = "erasure_untold"
    RECEIPT_BROKEN = "receipt_broken"
    RECEIPT_DENIED = "receipt_denied"
    ROWS_DIFFER = "rows_differ"
    COMMAND_UNKNOWN = "command_unknown"
    RULES_BROKEN = "rules_broken"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that does not fit: why, at which fact, and which thing.

    `position` is that of the first fact it is about, 0 when it is about none; `what`
    names a stream and version, a size or a file, never what people wrote.
    """

    why: Why
    position: int
    what: str


@dataclass
class Doubts:
    """What does not fit: the first of each kind, and how many there are of it."""

    first: dict[Why, Doubt] = field(default_factory=dict)
    count: dict[Why, int] = field(default_factory=dict)

    def add(self, why: Why, position: int, what: object) -> None:
        """Remember one more."""
        self.first.setdefault(why, Doubt(why, position, str(what)))
        self.count[why] = self.count.get(why, 0) + 1

    @property
    def in_order(self) -> tuple[Doubt, ...]:
        """The first of each kind, in the order of the facts that they are about."""
        return tuple(sorted(self.first.values(), key=lambda doubt: doubt.position))
