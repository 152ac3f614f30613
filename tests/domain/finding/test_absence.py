"""Whoever is away has somebody to stand in: no case is without a person."""

import pytest

from domain.finding.events import (
    FindingAssigned,
    FindingEscalated,
    HandoverOffered,
    HandoverUnanswered,
    Occasion,
    ReminderRaised,
)
from domain.roster.events import AbsenceNoted
from domain.values import Actor
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    OFFERED,
    OPERATIONS,
    POLICE,
    REPORTED,
    assign,
    assigned,
    hand_over,
    on,
    register,
    stamp,
    take_step,
)
from tests.given_when_then import given

DUE = "remind.fix.1.due.2026-10-23"


def away(
    absent: Actor, substitute: Actor | None = None, last: str = "2026-10-31"
) -> AbsenceNoted:
    """Return that somebody is away from the middle of October 2026."""
    return AbsenceNoted(
        stamp=stamp(),
        absent=absent,
        first=on("2026-10-15"),
        last=on(last),
        substitute=substitute,
        stands_in=substitute or LEADER,
        tell=(),
    )


def reminded(owner: Actor, *absences: AbsenceNoted) -> tuple[Actor, Actor | None]:
    """Return who is reminded on the due day, and instead of whom."""
    (fact,) = (
        given(REPORTED, assigned(owner), away=absences)
        .when(take_step(DUE, at="2026-10-23 08:00"))
        .ask()
    )
    assert isinstance(fact, ReminderRaised)
    assert all(isinstance(one, Occasion) for one in fact.occasions)
    return fact.to, fact.instead_of


def test_whoever_is_here_is_reminded() -> None:
    assert reminded(LAMP_ANNA) == (LAMP_ANNA, None)
    assert reminded(LAMP_ANNA, away(LAMP_BO)) == (LAMP_ANNA, None)


def test_a_substitute_is_reminded_instead() -> None:
    assert reminded(LAMP_ANNA, away(LAMP_ANNA, LAMP_BO)) == (LAMP_BO, LAMP_ANNA)


def test_without_a_substitute_it_is_the_leader() -> None:
    assert reminded(LAMP_ANNA, away(LAMP_ANNA)) == (LEADER, LAMP_ANNA)


def test_for_a_closed_unit_it_is_the_unit_above() -> None:
    parent = register().unit(LIGHTING).parent

    assert parent is not None
    assert reminded(LIGHTING, away(LIGHTING)) == (parent, LIGHTING)


def test_a_substitute_may_be_away_as_well() -> None:
    both = (away(LAMP_ANNA, LAMP_BO), away(LAMP_BO, OPERATIONS))

    assert reminded(LAMP_ANNA, *both) == (OPERATIONS, LAMP_ANNA)


def test_when_the_absence_is_over_nobody_stands_in() -> None:
    (fact,) = (
        given(REPORTED, assigned(LAMP_ANNA), away=[away(LAMP_ANNA, LAMP_BO)])
        .when(take_step("remind.fix.1.late.2026-11-06", at="2026-11-06 08:00"))
        .ask()
    )

    assert isinstance(fact, ReminderRaised)
    assert (fact.to, fact.instead_of) == (LAMP_ANNA, None)


@pytest.mark.parametrize(
    ("day", "stands_in"), [("2026-10-14", None), ("2026-10-21", OPERATIONS)]
)
def test_an_assignment_says_who_acts_for_the_absent(
    day: str, stands_in: Actor | None
) -> None:
    given(REPORTED, away=[away(LIGHTING, OPERATIONS)]).when(assign(day=day)).then(
        FindingAssigned(stamp=stamp(COORDINATOR, day), to=LIGHTING, stands_in=stands_in)
    )


def test_an_offer_says_who_acts_for_the_absent() -> None:
    other = Actor("police/local-police")
    (fact,) = (
        given(REPORTED, ASSIGNED, away=[away(POLICE, other)]).when(hand_over()).ask()
    )

    assert isinstance(fact, HandoverOffered)
    assert (fact.to, fact.stands_in) == (POLICE, other)


def test_an_escalation_reaches_those_who_are_here() -> None:
    absences = [away(LEADER, COORDINATOR)]
    (fact,) = (
        given(REPORTED, ASSIGNED, away=absences)
        .when(take_step("escalate.1.2", at="2026-10-28 08:00"))
        .ask()
    )

    assert isinstance(fact, FindingEscalated)
    assert fact.to == (COORDINATOR,)


def test_a_decision_is_asked_of_whoever_stands_in_for_the_coordinator() -> None:
    absences = [away(COORDINATOR, POLICE)]
    (fact,) = (
        given(REPORTED, ASSIGNED, OFFERED, away=absences)
        .when(take_step("handover.1.unanswered", at="2026-10-20 08:00"))
        .ask()
    )

    assert isinstance(fact, HandoverUnanswered)
    assert fact.to == POLICE


def test_nobody_is_told_twice_of_one_rung() -> None:
    absences = [away(COORDINATOR, POLICE, last="2026-11-30")]
    (fact,) = (
        given(REPORTED, ASSIGNED, away=absences)
        .when(take_step("escalate.1.3", at="2026-11-06 08:00"))
        .ask()
    )

    assert isinstance(fact, FindingEscalated)
    assert fact.to == (POLICE,)
