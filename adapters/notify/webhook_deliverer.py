"""Telling receivers of facts by webhook, once each, and what became of it.

One stream for each receiver and fact, so that a receiver that is away holds up
nothing but its own messages. Its key carries a fingerprint of the configuration:
a receiver that said it was closed down is left alone until that changes.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from uuid import uuid4

import structlog
from sqlalchemy import Table, select

from adapters.notify.failures import PermanentFailure
from adapters.notify.receivers import Receiver, by_name, read_receivers
from adapters.notify.webhooks import Webhook, envelope, source_of
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.delivery.answering import answering
from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    Delivery,
    GiveUpDelivery,
    fold,
)
from domain.delivery.events import DeliveryAttempted, DeliveryChannel, GiveUpReason
from domain.messages import Recorded, Stamp, derived_id
from domain.values import CLOCK, Authority, StreamId
from projections.deliveries import DELIVERIES, DeliveryState

log = structlog.get_logger()


def receivers(
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    senders: Collection[Authority] = tuple(Authority),
) -> tuple[Receiver, ...]:
    """Return the receivers of this installation; none without a file of them.

    Only the secrets of `senders` must be there.

    Raises: Refused (bad_file).
    """
    if settings.webhooks is None:
        return ()
    return read_receivers(
        settings.webhooks,
        environment,
        allow_private=settings.webhook_allow_private,
        senders=senders,
    )


class WebhookDeliverer:
    """Sends facts to receivers, and remembers what became of each."""

    def __init__(self, system: Gadelys, configured: Sequence[Receiver]) -> None:
        """Tell `configured` of the facts of `system`."""
        self._system = system
        self._receivers = configured
        self._webhook = Webhook(
            system.now, allow_private=system.settings.webhook_allow_private
        )

    def wanted(self, fact: Recorded) -> tuple[str, ...]:
        """Return the names of the receivers that must be told of `fact`."""
        return tuple(one.name for one in self._receivers if one.wants(fact))

    def queue(self, name: str) -> str:
        """Return whose worker tells receiver `name`: that of its authority."""
        receiver = by_name(self._receivers, name)
        authority = receiver.authority if receiver else Authority.MUNICIPALITY
        return str(authority)

    def pending(self) -> tuple[tuple[str, int], ...]:
        """Return receiver and position of everything that is still on its way."""
        table = self._caught_up()
        query = select(table).where(
            table.c.channel == DeliveryChannel.WEBHOOK.value,
            table.c.state == DeliveryState.PENDING.value,
        )
        prefixes = {_prefix(one): one.name for one in self._receivers}
        return tuple(
            (name, row.until)
            for row in self._system.rows.rows(DELIVERIES, query)
            for prefix, name in prefixes.items()
            if row.delivery.startswith(prefix)
        )

    def deliver(self, name: str, position: int) -> int:
        """Tell receiver `name` of the fact at `position`; return 1 if it left now.

        Raises: TemporaryFailure; the same message may be sent later.
        """
        found = self._found(name, position)
        if found is None or self._is_disabled(found[0]):
            return 0
        receiver, fact = found
        key = _key(receiver, fact)
        if (begun := self._begin(key, receiver, fact)) is None:
            return 0
        identity = derived_id("message", key, begun.batch)
        source = source_of(self._system.settings)
        try:
            self._webhook.send(receiver, identity, envelope(fact, source))
        except PermanentFailure as failure:
            self._give_up(key, begun, failure.reason)
            return 0
        self._system.submit(
            ConfirmDelivery(
                stamp=self._stamp(key, begun, "sent"),
                key=key,
                batch=begun.batch,
                message_id=str(identity),
            )
        )
        return 1

    def give_up(self, name: str, position: int) -> None:
        """Record that the receiver could not be told for days."""
        if found := self._found(name, position):
            key = _key(*found)
            if pending := self._state(key).pending:
                self._give_up(key, pending, GiveUpReason.UNREACHABLE)

    def _found(self, name: str, position: int) -> tuple[Receiver, Recorded] | None:
        receiver = by_name(self._receivers, name)
        facts = self._system.store.after(position - 1, 1)
        if receiver is None or not facts or not receiver.wants(facts[0]):
            return None
        return receiver, facts[0]

    def _is_disabled(self, receiver: Receiver) -> bool:
        """Whether the receiver has said, as it is configured now, that it is gone."""
        table = self._caught_up()
        query = select(table).where(
            table.c.delivery.startswith(_prefix(receiver), autoescape=True),
            table.c.state == DeliveryState.GIVEN_UP.value,
            table.c.reason == GiveUpReason.GONE.value,
        )
        return bool(self._system.rows.rows(DELIVERIES, query.limit(1)))

    def _begin(
        self, key: str, receiver: Receiver, fact: Recorded
    ) -> DeliveryAttempted | None:
        self._system.submit(
            BeginDelivery(
                stamp=Stamp(by=CLOCK, at=self._system.now(), command_id=uuid4()),
                key=key,
                recipient=receiver.actor,
                until=fact.position,
                notices=(fact.event_id,),
                channel=DeliveryChannel.WEBHOOK,
            )
        )
        return self._state(key).pending

    def _give_up(
        self, key: str, begun: DeliveryAttempted, reason: GiveUpReason
    ) -> None:
        register = self._system.rules().register
        self._system.submit(
            GiveUpDelivery(
                stamp=self._stamp(key, begun, "given up"),
                key=key,
                batch=begun.batch,
                reason=reason,
                answering=answering(begun.recipient, register),
            )
        )
        log.warning("webhook.given_up", receiver=begun.recipient, reason=str(reason))

    def _caught_up(self) -> Table:
        self._system.catch_up([DELIVERIES.name])
        return self._system.rows.table(DELIVERIES)

    def _state(self, key: str) -> Delivery:
        return fold(self._system.store.load(StreamId(f"delivery/{key}"))) or Delivery()

    def _stamp(self, key: str, begun: DeliveryAttempted, what: str) -> Stamp:
        command_id = derived_id("delivery", key, begun.batch, begun.attempt, what)
        return Stamp(by=CLOCK, at=self._system.now(), command_id=command_id)


def _prefix(receiver: Receiver) -> str:
    return f"webhook/{receiver.name}/{receiver.fingerprint}/"


def _key(receiver: Receiver, fact: Recorded) -> str:
    return f"{_prefix(receiver)}{fact.event_id}"
