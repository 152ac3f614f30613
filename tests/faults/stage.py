"""An installation on which the story is played: once, and always in the same way."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from pydantic import AwareDatetime, BaseModel
from typing_extensions import override

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import Dispatcher
from adapters.temporal.skipping import Calendar, PlayedTimes
from domain.register.model import Register
from tests.conftest import adopt
from tests.faults import story


@contextmanager
def staged(folder: Path, register: Register, times: PlayedTimes) -> Iterator[Gadelys]:
    """Open a fresh installation in `folder` whose clock is the played calendar."""
    settings = Settings(data=folder / "data")
    installation.migrate(settings)
    with installation.opened(settings, lambda: times.now) as system:
        adopt(system, register)
        story.keep_contacts(system)
        yield system


def silence() -> None:
    """Log warnings only: telling every command takes longer than handling it."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)


async def play(
    system: Gadelys,
    client: Client,
    times: PlayedTimes,
    dispatcher: Dispatcher,
    on_moment: Callable[[datetime], None] = lambda _: None,
) -> None:
    """Play the whole story; somebody else has to let workers run."""
    register = system.rules().register
    calendar = Calendar(system, client, dispatcher, times)
    await calendar.play(story.entries(system, register), story.END, on_moment)


class Written(BaseModel):
    """What stands in the file: the present, and how far each run's clock is off."""

    now: AwareDatetime
    offsets: dict[str, timedelta]


class WrittenTimes(PlayedTimes):
    """The played calendar, written down for workers in other processes."""

    def __init__(self, now: datetime, file: Path) -> None:
        """Begin at `now`; every change goes to `file`, whole or not at all."""
        self._file = file
        super().__init__(now)
        self.write()

    def write(self, _: datetime | None = None) -> None:
        """Write it down; called when the calendar has moved on."""
        written = Written(now=self.now, offsets=self._offsets)
        half = self._file.with_suffix(".half")
        half.write_text(written.model_dump_json(), "utf-8")
        half.replace(self._file)

    @override
    def _offset(self, workflow_id: str) -> timedelta:
        is_new = workflow_id not in self._offsets
        offset = super()._offset(workflow_id)
        if is_new:
            self.write()
        return offset


class ReadTimes:
    """The calendar that another process plays."""

    def __init__(self, file: Path) -> None:
        """Read from `file` whenever somebody asks."""
        self._file = file

    def now(self) -> datetime:
        """Return the played present."""
        return self._read().now

    def to_workflow(self, workflow_id: str, moment: datetime) -> datetime:
        """Return `moment` on the clock of one workflow."""
        return moment + self._read().offsets[workflow_id]

    def to_case(self, workflow_id: str, moment: datetime) -> datetime:
        """Return what a workflow calls `moment` in the time of its case."""
        return moment - self._read().offsets[workflow_id]

    def _read(self) -> Written:
        return Written.model_validate_json(self._file.read_bytes())
