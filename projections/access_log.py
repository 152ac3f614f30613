"""Who was shown which case: one row per reading and case.

Kept beside the log of readings alone, never among the cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.access import Looked, Purpose, WordsRead
from domain.messages import Recorded
from domain.values import Actor, Authority
from projections.fold import Journal, Lookup


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One stream of facts that was shown to somebody; `at` is aware."""

    position: int
    at: datetime
    by: Actor
    unit: Actor
    authority: Authority
    looked: Looked
    purpose: Purpose
    about: str


def lines(fact: Recorded) -> Iterator[tuple[str, AccessRow]]:
    """Yield a row for each case that one reading has shown."""
    event = fact.event
    if not isinstance(event, WordsRead):
        return
    by = event.stamp.by
    for nth, about in enumerate(event.about):
        yield (
            f"{fact.position}.{nth}",
            AccessRow(
                position=fact.position,
                at=event.stamp.at,
                by=by,
                unit=by.unit,
                authority=by.authority,
                looked=event.looked,
                purpose=event.purpose,
                about=about,
            ),
        )


ACCESS_LOG = Journal(
    name="access_log_v1",
    row=AccessRow,
    reads=("access",),
    lines=lines,
    indexes=(Lookup(("about", "at")), Lookup(("unit", "at")), "at"),
)
