"""The clock does the step of the plan that has come due."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import (
    ClockName,
    FindingEscalated,
    FindingEvent,
    Occasion,
    OccasionKind,
    ReminderRaised,
)
from domain.values import CLOCK, Actor, Severity
from tests.domain.stories import told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    FIXED,
    HELD,
    LEADER,
    LIGHTING,
    OFFERED,
    POLICE,
    PROPOSED,
    REPORTED,
    VERIFIED,
    assign,
    on,
    report,
    stamp,
    take_step,
)
from tests.given_when_then import given

DUE = "remind.fix.1.due.2026-10-23"
FIRST_LEVEL = "escalate.1.1"


def reminded(
    clock: ClockName = ClockName.FIX,
    day: str = "2026-10-23",
    to: Actor = LIGHTING,
    *,
    urgent: bool = False,
) -> ReminderRaised:
    due = Occasion(clock=clock, run=1, kind=OccasionKind.DUE, on=on(day))
    return ReminderRaised(
        stamp=stamp(CLOCK, f"{day} 08:00"), occasions=(due,), to=to, urgent=urgent
    )


def escalated(level: int, at: str, *to: Actor) -> FindingEscalated:
    return FindingEscalated(stamp=stamp(CLOCK, at), level=level, run=1, to=to)


def test_whoever_is_responsible_is_reminded_on_the_due_day() -> None:
    given(REPORTED, ASSIGNED).when(take_step(DUE, at="2026-10-23 08:00")).then(
        reminded()
    )


def test_a_reminder_about_something_acute_does_not_wait() -> None:
    acute = told(
        report(day="2026-10-22", severity=Severity.ACUTE), assign(day="2026-10-22")
    )

    given(*acute).when(take_step(DUE, at="2026-10-23 08:00")).then(
        reminded(urgent=True)
    )


@pytest.mark.parametrize(
    ("facts", "to"),
    [
        ((), COORDINATOR),
        ((ASSIGNED, OFFERED), LIGHTING),
        ((ASSIGNED, PROPOSED), LIGHTING),
    ],
)
def test_an_offer_or_a_proposal_changes_nothing_about_who_is_reminded(
    facts: tuple[FindingEvent, ...], to: Actor
) -> None:
    given(REPORTED, *facts).when(take_step(DUE, at="2026-10-23 08:00")).then(
        reminded(to=to)
    )


def test_the_verifier_is_reminded_of_a_fix() -> None:
    key = "remind.verify.1.due.2026-10-26"

    given(REPORTED, ASSIGNED, FIXED).when(take_step(key, at="2026-10-26 08:00")).then(
        reminded(ClockName.VERIFY, "2026-10-26", COORDINATOR)
    )


def test_the_owner_is_reminded_of_a_review() -> None:
    key = "remind.hold.1.due.2026-10-30"

    given(REPORTED, ASSIGNED, HELD).when(take_step(key, at="2026-10-30 08:00")).then(
        reminded(ClockName.HOLD, "2026-10-30")
    )


@pytest.mark.parametrize(
    ("level", "at", "to"),
    [
        (1, "2026-10-26 08:00", (LIGHTING,)),
        (2, "2026-10-28 08:00", (LEADER,)),
        (3, "2026-11-06 08:00", (COORDINATOR, POLICE)),
        (4, "2026-11-20 08:00", (Actor("municipality/planning-group"),)),
        (5, "2027-01-21 08:00", (Actor("municipality/council-report"),)),
    ],
)
def test_the_ladder_is_climbed(level: int, at: str, to: tuple[Actor, ...]) -> None:
    given(REPORTED, ASSIGNED).when(take_step(f"escalate.1.{level}", at=at)).then(
        escalated(level, at, *to)
    )


def test_a_step_is_not_done_before_its_moment() -> None:
    given(REPORTED, ASSIGNED).when(take_step(DUE, at="2026-10-23 07:59")).then()


def test_a_step_is_done_once() -> None:
    given(REPORTED, ASSIGNED, reminded()).when(
        take_step(DUE, at="2026-10-23 08:01")
    ).then()


def test_a_level_is_raised_once() -> None:
    given(REPORTED, ASSIGNED, escalated(1, "2026-10-26 08:00", LIGHTING)).when(
        take_step(FIRST_LEVEL, at="2026-10-26 08:01")
    ).then()


@pytest.mark.parametrize("key", [DUE, FIRST_LEVEL])
@pytest.mark.parametrize("since", [(HELD,), (FIXED,), (FIXED, VERIFIED)])
def test_a_step_is_dropped_when_the_world_has_changed(
    key: str, since: tuple[FindingEvent, ...]
) -> None:
    given(REPORTED, ASSIGNED, *since).when(take_step(key, at="2026-10-26 08:00")).then()


def test_a_step_that_was_never_planned_is_not_done() -> None:
    given(REPORTED, ASSIGNED).when(take_step("remind.me", at="2027-01-01")).then()


def test_an_unknown_case_has_no_steps() -> None:
    given().when(take_step(DUE)).then_refused(Code.UNKNOWN_FINDING, NotFound)
