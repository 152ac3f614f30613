"""What the police keep beside one case, folded when somebody of them looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.messages import Recorded
from domain.police.events import NoteKind, PoliceNoteAdded
from domain.police.state import Proposal, fold
from domain.values import Actor


@dataclass(frozen=True, slots=True)
class PoliceNote:
    """One note; `first` and `last` are the local days on which tactics hold."""

    nth: int
    by: Actor
    at: datetime
    kind: NoteKind
    text: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class PolicePage:
    """All notes, and all copies that were proposed for sharing, by number."""

    notes: tuple[PoliceNote, ...]
    proposals: tuple[tuple[int, Proposal], ...]
    version: int


def police_page(facts: Iterable[Recorded]) -> PolicePage:
    """Return the page after all `facts` beside one case, oldest first."""
    known = tuple(facts)
    return PolicePage(
        notes=tuple(
            _note(fact.event)
            for fact in known
            if isinstance(fact.event, PoliceNoteAdded)
        ),
        proposals=tuple(sorted(fold(known).proposals.items())),
        version=len(known),
    )


def _note(event: PoliceNoteAdded) -> PoliceNote:
    return PoliceNote(
        nth=event.nth,
        by=event.stamp.by,
        at=event.stamp.at,
        kind=event.kind,
        text=event.text,
        first=event.first,
        last=event.last,
    )
