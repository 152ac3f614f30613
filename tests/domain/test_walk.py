"""One safety walk, from the wish for it to the day it is closed."""

from typing import get_args

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.errors import Code, Conflict, NotAllowed, NotFound
from domain.messages import Recorded, derived_id
from domain.values import Actor, Authority, StreamId
from domain.walk.commands import (
    BY_NAME,
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
    MeetingPoint,
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
    WalkPlan,
    WalkPlanned,
    WalkRequested,
)
from domain.walk.state import SafetyWalk, WalkStatus, evolve, fold
from tests.examples import (
    ATTENDANCE,
    COORDINATOR,
    COUNCIL,
    GRID,
    LEADER,
    LOCAL_POLICE,
    POLICE,
    REPORTED,
    STRANGER,
    TREKANTEN,
    WALK,
    on,
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
PLAN_IT = PlanWalk(number=WALK, stamp=stamp(), plan=PLAN)
INVITE = InviteToWalk(number=WALK, stamp=stamp(), groups=GROUPS)
RECORD = RecordWalk(number=WALK, stamp=stamp(), plan=PLAN, attendance=ATTENDANCE)
DRAFT = DraftMinutes(number=WALK, stamp=stamp())
AGREE = AgreePlan(number=WALK, stamp=stamp())
TELL = ReportBack(number=WALK, stamp=stamp(), informed=19)
MEET_AGAIN = FollowUpWalk(number=WALK, stamp=stamp())
EVALUATE = EvaluateWalk(number=WALK, stamp=stamp(), learnings="Gå i mørke.")
CLOSE = CloseWalk(number=WALK, stamp=stamp())
CANCEL = CancelWalk(number=WALK, stamp=stamp(), reason="Storm.")
EVERY_COMMAND: tuple[AnyWalkCommand, ...] = (
    REQUEST,
    PLAN_IT,
    INVITE,
    RECORD,
    DRAFT,
    approve(POLICE),
    AGREE,
    TELL,
    MEET_AGAIN,
    EVALUATE,
    CLOSE,
    CANCEL,
)

REQUESTED = WalkRequested(
    stamp=stamp(COUNCIL), area="Aalborg Øst", answer_due=on("2026-11-04")
)
PLANNED = WalkPlanned(stamp=stamp(), plan=PLAN)
INVITED = WalkInvited(stamp=stamp(), groups=GROUPS)
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
        (WalkStatus.PLANNED, INVITE, (INVITED,)),
        (WalkStatus.REQUESTED, RECORD, (HELD,)),
        (WalkStatus.PLANNED, RECORD, (HELD,)),
        (WalkStatus.INVITED, RECORD, (HELD,)),
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
    "plan": {WalkStatus.REQUESTED, WalkStatus.PLANNED},
    "invite": {WalkStatus.PLANNED},
    "draft_minutes": {WalkStatus.WALKED, WalkStatus.MINUTES_DRAFT},
    "approve_minutes": {WalkStatus.MINUTES_DRAFT},
    "agree_plan": {WalkStatus.MINUTES_PUBLISHED},
    "report_back": {WalkStatus.PLAN_AGREED},
    "follow_up": {WalkStatus.REPORTED_BACK},
    "evaluate": {WalkStatus.FOLLOWED_UP},
    "close": {WalkStatus.EVALUATED},
    "cancel": BEFORE_WALK,
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
            update={"minutes_due": on("2026-10-20"), "follow_up_on": on("2027-03-31")}
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
    plan_it = PlanWalk(number=WALK, stamp=stamp(), plan=plan)

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

    assert fold(facts) == SafetyWalk(status)


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


ANY_FACT = st.sampled_from([*(fact for _, fact in WAY), BY_POLICE, CANCELLED])


@for_any(history=st.lists(ANY_FACT, max_size=12))
@settings(deadline=None, derandomize=True)
def test_every_history_can_be_remembered(history: list[WalkEvent]) -> None:
    walk: SafetyWalk | None = None
    for fact in history:
        walk = evolve(walk, fact)

    assert (walk is None) == (not history)


def test_every_fact_of_a_walk_has_an_example() -> None:
    examples = {type(fact) for fact in (*dict(WAY).values(), BY_POLICE, CANCELLED)}

    assert examples == set(get_args(WalkEvent))
