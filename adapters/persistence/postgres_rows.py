"""How rows are kept in PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql
from pydantic import SecretStr
from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    Table,
    create_engine,
    event,
    text,
)

from adapters.errors import Unavailable
from adapters.persistence.postgres_engine import (
    CONNECT_TIMEOUT_S,
    place,
    unavailable,
)
from domain.errors import Code

POOL_SIZE = 10
LOCK_KEY = 4_715_004_230_513
"""Any number, the same for all who change tables of rows."""

SESSION = (
    "SET timezone TO 'UTC'",
    "SET lock_timeout TO '10s'",
    "SET idle_in_transaction_session_timeout TO '60s'",
    "SET synchronous_commit TO off",
    "SET work_mem TO '16MB'",
    # A page of a list is read sooner than another process is started.
    "SET max_parallel_workers_per_gather TO 0",
    # Jumping about in an index costs no more than reading on: no disk turns.
    "SET random_page_cost TO 1.1",
)


def engine(url: SecretStr) -> Engine:
    """Return an engine for the database at `url`; it connects when first used."""
    made = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(
            url.get_secret_value(), connect_timeout=CONNECT_TIMEOUT_S
        ),
        pool_size=POOL_SIZE,
        pool_pre_ping=True,
    )

    def away(context: ExceptionContext) -> None:
        problem = context.original_exception
        if isinstance(problem, Exception) and (is_away := _away(problem, url)):
            raise is_away from problem

    event.listen(made, "connect", _prepare)
    event.listen(made, "handle_error", away)
    return made


@contextmanager
def driving(url: SecretStr) -> Iterator[None]:
    """Say what the driver says as SQLAlchemy would have it said.

    Raises: Unavailable (store_unavailable, store_missing).
    """
    try:
        yield
    except psycopg.Error as problem:
        if is_away := _away(problem, url):
            raise is_away from problem
        raise


def _away(problem: Exception, url: SecretStr) -> Unavailable | None:
    """Return the refusal if it is the server, and not a value, that is at fault."""
    match problem:
        case errors.UndefinedTable() | errors.InvalidSchemaName():
            return Unavailable(Code.STORE_MISSING, path=place(url))
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return unavailable(problem, url)
        case _:
            return None


def _prepare(connection: "psycopg.Connection[Any]", _: object) -> None:
    for statement in SESSION:
        connection.execute(statement.encode())
    connection.commit()


def lock(connection: Connection) -> None:
    """Wait until nobody else changes tables; held until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def copy_in(
    cursor: "psycopg.Cursor[Any]", table: Table, rows: Sequence[Sequence[Any]]
) -> None:
    """Add rows in one stream."""
    statement = sql.SQL("COPY {} FROM STDIN").format(
        sql.Identifier(table.schema or "public", table.name)
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
