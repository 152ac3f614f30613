"""How things look on a page: symbols, and days with words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from adapters.texts import Texts, details_of
from domain.calendar import Calendar
from domain.finding.state import Status
from domain.messages import Event, Recorded
from domain.register.model import Register
from domain.values import Severity
from projections.case_page import CasePage
from projections.cases import CaseRow

SYMBOLS: Mapping[Status, str] = {
    Status.REPORTED: "○",
    Status.ASSIGNED: "◐",
    Status.FIXED: "◕",
    Status.VERIFIED: "●",
    Status.DECLINED: "✕",
    Status.MERGED: "≡",
    Status.REFERRED: "↗",
    Status.POSITIVE: "★",
}
SOON_DAYS = 3
KILOBYTE = 1_000


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file to take along: its name, what it is and how large it is, in words."""

    name: str
    what: str
    size: str


def file_of(name: str, length: int, texts: Texts) -> FileLine:
    """Return a file in words."""
    return FileLine(
        name, what_is(name, texts), f"{max(1, round(length / KILOBYTE))} kB"
    )


def what_is(name: str, texts: Texts) -> str:
    """Return what a file is; of one that nobody described, its name."""
    key = re.sub(r"[^a-z]+", "_", name).strip("_")
    described = texts.word("web_report_file", key)
    return name if described == key else described


@dataclass(frozen=True, slots=True)
class Due:
    """A last day in words; `state` is late, today, soon or later."""

    day: str
    words: str
    state: str


def due_of(
    day: date | None, today: date, calendar: Calendar, texts: Texts
) -> Due | None:
    """Return how far away a last day is, in working days and words."""
    if day is None:
        return None
    shown = texts.show(day)
    if day == today:
        return Due(shown, texts.say("web.due_today"), "today")
    days = calendar.between(min(day, today), max(day, today))
    if day < today:
        return Due(shown, texts.say("web.due_late", days=days), "late")
    state = "soon" if days <= SOON_DAYS else "later"
    return Due(shown, texts.say("web.due_left", days=days), state)


def overlays_of(row: CaseRow, texts: Texts) -> list[str]:
    """Return what lies on top of the status, each with its symbol."""
    found = [
        f"! {texts.show(row.severity)}" if row.severity is Severity.ACUTE else "",
        f"‖ {texts.say('say.on_hold')}" if row.on_hold else "",
        f"⚑ {texts.say('say.disputed')}" if row.disputed else "",
        f"⇄ {texts.say('web.offered')}" if row.offered else "",
        f"▲ {texts.say('web.escalated', level=row.escalated)}" if row.escalated else "",
        f"↻ {texts.say('web.reopened', count=row.reopened)}" if row.reopened else "",
    ]
    return [one for one in found if one]


def marks_of(page: CasePage, texts: Texts) -> list[str]:
    """Return the same for one case by itself."""
    memory = page.memory
    found = [
        f"! {texts.show(memory.severity)}" if memory.is_urgent else "",
        f"‖ {texts.say('say.on_hold')}" if memory.hold else "",
        f"⚑ {texts.say('say.disputed')}" if memory.disputed else "",
        f"⇄ {texts.say('web.offered')}" if memory.offer else "",
        f"▲ {texts.say('web.escalated', level=memory.escalated)}"
        if memory.escalated
        else "",
        f"↻ {texts.say('web.reopened', count=page.reopened)}" if page.reopened else "",
    ]
    return [one for one in found if one]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact in words; `learned` only where the system knew of it later."""

    version: int
    at: str
    words: str
    learned: str
    by_clock: bool
    is_message: bool


MESSAGES = frozenset({"finding.reminder_raised.v1", "finding.escalated.v1"})


def told_of(fact: Recorded, texts: Texts) -> Told:
    """Return one fact as a line of the story."""
    stamp = fact.event.stamp
    late = fact.recorded_at.date() > stamp.at.date()
    return Told(
        version=fact.version,
        at=texts.show(stamp.at),
        words=texts.told(fact.event),
        learned=texts.say("say.known_since", at=fact.recorded_at) if late else "",
        by_clock=stamp.by == "clock",
        is_message=fact.event.TOPIC in MESSAGES,
    )


def consequences(events: tuple[Event, ...], texts: Texts) -> list[str]:
    """Return what would follow, in whole sentences."""
    return [
        texts.consequence(event.TOPIC, event.stamp.by, details_of(event))
        for event in events
    ]


def choices_of(values: Iterable[str], name: str, texts: Texts) -> list[tuple[str, str]]:
    """Return values with what people read for each; units stand by their names."""
    shown = {
        "category": texts.category,
        "reason_code": texts.reason,
        "legal_basis": texts.reason,
    }.get(name, texts.actor)
    return [(value, shown(value)) for value in values]


def unit_names(register: Register, texts: Texts) -> list[tuple[str, str]]:
    """Return all units with their names, as a list to choose from."""
    return [(str(unit.id), texts.show_named(unit)) for unit in register.units]


VIEW: Mapping[str, object] = {
    "symbols": {str(status): symbol for status, symbol in SYMBOLS.items()}
}
"""What templates may look up."""
