"""Who must hear of what: one row per fact and recipient, for digests and mails."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.delivery.notices import notices
from domain.messages import Recorded
from domain.values import Actor, StreamId
from projections.fold import Journal, Lookup, number_of

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


def lines(fact: Recorded) -> Iterator[tuple[str, NoticeRow]]:
    """Yield one row per recipient."""
    recipients = notices(fact)
    if not recipients:
        return
    details = fact.event.model_dump(mode="json", include=DETAILS, exclude_none=True)
    for notice in recipients:
        yield (
            f"{fact.position}/{notice.recipient}",
            NoticeRow(
                position=fact.position,
                recipient=notice.recipient,
                urgent=notice.urgent,
                event_id=fact.event_id,
                stream=fact.stream,
                version=fact.version,
                number=number_of(fact),
                topic=fact.event.TOPIC,
                at=fact.event.stamp.at,
                details=details,
            ),
        )


NOTICES = Journal(
    name="notices_v2",
    row=NoticeRow,
    lines=lines,
    indexes=(Lookup(("recipient", "position")), "position", "event_id"),
)
