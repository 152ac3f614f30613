"""Moving facts from one store to another, byte for byte.

All of it is one transaction of the target, read back and compared before it is
committed: a copy that was interrupted or differs leaves nothing behind.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from adapters.persistence.event_store import FactStore, storing
from adapters.persistence.fact_table import Replica, StoredRow
from domain.errors import Code, Refused

PAGE = 500


class Source(Protocol):
    """Where facts are read as they lie there."""

    def rows(self, position: int, limit: int) -> Sequence[StoredRow]:
        """Return up to `limit` facts after `position`."""
        ...

    def last_position(self) -> int:
        """Return the position of the newest fact; 0 when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Copied:
    """How many facts there are, the newest position, and a digest over all bytes."""

    facts: int
    last: int
    digest: str


class Account:
    """Counts rows and digests them, in the order in which they come."""

    def __init__(self) -> None:
        self._facts = 0
        self._digest = sha256()
        self.last = 0

    def add(self, rows: Iterable[StoredRow]) -> None:
        """Add rows; every part has its length before it, so that none can shift."""
        for row in rows:
            self._facts += 1
            self.last = row.position
            numbers = f"{row.position} {row.version}".encode()
            texts = (row.stream.encode(), row.topic.encode(), row.event_id.encode())
            seal = (row.seal,) if row.seal else ()
            for part in (numbers, *texts, row.state, *seal):
                self._digest.update(len(part).to_bytes(8, "big"))
                self._digest.update(part)

    def total(self) -> Copied:
        """Return what was counted so far."""
        return Copied(self._facts, self.last, self._digest.hexdigest())


def copy(
    source: Source,
    target: FactStore,
    on_page: Callable[[int], None] = lambda _: None,
    *,
    up_to: int | None = None,
) -> Copied:
    """Copy every fact with its position, id and bytes; all or nothing.

    Args:
        source: is read page by page; nobody may write to it meanwhile, unless
            `up_to` is given.
        target: must be migrated and empty.
        on_page: is told the position after each page.
        up_to: the last position to be copied. Facts come in order of position and
            are never changed, so what is before it cannot move any more.

    Returns: what both stores now hold.

    Raises: Refused (target_not_empty, source_moved, copy_differs); then the target is
        as empty as it was.
    """
    with storing(), target.replica() as replica:
        if replica.rows(0, 1):
            raise Refused(Code.TARGET_NOT_EMPTY)
        sent = _send(source, replica, on_page, up_to)
        arrived = account_of(replica)
        if arrived != sent:
            raise Refused(Code.COPY_DIFFERS, sent=sent.facts, arrived=arrived.facts)
        if up_to is None and source.last_position() != sent.last:
            raise Refused(Code.SOURCE_MOVED)
    return sent


def account_of(store: Source | Replica, up_to: int | None = None) -> Copied:
    """Return what a store holds, all of it or up to one position."""
    account = Account()
    while rows := _wanted(store.rows(account.last, PAGE), up_to):
        account.add(rows)
    return account.total()


def _send(
    source: Source,
    replica: Replica,
    on_page: Callable[[int], None],
    up_to: int | None,
) -> Copied:
    account = Account()
    while rows := _wanted(source.rows(account.last, PAGE), up_to):
        account.add(rows)
        replica.add(rows)
        on_page(account.last)
    return account.total()


def _wanted(rows: Sequence[StoredRow], up_to: int | None) -> Sequence[StoredRow]:
    if up_to is None:
        return rows
    return [row for row in rows if row.position <= up_to]
