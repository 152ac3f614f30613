"""The rules of a walk: one row of the timetable after the other."""

from datetime import date, datetime

from domain.errors import Code, Conflict, NotAllowed, NotFound, Refused
from domain.plain_text import check_line, check_text
from domain.register.model import Register
from domain.values import (
    BOTH_AUTHORITIES,
    CLOCK,
    Actor,
    Authority,
    Point,
    PublicationNumber,
)
from domain.walk.commands import (
    AgreePlan,
    AnswerRequest,
    AnyWalkCommand,
    ApproveMinutes,
    AskForAnswer,
    CancelWalk,
    CloseWalk,
    DraftMinutes,
    EvaluateWalk,
    FollowUpWalk,
    InviteToWalk,
    NoteAnswered,
    PersonWalkCommand,
    PlanWalk,
    PublishMinutes,
    RecordWalk,
    ReportBack,
    RequestWalk,
    SetRoute,
    TakeWalkStep,
)
from domain.walk.events import (
    AnswerAsked,
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    ParticipantAnswered,
    PlanAgreed,
    Recomputation,
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
from domain.walk.given import WalkGiven
from domain.walk.ladder import escalated, reminded
from domain.walk.plan import Escalate, Recompute, Remind, TellStatus, plan
from domain.walk.state import ENDED, SafetyWalk, WalkStatus, evolve
from domain.walk.timetable import computed

Facts = tuple[WalkEvent, ...]

BEFORE_WALK = (WalkStatus.REQUESTED, WalkStatus.PLANNED, WalkStatus.INVITED)
WITHOUT_MINUTES = (WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT)
GOING_ON = tuple(status for status in WalkStatus if status not in ENDED)


def decide(walk: SafetyWalk | None, command: AnyWalkCommand, given: WalkGiven) -> Facts:
    """Return the facts that follow from `command`.

    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    register = given.register
    if isinstance(command, TakeWalkStep):
        return _take_step(_known(walk, command), command, register)
    _check_asker(command, register)
    if isinstance(command, RequestWalk):
        return _request(walk, command, register)
    if isinstance(command, RecordWalk):
        return _record(walk, command, register)
    found = _known(walk, command)
    stamp = command.stamp
    match command:
        case AnswerRequest():
            return _answer(found, command, register)
        case PlanWalk():
            return _plan(found, command, register)
        case SetRoute():
            return _set_route(found, command, register)
        case InviteToWalk():
            return _invite(found, command, register)
        case DraftMinutes():
            _require(found, *WITHOUT_MINUTES)
            return (MinutesDrafted(stamp=stamp),)
        case ApproveMinutes():
            return _approve(found, command)
        case PublishMinutes(publication=publication):
            _require(found, *WITHOUT_MINUTES)
            _check_signed(publication, "minutes", command, given)
            return (
                MinutesPublished(stamp=stamp, publication=publication, tell=found.tell),
            )
        case AgreePlan(publication=publication):
            _require(found, WalkStatus.MINUTES_PUBLISHED)
            if publication:
                _check_signed(publication, "plan", command, given)
            return (PlanAgreed(stamp=stamp, publication=publication, tell=found.tell),)
        case ReportBack(informed=informed):
            _require(found, WalkStatus.PLAN_AGREED)
            return (ReportedBack(stamp=stamp, informed=informed),)
        case FollowUpWalk(attendance=attendance):
            _require(found, WalkStatus.REPORTED_BACK)
            return (FollowedUp(stamp=stamp, attendance=attendance, tell=found.tell),)
        case EvaluateWalk(learnings=learnings, helped=helped):
            _require(found, WalkStatus.FOLLOWED_UP)
            check_text("learnings", learnings, register.limits.text_length)
            return (WalkEvaluated(stamp=stamp, learnings=learnings, helped=helped),)
        case CloseWalk():
            return _close(found, command, given)
        case CancelWalk(reason=reason):
            _require(found, *BEFORE_WALK)
            check_text("reason", reason, register.limits.text_length)
            return (WalkCancelled(stamp=stamp, reason=reason, tell=found.tell),)
        case AskForAnswer():
            return _ask(found, command, register)
        case NoteAnswered(contact=contact, how=how):
            if contact not in found.asked:
                raise NotFound(Code.NOBODY_ASKED, contact=str(contact))
            if contact in found.answered:
                return ()
            return (ParticipantAnswered(stamp=stamp, contact=contact, how=how),)


def _take_step(walk: SafetyWalk, command: TakeWalkStep, register: Register) -> Facts:
    """Do the step if it is due and still wanted; the world may have changed."""
    stamp = command.stamp
    if stamp.by != CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(CLOCK))
    for step in plan(walk, register, stamp.at):
        if step.key != command.key or step.at > stamp.at:
            continue
        match step:
            case Remind():
                return (
                    WalkReminderRaised(
                        stamp=stamp,
                        clock=step.clock,
                        run=step.run,
                        kind=step.kind,
                        on=step.on,
                        due=walk.clocks[step.clock].due,
                        to=reminded(walk, step.clock, register),
                    ),
                )
            case Escalate():
                return (
                    WalkEscalated(
                        stamp=stamp,
                        clock=step.clock,
                        run=step.run,
                        level=step.level,
                        due=walk.clocks[step.clock].due,
                        to=escalated(walk, step.level, register),
                    ),
                )
            case TellStatus():
                return (WalkStatusDue(stamp=stamp, tell=walk.tell),)
            case Recompute(changes=changes):
                return (
                    WalkDeadlinesRecomputed(
                        stamp=stamp, changes=changes, reason=Recomputation.REGISTER
                    ),
                )
    return ()


def _request(
    walk: SafetyWalk | None, command: RequestWalk, register: Register
) -> Facts:
    if walk is not None:
        raise Conflict(Code.WALK_EXISTS, walk=command.number)
    calendar = register.working_days
    today = calendar.local_day(command.stamp.at)
    due = calendar.add(today, register.walk.answer_days)
    return (
        WalkRequested(
            stamp=command.stamp,
            area=command.area,
            theme=command.theme,
            answer_due=due,
        ),
    )


def _answer(walk: SafetyWalk, command: AnswerRequest, register: Register) -> Facts:
    """Say yes or no once; a no needs its reason, a yes gets a day for the plan."""
    _require(walk, WalkStatus.REQUESTED)
    if walk.answered_at:
        raise Refused(Code.ALREADY_ANSWERED, walk=command.number)
    if command.reason or not command.accepted:
        check_text("reason", command.reason, register.limits.text_length)
    today = _today(command, register)
    if (day := command.walk_on) and day < today:
        raise Refused(Code.DATE_IN_PAST, field="walk_on", date=day.isoformat())
    if day:
        _check_covered(day, register)
    answered = RequestAnswered(
        stamp=command.stamp,
        accepted=command.accepted,
        reason=command.reason,
        walk_on=command.walk_on,
        tell=() if command.accepted else walk.tell,
    )
    if not command.accepted:
        return (answered,)
    due = computed(evolve(walk, answered), WalkClock.PLANNED, register)
    return (answered.model_copy(update={"plan_due": max(due or today, today)}),)


def _plan(walk: SafetyWalk, command: PlanWalk, register: Register) -> Facts:
    """Fix a walk that somebody is ready to follow up ("raise expectations")."""
    _require(walk, WalkStatus.REQUESTED, WalkStatus.PLANNED)
    _check_times(command, register)
    missing = [
        name for name in ("owners", "follow_up_on") if not getattr(command, name)
    ]
    if missing:
        raise Refused(Code.WALK_UNPREPARED, missing=missing)
    for owner in command.owners:
        register.unit(owner)
    day = register.working_days.local_day(command.plan.starts_at)
    _check_follow_up(command.follow_up_on, day, register)
    today, rules = _today(command, register), register.walk
    planned_by = register.working_days.add(day, -rules.planned_before)
    invite_due = register.working_days.add(day, -rules.invited_before)
    return (
        WalkPlanned(
            stamp=command.stamp,
            plan=command.plan,
            owners=command.owners,
            follow_up_on=command.follow_up_on,
            invite_due=max(invite_due, today),
            short_notice=today > planned_by,
        ),
    )


def _set_route(walk: SafetyWalk, command: SetRoute, register: Register) -> Facts:
    """Draw the route while it can still be walked that way."""
    _require(walk, *BEFORE_WALK)
    for stop in command.stops:
        check_line("stop", stop.name, register.limits.text_length)
        _check_inside(stop, register)
    return (RouteSet(stamp=command.stamp, stops=command.stops),)


def _invite(walk: SafetyWalk, command: InviteToWalk, register: Register) -> Facts:
    _require(walk, WalkStatus.PLANNED)
    day = register.working_days.local_day(walk.starts_at) if walk.starts_at else None
    invited_by = computed(walk, WalkClock.INVITED, register)
    return (
        WalkInvited(
            stamp=command.stamp,
            groups=command.groups,
            walk_on=day,
            short_notice=bool(invited_by and _today(command, register) > invited_by),
        ),
    )


def _record(walk: SafetyWalk | None, command: RecordWalk, register: Register) -> Facts:
    if walk is not None and walk.status not in BEFORE_WALK:
        raise Conflict(Code.WALK_EXISTS, walk=command.number)
    _check_times(command, register)
    chosen = {
        WalkClock.MINUTES: command.minutes_due,
        WalkClock.FOLLOW_UP: _meeting(walk, command, register),
    }
    promised = {name: day for name, day in chosen.items() if day}
    after = SafetyWalk(WalkStatus.WALKED, starts_at=command.plan.starts_at)

    def due(clock: WalkClock) -> date:
        day = promised.get(clock) or computed(after, clock, register)
        return day or _today(command, register)

    return (
        WalkHeld(
            stamp=command.stamp,
            plan=command.plan,
            attendance=command.attendance,
            draft_due=due(WalkClock.DRAFT),
            minutes_due=due(WalkClock.MINUTES),
            plan_due=due(WalkClock.PLAN),
            feedback_due=due(WalkClock.FEEDBACK),
            follow_up_on=due(WalkClock.FOLLOW_UP),
            evaluation_due=due(WalkClock.EVALUATION),
            promised=tuple(name for name in chosen if name in promised),
        ),
    )


def _meeting(
    walk: SafetyWalk | None, command: RecordWalk, register: Register
) -> date | None:
    """Return the day of the next meeting, as said on the walk or booked before it."""
    booked = walk.follow_up_on if walk else None
    held_on = register.working_days.local_day(command.plan.starts_at)
    return command.follow_up_on or (booked if booked and booked > held_on else None)


def _approve(walk: SafetyWalk, command: ApproveMinutes) -> Facts:
    """Publish when the second of the two authorities has agreed (S6, S18)."""
    _require(walk, WalkStatus.MINUTES_DRAFT)
    authority = command.stamp.by.authority
    if authority not in BOTH_AUTHORITIES:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner="municipality, police")
    approved = MinutesApproved(stamp=command.stamp, authority=authority)
    if walk.approved_by | {authority} == frozenset(BOTH_AUTHORITIES):
        return (approved, MinutesPublished(stamp=command.stamp, tell=walk.tell))
    return (approved,)


def _close(walk: SafetyWalk, command: CloseWalk, given: WalkGiven) -> Facts:
    """End the walk when nobody waits for an answer or for an owner."""
    _require(walk, WalkStatus.EVALUATED)
    if waiting := given.unanswered(walk):
        raise Refused(Code.PARTICIPANTS_UNANSWERED, count=len(waiting))
    if given.ownerless:
        raise Refused(Code.FINDINGS_WITHOUT_OWNER, findings=list(given.ownerless))
    return (WalkClosed(stamp=command.stamp),)


def _ask(walk: SafetyWalk, command: AskForAnswer, register: Register) -> Facts:
    _require(walk, *GOING_ON)
    contact = command.contact
    if contact.authority is not Authority.PARTICIPANT or contact.person is None:
        raise Refused(Code.BAD_INPUT, field="contact")
    if not register.knows(contact.unit):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(contact.unit))
    if contact in walk.asked:
        return ()
    return (AnswerAsked(stamp=command.stamp, contact=contact, channel=command.channel),)


def _check_signed(
    publication: PublicationNumber,
    kind: str,
    command: PublishMinutes | AgreePlan,
    given: WalkGiven,
) -> None:
    """Refuse a text that both authorities have not signed for this walk."""
    signed = given.publications.get(publication)
    if (
        signed is None
        or not signed.published
        or (signed.kind, signed.walk) != (kind, command.number)
    ):
        raise Refused(Code.NOT_SIGNED, publication=publication, walk=command.number)


def _check_asker(command: PersonWalkCommand, register: Register) -> None:
    by: Actor = command.stamp.by
    if by == CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner="municipality, police")
    if not register.knows(by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(by))
    _check_day(command.stamp.at, register)


def _check_follow_up(day: date | None, walk_on: date, register: Register) -> None:
    if day is None:
        return
    _check_covered(day, register)
    if day <= walk_on:
        raise Refused(
            Code.OUT_OF_ORDER, date=day.isoformat(), earliest=walk_on.isoformat()
        )


def _today(command: PersonWalkCommand, register: Register) -> date:
    return register.working_days.local_day(command.stamp.at)


def _known(walk: SafetyWalk | None, command: AnyWalkCommand) -> SafetyWalk:
    if walk is None:
        raise NotFound(Code.UNKNOWN_WALK, walk=command.number)
    return walk


def _require(walk: SafetyWalk, *statuses: WalkStatus) -> None:
    if walk.status not in statuses:
        raise Refused(
            Code.WALK_NOT_READY,
            status=walk.status,
            needed=[str(status) for status in statuses],
        )


def _check_times(command: PlanWalk | RecordWalk, register: Register) -> None:
    plan = command.plan
    _check_day(plan.starts_at, register)
    if plan.ends_at < plan.starts_at:
        raise Refused(Code.BAD_INPUT, field="ends_at")
    if plan.meeting_point:
        _check_inside(plan.meeting_point, register)


def _check_inside(point: Point, register: Register) -> None:
    if not register.bounds.contains(point):
        raise Refused(Code.OUTSIDE_COUNTRY, lat=point.lat, lon=point.lon)


def _check_day(moment: datetime, register: Register) -> None:
    _check_covered(register.working_days.local_day(moment), register)


def _check_covered(day: date, register: Register) -> None:
    if not register.working_days.covers(day):
        raise Refused(Code.CALENDAR_ENDS, day=day.isoformat())
