"""The event store on PostgreSQL: several machines, one order of facts."""

import time
from typing import Any

from eventsourcing.persistence import PersistenceError
from psycopg import Connection, sql
from pydantic import SecretStr
from typing_extensions import override

from adapters.persistence import postgres_migrations
from adapters.persistence.event_store import (
    HEARTBEAT_S,
    FactStore,
    Sealing,
    storing,
)
from adapters.persistence.leases import Lease
from adapters.persistence.mapper import FactMapper
from adapters.persistence.postgres_engine import PostgresFacts
from adapters.persistence.postgres_leases import IS_TAKEN, PostgresLease, key_of
from adapters.persistence.postgres_recorder import (
    CHANNEL,
    EVENTS_TABLE,
    SCHEMA_NAME,
    PostgresFactRecorder,
)

REST_S = 0.1
LAST = f"SELECT max(notification_id) AS last FROM {EVENTS_TABLE}"


class PostgresEventStore(FactStore):
    """Facts in one PostgreSQL database; safe for several processes and machines."""

    schema_version = len(postgres_migrations.STEPS)
    hears = True

    def __init__(
        self,
        url: SecretStr,
        mapper: FactMapper | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """Use the database at `url`, which must have been migrated."""
        self._datastore = PostgresFacts(url, SCHEMA_NAME)
        super().__init__(PostgresFactRecorder(self._datastore), mapper, sealing)

    @override
    def close(self) -> None:
        self._datastore.close()

    @override
    def wait_for(self, position: int, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while self.last_position() < position:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            try:
                with self._datastore.get_connection() as connection:
                    self._listen(connection, position, min(HEARTBEAT_S, left))
            except PersistenceError:
                time.sleep(min(REST_S, left))
        return True

    @override
    def lease(self, reader: str) -> Lease:
        return PostgresLease(self._datastore.url, reader)

    @override
    def is_read(self, reader: str) -> bool:
        with storing():
            [(taken,)] = self._table.read(IS_TAKEN, (key_of(reader),))
        return bool(taken)

    def _listen(
        self,
        connection: Connection[dict[str, Any]],
        position: int,
        patience: float,
    ) -> None:
        """Listen first and look then, so that nothing falls between the two."""
        channel = sql.Identifier(CHANNEL)
        connection.execute(sql.SQL("LISTEN {}").format(channel))
        try:
            row = connection.execute(LAST).fetchone() or {}
            if (row.get("last") or 0) < position:
                for _ in connection.notifies(timeout=patience, stop_after=1):
                    pass
        finally:
            if not connection.closed:
                connection.execute(sql.SQL("UNLISTEN {}").format(channel))
