"""Where a walk stands and what has been promised."""

import pytest

from domain.values import Authority
from domain.walk.events import (
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    NewDue,
    PlanAgreed,
    Recomputation,
    ReportedBack,
    WalkCancelled,
    WalkClock,
    WalkClosed,
    WalkDeadlinesRecomputed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkInvited,
    WalkPlanned,
    WalkRequested,
)
from domain.walk.state import WalkStatus
from projections.walks import WALKS, WalkRow
from tests import examples as ex
from tests.projections.folding import folded, recorded

STAMP = ex.stamp(day="2026-10-08 19:30")
REQUESTED = WalkRequested(
    stamp=STAMP, area="Øst", theme="Lys", answer_due=ex.on("2026-10-22")
)
PLANNED = WalkPlanned(stamp=STAMP, plan=ex.walk_plan())
HELD = WalkHeld(
    stamp=STAMP,
    plan=ex.walk_plan(meeting_point=ex.TREKANTEN),
    attendance=ex.ATTENDANCE,
    draft_due=ex.on("2026-10-15"),
    minutes_due=ex.on("2026-10-22"),
    plan_due=ex.on("2026-10-29"),
    feedback_due=ex.on("2026-11-05"),
    follow_up_on=ex.on("2027-04-08"),
    evaluation_due=ex.on("2027-06-08"),
)
APPROVED = MinutesApproved(stamp=STAMP, authority=Authority.POLICE)
STORY: tuple[tuple[WalkEvent, WalkStatus], ...] = (
    (REQUESTED, WalkStatus.REQUESTED),
    (PLANNED, WalkStatus.PLANNED),
    (WalkInvited(stamp=STAMP, groups=("residents",)), WalkStatus.INVITED),
    (HELD, WalkStatus.WALKED),
    (MinutesDrafted(stamp=STAMP), WalkStatus.MINUTES_DRAFT),
    (APPROVED, WalkStatus.MINUTES_DRAFT),
    (MinutesPublished(stamp=STAMP), WalkStatus.MINUTES_PUBLISHED),
    (PlanAgreed(stamp=STAMP), WalkStatus.PLAN_AGREED),
    (ReportedBack(stamp=STAMP, informed=17), WalkStatus.REPORTED_BACK),
    (FollowedUp(stamp=STAMP), WalkStatus.FOLLOWED_UP),
    (WalkEvaluated(stamp=STAMP, learnings="Mere lys."), WalkStatus.EVALUATED),
    (WalkClosed(stamp=STAMP), WalkStatus.CLOSED),
)


def row(*events: WalkEvent) -> WalkRow:
    found = folded(WALKS, ex.WALK, recorded(*events, stream=f"walk/{ex.WALK}"))
    assert found is not None
    return found


@pytest.mark.parametrize("count", range(1, len(STORY) + 1))
def test_a_walk_goes_on_step_by_step(count: int) -> None:
    events = [event for event, _ in STORY[:count]]

    found = row(*events)

    assert (found.status, found.version) == (STORY[count - 1][1], count)


def test_a_cancelled_walk_is_cancelled() -> None:
    gone = WalkCancelled(stamp=STAMP, reason="Frost.")

    assert row(REQUESTED, gone).status is WalkStatus.CANCELLED


def test_a_wish_has_an_area_and_no_times() -> None:
    found = row(REQUESTED)

    assert (found.area, found.theme, found.starts_at) == ("Øst", "Lys", None)


def test_a_walk_that_was_held_shows_what_was_promised() -> None:
    found = row(REQUESTED, HELD)

    assert found == WalkRow(
        number=ex.WALK,
        status=WalkStatus.WALKED,
        memory=found.memory,
        version=2,
        area="Aalborg Øst",
        theme="Mørke stier",
        starts_at=ex.moment("2026-10-08 17:15"),
        ends_at=ex.moment("2026-10-08 19:30"),
        meeting_point="Trekanten",
        route_length_m=1900,
        participants=(("local_council", 2), ("residents", 7)),
        minutes_due=ex.on("2026-10-22"),
        plan_due=ex.on("2026-10-29"),
        feedback_due=ex.on("2026-11-05"),
        follow_up_on=ex.on("2027-04-08"),
        next_clock=WalkClock.DRAFT,
        next_due=ex.on("2026-10-15"),
    )


def test_a_planned_walk_shows_the_meeting_that_was_booked() -> None:
    booked = PLANNED.model_copy(update={"follow_up_on": ex.on("2027-04-06")})

    assert row(REQUESTED, booked).follow_up_on == ex.on("2027-04-06")


@pytest.mark.parametrize(
    ("count", "clock", "due"),
    [
        (1, WalkClock.ANSWER, "2026-10-22"),
        (4, WalkClock.DRAFT, "2026-10-15"),
        (5, WalkClock.MINUTES, "2026-10-22"),
        (7, WalkClock.PLAN, "2026-10-29"),
        (8, WalkClock.FEEDBACK, "2026-11-05"),
        (9, WalkClock.FOLLOW_UP, "2027-04-08"),
        (11, WalkClock.EVALUATION, "2027-06-08"),
        (12, None, None),
    ],
)
def test_the_next_promise_is_shown(
    count: int, clock: WalkClock | None, due: str | None
) -> None:
    found = row(*(event for event, _ in STORY[:count]))

    assert (found.next_clock, found.next_due) == (clock, ex.on(due) if due else None)


def test_a_new_register_moves_the_next_promise() -> None:
    moved = WalkDeadlinesRecomputed(
        stamp=STAMP,
        changes=(
            NewDue(
                clock=WalkClock.DRAFT,
                before=ex.on("2026-10-15"),
                after=ex.on("2026-10-16"),
            ),
        ),
        reason=Recomputation.REGISTER,
    )

    assert row(HELD, moved).next_due == ex.on("2026-10-16")
