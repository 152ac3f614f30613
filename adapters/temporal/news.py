"""Whom news is waiting for: asked of the facts, whatever Temporal says."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, func, select

from adapters.system import Gadelys
from domain.delivery.decide import Delivery, fold
from domain.delivery.notices import digest_moment
from domain.values import Actor, Authority, StreamId
from projections.notices import NOTICES, NoticeRow
from workflows.digest import DigestRequest, DigestStart
from workflows.reactions import (
    DeliveryStart,
    digest_delivery,
    queue_of,
    urgent_deliveries,
)


class News:
    """Finds messages that have not left, and those whose morning has come."""

    def __init__(self, system: Gadelys) -> None:
        """Look in the facts of `system`."""
        self._system = system
        self._told: dict[Actor, int] = {}

    def is_over(self, start: DeliveryStart, position: int) -> bool:
        """Whether the news at `position` was told, given up, or lies as a letter."""
        state = self._state(start.request.key)
        is_pending = state.pending is not None and not state.awaits_posting
        return not is_pending and state.until >= position

    def urgent(self) -> Iterator[DeliveryStart]:
        """Return every urgent message that is not over."""
        self._system.catch_up([NOTICES.name])
        table = self._system.rows.table(NOTICES)
        register = self._system.rules().register
        for row in self._rows(select(table).where(table.c.urgent)):
            (fact,) = self._system.store.after(row.position - 1, 1)
            for start in urgent_deliveries(fact, register):
                mine = start.request.recipient == str(row.recipient)
                if mine and not self.is_over(start, row.position):
                    yield start

    def due_digests(self, authority: Authority | None = None) -> list[DeliveryStart]:
        """Return a message for everybody whose news has waited for its morning.

        Args:
            authority: only those to whom this authority writes.
        """
        self._system.catch_up([NOTICES.name])
        register, now = self._system.rules().register, self._system.now()
        starts = []
        for recipient, newest in self._newest().items():
            if authority and queue_of(recipient, register) != authority:
                continue
            if newest <= self._told.get(recipient, 0):
                continue
            since = self._waiting_since(recipient)
            if since and digest_moment(since, register) <= now:
                starts.append(digest_delivery(recipient, register))
        return starts

    def waiting(self, request: DigestRequest) -> tuple[DigestStart, ...]:
        """Return the round of one authority; nobody is written to on a day off."""
        calendar = self._system.rules().register.working_days
        if not calendar.is_working(calendar.local_day(self._system.now())):
            return ()
        return tuple(
            DigestStart(workflow_id=start.workflow_id, request=start.request)
            for start in self.due_digests(Authority(request.authority))
        )

    def _waiting_since(self, recipient: Actor) -> datetime | None:
        """Return when the oldest news for `recipient` came that is not told yet."""
        state = self._state(str(recipient))
        if state.awaits_posting:
            return None
        if state.pending is None:
            # Nobody goes back behind this: what is retried is started by its fact.
            self._told[recipient] = state.until
        table = self._system.rows.table(NOTICES)
        waiting = (
            select(table)
            .where(table.c.recipient == str(recipient), ~table.c.urgent)
            .order_by(table.c.position)
            .limit(1)
        )
        if begun := state.pending:
            waiting = waiting.where(table.c.event_id.in_(begun.notices))
        else:
            waiting = waiting.where(table.c.position > state.until)
        for row in self._rows(waiting):
            (fact,) = self._system.store.after(row.position - 1, 1)
            return fact.recorded_at
        return None

    def _newest(self) -> dict[Actor, int]:
        """Return everybody with news for a digest, and where the newest one stands."""
        table = self._system.rows.table(NOTICES)
        newest = (
            select(func.max(table.c.position))
            .where(~table.c.urgent)
            .group_by(table.c.recipient)
        )
        rows = self._rows(
            select(table).where(table.c.position.in_(newest), ~table.c.urgent)
        )
        found: dict[Actor, int] = {}
        for row in rows:
            found[row.recipient] = max(row.position, found.get(row.recipient, 0))
        return found

    def _state(self, key: str) -> Delivery:
        history = self._system.store.load(StreamId(f"delivery/{key}"))
        return fold(history) or Delivery()

    def _rows(self, query: Select[tuple[object, ...]]) -> list[NoticeRow]:
        return self._system.rows.rows(NOTICES, query)
