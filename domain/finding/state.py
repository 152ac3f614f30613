"""What the rules remember of a finding, and how one more fact changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain.finding.events import (
    AssignmentAccepted,
    AssignmentReturned,
    ClockName,
    DeadlineChanged,
    DeclineProposed,
    DeclineRefused,
    FindingAssigned,
    FindingCorrected,
    FindingDeclined,
    FindingEscalated,
    FindingEvent,
    FindingMerged,
    FindingPutOnHold,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FindingResumed,
    FixRejected,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    NoteAdded,
    Occasion,
    OwnershipDisputed,
    ReminderRaised,
    SubtaskAdded,
    SubtaskCompleted,
)
from domain.messages import Recorded
from domain.replacing import replace
from domain.values import Actor, FindingNumber, Severity


class Status(StrEnum):
    """Where a finding is; hold, dispute and handover lie on top of these."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    FIXED = "fixed"
    VERIFIED = "verified"
    DECLINED = "declined"
    MERGED = "merged"
    REFERRED = "referred"
    POSITIVE = "positive"


OPEN = frozenset({Status.REPORTED, Status.ASSIGNED, Status.FIXED})
"""Statuses in which somebody still has to do something."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a finding.

    `run` counts its starts; `started` is its trigger; `since` is when it last
    began to run or changed hands (moments before are not reminded of); `length`
    is its working days, `held` those it stood still; `reminded_on` is the
    planned day of its latest reminder.
    """

    run: int
    started: datetime
    since: datetime
    due: date
    length: int = 0
    held: int = 0
    reminded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why the fix clock stands still, and since when."""

    since: datetime
    reason_code: str


@dataclass(frozen=True, slots=True)
class Subtask:
    """One part of a joint case."""

    name: str
    to: Actor
    done_by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The rules' memory of one finding; `None` means never reported.

    `days` are the clock lengths of its category; `clocks` the latest run of each
    clock, `starts` how often each has started; `workers` who had a hand in the
    present fix.
    """

    status: Status
    reported_at: datetime
    triage: Actor
    category: str = ""
    severity: Severity = Severity.NORMAL
    assignee: Actor | None = None
    days: Mapping[ClockName, int] = field(default_factory=dict)
    clocks: Mapping[ClockName, Clock] = field(default_factory=dict)
    starts: Mapping[ClockName, int] = field(default_factory=dict)
    hold: Hold | None = None
    disputed: bool = False
    offered_to: Actor | None = None
    subtasks: tuple[Subtask, ...] = ()
    decline_proposed_by: Actor | None = None
    decline_approver: Actor | None = None
    workers: frozenset[Actor] = frozenset()
    verifier: Actor | None = None
    escalated: int = 0
    ended_at: datetime | None = None
    master: FindingNumber | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN

    @property
    def is_urgent(self) -> bool:
        """Whether news of it may not wait for the next digest (R18)."""
        return self.severity is Severity.ACUTE

    @property
    def responsible(self) -> Actor:
        """Who answers for the clock that runs; an offer changes nothing until taken."""
        if self.status is Status.FIXED and self.verifier:
            return self.verifier
        return self.assignee or self.triage

    @property
    def next_actor(self) -> Actor | None:
        """Who has to act now; `None` when nobody has to."""
        if not self.is_open:
            return None
        return self.decline_approver or self.offered_to or self.responsible

    @property
    def running(self) -> tuple[ClockName, ...]:
        """The clocks that run now: a held fix clock stands, its review runs."""
        names: tuple[ClockName, ...]
        match self.status:
            case Status.REPORTED:
                names = (ClockName.ACKNOWLEDGE, ClockName.FIX)
            case Status.ASSIGNED if self.hold:
                names = (ClockName.HOLD,)
            case Status.ASSIGNED:
                names = (ClockName.FIX,)
            case Status.FIXED:
                names = (ClockName.VERIFY,)
            case _:
                names = ()
        return tuple(name for name in names if name in self.clocks)


def fold(facts: Iterable[Recorded]) -> Finding | None:
    """Return the memory after all `facts` of one finding, oldest first."""
    finding = None
    for fact in facts:
        if isinstance(fact.event, FindingEvent):
            finding = evolve(finding, fact.event)
    return finding


def evolve(state: Finding | None, event: FindingEvent) -> Finding:
    """Return the memory after one more fact; total: history is never refused."""
    at = event.stamp.at
    finding = state or Finding(Status.REPORTED, at, triage=event.stamp.by)
    match event:
        case FindingReported():
            return _reported(event)
        case FindingAssigned(to=to) | HandoverAccepted(to=to):
            return _owned_by(finding, to, at)
        case AssignmentAccepted():
            return replace(finding, disputed=False)
        case AssignmentReturned(triage=triage, acknowledge_due=due):
            freed = replace(
                _undecided(finding),
                status=Status.REPORTED,
                assignee=None,
                triage=triage,
                hold=None,
            )
            return _started(freed, ClockName.ACKNOWLEDGE, at, due)
        case OwnershipDisputed():
            return replace(finding, disputed=True)
        case HandoverOffered(to=to):
            return replace(finding, offered_to=to)
        case HandoverRefused():
            return replace(finding, offered_to=None)
        case FindingPutOnHold(reason_code=code, review_on=review_on):
            held = replace(finding, hold=Hold(at, code))
            return _started(held, ClockName.HOLD, at, review_on)
        case FindingResumed(held_days=days, fix_due=due):
            freed = replace(finding, hold=None)
            return _moved(freed, ClockName.FIX, due=due, held=days, since=at)
        case SubtaskAdded(subtask=name, to=to):
            return replace(finding, subtasks=(*finding.subtasks, Subtask(name, to)))
        case SubtaskCompleted(subtask=name):
            return _part_done(finding, name, event.stamp.by)
        case FixReported():
            return _fix_reported(finding, event)
        case FixVerified():
            return _ended(finding, Status.VERIFIED, at)
        case FixRejected():
            back = replace(finding, status=Status.ASSIGNED, ended_at=None)
            return _moved(back, ClockName.FIX, since=at)
        case DeclineProposed(approver=approver):
            return replace(
                finding,
                decline_proposed_by=event.stamp.by,
                decline_approver=approver,
            )
        case DeclineRefused():
            return replace(finding, decline_proposed_by=None, decline_approver=None)
        case FindingDeclined():
            return _ended(finding, Status.DECLINED, at)
        case FindingMerged(master=master):
            return replace(_ended(finding, Status.MERGED, at), master=master)
        case FindingReferred():
            return _ended(finding, Status.REFERRED, at)
        case FindingReopened():
            return _reopened(finding, event)
        case DeadlineChanged(fix_due=due):
            return _moved(finding, ClockName.FIX, due=due)
        case FindingCorrected():
            return _corrected(finding, event)
        case NoteAdded():
            return finding
        case ReminderRaised(occasions=occasions):
            return _reminded(finding, occasions)
        case FindingEscalated(level=level):
            return replace(finding, escalated=max(level, finding.escalated))


def _reported(event: FindingReported) -> Finding:
    at = event.stamp.at
    finding = Finding(
        status=Status.POSITIVE if event.positive else Status.REPORTED,
        reported_at=at,
        triage=event.triage,
        category=event.category,
        severity=event.severity,
        days={
            ClockName.ACKNOWLEDGE: event.acknowledge_days,
            ClockName.FIX: event.fix_days,
            ClockName.VERIFY: event.verify_days,
        },
    )
    return _first_clocks(finding, event.acknowledge_due, event.fix_due, at)


def _first_clocks(
    finding: Finding, acknowledge_due: date | None, fix_due: date | None, at: datetime
) -> Finding:
    if acknowledge_due:
        finding = _started(finding, ClockName.ACKNOWLEDGE, at, acknowledge_due)
    if fix_due:
        finding = _started(finding, ClockName.FIX, at, fix_due)
    return finding


def _started(
    finding: Finding,
    name: ClockName,
    at: datetime,
    due: date,
    length: int | None = None,
) -> Finding:
    run = finding.starts.get(name, 0) + 1
    days = finding.days.get(name, 0) if length is None else length
    return replace(
        finding,
        clocks={**finding.clocks, name: Clock(run, at, at, due, days)},
        starts={**finding.starts, name: run},
    )


def _moved(
    finding: Finding,
    name: ClockName,
    *,
    due: date | None = None,
    longer: int = 0,
    held: int = 0,
    since: datetime | None = None,
) -> Finding:
    if (clock := finding.clocks.get(name)) is None:
        return finding
    moved = replace(
        clock,
        due=due or clock.due,
        length=clock.length + longer,
        held=clock.held + held,
        since=since or clock.since,
    )
    return replace(finding, clocks={**finding.clocks, name: moved})


def _owned_by(finding: Finding, to: Actor, at: datetime) -> Finding:
    owned = replace(
        _undecided(finding), status=Status.ASSIGNED, assignee=to, disputed=False
    )
    return _moved(_moved(owned, ClockName.FIX, since=at), ClockName.HOLD, since=at)


def _part_done(finding: Finding, name: str, by: Actor) -> Finding:
    parts = tuple(
        replace(part, done_by=by) if part.name == name else part
        for part in finding.subtasks
    )
    return replace(finding, subtasks=parts, workers=finding.workers | {by})


def _fix_reported(finding: Finding, event: FixReported) -> Finding:
    at = event.stamp.at
    workers = {event.stamp.by, finding.assignee or event.stamp.by}
    fixed = replace(
        _undecided(finding),
        status=Status.FIXED,
        hold=None,
        workers=finding.workers | workers,
        verifier=event.verifier,
        ended_at=at,
    )
    return _started(fixed, ClockName.VERIFY, at, event.verify_due)


def _undecided(finding: Finding) -> Finding:
    return replace(
        finding, offered_to=None, decline_proposed_by=None, decline_approver=None
    )


def _ended(finding: Finding, status: Status, at: datetime) -> Finding:
    return replace(
        _undecided(finding), status=status, ended_at=at, hold=None, disputed=False
    )


def _reopened(finding: Finding, event: FindingReopened) -> Finding:
    at = event.stamp.at
    again = replace(
        finding,
        status=Status.ASSIGNED if finding.assignee else Status.REPORTED,
        triage=event.triage,
        workers=frozenset(),
        subtasks=(),
        escalated=0,
        ended_at=None,
    )
    again = _started(again, ClockName.FIX, at, event.fix_due, event.fix_days)
    if event.acknowledge_due:
        again = _started(again, ClockName.ACKNOWLEDGE, at, event.acknowledge_due)
    return again


def _corrected(finding: Finding, event: FindingCorrected) -> Finding:
    new = event.category
    if new is None:
        return finding
    longer = new.fix_days - finding.days.get(ClockName.FIX, 0) if new.fix_due else 0
    corrected = replace(
        finding,
        category=new.code,
        days={
            ClockName.ACKNOWLEDGE: new.acknowledge_days,
            ClockName.FIX: new.fix_days,
            ClockName.VERIFY: new.verify_days,
        },
    )
    if new.positive:
        return _kept(corrected)
    if finding.status is Status.POSITIVE:
        return _first_clocks(
            replace(corrected, status=Status.REPORTED),
            new.acknowledge_due,
            new.fix_due,
            event.stamp.at,
        )
    corrected = _moved(corrected, ClockName.ACKNOWLEDGE, due=new.acknowledge_due)
    return _moved(corrected, ClockName.FIX, due=new.fix_due, longer=longer)


def _kept(finding: Finding) -> Finding:
    """Nobody works on a place to keep; should it become a case, all starts anew."""
    return replace(
        _undecided(finding),
        status=Status.POSITIVE,
        assignee=None,
        hold=None,
        disputed=False,
        escalated=0,
    )


def _reminded(finding: Finding, occasions: tuple[Occasion, ...]) -> Finding:
    clocks = dict(finding.clocks)
    for occasion in occasions:
        clock = clocks.get(occasion.clock)
        if clock and clock.run == occasion.run:
            day = max(occasion.on, clock.reminded_on or occasion.on)
            clocks[occasion.clock] = replace(clock, reminded_on=day)
    return replace(finding, clocks=clocks)
