"""Who did what when: one row per fact, for auditors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.messages import Recorded
from domain.values import Actor
from projections.fold import Projection


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One fact as it is stored; `details` are its own fields.

    `at` is when it happened, `recorded_at` when the system learned of it.
    """

    position: int
    stream: str
    version: int
    topic: str
    by: Actor
    at: datetime
    recorded_at: datetime
    register: int
    event_id: UUID
    command_id: UUID
    details: dict[str, Any]


def apply(_: str, _row: AuditRow | None, fact: Recorded) -> AuditRow:
    """Return the row of one fact."""
    stamp = fact.event.stamp
    return AuditRow(
        position=fact.position,
        stream=fact.stream,
        version=fact.version,
        topic=fact.event.TOPIC,
        by=stamp.by,
        at=stamp.at,
        recorded_at=fact.recorded_at,
        register=fact.register,
        event_id=fact.event_id,
        command_id=stamp.command_id,
        details=_details(fact),
    )


def _details(fact: Recorded) -> dict[str, Any]:
    """Return the fact's own fields; an adopted register is too long to repeat."""
    return fact.event.model_dump(
        mode="json", exclude={"stamp", "rules"}, exclude_none=True
    )


AUDIT_TRAIL = Projection(
    name="audit_trail_v1",
    row=AuditRow,
    keys=lambda fact: (str(fact.position),),
    apply=apply,
    indexes=("stream", "at"),
    only_adds=True,
)
