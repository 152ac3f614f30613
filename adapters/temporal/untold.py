"""News that has reached nobody yet: what Temporal must know if it has forgotten.

Who was told what is in the facts. So deliveries can be started again from them,
and those that are over are left alone.
"""

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from adapters.system import Gadelys
from domain.delivery.decide import Delivery, fold
from domain.values import Actor, StreamId
from projections.notices import NOTICES, NoticeRow
from workflows.reactions import DeliveryStart, deliveries


class Untold:
    """Finds deliveries that are not over, whatever Temporal says."""

    def __init__(self, system: Gadelys) -> None:
        """Look in the facts of `system`."""
        self._system = system

    def is_over(self, start: DeliveryStart, position: int) -> bool:
        """Whether the news at `position` was told, or given up."""
        state = self._state(start.request.key)
        return state.pending is None and state.until >= position

    def starts(self) -> Iterator[DeliveryStart]:
        """Return a delivery for everybody whom news is waiting for."""
        self._system.catch_up([NOTICES.name])
        table = self._system.rows.table(NOTICES)
        for row in self._rows(select(table).where(table.c.urgent)):
            yield from self._start(row.recipient, row.position)
        for recipient in self._readers_of_digests():
            state = self._state(recipient)
            if begun := state.pending:
                yield from self._start(recipient, begun.until)
                continue
            waiting = select(table).where(
                table.c.recipient == str(recipient),
                ~table.c.urgent,
                table.c.position > state.until,
            )
            for row in self._rows(waiting.order_by(table.c.position).limit(1)):
                yield from self._start(recipient, row.position)

    def _readers_of_digests(self) -> list[Actor]:
        table = self._system.rows.table(NOTICES)
        newest = (
            select(func.max(table.c.position))
            .where(~table.c.urgent)
            .group_by(table.c.recipient)
        )
        rows = self._rows(
            select(table).where(table.c.position.in_(newest), ~table.c.urgent)
        )
        return list(dict.fromkeys(row.recipient for row in rows))

    def _start(self, recipient: Actor, position: int) -> Iterator[DeliveryStart]:
        (fact,) = self._system.store.after(position - 1, 1)
        register = self._system.rules().register
        for start in deliveries(fact, register):
            mine = start.request.recipient == str(recipient)
            if mine and not self.is_over(start, position):
                yield start

    def _state(self, key: str) -> Delivery:
        history = self._system.store.load(StreamId(f"delivery/{key}"))
        return fold(history) or Delivery()

    def _rows(self, query: Select[tuple[object, ...]]) -> list[NoticeRow]:
        return self._system.rows.rows(NOTICES, query)
