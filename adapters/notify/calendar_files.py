"""Calendar files: invitations, deadlines and their cancellation (RFC 5545, 5546).

The same thing has the same UID for ever, and a SEQUENCE that follows the version
of its stream, so a calendar keeps one entry that moves or goes. Organizer and
attendee are mail addresses of units; a participant gets the file without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vGeo,
    vRecur,
)

from adapters.notify.addresses import address
from adapters.notify.concerns import due_day
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.finding.events import (
    FindingAssigned,
    FindingReopened,
    FixRejected,
    HandoverOffered,
    SubtaskAdded,
)
from domain.messages import Recorded, derived_id
from domain.register.model import Register
from domain.values import ERASED, RESTRICTED, Actor
from domain.walk.events import WalkCancelled, WalkHeld, WalkPlan, WalkPlanned
from projections.notices import NoticeRow

PRODUCT = "-//Gadelys//Tryghedsvandringer//DA"
COPENHAGEN = "Europe/Copenhagen"
REQUEST, PUBLISH, CANCEL = "REQUEST", "PUBLISH", "CANCEL"
DAY = timedelta(days=1)
WITH_A_DEADLINE = (
    FindingAssigned,
    HandoverOffered,
    FindingReopened,
    FixRejected,
    SubtaskAdded,
)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """One event as a file; `method` is what the recipient's calendar does with it."""

    name: str
    method: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What every calendar file has in common.

    `what` are the parts of the stable UID, `sequence` never goes down, `stamp`
    (aware) is when it was decided. Without an `attendee` nobody is invited: the
    event is only told.
    """

    what: tuple[str, ...]
    sequence: int
    stamp: datetime
    summary: str
    organizer: str
    attendee: str | None = None
    link: str | None = None
    zone: str = COPENHAGEN

    @property
    def uid(self) -> str:
        """The same for the same thing, on every machine."""
        return f"{derived_id('calendar', *self.what)}@gadelys.example"

    @property
    def method(self) -> str:
        """How the event is told."""
        return REQUEST if self.attendee else PUBLISH


def walk_invitation(entry: Entry, plan: WalkPlan) -> str:
    """Return the invitation to a walk."""
    event = _event(entry)
    _put_time(event, entry, plan.starts_at, plan.ends_at)
    event.add("location", _place(plan))
    if plan.meeting_point:
        point = plan.meeting_point
        event.add("geo", vGeo((point.lat, point.lon)))
    return _file(entry, event, entry.method)


def meeting(entry: Entry, starts: datetime | date, ends: datetime | None = None) -> str:
    """Return the invitation to a meeting, or to a day while no hour is known."""
    event = _event(entry)
    _put_time(event, entry, starts, ends)
    return _file(entry, event, entry.method)


def deadline(entry: Entry, day: date) -> str:
    """Return a deadline: the whole day, nobody busy, a reminder the day before."""
    event = _event(entry)
    _put_time(event, entry, day, None)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.summary)
    alarm.add("trigger", -DAY)
    event.add_component(alarm)
    return _file(entry, event, entry.method)


def cancellation(entry: Entry, starts: datetime | date) -> str:
    """Return the file that takes the event out of calendars again."""
    event = _event(entry)
    _put_time(event, entry, starts, None)
    event["status"] = "CANCELLED"
    return _file(entry, event, CANCEL)


def calendar_parts(
    notice: NoticeRow, system: Gadelys, texts: Texts, attendee: str | None
) -> tuple[CalendarFile, ...]:
    """Return the calendar files that belong to a notice; most have none.

    They say what holds now: a walk that was cancelled since is cancelled.
    """
    history = system.store.load(notice.stream)
    match notice.stream.partition("/")[0]:
        case "walk":
            return _of_walk(notice, history, system, texts, attendee)
        case "finding":
            return _of_finding(notice, history, system, texts, attendee)
        case _:
            return ()


def _of_walk(
    notice: NoticeRow,
    history: Sequence[Recorded],
    system: Gadelys,
    texts: Texts,
    attendee: str | None,
) -> tuple[CalendarFile, ...]:
    planned = [f.event for f in history if isinstance(f.event, WalkPlanned)]
    is_held = any(isinstance(fact.event, WalkHeld) for fact in history)
    about_time = notice.topic.removeprefix("walk.") in {
        *("planned.v1", "invited.v1", "cancelled.v1")
    }
    if not planned or is_held or not about_time:
        return ()
    register, plan = system.rules().register, planned[-1].plan

    def entry(what: str) -> Entry:
        return Entry(
            what=(what, notice.number),
            sequence=history[-1].version,
            stamp=history[-1].event.stamp.at,
            summary=texts.say(f"say.calendar_{what}", area=plan.area),
            organizer=_organizer(notice.recipient, register),
            attendee=attendee,
            zone=register.clock.time_zone,
        )

    walk = entry("walk")
    meets_on = planned[-1].follow_up_on
    if isinstance(history[-1].event, WalkCancelled):
        files = [_named(notice, walk, cancellation(walk, plan.starts_at), CANCEL)]
        if meets_on:
            other = entry("meeting")
            files.append(_named(notice, other, cancellation(other, meets_on), CANCEL))
        return tuple(files)
    files = [_named(notice, walk, walk_invitation(walk, plan), walk.method)]
    if meets_on:
        other = entry("meeting")
        files.append(_named(notice, other, meeting(other, meets_on), other.method))
    return tuple(files)


def _of_finding(
    notice: NoticeRow,
    history: Sequence[Recorded],
    system: Gadelys,
    texts: Texts,
    attendee: str | None,
) -> tuple[CalendarFile, ...]:
    told = [fact for fact in history if _gives_a_deadline(fact, notice.recipient)]
    if not told or attendee is None:
        return ()
    finding, version = system.finding(notice.number)
    rules = system.rules()
    register = rules.register
    today = register.working_days.local_day(system.now())
    due = due_day(notice, finding, rules, today)
    answer = notice.topic == HandoverOffered.TOPIC
    entry = Entry(
        what=("deadline", notice.number, notice.recipient.unit),
        sequence=version,
        stamp=history[-1].event.stamp.at,
        summary=texts.say(
            "say.calendar_answer" if answer else "say.calendar_deadline",
            number=notice.number,
        ),
        organizer=_organizer(notice.recipient, register),
        attendee=attendee,
        zone=register.clock.time_zone,
    )
    if due is None:
        # Only who had the deadline in a calendar needs to be rid of it.
        if told[0].version >= notice.version:
            return ()
        text = cancellation(entry, register.working_days.local_day(notice.at))
        return (_named(notice, entry, text, CANCEL),)
    if not any(fact.event_id == notice.event_id for fact in told):
        return ()
    return (_named(notice, entry, deadline(entry, due), entry.method),)


def _gives_a_deadline(fact: Recorded, recipient: Actor) -> bool:
    event = fact.event
    return isinstance(event, WITH_A_DEADLINE) and event.to.same_hands(recipient)


def _organizer(recipient: Actor, register: Register) -> str:
    """Return the mail address of who coordinates for the recipient."""
    coordinator = register.coordinator(register.behind(recipient).authority)
    return address(coordinator, register)


def _named(notice: NoticeRow, entry: Entry, text: str, method: str) -> CalendarFile:
    return CalendarFile(f"{entry.what[0]}-{notice.number}.ics", method, text)


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("status", "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{entry.organizer}"))
    if entry.attendee:
        attendee = vCalAddress(f"mailto:{entry.attendee}")
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["CUTYPE"] = "GROUP"
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee)
    if entry.link:
        event.add("url", entry.link)
    return event


def _put_time(
    event: Event, entry: Entry, starts: datetime | date, ends: datetime | None
) -> None:
    """Put a local time with its zone, or a whole day, into the event."""
    if not isinstance(starts, datetime):
        event.add("dtstart", starts)
        event.add("dtend", starts + DAY)
        return
    _put_moment(event, "dtstart", starts, entry.zone)
    if ends:
        _put_moment(event, "dtend", ends, entry.zone)


def _put_moment(event: Event, name: str, moment: datetime, zone: str) -> None:
    event.add(name, moment.astimezone(ZoneInfo(zone)))


def _place(plan: WalkPlan) -> str:
    where = plan.meeting_point.text if plan.meeting_point else ""
    is_known = where not in {"", ERASED, RESTRICTED}
    return f"{where}, {plan.area}" if is_known else plan.area


def _file(entry: Entry, event: Event, method: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if isinstance(event.decoded("dtstart"), datetime):
        calendar.add_component(_time_zone(entry.zone))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode()


@cache
def _time_zone(name: str) -> Component:
    """Return the rules of a time zone; those of the EU in two lines.

    What the library derives by itself is a list of days until 2038.
    """
    if name != COPENHAGEN:
        return Timezone.from_tzid(name)
    zone = Timezone()
    zone.add("tzid", name)
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    daylight = TimezoneDaylight()
    daylight.add("dtstart", datetime(1996, 3, 31, 2))  # noqa: DTZ001 - local
    daylight.add("rrule", vRecur(freq="YEARLY", bymonth=3, byday="-1SU"))
    daylight.add("tzoffsetfrom", winter)
    daylight.add("tzoffsetto", summer)
    daylight.add("tzname", "CEST")
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1996, 10, 27, 3))  # noqa: DTZ001 - see above
    standard.add("rrule", vRecur(freq="YEARLY", bymonth=10, byday="-1SU"))
    standard.add("tzoffsetfrom", summer)
    standard.add("tzoffsetto", winter)
    standard.add("tzname", "CET")
    zone.add_component(daylight)
    zone.add_component(standard)
    return zone
