"""What a report must know of each case and walk: which days, whose hands, what answer.

Source: domain.md §7, "Council report KPIs".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from domain.calendar import Calendar
from domain.delivery.events import DeliverySent, DeliverySettled
from domain.finding.events import (
    AssignmentAccepted,
    DeclineProposed,
    FindingAssigned,
    FindingDeclined,
    FindingEvent,
    FindingMerged,
    FindingPutOnHold,
    FindingReferred,
    FindingReopened,
    FixRejected,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
    is_about_a_finding,
)
from domain.finding.state import Status
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
from domain.walk.events import (
    AnswerAsked,
    Attendance,
    ParticipantAnswered,
    PlanAgreed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkPlanned,
    WalkRequested,
)
from projections.cases import CASES, CaseRow
from projections.fold import number_of
from projections.publications import PublicationRow
from projections.publications import apply as after_fact

ENDS = (FixVerified, FindingDeclined, FindingMerged, FindingReferred)
"""The facts that tell a participant what came of it."""


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
    hold_until: date | None = None
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
    """Return what the facts say of every case and walk, by number."""
    streams: dict[str, list[Recorded]] = defaultdict(list)
    for fact in facts:
        streams[fact.stream].append(fact)
    walks = tuple(
        _walk(stream.partition("/")[2], of_one, calendar)
        for stream, of_one in sorted(streams.items())
        if stream.startswith("walk/")
    )
    plans = {walk.number: walk.plan_on for walk in walks}
    found = (
        _case(of_one, calendar)
        for stream, of_one in sorted(streams.items())
        if stream.startswith("finding/")
    )
    cases = tuple(_with_plan(case, plans) for case in found if case)
    texts = (
        _text(stream.partition("/")[2], of_one, calendar)
        for stream, of_one in sorted(streams.items())
        if stream.startswith("publication/")
    )
    published = tuple(one for one in texts if one)
    return Trails(cases, walks, _results(facts, walks), published)


def _text(
    number: PublicationNumber, facts: Iterable[Recorded], calendar: Calendar
) -> Text | None:
    """Return a text that stands published; a newer version is no text of its own."""
    row: PublicationRow | None = None
    for fact in facts:
        row = after_fact(number, row, fact)
    if row is None or row.status is not PublicationStatus.PUBLISHED or row.supersedes:
        return None
    day = calendar.local_day(row.published_at) if row.published_at else None
    return Text(number, row.kind, day) if day else None


def _case(facts: Sequence[Recorded], calendar: Calendar) -> Trail | None:
    trail: Trail | None = None
    for fact, row, _ in CASES.steps(facts):
        if row is None or not is_about_a_finding(fact.event):
            continue
        day = calendar.local_day(fact.event.stamp.at)
        if trail is None:
            reported_on = calendar.local_day(row.reported_at)
            trail = Trail(row, reported_on, fact.event.stamp.by)
        trail = replace(_after(trail, fact.event, day), row=row)
        trail = _let_go(trail, day)
    return trail


def _after(trail: Trail, event: FindingEvent, day: date) -> Trail:
    """Return the trail after one more fact; its row is still the one before."""
    match event:
        case FindingAssigned():
            return _assigned(trail, day)
        case AssignmentAccepted():
            return _answered(trail, day)
        case HandoverOffered(to=to):
            sender = (trail.row.assignee or event.stamp.by).authority
            offer = Offered(sender, to.authority, day)
            return replace(trail, offers=(*trail.offers, offer))
        case HandoverRefused():
            return _offer_answered(trail, day, refused=True)
        case HandoverAccepted():
            taken = _offer_answered(trail, day, refused=False)
            return _answered(_assigned(taken, day), day)
        case HandoverDecided():
            return _assigned(_offer_answered(trail, day, refused=None), day)
        case FindingPutOnHold(reason_code=reason, review_on=review_on):
            held = (*trail.holds, Held(reason, day))
            return replace(trail, holds=held, hold_until=review_on)
        case FixReported():
            return replace(_answered(trail, day), fix=_fix(trail, event, day))
        case FixVerified(stamp=stamp):
            return replace(trail, verified_on=day, verified_by=stamp.by)
        case FixRejected():
            return replace(trail, fix=None)
        case FindingReopened():
            checked = trail.row.status is Status.VERIFIED
            return replace(
                trail,
                fix=None,
                verified_on=None,
                verified_by=None,
                declined_on=None,
                reopened_after_check=trail.reopened_after_check or checked,
            )
        case DeclineProposed(reason_code=reason, refer_to=refer_to):
            return replace(trail, decline_reason=reason, refer_to=refer_to)
        case FindingDeclined():
            return replace(_answered(trail, day), declined_on=day)
        case _:
            return trail


def _assigned(trail: Trail, day: date) -> Trail:
    return trail if trail.assigned_on else replace(trail, assigned_on=day)


def _answered(trail: Trail, day: date) -> Trail:
    return trail if trail.answered_on else replace(trail, answered_on=day)


def _offer_answered(trail: Trail, day: date, *, refused: bool | None) -> Trail:
    if not trail.offers:
        return trail
    last = replace(trail.offers[-1], answered_on=day, refused=refused)
    return replace(trail, offers=(*trail.offers[:-1], last))


def _fix(trail: Trail, event: FixReported, day: date) -> Fix:
    on_hold = trail.row.on_hold and trail.holds
    hands = {event.stamp.by.unit}
    if trail.row.assignee:
        hands.add(trail.row.assignee.unit)
    return Fix(
        on=day,
        counts_on=trail.holds[-1].since if on_hold else day,
        due=trail.row.fix_promised,
        units=frozenset(hands),
        held_on=event.held_on,
        reached=event.count or sum(count for _, count in event.attendance),
    )


def _let_go(trail: Trail, day: date) -> Trail:
    """End the hold that the last fact has ended, whatever it was."""
    if trail.row.on_hold or not trail.holds or trail.holds[-1].until:
        return trail
    ended = replace(trail.holds[-1], until=day)
    return replace(trail, holds=(*trail.holds[:-1], ended), hold_until=None)


def _with_plan(case: Trail, plans: Mapping[WalkNumber, date | None]) -> Trail:
    """Let a plan that both authorities agreed on answer every case of its walk."""
    plan_on = plans.get(case.row.walk or "")
    if plan_on is None or case.reported_on > plan_on:
        return case
    return replace(case, answered_on=min(plan_on, case.answered_on or plan_on))


def _walk(
    number: WalkNumber, facts: Iterable[Recorded], calendar: Calendar
) -> WalkTrail:
    walk = WalkTrail(number)
    for fact in facts:
        if isinstance(fact.event, WalkEvent):
            walk = _walk_after(walk, fact.event, calendar)
    return walk


def _walk_after(walk: WalkTrail, event: WalkEvent, calendar: Calendar) -> WalkTrail:
    at = event.stamp.at
    match event:
        case WalkRequested(area=area):
            return replace(walk, area=area)
        case WalkPlanned(plan=plan):
            return replace(walk, area=plan.area)
        case WalkHeld(plan=plan, attendance=attendance):
            held_on = calendar.local_day(plan.starts_at)
            return replace(walk, area=plan.area, held_on=held_on, attendance=attendance)
        case PlanAgreed():
            return replace(walk, plan_on=walk.plan_on or calendar.local_day(at))
        case WalkEvaluated(helped=helped):
            return replace(walk, helped=helped)
        case AnswerAsked(contact=contact):
            return replace(walk, asked=walk.asked | {contact})
        case ParticipantAnswered(contact=contact):
            return replace(walk, answered=(*walk.answered, (contact, at)))
        case _:
            return walk


def _results(
    facts: Iterable[Recorded], walks: Iterable[WalkTrail]
) -> tuple[Result, ...]:
    """Return every end that a participant must hear of, and when they did."""
    sent: dict[tuple[Actor, UUID], datetime] = {}
    ends: list[tuple[Recorded, Actor]] = []
    for fact in facts:
        event = fact.event
        if isinstance(event, DeliverySent | DeliverySettled):
            for notice in event.notices:
                sent.setdefault((event.recipient, notice), event.stamp.at)
        elif isinstance(event, ENDS):
            ends += [
                (fact, to) for to in event.tell if to.authority is Authority.PARTICIPANT
            ]
    spoken = [one for walk in walks for one in walk.answered]
    return tuple(
        Result(
            contact=to,
            number=number_of(fact),
            at=fact.event.stamp.at,
            told_at=_earliest(sent.get((to, fact.event_id)), _said(spoken, fact, to)),
        )
        for fact, to in ends
    )


def _said(
    spoken: Iterable[tuple[Actor, datetime]], fact: Recorded, to: Actor
) -> datetime | None:
    after = [at for who, at in spoken if who == to and at >= fact.event.stamp.at]
    return min(after, default=None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one), default=None)
