"""The recorder test cases that ship with the library, against our recorder.

Left out, because we have no such thing: `AggregateRecorderTestCase` (a recorder
without positions, for snapshots), `TrackingRecorderTestCase` and
`ProcessRecorderTestCase` (positions of readers live beside the rows, in
`row_store.py`), and the optional subscription test (readers poll; the SQLite
recorder of the library itself has no subscriptions). The library's streams are
named by UUID; ours by text, which its cases allow.
"""

import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import uuid4

from typing_extensions import override

from adapters.persistence import migrations
from adapters.persistence.recorder import FactDatastore, FactRecorder

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
    """Makes recorders in a folder of the test's own, with readable streams."""

    @override
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "events.db"
        self.before = set(threading.enumerate())
        migrations.migrate(self.path)

    @override
    def new_originator_id(self) -> str:
        return f"finding/{uuid4()}"

    def create_recorder(self) -> FactRecorder:
        recorder = FactRecorder(FactDatastore(self.path))
        self.addCleanup(recorder.datastore.close)
        self.addCleanup(self.wait_for_readers)
        return recorder

    def wait_for_readers(self) -> None:
        """Let the case's readers, which it only tells to stop, come to an end."""
        for thread in set(threading.enumerate()) - self.before:
            thread.join(PATIENCE_S)


class TestFactRecorder(OurRecorder, cases.ApplicationRecorderTestCase[FactRecorder]):
    """Order, positions, conflicts, and ten writers with two readers."""


class TestPositionsDoNotInterleave(
    OurRecorder, cases.NonInterleavingNotificationIDsBaseCase
):
    """Facts of one transaction have neighbouring positions."""
