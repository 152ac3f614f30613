"""Moving facts from one store to another, byte for byte.

All of it is one transaction of the target, read back and compared before it is
committed: a copy that was interrupted or differs leaves nothing behind.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from adapters.persistence.event_store import FactStore, storing
from adapters.persistence.fact_table import Replica, StoredRow
from domain.errors import Code, Refused

PAGE = 500


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
            for part in (numbers, *texts, row.state):
                self._digest.update(len(part).to_bytes(8, "big"))
                self._digest.update(part)

    def total(self) -> Copied:
        """Return what was counted so far."""
        return Copied(self._facts, self.last, self._digest.hexdigest())


def copy(
    source: FactStore,
    target: FactStore,
    on_page: Callable[[int], None] = lambda _: None,
) -> Copied:
    """Copy every fact with its position, id and bytes; all or nothing.

    Args:
        source: is read page by page; nobody may write to it meanwhile.
        target: must be migrated and empty.
        on_page: is told the position after each page.

    Returns: what both stores now hold.

    Raises: Refused (target_not_empty, source_moved, copy_differs); then the target is
        as empty as it was.
    """
    with storing(), target.replica() as replica:
        if replica.rows(0, 1):
            raise Refused(Code.TARGET_NOT_EMPTY)
        sent = _send(source, replica, on_page)
        arrived = account_of(replica)
        if arrived != sent:
            raise Refused(Code.COPY_DIFFERS, sent=sent.facts, arrived=arrived.facts)
        if source.last_position() != sent.last:
            raise Refused(Code.SOURCE_MOVED)
    return sent


def account_of(store: FactStore | Replica) -> Copied:
    """Return what a store holds."""
    account = Account()
    while rows := store.rows(account.last, PAGE):
        account.add(rows)
    return account.total()


def _send(
    source: FactStore, replica: Replica, on_page: Callable[[int], None]
) -> Copied:
    account = Account()
    while rows := source.rows(account.last, PAGE):
        account.add(rows)
        replica.add(rows)
        on_page(account.last)
    return account.total()
