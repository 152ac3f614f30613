"""The played calendar in a file, for processes that all begin runs of their own."""

import fcntl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typing_extensions import override

from adapters.temporal.skipping import PlayedTimes
from tests.faults.stage import Written


class SharedTimes(PlayedTimes):
    """The present of the calendar, and how far each run's clock is off."""

    def __init__(self, file: Path) -> None:
        """Use the calendar that was begun in `file`."""
        self._file = file
        self._lock = file.with_suffix(".lock")

    @classmethod
    def begun(cls, file: Path, now: datetime) -> "SharedTimes":
        """Begin a calendar at `now`."""
        times = cls(file)
        times._write(Written(now=now, offsets={}))
        return times

    @property  # type: ignore[explicit-override] # mypy overlooks the next line
    @override
    def now(self) -> datetime:
        """Return the played present."""
        return self._read().now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._change(lambda written: setattr(written, "now", moment))

    @override
    def forget(self, workflow_id: str) -> None:
        self._change(lambda written: written.offsets.pop(workflow_id, None))

    @override
    def _offset(self, workflow_id: str) -> timedelta:
        known = self._read().offsets
        if workflow_id not in known:
            self._change(
                lambda written: written.offsets.setdefault(
                    workflow_id, datetime.now(UTC) - written.now
                )
            )
            known = self._read().offsets
        return known[workflow_id]

    def _change(self, change: Callable[[Written], object]) -> None:
        """Read, change and write it, one process at a time."""
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            written = self._read()
            change(written)
            self._write(written)

    def _read(self) -> Written:
        return Written.model_validate_json(self._file.read_bytes())

    def _write(self, written: Written) -> None:
        """Write it whole or not at all: a writer may be killed."""
        half = self._file.with_suffix(".half")
        half.write_text(written.model_dump_json(), "utf-8")
        half.replace(self._file)
