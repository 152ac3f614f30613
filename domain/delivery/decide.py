"""One message at a time per stream: begin, then sent or given up.

A message that was begun is sent with exactly its notices, however often it
takes, so that a repetition is the same mail with the same id. One that was given
up waits for a person, who lets it be tried again or tells the recipient in
another way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

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
from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.messages import Command, Recorded
from domain.values import BOTH_AUTHORITIES, Actor, StreamId


class DeliveryCommand(Command):
    """Something asked of the messages of one stream.

    `key` is the recipient for digests, `event id/recipient` for what goes alone.
    """

    key: str

    @property
    def stream(self) -> StreamId:
        """The stream of these messages."""
        return StreamId(f"delivery/{self.key}")


class BeginDelivery(DeliveryCommand):
    """Begin a message with the notices up to position `until`."""

    NAME: ClassVar[str] = "begin_delivery"
    recipient: Actor
    until: int
    notices: tuple[UUID, ...]
    channel: DeliveryChannel | None = None


class ConfirmDelivery(DeliveryCommand):
    """Say that the message has left."""

    NAME: ClassVar[str] = "confirm_delivery"
    batch: int
    message_id: str


class GiveUpDelivery(DeliveryCommand):
    """Say that the message cannot be sent, and whose task that is."""

    NAME: ClassVar[str] = "give_up_delivery"
    batch: int
    reason: GiveUpReason | None = None
    answering: Actor | None = None


class RetryDelivery(DeliveryCommand):
    """Let a message that was given up be sent after all."""

    NAME: ClassVar[str] = "retry_delivery"
    batch: int


class SettleDelivery(DeliveryCommand):
    """Say how else the recipient was told of what could not be sent."""

    NAME: ClassVar[str] = "settle_delivery"
    batch: int
    reason: str


AnyDeliveryCommand = (
    BeginDelivery | ConfirmDelivery | GiveUpDelivery | RetryDelivery | SettleDelivery
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The memory of one recipient's messages.

    `until` is the position up to which every notice is in some message,
    `told_until` the highest one that reached the recipient; `pending` the message
    that was begun and not yet ended, tried `since`; `failed` those given up.
    """

    until: int = 0
    told_until: int = 0
    batch: int = 0
    pending: DeliveryAttempted | None = None
    since: datetime | None = None
    failed: tuple[DeliveryAttempted, ...] = ()

    @property
    def awaits_posting(self) -> bool:
        """Whether the message lies printed and waits for somebody to post it."""
        begun = self.pending
        return begun is not None and begun.channel is DeliveryChannel.LETTER

    def failed_batch(self, batch: int) -> DeliveryAttempted | None:
        """Return the message `batch` as it was last tried, if it was given up."""
        return next((begun for begun in self.failed if begun.batch == batch), None)


def decide(
    delivery: Delivery | None, command: AnyDeliveryCommand
) -> tuple[DeliveryEvent, ...]:
    """Return the facts that follow; none when there is nothing to send or end.

    Raises: NotFound (unknown_delivery), Refused (delivery_pending, text_missing)
        and NotAllowed (not_your_case) for what persons ask.
    """
    state = delivery or Delivery()
    match command:
        case BeginDelivery():
            return _begin(state, command)
        case ConfirmDelivery(batch=batch, message_id=message_id):
            if (begun := state.pending) is None or begun.batch != batch:
                return ()
            return (
                DeliverySent(
                    stamp=command.stamp,
                    recipient=begun.recipient,
                    batch=batch,
                    message_id=message_id,
                    notices=begun.notices,
                ),
            )
        case GiveUpDelivery(batch=batch):
            if (begun := state.pending) is None or begun.batch != batch:
                return ()
            return (
                DeliveryGivenUp(
                    stamp=command.stamp,
                    recipient=begun.recipient,
                    batch=batch,
                    notices=begun.notices,
                    reason=command.reason,
                    answering=command.answering,
                ),
            )
        case RetryDelivery():
            return _retry(state, command)
        case SettleDelivery():
            return _settle(state, command)


def _begin(state: Delivery, command: BeginDelivery) -> tuple[DeliveryEvent, ...]:
    if begun := state.pending:
        return (
            DeliveryAttempted(
                stamp=command.stamp,
                recipient=begun.recipient,
                batch=begun.batch,
                attempt=begun.attempt + 1,
                until=begun.until,
                notices=begun.notices,
                channel=command.channel,
            ),
        )
    if not command.notices or command.until <= state.until:
        return ()
    return (
        DeliveryAttempted(
            stamp=command.stamp,
            recipient=command.recipient,
            batch=state.batch + 1,
            attempt=1,
            until=command.until,
            notices=command.notices,
            channel=command.channel,
        ),
    )


def _retry(state: Delivery, command: RetryDelivery) -> tuple[DeliveryEvent, ...]:
    _by_staff(command)
    if (pending := state.pending) and pending.batch == command.batch:
        return ()
    if (failed := state.failed_batch(command.batch)) is None:
        raise NotFound(Code.UNKNOWN_DELIVERY, key=f"{command.key}/{command.batch}")
    if pending:
        raise Refused(Code.DELIVERY_PENDING, pending=f"{command.key}/{pending.batch}")
    return (
        DeliveryRetried(
            stamp=command.stamp,
            recipient=failed.recipient,
            batch=failed.batch,
            notices=failed.notices,
        ),
    )


def _settle(state: Delivery, command: SettleDelivery) -> tuple[DeliveryEvent, ...]:
    _by_staff(command)
    if not command.reason.strip():
        raise Refused(Code.TEXT_MISSING, field="reason")
    begun = state.failed_batch(command.batch)
    if begun is None and state.pending and state.pending.batch == command.batch:
        begun = state.pending
    if begun is None:
        raise NotFound(Code.UNKNOWN_DELIVERY, key=f"{command.key}/{command.batch}")
    return (
        DeliverySettled(
            stamp=command.stamp,
            recipient=begun.recipient,
            batch=begun.batch,
            notices=begun.notices,
            reason=command.reason,
        ),
    )


def _by_staff(command: RetryDelivery | SettleDelivery) -> None:
    if command.stamp.by.authority not in BOTH_AUTHORITIES:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=", ".join(BOTH_AUTHORITIES))


def fold(facts: Iterable[Recorded]) -> Delivery | None:
    """Return the memory after all `facts` of one stream, oldest first."""
    delivery = None
    for fact in facts:
        if isinstance(fact.event, DeliveryEvent):
            delivery = evolve(delivery, fact.event)
    return delivery


def evolve(state: Delivery | None, event: DeliveryEvent) -> Delivery:
    """Return the memory after one more fact; total."""
    delivery = state or Delivery()
    match event:
        case DeliveryAttempted():
            goes_on = delivery.pending and delivery.pending.batch == event.batch
            return replace(
                delivery,
                until=max(delivery.until, event.until),
                batch=max(delivery.batch, event.batch),
                pending=event,
                since=delivery.since if goes_on else event.stamp.at,
            )
        case DeliverySent() | DeliverySettled():
            return _told(delivery, event.batch)
        case DeliveryGivenUp():
            ended = _without(delivery, event.batch)
            failed = delivery.pending
            if failed is None or failed.batch != event.batch:
                return ended
            return replace(ended, failed=(*ended.failed, failed))
        case DeliveryRetried():
            again = delivery.failed_batch(event.batch)
            kept = _without(delivery, event.batch)
            return replace(kept, pending=again, since=event.stamp.at) if again else kept


def _told(delivery: Delivery, batch: int) -> Delivery:
    """Return the memory when `batch` has reached its recipient."""
    pending = delivery.pending
    begun = pending if pending and pending.batch == batch else None
    told = begun or delivery.failed_batch(batch)
    reached = max(delivery.told_until, told.until if told else 0)
    return replace(_without(delivery, batch), told_until=reached)


def _without(delivery: Delivery, batch: int) -> Delivery:
    """Return the memory without anything to do about `batch`."""
    pending = delivery.pending
    ends = pending is not None and pending.batch == batch
    return replace(
        delivery,
        pending=None if ends else pending,
        since=None if ends else delivery.since,
        failed=tuple(begun for begun in delivery.failed if begun.batch != batch),
    )
