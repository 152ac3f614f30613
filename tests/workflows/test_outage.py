"""Temporal is away: people go on working, and nothing is lost or done twice.

Real time, in which it is 7:59 on a Monday in November: the case's clock is the
real one, moved. An hour of that morning is bad: the server goes at 7:59 and is
back after 8:00, when a level was due, and after the digest.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from adapters import system as installation
from adapters.bootstrap import working
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import NAME, Dispatcher, TemporalAway
from adapters.temporal.subjects import open_subjects
from domain.delivery.events import DeliverySent
from domain.delivery.notices import notices
from domain.finding.commands import (
    AddNote,
    AssignFinding,
    ReportFinding,
)
from domain.finding.events import FindingAssigned, FindingEscalated, ReminderRaised
from domain.messages import Event, Stamp
from domain.register.model import Register
from domain.values import Actor
from tests.conftest import adopt
from tests.web import conftest as of_pages
from tests.web.api import conftest as programs
from tests.web.api.conftest import Calling
from tests.web.conftest import Opening
from tests.workflows.month import CITIZEN, COORDINATOR, OPERATIONS
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace

calling, opening, site = programs.calling, of_pages.opening, of_pages.site
NUMBER = "2026-01"
LEAD = timedelta(seconds=8)
PATIENCE_S = 60
QUIET_S = 2.0
NOBODY = "127.0.0.1:9"


@dataclass
class Moved:
    """Case time is real time, moved."""

    by: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the present of the case."""
        return datetime.now(UTC) + self.by

    def it_is(self, moment: datetime) -> None:
        """Say what time it is."""
        self.by = moment - datetime.now(UTC)

    def to_workflow(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return `moment` in real time."""
        return moment - self.by

    def to_case(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return what is called `moment` in real time."""
        return moment + self.by


@dataclass
class Morning:
    """An installation at work, and its server that may go."""

    system: Gadelys
    times: Moved
    server: OrdinaryServer
    namespace: str
    client: Client
    dispatcher: Dispatcher
    eight: datetime

    def learns(self, day: int, by: Actor, to: Actor | None = None) -> None:
        """Type in that on a day of October somebody reported or assigned it."""
        at = datetime(2026, 10, day, 10, tzinfo=UTC)
        stamp = Stamp(by=by, at=at, command_id=uuid4())
        self.system.submit(
            AssignFinding(stamp=stamp, number=NUMBER, to=to)
            if to
            else ReportFinding(
                stamp=stamp, number=NUMBER, category="VEG-HEDGE", text="Hæk."
            )
        )

    def note(self) -> int:
        """Write a note and return the position in its receipt."""
        stamp = Stamp(by=COORDINATOR, at=self.times.now(), command_id=uuid4())
        return self.system.submit(
            AddNote(stamp=stamp, number=NUMBER, text="Ringet.")
        ).position

    async def dispatches(self, *, again: bool = False) -> None:
        """Tell Temporal everything there is to tell, as the process does.

        A server that has just come back may not know its namespace yet: the
        process takes it for being away, and tries again.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                while await self.dispatcher.dispatch():
                    pass
                if again:
                    await self.dispatcher.redispatch(open_subjects(self.system))
            except TemporalAway:
                assert time.monotonic() < deadline, "Temporal stays away"
                await asyncio.sleep(0.2)
            else:
                return

    async def sees(self, what: Callable[[], bool]) -> None:
        """Wait until `what`, but not for ever; dispatch meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < deadline, "it never happened"
            await asyncio.sleep(0.1)

    async def comes_back(self) -> None:
        """Let the server run again, after eight o'clock."""
        while self.times.now() < self.eight + timedelta(seconds=3):
            await asyncio.sleep(0.1)
        self.server.start()
        await client_of(self.server.address, self.namespace)

    def events(self) -> list[Event]:
        """Return every event, in order."""
        return [fact.event for fact in self.system.store.after(0, 10_000)]

    def escalated(self) -> list[FindingEscalated]:
        """Return the levels that were raised."""
        return [e for e in self.events() if isinstance(e, FindingEscalated)]

    def reminded(self) -> list[ReminderRaised]:
        """Return the reminders."""
        return [e for e in self.events() if isinstance(e, ReminderRaised)]

    def told(self) -> list[tuple[str, str]]:
        """Return which notice left for whom."""
        sent = [e for e in self.events() if isinstance(e, DeliverySent)]
        return [(str(e.recipient), str(n)) for e in sent for n in e.notices]

    def to_be_told(self, kind: type[Event]) -> set[tuple[str, str]]:
        """Return which notice has to leave for whom because of facts of `kind`."""
        return {
            (str(notice.recipient), str(fact.event_id))
            for fact in self.system.store.after(0, 10_000)
            if isinstance(fact.event, kind)
            for notice in notices(fact)
        }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of a demo, in which programs need no key of their own."""
    return Settings(data=tmp_path / "data", demo=True)


@pytest.fixture
def system(moved_system: Gadelys) -> Gadelys:
    """Return the installation that programs ask."""
    return moved_system


@pytest.fixture
def moved() -> Moved:
    return Moved()


@pytest.fixture
def moved_system(
    settings: Settings, moved: Moved, register: Register
) -> Iterator[Gadelys]:
    """Return an installation whose digest leaves two seconds after eight."""
    soon = register.clock.model_copy(update={"digest_at": clock_time(8, 0, 2)})
    installation.migrate(settings)
    with installation.opened(settings, moved.now) as system:
        adopt(system, register.model_copy(update={"clock": soon}))
        yield system


@pytest.fixture
async def morning(
    moved_system: Gadelys, moved: Moved, ordinary: OrdinaryServer
) -> AsyncIterator[Morning]:
    """Return the morning of 9 November, seconds before level 1 of a late hedge."""
    namespace = new_namespace()
    client = await client_of(ordinary.address, namespace)
    dispatcher = Dispatcher(moved_system, client, moved)
    days = moved_system.rules().register.working_days
    eight = days.moment(datetime(2026, 11, 9, tzinfo=UTC).date(), clock_time(8))
    async with working(moved_system, client, moved):
        story = Morning(
            moved_system, moved, ordinary, namespace, client, dispatcher, eight
        )
        moved.it_is(eight - LEAD)
        story.learns(9, CITIZEN)
        story.learns(12, COORDINATOR, to=OPERATIONS)
        await story.dispatches()
        await story.sees(lambda: len(story.reminded()) == 1)
        await story.dispatches()
        yield story
        ordinary.start()


def all_is_told(morning: Morning) -> bool:
    wanted = morning.to_be_told(FindingAssigned) | morning.to_be_told(ReminderRaised)
    return wanted <= set(morning.told())


async def happens_once(morning: Morning) -> None:
    """Wait until the missed has happened; then see that it happens no more."""
    await morning.dispatches(again=True)
    await morning.sees(lambda: bool(morning.escalated()))
    await morning.sees(lambda: all_is_told(morning))
    await morning.dispatches(again=True)
    await asyncio.sleep(QUIET_S)

    assert [one.level for one in morning.escalated()] == [1]
    assert [one.occasions[0].on.isoformat() for one in morning.reminded()] == [
        "2026-11-06"
    ]
    assert len(morning.told()) == len(set(morning.told()))


async def test_people_go_on_while_temporal_is_away(morning: Morning) -> None:
    morning.server.stop()
    reached = morning.system.rows.position(NAME)
    written = morning.note()
    with pytest.raises(TemporalAway):
        await morning.dispatcher.dispatch()

    assert written > reached
    assert morning.system.rows.position(NAME) == reached
    assert morning.escalated() == []

    await morning.comes_back()
    await happens_once(morning)

    assert morning.system.rows.position(NAME) >= written
    assert morning.escalated()[0].stamp.at >= morning.eight


async def test_programs_are_answered_while_temporal_is_away(
    morning: Morning, calling: Calling
) -> None:
    morning.server.stop()
    program = calling(str(COORDINATOR))
    lamp = {"category": "LGT-FAIL", "text": "Lampen er slukket."}
    noted = await asyncio.to_thread(
        program.post, f"/cases/{NUMBER}/note", text="Ringet."
    )
    reported = await asyncio.to_thread(program.post, "/cases", 201, **lamp)
    assert noted.json()["facts"] == 1
    number = reported.json()["about"]

    await morning.comes_back()
    await happens_once(morning)

    handle = morning.client.get_workflow_handle(f"finding/{number}")
    described = await handle.describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_people_are_answered_while_temporal_is_away(
    morning: Morning, opening: Opening
) -> None:
    morning.server.stop()
    browser = opening().log_in(of_pages.COORDINATOR)
    lamp = {"category": "LGT-FAIL", "text": "Lampen er slukket."}

    def works() -> str:
        browser.step(NUMBER, "note", text="Ringet.")
        browser.get("/report")
        browser.post("/report", **lamp)  # type: ignore[arg-type]
        return str(browser.page.headers["location"])

    number = (await asyncio.to_thread(works)).rpartition("/")[2]

    await morning.comes_back()
    await happens_once(morning)

    handle = morning.client.get_workflow_handle(f"finding/{number}")
    described = await handle.describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_a_killed_server_goes_on_where_it_was(morning: Morning) -> None:
    morning.server.kill()
    morning.note()
    await morning.comes_back()
    await happens_once(morning)


async def test_a_server_that_lost_its_file_learns_everything_again(
    morning: Morning,
) -> None:
    morning.server.kill()
    morning.server.forget()
    morning.note()
    await morning.comes_back()
    await happens_once(morning)


def gadelys(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real program on `data`, with a Temporal that is not there."""
    environment = {
        **os.environ,
        "GADELYS_DATA": str(data),
        "GADELYS_TEMPORAL_ADDRESS": NOBODY,
    }
    return subprocess.run(
        [sys.executable, "-m", "adapters.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_line_needs_no_temporal(tmp_path: Path) -> None:
    data = tmp_path / "data"
    adopted = gadelys(
        data,
        *("register", "adopt", str(shipped(DEFAULT_REGISTER))),
        *("--by", str(COORDINATOR)),
    )
    reported = gadelys(
        data,
        *("report", NUMBER, "--category", "VEG-HEDGE", "--text", "Hæk.", "--json"),
        *("--by", str(COORDINATOR)),
    )
    assigned = gadelys(
        data, "assign", NUMBER, "--to", str(OPERATIONS), "--by", str(COORDINATOR)
    )
    case = gadelys(data, "case", NUMBER, "--json", "--by", str(COORDINATOR))

    assert [adopted.returncode, reported.returncode, assigned.returncode] == [0, 0, 0]
    assert json.loads(case.stdout)["status"] == "assigned"
    assert json.loads(case.stdout)["coming"]

    again = gadelys(data, "redispatch", "--json")

    assert again.returncode == 5
    assert json.loads(again.stderr)["code"] == "temporal_unavailable"
