"""Calendar files as three independent programs read them."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from adapters.notify.calendar_files import (
    Entry,
    calendar_parts,
    cancellation,
    deadline,
    meeting,
    walk_invitation,
)
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.finding.commands import PersonCommand
from domain.messages import Event, derived_id
from domain.ports import Decision
from domain.values import Actor, StreamId
from domain.walk.events import MeetingPoint, WalkCancelled, WalkPlan, WalkPlanned
from projections.notices import NOTICES, NoticeRow
from tests import examples as ex
from tests.conftest import StandingClock

VENDOR = Path(__file__).parent.parent / "vendor"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NUMBER = "AALBORG-OEST-2026-01"


@dataclass(frozen=True, slots=True)
class Read:
    """What a program found in a file; `start` is UTC, or a day."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    start: datetime | date


def by_icalendar(text: str) -> Read:
    calendar = icalendar.Calendar.from_ical(text)
    [event] = calendar.events
    start = event.start
    return Read(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=event.sequence,
        status=str(event["STATUS"]),
        summary=str(event["SUMMARY"]),
        start=start.astimezone(UTC) if isinstance(start, datetime) else start,
    )


def by_vobject(text: str) -> Read:
    calendar = vobject.readOne(text)
    event = calendar.vevent
    start = event.dtstart.value
    return Read(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        status=event.status.value,
        summary=event.summary.value,
        start=start.astimezone(UTC) if isinstance(start, datetime) else start,
    )


def by_ical_js(text: str) -> Read:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed: the third parser cannot read our files")
    done = subprocess.run(
        [node, VENDOR / "read_calendar.mjs"],
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    read = json.loads(done.stdout)
    start = read["start"]
    kind = datetime if "T" in start else date
    return Read(
        method=read["method"],
        uid=read["uid"],
        sequence=read["sequence"],
        status=read["status"],
        summary=read["summary"],
        start=kind.fromisoformat(start),
    )


every_reader = pytest.mark.parametrize("read", [by_icalendar, by_vobject, by_ical_js])
Reader = Callable[[str], Read]

ENTRY = Entry(
    what=("walk", NUMBER),
    sequence=3,
    stamp=ex.moment(),
    summary="Tryghedsvandring, Aalborg Øst; æøå",
    organizer="tryghedsvandring@kommune.example",
    attendee="vejbelysning@kommune.example",
)


def plan(day: str = "2026-10-24", at: str = "17:15") -> WalkPlan:
    begin = datetime.fromisoformat(f"{day} {at}").replace(tzinfo=COPENHAGEN)
    return WalkPlan(
        area="Aalborg Øst",
        starts_at=begin,
        ends_at=begin + timedelta(hours=2),
        meeting_point=MeetingPoint(lat=57.03, lon=9.99, text="Ved bænken; i læ"),
    )


def test_the_third_parser_is_the_one_that_was_taken() -> None:
    digest = sha256((VENDOR / "ical.mjs").read_bytes()).hexdigest()

    assert digest in (VENDOR / "README.md").read_text("utf-8")


@every_reader
def test_an_invitation_is_read_by_all(read: Reader) -> None:
    found = read(walk_invitation(ENTRY, plan()))

    assert found == Read(
        method="REQUEST",
        uid=f"{derived_id('calendar', 'walk', NUMBER)}@gadelys.example",
        sequence=3,
        status="CONFIRMED",
        summary=ENTRY.summary,
        start=datetime(2026, 10, 24, 15, 15, tzinfo=UTC),
    )


@every_reader
@pytest.mark.parametrize("year", [2026, 2027, 2035])
@pytest.mark.parametrize("from_change", [-1, 0, 1])
@pytest.mark.parametrize("month", [3, 10])
def test_the_hour_is_right_around_both_changes_of_the_clocks(
    read: Reader, year: int, month: int, from_change: int
) -> None:
    last = date(year, month, 31)
    change = last - timedelta(days=(last.weekday() + 1) % 7)
    planned = plan(str(change + timedelta(days=from_change)))

    found = read(walk_invitation(ENTRY, planned))

    assert found.start == planned.starts_at.astimezone(UTC)


@every_reader
def test_a_deadline_is_a_whole_day(read: Reader) -> None:
    assert read(deadline(ENTRY, date(2026, 10, 25))).start == date(2026, 10, 25)


def test_a_deadline_makes_nobody_busy_and_rings_the_day_before() -> None:
    [event] = icalendar.Calendar.from_ical(deadline(ENTRY, date(2026, 10, 25))).events

    assert event["TRANSP"] == "TRANSPARENT"
    assert event.decoded("DTEND") == date(2026, 10, 26)
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(days=-1)


@every_reader
def test_a_meeting_is_a_day_until_its_hour_is_known(read: Reader) -> None:
    begin = plan().starts_at

    assert read(meeting(ENTRY, date(2027, 4, 8))).start == date(2027, 4, 8)
    assert read(meeting(ENTRY, begin, plan().ends_at)).start == begin.astimezone(UTC)


@every_reader
def test_a_cancellation_takes_the_same_event_away(read: Reader) -> None:
    invited = read(walk_invitation(ENTRY, plan()))

    gone = read(cancellation(replace(ENTRY, sequence=4), plan().starts_at))

    assert (gone.method, gone.status) == ("CANCEL", "CANCELLED")
    assert gone.uid == invited.uid
    assert gone.sequence > invited.sequence


def test_nobody_is_invited_by_name() -> None:
    [invited] = icalendar.Calendar.from_ical(walk_invitation(ENTRY, plan())).events
    told = icalendar.Calendar.from_ical(
        walk_invitation(replace(ENTRY, attendee=None), plan())
    )

    assert invited["ATTENDEE"] == "mailto:vejbelysning@kommune.example"
    assert "CN" not in invited["ATTENDEE"].params
    assert told["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in told.events[0]


def test_another_time_zone_has_rules_too() -> None:
    london = replace(ENTRY, zone="Europe/London")

    found = by_icalendar(walk_invitation(london, plan()))

    assert found.start == plan().starts_at.astimezone(UTC)


# --- What belongs to a notice ---------------------------------------------------


def ask(system: Gadelys, now: StandingClock, command: PersonCommand) -> None:
    now.moment = command.stamp.at.astimezone(UTC)
    identity = derived_id("calendar test", command.NAME, command.stamp.at)
    stamp = command.stamp.model_copy(update={"command_id": identity})
    system.submit(command.model_copy(update={"stamp": stamp}))


def notices_of(system: Gadelys, recipient: Actor) -> list[NoticeRow]:
    system.catch_up([NOTICES.name])
    table = system.rows.table(NOTICES)
    query = table.select().where(table.c.recipient == str(recipient))
    return system.rows.rows(NOTICES, query.order_by(table.c.position))


def files_of(system: Gadelys, notice: NoticeRow) -> list[Read]:
    texts = Texts("da", system.rules().register)
    parts = calendar_parts(notice, system, texts, "unit@kommune.example")
    found = [by_icalendar(part.text) for part in parts]
    assert [one.method for one in found] == [part.method for part in parts]
    return found


def test_an_assignment_carries_its_deadline(
    system: Gadelys, now: StandingClock
) -> None:
    ask(system, now, ex.report())
    ask(system, now, ex.assign(day="2026-10-21 12:05"))
    [notice] = notices_of(system, ex.LIGHTING)

    [found] = files_of(system, notice)

    assert found.method == "REQUEST"
    assert found.summary == "Frist: sag 2026-04"
    assert found.start == date(2026, 11, 4)
    assert found.sequence == system.finding(ex.NUMBER)[1]


def test_a_case_that_moved_on_leaves_the_calendar(
    system: Gadelys, now: StandingClock
) -> None:
    ask(system, now, ex.report())
    ask(system, now, ex.assign(day="2026-10-21 12:05"))
    ask(system, now, ex.accept(day="2026-10-21 12:10"))
    ask(system, now, ex.mark_fixed(day="2026-10-21 12:20"))
    ask(system, now, ex.reject_fix(day="2026-10-21 12:30"))
    first, second = notices_of(system, ex.LIGHTING)
    [before] = files_of(system, second)
    ask(system, now, ex.give_back(day="2026-10-21 12:40"))

    [after] = files_of(system, second)

    assert files_of(system, first) == []
    assert (before.method, after.method) == ("REQUEST", "CANCEL")
    assert before.uid == after.uid
    assert before.sequence < after.sequence


def stored_walk(system: Gadelys, *events: Event) -> NoticeRow:
    """Store facts of a walk as they are, and return a notice of the last one."""
    stream = StreamId(f"walk/{NUMBER}")
    after = len(system.store.load(stream))
    system.store.append(
        [
            Decision(
                stream=stream,
                after=after,
                command_id=derived_id("stored walk", after),
                asked="",
                register=1,
                events=events,
            )
        ],
        system.now(),
    )
    last = system.store.load(stream)[-1]
    return NoticeRow(
        position=last.position,
        recipient=ex.LIGHTING,
        urgent=False,
        event_id=last.event_id,
        stream=stream,
        version=last.version,
        number=NUMBER,
        topic=last.event.TOPIC,
        at=last.event.stamp.at,
        details={},
    )


def test_a_walk_is_an_invitation_and_its_next_meeting(system: Gadelys) -> None:
    planned = WalkPlanned(stamp=ex.stamp(), plan=plan(), follow_up_on=date(2027, 4, 26))

    walk, later = files_of(system, stored_walk(system, planned))

    assert walk.summary == "Tryghedsvandring, Aalborg Øst"
    assert walk.start == plan().starts_at.astimezone(UTC)
    assert later.start == date(2027, 4, 26)
    assert walk.uid != later.uid


def test_a_walk_that_is_planned_again_moves_in_the_calendar(system: Gadelys) -> None:
    first = WalkPlanned(stamp=ex.stamp(), plan=plan())
    second = WalkPlanned(stamp=ex.stamp(), plan=plan("2026-10-28"))

    [before] = files_of(system, stored_walk(system, first))
    [after] = files_of(system, stored_walk(system, second))

    assert before.uid == after.uid
    assert before.sequence < after.sequence
    assert after.start == plan("2026-10-28").starts_at.astimezone(UTC)


def test_a_cancelled_walk_leaves_the_calendar(system: Gadelys) -> None:
    planned = WalkPlanned(stamp=ex.stamp(), plan=plan(), follow_up_on=date(2027, 4, 26))
    before = files_of(system, stored_walk(system, planned))
    notice = stored_walk(system, WalkCancelled(stamp=ex.stamp(), reason="Storm."))

    after = files_of(system, notice)

    assert [one.method for one in after] == ["CANCEL", "CANCEL"]
    assert [one.uid for one in after] == [one.uid for one in before]


def test_most_notices_have_no_file(system: Gadelys, now: StandingClock) -> None:
    ask(system, now, ex.report(by=ex.COUNCIL))
    [notice] = notices_of(system, ex.COORDINATOR)

    assert files_of(system, notice) == []
    roster = replace(notice, stream=StreamId("roster/main"), topic="roster.x.v1")
    assert files_of(system, roster) == []
