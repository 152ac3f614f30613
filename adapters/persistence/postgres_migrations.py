"""Bringing the database to the present shape, as the owner; checking it at run time.

Everything happens in one transaction under one lock, so that many may start at once
and nobody ever sees half a step.
"""

from typing import Any

from psycopg import Connection, sql
from pydantic import SecretStr

from adapters.errors import Unavailable
from adapters.persistence.postgres_engine import connected, place, role
from adapters.persistence.postgres_recorder import (
    APPEND,
    EVENTS_TABLE,
    LINK,
    LINKS,
    SCHEMA_NAME,
    SEALS,
    TABLES,
)
from domain.errors import Code, Refused

ROWS_SCHEMA = "gadelys_rows"
ROWS = (f"CREATE SCHEMA IF NOT EXISTS {ROWS_SCHEMA}",)
"""Where the run-time role makes the tables of read models: they are its own, and can
be made again."""

STEPS = (TABLES, LINKS, ROWS, SEALS)
"""What each version of the schema adds to the one before."""

VERSION = f"{SCHEMA_NAME}.schema_version"
LOCK_KEY = 4_715_004_230_512
"""Any number, the same for all who migrate."""

BEGINNING = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA_NAME}",
    f"REVOKE ALL ON SCHEMA {SCHEMA_NAME} FROM PUBLIC",
    f"""CREATE TABLE IF NOT EXISTS {VERSION} (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        version integer NOT NULL)""",
)

CLOSING = (
    f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA_NAME} FROM PUBLIC, {{role}}",
    f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA_NAME} FROM PUBLIC, {{role}}",
    f"REVOKE ALL ON SCHEMA {SCHEMA_NAME} FROM {{role}}",
    f"GRANT USAGE ON SCHEMA {SCHEMA_NAME} TO {{role}}",
    f"GRANT SELECT ON {EVENTS_TABLE}, {VERSION} TO {{role}}",
    f"GRANT EXECUTE ON FUNCTION {APPEND}, {LINK} TO {{role}}",
    f"REVOKE ALL ON SCHEMA {ROWS_SCHEMA} FROM PUBLIC",
    f"GRANT USAGE, CREATE ON SCHEMA {ROWS_SCHEMA} TO {{role}}",
)
"""What the run-time role may do: append and read facts, and keep its rows."""

TOO_STRONG = f"""SELECT
    has_table_privilege('{EVENTS_TABLE}', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
    OR has_schema_privilege('{SCHEMA_NAME}', 'CREATE')"""


def migrate(owner: SecretStr | None, run_time: SecretStr) -> int:
    """Create or bring up to date the schema; return its version.

    Without an owner, a schema that is up to date already is enough.

    Args:
        owner: the address with the role that owns the schema.
        run_time: the address with the role that gets the rights to read and append.

    Raises: Refused (owner_needed, role_too_strong) when the roles are missing or the
        same; Unavailable (store_outdated) when the schema is newer than the program,
        (store_unavailable) when the server is away or the database not in UTF-8.
    """
    if owner is None:
        return _only_check(run_time)
    with connected(owner) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
        user = role(run_time)
        [me] = connection.execute("SELECT current_user").fetchone() or (None,)
        if user is None or user == me:
            raise Refused(Code.ROLE_TOO_STRONG, role=me)
        _refuse_other_encodings(connection, owner)
        version = _version(connection) or 0
        _refuse_newer(version)
        _run(connection, *BEGINNING)
        for step in STEPS[version:]:
            _run(connection, *step)
        if version < len(STEPS):
            connection.execute(
                f"INSERT INTO {VERSION} (version) VALUES (%s) "
                "ON CONFLICT (only_one) DO UPDATE SET version = excluded.version",
                (len(STEPS),),
            )
        for statement in CLOSING:
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(user)))
    return len(STEPS)


def check(run_time: SecretStr) -> None:
    """Refuse a database that is not migrated, or a role that may do too much.

    Raises: Unavailable (store_missing, store_outdated, store_unavailable); Refused
        (role_too_strong).
    """
    with connected(run_time) as connection:
        version = _version(connection)
        if version is None:
            raise Unavailable(Code.STORE_MISSING, path=place(run_time))
        _refuse_newer(version)
        if version < len(STEPS):
            raise Unavailable(Code.STORE_OUTDATED, found=version, needed=len(STEPS))
        if connection.execute(TOO_STRONG).fetchone() != (False,):
            raise Refused(Code.ROLE_TOO_STRONG, role=role(run_time))


def _only_check(run_time: SecretStr) -> int:
    try:
        check(run_time)
    except Unavailable as problem:
        if problem.code is Code.STORE_UNAVAILABLE:
            raise
        raise Refused(Code.OWNER_NEEDED, path=place(run_time)) from problem
    return len(STEPS)


def _version(connection: Connection[tuple[Any, ...]]) -> int | None:
    """Return the version of the schema; nothing when there is none we may see."""
    found = connection.execute(
        "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname=%s",
        (SCHEMA_NAME,),
    ).fetchone()
    if found != (True,):
        return None
    table = connection.execute("SELECT to_regclass(%s)", (VERSION,)).fetchone()
    if table == (None,):
        return None
    row = connection.execute(f"SELECT version FROM {VERSION}").fetchone()
    return row[0] if row else None


def _refuse_other_encodings(
    connection: Connection[tuple[Any, ...]], url: SecretStr
) -> None:
    """Refuse a database in which the bytes of facts are no text."""
    [encoding] = connection.execute("SHOW server_encoding").fetchone() or ("?",)
    if encoding != "UTF8":
        problem = f"server_encoding {encoding}, UTF8 needed"
        raise Unavailable(Code.STORE_UNAVAILABLE, path=place(url), problem=problem)


def _refuse_newer(version: int) -> None:
    if version > len(STEPS):
        raise Unavailable(Code.STORE_OUTDATED, found=version, needed=len(STEPS))


def _run(connection: Connection[tuple[Any, ...]], *statements: str) -> None:
    for statement in statements:
        connection.execute(statement)
