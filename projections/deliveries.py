"""What became of every message: one row each, also for those that a person sees to."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryChannel,
    DeliveryEvent,
    DeliveryGivenUp,
    DeliveryRetried,
    DeliverySent,
    DeliverySettled,
    GiveUpReason,
)
from domain.messages import Recorded
from domain.values import Actor
from projections.fold import Fold

PREFIX = "delivery/"


class DeliveryState(StrEnum):
    """Where a message is; a letter lies printed and waits to be posted."""

    PENDING = "pending"
    LETTER = "letter"
    SENT = "sent"
    GIVEN_UP = "given_up"
    SETTLED = "settled"


NEEDS_A_PERSON = frozenset({DeliveryState.LETTER, DeliveryState.GIVEN_UP})
"""Messages that nobody but a person can bring to an end."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message; its `delivery` key and `batch` together are its name.

    `since` is when it got into its state, `until` the position of the last fact
    it tells; `answering` is whose task it is, where the facts say so.
    """

    delivery: str
    batch: int
    recipient: Actor
    state: DeliveryState
    channel: DeliveryChannel
    attempts: int
    notices: int
    until: int
    since: datetime
    reason: GiveUpReason | None
    answering: Actor | None
    position: int

    @property
    def key(self) -> str:
        """What people call the message on the command line."""
        return f"{self.delivery}/{self.batch}"


def keys(fact: Recorded) -> tuple[str, ...]:
    """Return the one message that the fact is about."""
    event = fact.event
    if isinstance(event, DeliveryEvent) and fact.stream.startswith(PREFIX):
        return (f"{fact.stream.removeprefix(PREFIX)}/{event.batch}",)
    return ()


def apply(key: str, row: DeliveryRow | None, fact: Recorded) -> DeliveryRow | None:
    """Return the message after one more fact."""
    event = fact.event
    if not isinstance(event, DeliveryEvent):
        return row
    if row is None:
        if isinstance(event, DeliveryAttempted):
            return _attempted(key, None, fact, event)
        return None
    now = replace(row, since=event.stamp.at, position=fact.position)
    match event:
        case DeliverySent():
            return replace(now, state=DeliveryState.SENT)
        case DeliveryGivenUp(reason=reason, answering=answering):
            return replace(
                now,
                state=DeliveryState.GIVEN_UP,
                reason=reason or GiveUpReason.UNREACHABLE,
                answering=answering,
            )
        case DeliveryRetried():
            return replace(
                now, state=DeliveryState.PENDING, reason=None, answering=None
            )
        case DeliverySettled():
            return replace(now, state=DeliveryState.SETTLED)
        case DeliveryAttempted():
            return _attempted(key, row, fact, event)


def _attempted(
    key: str, row: DeliveryRow | None, fact: Recorded, event: DeliveryAttempted
) -> DeliveryRow:
    channel = event.channel or DeliveryChannel.MAIL
    by_letter = channel is DeliveryChannel.LETTER
    state = DeliveryState.LETTER if by_letter else DeliveryState.PENDING
    goes_on = row is not None and row.state is state
    return DeliveryRow(
        delivery=key.rpartition("/")[0],
        batch=event.batch,
        recipient=event.recipient,
        state=state,
        channel=channel,
        attempts=event.attempt,
        notices=len(event.notices),
        until=event.until,
        since=row.since if row and goes_on else event.stamp.at,
        reason=None,
        answering=None,
        position=fact.position,
    )


DELIVERIES = Fold(
    name="deliveries_v1",
    row=DeliveryRow,
    reads=("delivery",),
    keys=keys,
    apply=apply,
    indexes=("delivery", "recipient", "state"),
)
