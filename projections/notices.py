"""Who must hear of what: one row per fact and recipient, for digests and mails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.delivery.notices import notices
from domain.messages import Recorded
from domain.values import Actor, StreamId
from projections.fold import Projection

DETAILS = {
    # of a finding
    *("occasions", "level", "run", "answer_due", "due", "master"),
    # of a walk
    *("clock", "kind", "on", "walk_on", "follow_up_on", "accepted", "publication"),
    # of a publication
    *("draft", "approve_by"),
    # of a round
    "period",
    # of the roster
    *("absent", "first", "last", "stands_in"),
}
"""What a message says of a fact: numbers, codes, days and roles; never a text."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One recipient has to hear of one fact; urgent ones go out alone.

    `stream` and `version` say which fact about what; `number` is what people call
    the case, the walk or the publication.
    """

    position: int
    recipient: Actor
    urgent: bool
    event_id: UUID
    stream: StreamId
    version: int
    number: str
    topic: str
    at: datetime
    details: dict[str, Any]


def keys(fact: Recorded) -> tuple[str, ...]:
    """Return one key per recipient."""
    return tuple(f"{fact.position}/{notice.recipient}" for notice in notices(fact))


def apply(key: str, _: NoticeRow | None, fact: Recorded) -> NoticeRow | None:
    """Return the row for the recipient that `key` names."""
    recipient = key.partition("/")[2]
    for notice in notices(fact):
        if notice.recipient == recipient:
            return NoticeRow(
                position=fact.position,
                recipient=notice.recipient,
                urgent=notice.urgent,
                event_id=fact.event_id,
                stream=fact.stream,
                version=fact.version,
                number=fact.stream.partition("/")[2],
                topic=fact.event.TOPIC,
                at=fact.event.stamp.at,
                details=fact.event.model_dump(
                    mode="json", include=DETAILS, exclude_none=True
                ),
            )
    return None


NOTICES = Projection(
    name="notices_v2",
    row=NoticeRow,
    keys=keys,
    apply=apply,
    indexes=("recipient", "position", "event_id"),
    only_adds=True,
)
