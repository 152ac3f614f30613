"""What every test may ask for: an installation, its rules and a clock that stands."""

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import structlog

from adapters import system as installation
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.messages import Stamp, derived_id
from domain.register.adoption import AdoptRegister
from domain.register.model import Register

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
"""A Sunday, 12:00 in Copenhagen: the day of the demo's expected totals."""


@dataclass
class StandingClock:
    """A clock on the wall that moves only when a test moves it."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def move(self, **by: float) -> None:
        """Move on, for instance `days=2`."""
        self.moment += timedelta(**by)


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget the settings of whoever runs the tests, and how they log."""
    for name in [name for name in os.environ if name.startswith("GADELYS_")]:
        monkeypatch.delenv(name)
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def register() -> Register:
    """Return the shipped register, with its public holidays."""
    return read_register(shipped(DEFAULT_REGISTER))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings for an installation of this test alone."""
    return Settings(data=tmp_path / "data")


@pytest.fixture
def now() -> StandingClock:
    """Return a clock that stands."""
    return StandingClock()


@pytest.fixture
def system(
    settings: Settings, now: StandingClock, register: Register
) -> Iterator[Gadelys]:
    """Return an open installation: migrated, register adopted, nothing else."""
    installation.migrate(settings)
    with installation.opened(settings, now) as opened:
        adopt(opened, register)
        yield opened


def adopt(system: Gadelys, register: Register) -> None:
    """Put `register` into force."""
    stamp = Stamp(
        by=register.coordinators.municipality,
        at=system.now(),
        command_id=derived_id("adopted by the tests", register.title.en),
    )
    system.submit(AdoptRegister(stamp=stamp, rules=register))


# A test that is skipped proves nothing: where it counts, that is a failure.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Turn a skip into a failure in CI."""
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[
    None, pytest.CollectReport, pytest.CollectReport
]:
    """Turn the skip of a whole file into a failure in CI."""
    return _no_skip((yield))


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _no_skip(report: Report) -> Report:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report
