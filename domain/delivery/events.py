"""What can have happened to the messages for one recipient."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.messages import Event
from domain.values import Actor, PersonalText


class DeliveryChannel(StrEnum):
    """How a message leaves the house."""

    MAIL = "mail"
    LETTER = "letter"
    WEBHOOK = "webhook"


class GiveUpReason(StrEnum):
    """Why a message cannot be sent."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    TOO_LONG = "too_long"
    GONE = "gone"
    BLOCKED = "blocked"


class DeliveryAttempted(Event):
    """A message with these notices is about to be sent, for the `attempt`-th time.

    `batch` counts the messages of this stream; `until` is the position of the
    last fact that the message can know about. Without a `channel` it is a mail.
    """

    TOPIC: ClassVar[str] = "delivery.attempted.v1"
    recipient: Actor
    batch: int
    attempt: int
    until: int
    notices: tuple[UUID, ...]
    channel: DeliveryChannel | None = None


class DeliverySent(Event):
    """The message left for the recipient."""

    TOPIC: ClassVar[str] = "delivery.sent.v1"
    recipient: Actor
    batch: int
    message_id: str
    notices: tuple[UUID, ...]


class DeliveryGivenUp(Event):
    """It cannot be sent, or could not for days; `answering` has to look."""

    TOPIC: ClassVar[str] = "delivery.given_up.v1"
    recipient: Actor
    batch: int
    notices: tuple[UUID, ...]
    reason: GiveUpReason | None = None
    answering: Actor | None = None


class DeliveryRetried(Event):
    """Somebody asked for one more try with a message that was given up."""

    TOPIC: ClassVar[str] = "delivery.retried.v1"
    recipient: Actor
    batch: int
    notices: tuple[UUID, ...]


class DeliverySettled(Event):
    """The recipient was told in another way, or need not be told any more."""

    TOPIC: ClassVar[str] = "delivery.settled.v1"
    recipient: Actor
    batch: int
    notices: tuple[UUID, ...]
    reason: PersonalText


DeliveryEvent = (
    DeliveryAttempted
    | DeliverySent
    | DeliveryGivenUp
    | DeliveryRetried
    | DeliverySettled
)
