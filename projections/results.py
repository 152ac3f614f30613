"""Which result of a case a participant must hear of, and what they were sent.

Two kinds of lines about one contact; a report puts them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.delivery.events import DeliverySent, DeliverySettled
from domain.finding.events import (
    FindingDeclined,
    FindingMerged,
    FindingReferred,
    FixVerified,
)
from domain.messages import Recorded
from domain.values import Actor, Authority, FindingNumber
from projections.fold import Journal, Lookup, number_of

ENDS = (FixVerified, FindingDeclined, FindingMerged, FindingReferred)
"""The facts that tell a participant what came of it."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A contact must hear of a fact, or did; `number` is the case it is about.

    `notice` is the fact. Of what was sent the message does not say which case it is
    about, so `number` is open. `at` is when the fact, or the message, happened.
    """

    contact: Actor
    notice: UUID
    number: FindingNumber | None
    at: datetime
    position: int


def lines(fact: Recorded) -> Iterator[tuple[str, ResultLine]]:
    """Yield a line for each participant and each notice of the fact."""
    event, at = fact.event, fact.event.stamp.at
    if isinstance(event, DeliverySent | DeliverySettled):
        if event.recipient.authority is Authority.PARTICIPANT:
            for notice in dict.fromkeys(event.notices):
                line = ResultLine(event.recipient, notice, None, at, fact.position)
                yield f"{fact.position}/{notice}", line
    elif isinstance(event, ENDS):
        number = number_of(fact)
        for to in dict.fromkeys(event.tell):
            if to.authority is Authority.PARTICIPANT:
                line = ResultLine(to, fact.event_id, number, at, fact.position)
                yield f"{fact.position}/{to}", line


RESULTS = Journal(
    name="results_v1",
    row=ResultLine,
    reads=("finding", "delivery"),
    lines=lines,
    indexes=(Lookup(("contact", "position")),),
)
