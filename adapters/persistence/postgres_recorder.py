"""The library's PostgreSQL recorder over a table of our own.

One function appends: it locks the head row, so that the order of ids is the order of
commits and an aborted append leaves no gap, and tells listeners the newest id. The
run-time role may call it and read, nothing else. Nothing is created at run time: see
`postgres_migrations.py`.

Source: reference measurements in ADR 0018.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import eventsourcing.postgres as library
import psycopg
from eventsourcing.persistence import (
    InterfaceError,
    OperationalError,
    StoredEvent,
)
from psycopg import Cursor
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import PoolTimeout
from typing_extensions import override

from adapters.persistence.fact_table import (
    IS_MERGED,
    ON_A_WALK,
    FactTable,
    Replica,
    StoredRow,
)
from adapters.persistence.postgres_engine import POOL_SIZE, PostgresFacts
from domain.errors import Code, Refused

SCHEMA_NAME = "gadelys"
EVENTS_TABLE = f"{SCHEMA_NAME}.stored_events"
HEAD = f"{SCHEMA_NAME}.head"
CHANNEL = "gadelys_facts"
"""Where listeners hear of news; channels belong to one database."""

UNSEALED = f"{SCHEMA_NAME}.append(text[], bigint[], text[], bytea[], uuid[])"
APPEND = f"{SCHEMA_NAME}.append(text[], bigint[], text[], bytea[], uuid[], bytea[])"
LINK = f"{SCHEMA_NAME}.link(bytea, text)"
TRUSTED_PATH = "SET search_path = pg_catalog, pg_temp"

TABLES = (
    f"""CREATE TABLE {EVENTS_TABLE} (
        notification_id bigint PRIMARY KEY,
        originator_id text NOT NULL,
        originator_version bigint NOT NULL,
        topic text NOT NULL,
        state bytea NOT NULL,
        event_id uuid NOT NULL UNIQUE,
        UNIQUE (originator_id, originator_version))""",
    f"""CREATE TABLE {HEAD} (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        last_id bigint NOT NULL)""",
    f"INSERT INTO {HEAD} (last_id) VALUES (0)",
    f"""CREATE FUNCTION {SCHEMA_NAME}.refuse() RETURNS trigger
        LANGUAGE plpgsql {TRUSTED_PATH} AS $$
        BEGIN
            RAISE EXCEPTION 'facts are never changed or deleted'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    f"""CREATE TRIGGER facts_are_never_changed
        BEFORE UPDATE OR DELETE OR TRUNCATE ON {EVENTS_TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA_NAME}.refuse()""",
    f"""CREATE FUNCTION {SCHEMA_NAME}.append(
            streams text[], versions bigint[], topics text[], states bytea[],
            ids uuid[])
        RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER {TRUSTED_PATH} AS $$
        DECLARE
            before bigint;
            after bigint;
        BEGIN
            SELECT last_id INTO STRICT before FROM {HEAD} FOR UPDATE;
            INSERT INTO {EVENTS_TABLE} (notification_id, originator_id,
                originator_version, topic, state, event_id)
            SELECT before + nth, stream, version, name, body, id
            FROM unnest(streams, versions, topics, states, ids)
                WITH ORDINALITY AS fact (stream, version, name, body, id, nth);
            after := before + coalesce(cardinality(ids), 0);
            UPDATE {HEAD} SET last_id = after;
            PERFORM pg_notify('{CHANNEL}', after::text);
            RETURN after;
        END $$""",
)
"""The facts, the one way in, and no way to change them."""

LINK_BODY = (
    "pg_catalog.json_extract_path_text("
    "pg_catalog.convert_from(state, 'UTF8')::pg_catalog.json, 'event', field)"
)
REPORTED_ON = f"{SCHEMA_NAME}.link(state, 'walk')"
MERGED_INTO = f"{SCHEMA_NAME}.link(state, 'master')"

LINKS = (
    # PostgreSQL calls `convert_from` stable, because conversions can be replaced;
    # that from UTF-8 to a database in UTF-8 is none, so this is immutable.
    f"""CREATE FUNCTION {SCHEMA_NAME}.link(state bytea, field text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE {TRUSTED_PATH}
        AS $$ SELECT {LINK_BODY} $$""",
    f"""CREATE INDEX findings_by_walk
        ON {EVENTS_TABLE} ({REPORTED_ON}) WHERE {ON_A_WALK}""",
    f"""CREATE INDEX findings_by_master
        ON {EVENTS_TABLE} ({MERGED_INTO}) WHERE {IS_MERGED}""",
)
"""Which findings belong to a walk or to another finding, without a read model."""

SEALS = (
    f"ALTER TABLE {EVENTS_TABLE} ADD COLUMN seal bytea",
    f"DROP FUNCTION {UNSEALED}",
    f"""CREATE FUNCTION {SCHEMA_NAME}.append(
            streams text[], versions bigint[], topics text[], states bytea[],
            ids uuid[], seals bytea[])
        RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER {TRUSTED_PATH} AS $$
        DECLARE
            before bigint;
            after bigint;
        BEGIN
            SELECT last_id INTO STRICT before FROM {HEAD} FOR UPDATE;
            INSERT INTO {EVENTS_TABLE} (notification_id, originator_id,
                originator_version, topic, state, event_id, seal)
            SELECT before + nth, stream, version, name, body, id, signed
            FROM unnest(streams, versions, topics, states, ids, seals)
                WITH ORDINALITY
                AS fact (stream, version, name, body, id, signed, nth);
            after := before + coalesce(cardinality(ids), 0);
            UPDATE {HEAD} SET last_id = after;
            PERFORM pg_notify('{CHANNEL}', after::text);
            RETURN after;
        END $$""",
)
"""What the program has signed of each fact; older facts have none."""

CALL = (
    f"SELECT {SCHEMA_NAME}.append("
    "%s::text[], %s::bigint[], %s::text[], %b::bytea[], %s::uuid[], %b::bytea[])"
)
CONNECTION_LOST = ("08", "57P")
"""How the states begin with which PostgreSQL ends a connection."""

Found = TypeVar("Found")


class PostgresFactRecorder(library.PostgresApplicationRecorder, FactTable):
    """Appends facts through the one function; everything else is the library's."""

    TABLE = EVENTS_TABLE
    POSITION = "notification_id"
    REPORTED_ON = REPORTED_ON
    MERGED_INTO = MERGED_INTO
    HOLDS = "pg_catalog.position(state, ?::pg_catalog.bytea) > 0"

    def __init__(self, datastore: PostgresFacts) -> None:
        """Record into `datastore`."""
        super().__init__(datastore)
        self._facts = datastore
        self.channel_name = CHANNEL

    @override
    def create_table(self) -> None:
        """Do nothing: migrations create."""

    @override
    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        event_ids: Sequence[UUID] | None = None,
        seals: Sequence[bytes | None] | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Append in order; without `event_ids` the place in the stream is the id."""
        ids = event_ids or [_place_as_id(stored) for stored in stored_events]
        seals = seals or [None] * len(stored_events)
        rows = [
            StoredRow(
                position=0,
                stream=str(stored.originator_id),
                version=stored.originator_version,
                topic=stored.topic,
                state=stored.state,
                event_id=str(event_id),
                seal=seal,
            )
            for stored, event_id, seal in zip(stored_events, ids, seals, strict=True)
        ]
        if not rows:
            return ()

        def append() -> int:
            with self._facts.get_connection() as connection:
                return _append(connection.cursor(row_factory=tuple_row), rows)

        last = _again_if_lost(append)
        return list(range(last - len(rows) + 1, last + 1))

    @override
    def read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        def ask() -> list[Any]:
            with self._facts.get_connection() as connection:
                return _read(
                    connection.cursor(row_factory=tuple_row), statement, values
                )

        return _again_if_lost(ask)

    @override
    @contextmanager
    def replica(self) -> Iterator[Replica]:
        with (
            self._facts.get_connection() as connection,
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):

            def add(rows: Sequence[StoredRow]) -> None:
                last = _append(cursor, rows)
                if last != rows[-1].position:
                    raise Refused(
                        Code.COPY_DIFFERS, sent=rows[-1].position, arrived=last
                    )

            yield Replica(add, partial(self.rows, read=partial(_read, cursor)))


def _append(cursor: Cursor[TupleRow], rows: Sequence[StoredRow]) -> int:
    """Append rows after the newest fact, whatever they call their positions."""
    cursor.execute(
        CALL,
        (
            [row.stream for row in rows],
            [row.version for row in rows],
            [row.topic for row in rows],
            [row.state for row in rows],
            [row.event_id for row in rows],
            [row.seal for row in rows],
        ),
    )
    [last] = cursor.fetchone() or (0,)
    return int(last)


def _read(cursor: Cursor[TupleRow], statement: str, values: Sequence[Any]) -> list[Any]:
    return cursor.execute(statement.replace("?", "%s"), values).fetchall()


def _again_if_lost(do: Callable[[], Found]) -> Found:
    """Do it again when the connection was lost, as after a restart of the server.

    Each time one dead connection leaves the pool. An append that had arrived
    nevertheless is met again by its event ids.
    """
    for _ in range(POOL_SIZE):
        try:
            return do()
        except (InterfaceError, OperationalError) as problem:
            if not _lost(problem.__cause__):
                raise
    return do()


def _lost(cause: BaseException | None) -> bool:
    """Whether the server went away in the middle, rather than refused or never came."""
    if not isinstance(cause, psycopg.Error) or isinstance(cause, PoolTimeout):
        return False
    return (cause.sqlstate or CONNECTION_LOST[0]).startswith(CONNECTION_LOST)


def _place_as_id(stored: StoredEvent) -> UUID:
    return uuid5(NAMESPACE_URL, f"{stored.originator_id}/{stored.originator_version}")
