"""What a report must know of each case and walk: which days, whose hands, what answer.

Source: domain.md §7, "Council report KPIs".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from domain.calendar import Calendar
from domain.messages import Recorded
from domain.publication.events import PublicationKind
from domain.publication.state import PublicationStatus
from domain.values import (
    Actor,
    Authority,
    FindingNumber,
    PublicationNumber,
    WalkNumber,
)
from domain.walk.events import Attendance
from projections.case_path import FixMade
from projections.cases import CASES, CaseRow
from projections.publications import PublicationRow
from projections.publications import apply as after_fact
from projections.results import RESULTS, ResultLine
from projections.walk_paths import WALK_PATHS, WalkPath


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix that still stands: the day, the last day there was, and whose hands.

    `counts_on` is the day that is held against `due`: the clock stands during a hold.
    What people did was held on a day and `reached` so many (R15).
    """

    on: date
    counts_on: date
    due: date | None
    units: frozenset[Actor]
    held_on: date | None = None
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """One stretch on hold; `until` is open while it lasts."""

    reason: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer to another authority; `refused` is open while nobody answered."""

    sender: Authority
    to: Authority
    on: date
    answered_on: date | None = None
    refused: bool | None = None


@dataclass(frozen=True)
class Trail:
    """One case: how it stands, and the days that count; days are local days."""

    row: CaseRow
    reported_on: date
    raised_by: Actor
    assigned_on: date | None = None
    answered_on: date | None = None
    fix: Fix | None = None
    verified_on: date | None = None
    verified_by: Actor | None = None
    reopened_after_check: bool = False
    declined_on: date | None = None
    decline_reason: str = ""
    refer_to: Actor | None = None
    holds: tuple[Held, ...] = ()
    offers: tuple[Offered, ...] = ()

    @property
    def number(self) -> FindingNumber:
        """What people call the case."""
        return self.row.number

    @property
    def authority(self) -> Authority:
        """Who has the case, or has to find an owner for it."""
        return (self.row.assignee or self.row.unit).authority


@dataclass(frozen=True)
class WalkTrail:
    """One walk: when it was held, who came, what it promised and to whom."""

    number: WalkNumber
    area: str = ""
    held_on: date | None = None
    attendance: Attendance = field(default_factory=Attendance)
    helped: int | None = None
    plan_on: date | None = None
    asked: frozenset[Actor] = frozenset()
    answered: tuple[tuple[Actor, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One end of a case that a participant must hear of; `told_on` when they did."""

    contact: Actor
    number: FindingNumber
    at: datetime
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text that both authorities published, the first version of it."""

    number: PublicationNumber
    kind: PublicationKind
    published_on: date


@dataclass(frozen=True, slots=True)
class Trails:
    """Everything a report counts."""

    cases: tuple[Trail, ...]
    walks: tuple[WalkTrail, ...]
    results: tuple[Result, ...]
    publications: tuple[Text, ...] = ()


def cut(
    facts: Iterable[Recorded], happened: datetime, position: int
) -> tuple[Recorded, ...]:
    """Keep what had happened by a moment, of what was known at a position."""
    return tuple(
        fact
        for fact in facts
        if fact.position <= position and fact.event.stamp.at <= happened
    )


def trails(facts: Sequence[Recorded], calendar: Calendar) -> Trails:
    """Return what the facts say of every case, walk and text, by number."""
    streams: dict[str, list[Recorded]] = defaultdict(list)
    for fact in facts:
        streams[fact.stream].append(fact)

    def of(kind: str) -> Iterator[tuple[str, list[Recorded]]]:
        for stream, own in sorted(streams.items()):
            if stream.startswith(f"{kind}/"):
                yield stream.partition("/")[2], own

    cases = (CASES.folded(own) for _, own in of("finding"))
    walks = (WALK_PATHS.folded(own) for _, own in of("walk"))
    return trails_of(
        cases=[row for row in cases if row],
        walks=[row for row in walks if row],
        lines=(line for fact in facts for _, line in RESULTS.lines(fact)),
        publications=[
            row for number, own in of("publication") if (row := text_of(number, own))
        ],
        calendar=calendar,
    )


def trails_of(
    *,
    cases: Iterable[CaseRow],
    walks: Iterable[WalkPath],
    lines: Iterable[ResultLine],
    publications: Iterable[PublicationRow],
    calendar: Calendar,
) -> Trails:
    """Return what rows say, in the local days of a calendar.

    Args:
        cases: as they stood; by number.
        walks: every one, as it stood; by number.
        lines: in the order in which they were recorded.
        publications: as they stood; by number.
        calendar: for local days.
    """
    held = tuple(_walk_trail(walk, calendar) for walk in walks)
    plans = {walk.number: walk.plan_on for walk in held}
    found = (trail_of(row, calendar) for row in cases)
    texts = (_text(row, calendar) for row in publications)
    return Trails(
        cases=tuple(_with_plan(case, plans) for case in found),
        walks=held,
        results=_results(lines, held),
        publications=tuple(one for one in texts if one),
    )


def text_of(
    number: PublicationNumber, facts: Iterable[Recorded]
) -> PublicationRow | None:
    """Return how a text stood after its facts."""
    row: PublicationRow | None = None
    for fact in facts:
        row = after_fact(number, row, fact)
    return row


def _text(row: PublicationRow, calendar: Calendar) -> Text | None:
    """Return a text that stands published; a newer version is no text of its own."""
    if row.status is not PublicationStatus.PUBLISHED or row.supersedes:
        return None
    day = calendar.local_day(row.published_at) if row.published_at else None
    return Text(row.number, row.kind, day) if day else None


def trail_of(row: CaseRow, calendar: Calendar) -> Trail:
    """Return what a report counts of a case, in the local days of a calendar."""
    path, day = row.path, calendar.local_day

    def day_of(moment: datetime | None) -> date | None:
        return day(moment) if moment else None

    return Trail(
        row=row,
        reported_on=day(row.reported_at),
        raised_by=path.raised_by,
        assigned_on=day_of(path.assigned_at),
        answered_on=day_of(path.answered_at),
        fix=_fix(path.fix, calendar) if path.fix else None,
        verified_on=day_of(path.verified_at),
        verified_by=path.verified_by,
        reopened_after_check=path.reopened_after_check,
        declined_on=day_of(path.declined_at),
        decline_reason=path.decline_reason,
        refer_to=path.refer_to,
        holds=tuple(
            Held(one.reason, day(one.since), day_of(one.until)) for one in path.holds
        ),
        offers=tuple(
            Offered(
                one.sender, one.to, day(one.at), day_of(one.answered_at), one.refused
            )
            for one in path.offers
        ),
    )


def _fix(made: FixMade, calendar: Calendar) -> Fix:
    return Fix(
        on=calendar.local_day(made.at),
        counts_on=calendar.local_day(made.counts_at),
        due=made.due,
        units=frozenset(made.units),
        held_on=made.held_on,
        reached=made.reached,
    )


def _with_plan(case: Trail, plans: Mapping[WalkNumber, date | None]) -> Trail:
    """Let a plan that both authorities agreed on answer every case of its walk."""
    plan_on = plans.get(case.row.walk or "")
    if plan_on is None or case.reported_on > plan_on:
        return case
    return replace(case, answered_on=min(plan_on, case.answered_on or plan_on))


def _walk_trail(path: WalkPath, calendar: Calendar) -> WalkTrail:
    return WalkTrail(
        number=path.number,
        area=path.area,
        held_on=calendar.local_day(path.began_at) if path.began_at else None,
        attendance=Attendance(participants=path.came, of_which=dict(path.of_which)),
        helped=path.helped,
        plan_on=calendar.local_day(path.plan_at) if path.plan_at else None,
        asked=frozenset(path.asked),
        answered=path.answered,
    )


def _results(
    lines: Iterable[ResultLine], walks: Iterable[WalkTrail]
) -> tuple[Result, ...]:
    """Return every end that a participant must hear of, and when they did."""
    sent: dict[tuple[Actor, UUID], datetime] = {}
    ends: list[tuple[FindingNumber, ResultLine]] = []
    for line in lines:
        if line.number is None:
            sent.setdefault((line.contact, line.notice), line.at)
        else:
            ends.append((line.number, line))
    spoken: dict[Actor, list[datetime]] = defaultdict(list)
    for contact, at in (one for walk in walks for one in walk.answered):
        spoken[contact].append(at)
    return tuple(
        Result(
            contact=end.contact,
            number=number,
            at=end.at,
            told_at=_earliest(
                sent.get((end.contact, end.notice)),
                *(at for at in spoken[end.contact] if at >= end.at),
            ),
        )
        for number, end in ends
    )


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one), default=None)
