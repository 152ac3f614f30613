"""Every case as it is and was: who must do what by when, and what became of it.

Worklist, list of what is late, map, search and a walk's report all ask this one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingReferred,
    FindingReported,
    FixVerified,
    NoteAdded,
    ReminderRaised,
    is_about_a_finding,
)
from domain.finding.state import Finding, Status, evolve
from domain.messages import Recorded
from domain.replacing import replace
from domain.values import (
    Actor,
    Authority,
    CategoryCode,
    FindingNumber,
    Kind,
    PersonalText,
    Point,
    Severity,
    WalkNumber,
)
from projections.case_path import CasePath, goes_on
from projections.danish import sort_key
from projections.fold import Lookup, Versioned, number_of

LAST_DAY = date.max
"""Where a case stands in a list by days when no clock of it runs."""


class NextStep(StrEnum):
    """What the responsible party has to do next."""

    ASSIGN = "assign"
    ANSWER_HANDOVER = "answer_handover"
    APPROVE_DECLINE = "approve_decline"
    REVIEW_HOLD = "review_hold"
    COMPLETE_SUBTASKS = "complete_subtasks"
    FIX = "fix"
    VERIFY = "verify"


@dataclass(frozen=True)
class CaseRow:
    """One case.

    `unit` and `person` have to act; `due_on` is the last day, local calendar, of
    `clock`, the first running clock to run out; whether it is late is asked of the
    day when somebody looks. `acknowledge_due` to `review_on` are the last days of
    running clocks only: a case on hold is never late with the fix. `fix_promised`
    and `verify_promised` are those days whether or not their clock runs.
    `listed_on` is `due_on`, or the last of all days. `path` is what reports count.
    """

    number: FindingNumber
    status: Status
    is_open: bool
    unit: Actor
    person: str | None
    listed_on: date
    due_on: date | None
    clock: ClockName | None
    next_step: NextStep
    category: CategoryCode
    severity: Severity
    on_hold: bool
    disputed: bool
    offered: bool
    escalated: int
    reopened: int
    acknowledge_due: date | None
    fix_due: date | None
    verify_due: date | None
    review_on: date | None
    fix_promised: date | None
    verify_promised: date | None
    assignee: Actor | None
    authority: Authority
    master: FindingNumber | None
    reported_at: datetime
    version: int
    position: int
    walk: WalkNumber | None
    kind: Kind | None
    text: PersonalText
    place: PersonalText | None
    place_order: PersonalText
    lat: float | None
    lon: float | None
    reminders: tuple[tuple[ClockName, datetime], ...]
    escalations: tuple[tuple[int, datetime], ...]
    ever_verified: bool
    path: CasePath


DUE = {
    ClockName.ACKNOWLEDGE: "acknowledge_due",
    ClockName.FIX: "fix_due",
    ClockName.VERIFY: "verify_due",
    ClockName.HOLD: "review_on",
}
"""In which column the last day of each clock stands."""


def late_clocks(row: CaseRow, as_of: date) -> dict[ClockName, date]:
    """Return the running clocks of a case that have run out, with their last day."""
    due = {clock: getattr(row, column) for clock, column in DUE.items()}
    return {clock: day for clock, day in due.items() if day and day < as_of}


def apply(row: CaseRow | None, fact: Recorded, memory: Finding) -> CaseRow | None:
    """Return the case after one more fact; nothing before it was reported."""
    event = fact.event
    if not is_about_a_finding(event):
        return row
    if row is None:
        if not isinstance(event, FindingReported | FindingReferred):
            return None
        row = _blank(fact, memory)
    if isinstance(event, NoteAdded):
        return replace(row, version=fact.version, position=fact.position)
    running = {name: memory.clocks[name].due for name in memory.running}
    clock = min(running, key=running.__getitem__, default=None)
    due = running[clock] if clock else None
    acts = memory.next_actor or memory.triage
    unit = acts.unit
    is_over = memory.status not in HAS_VERIFY
    return replace(
        row,
        status=memory.status,
        is_open=memory.is_open,
        unit=unit,
        person=acts.person,
        listed_on=due or LAST_DAY,
        due_on=due,
        clock=clock,
        next_step=next_step(memory),
        category=memory.category,
        severity=memory.severity,
        on_hold=memory.hold is not None,
        disputed=memory.disputed,
        offered=memory.offer is not None,
        escalated=memory.escalated,
        reopened=memory.reopened,
        acknowledge_due=running.get(ClockName.ACKNOWLEDGE),
        fix_due=running.get(ClockName.FIX),
        verify_due=running.get(ClockName.VERIFY),
        review_on=running.get(ClockName.HOLD),
        fix_promised=_promised(memory, ClockName.FIX),
        verify_promised=None if is_over else _promised(memory, ClockName.VERIFY),
        assignee=memory.assignee,
        authority=unit.authority,
        master=memory.master,
        version=fact.version,
        position=fact.position,
        path=goes_on(row.path, event, row, on_hold=memory.hold is not None),
        **_said(row, event),
    )


HAS_VERIFY = frozenset({Status.FIXED, Status.VERIFIED})
"""Statuses of which the day of the verification says something."""


def _blank(fact: Recorded, memory: Finding) -> CaseRow:
    return CaseRow(
        number=number_of(fact),
        status=memory.status,
        is_open=memory.is_open,
        unit=memory.triage.unit,
        person=None,
        listed_on=LAST_DAY,
        due_on=None,
        clock=None,
        next_step=NextStep.ASSIGN,
        category=memory.category,
        severity=memory.severity,
        on_hold=False,
        disputed=False,
        offered=False,
        escalated=0,
        reopened=0,
        acknowledge_due=None,
        fix_due=None,
        verify_due=None,
        review_on=None,
        fix_promised=None,
        verify_promised=None,
        assignee=None,
        authority=memory.triage.authority,
        master=None,
        reported_at=memory.reported_at,
        version=fact.version,
        position=fact.position,
        walk=None,
        kind=None,
        text="",
        place=None,
        place_order="",
        lat=None,
        lon=None,
        reminders=(),
        escalations=(),
        ever_verified=False,
        path=CasePath(raised_by=fact.event.stamp.by),
    )


def _said(row: CaseRow, event: FindingEvent) -> dict[str, Any]:
    """Return what a fact says of a case that the rules need not remember."""
    match event:
        case FindingReported():
            return {
                "walk": event.walk,
                "kind": event.kind,
                "text": event.text,
                **_where(event.point, event.place),
            }
        case FindingCorrected():
            return {
                "kind": event.category.kind if event.category else row.kind,
                "text": event.text or row.text,
                **(_where(event.point, None) if event.point else {}),
                **(_named(event.place) if event.place else {}),
            }
        case FindingReferred():
            # Nothing may be shown of a matter that went to another forum.
            hidden = {"text": "", **_where(None, None)}
            return {"walk": event.walk or row.walk, **hidden}
        case FixVerified():
            return {"ever_verified": True}
        case ReminderRaised(occasions=occasions):
            clocks = dict.fromkeys(occasion.clock for occasion in occasions)
            raised = tuple((clock, event.stamp.at) for clock in clocks)
            return {"reminders": row.reminders + raised}
        case FindingEscalated(level=level):
            return {"escalations": (*row.escalations, (level, event.stamp.at))}
        case _:
            return {}


def _where(point: Point | None, place: str | None) -> dict[str, Any]:
    lat, lon = (point.lat, point.lon) if point else (None, None)
    return {"lat": lat, "lon": lon, **_named(place)}


def _named(place: str | None) -> dict[str, Any]:
    return {"place": place, "place_order": sort_key(place or "")}


def due_clock(finding: Finding) -> ClockName | None:
    """Return the clock that counts for people now: the first to run out."""
    return min(finding.running, key=lambda name: finding.clocks[name].due, default=None)


def next_step(finding: Finding) -> NextStep:
    """Return what has to be done next."""
    if finding.status is Status.FIXED:
        return NextStep.VERIFY
    if finding.decline_proposed_by:
        return NextStep.APPROVE_DECLINE
    if finding.offered_to:
        return NextStep.ANSWER_HANDOVER
    if finding.hold:
        return NextStep.REVIEW_HOLD
    if finding.assignee is None:
        return NextStep.ASSIGN
    if any(part.done_by is None for part in finding.subtasks):
        return NextStep.COMPLETE_SUBTASKS
    return NextStep.FIX


def _promised(memory: Finding, name: ClockName) -> date | None:
    clock = memory.clocks.get(name)
    return clock.due if clock else None


def remember(memory: Finding | None, fact: Recorded) -> Finding:
    """Return what the rules remember after one more fact.

    Raises: TypeError for a fact that is not about a finding.
    """
    event = fact.event
    if not is_about_a_finding(event):
        raise TypeError(event.TOPIC)
    return evolve(memory, event)


def _searched(row: CaseRow) -> str:
    return f"{row.number} {row.text} {row.place or ''}"


NOW = ("current",)
ON_A_MAP = ("number", "category", "status", "due_on")
"""What a map shows of a case: it stands in the index itself."""

CASES = Versioned(
    name="cases_v2",
    row=CaseRow,
    reads=("finding",),
    remember=remember,
    apply=apply,
    words=_searched,
    counters=("version", "position"),
    indexes=(
        Lookup(("key",), NOW),
        Lookup(("is_open", "listed_on", "key"), NOW),
        Lookup(("is_open", "place_order", "key"), NOW),
        Lookup(("unit", "is_open", "listed_on", "key"), NOW),
        Lookup(("person", "is_open", "listed_on", "key"), NOW),
        Lookup(("category", "is_open", "listed_on", "key"), NOW),
        Lookup(("status", "listed_on", "key"), NOW),
        Lookup(("lat", "lon", *ON_A_MAP), ("current", "is_open")),
        Lookup(("lat", "lon"), NOW),
        Lookup(("walk",)),
        Lookup(("unit", "happened_span", "from_at"), ("is_open",)),
        Lookup(("happened_span", "from_at"), ("is_open",)),
        Lookup(("unit", "known_span", "known_from"), ("is_open",)),
        Lookup(("known_span", "known_from"), ("is_open",)),
        Lookup(("from_at",)),
    ),
)
