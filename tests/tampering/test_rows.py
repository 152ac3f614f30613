"""Whoever changes what people see is found by `verify --level 2`, and by name.

Source: reliability goals G3 and G15.
"""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from adapters import system as installation
from adapters.ledger import refolding
from adapters.ledger.doubts import Doubt, Doubts, Why
from adapters.ledger.refolding import fold_again
from adapters.persistence.row_engine import full_name
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from adapters.system import Gadelys, projections
from domain.register.model import Register
from projections.cases import CASES
from projections.fold import Projection
from tests.adapters.postgres_server import Server
from tests.conftest import NOON, adopt
from tests.faults.figures import SEED, either, note
from tests.faults.work import report_shared
from tests.tampering.history import (
    OLD_CASE,
    RESIDENT,
    Author,
    forget,
    remembered,
    resident_writes,
)
from tests.tampering.rows import DEEDS, tables, told

ROUNDS = either(short=8, long=160)
"""How often each is done on each engine."""

COMMANDS = 24

pytestmark = pytest.mark.timeout(3 * 3600)


@pytest.fixture(params=["sqlite", "postgres"])
def seen(
    request: pytest.FixtureRequest, place: Path, tmp_path: Path, register: Register
) -> Iterator[Gadelys]:
    """Return an installation on each engine whose rows are those of its facts."""
    settings = Settings(data=place / tmp_path.name / "data")
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        database = server.migrated()
        urls = {"database_url": database.app, "database_owner_url": database.owner}
        settings = settings.model_copy(update=urls)
    installation.migrate(settings)
    with installation.opened(settings, lambda: NOON) as system:
        adopt(system, register)
        report_shared(system, "0-0")
        for command in remembered():
            system.submit(command)
        resident_writes(system)
        for name in (OLD_CASE, RESIDENT):
            forget(system, name)
        for _ in Author(random.Random(f"{SEED} rows")).writes(system, COMMANDS):
            pass
        system.catch_up()
        yield system


def test_whatever_is_done_to_rows_is_found(
    seen: Gadelys, request: pytest.FixtureRequest
) -> None:
    done, missed = Counter[str](), list[str]()
    before = Shelf(seen.rows)
    assert doubts_of(seen) == ()
    for what, deed in DEEDS.items():
        for nth in range(ROUNDS):
            chance = random.Random(f"{SEED} {what} {nth}")
            with seen.rows._engine.writing() as connection:
                whose = deed(connection, seen.rows, chance)
            done[what] += 1
            found = doubts_of(seen)
            if found != (Doubt(Why.ROWS_DIFFER, 0, whose),):
                missed.append(f"{what} #{nth}: {whose}, but {found}")
            before.put_back(whose)
    assert doubts_of(seen) == ()

    note(
        f"rows-{request.node.callspec.id}",
        mutations=done.total(),
        classes=len(done),
        missed=len(missed),
        each=dict(done),
    )
    assert missed == []
    assert len(done) == len(DEEDS)


@pytest.mark.parametrize("seen", ["sqlite"], indirect=True)
def test_a_check_of_what_rows_say_alone_would_miss_some(
    seen: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What says which rows are shown, and when they were right, lies beside that."""

    def said(rows: RowStore, projection: Projection[Any]) -> list[object]:
        return sorted(rows.rows(projection, select(rows.table(projection))), key=repr)

    monkeypatch.setattr(refolding, "_digests", said)
    before = Shelf(seen.rows)

    for what in (
        "a case hidden from every list",
        "the past moved",
        "a case that no search finds",
        "erased words written into a row",
    ):
        with seen.rows._engine.writing() as connection:
            whose = DEEDS[what](connection, seen.rows, random.Random(what))
        found = doubts_of(seen)
        before.put_back(whose)
        assert bool(found) is what.startswith("erased")


def doubts_of(system: Gadelys) -> tuple[Doubt, ...]:
    doubts = Doubts()
    fold_again(system, doubts)
    return doubts.in_order


class Shelf:
    """All rows as they were, to be put back."""

    def __init__(self, rows: RowStore) -> None:
        """Remember everything."""
        self._rows = rows
        self._tables = {one.name: tables(rows, one) for one in projections()}
        everything = [rows._readers, *chain.from_iterable(self._tables.values())]
        with rows._engine.reading() as connection:
            self._there = {one: told(connection, one) for one in everything}

    def put_back(self, whose: str) -> None:
        """Let the rows of one read model be there again, and questions lead to them."""
        view, [table, _] = self._rows.table(CASES), self._tables[CASES.name]
        with self._rows._engine.writing() as connection:
            for one in (self._rows._readers, *self._tables[whose]):
                connection.execute(delete(one))
                if rows := self._there[one]:
                    connection.execute(insert(one), rows)
            connection.exec_driver_sql(f"DROP VIEW {full_name(view)}")
            connection.exec_driver_sql(
                f"CREATE VIEW {full_name(view)} AS SELECT * FROM {full_name(table)}"
            )
