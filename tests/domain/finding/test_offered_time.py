"""Offered, answered within three working days, or else decided: tables of days."""

import pytest

from domain.finding.commands import PersonCommand
from domain.finding.events import (
    FindingEvent,
    HandoverUnanswered,
    HandoverUndecided,
    ReminderRaised,
)
from domain.finding.handover import handover_plan
from domain.finding.state import Status
from domain.values import CLOCK, Actor
from tests.domain.stories import case, coming, line, offer_planned, played, told
from tests.examples import (
    COORDINATOR,
    HISTORIES,
    HOUSING,
    LEADER,
    LIGHTING,
    POLICE,
    accept_handover,
    add_subtask,
    assign,
    decide_handover,
    hand_over,
    hold,
    mark_fixed,
    moment,
    on,
    refuse_handover,
    register,
    report,
    stamp,
    take_step,
)
from tests.given_when_then import given


def offered(day: str, to: Actor = POLICE) -> tuple[PersonCommand, ...]:
    """Return how a case is reported, assigned and offered on one day."""
    return (report(day=day), assign(day=day), hand_over(to, day=day))


MONDAY = "2026-10-12"


def silent(until: str) -> tuple[FindingEvent, ...]:
    """Return an offer of a Monday that nobody answers."""
    return played(*offered(MONDAY), until=until)


@pytest.mark.parametrize(
    ("day", "lines"),
    [
        (MONDAY, ["2026-10-15 handover.due", "2026-10-16 unanswered"]),
        ("2026-10-16", ["2026-10-21 handover.due", "2026-10-22 unanswered"]),
        # Summer time ends on 25 October 2026 and begins on 28 March 2027.
        ("2026-10-22", ["2026-10-27 handover.due", "2026-10-28 unanswered"]),
        ("2027-03-23", ["2027-03-31 handover.due", "2027-04-01 unanswered"]),
        # Christmas.
        ("2026-12-18", ["2026-12-23 handover.due", "2026-12-28 unanswered"]),
        ("2026-12-22", ["2026-12-29 handover.due", "2026-12-30 unanswered"]),
    ],
)
def test_the_receiver_has_three_working_days(day: str, lines: list[str]) -> None:
    assert offer_planned(told(*offered(day)), day) == lines


@pytest.mark.parametrize(
    ("day", "hour"), [("2026-10-19", 6), ("2026-10-22", 7), ("2027-03-23", 6)]
)
def test_moments_stay_at_eight_when_the_clocks_change(day: str, hour: int) -> None:
    steps = handover_plan(case(told(*offered(day))), register(), moment(day))

    assert steps[0].at.hour == hour


def test_nobody_answers_and_nobody_decides() -> None:
    facts = silent("2026-11-05")

    assert [
        (type(fact), str(fact.stamp.at.date()))
        for fact in facts
        if isinstance(fact, HandoverUnanswered | HandoverUndecided)
    ] == [
        (HandoverUnanswered, "2026-10-16"),
        (HandoverUndecided, "2026-10-21"),
        (HandoverUndecided, "2026-10-28"),
        (HandoverUndecided, "2026-11-04"),
    ]


def test_after_silence_the_senders_coordinator_decides_within_two_days() -> None:
    given(*told(*offered(MONDAY))).when(
        take_step("handover.1.unanswered", at="2026-10-16 08:00")
    ).then(
        HandoverUnanswered(
            stamp=stamp(CLOCK, "2026-10-16 08:00"),
            to=COORDINATOR,
            decide_due=on("2026-10-20"),
        )
    )


def test_the_police_decide_about_what_they_offered() -> None:
    back = told(report(day=MONDAY), assign(POLICE, day=MONDAY), hand_over(HOUSING))
    step = take_step("handover.1.unanswered", at="2026-10-27 08:00")
    (fact,) = given(*back).when(step).ask()

    assert isinstance(fact, HandoverUnanswered)
    assert fact.to == POLICE


def test_after_indecision_both_coordinators_and_a_leader_hear_of_it() -> None:
    (fact,) = [
        fact for fact in silent("2026-10-21") if isinstance(fact, HandoverUndecided)
    ]

    assert (fact.nth, fact.to) == (1, (COORDINATOR, POLICE, LEADER))


@pytest.mark.parametrize(("to", "reminded"), [(POLICE, POLICE)])
def test_the_receiver_is_reminded_on_the_last_day(to: Actor, reminded: Actor) -> None:
    facts = played(*offered(MONDAY, to), until="2026-10-15")
    (reminder,) = [fact for fact in facts if isinstance(fact, ReminderRaised)]

    assert reminder.to == reminded
    assert [one.key for one in reminder.occasions] == ["handover.1.due.2026-10-15"]


def test_behind_an_offered_third_party_a_caseworker_is_reminded() -> None:
    facts = played(
        report(day=MONDAY),
        assign(POLICE, day=MONDAY),
        hand_over(HOUSING, by=POLICE, day=MONDAY),
        until="2026-10-15",
    )
    (reminder,) = [fact for fact in facts if isinstance(fact, ReminderRaised)]

    assert reminder.to == register().behind(HOUSING)
    assert reminder.to != HOUSING


def test_a_second_offer_has_steps_of_its_own() -> None:
    facts = told(
        *offered(MONDAY),
        refuse_handover(day="2026-10-13"),
        hand_over(day="2026-10-19"),
    )
    keys = [step.key for step in handover_plan(case(facts), register(), moment())]

    assert keys == ["remind.handover.2.due.2026-10-22", "handover.2.unanswered"]


# --- The past is never a storm --------------------------------------------------


def test_of_an_old_offer_only_the_silence_is_raised() -> None:
    assert offer_planned(told(*offered(MONDAY)), "2026-12-01") == [
        "2026-10-16 unanswered"
    ]


def test_of_an_old_indecision_only_the_latest_is_raised() -> None:
    assert offer_planned(silent("2026-10-16"), "2026-12-01") == [
        "2026-11-25 undecided 6"
    ]


def test_what_was_raised_is_not_planned() -> None:
    assert offer_planned(silent("2026-10-15"), "2026-10-15") == [
        "2026-10-16 unanswered"
    ]
    assert offer_planned(silent("2026-10-21"), "2026-10-21") == [
        "2026-10-28 undecided 2"
    ]


@pytest.mark.parametrize(
    "end",
    [
        accept_handover(day="2026-10-14"),
        refuse_handover(day="2026-10-14"),
        decide_handover(day="2026-10-14"),
        mark_fixed(day="2026-10-14"),
    ],
    ids=lambda command: str(command.NAME),
)
def test_an_answer_ends_the_waiting(end: PersonCommand) -> None:
    assert offer_planned(told(*offered(MONDAY), end), "2026-10-14") == []


@pytest.mark.parametrize(
    "meanwhile",
    [hold(day="2026-10-14"), add_subtask(day="2026-10-14")],
    ids=lambda command: str(command.NAME),
)
def test_other_work_does_not(meanwhile: PersonCommand) -> None:
    assert offer_planned(told(*offered(MONDAY), meanwhile), "2026-10-14") == [
        "2026-10-15 handover.due",
        "2026-10-16 unanswered",
    ]


@pytest.mark.parametrize("status", Status)
def test_without_an_offer_there_is_nothing_to_wait_for(status: Status) -> None:
    assert offer_planned(HISTORIES[status], "2026-12-01") == []


def test_the_fix_clock_runs_beside_the_offer() -> None:
    facts = told(*offered("2026-10-09"))
    both = coming(case(facts), register(), moment("2026-10-09"))

    assert [line(step) for step in both][:4] == [
        "2026-10-14 handover.due",
        "2026-10-15 unanswered",
        "2026-10-16 fix.half",
        "2026-10-20 fix.before",
    ]
    assert case(facts).responsible == LIGHTING
