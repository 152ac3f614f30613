"""Files come into being only when asked, and never run ahead of the program."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence import migrations
from adapters.persistence.event_store import SqliteEventStore
from adapters.persistence.sqlite_engine import connect
from adapters.settings import Settings
from domain.errors import Code
from tests.adapters.conftest import Together
from tests.adapters.writing import LEARNED, decision

NEWEST = len(migrations.STEPS)


def shape(path: Path) -> list[tuple[str, str]]:
    connection = connect(path, durable=True)
    try:
        return [
            (row["name"], row["sql"])
            for row in connection.execute(
                "SELECT name, sql FROM sqlite_master ORDER BY name"
            )
        ]
    finally:
        connection.close()


def set_version(path: Path, version: int) -> None:
    connection = connect(path, durable=True)
    connection.execute(f"PRAGMA user_version={version}")
    connection.close()


def test_a_missing_store_is_refused_and_not_made(settings: Settings) -> None:
    with (
        pytest.raises(Unavailable) as caught,
        installation.opened(settings),
    ):
        pass

    assert caught.value.code is Code.STORE_MISSING
    assert not settings.data.exists()


def test_a_newer_store_is_refused_and_not_touched(settings: Settings) -> None:
    installation.migrate(settings)
    set_version(settings.events_file, NEWEST + 1)
    before = shape(settings.events_file)

    with pytest.raises(Unavailable) as opened, installation.opened(settings):
        pass
    with pytest.raises(Unavailable) as migrated:
        installation.migrate(settings)

    assert opened.value.code is Code.STORE_OUTDATED
    assert opened.value.context == {"found": NEWEST + 1, "needed": NEWEST}
    assert migrated.value.code is Code.STORE_OUTDATED
    assert shape(settings.events_file) == before


def test_a_store_that_was_never_migrated_is_refused(settings: Settings) -> None:
    settings.data.mkdir()
    connect(settings.events_file, durable=True).close()

    with pytest.raises(Unavailable) as caught, installation.opened(settings):
        pass

    assert caught.value.code is Code.STORE_OUTDATED
    assert caught.value.context == {"found": 0, "needed": NEWEST}


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    first = installation.migrate(settings)
    store = SqliteEventStore(settings.events_file)
    store.append([decision("finding/2026-01", 0, "a")], LEARNED)
    before = shape(settings.events_file)

    second = installation.migrate(settings)

    assert (first, second) == (NEWEST, NEWEST)
    assert shape(settings.events_file) == before
    assert store.last_position() == 1
    store.close()


def test_migrating_makes_everything_that_is_needed(settings: Settings) -> None:
    installation.migrate(settings)

    assert settings.events_file.exists()
    assert settings.views_file.exists()
    assert settings.mailbox.is_dir()


def test_a_refused_migration_lets_go_of_the_lock(settings: Settings) -> None:
    installation.migrate(settings)
    set_version(settings.events_file, NEWEST + 1)
    with pytest.raises(Unavailable):
        migrations.migrate(settings.events_file)
    set_version(settings.events_file, NEWEST)

    assert migrations.migrate(settings.events_file) == NEWEST


def test_thirty_migrate_at_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "events.db"

    with ThreadPoolExecutor(30) as pool:
        jobs = [pool.submit(migrations.migrate, path) for _ in range(30)]
        versions = [job.result() for job in jobs]

    assert versions == [NEWEST] * 30
    migrations.check(path)


def test_eight_processes_migrate_at_once(tmp_path: Path, together: Together) -> None:
    path = tmp_path / "data" / "events.db"

    together("migrate", path, 8, 0)

    store = SqliteEventStore(path)
    assert store.append([decision("finding/1", 0, "a")], LEARNED)[0].position == 1
    store.close()
    migrations.check(path)
