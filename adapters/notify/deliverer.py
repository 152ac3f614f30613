"""Sending what is waiting for one recipient, once.

The notices of a message are fixed by a fact before it is sent; a repetition is
the same message with the same id, and the history shows every attempt.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Select, select

from adapters.notify.addresses import Destination, destination
from adapters.notify.failures import PermanentFailure
from adapters.notify.letters import Letters
from adapters.notify.mail import message_id, printed, render
from adapters.notify.smtp import Mailer
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
from domain.errors import Code, Conflict
from domain.messages import Stamp, derived_id
from domain.values import CLOCK, Actor, StreamId
from projections.notices import NOTICES, NoticeRow
from workflows.delivery import GIVE_UP_AFTER, DeliveryRequest

NEARLY = timedelta(hours=1)
"""How much earlier than promised a message may be given up: clocks differ."""

log = structlog.get_logger()


class Deliverer:
    """Turns waiting notices into one message, and remembers what became of it."""

    def __init__(self, system: Gadelys, mailer: Mailer) -> None:
        """Send for `system` through `mailer`."""
        self._system = system
        self._mailer = mailer
        self._letters = Letters(system.settings.letters)

    def deliver(self, request: DeliveryRequest) -> int:
        """Send all that is waiting; return how many notices left.

        A letter leaves when somebody has posted it: until then it lies ready, and
        what comes after it waits.
        """
        sent = 0
        while not self._lies_ready(request.key):
            to = destination(Actor(request.recipient), self._system)
            if (begun := self._begin(request, to)) is None:
                break
            sent += self._send(request.key, begun, to)
        return sent

    def give_up(self, request: DeliveryRequest) -> None:
        """Record that the pending message could not be sent for days.

        A digest's run may find that another one's message is pending by now;
        that one has not had its days yet.
        """
        state, _ = self._state(request.key)
        if (pending := state.pending) is None or state.awaits_posting:
            return
        alone = request.event_id is not None
        tried_for = self._now() - (state.since or self._now())
        if alone or tried_for >= GIVE_UP_AFTER - NEARLY:
            self._give_up(request.key, pending, GiveUpReason.UNREACHABLE)

    def _lies_ready(self, key: str) -> bool:
        """Whether a letter of this recipient waits to be posted."""
        state, _ = self._state(key)
        if (pending := state.pending) is None or not state.awaits_posting:
            return False
        to = destination(pending.recipient, self._system)
        if to is None:
            return False
        if self._letters.has(derived_id("message", key, pending.batch)):
            return True
        if not to.by_letter:
            return False
        self._print(key, pending, to)
        return True

    def _send(self, key: str, begun: DeliveryAttempted, to: Destination | None) -> int:
        if to is None:
            self._give_up(key, begun, GiveUpReason.NO_ADDRESS)
            return 0
        if to.by_letter:
            self._print(key, begun, to)
            return 0
        identity = derived_id("message", key, begun.batch)
        notices = self._notices(begun)
        message = render(identity, begun, notices, self._system, to, self._now())
        try:
            self._mailer.send(message)
        except PermanentFailure as failure:
            self._give_up(key, begun, failure.reason)
            return 0
        self._system.submit(
            ConfirmDelivery(
                stamp=self._stamp(key, begun, "sent"),
                key=key,
                batch=begun.batch,
                message_id=message_id(identity),
            )
        )
        return len(begun.notices)

    def _print(self, key: str, begun: DeliveryAttempted, to: Destination) -> None:
        """Write the letter; that it left, only a person can say."""
        page = printed(begun, self._notices(begun), self._system, to, self._now())
        self._letters.write(derived_id("message", key, begun.batch), page)

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
        self._letters.remove(derived_id("message", key, begun.batch))
        log.warning("delivery.given_up", batch=begun.batch, reason=str(reason))

    def _begin(
        self, request: DeliveryRequest, to: Destination | None
    ) -> DeliveryAttempted | None:
        """Fix by a fact what the next message tells; `None` if nothing waits."""
        key = request.key
        by_letter = to is not None and to.by_letter
        while True:
            self._system.catch_up([NOTICES.name])
            state, version = self._state(key)
            waiting = [] if state.pending else self._waiting(request, state.until)
            if not waiting and state.pending is None:
                return None
            command = BeginDelivery(
                stamp=Stamp(by=CLOCK, at=self._now(), command_id=uuid4()),
                key=key,
                recipient=Actor(request.recipient),
                until=max((row.position for row in waiting), default=0),
                notices=tuple(row.event_id for row in waiting),
                channel=DeliveryChannel.LETTER if by_letter else None,
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

    def _notices(self, begun: DeliveryAttempted) -> list[NoticeRow]:
        table = self._system.rows.table(NOTICES)
        wanted = select(table).where(
            table.c.recipient == str(begun.recipient),
            table.c.event_id.in_(begun.notices),
        )
        return self._rows(wanted)

    def _rows(self, query: Select[tuple[object, ...]]) -> list[NoticeRow]:
        table = self._system.rows.table(NOTICES)
        return self._system.rows.rows(NOTICES, query.order_by(table.c.position))

    def _state(self, key: str) -> tuple[Delivery, int]:
        history = self._system.store.load(StreamId(f"delivery/{key}"))
        return fold(history) or Delivery(), len(history)

    def _stamp(self, key: str, begun: DeliveryAttempted, what: str) -> Stamp:
        # A message that was given up and tried again can end a second time.
        command_id = derived_id("delivery", key, begun.batch, begun.attempt, what)
        return Stamp(by=CLOCK, at=self._now(), command_id=command_id)

    def _now(self) -> datetime:
        return self._system.now()
