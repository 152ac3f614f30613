"""An installation in which whatever was done is undone before the next try."""

import shutil
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters import system as installation
from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import site_of
from tests.conftest import StandingClock

DAY = datetime(2025, 3, 11, 11, tzinfo=UTC)


class Reopened:
    """An installation that can be opened once more, as it was prepared."""

    def __init__(self, prepared: Path, folder: Path, stack: ExitStack) -> None:
        self._prepared = prepared
        self._folder = folder
        self._stack = stack
        self.open()

    def settings(self) -> Settings:
        return Settings(data=self._folder, demo=True)

    def open(self) -> None:
        self._stack.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._prepared, self._folder)
        settings = self.settings()
        self.system: Gadelys = self._stack.enter_context(
            installation.opened(settings, StandingClock(DAY))
        )
        self.visits = self._stack.enter_context(closing(Visits(settings.visits_file)))
        self.app: Any = web(self.system, site_of(settings), self.visits)

    def as_before(self, position: int) -> None:
        """Open it again if something was stored after a position."""
        if self.system.store.last_position() != position:
            self.open()
