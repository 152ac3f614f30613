"""Every figure has teeth: a defect that is put in on purpose is found."""

from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from adapters import system as installation
from domain.register.model import Register
from tests.adapters.postgres_server import Server
from tests.campaign.conftest import installed
from tests.faults.books import Books
from tests.faults.figures import SEED
from tests.faults.killing import Killing
from tests.faults.rebuilt import differing_rows
from tests.faults.work import report_shared
from tests.faults.writers import Defect

ENOUGH = 2_000
"""So many kills at most until the defect is found."""


@pytest.mark.parametrize(
    ("defect", "found"), [("acknowledges early", "lost"), ("forgets", "doubled")]
)
def test_a_defective_writer_is_found(
    defect: Defect, found: str, register: Register, tmp_path: Path
) -> None:
    with installed(tmp_path, register) as system:
        killing = Killing(system, tmp_path / "killing", SEED, False, defect)
        killing.wage(ENOUGH)

    assert killing.problems
    assert killing.problems[0].startswith(found)
    assert killing.kills < ENOUGH


def test_a_fact_that_has_gone_is_found(
    register: Register, tmp_path: Path, postgres_server: Server
) -> None:
    database = postgres_server.migrated()
    with installed(tmp_path, register, database) as system:
        report_shared(system, "0-0")
        for statement in (
            "ALTER TABLE gadelys.stored_events DISABLE TRIGGER USER",
            "DELETE FROM gadelys.stored_events WHERE notification_id = 1",
        ):
            database.run(database.superuser, statement)
        books = Books(system.store, tmp_path / "acks", gapless=True)
        books.read()

    assert books.misplaced == ["2 after 0"]


def test_a_row_that_was_patched_is_found(register: Register, tmp_path: Path) -> None:
    with installed(tmp_path, register) as system:
        report_shared(system, "0-0")
        assert differing_rows(system, tmp_path / "first") == []

        patched = sqlite.connect(system.settings.views_file)
        tables = patched.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND sql LIKE '%category TEXT%'"
        ).fetchall()
        for (table,) in tables:
            patched.execute(f"UPDATE {table} SET category = 'LGT-LACK'")
        patched.commit()
        patched.close()

        assert differing_rows(system, tmp_path / "second") == [
            one.name for one in installation.projections() if "category" in one.columns
        ]
