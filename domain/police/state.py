"""What the rules remember of what the police keep beside a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from domain.messages import Recorded
from domain.police.events import (
    PoliceEvent,
    PoliceNoteAdded,
    SharingApproved,
    SharingProposed,
)
from domain.values import Actor


@dataclass(frozen=True, slots=True)
class Proposal:
    """A copy that waits for a second person, or has been shared."""

    by: Actor
    at: datetime
    text: str
    is_approved: bool = False

    @property
    def content(self) -> str:
        """The digest of its words: who approves it says which ones they read."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PoliceFile:
    """The rules' memory of one case's file at the police; empty to begin with."""

    notes: int = 0
    proposals: Mapping[int, Proposal] = field(default_factory=dict)


def fold(facts: Iterable[Recorded]) -> PoliceFile:
    """Return the memory after all `facts` beside one case, oldest first."""
    memory = PoliceFile()
    for fact in facts:
        if isinstance(fact.event, PoliceEvent):
            memory = evolve(memory, fact.event)
    return memory


def evolve(memory: PoliceFile, event: PoliceEvent) -> PoliceFile:
    """Return the memory after one more fact; total."""
    match event:
        case PoliceNoteAdded(nth=nth):
            return replace(memory, notes=nth)
        case SharingProposed(stamp=stamp, nth=nth, text=text):
            return _with(memory, nth, Proposal(stamp.by, stamp.at, text))
        case SharingApproved(nth=nth) if nth in memory.proposals:
            proposal = replace(memory.proposals[nth], is_approved=True)
            return _with(memory, nth, proposal)
        case SharingApproved():
            return memory


def _with(memory: PoliceFile, nth: int, proposal: Proposal) -> PoliceFile:
    return replace(memory, proposals={**memory.proposals, nth: proposal})
