"""How we speak with PostgreSQL: addresses that keep their password, connections.

Passwords stand in settings only as secrets; nothing here puts them into a message.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import eventsourcing.postgres as library
import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from pydantic import SecretStr
from typing_extensions import override

from adapters.errors import Unavailable
from domain.errors import Code

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_S = 10
IDLE_IN_TRANSACTION_S = 60
POOL_SIZE = 10

SESSION = (
    "SELECT set_config('lock_timeout', %s, false), "
    "set_config('idle_in_transaction_session_timeout', %s, false), "
    "CASE current_setting('synchronous_commit') WHEN 'off' "
    "THEN set_config('synchronous_commit', 'on', false) END"
)
"""Waits have an end, and a commit that was confirmed survives power loss."""


def place(url: SecretStr) -> str:
    """Return where `url` leads, for people to read: no role and no password."""
    parts = _parts(url)
    host = parts.get("host") or "localhost"
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{host}{port}/{parts.get('dbname', '')}"


def role(url: SecretStr) -> str | None:
    """Return the role that `url` names."""
    return _parts(url).get("user")


def without_password(told: str, url: SecretStr) -> str:
    """Return what a driver said without the password, should it have said it."""
    password = _parts(url).get("password")
    return told.replace(password, "***") if password else told


def _parts(url: SecretStr) -> dict[str, str]:
    parts = conninfo_to_dict(url.get_secret_value())
    return {name: str(value) for name, value in parts.items() if value is not None}


@contextmanager
def connected(url: SecretStr) -> Iterator["Connection[tuple[Any, ...]]"]:
    """Open one connection outside any transaction, and close it again.

    Raises: Unavailable (store_unavailable) when the server is away or refuses, also
        in the middle of the work.
    """
    try:
        with psycopg.connect(
            url.get_secret_value(),
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
        ) as connection:
            yield connection
    except psycopg.Error as problem:
        raise unavailable(problem, url) from None


def server(url: SecretStr) -> tuple[int, str, datetime]:
    """Return what the server says of itself: major version, version, its clock.

    Raises: Unavailable (store_unavailable).
    """
    with connected(url) as connection:
        [(major, version, clock)] = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, "
            "current_setting('server_version'), clock_timestamp()"
        ).fetchall()
    return major, version, clock


def unavailable(problem: Exception, url: SecretStr) -> Unavailable:
    """Return the refusal for what a driver said, as one line."""
    told = re.sub(r"\s+", " ", without_password(str(problem), url)).strip()
    return Unavailable(Code.STORE_UNAVAILABLE, path=place(url), problem=told)


class PostgresFacts(library.PostgresDatastore):
    """One database with facts; streams have readable names."""

    def __init__(self, url: SecretStr, schema: str) -> None:
        """Connect to `url` when first used."""
        super().__init__(
            dbname="",
            host="",
            port="",
            user="",
            password="",
            schema=schema,
            originator_id_type="text",
        )
        self.url = url
        self.pool = library.ConnectionPool(
            url.get_secret_value(),
            connection_class=Connection[DictRow],
            kwargs={"row_factory": dict_row, "autocommit": True},
            min_size=1,
            max_size=POOL_SIZE,
            open=False,
            configure=_configure,
            timeout=CONNECT_TIMEOUT_S,
            # After a long outage, tries would be minutes apart.
            reconnect_timeout=CONNECT_TIMEOUT_S,
            name="facts",
        )

    @override
    def register_type_adapters(self) -> None:
        """Do nothing: facts travel as plain arrays, without types of their own."""


def _configure(connection: "Connection[Any]") -> None:
    connection.execute(SESSION, (f"{LOCK_TIMEOUT_S}s", f"{IDLE_IN_TRANSACTION_S}s"))
