"""What the clock does for a walk, as tables of days."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.errors import Code, NotAllowed, NotFound
from domain.register.model import Register
from domain.values import CLOCK, Actor, Authority
from domain.walk.commands import TakeWalkStep
from domain.walk.decide import decide
from domain.walk.events import (
    AnswerAsked,
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    NewDue,
    PlanAgreed,
    Recomputation,
    ReplyChannel,
    ReportedBack,
    RequestAnswered,
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
    WalkPlanned,
    WalkReminderRaised,
    WalkRequested,
    WalkStatusDue,
)
from domain.walk.given import WalkGiven
from domain.walk.plan import Escalate, Recompute, Remind, TellStatus, WalkStep, plan
from domain.walk.state import SafetyWalk, evolve
from tests.examples import (
    ATTENDANCE,
    COORDINATOR,
    COUNCIL,
    GRID,
    LEADER,
    LIGHTING,
    POLICE,
    POLICE_LEADER,
    RESIDENT,
    WALK,
    moment,
    on,
    register,
    stamp,
    walk_plan,
)
from tests.given_when_then import given_walk

PLANNERS = Actor("municipality/planning-group")

REQUESTED = WalkRequested(
    stamp=stamp(COUNCIL, "2026-09-01"), area="Øst", answer_due=on("2026-09-15")
)
# Walked on Thursday 8 October 2026.
HELD = WalkHeld(
    stamp=stamp(day="2026-10-08 19:30"),
    plan=walk_plan(),
    attendance=ATTENDANCE,
    draft_due=on("2026-10-15"),
    minutes_due=on("2026-10-22"),
    plan_due=on("2026-10-29"),
    feedback_due=on("2026-11-05"),
    follow_up_on=on("2027-04-08"),
    evaluation_due=on("2027-06-08"),
    promised=(),
)
ASKED = AnswerAsked(
    stamp=stamp(day="2026-10-08 20:00"), contact=RESIDENT, channel=ReplyChannel.MAIL
)


def drafted(day: str) -> MinutesDrafted:
    return MinutesDrafted(stamp=stamp(day=day))


def published(day: str) -> MinutesPublished:
    return MinutesPublished(stamp=stamp(day=day))


def agreed(day: str) -> PlanAgreed:
    return PlanAgreed(stamp=stamp(day=day))


def told(day: str) -> ReportedBack:
    return ReportedBack(stamp=stamp(day=day), informed=9)


def met(day: str) -> FollowedUp:
    return FollowedUp(stamp=stamp(day=day))


def walked(*facts: WalkEvent) -> SafetyWalk:
    walk = reduce(evolve, facts, None)
    assert walk
    return walk


def take(walk: SafetyWalk, key: str, at: datetime, rules: Register) -> WalkEvent | None:
    """Return what the clock does when it is asked to take a step."""
    asked = stamp(CLOCK).model_copy(update={"at": at})
    facts = decide(
        walk, TakeWalkStep(number=WALK, stamp=asked, key=key), WalkGiven(rules)
    )
    return facts[0] if facts else None


def played(
    *facts: WalkEvent, until: str, rules: Register | None = None
) -> list[WalkEvent]:
    """Return what happened by itself, the facts included at their moments."""
    in_force = rules or register()
    done: list[WalkEvent] = []
    waiting = list(facts)
    walk: SafetyWalk | None = None
    now = facts[0].stamp.at
    end = moment(f"{until} 23:59")
    while True:
        steps = plan(walk, in_force, now) if walk else ()
        step = steps[0] if steps else None
        due = max(step.at, now) if step else None
        if waiting and (due is None or waiting[0].stamp.at <= due):
            fact: WalkEvent = waiting.pop(0)
            now = max(now, fact.stamp.at)
        elif walk and step and due and due <= end:
            now = due
            taken = take(walk, step.key, now, in_force)
            assert taken, step.key
            done.append(taken)
            fact = taken
        else:
            return done
        walk = evolve(walk, fact)


def reminders(done: Iterable[WalkEvent], clock: WalkClock) -> list[str]:
    return [
        fact.on.isoformat()
        for fact in done
        if isinstance(fact, WalkReminderRaised) and fact.clock is clock
    ]


def escalations(done: Iterable[WalkEvent], clock: WalkClock) -> dict[int, str]:
    zone = register().working_days
    return {
        fact.level: zone.local_day(fact.stamp.at).isoformat()
        for fact in done
        if isinstance(fact, WalkEscalated) and fact.clock is clock
    }


# --- Reminders: three working days before, on the day, every fifth after ---------


@pytest.mark.parametrize(
    ("clock", "facts", "until", "days"),
    [
        (
            WalkClock.ANSWER,
            (REQUESTED,),
            "2026-09-30",
            ["2026-09-10", "2026-09-15", "2026-09-22", "2026-09-29"],
        ),
        (
            WalkClock.DRAFT,
            (HELD,),
            "2026-10-23",
            ["2026-10-12", "2026-10-15", "2026-10-22"],
        ),
        (
            WalkClock.MINUTES,
            (HELD, drafted("2026-10-09")),
            "2026-11-06",
            ["2026-10-19", "2026-10-22", "2026-10-29", "2026-11-05"],
        ),
        (
            WalkClock.PLAN,
            (HELD, published("2026-10-20")),
            "2026-11-06",
            ["2026-10-26", "2026-10-29", "2026-11-05"],
        ),
        (
            WalkClock.FEEDBACK,
            (HELD, published("2026-10-20"), agreed("2026-10-21")),
            "2026-11-13",
            ["2026-11-02", "2026-11-05", "2026-11-12"],
        ),
    ],
)
def test_a_promise_is_reminded_of(
    clock: WalkClock, facts: tuple[WalkEvent, ...], until: str, days: list[str]
) -> None:
    assert reminders(played(*facts, until=until), clock) == days


FOLLOWED = (HELD, published("2026-10-20"), agreed("2026-10-21"), told("2026-10-22"))


@pytest.mark.parametrize(
    ("day", "days"),
    [
        # Monday 29 March 2027 is Easter Monday, the clocks change the day before.
        ("2027-03-30", ["2027-03-22", "2027-03-30", "2027-04-06"]),
        # 24 and 31 December are closed, as are Christmas and New Year.
        ("2026-12-28", ["2026-12-21", "2026-12-28", "2027-01-06"]),
        # Clocks change on Sunday 25 October.
        ("2026-10-27", ["2026-10-22", "2026-10-27", "2026-11-03"]),
    ],
)
def test_reminders_keep_to_working_days(day: str, days: list[str]) -> None:
    held = HELD.model_copy(
        update={"follow_up_on": on(day), "promised": (WalkClock.FOLLOW_UP,)}
    )
    facts = (
        held,
        published("2026-10-09"),
        agreed("2026-10-09 13:00"),
        told("2026-10-09 14:00"),
    )
    done = played(*facts, until=days[-1])

    assert reminders(done, WalkClock.FOLLOW_UP) == days


def test_reminders_come_at_eight_local_time_in_summer_and_winter() -> None:
    done = played(HELD, until="2026-10-29")
    hours = {
        fact.on.isoformat(): fact.stamp.at.hour
        for fact in done
        if isinstance(fact, WalkReminderRaised)
    }

    assert hours["2026-10-22"] == 6  # UTC, summer time
    assert hours["2026-10-29"] == 7  # UTC, after 25 October


def test_a_walk_on_a_sunday_is_reminded_of_on_the_monday_after() -> None:
    planned = WalkPlanned(
        stamp=stamp(day="2026-09-01"),
        plan=walk_plan("2026-10-11 14:00", "2026-10-11 16:00"),
        owners=(LIGHTING,),
        follow_up_on=on("2027-04-12"),
        invite_due=on("2026-09-18"),
    )
    invited = WalkInvited(
        stamp=stamp(day="2026-09-02"), groups=("residents",), walk_on=on("2026-10-11")
    )
    done = played(REQUESTED, planned, invited, until="2026-10-13")

    assert reminders(done, WalkClock.WALKED) == ["2026-10-07", "2026-10-12"]


def test_days_before_the_walk_are_counted_back_from_it() -> None:
    yes = RequestAnswered(
        stamp=stamp(day="2026-09-02"),
        accepted=True,
        walk_on=on("2026-11-05"),
        plan_due=on("2026-10-08"),
    )
    planned = WalkPlanned(
        stamp=stamp(day="2026-10-06"),
        plan=walk_plan("2026-11-05 16:00", "2026-11-05 18:00"),
        owners=(LIGHTING,),
        follow_up_on=on("2027-05-05"),
        invite_due=on("2026-10-15"),
    )
    done = played(REQUESTED, yes, planned, until="2026-10-23")

    assert reminders(done, WalkClock.ANSWER) == []
    assert reminders(done, WalkClock.PLANNED) == ["2026-10-05"]
    assert reminders(done, WalkClock.INVITED) == [
        "2026-10-12",
        "2026-10-15",
        "2026-10-22",
    ]


def test_nobody_is_reminded_of_what_is_done() -> None:
    done = played(
        HELD, drafted("2026-10-09"), published("2026-10-12"), until="2026-10-23"
    )

    assert [type(fact) for fact in done] == []


def test_the_last_clock_runs_until_the_walk_is_closed() -> None:
    facts = (*FOLLOWED, met("2027-04-08"))
    evaluated = WalkEvaluated(stamp=stamp(day="2027-06-07"), learnings="Mere lys.")
    closed = WalkClosed(stamp=stamp(day="2027-06-09"))

    assert reminders(
        played(*facts, evaluated, until="2027-06-15"), WalkClock.EVALUATION
    ) == ["2027-06-03", "2027-06-08", "2027-06-15"]
    assert (
        plan(walked(*facts, evaluated, closed), register(), moment("2027-07-01")) == ()
    )


@pytest.mark.parametrize(
    "end",
    [
        WalkCancelled(stamp=stamp(day="2026-09-02"), reason="Storm."),
        RequestAnswered(stamp=stamp(day="2026-09-02"), accepted=False, reason="Nej."),
    ],
)
def test_a_walk_that_will_not_be_has_no_plan(end: WalkEvent) -> None:
    assert plan(walked(REQUESTED, end), register(), moment("2026-09-30")) == ()


# --- The ladder -----------------------------------------------------------------


def test_a_late_promise_climbs_the_ladder() -> None:
    done = played(HELD, drafted("2026-10-09"), until="2027-01-31")

    assert escalations(done, WalkClock.MINUTES) == {
        1: "2026-10-23",
        2: "2026-10-27",
        3: "2026-11-05",
        4: "2026-11-19",
        5: "2027-01-20",
    }


@pytest.mark.parametrize(
    ("led_by", "level", "to"),
    [
        (COORDINATOR, 1, (COORDINATOR, LEADER)),
        (COORDINATOR, 2, (LEADER, COORDINATOR, POLICE)),
        (COORDINATOR, 3, (COORDINATOR, POLICE)),
        (COORDINATOR, 4, (COORDINATOR, POLICE, PLANNERS)),
        (POLICE, 1, (POLICE, POLICE_LEADER)),
        (POLICE, 2, (POLICE_LEADER, POLICE, COORDINATOR)),
        (POLICE, 3, (POLICE, COORDINATOR)),
    ],
)
def test_who_hears_on_each_rung(
    led_by: Actor, level: int, to: tuple[Actor, ...]
) -> None:
    held = HELD.model_copy(update={"stamp": stamp(led_by, "2026-10-08 19:30")})
    done = played(held, drafted("2026-10-09"), until="2026-12-31")

    found = [
        fact.to
        for fact in done
        if isinstance(fact, WalkEscalated) and fact.level == level
    ]
    assert found == [to]


def test_minutes_that_lie_ready_wait_for_who_has_not_agreed() -> None:
    by_police = MinutesApproved(
        stamp=stamp(POLICE, "2026-10-21"), authority=Authority.POLICE
    )
    done = played(HELD, drafted("2026-10-09"), by_police, until="2026-10-22")

    assert [
        (fact.on.isoformat(), fact.to)
        for fact in done
        if isinstance(fact, WalkReminderRaised)
    ] == [("2026-10-19", (COORDINATOR, POLICE)), ("2026-10-22", (COORDINATOR,))]


def test_a_late_start_is_never_a_storm() -> None:
    steps = plan(walked(HELD), register(), moment("2026-12-01"))
    passed = [step for step in steps if step.at <= moment("2026-12-01")]

    assert [step.key for step in passed] == [
        "escalate.draft.1.4",
        "escalate.minutes.1.4",
        "remind.draft.1.late.2026-11-26",
        "remind.minutes.1.late.2026-11-26",
    ]


def test_a_promise_that_is_late_before_its_turn_is_escalated_once() -> None:
    done = played(HELD, published("2026-11-30"), until="2026-12-02")

    assert escalations(done, WalkClock.PLAN) == {4: "2026-11-30"}
    assert reminders(done, WalkClock.PLAN) == []


def test_the_plan_lists_what_is_to_come_with_the_next_late_reminder_only() -> None:
    steps = plan(walked(HELD, drafted("2026-10-09")), register(), moment("2026-10-09"))

    assert [step.key for step in steps] == [
        "remind.minutes.1.before.2026-10-19",
        "remind.minutes.1.due.2026-10-22",
        "escalate.minutes.1.1",
        "escalate.minutes.1.2",
        "remind.minutes.1.late.2026-10-29",
        "escalate.minutes.1.3",
        "escalate.minutes.1.4",
        "escalate.minutes.1.5",
    ]


# --- Six months later -----------------------------------------------------------


def statuses(*facts: WalkEvent, until: str) -> list[tuple[str, tuple[Actor, ...]]]:
    zone = register().working_days
    return [
        (zone.local_day(fact.stamp.at).isoformat(), fact.tell)
        for fact in played(*facts, until=until)
        if isinstance(fact, WalkStatusDue)
    ]


def test_everybody_who_asked_hears_how_it_stands_after_six_months() -> None:
    assert statuses(HELD, ASKED, until="2027-05-01") == [("2027-04-08", (RESIDENT,))]


def test_without_anybody_who_asked_nobody_is_told() -> None:
    in_person = ASKED.model_copy(update={"channel": ReplyChannel.NONE})

    assert statuses(HELD, until="2027-05-01") == []
    assert statuses(HELD, in_person, until="2027-05-01") == []


def test_status_is_due_even_if_another_meeting_was_promised() -> None:
    held = HELD.model_copy(
        update={"follow_up_on": on("2027-03-01"), "promised": (WalkClock.FOLLOW_UP,)}
    )

    assert statuses(held, ASKED, until="2027-05-01") == [("2027-04-08", (RESIDENT,))]


def test_a_wish_alone_has_no_status() -> None:
    assert statuses(REQUESTED, ASKED, until="2027-12-31") == []


# --- Another register, another day (R19) ----------------------------------------


def with_rules(**changes: object) -> Register:
    rules = register().walk.model_copy(update=changes)
    return Register.model_validate(
        register().model_copy(update={"walk": rules}).model_dump(by_alias=True)
    )


def with_closing_day(day: str) -> Register:
    calendar = register().calendar
    closed = (*calendar.extra_closing_days, on(day))
    changed = calendar.model_copy(update={"extra_closing_days": closed})
    return Register.model_validate(
        register().model_copy(update={"calendar": changed}).model_dump(by_alias=True)
    )


def moved(steps: tuple[WalkStep, ...]) -> dict[str, tuple[str, str]]:
    (step,) = steps
    assert isinstance(step, Recompute)
    return {
        str(one.clock): (one.before.isoformat(), one.after.isoformat())
        for one in step.changes
    }


def test_the_same_register_moves_nothing() -> None:
    steps = plan(walked(REQUESTED, HELD), register(), moment("2026-10-09"))

    assert not any(isinstance(step, Recompute) for step in steps)


def test_a_new_closing_day_moves_what_was_computed() -> None:
    steps = plan(walked(HELD), with_closing_day("2026-10-16"), moment("2026-10-09"))

    assert moved(steps) == {
        "minutes": ("2026-10-22", "2026-10-23"),
        "plan": ("2026-10-29", "2026-10-30"),
        "feedback": ("2026-11-05", "2026-11-06"),
    }


def test_what_people_promised_stays() -> None:
    promised = HELD.model_copy(update={"promised": (WalkClock.MINUTES,)})
    unknown = HELD.model_copy(update={"promised": None})
    rules = with_rules(minutes_days=8, follow_up_months=5)

    assert set(moved(plan(walked(promised), rules, moment("2026-10-09")))) == {
        "follow_up"
    }
    steps = plan(walked(unknown), rules, moment("2026-10-09"))
    assert not any(isinstance(step, Recompute) for step in steps)


@pytest.mark.parametrize(
    ("days", "today", "after"),
    [
        (8, "2026-10-09", "2026-10-20"),
        (12, "2026-10-09", "2026-10-26"),
        (2, "2026-10-14", "2026-10-14"),  # never into the past
        (2, "2026-10-17", "2026-10-19"),  # and a Saturday is no earliest day
        (2, "2026-10-26", None),  # late under both
        (12, "2026-10-27", None),  # late under both
        (12, "2026-10-26", "2026-10-26"),
    ],
)
def test_a_new_length_moves_a_running_promise(
    days: int, today: str, after: str | None
) -> None:
    walk = walked(HELD, drafted("2026-10-09 11:00"))
    steps = plan(walk, with_rules(minutes_days=days), moment(today))

    if after is None:
        assert not any(isinstance(step, Recompute) for step in steps)
    else:
        assert moved(steps) == {"minutes": ("2026-10-22", after)}


def test_recomputing_is_one_fact_and_then_the_new_day_counts() -> None:
    rules = with_rules(minutes_days=12)
    done = played(HELD, drafted("2026-10-09"), until="2026-10-27", rules=rules)
    (recomputed,) = [f for f in done if isinstance(f, WalkDeadlinesRecomputed)]

    assert recomputed.reason is Recomputation.REGISTER
    assert recomputed.changes == (
        NewDue(
            clock=WalkClock.MINUTES, before=on("2026-10-22"), after=on("2026-10-26")
        ),
    )
    assert reminders(done, WalkClock.MINUTES) == ["2026-10-21", "2026-10-26"]


def test_a_day_that_could_not_move_further_does_not_move_every_day() -> None:
    rules = with_rules(minutes_days=1)
    done = played(HELD, drafted("2026-10-14"), until="2026-12-01", rules=rules)

    assert len([f for f in done if isinstance(f, WalkDeadlinesRecomputed)]) == 1


def test_while_days_wait_to_be_computed_anew_nothing_else_is_done() -> None:
    rules = with_rules(minutes_days=40)

    (step,) = plan(walked(HELD), rules, moment("2026-10-30"))

    assert step.key == "recompute.minutes.1"


def test_days_of_what_is_done_do_not_move() -> None:
    facts = (*FOLLOWED, met("2027-04-08"))
    steps = plan(walked(*facts), with_rules(minutes_days=3), moment("2027-04-09"))

    assert not any(isinstance(step, Recompute) for step in steps)


# --- Steps are taken once -------------------------------------------------------


def step_of(key: str, day: str, by: Actor = CLOCK) -> TakeWalkStep:
    return TakeWalkStep(number=WALK, stamp=stamp(by, day), key=key)


KEY = "remind.minutes.1.due.2026-10-22"
READY = (HELD, drafted("2026-10-09"))


def test_a_reminder_says_which_clock_and_who() -> None:
    given_walk(*READY).when(step_of(KEY, "2026-10-22 08:00")).then(
        WalkReminderRaised(
            stamp=stamp(CLOCK, "2026-10-22 08:00"),
            clock=WalkClock.MINUTES,
            run=1,
            kind=WalkMoment.DUE,
            on=on("2026-10-22"),
            due=on("2026-10-22"),
            to=(COORDINATOR, POLICE),
        )
    )


@pytest.mark.parametrize(
    ("key", "day"),
    [
        (KEY, "2026-10-22 07:59"),  # not yet
        ("remind.minutes.2.due.2026-10-22", "2026-10-22"),  # another run
        ("remind.plan.1.due.2026-10-29", "2026-10-29"),  # not its turn
        ("remind.draft.1.due.2026-10-15", "2026-10-22"),  # done
        ("status.due", "2027-04-08"),  # nobody asked
        ("nonsense", "2026-10-22"),
    ],
)
def test_a_step_that_is_not_due_or_not_wanted_does_nothing(key: str, day: str) -> None:
    given_walk(*READY).when(step_of(key, day)).then()


def test_only_the_clock_takes_steps() -> None:
    for by in (COORDINATOR, GRID):
        given_walk(*READY).when(step_of(KEY, "2026-10-22", by)).then_refused(
            Code.NOT_YOUR_CASE, NotAllowed
        )


def test_an_unknown_walk_has_no_steps() -> None:
    given_walk().when(step_of(KEY, "2026-10-22")).then_refused(
        Code.UNKNOWN_WALK, NotFound
    )


STORY: tuple[WalkEvent, ...] = (
    REQUESTED,
    HELD,
    ASKED,
    drafted("2026-10-16"),
    published("2026-10-28"),
    agreed("2026-11-02"),
    told("2026-11-20"),
    met("2027-04-20"),
    WalkEvaluated(stamp=stamp(day="2027-07-01"), learnings="Mere lys."),
)
OTHER_RULES = with_rules(minutes_days=12, feedback_days=17, evaluation_months=9)


@for_any(data=st.data())
@settings(deadline=None, derandomize=True, max_examples=150)
def test_taking_steps_in_any_order_or_twice_raises_each_once(
    data: st.DataObject,
) -> None:
    """Old plans, stale keys, late workers and another register on the way."""
    raised: list[tuple[object, ...]] = []
    keys: list[str] = []
    walk: SafetyWalk | None = None
    now = REQUESTED.stamp.at
    waiting = list(STORY)
    for _ in range(data.draw(st.integers(5, 40))):
        now += timedelta(hours=data.draw(st.integers(1, 300)))
        rules = data.draw(st.sampled_from([register(), OTHER_RULES]))
        while waiting and waiting[0].stamp.at <= now:
            walk = evolve(walk, waiting.pop(0))
        if walk is None:
            continue
        keys += [step.key for step in plan(walk, rules, now)]
        for key in (
            data.draw(st.lists(st.sampled_from(keys), max_size=6)) if keys else []
        ):
            if fact := take(walk, key, now, rules):
                raised.append(identity(fact))
                walk = evolve(walk, fact)

    assert len(raised) == len(set(raised))


def identity(fact: WalkEvent) -> tuple[object, ...]:
    """Return what may happen only once."""
    match fact:
        case WalkReminderRaised():
            return ("reminder", fact.clock, fact.run, fact.on)
        case WalkEscalated():
            return ("escalation", fact.clock, fact.run, fact.level)
        case WalkStatusDue():
            return ("status",)
        case _:
            return ("recomputed", fact.stamp.at)


@for_any(hours=st.integers(0, 24 * 500), length=st.integers(1, len(STORY)))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_every_step_that_is_due_leads_to_a_fact_and_leaves_the_plan(
    hours: int, length: int
) -> None:
    now = REQUESTED.stamp.at + timedelta(hours=hours)
    walk = walked(*(fact for fact in STORY[:length] if fact.stamp.at <= now))
    for step in plan(walk, register(), now):
        if step.at > now:
            continue
        fact = take(walk, step.key, now, register())
        assert fact
        after = evolve(walk, fact)
        assert step.key not in {one.key for one in plan(after, register(), now)}


def test_every_kind_of_step_is_met() -> None:
    done = played(*STORY, until="2027-07-02", rules=OTHER_RULES)

    assert {type(fact) for fact in done} == {
        WalkReminderRaised,
        WalkEscalated,
        WalkStatusDue,
        WalkDeadlinesRecomputed,
    }
    assert {Remind, Escalate, TellStatus, Recompute} == set(WalkStep.__args__)
