"""What the rules remember of a walk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.messages import Recorded
from domain.values import Actor, Authority
from domain.walk.events import (
    AnswerAsked,
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    ParticipantAnswered,
    PlanAgreed,
    ReplyChannel,
    ReportedBack,
    RequestAnswered,
    RouteSet,
    WalkCancelled,
    WalkClock,
    WalkClosed,
    WalkDeadlinesRecomputed,
    WalkEscalated,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkInvited,
    WalkPlanned,
    WalkReminderRaised,
    WalkRequested,
    WalkStatusDue,
)


class WalkStatus(StrEnum):
    """Where a walk is."""

    REQUESTED = "requested"
    PLANNED = "planned"
    INVITED = "invited"
    WALKED = "walked"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_PUBLISHED = "minutes_published"
    PLAN_AGREED = "plan_agreed"
    REPORTED_BACK = "reported_back"
    FOLLOWED_UP = "followed_up"
    EVALUATED = "evaluated"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


ENDED = frozenset({WalkStatus.CLOSED, WalkStatus.CANCELLED, WalkStatus.DECLINED})
"""Statuses in which nothing is left to do."""

CHOSEN = frozenset({WalkClock.MINUTES, WalkClock.FOLLOW_UP})
"""What people can promise on the walk, instead of the register's timetable."""

RUNNING: Mapping[WalkStatus, tuple[WalkClock, ...]] = {
    WalkStatus.REQUESTED: (WalkClock.ANSWER, WalkClock.PLANNED),
    WalkStatus.PLANNED: (WalkClock.INVITED,),
    WalkStatus.INVITED: (WalkClock.WALKED,),
    WalkStatus.WALKED: (WalkClock.DRAFT, WalkClock.MINUTES),
    WalkStatus.MINUTES_DRAFT: (WalkClock.MINUTES,),
    WalkStatus.MINUTES_PUBLISHED: (WalkClock.PLAN,),
    WalkStatus.PLAN_AGREED: (WalkClock.FEEDBACK,),
    WalkStatus.REPORTED_BACK: (WalkClock.FOLLOW_UP,),
    WalkStatus.FOLLOWED_UP: (WalkClock.EVALUATION,),
    WalkStatus.EVALUATED: (WalkClock.EVALUATION,),
}
"""Which promises are next to be kept: only what can be done now is reminded of.

The last one covers the evaluation and the end of the walk.
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of the timetable.

    `run` counts how often its due day was set; `since` is when it last began to
    run (moments before are not reminded of); `reminded_on` is the planned day of
    its latest reminder, `escalated` the highest level that has heard of it;
    `done_at` is when the promise was kept.
    """

    run: int
    since: datetime
    due: date
    reminded_on: date | None = None
    escalated: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SafetyWalk:
    """The rules' memory of one walk; `None` means never asked for.

    `led_by` is whose coordinator keeps the timetable; `requested_at`,
    `answered_at`, `walk_on` and `starts_at` are what due days are counted from;
    `promised` are the due days that people chose; `asked` are the participants
    who want an answer, `reachable` those of them that a message reaches,
    `answered` those whom a person has told.
    """

    status: WalkStatus
    approved_by: frozenset[Authority] = frozenset()
    led_by: Authority = Authority.MUNICIPALITY
    clocks: Mapping[WalkClock, Clock] = field(default_factory=dict)
    promised: frozenset[WalkClock] = frozenset()
    requested_at: datetime | None = None
    answered_at: datetime | None = None
    walk_on: date | None = None
    starts_at: datetime | None = None
    owners: tuple[Actor, ...] = ()
    follow_up_on: date | None = None
    held: bool = False
    status_told: bool = False
    asked: frozenset[Actor] = frozenset()
    reachable: frozenset[Actor] = frozenset()
    answered: frozenset[Actor] = frozenset()

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.status in ENDED

    @property
    def running(self) -> tuple[WalkClock, ...]:
        """The promises that are next to be kept."""
        return tuple(
            name
            for name in RUNNING.get(self.status, ())
            if name in self.clocks and self.clocks[name].done_at is None
        )

    @property
    def due(self) -> Mapping[WalkClock, date]:
        """The due day of every promise that has one and is not kept yet."""
        return {
            name: clock.due
            for name, clock in self.clocks.items()
            if clock.done_at is None and not self.has_ended
        }

    @property
    def tell(self) -> tuple[Actor, ...]:
        """Everybody who asked and can be sent something, always in one order."""
        return tuple(sorted(self.reachable))


def fold(facts: Iterable[Recorded]) -> SafetyWalk | None:
    """Return the memory after all `facts` of one walk, oldest first."""
    walk = None
    for fact in facts:
        if isinstance(fact.event, WalkEvent):
            walk = evolve(walk, fact.event)
    return walk


def evolve(state: SafetyWalk | None, event: WalkEvent) -> SafetyWalk:
    """Return the memory after one more fact; total."""
    before = state or SafetyWalk(WalkStatus.REQUESTED)
    after = _changed(before, event)
    if after.status is before.status:
        return after
    return _moved_on(before, after, event.stamp.at)


def _changed(walk: SafetyWalk, event: WalkEvent) -> SafetyWalk:
    at = event.stamp.at
    match event:
        case WalkRequested(answer_due=due):
            asked = replace(walk, status=WalkStatus.REQUESTED, requested_at=at)
            return _started(asked, at, {WalkClock.ANSWER: due})
        case RequestAnswered():
            return _answered(walk, event)
        case WalkPlanned():
            return _planned(walk, event)
        case RouteSet():
            return walk
        case WalkInvited(walk_on=walk_on):
            invited = replace(walk, status=WalkStatus.INVITED)
            return _started(invited, at, {WalkClock.WALKED: walk_on})
        case WalkHeld():
            return _held(walk, event)
        case MinutesDrafted():
            return replace(
                walk, status=WalkStatus.MINUTES_DRAFT, approved_by=frozenset()
            )
        case MinutesApproved(authority=authority):
            return replace(walk, approved_by=walk.approved_by | {authority})
        case MinutesPublished():
            return replace(walk, status=WalkStatus.MINUTES_PUBLISHED)
        case PlanAgreed():
            return replace(walk, status=WalkStatus.PLAN_AGREED)
        case ReportedBack():
            return replace(walk, status=WalkStatus.REPORTED_BACK)
        case FollowedUp():
            return replace(walk, status=WalkStatus.FOLLOWED_UP)
        case WalkEvaluated():
            return replace(walk, status=WalkStatus.EVALUATED)
        case WalkClosed():
            return replace(walk, status=WalkStatus.CLOSED)
        case WalkCancelled():
            return replace(walk, status=WalkStatus.CANCELLED)
        case AnswerAsked(contact=contact, channel=channel):
            by_message = set() if channel is ReplyChannel.NONE else {contact}
            return replace(
                walk,
                asked=walk.asked | {contact},
                reachable=walk.reachable | by_message,
            )
        case ParticipantAnswered(contact=contact):
            return replace(walk, answered=walk.answered | {contact})
        case WalkReminderRaised(clock=name, run=run, on=on):
            return _noted(walk, name, run, reminded_on=on)
        case WalkEscalated(clock=name, run=run, level=level):
            return _noted(walk, name, run, escalated=level)
        case WalkStatusDue():
            return replace(walk, status_told=True)
        case WalkDeadlinesRecomputed(changes=changes):
            moved = {change.clock: change.after for change in changes}
            return _started(walk, at, moved)


def _answered(walk: SafetyWalk, event: RequestAnswered) -> SafetyWalk:
    if not event.accepted:
        return replace(walk, status=WalkStatus.DECLINED)
    at = event.stamp.at
    accepted = replace(walk, answered_at=at, walk_on=event.walk_on)
    kept = _kept(accepted, at, WalkClock.ANSWER)
    return _started(kept, at, {WalkClock.PLANNED: event.plan_due})


def _planned(walk: SafetyWalk, event: WalkPlanned) -> SafetyWalk:
    planned = replace(
        walk,
        status=WalkStatus.PLANNED,
        led_by=_leading(event.stamp.by),
        starts_at=event.plan.starts_at,
        owners=event.owners,
        follow_up_on=event.follow_up_on,
    )
    return _started(planned, event.stamp.at, {WalkClock.INVITED: event.invite_due})


def _held(walk: SafetyWalk, event: WalkHeld) -> SafetyWalk:
    held = replace(
        walk,
        status=WalkStatus.WALKED,
        led_by=_leading(event.stamp.by),
        starts_at=event.plan.starts_at,
        promised=CHOSEN if event.promised is None else frozenset(event.promised),
        held=True,
    )
    return _started(
        held,
        event.stamp.at,
        {
            WalkClock.DRAFT: event.draft_due,
            WalkClock.MINUTES: event.minutes_due,
            WalkClock.PLAN: event.plan_due,
            WalkClock.FEEDBACK: event.feedback_due,
            WalkClock.FOLLOW_UP: event.follow_up_on,
            WalkClock.EVALUATION: event.evaluation_due,
        },
    )


def _leading(by: Actor) -> Authority:
    """Return whose coordinator keeps the timetable of what `by` arranged."""
    return by.authority if by.authority is Authority.POLICE else Authority.MUNICIPALITY


def _started(
    walk: SafetyWalk, at: datetime, due: Mapping[WalkClock, date | None]
) -> SafetyWalk:
    """Return the walk with due days set; each begins a new run of its clock."""
    clocks = dict(walk.clocks)
    for name, day in due.items():
        earlier = clocks.get(name)
        if day is not None:
            clocks[name] = Clock(earlier.run + 1 if earlier else 1, at, day)
    return replace(walk, clocks=clocks)


def _moved_on(before: SafetyWalk, after: SafetyWalk, at: datetime) -> SafetyWalk:
    """Return `after` with the promises kept, and the next ones running since `at`."""
    if after.status in {WalkStatus.CANCELLED, WalkStatus.DECLINED}:
        return after
    next_up = RUNNING.get(after.status, ())
    kept = _kept(after, at, *(name for name in before.running if name not in next_up))
    clocks = dict(kept.clocks)
    for name in next_up:
        if name in clocks and name not in before.running:
            clocks[name] = replace(clocks[name], since=at)
    return replace(kept, clocks=clocks)


def _kept(walk: SafetyWalk, at: datetime, *names: WalkClock) -> SafetyWalk:
    clocks = dict(walk.clocks)
    for name in names:
        if name in clocks:
            clocks[name] = replace(clocks[name], done_at=at)
    return replace(walk, clocks=clocks)


def _noted(
    walk: SafetyWalk,
    name: WalkClock,
    run: int,
    *,
    reminded_on: date | None = None,
    escalated: int | None = None,
) -> SafetyWalk:
    """Return the walk after its clock has spoken; an earlier run says nothing."""
    clock = walk.clocks.get(name)
    if clock is None or clock.run != run:
        return walk
    spoken = replace(
        clock,
        reminded_on=reminded_on or clock.reminded_on,
        escalated=max(escalated or 0, clock.escalated),
    )
    return replace(walk, clocks={**walk.clocks, name: spoken})
