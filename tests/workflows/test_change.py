"""The world changes under open cases: other rules, units that go, people away."""

from datetime import date
from typing import Any

import pytest

from domain.finding.events import AssignmentLapsed, DeadlinesRecomputed, ReminderRaised
from domain.finding.state import Status
from domain.register.model import Register
from domain.values import Actor
from tests.workflows.month import (
    CITIZEN,
    COORDINATOR,
    LIGHTING,
    OPERATIONS,
    PARKS,
    Month,
)

LEADER = Actor("municipality/unit-leader")
ACCESSIBILITY = Actor("municipality/accessibility")


def with_a_day_off(register: Register, day: date) -> Register:
    """Return the register with one more closing day."""
    calendar = register.calendar.model_copy(update={"extra_closing_days": (day,)})
    return changed(register, calendar=calendar)


def changed(register: Register, **fields: Any) -> Register:
    """Return the register with other fields, checked as a file would be."""
    values = {name: getattr(register, name) for name in type(register).model_fields}
    values["schema"] = values.pop("schema_")
    return Register.model_validate({**values, **fields})


async def a_hedge(month: Month, to: Actor = OPERATIONS) -> None:
    """Report a hedge on 9 October, due on 6 November, and assign it on the 12th."""
    await month.happens("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-12", COORDINATOR, "assign", to=to)


def new_days(month: Month) -> list[tuple[str, str]]:
    """Return on which day a due day was moved, and to which."""
    return [
        (month.day(one), change.due.isoformat())
        for one in month.all_of(DeadlinesRecomputed)
        for change in one.changes
    ]


# --- another register ---


async def test_a_day_off_moves_what_runs_and_its_reminders(
    month: Month, register: Register
) -> None:
    await a_hedge(month)
    await month.adopts("2026-10-20", with_a_day_off(register, date(2026, 10, 30)))
    await month.passes(until="2026-11-10")

    # Twenty working days without 30 October: 9 November; three before it: the 4th.
    assert new_days(month) == [("2026-10-20", "2026-11-09")]
    assert month.reminder_days() == ["2026-10-23", "2026-11-04", "2026-11-09"]
    assert month.escalated() == [(1, "2026-11-10")]


async def test_no_deadline_moves_into_the_past(
    month: Month, register: Register
) -> None:
    await a_hedge(month)
    shorter = tuple(
        one.model_copy(update={"fix": 5}) if one.code == "VEG-HEDGE" else one
        for one in register.categories
    )
    await month.adopts("2026-10-20", changed(register, categories=shorter))
    await month.passes(until="2026-10-21")

    # Five days would have ended on 16 October: it is today instead.
    assert new_days(month) == [("2026-10-20", "2026-10-20")]
    assert month.escalated() == [(1, "2026-10-21")]


async def test_the_same_rules_once_more_move_nothing(
    month: Month, register: Register
) -> None:
    await a_hedge(month)
    await month.adopts("2026-10-20", with_a_day_off(register, date(2027, 10, 29)))
    await month.passes(until="2026-10-23")

    assert new_days(month) == []
    assert month.reminder_days() == ["2026-10-23"]


async def test_a_case_of_a_unit_that_goes_is_back_with_the_coordinator(
    month: Month, register: Register
) -> None:
    await a_hedge(month, to=ACCESSIBILITY)
    units = tuple(unit for unit in register.units if unit.id != ACCESSIBILITY)
    await month.adopts("2026-10-20", changed(register, units=units))
    await month.passes(until="2026-10-23")

    (lapsed,) = month.all_of(AssignmentLapsed)
    finding, _ = month.system.finding("2026-01")
    assert finding is not None
    assert (month.day(lapsed), lapsed.owner) == ("2026-10-20", ACCESSIBILITY)
    assert (finding.status, finding.triage) == (Status.REPORTED, COORDINATOR)
    # Three working days to find another owner, and half of the fix clock is gone.
    assert month.reminded() == [f"2026-10-23 {COORDINATOR}"]
    assert await month.status() == "running"


# --- people who are away ---


@pytest.mark.parametrize(
    ("absent", "substitute", "covers"),
    [
        (LIGHTING, OPERATIONS, OPERATIONS),
        (PARKS, None, OPERATIONS),  # its parent
        (OPERATIONS, None, LEADER),  # without a parent: its leader
        (Actor(f"{OPERATIONS}/7"), None, LEADER),
        (Actor(f"{OPERATIONS}/7"), PARKS, PARKS),
    ],
    ids=["substitute", "parent", "leader", "officer", "officer-with-substitute"],
)
async def test_a_reminder_reaches_whoever_stands_in(
    month: Month, absent: Actor, substitute: Actor | None, covers: Actor
) -> None:
    await a_hedge(month, to=absent)
    await month.happens_to(
        "roster/main",
        "2026-10-21",
        COORDINATOR,
        "note_absence",
        absent=absent,
        first="2026-10-22",
        last="2026-10-30",
        substitute=substitute,
    )
    await month.passes(until="2026-11-03")

    raised = month.all_of(ReminderRaised)
    assert [(month.day(one), one.to) for one in raised] == [
        ("2026-10-23", covers),
        ("2026-11-03", absent),
    ]
    assert [one.instead_of for one in raised] == [absent, None]


# --- the clock on the wall ---


async def test_eight_o_clock_stays_eight_o_clock_in_autumn(month: Month) -> None:
    await month.happens("2026-10-20", CITIZEN, "report", category="VEG-HEDGE")
    await month.passes(until="2026-10-30")

    # Summer time ends on 25 October: three working days, then five more.
    assert at_utc(month) == ["2026-10-23 06:00", "2026-10-30 07:00"]


async def test_eight_o_clock_stays_eight_o_clock_in_spring(month: Month) -> None:
    await month.happens("2027-03-19", CITIZEN, "report", category="VEG-HEDGE")
    await month.passes(until="2027-04-05")

    # Summer time begins on 28 March, between Maundy Thursday and Easter Monday.
    assert at_utc(month) == ["2027-03-24 07:00", "2027-04-05 06:00"]


def at_utc(month: Month) -> list[str]:
    """Return when somebody was reminded, in UTC."""
    return [f"{one.stamp.at:%Y-%m-%d %H:%M}" for one in month.all_of(ReminderRaised)]
