"""A lease on PostgreSQL: an advisory lock that lives as long as one connection.

The server frees it when the connection ends. It asks a silent machine every second
whether it is still there, and so does the holder: either side knows within 5 s that
the other is gone.

Source: ADR 0020.
"""

from contextlib import suppress
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from adapters.persistence.postgres_engine import unavailable

GONE_AFTER_MS = 4000
HOLDER = {
    "connect_timeout": 2,
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": GONE_AFTER_MS,
}
"""How the holder notices that the server is gone."""

SERVER = (
    "SELECT set_config('tcp_keepalives_idle', '1', false), "
    "set_config('tcp_keepalives_interval', '1', false), "
    "set_config('tcp_keepalives_count', '3', false), "
    "set_config('tcp_user_timeout', %s, false), "
    "set_config('idle_session_timeout', '0', false)"
)
"""How the server notices that the holder is gone."""

IS_TAKEN = (
    "SELECT EXISTS (SELECT FROM pg_locks "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (classid::bigint << 32) | objid::bigint = ?)"
)


def key_of(reader: str) -> int:
    """Return the number of the lock of `reader`; a lock belongs to one database."""
    digest = sha256(f"gadelys lease {reader}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class PostgresLease:
    """An advisory lock on a connection of its own."""

    def __init__(self, url: SecretStr, reader: str) -> None:
        """Be `reader` of the database at `url`; connects when first asked."""
        self._url = url
        self._key = key_of(reader)
        self._connection: Connection[tuple[Any, ...]] | None = None
        self._is_ours = False

    def held(self) -> bool:
        """Take it if it is free; return whether it is ours now.

        Raises: Unavailable (store_unavailable).
        """
        was_connected = self._connection is not None
        try:
            self._is_ours = self._asked()
        except psycopg.Error as problem:
            self._close()
            if was_connected:
                return self.held()
            raise unavailable(problem, self._url) from None
        return self._is_ours

    def release(self) -> None:
        """Let another have it."""
        if self._connection and self._is_ours:
            with suppress(psycopg.Error):  # what is lost is free already
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (self._key,))
        self._close()

    def _close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection, self._is_ours = None, False

    def _asked(self) -> bool:
        if self._connection is None:
            url = make_conninfo(self._url.get_secret_value(), **HOLDER)
            self._connection = psycopg.connect(url, autocommit=True)
            self._connection.execute(SERVER, (str(GONE_AFTER_MS),))
        if self._is_ours:
            # Any answer will do: a lock ends only with its connection.
            return self._connection.execute("SELECT 1").fetchone() is not None
        taken = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s)", (self._key,)
        )
        return taken.fetchone() == (True,)
