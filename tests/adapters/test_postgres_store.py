"""What only the store on PostgreSQL promises; the rest is in `test_event_store.py`."""

import asyncio
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from adapters import processes
from adapters import system as installation
from adapters.errors import Unavailable
from adapters.health.part import Part
from adapters.persistence import postgres_event_store, postgres_migrations
from adapters.persistence.event_store import FactStore
from adapters.persistence.postgres_engine import place, without_password
from adapters.persistence.postgres_migrations import STEPS, check, migrate
from adapters.persistence.postgres_recorder import TABLES
from adapters.settings import Settings
from domain.errors import Code, Refused
from domain.values import StreamId
from tests.adapters.conftest import Line, Together
from tests.adapters.postgres_server import APP_PASSWORD, OWNER_PASSWORD, Server
from tests.adapters.stores import PostgresBackend
from tests.adapters.writing import LEARNED, decision

ONE = StreamId("finding/2026-01")
APPEND = (
    "SELECT gadelys.append(ARRAY['finding/x'], ARRAY[1]::bigint[], ARRAY['t'], "
    "ARRAY['\\x00']::bytea[], ARRAY[gen_random_uuid()], ARRAY[NULL]::bytea[])"
)
INSERT = (
    "INSERT INTO gadelys.stored_events "
    "VALUES (9, 'finding/y', 1, 't', '', gen_random_uuid())"
)


@pytest.fixture
def store(postgres: PostgresBackend) -> FactStore:
    return postgres.open()


@pytest.fixture
def alone(postgres_server: Server) -> Iterator[PostgresBackend]:
    """Return a database that a test may change itself, not only what is in it."""
    database = postgres_server.database()
    migrate(database.owner, database.app)
    with closing(PostgresBackend(database)) as backend:
        yield backend


# ---- roles ----


def as_app(postgres: PostgresBackend, statement: str) -> list[Any]:
    return postgres.database.run(postgres.database.app, statement)


def test_the_run_time_role_appends_and_reads(postgres: PostgresBackend) -> None:
    assert as_app(postgres, APPEND) == [(1,)]
    found = as_app(postgres, "SELECT notification_id FROM gadelys.stored_events")
    assert found == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gadelys.stored_events SET topic = topic",
        "DELETE FROM gadelys.stored_events",
        "TRUNCATE gadelys.stored_events",
        INSERT,
        "BEGIN; LOCK TABLE gadelys.stored_events IN EXCLUSIVE MODE",
        "UPDATE gadelys.head SET last_id = 7",
        "SELECT * FROM gadelys.head",
        "UPDATE gadelys.schema_version SET version = 9",
        "DROP TRIGGER facts_are_never_changed ON gadelys.stored_events",
        "ALTER TABLE gadelys.stored_events DISABLE TRIGGER ALL",
        "CREATE TABLE gadelys.mine (n int)",
        "CREATE FUNCTION gadelys.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION gadelys.append SECURITY INVOKER",
        "DROP SCHEMA gadelys CASCADE",
        "SET ROLE gadelys_owner",
    ],
)
def test_the_run_time_role_may_do_nothing_else(
    postgres: PostgresBackend, statement: str
) -> None:
    as_app(postgres, APPEND)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app(postgres, statement)

    assert as_app(postgres, "SELECT count(*) FROM gadelys.stored_events") == [(1,)]


def test_other_roles_may_not_even_look(
    postgres: PostgresBackend, postgres_server: Server
) -> None:
    main = postgres.database
    main.run(main.superuser, "DROP ROLE IF EXISTS stranger")
    main.run(main.superuser, "CREATE ROLE stranger LOGIN PASSWORD 'x'")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        main.run(main.url("stranger", "x"), "SELECT * FROM gadelys.stored_events")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        main.run(main.url("stranger", "x"), APPEND)


def test_a_table_of_the_same_name_cannot_catch_what_is_appended(
    postgres: PostgresBackend,
) -> None:
    with psycopg.connect(postgres.place, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE stored_events (n int)")
        connection.execute("CREATE TEMP TABLE head (last_id int)")
        connection.execute("SET search_path = pg_temp, gadelys")
        assert connection.execute(APPEND).fetchone() == (1,)


def test_the_owner_empties_nothing_by_accident(postgres: PostgresBackend) -> None:
    as_app(postgres, APPEND)

    with pytest.raises(psycopg.IntegrityError, match="facts are never"):
        postgres.below("TRUNCATE {table}")


def test_a_store_opened_by_its_owner_is_refused(postgres: PostgresBackend) -> None:
    for url in (postgres.database.owner, postgres.database.superuser):
        with pytest.raises(Refused) as caught:
            check(url)

        assert caught.value.code is Code.ROLE_TOO_STRONG


def test_owner_and_run_time_role_cannot_be_the_same(postgres_server: Server) -> None:
    database = postgres_server.database()

    with pytest.raises(Refused) as caught:
        migrate(database.owner, database.owner)

    assert caught.value.code is Code.ROLE_TOO_STRONG
    with pytest.raises(Unavailable) as missing:
        check(database.app)
    assert missing.value.code is Code.STORE_MISSING


# ---- migrations ----


def test_thirty_migrate_at_once(postgres_server: Server) -> None:
    database = postgres_server.database()

    with ThreadPoolExecutor(30) as pool:
        jobs = [pool.submit(migrate, database.owner, database.app) for _ in range(30)]
        versions = [job.result() for job in jobs]

    assert versions == [len(STEPS)] * 30
    check(database.app)
    assert database.run(database.app, APPEND) == [(1,)]


def test_processes_migrate_at_once(postgres_server: Server, together: Together) -> None:
    database = postgres_server.database()
    both = (database.owner, database.app)

    together("migrate", " ".join(url.get_secret_value() for url in both), 4, 0)

    check(database.app)


def test_migrating_again_keeps_the_facts(
    postgres: PostgresBackend, store: FactStore
) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)

    assert migrate(postgres.database.owner, postgres.database.app) == len(STEPS)
    assert store.append([decision(ONE, 1, "b")], LEARNED)[0].position == 2


def test_without_the_owner_only_a_ready_database_will_do(
    postgres: PostgresBackend, postgres_server: Server
) -> None:
    assert migrate(None, postgres.database.app) == len(STEPS)
    with pytest.raises(Refused) as caught:
        migrate(None, postgres_server.database().app)

    assert caught.value.code is Code.OWNER_NEEDED


def test_a_newer_schema_is_refused_and_not_touched(postgres: PostgresBackend) -> None:
    newer = len(STEPS) + 1
    postgres.below(f"UPDATE gadelys.schema_version SET version = {newer}")

    for refused in (
        lambda: check(postgres.database.app),
        lambda: migrate(postgres.database.owner, postgres.database.app),
    ):
        with pytest.raises(Unavailable) as caught:
            refused()

        assert caught.value.code is Code.STORE_OUTDATED
        assert caught.value.context == {"found": newer, "needed": len(STEPS)}
    found = postgres.below("SELECT version FROM gadelys.schema_version")
    assert found == [(newer,)]


def test_an_older_schema_is_refused_until_it_is_migrated(
    postgres: PostgresBackend,
) -> None:
    postgres.below("DROP FUNCTION gadelys.link CASCADE")
    postgres.below("ALTER TABLE gadelys.stored_events DROP COLUMN seal")
    postgres.below("DROP FUNCTION gadelys.append")
    postgres.below(TABLES[-1])
    postgres.below("UPDATE gadelys.schema_version SET version = 1")
    with pytest.raises(Unavailable) as caught:
        check(postgres.database.app)
    migrate(postgres.database.owner, postgres.database.app)

    assert caught.value.code is Code.STORE_OUTDATED
    check(postgres.database.app)
    assert postgres.open().findings_of("2026-W1") == ()


def test_a_database_that_is_not_in_utf8_is_refused(postgres_server: Server) -> None:
    database = postgres_server.database("template0 ENCODING 'LATIN1'")

    with pytest.raises(Unavailable, match="LATIN1"):
        migrate(database.owner, database.app)


def test_a_failed_migration_leaves_nothing(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = postgres_server.database()
    broken = (*STEPS, ("SELECT nonsense",))
    monkeypatch.setattr(postgres_migrations, "STEPS", broken)

    with pytest.raises(Unavailable):
        migrate(database.owner, database.app)

    found = database.run(
        database.owner, "SELECT count(*) FROM pg_namespace WHERE nspname = 'gadelys'"
    )
    assert found == [(0,)]


# ---- when the server is away, or the link is lost ----


def test_a_server_that_is_away_is_said_at_once(postgres: PostgresBackend) -> None:
    url = SecretStr("postgresql://gadelys_app:app-secret@127.0.0.1:1/gadelys")
    started = time.monotonic()

    with pytest.raises(Unavailable) as caught:
        check(url)

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert caught.value.context["path"] == "postgresql://127.0.0.1:1/gadelys"
    assert time.monotonic() - started < 5


def test_a_lost_connection_is_made_again(
    store: FactStore, postgres: PostgresBackend
) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)
    cut(postgres)

    assert len(store.load(ONE)) == 1
    cut(postgres)
    assert store.append([decision(ONE, 1, "b")], LEARNED)[0].position == 2


def test_many_lost_connections_are_made_again(
    store: FactStore, postgres: PostgresBackend
) -> None:
    store.append([decision(ONE, 0, "a")], LEARNED)
    together = Barrier(6)

    def use(_: int) -> int:
        together.wait(10)
        return len(store.load(ONE))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(6)))
    cut(postgres)

    assert store.append([decision(ONE, 1, "b")], LEARNED)[0].position == 2
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(use, range(6))) == [2] * 6


def cut(postgres: PostgresBackend) -> None:
    """End all connections of the run-time role to this database."""
    main = postgres.database
    main.run(
        main.superuser,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = 'gadelys_app'",
    )


def test_a_waiter_needs_no_notice(
    store: FactStore, postgres: PostgresBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_event_store, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(postgres_event_store, "CHANNEL", "nobody_speaks_here")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.wait_for, 1, 30)
        store.append([decision(ONE, 0, "a")], LEARNED)

        assert waiting.result(10)


def test_a_notice_comes_before_the_heartbeat(
    store: FactStore, postgres: PostgresBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_event_store, "HEARTBEAT_S", 30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.wait_for, 1, 30)
        listening(postgres)
        store.append([decision(ONE, 0, "a")], LEARNED)

        assert waiting.result(15)


def test_a_waiter_survives_a_lost_connection(
    store: FactStore, postgres: PostgresBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_event_store, "HEARTBEAT_S", 30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.wait_for, 1, 30)
        listening(postgres)
        cut(postgres)
        store.append([decision(ONE, 0, "a")], LEARNED)

        assert waiting.result(15)


def listening(postgres: PostgresBackend) -> None:
    """Wait until somebody listens in this database."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = 'gadelys_app' AND query = %s"
    )
    deadline = time.monotonic() + 10
    superuser, looked = postgres.database.superuser, postgres_event_store.LAST
    while postgres.database.run(superuser, asked, looked) == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_locked_store_is_unavailable_and_nothing_is_stored(
    postgres: PostgresBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.persistence.postgres_engine.LOCK_TIMEOUT_S", 0.05)
    store = postgres.open()
    with psycopg.connect(postgres.database.owner.get_secret_value()) as intruder:
        intruder.execute("SELECT * FROM gadelys.head FOR UPDATE")
        with pytest.raises(Unavailable) as caught:
            store.append([decision(ONE, 0, "a")], LEARNED)

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert store.append([decision(ONE, 0, "a")], LEARNED)[0].position == 1


def test_a_commit_waits_for_the_disk_even_where_that_is_switched_off(
    alone: PostgresBackend,
) -> None:
    main = alone.database
    main.run(main.superuser, f"ALTER DATABASE {main.name} SET synchronous_commit = off")
    store = alone.open()
    store.append([decision(ONE, 0, "a")], LEARNED)

    [row] = store._table.read("SELECT current_setting('synchronous_commit')", ())

    assert row == ("on",)


async def test_readers_rest_until_there_is_news(
    postgres: PostgresBackend, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LISTEN_S", 30)
    monkeypatch.setattr(postgres_event_store, "HEARTBEAT_S", 30)
    database = postgres.database
    there = settings.model_copy(update={"database_url": database.app})
    installation.migrate(there)
    with installation.opened(there) as system:
        part = Part("project")
        resting = asyncio.create_task(processes._news(part, system, 0))
        await asyncio.to_thread(listening, postgres)
        system.store.append([decision(ONE, 0, "a")], LEARNED)

        await asyncio.wait_for(resting, 15)


# ---- passwords ----


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:geheim/more@host/db",
        "postgresql://app:geheim@more@host/db",
        "postgresql://app:geheim@host:port/db",
        "postgresql://app:geheim@host",
        "postgresql://geheim",
        "host=localhost password=geheim",
        "mysql://app:geheim@host/db",
        "postgresql://app:geheim@ho st/db",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(line: Line, url: str) -> None:
    answer = line("doctor", database_url=url)

    assert answer.code == 2
    assert "GADELYS_DATABASE_URL" in answer.err
    assert "geheim" not in answer.err + answer.out


def test_a_wrong_password_is_never_said(
    postgres: PostgresBackend, caplog: pytest.LogCaptureFixture, line: Line
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = postgres.database.url("gadelys_app", "not-the-word")

    answer = line("worklist", "--debug", database_url=wrong.get_secret_value())

    assert answer.code != 0
    told = answer.out + answer.err + caplog.text
    assert "not-the-word" not in told


def test_settings_and_stores_show_no_password(postgres: PostgresBackend) -> None:
    database = postgres.database
    settings = Settings(database_url=database.app, database_owner_url=database.owner)
    store = postgres.open()
    shown = f"{settings!r} {settings} {store!r} {vars(store)!r} {store._table!r}"

    for word in (APP_PASSWORD, OWNER_PASSWORD):
        assert word not in shown
        assert word not in settings.model_dump_json()


def test_a_password_in_a_message_is_covered() -> None:
    url = SecretStr("postgresql://app:geheim@[::1]:5433/gadelys")

    assert without_password("failed: geheim!", url) == "failed: ***!"
    assert place(url) == "postgresql://::1:5433/gadelys"


# ---- an installation ----


def test_an_installation_runs_on_a_database(
    postgres_server: Server, line: Line
) -> None:
    database = postgres_server.database()
    run_time = {"database_url": database.app.get_secret_value()}
    owner = {"database_owner_url": database.owner.get_secret_value()}

    early = line("worklist", "--json", **run_time)
    refused = line("migrate", "--json", **run_time)
    migrated = line("migrate", "--json", **run_time, **owner)
    kept = line("copy", "--from", "sqlite", "--to", "postgres", "--json", **run_time)
    doctor = line("doctor", "--json", **run_time)

    assert early.problem["code"] == "store_missing"
    assert refused.problem["code"] == "owner_needed"
    assert migrated.code == 0, migrated.err
    assert kept.json["facts"] == 1
    schema = next(c for c in doctor.json["checks"] if c["check"] == "schema")
    assert schema["state"] == "ok"
    assert line("worklist", **run_time).code == 0
    installed = Settings(data=line.data, database_url=database.app)
    with installation.opened(installed) as system:
        assert system.rules().version == 1
