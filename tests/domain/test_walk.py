"""One safety walk, from the wish for it to the day it is closed."""

from typing import Any, get_args

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import Code, Conflict, DomainError, NotAllowed, NotFound, Refused
from domain.messages import Recorded, derived_id
from domain.values import CLOCK, Actor, Authority, StreamId
from domain.walk.commands import (
    BY_NAME,
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
)
from domain.walk.events import (
    AnswerAsked,
    AnsweredBy,
    Attendance,
    FollowedUp,
    MeetingPoint,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    NewDue,
    ParticipantAnswered,
    PlanAgreed,
    Recomputation,
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
    WalkMoment,
    WalkPlan,
    WalkPlanned,
    WalkReminderRaised,
    WalkRequested,
    WalkStatusDue,
)
from domain.walk.given import SignedText, WalkGiven, addressed
from domain.walk.state import ENDED, SafetyWalk, WalkStatus, evolve, fold
from tests.examples import (
    ATTENDANCE,
    COORDINATOR,
    COUNCIL,
    GRID,
    LEADER,
    LIGHTING,
    LOCAL_POLICE,
    POLICE,
    REPORTED,
    RESIDENT,
    ROUTE,
    STRANGER,
    TREKANTEN,
    TUNNEL_STOP,
    WALK,
    on,
    register,
    stamp,
    walk_plan,
)
from tests.given_when_then import given_walk

PLAN = walk_plan(meeting_point=TREKANTEN)
GROUPS = ("residents", "local-council")


def approve(by: Actor) -> ApproveMinutes:
    return ApproveMinutes(number=WALK, stamp=stamp(by))


def approved(by: Actor, authority: Authority) -> MinutesApproved:
    return MinutesApproved(stamp=stamp(by), authority=authority)


REQUEST = RequestWalk(number=WALK, stamp=stamp(COUNCIL), area="Aalborg Øst")
ANSWER = AnswerRequest(number=WALK, stamp=stamp(), accepted=True)
OWNERS = (LIGHTING, POLICE)
MEETING = on("2027-04-06")
PLAN_IT = PlanWalk(
    number=WALK, stamp=stamp(), plan=PLAN, owners=OWNERS, follow_up_on=MEETING
)
SET_ROUTE = SetRoute(number=WALK, stamp=stamp(), stops=ROUTE)
INVITE = InviteToWalk(number=WALK, stamp=stamp(), groups=GROUPS)
RECORD = RecordWalk(number=WALK, stamp=stamp(), plan=PLAN, attendance=ATTENDANCE)
DRAFT = DraftMinutes(number=WALK, stamp=stamp())
PUBLISH = PublishMinutes(number=WALK, stamp=stamp(), publication="2026-001")
AGREE = AgreePlan(number=WALK, stamp=stamp())
TELL = ReportBack(number=WALK, stamp=stamp(), informed=19)
MEET_AGAIN = FollowUpWalk(number=WALK, stamp=stamp())
EVALUATE = EvaluateWalk(number=WALK, stamp=stamp(), learnings="Gå i mørke.")
CLOSE = CloseWalk(number=WALK, stamp=stamp())
CANCEL = CancelWalk(number=WALK, stamp=stamp(), reason="Storm.")
ASK = AskForAnswer(
    number=WALK, stamp=stamp(), contact=RESIDENT, channel=ReplyChannel.MAIL
)
NOTE = NoteAnswered(number=WALK, stamp=stamp(), contact=RESIDENT, how=AnsweredBy.PHONE)
EVERY_COMMAND: tuple[PersonWalkCommand, ...] = (
    REQUEST,
    ANSWER,
    PLAN_IT,
    SET_ROUTE,
    INVITE,
    RECORD,
    DRAFT,
    approve(POLICE),
    PUBLISH,
    AGREE,
    TELL,
    MEET_AGAIN,
    EVALUATE,
    CLOSE,
    CANCEL,
    ASK,
    NOTE,
)

REQUESTED = WalkRequested(
    stamp=stamp(COUNCIL), area="Aalborg Øst", answer_due=on("2026-11-04")
)
ACCEPTED = RequestAnswered(stamp=stamp(), accepted=True, plan_due=on("2026-11-18"))
REFUSED = RequestAnswered(stamp=stamp(), accepted=False, reason="Ingen tid.")
# Planned on 21 October for 8 October: history that is typed in late.
PLANNED = WalkPlanned(
    stamp=stamp(),
    plan=PLAN,
    owners=OWNERS,
    follow_up_on=MEETING,
    invite_due=on("2026-10-21"),
    short_notice=True,
)
ROUTE_SET = RouteSet(stamp=stamp(), stops=ROUTE)
INVITED = WalkInvited(
    stamp=stamp(), groups=GROUPS, walk_on=on("2026-10-08"), short_notice=True
)
# Walked on Thursday 8 October 2026.
HELD = WalkHeld(
    stamp=stamp(),
    plan=PLAN,
    attendance=ATTENDANCE,
    draft_due=on("2026-10-15"),
    minutes_due=on("2026-10-22"),
    plan_due=on("2026-10-29"),
    feedback_due=on("2026-11-05"),
    follow_up_on=on("2027-04-08"),
    evaluation_due=on("2027-06-08"),
    promised=(),
)
HELD_AS_BOOKED = HELD.model_copy(
    update={"follow_up_on": MEETING, "promised": (WalkClock.FOLLOW_UP,)}
)
DRAFTED = MinutesDrafted(stamp=stamp())
BY_POLICE = approved(POLICE, Authority.POLICE)
BY_MUNICIPALITY = approved(COORDINATOR, Authority.MUNICIPALITY)
PUBLISHED = MinutesPublished(stamp=stamp(COORDINATOR))
AGREED = PlanAgreed(stamp=stamp())
TOLD = ReportedBack(stamp=stamp(), informed=19)
MET_AGAIN = FollowedUp(stamp=stamp())
EVALUATED = WalkEvaluated(stamp=stamp(), learnings="Gå i mørke.")
CLOSED = WalkClosed(stamp=stamp())
CANCELLED = WalkCancelled(stamp=stamp(), reason="Storm.")
ASKED = AnswerAsked(stamp=stamp(), contact=RESIDENT, channel=ReplyChannel.MAIL)
ANSWERED = ParticipantAnswered(stamp=stamp(), contact=RESIDENT, how=AnsweredBy.PHONE)
REMINDED = WalkReminderRaised(
    stamp=stamp(CLOCK),
    clock=WalkClock.MINUTES,
    run=1,
    kind=WalkMoment.DUE,
    on=on("2026-10-22"),
    due=on("2026-10-22"),
    to=(COORDINATOR,),
)
ESCALATED = WalkEscalated(
    stamp=stamp(CLOCK),
    clock=WalkClock.MINUTES,
    run=1,
    level=1,
    due=on("2026-10-22"),
    to=(COORDINATOR,),
)
STATUS_TOLD = WalkStatusDue(stamp=stamp(CLOCK), tell=(RESIDENT,))
RECOMPUTED = WalkDeadlinesRecomputed(
    stamp=stamp(CLOCK),
    changes=(
        NewDue(clock=WalkClock.PLAN, before=on("2026-10-29"), after=on("2026-11-02")),
    ),
    reason=Recomputation.REGISTER,
)
BESIDE = (
    ACCEPTED,
    ROUTE_SET,
    BY_POLICE,
    CANCELLED,
    ASKED,
    ANSWERED,
    REMINDED,
    ESCALATED,
    STATUS_TOLD,
    RECOMPUTED,
)
"""Facts that do not lead from one row of the timetable to the next."""

WAY: tuple[tuple[WalkStatus, WalkEvent], ...] = (
    (WalkStatus.REQUESTED, REQUESTED),
    (WalkStatus.PLANNED, PLANNED),
    (WalkStatus.INVITED, INVITED),
    (WalkStatus.WALKED, HELD),
    (WalkStatus.MINUTES_DRAFT, DRAFTED),
    (WalkStatus.MINUTES_PUBLISHED, PUBLISHED),
    (WalkStatus.PLAN_AGREED, AGREED),
    (WalkStatus.REPORTED_BACK, TOLD),
    (WalkStatus.FOLLOWED_UP, MET_AGAIN),
    (WalkStatus.EVALUATED, EVALUATED),
    (WalkStatus.CLOSED, CLOSED),
)
BEFORE_WALK = {WalkStatus.REQUESTED, WalkStatus.PLANNED, WalkStatus.INVITED}


def up_to(status: WalkStatus) -> tuple[WalkEvent, ...]:
    """Return what happens until a walk is in `status`."""
    if status is WalkStatus.CANCELLED:
        return (REQUESTED, CANCELLED)
    if status is WalkStatus.DECLINED:
        return (REQUESTED, REFUSED)
    reached = [each for each, _ in WAY]
    return tuple(fact for _, fact in WAY[: reached.index(status) + 1])


# --- The timetable, row by row --------------------------------------------------


def test_a_wish_is_answered_within_ten_working_days() -> None:
    given_walk().when(REQUEST).then(REQUESTED)


@pytest.mark.parametrize(
    ("status", "command", "facts"),
    [
        (WalkStatus.REQUESTED, PLAN_IT, (PLANNED,)),
        (WalkStatus.PLANNED, PLAN_IT, (PLANNED,)),
        (WalkStatus.REQUESTED, SET_ROUTE, (ROUTE_SET,)),
        (WalkStatus.PLANNED, SET_ROUTE, (ROUTE_SET,)),
        (WalkStatus.INVITED, SET_ROUTE, (ROUTE_SET,)),
        (WalkStatus.PLANNED, INVITE, (INVITED,)),
        (WalkStatus.REQUESTED, RECORD, (HELD,)),
        (WalkStatus.PLANNED, RECORD, (HELD_AS_BOOKED,)),
        (WalkStatus.INVITED, RECORD, (HELD_AS_BOOKED,)),
        (WalkStatus.WALKED, DRAFT, (DRAFTED,)),
        (WalkStatus.MINUTES_DRAFT, DRAFT, (DRAFTED,)),
        (WalkStatus.MINUTES_DRAFT, approve(POLICE), (BY_POLICE,)),
        (WalkStatus.MINUTES_PUBLISHED, AGREE, (AGREED,)),
        (WalkStatus.PLAN_AGREED, TELL, (TOLD,)),
        (WalkStatus.REPORTED_BACK, MEET_AGAIN, (MET_AGAIN,)),
        (WalkStatus.FOLLOWED_UP, EVALUATE, (EVALUATED,)),
        (WalkStatus.EVALUATED, CLOSE, (CLOSED,)),
        (WalkStatus.REQUESTED, CANCEL, (CANCELLED,)),
        (WalkStatus.PLANNED, CANCEL, (CANCELLED,)),
        (WalkStatus.INVITED, CANCEL, (CANCELLED,)),
    ],
)
def test_a_walk_goes_forward(
    status: WalkStatus, command: AnyWalkCommand, facts: tuple[WalkEvent, ...]
) -> None:
    given_walk(*up_to(status)).when(command).then(*facts)


ALLOWED: dict[str, set[WalkStatus]] = {
    "answer": {WalkStatus.REQUESTED},
    "plan": {WalkStatus.REQUESTED, WalkStatus.PLANNED},
    "set_route": BEFORE_WALK,
    "invite": {WalkStatus.PLANNED},
    "draft_minutes": {WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT},
    "approve_minutes": {WalkStatus.MINUTES_DRAFT},
    "publish_minutes": {WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT},
    "agree_plan": {WalkStatus.MINUTES_PUBLISHED},
    "report_back": {WalkStatus.PLAN_AGREED},
    "follow_up": {WalkStatus.REPORTED_BACK},
    "evaluate": {WalkStatus.FOLLOWED_UP},
    "close": {WalkStatus.EVALUATED},
    "cancel": BEFORE_WALK,
    "ask_answer": set(WalkStatus) - ENDED,
}


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (command, status)
        for command in EVERY_COMMAND
        for status in WalkStatus
        if command.NAME in ALLOWED and status not in ALLOWED[command.NAME]
    ],
)
def test_no_row_of_the_timetable_is_jumped_over(
    command: AnyWalkCommand, status: WalkStatus
) -> None:
    given_walk(*up_to(status)).when(command).then_refused(Code.WALK_NOT_READY)


@pytest.mark.parametrize("status", WalkStatus)
def test_a_walk_is_asked_for_once(status: WalkStatus) -> None:
    given_walk(*up_to(status)).when(REQUEST).then_refused(Code.WALK_EXISTS, Conflict)


@pytest.mark.parametrize("status", [s for s in WalkStatus if s not in BEFORE_WALK])
def test_a_walk_takes_place_once(status: WalkStatus) -> None:
    given_walk(*up_to(status)).when(RECORD).then_refused(Code.WALK_EXISTS, Conflict)


@pytest.mark.parametrize(
    "command", [c for c in EVERY_COMMAND if c.NAME not in {"request", "record"}]
)
def test_an_unknown_walk_goes_nowhere(command: AnyWalkCommand) -> None:
    given_walk().when(command).then_refused(Code.UNKNOWN_WALK, NotFound)


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_only_listed_actors_can_ask(command: AnyWalkCommand) -> None:
    asked = command.model_copy(update={"stamp": stamp(STRANGER)})

    given_walk(*up_to(WalkStatus.PLANNED)).when(asked).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


@pytest.mark.parametrize("command", EVERY_COMMAND)
@pytest.mark.parametrize("day", ["2011-12-31", "2046-01-01"])
def test_nothing_is_decided_outside_the_calendar(
    command: AnyWalkCommand, day: str
) -> None:
    asked = command.model_copy(update={"stamp": stamp(day=day)})

    given_walk(*up_to(WalkStatus.PLANNED)).when(asked).then_refused(Code.CALENDAR_ENDS)


def test_there_is_an_example_of_every_command() -> None:
    assert {command.NAME for command in EVERY_COMMAND} == set(BY_NAME)


# --- The day of the walk --------------------------------------------------------


def test_a_walk_that_was_never_planned_here_can_be_recorded() -> None:
    given_walk().when(RECORD).then(HELD)


def test_what_was_promised_on_the_walk_counts() -> None:
    promised = RECORD.model_copy(
        update={"minutes_due": on("2026-10-20"), "follow_up_on": on("2027-03-31")}
    )
    given_walk().when(promised).then(
        HELD.model_copy(
            update={
                "minutes_due": on("2026-10-20"),
                "follow_up_on": on("2027-03-31"),
                "promised": (WalkClock.MINUTES, WalkClock.FOLLOW_UP),
            }
        )
    )


@pytest.mark.parametrize(
    ("walked", "follow_up_on", "evaluation_due"),
    [
        ("2026-10-08", "2027-04-08", "2027-06-08"),
        ("2026-08-31", "2027-03-01", "2027-04-30"),  # 28 February is a Sunday
        ("2026-05-31", "2026-11-30", "2027-02-01"),  # 31 January is a Sunday
        ("2026-06-29", "2026-12-29", "2027-03-01"),  # no 29 February in 2027
        ("2027-08-30", "2028-02-29", "2028-05-01"),  # 2028 is a leap year
        ("2026-04-08", "2026-10-08", "2026-12-08"),
        ("2026-06-24", "2026-12-28", "2027-02-24"),  # Christmas Eve
    ],
)
def test_months_end_on_the_same_or_the_last_day_and_are_moved_to_a_working_day(
    walked: str, follow_up_on: str, evaluation_due: str
) -> None:
    plan = walk_plan(f"{walked} 17:00", f"{walked} 19:00")
    (held,) = given_walk().when(RecordWalk(number=WALK, stamp=stamp(), plan=plan)).ask()

    assert isinstance(held, WalkHeld)
    assert (held.follow_up_on, held.evaluation_due) == (
        on(follow_up_on),
        on(evaluation_due),
    )


def test_a_walk_after_midnight_counts_from_its_local_day() -> None:
    plan = walk_plan("2026-10-09 00:30", "2026-10-09 02:00")
    (held,) = given_walk().when(RecordWalk(number=WALK, stamp=stamp(), plan=plan)).ask()

    assert isinstance(held, WalkHeld)
    assert held.draft_due == on("2026-10-16")


BACKWARDS = walk_plan("2026-10-08 19:30", "2026-10-08 17:15")
ABROAD = walk_plan(meeting_point=MeetingPoint(text="Oslo", lat=59.9, lon=10.7))
TOO_LATE = walk_plan("2046-01-02 17:00", "2046-01-02 19:00")


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (BACKWARDS, Code.BAD_INPUT),
        (ABROAD, Code.OUTSIDE_COUNTRY),
        (TOO_LATE, Code.CALENDAR_ENDS),
    ],
)
def test_an_impossible_plan_is_refused(plan: WalkPlan, code: Code) -> None:
    record = RecordWalk(number=WALK, stamp=stamp(), plan=plan)
    plan_it = PLAN_IT.model_copy(update={"plan": plan})

    given_walk().when(record).then_refused(code)
    given_walk(REQUESTED).when(plan_it).then_refused(code)


# --- Two authorities agree ------------------------------------------------------

DRAFT_READY = up_to(WalkStatus.MINUTES_DRAFT)


@pytest.mark.parametrize(
    ("first", "by", "authority"),
    [
        (BY_POLICE, COORDINATOR, Authority.MUNICIPALITY),
        (BY_POLICE, LEADER, Authority.MUNICIPALITY),
        (BY_MUNICIPALITY, LOCAL_POLICE, Authority.POLICE),
    ],
)
def test_minutes_are_published_when_the_second_authority_agrees(
    first: MinutesApproved, by: Actor, authority: Authority
) -> None:
    given_walk(*DRAFT_READY, first).when(approve(by)).then(
        approved(by, authority), MinutesPublished(stamp=stamp(by))
    )


def test_one_authority_alone_publishes_nothing() -> None:
    given_walk(*DRAFT_READY, BY_POLICE).when(approve(LOCAL_POLICE)).then(
        approved(LOCAL_POLICE, Authority.POLICE)
    )


def test_a_new_draft_needs_both_to_agree_again() -> None:
    given_walk(*DRAFT_READY, BY_POLICE, DRAFTED).when(approve(COORDINATOR)).then(
        BY_MUNICIPALITY
    )


@pytest.mark.parametrize("by", [GRID, COUNCIL, Actor("citizen")])
def test_nobody_else_approves_minutes(by: Actor) -> None:
    given_walk(*DRAFT_READY).when(approve(by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


# --- The memory -----------------------------------------------------------------


@pytest.mark.parametrize("status", WalkStatus)
def test_the_usual_histories_lead_to_their_status(status: WalkStatus) -> None:
    facts = [stored(fact, nth) for nth, fact in enumerate(up_to(status), start=1)]

    walk = fold(facts)

    assert walk
    assert walk.status is status


def stored(fact: WalkEvent, nth: int) -> Recorded:
    return Recorded(
        event=fact,
        stream=StreamId(f"walk/{WALK}"),
        version=nth,
        position=nth,
        event_id=derived_id("walk", nth),
        recorded_at=fact.stamp.at,
        register=1,
    )


def test_facts_about_other_things_are_not_remembered() -> None:
    strange = Recorded(
        event=REPORTED,
        stream=StreamId("finding/1"),
        version=1,
        position=1,
        event_id=derived_id("walk", 0),
        recorded_at=REPORTED.stamp.at,
        register=1,
    )

    assert fold([strange]) is None


ANY_FACT = st.sampled_from([*(fact for _, fact in WAY), *BESIDE, REFUSED])


@for_any(history=st.lists(ANY_FACT, max_size=12))
@settings(deadline=None, derandomize=True)
def test_every_history_can_be_remembered(history: list[WalkEvent]) -> None:
    walk: SafetyWalk | None = None
    for fact in history:
        walk = evolve(walk, fact)

    assert (walk is None) == (not history)


def test_every_fact_of_a_walk_has_an_example() -> None:
    examples = {type(fact) for fact in (*dict(WAY).values(), *BESIDE)}

    assert examples == set(get_args(WalkEvent))


# --- Yes or no ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("walk_on", "plan_due"),
    [
        (None, "2026-11-18"),  # 20 working days after the answer
        ("2026-12-16", "2026-11-18"),  # 20 working days before the walk
        ("2027-01-07", "2026-12-04"),  # Christmas and New Year lie between
        ("2026-11-02", "2026-10-21"),  # too near: today
    ],
)
def test_a_yes_says_when_the_walk_must_be_planned(
    walk_on: str | None, plan_due: str
) -> None:
    day = on(walk_on) if walk_on else None
    yes = ANSWER.model_copy(update={"walk_on": day})

    given_walk(REQUESTED).when(yes).then(
        RequestAnswered(
            stamp=stamp(), accepted=True, walk_on=day, plan_due=on(plan_due)
        )
    )


def test_a_no_has_a_reason_and_is_told_to_those_who_asked() -> None:
    no = ANSWER.model_copy(update={"accepted": False, "reason": "Ingen tid."})

    given_walk(REQUESTED, ASKED).when(no).then(
        REFUSED.model_copy(update={"tell": (RESIDENT,)})
    )


def test_a_no_without_a_reason_is_refused() -> None:
    no = ANSWER.model_copy(update={"accepted": False, "reason": " "})

    given_walk(REQUESTED).when(no).then_refused(Code.TEXT_MISSING)


def test_a_wish_is_answered_once() -> None:
    given_walk(REQUESTED, ACCEPTED).when(ANSWER).then_refused(Code.ALREADY_ANSWERED)


def test_a_walk_cannot_be_expected_yesterday() -> None:
    late = ANSWER.model_copy(update={"walk_on": on("2026-10-20")})

    given_walk(REQUESTED).when(late).then_refused(Code.DATE_IN_PAST)


# --- Before anybody is invited --------------------------------------------------

IN_DECEMBER = walk_plan("2026-12-16 16:00", "2026-12-16 18:00")


@pytest.mark.parametrize("missing", ["owners", "follow_up_on"])
def test_a_walk_that_nobody_is_ready_to_follow_up_is_not_planned(missing: str) -> None:
    nothing = PlanWalk(number=WALK, stamp=stamp(), plan=PLAN)
    half = PLAN_IT.model_copy(update={missing: getattr(nothing, missing)})

    given_walk(REQUESTED).when(half).then_refused(Code.WALK_UNPREPARED)


def test_owners_are_units_of_the_register() -> None:
    plan = PLAN_IT.model_copy(update={"owners": (LIGHTING, STRANGER)})

    given_walk(REQUESTED).when(plan).then_refused(Code.UNKNOWN_UNIT, NotFound)


def test_the_meeting_comes_after_the_walk() -> None:
    plan = PLAN_IT.model_copy(update={"follow_up_on": on("2026-10-08")})

    given_walk(REQUESTED).when(plan).then_refused(Code.OUT_OF_ORDER)


@pytest.mark.parametrize(
    ("day", "invite_due", "short_notice"),
    [
        ("2026-11-18", "2026-11-25", False),
        ("2026-11-19", "2026-11-25", True),
        ("2026-11-26", "2026-11-26", True),
    ],
)
def test_short_notice_is_said_and_not_refused(
    day: str, invite_due: str, short_notice: bool
) -> None:
    plan = PLAN_IT.model_copy(update={"plan": IN_DECEMBER, "stamp": stamp(day=day)})

    (planned,) = given_walk(REQUESTED).when(plan).ask()

    assert isinstance(planned, WalkPlanned)
    assert (planned.invite_due, planned.short_notice) == (on(invite_due), short_notice)


@pytest.mark.parametrize(
    ("day", "short"), [("2026-11-25", False), ("2026-11-26", True)]
)
def test_a_late_invitation_is_said_and_not_refused(day: str, short: bool) -> None:
    planned = PLANNED.model_copy(update={"plan": IN_DECEMBER})
    invite = INVITE.model_copy(update={"stamp": stamp(day=day)})

    given_walk(REQUESTED, planned).when(invite).then(
        WalkInvited(
            stamp=stamp(day=day),
            groups=GROUPS,
            walk_on=on("2026-12-16"),
            short_notice=short,
        )
    )


def test_a_meeting_that_the_walk_overtook_is_no_promise() -> None:
    later = walk_plan("2027-04-08 17:00", "2027-04-08 19:00")
    record = RECORD.model_copy(update={"plan": later})

    (held,) = given_walk(REQUESTED, PLANNED, INVITED).when(record).ask()

    assert isinstance(held, WalkHeld)
    assert (held.follow_up_on, held.promised) == (on("2027-10-08"), ())


# --- Participants who asked -----------------------------------------------------


def test_a_participant_asks_for_an_answer() -> None:
    given_walk(REQUESTED).when(ASK).then(ASKED)


def test_asking_twice_is_asking_once() -> None:
    given_walk(REQUESTED, ASKED).when(ASK).then()


@pytest.mark.parametrize(
    ("contact", "code", "kind"),
    [
        (Actor("participant/residents"), Code.BAD_INPUT, Refused),
        (LIGHTING, Code.BAD_INPUT, Refused),
        (Actor("participant/nobody/k3v9x0q2ab"), Code.UNKNOWN_UNIT, NotFound),
    ],
)
def test_only_one_person_of_a_known_group_can_ask(
    contact: Actor, code: Code, kind: type[DomainError]
) -> None:
    ask = ASK.model_copy(update={"contact": contact})

    given_walk(REQUESTED).when(ask).then_refused(code, kind)


def test_a_person_answers_a_participant_once() -> None:
    given_walk(REQUESTED, ASKED).when(NOTE).then(ANSWERED)
    given_walk(REQUESTED, ASKED, ANSWERED).when(NOTE).then()


def test_nobody_is_answered_who_has_not_asked() -> None:
    given_walk(REQUESTED).when(NOTE).then_refused(Code.NOBODY_ASKED, NotFound)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        (WalkStatus.REQUESTED, CANCEL),
        (WalkStatus.MINUTES_PUBLISHED, AGREE),
        (WalkStatus.REPORTED_BACK, MEET_AGAIN),
    ],
)
def test_news_is_told_to_everybody_who_asked(
    status: WalkStatus, command: AnyWalkCommand
) -> None:
    by_letter = ASKED.model_copy(update={"contact": OTHER, "channel": "letter"})
    (fact,) = given_walk(*up_to(status), ASKED, by_letter).when(command).ask()

    assert getattr(fact, "tell", None) == (OTHER, RESIDENT)


OTHER = Actor("participant/residents/a000000000")


def test_both_who_sign_the_minutes_tell_those_who_asked() -> None:
    (_, published) = (
        given_walk(*DRAFT_READY, BY_POLICE, ASKED).when(approve(COORDINATOR)).ask()
    )

    assert isinstance(published, MinutesPublished)
    assert published.tell == (RESIDENT,)


def test_who_wants_to_be_told_in_person_is_sent_nothing() -> None:
    in_person = ASKED.model_copy(update={"channel": ReplyChannel.NONE})
    (cancelled,) = given_walk(REQUESTED, in_person).when(CANCEL).ask()

    assert isinstance(cancelled, WalkCancelled)
    assert cancelled.tell == ()


# --- What both authorities signed -----------------------------------------------

MINUTES = SignedText("minutes", WALK, published=True)


def signed(text: SignedText) -> WalkGiven:
    return WalkGiven(register(), publications={"2026-001": text})


@pytest.mark.parametrize("status", [WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT])
def test_signed_minutes_are_published(status: WalkStatus) -> None:
    given_walk(*up_to(status), around=signed(MINUTES)).when(PUBLISH).then(
        MinutesPublished(stamp=stamp(), publication="2026-001")
    )


@pytest.mark.parametrize(
    "text",
    [
        SignedText("minutes", WALK, published=False),
        SignedText("message", WALK, published=True),
        SignedText("minutes", "ANOTHER-WALK", published=True),
        SignedText("minutes", None, published=True),
    ],
)
def test_only_signed_minutes_of_this_walk_count(text: SignedText) -> None:
    walked = up_to(WalkStatus.WALKED)

    given_walk(*walked, around=signed(text)).when(PUBLISH).then_refused(Code.NOT_SIGNED)
    given_walk(*walked).when(PUBLISH).then_refused(Code.NOT_SIGNED)


def test_a_plan_may_be_a_signed_text() -> None:
    ready = up_to(WalkStatus.MINUTES_PUBLISHED)
    agree = AGREE.model_copy(update={"publication": "2026-001"})
    plan = SignedText("plan", WALK, published=True)

    given_walk(*ready, around=signed(plan)).when(agree).then(
        PlanAgreed(stamp=stamp(), publication="2026-001")
    )
    given_walk(*ready, around=signed(MINUTES)).when(agree).then_refused(Code.NOT_SIGNED)


# --- The end --------------------------------------------------------------------


def test_the_meeting_and_the_evaluation_keep_their_figures() -> None:
    people = Attendance(participants=(("residents", 4),))
    meet = MEET_AGAIN.model_copy(update={"attendance": people})
    evaluate = EVALUATE.model_copy(update={"helped": 2})

    given_walk(*up_to(WalkStatus.REPORTED_BACK)).when(meet).then(
        FollowedUp(stamp=stamp(), attendance=people)
    )
    given_walk(*up_to(WalkStatus.FOLLOWED_UP)).when(evaluate).then(
        EVALUATED.model_copy(update={"helped": 2})
    )


EVALUATED_WALK = up_to(WalkStatus.EVALUATED)


def test_a_walk_does_not_end_while_a_participant_waits() -> None:
    given_walk(*EVALUATED_WALK, ASKED).when(CLOSE).then_refused(
        Code.PARTICIPANTS_UNANSWERED
    )


def test_a_walk_ends_when_a_person_or_a_message_has_answered() -> None:
    told = WalkGiven(register(), told=frozenset({RESIDENT}))

    given_walk(*EVALUATED_WALK, ASKED, ANSWERED).when(CLOSE).then(CLOSED)
    given_walk(*EVALUATED_WALK, ASKED, around=told).when(CLOSE).then(CLOSED)


def test_a_walk_does_not_end_while_a_finding_has_no_owner() -> None:
    some = WalkGiven(register(), findings={"2026-01": True, "2026-02": False})
    all_owned = WalkGiven(register(), findings={"2026-01": True, "2026-02": True})

    given_walk(*EVALUATED_WALK, around=some).when(CLOSE).then_refused(
        Code.FINDINGS_WITHOUT_OWNER
    )
    given_walk(*EVALUATED_WALK, around=all_owned).when(CLOSE).then(CLOSED)


PUBLISHED_TO = PUBLISHED.model_copy(update={"tell": (RESIDENT,)})
AGREED_TO = AGREED.model_copy(update={"tell": (RESIDENT,)})


@pytest.mark.parametrize(
    ("facts", "position"),
    [
        ((), None),
        ((PUBLISHED_TO,), None),
        ((PUBLISHED_TO, AGREED_TO), 2),
        ((PUBLISHED_TO, AGREED_TO, TOLD, STATUS_TOLD), 4),
        ((AGREED, STATUS_TOLD, TOLD), 2),
        ((AGREED,), None),
    ],
)
def test_the_plan_or_later_news_answers_a_participant(
    facts: tuple[WalkEvent, ...], position: int | None
) -> None:
    history = [stored(fact, nth) for nth, fact in enumerate(facts, start=1)]

    assert addressed(history, RESIDENT) == position


# --- Nobody speaks as the clock -------------------------------------------------


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_the_clock_decides_nothing(command: AnyWalkCommand) -> None:
    asked = command.model_copy(update={"stamp": stamp(CLOCK)})

    given_walk(*up_to(WalkStatus.PLANNED)).when(asked).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


# --- The route ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lat": 52.5, "lon": 13.4}, Code.OUTSIDE_COUNTRY),
        ({"name": "  "}, Code.TEXT_MISSING),
        ({"name": "Tunnelen\nTorvet"}, Code.TEXT_UNPRINTABLE),
    ],
    ids=["abroad", "without-a-name", "two-lines"],
)
def test_a_stop_has_a_name_and_lies_here(changed: dict[str, Any], code: Code) -> None:
    stop = TUNNEL_STOP.model_copy(update=changed)
    route = SET_ROUTE.model_copy(update={"stops": (*ROUTE, stop)})

    given_walk(REQUESTED, PLANNED).when(route).then_refused(code)


def test_a_route_can_be_laid_again() -> None:
    back = tuple(reversed(ROUTE))
    again = SET_ROUTE.model_copy(update={"stops": back})
    laid = RouteSet(stamp=stamp(), stops=back)

    given_walk(REQUESTED, PLANNED, ROUTE_SET).when(again).then(laid)


@pytest.mark.parametrize("count", [0, 41])
def test_a_route_has_a_stop_and_not_too_many(count: int) -> None:
    with pytest.raises(ValidationError):
        SetRoute(number=WALK, stamp=stamp(), stops=ROUTE[:1] * count)
