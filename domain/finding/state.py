"""What the rules remember of a finding, and how one more fact changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain.finding.events import (
    AssignmentAccepted,
    AssignmentLapsed,
    AssignmentReturned,
    CallLogged,
    CaseMadeJoint,
    ClockName,
    DeadlineChanged,
    DeadlinesRecomputed,
    DeclineProposed,
    DeclineRefused,
    EnforcementStep,
    EnforcementStepTaken,
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
    HandoverDecided,
    HandoverOffered,
    HandoverOutcome,
    HandoverRefused,
    HandoverUnanswered,
    HandoverUndecided,
    NewDue,
    NoteAdded,
    Occasion,
    OwnershipDisputed,
    OwnershipLookedUp,
    OwnershipSought,
    OwnershipSource,
    OwnershipUnresolved,
    PhotoAdded,
    ReminderRaised,
    SubtaskAdded,
    SubtaskCompleted,
    VerificationMoved,
    is_about_a_finding,
)
from domain.messages import Recorded
from domain.replacing import replace
from domain.values import Actor, Channel, FindingNumber, Severity, Shows, WalkNumber


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


@dataclass(frozen=True)
class Clock:
    """One clock of a finding.

    `run` counts its starts; `started` is its trigger; `since` is when it last
    began to run or changed hands (moments before are not reminded of); `length`
    is its working days, `held` those it stood still; `reminded_on` is the
    planned day of its latest reminder. `computed` is the last day as the rules
    give it; `None` where a person has set `due`, which no rule then moves.
    `category` is the one whose length it has.
    """

    run: int
    started: datetime
    since: datetime
    due: date
    length: int = 0
    held: int = 0
    reminded_on: date | None = None
    computed: date | None = None
    category: str = ""


@dataclass(frozen=True)
class Hold:
    """Why the fix clock stands still, and since when."""

    since: datetime
    reason_code: str


@dataclass(frozen=True)
class Subtask:
    """One part of a joint case; `since` is when it was given away."""

    name: str
    to: Actor
    done_by: Actor | None = None
    due: date | None = None
    answering: Actor | None = None
    since: datetime | None = None
    reminded_on: date | None = None


@dataclass(frozen=True)
class Offer:
    """A handover that nobody has answered yet; the `nth` of this case.

    After silence `decider` has to decide by `decide_due`; `told` counts how often
    others heard that this did not happen either.
    """

    nth: int
    to: Actor
    since: datetime
    answer_due: date
    computed: date
    reminded: bool = False
    decider: Actor | None = None
    decide_due: date | None = None
    told: int = 0


@dataclass(frozen=True)
class Search:
    """Who owns the place is being looked up; `asked` are the sources so far.

    `owner` is whom one of them named: then nothing is left but to assign.
    """

    asked: tuple[OwnershipSource, ...] = ()
    owner: Actor | None = None
    unresolved: bool = False

    @property
    def is_over(self) -> bool:
        """Whether an owner was named, or none will be."""
        return self.unresolved or self.owner is not None


@dataclass(frozen=True)
class Enforcement:
    """The latest step against an owner; a decision case from the hearing on."""

    step: EnforcementStep
    deadline: date | None

    @property
    def is_decision_case(self) -> bool:
        """Whether the rules of public administration for decisions apply."""
        return self.step is not EnforcementStep.GUIDANCE


@dataclass(frozen=True)
class Finding:
    """The rules' memory of one finding; `None` means never reported.

    `days` are the clock lengths of its category; `clocks` the latest run of each
    clock, `starts` how often each has started; `workers` who had a hand in the
    present fix, `ever_worked` which persons had one in any fix; `recomputed` counts
    how often its due days followed other rules;
    `joint` says that it may not be handed over any more; `photos` are the digests of
    its photos, `shown` whether one shows the present fix.
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
    offer: Offer | None = None
    offers: int = 0
    refusals: int = 0
    joint: bool = False
    search: Search | None = None
    enforcement: Enforcement | None = None
    subtasks: tuple[Subtask, ...] = ()
    decline_proposed_by: Actor | None = None
    decline_approver: Actor | None = None
    workers: frozenset[Actor] = frozenset()
    ever_worked: frozenset[Actor] = frozenset()
    verifier: Actor | None = None
    escalated: int = 0
    reopened: int = 0
    recomputed: int = 0
    called: bool = True
    call_reminded_on: date | None = None
    ended_at: datetime | None = None
    master: FindingNumber | None = None
    walk: WalkNumber | None = None
    photos: frozenset[str] = frozenset()
    shown: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN

    @property
    def is_urgent(self) -> bool:
        """Whether news of it may not wait for the next digest (R18)."""
        return self.severity is Severity.ACUTE

    @property
    def offered_to(self) -> Actor | None:
        """Whose answer to an offer is awaited, if one is."""
        return self.offer.to if self.offer else None

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
        if self.decline_approver:
            return self.decline_approver
        if self.offer:
            return self.offer.decider or self.offer.to
        return self.responsible

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
        if self.status in (Status.REPORTED, Status.ASSIGNED):
            names += self._beside
        return tuple(name for name in names if name in self.clocks)

    @property
    def computed_clocks(self) -> tuple[ClockName, ...]:
        """The clocks whose last day follows from the rules; a held fix as well."""
        names = self.running
        if self.hold and ClockName.FIX in self.clocks:
            names += (ClockName.FIX,)
        return tuple(name for name in names if self.clocks[name].computed)

    @property
    def _beside(self) -> tuple[ClockName, ...]:
        """Clocks that run whether or not the fix clock stands."""
        search = self.search and not self.search.is_over
        enforced = self.enforcement and self.enforcement.deadline
        return (
            *((ClockName.OWNERSHIP,) if search else ()),
            *((ClockName.ENFORCEMENT,) if enforced else ()),
        )


def fold(facts: Iterable[Recorded]) -> Finding | None:
    """Return the memory after all `facts` of one finding, oldest first."""
    finding = None
    for fact in facts:
        if is_about_a_finding(fact.event):
            finding = evolve(finding, fact.event)
    return finding


def evolve(state: Finding | None, event: FindingEvent) -> Finding:
    """Return the memory after one more fact; total: history is never refused."""
    at = event.stamp.at
    finding = state or Finding(Status.REPORTED, at, triage=event.stamp.by)
    match event:
        case FindingReported():
            return _reported(event)
        case CallLogged():
            return replace(finding, called=True)
        case FindingAssigned(to=to) | HandoverAccepted(to=to):
            return _owned_by(finding, to, at)
        case AssignmentAccepted():
            return replace(finding, disputed=False)
        case AssignmentReturned(triage=triage, acknowledge_due=due):
            return _freed(finding, triage, due, at)
        case AssignmentLapsed(triage=triage, acknowledge_due=due):
            return _freed(finding, triage, due, at)
        case OwnershipSought(due=due, days=days):
            sought = replace(finding, search=Search())
            return _started(sought, ClockName.OWNERSHIP, at, due, days)
        case OwnershipLookedUp(source=source, owner=owner):
            search = finding.search or Search()
            asked = replace(
                search, asked=(*search.asked, source), owner=owner or search.owner
            )
            return replace(finding, search=asked)
        case OwnershipUnresolved():
            search = finding.search or Search()
            return replace(finding, search=replace(search, unresolved=True))
        case OwnershipDisputed():
            return replace(finding, disputed=True)
        case HandoverOffered(to=to, answer_due=due):
            nth = finding.offers + 1
            return replace(finding, offer=Offer(nth, to, at, due, due), offers=nth)
        case HandoverRefused():
            return replace(finding, offer=None, refusals=finding.refusals + 1)
        case HandoverUnanswered(to=to, decide_due=due):
            return _offer_moved(finding, decider=to, decide_due=due)
        case HandoverUndecided(nth=nth):
            return _offer_moved(finding, told=nth)
        case HandoverDecided(outcome=HandoverOutcome.MOVED, to=to):
            return _owned_by(finding, to, at)
        case HandoverDecided():
            return replace(finding, offer=None)
        case CaseMadeJoint(parts=parts):
            added = tuple(Subtask(one.subtask, one.to, since=at) for one in parts)
            return replace(
                finding, joint=True, offer=None, subtasks=finding.subtasks + added
            )
        case FindingPutOnHold(reason_code=code, review_on=review_on):
            held = replace(finding, hold=Hold(at, code))
            held = _started(held, ClockName.HOLD, at, review_on)
            return _promised(held, ClockName.HOLD)
        case FindingResumed(held_days=days, fix_due=due, computed=computed):
            clock = finding.clocks.get(ClockName.FIX)
            freed = replace(finding, hold=None)
            freed = _moved(freed, ClockName.FIX, due=due, held=days, since=at)
            if clock and clock.computed:
                freed = _computed(freed, ClockName.FIX, computed or due)
            return freed
        case EnforcementStepTaken(step=step, deadline=deadline):
            enforced = replace(finding, enforcement=Enforcement(step, deadline))
            if deadline is None:
                return enforced
            enforced = _started(enforced, ClockName.ENFORCEMENT, at, deadline)
            return _promised(enforced, ClockName.ENFORCEMENT)
        case SubtaskAdded():
            part = Subtask(
                event.subtask,
                event.to,
                due=event.due,
                answering=event.answering,
                since=at,
            )
            return replace(finding, subtasks=(*finding.subtasks, part))
        case SubtaskCompleted(subtask=name):
            return _part_done(finding, name, event.stamp.by)
        case FixReported():
            return _fix_reported(finding, event)
        case VerificationMoved(verify_due=due):
            moved = _moved(finding, ClockName.VERIFY, due=due)
            return _promised(moved, ClockName.VERIFY)
        case FixVerified():
            return _ended(finding, Status.VERIFIED, at)
        case FixRejected():
            back = replace(finding, status=Status.ASSIGNED, ended_at=None, shown=False)
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
        case FindingReferred(walk=walk):
            referred = _ended(finding, Status.REFERRED, at)
            return replace(referred, walk=walk or finding.walk)
        case FindingReopened():
            return _reopened(finding, event)
        case DeadlineChanged(fix_due=due):
            return _promised(_moved(finding, ClockName.FIX, due=due), ClockName.FIX)
        case DeadlinesRecomputed(changes=changes):
            return _recomputed(finding, changes)
        case FindingCorrected():
            return _corrected(finding, event)
        case NoteAdded():
            return finding
        case PhotoAdded(content=content, shows=shows):
            return replace(
                finding,
                photos=finding.photos | {content},
                shown=finding.shown or shows is Shows.AFTER,
            )
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
        walk=event.walk,
        called=_needs_no_call(event),
        days={
            ClockName.ACKNOWLEDGE: event.acknowledge_days,
            ClockName.FIX: event.fix_days,
            ClockName.VERIFY: event.verify_days,
        },
    )
    return _first_clocks(finding, event.acknowledge_due, event.fix_due, at)


def _needs_no_call(event: FindingReported) -> bool:
    """Whether nobody has to be telephoned: it is not acute, or somebody was (R18)."""
    by_phone = event.called_at is not None or event.channel is Channel.PHONE
    return event.severity is not Severity.ACUTE or event.positive or by_phone


def _freed(finding: Finding, triage: Actor, due: date, at: datetime) -> Finding:
    """Nobody owns it any more; the acknowledge clock starts anew."""
    freed = replace(
        _undecided(finding),
        status=Status.REPORTED,
        assignee=None,
        triage=triage,
        hold=None,
    )
    return _started(freed, ClockName.ACKNOWLEDGE, at, due)


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
        clocks={
            **finding.clocks,
            name: Clock(
                run, at, at, due, days, computed=due, category=finding.category
            ),
        },
        starts={**finding.starts, name: run},
    )


def _moved(
    finding: Finding,
    name: ClockName,
    *,
    due: date | None = None,
    held: int = 0,
    since: datetime | None = None,
) -> Finding:
    if (clock := finding.clocks.get(name)) is None:
        return finding
    moved = replace(
        clock,
        due=due or clock.due,
        held=clock.held + held,
        since=since or clock.since,
    )
    return replace(finding, clocks={**finding.clocks, name: moved})


def _promised(finding: Finding, name: ClockName) -> Finding:
    """A person has set the due day: no rule moves it."""
    return _computed(finding, name, None)


def _computed(finding: Finding, name: ClockName, day: date | None) -> Finding:
    if (clock := finding.clocks.get(name)) is None:
        return finding
    changed = replace(clock, computed=day)
    return replace(finding, clocks={**finding.clocks, name: changed})


def _recomputed(finding: Finding, changes: tuple[NewDue, ...]) -> Finding:
    clocks, offer = dict(finding.clocks), finding.offer
    for new in changes:
        if offer and new.clock is ClockName.HANDOVER:
            offer = replace(offer, answer_due=new.due, computed=new.computed)
        if clock := clocks.get(new.clock):
            clocks[new.clock] = replace(
                clock, due=new.due, computed=new.computed, length=new.days
            )
    return replace(
        finding, clocks=clocks, offer=offer, recomputed=finding.recomputed + 1
    )


def _offer_moved(
    finding: Finding,
    *,
    decider: Actor | None = None,
    decide_due: date | None = None,
    told: int | None = None,
    reminded: bool = False,
) -> Finding:
    if (offer := finding.offer) is None:
        return finding
    moved = replace(
        offer,
        decider=decider or offer.decider,
        decide_due=decide_due or offer.decide_due,
        told=offer.told if told is None else told,
        reminded=offer.reminded or reminded,
    )
    return replace(finding, offer=moved)


def _owned_by(finding: Finding, to: Actor, at: datetime) -> Finding:
    owned = replace(
        _undecided(finding),
        status=Status.ASSIGNED,
        assignee=to,
        disputed=False,
        search=None,
    )
    return _moved(_moved(owned, ClockName.FIX, since=at), ClockName.HOLD, since=at)


def _part_done(finding: Finding, name: str, by: Actor) -> Finding:
    parts = tuple(
        replace(part, done_by=by) if part.name == name else part
        for part in finding.subtasks
    )
    return _worked(replace(finding, subtasks=parts), by)


def _worked(finding: Finding, *hands: Actor) -> Finding:
    """Remember whose hands these were; a person's are never forgotten."""
    return replace(
        finding,
        workers=finding.workers | {*hands},
        ever_worked=finding.ever_worked | {one for one in hands if one.person},
    )


def _fix_reported(finding: Finding, event: FixReported) -> Finding:
    at = event.stamp.at
    by = event.stamp.by
    fixed = replace(
        _worked(_undecided(finding), by, finding.assignee or by),
        status=Status.FIXED,
        hold=None,
        verifier=event.verifier,
        ended_at=at,
    )
    return _started(fixed, ClockName.VERIFY, at, event.verify_due)


def _undecided(finding: Finding) -> Finding:
    if finding.offer is None and finding.decline_proposed_by is None:
        return finding
    return replace(finding, offer=None, decline_proposed_by=None, decline_approver=None)


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
        shown=False,
        reopened=finding.reopened + 1,
        refusals=0,
        joint=False,
        search=None,
        enforcement=None,
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
    corrected = _again_computed(corrected, ClockName.ACKNOWLEDGE, new.acknowledge_due)
    return _again_computed(corrected, ClockName.FIX, new.fix_due)


def _again_computed(finding: Finding, name: ClockName, due: date | None) -> Finding:
    """Another category brings another due day, whoever had set the old one."""
    clock = finding.clocks.get(name)
    if due is None or clock is None:
        return finding
    again = replace(
        clock,
        due=due,
        computed=due,
        length=finding.days[name],
        category=finding.category,
    )
    return replace(finding, clocks={**finding.clocks, name: again})


def _kept(finding: Finding) -> Finding:
    """Nobody works on a place to keep; should it become a case, all starts anew."""
    return replace(
        _undecided(finding),
        status=Status.POSITIVE,
        assignee=None,
        hold=None,
        disputed=False,
        search=None,
        enforcement=None,
        escalated=0,
    )


def _reminded(finding: Finding, occasions: tuple[Occasion, ...]) -> Finding:
    for occasion in occasions:
        finding = _reminded_of(finding, occasion)
    return finding


def _reminded_of(finding: Finding, occasion: Occasion) -> Finding:
    name, run, on = occasion.clock, occasion.run, occasion.on
    match name:
        case ClockName.CALL:
            day = _later(on, finding.call_reminded_on)
            return replace(finding, call_reminded_on=day)
        case ClockName.HANDOVER:
            return _offer_moved(finding, reminded=True)
        case ClockName.SUBTASK if run <= len(finding.subtasks):
            parts = list(finding.subtasks)
            part = parts[run - 1]
            parts[run - 1] = replace(part, reminded_on=_later(on, part.reminded_on))
            return replace(finding, subtasks=tuple(parts))
        case _:
            return _clock_reminded(finding, occasion)


def _clock_reminded(finding: Finding, occasion: Occasion) -> Finding:
    clock = finding.clocks.get(occasion.clock)
    if clock is None or clock.run != occasion.run:
        return finding
    reminded = replace(clock, reminded_on=_later(occasion.on, clock.reminded_on))
    return replace(finding, clocks={**finding.clocks, occasion.clock: reminded})


def _later(day: date, before: date | None) -> date:
    return max(day, before or day)
