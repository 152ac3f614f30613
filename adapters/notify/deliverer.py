"""Sending what is waiting for one recipient, once.

The notices of a message are fixed by a fact before it is sent; a repetition is
the same message with the same id, and the history shows every attempt.
"""

from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from adapters.notify.mail import render
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    Delivery,
    GiveUpDelivery,
    fold,
)
from domain.delivery.events import DeliveryAttempted
from domain.errors import Code, Conflict
from domain.messages import Stamp, derived_id
from domain.values import CLOCK, Actor, StreamId
from projections.notices import NOTICES, NoticeRow
from workflows.delivery import DeliveryRequest


class Mailer(Protocol):
    """Where a message leaves the house."""

    def send(self, message: EmailMessage) -> None:
        """Send `message`, or raise."""
        ...


class Deliverer:
    """Turns waiting notices into one message, and remembers what became of it."""

    def __init__(self, system: Gadelys, mailer: Mailer) -> None:
        """Send for `system` through `mailer`."""
        self._system = system
        self._mailer = mailer

    def deliver(self, request: DeliveryRequest) -> int:
        """Send all that is waiting; return how many notices left."""
        sent = 0
        while (begun := self._begin(request.key, request)) is not None:
            sent += self._send(request.key, begun)
        return sent

    def _send(self, key: str, begun: DeliveryAttempted) -> int:
        message = self._message(key, begun)
        self._mailer.send(message)
        self._system.submit(
            ConfirmDelivery(
                stamp=self._stamp(key, begun.batch, "sent"),
                key=key,
                batch=begun.batch,
                message_id=str(message["Message-ID"]),
            )
        )
        return len(begun.notices)

    def give_up(self, request: DeliveryRequest) -> None:
        """Record that the pending message could not be sent."""
        key = request.key
        if pending := self._state(key)[0].pending:
            stamp = self._stamp(key, pending.batch, "given up")
            self._system.submit(
                GiveUpDelivery(stamp=stamp, key=key, batch=pending.batch)
            )

    def _begin(self, key: str, request: DeliveryRequest) -> DeliveryAttempted | None:
        """Fix by a fact what the next message tells; `None` if nothing waits."""
        while True:
            self._system.catch_up([NOTICES.name])
            state, version = self._state(key)
            waiting = [] if state.pending else self._waiting(request, state.until)
            command = BeginDelivery(
                stamp=Stamp(by=CLOCK, at=self._now(), command_id=uuid4()),
                key=key,
                recipient=Actor(request.recipient),
                until=max((row.position for row in waiting), default=0),
                notices=tuple(row.event_id for row in waiting),
            )
            try:
                self._system.submit(command, expected=version)
            except Conflict as conflict:
                # Another digest of this recipient was faster: look again, or a
                # notice would be told by both.
                if conflict.code is not Code.STALE_VERSION:
                    raise
                continue
            return self._state(key)[0].pending

    def _waiting(self, request: DeliveryRequest, after: int) -> list[NoticeRow]:
        table = self._system.rows.table(NOTICES)
        query = select(table).where(table.c.recipient == request.recipient)
        if request.event_id:
            alone = UUID(request.event_id)
            query = query.where(table.c.event_id == alone, table.c.position > after)
        else:
            query = query.where(~table.c.urgent, table.c.position > after)
        return self._rows(query)

    def _message(self, key: str, begun: DeliveryAttempted) -> EmailMessage:
        table = self._system.rows.table(NOTICES)
        wanted = select(table).where(
            table.c.recipient == str(begun.recipient),
            table.c.event_id.in_(begun.notices),
        )
        register = self._system.rules().register
        texts = Texts(self._system.settings.lang, register)
        identity = derived_id("message", key, begun.batch)
        return render(
            identity, begun, self._rows(wanted), self._system, texts, self._now()
        )

    def _rows(self, query: Select[tuple[object, ...]]) -> list[NoticeRow]:
        table = self._system.rows.table(NOTICES)
        return self._system.rows.rows(NOTICES, query.order_by(table.c.position))

    def _state(self, key: str) -> tuple[Delivery, int]:
        history = self._system.store.load(StreamId(f"delivery/{key}"))
        return fold(history) or Delivery(), len(history)

    def _stamp(self, key: str, batch: int, what: str) -> Stamp:
        command_id = derived_id("delivery", key, batch, what)
        return Stamp(by=CLOCK, at=self._now(), command_id=command_id)

    def _now(self) -> datetime:
        return self._system.now()
