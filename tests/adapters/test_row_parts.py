"""A rebuild in several processes gives what one process gives."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence import row_parts
from adapters.persistence.row_parts import Streams, Task
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import Code
from domain.register.model import Register
from projections.cases import CASES
from tests.adapters.postgres_server import Server
from tests.adapters.stores import SqliteBackend
from tests.conftest import adopt
from tests.faults.rebuilt import different
from tests.faults.work import OWN, command_of, report_shared

FINDINGS = 12
PARTS = 3
"""More than the machine may have processors: the number is only a spread."""


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return an installation of each kind that is migrated."""
    made = Settings(data=tmp_path / "data")
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        database = server.migrated()
        made = made.model_copy(
            update={
                "database_url": database.app,
                "database_owner_url": database.owner,
            }
        )
    installation.migrate(made)
    return made


@pytest.fixture
def system(
    settings: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Gadelys]:
    """Open it with some findings, and let a few facts be many."""
    monkeypatch.setattr(installation, "MANY_FACTS", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: PARTS)
    with installation.opened(settings) as opened:
        adopt(opened, register)
        report_shared(opened, "0-0")
        for seat in range(FINDINGS):
            for nth in range(len(OWN)):
                opened.submit(command_of(f"0-{seat}", nth))
        yield opened


def test_several_processes_fold_what_one_folds(system: Gadelys, tmp_path: Path) -> None:
    told: list[int] = []
    last = system.store.last_position()

    system.rebuild(system.rows.names(), told.append)

    assert told[-1] == last
    assert told == sorted(told)
    with closing(alone(system, tmp_path)) as other:
        assert different(system.rows, other, last) == []


def alone(system: Gadelys, folder: Path) -> RowStore:
    """Return rows that one process has folded into a file."""
    rows = installation._open_rows(Settings(data=folder))
    rows.create()
    rows.catch_up(system.store)
    return rows


def test_every_stream_is_in_exactly_one_part(system: Gadelys) -> None:
    last = system.store.last_position()
    parts = [Streams(system.store, nth, PARTS) for nth in range(PARTS)]
    found = [part.part(0, last) for part in parts]

    assert [until for _, until in found] == [last] * PARTS
    assert sorted(fact.position for facts, _ in found for fact in facts) == [
        fact.position for fact in system.store.after(0, last)
    ]
    assert sum(bool(facts) for facts, _ in found) > 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_fact_that_a_part_cannot_read_leaves_the_old_rows_in_use(
    system: Gadelys,
) -> None:
    system.rows.catch_up(system.store)
    before = system.rows.rows(CASES)
    backend = SqliteBackend(system.settings.events_file)
    position = system.store.last_position() + 1
    backend.below(
        "INSERT INTO {table} ({position}, originator_id, originator_version, "
        "topic, state, event_id) VALUES (?, 'finding/x', 1, 'no.such', ?, 'x')",
        *(position, b"{}"),
    )

    with pytest.raises(Unavailable) as refusal:
        system.rebuild([CASES.name])

    assert refusal.value.code is Code.PROJECTION_STOPPED
    assert f"{position} finding/x no.such" in str(refusal.value.context["problem"])
    assert system.rows.rows(CASES) == before
    system.catch_up()
    assert system.rows.position(CASES.name) == position - 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_part_that_is_killed_ends_the_rebuild_and_the_next_one_succeeds(
    system: Gadelys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.rows.catch_up(system.store)
    before = system.rows.rows(CASES)
    start = row_parts._started

    def killed(task: Task) -> "Popen[str]":
        process = start(task)
        if task.nth == 1:
            process.kill()
        return process

    with monkeypatch.context() as deadly:
        deadly.setattr(row_parts, "_started", killed)
        with pytest.raises(Unavailable) as refusal:
            system.rebuild([CASES.name])

    assert refusal.value.code is Code.STORE_UNAVAILABLE
    assert system.rows.rows(CASES) == before
    system.rebuild(system.rows.names())
    with closing(alone(system, tmp_path)) as other:
        assert different(system.rows, other, system.store.last_position()) == []


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Return the parts of rebuilds, as they begin."""
    begun: list[Task] = []
    start = row_parts._started

    def noted(task: Task) -> "Popen[str]":
        begun.append(task)
        return start(task)

    monkeypatch.setattr(row_parts, "_started", noted)
    return begun


def test_the_projector_rebuilds_what_is_far_behind(
    system: Gadelys, started: list[Task], tmp_path: Path
) -> None:
    last = system.store.last_position()

    system.keep_up(lambda _: None)

    assert len(started) == PARTS
    assert set(system.rows.positions().values()) == {last}
    with closing(alone(system, tmp_path)) as other:
        assert different(system.rows, other, last) == []


def test_what_is_nearly_there_is_folded_further(
    system: Gadelys, started: list[Task]
) -> None:
    system.catch_up()
    report_shared(system, "1-0")

    system.keep_up(lambda _: None)

    assert started == []
    assert set(system.rows.positions().values()) == {system.store.last_position()}


def test_a_question_rebuilds_nothing(system: Gadelys, started: list[Task]) -> None:
    system.catch_up([CASES.name])

    assert started == []
    assert system.rows.position(CASES.name) == system.store.last_position()
