"""Who did what when: one row per fact, for auditors.

What a fact says is not repeated here: it is read from the fact itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.messages import Recorded
from domain.values import Actor, StreamId
from projections.fold import Journal


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One fact as it is stored.

    `at` is when it happened, `recorded_at` when the system learned of it.
    """

    position: int
    stream: StreamId
    version: int
    topic: str
    by: Actor
    at: datetime
    recorded_at: datetime


def lines(fact: Recorded) -> Iterator[tuple[str, AuditRow]]:
    """Yield the row of one fact."""
    stamp = fact.event.stamp
    yield (
        str(fact.position),
        AuditRow(
            position=fact.position,
            stream=fact.stream,
            version=fact.version,
            topic=fact.event.TOPIC,
            by=stamp.by,
            at=stamp.at,
            recorded_at=fact.recorded_at,
        ),
    )


AUDIT_TRAIL = Journal(
    name="audit_trail_v2",
    row=AuditRow,
    lines=lines,
    indexes=("position", "recorded_at", "at"),
)
