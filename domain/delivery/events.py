"""What can have happened to the messages for one recipient."""

from typing import ClassVar
from uuid import UUID

from domain.messages import Event
from domain.values import Actor


class DeliveryAttempted(Event):
    """A message with these notices is about to be sent, for the `attempt`-th time.

    `batch` counts the messages of this stream; `until` is the position of the
    last fact that the message can know about.
    """

    TOPIC: ClassVar[str] = "delivery.attempted.v1"
    recipient: Actor
    batch: int
    attempt: int
    until: int
    notices: tuple[UUID, ...]


class DeliverySent(Event):
    """The message left for the recipient."""

    TOPIC: ClassVar[str] = "delivery.sent.v1"
    recipient: Actor
    batch: int
    message_id: str
    notices: tuple[UUID, ...]


class DeliveryGivenUp(Event):
    """It could not be sent for days; a person has to look."""

    TOPIC: ClassVar[str] = "delivery.given_up.v1"
    recipient: Actor
    batch: int
    notices: tuple[UUID, ...]


DeliveryEvent = DeliveryAttempted | DeliverySent | DeliveryGivenUp
