"""One message at a time per stream: begin, then sent or given up.

A message that was begun is sent with exactly its notices, however often it
takes, so that a repetition is the same mail with the same id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryEvent,
    DeliveryGivenUp,
    DeliverySent,
)
from domain.messages import Command, Recorded
from domain.values import Actor, StreamId


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


class ConfirmDelivery(DeliveryCommand):
    """Say that the message has left."""

    NAME: ClassVar[str] = "confirm_delivery"
    batch: int
    message_id: str


class GiveUpDelivery(DeliveryCommand):
    """Say that the message cannot be sent."""

    NAME: ClassVar[str] = "give_up_delivery"
    batch: int


AnyDeliveryCommand = BeginDelivery | ConfirmDelivery | GiveUpDelivery


@dataclass(frozen=True, slots=True)
class Delivery:
    """The memory of one recipient's messages.

    `until` is the position up to which every notice is in some message;
    `pending` the message that was begun and not yet ended.
    """

    until: int = 0
    batch: int = 0
    pending: DeliveryAttempted | None = None


def decide(
    delivery: Delivery | None, command: AnyDeliveryCommand
) -> tuple[DeliveryEvent, ...]:
    """Return the facts that follow; none when there is nothing to send or end."""
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
                ),
            )


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
        ),
    )


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
            return Delivery(until=event.until, batch=event.batch, pending=event)
        case DeliverySent() | DeliveryGivenUp():
            return replace(delivery, pending=None)
