"""The rules of a walk: one row of the timetable after the other."""

from calendar import monthrange
from datetime import date, datetime

from domain.errors import Code, Conflict, NotAllowed, NotFound, Refused
from domain.register.model import Register
from domain.values import Authority
from domain.walk.commands import (
    AgreePlan,
    AnyWalkCommand,
    ApproveMinutes,
    CancelWalk,
    CloseWalk,
    DraftMinutes,
    EvaluateWalk,
    FollowUpWalk,
    InviteToWalk,
    PlanWalk,
    RecordWalk,
    ReportBack,
    RequestWalk,
)
from domain.walk.events import (
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    PlanAgreed,
    ReportedBack,
    WalkCancelled,
    WalkClosed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkInvited,
    WalkPlanned,
    WalkRequested,
)
from domain.walk.state import SafetyWalk, WalkStatus

Facts = tuple[WalkEvent, ...]

BEFORE_WALK = (WalkStatus.REQUESTED, WalkStatus.PLANNED, WalkStatus.INVITED)
SIGNATORIES = frozenset({Authority.MUNICIPALITY, Authority.POLICE})


def decide(
    walk: SafetyWalk | None, command: AnyWalkCommand, register: Register
) -> Facts:
    """Return the facts that follow from `command`.

    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    if not register.knows(command.stamp.by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(command.stamp.by))
    _check_day(command.stamp.at, register)
    if isinstance(command, RequestWalk):
        return _request(walk, command, register)
    if isinstance(command, RecordWalk):
        return _record(walk, command, register)
    found = _known(walk, command)
    stamp = command.stamp
    match command:
        case PlanWalk():
            _require(found, WalkStatus.REQUESTED, WalkStatus.PLANNED)
            _check_times(command, register)
            return (WalkPlanned(stamp=stamp, plan=command.plan),)
        case InviteToWalk():
            _require(found, WalkStatus.PLANNED)
            return (WalkInvited(stamp=stamp, groups=command.groups),)
        case DraftMinutes():
            _require(found, WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT)
            return (MinutesDrafted(stamp=stamp),)
        case ApproveMinutes():
            return _approve(found, command)
        case AgreePlan():
            _require(found, WalkStatus.MINUTES_PUBLISHED)
            return (PlanAgreed(stamp=stamp),)
        case ReportBack(informed=informed):
            _require(found, WalkStatus.PLAN_AGREED)
            return (ReportedBack(stamp=stamp, informed=informed),)
        case FollowUpWalk():
            _require(found, WalkStatus.REPORTED_BACK)
            return (FollowedUp(stamp=stamp),)
        case EvaluateWalk(learnings=learnings):
            _require(found, WalkStatus.FOLLOWED_UP)
            return (WalkEvaluated(stamp=stamp, learnings=learnings),)
        case CloseWalk():
            _require(found, WalkStatus.EVALUATED)
            return (WalkClosed(stamp=stamp),)
        case CancelWalk(reason=reason):
            _require(found, *BEFORE_WALK)
            return (WalkCancelled(stamp=stamp, reason=reason),)


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


def _record(walk: SafetyWalk | None, command: RecordWalk, register: Register) -> Facts:
    if walk is not None and walk.status not in BEFORE_WALK:
        raise Conflict(Code.WALK_EXISTS, walk=command.number)
    _check_times(command, register)
    calendar, rules = register.working_days, register.walk
    day = calendar.local_day(command.plan.starts_at)
    return (
        WalkHeld(
            stamp=command.stamp,
            plan=command.plan,
            attendance=command.attendance,
            draft_due=calendar.add(day, rules.draft_days),
            minutes_due=command.minutes_due or calendar.add(day, rules.minutes_days),
            plan_due=calendar.add(day, rules.plan_days),
            feedback_due=calendar.add(day, rules.feedback_days),
            follow_up_on=command.follow_up_on
            or calendar.next_working(_months_after(day, rules.follow_up_months)),
            evaluation_due=calendar.next_working(
                _months_after(day, rules.evaluation_months)
            ),
        ),
    )


def _approve(walk: SafetyWalk, command: ApproveMinutes) -> Facts:
    """Publish when the second of the two authorities has agreed (S6, S18)."""
    _require(walk, WalkStatus.MINUTES_DRAFT)
    authority = command.stamp.by.authority
    if authority not in SIGNATORIES:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner="municipality, police")
    approved = MinutesApproved(stamp=command.stamp, authority=authority)
    if walk.approved_by | {authority} == SIGNATORIES:
        return (approved, MinutesPublished(stamp=command.stamp))
    return (approved,)


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
    point = plan.meeting_point
    if point and not register.bounds.contains(point):
        raise Refused(Code.OUTSIDE_COUNTRY, lat=point.lat, lon=point.lon)


def _check_day(moment: datetime, register: Register) -> None:
    calendar = register.working_days
    if not calendar.covers(day := calendar.local_day(moment)):
        raise Refused(Code.CALENDAR_ENDS, day=day.isoformat())


def _months_after(day: date, months: int) -> date:
    """Return the same day of the month, or the last one where it is shorter."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
