"""The recorder test cases that ship with the library, against our recorders.

Left out, because we have no such thing: `AggregateRecorderTestCase` (a recorder
without positions, for snapshots), `TrackingRecorderTestCase` and
`ProcessRecorderTestCase` (positions of readers live beside the rows, in
`row_store.py`), and on SQLite the optional subscription test (the SQLite recorder of
the library itself has no subscriptions). The library's streams are
named by UUID; ours by text, which its cases allow.
"""

import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from typing_extensions import override

from adapters.persistence import migrations
from adapters.persistence.postgres_engine import PostgresFacts
from adapters.persistence.postgres_recorder import SCHEMA_NAME, PostgresFactRecorder
from adapters.persistence.recorder import FactDatastore, FactRecorder
from tests.adapters.postgres_server import Server

PATIENCE_S = 10


def _library_cases() -> ModuleType:
    """Import the cases; they name a cipher whose library we do not install."""
    cipher = ModuleType("eventsourcing.cipher")
    cipher.AESCipher = object  # type: ignore[attr-defined]
    sys.modules["eventsourcing.cipher"] = cipher
    try:
        from eventsourcing.tests import persistence
    finally:
        del sys.modules["eventsourcing.cipher"]
    return persistence


if TYPE_CHECKING:
    from eventsourcing.tests import persistence as cases
else:
    cases = _library_cases()


class OurRecorder(cases.RecorderTestCase):
    """Names streams readably, and lets a case's readers come to an end."""

    @override
    def setUp(self) -> None:
        self.before = set(threading.enumerate())

    @override
    def new_originator_id(self) -> str:
        return f"finding/{uuid4()}"

    def wait_for_readers(self) -> None:
        """Let the case's readers, which it only tells to stop, come to an end."""
        for thread in set(threading.enumerate()) - self.before:
            if not thread.name.startswith("facts-"):
                thread.join(PATIENCE_S)


class OnSqlite(OurRecorder):
    """Makes recorders in a folder of the test's own."""

    @override
    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "events.db"
        migrations.migrate(self.path)

    def create_recorder(self) -> FactRecorder:
        recorder = FactRecorder(FactDatastore(self.path))
        self.addCleanup(recorder.datastore.close)
        self.addCleanup(self.wait_for_readers)
        return recorder


class OnPostgres(OurRecorder):
    """Makes recorders in a database."""

    @pytest.fixture(autouse=True)
    def _in_a_database(self, postgres_server: Server) -> None:
        self.database = postgres_server.migrated()

    def create_recorder(self) -> PostgresFactRecorder:
        recorder = PostgresFactRecorder(PostgresFacts(self.database.app, SCHEMA_NAME))
        self.addCleanup(recorder.datastore.close)
        self.addCleanup(self.wait_for_readers)
        return recorder


class TestSqlite(OnSqlite, cases.ApplicationRecorderTestCase[FactRecorder]):
    """Order, positions, conflicts, and ten writers with two readers."""


class TestSqlitePositionsDoNotInterleave(
    OnSqlite, cases.NonInterleavingNotificationIDsBaseCase
):
    """Facts of one transaction have neighbouring positions."""


class TestPostgres(OnPostgres, cases.ApplicationRecorderTestCase[PostgresFactRecorder]):
    """The same on PostgreSQL, and the library's own subscription."""

    def test_a_subscription_of_the_library_hears_our_notices(self) -> None:
        self.optional_test_insert_subscribe()


class TestPostgresPositionsDoNotInterleave(
    OnPostgres, cases.NonInterleavingNotificationIDsBaseCase
):
    """Facts of one transaction have neighbouring positions."""
