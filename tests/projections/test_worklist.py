"""Who must do what by when, fact by fact."""

from datetime import date

import pytest

from domain.finding.commands import stream_of
from domain.finding.events import (
    AssignmentAccepted,
    AssignmentReturned,
    ClockName,
    DeadlineChanged,
    DeclineRefused,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingReopened,
    FindingResumed,
    FixRejected,
    HandoverAccepted,
    HandoverRefused,
    NoteAdded,
    OwnershipDisputed,
)
from domain.finding.state import Status
from domain.values import CLOCK, Actor
from projections.fold import folded
from projections.worklist import WORKLIST, NextStep, WorklistRow
from tests import examples as ex
from tests.projections.folding import recorded, row_of

ACKNOWLEDGE, FIX, VERIFY, HOLD, *_ = ClockName

SO_FAR = (ex.REPORTED, ex.ASSIGNED)
DONE = (*SO_FAR, ex.FIXED)


def reopened(day: str = "2026-10-21") -> FindingReopened:
    return FindingReopened(
        stamp=ex.stamp(ex.COORDINATOR, day),
        reason="Den er slukket igen.",
        fix_days=5,
        fix_due=ex.on("2026-10-28"),
        triage=ex.COORDINATOR,
        to=ex.LIGHTING,
    )


@pytest.mark.parametrize(
    ("facts", "status", "unit", "next_step", "clock", "due_on"),
    [
        (
            (ex.REPORTED,),
            *(Status.REPORTED, ex.COORDINATOR, NextStep.ASSIGN),
            *(ACKNOWLEDGE, "2026-10-13"),
        ),
        (
            SO_FAR,
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.joint()),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.COMPLETE_SUBTASKS),
            *(FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.joint(), ex.done()),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.OFFERED),
            *(Status.ASSIGNED, ex.POLICE, NextStep.ANSWER_HANDOVER),
            *(FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.OFFERED, HandoverRefused(stamp=ex.stamp(), reason="Nej.")),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.OFFERED, HandoverAccepted(stamp=ex.stamp(), to=ex.POLICE)),
            *(Status.ASSIGNED, ex.POLICE, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            (
                *SO_FAR,
                AssignmentReturned(
                    stamp=ex.stamp(),
                    reason="Ikke vores.",
                    triage=ex.COORDINATOR,
                    acknowledge_due=ex.on("2026-10-22"),
                ),
            ),
            *(Status.REPORTED, ex.COORDINATOR, NextStep.ASSIGN),
            *(ACKNOWLEDGE, "2026-10-22"),
        ),
        (
            (*SO_FAR, ex.HELD),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.REVIEW_HOLD, HOLD, "2026-10-30"),
        ),
        (
            (
                *SO_FAR,
                ex.HELD,
                FindingResumed(
                    stamp=ex.stamp(), held_days=5, fix_due=ex.on("2026-10-30")
                ),
            ),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-30"),
        ),
        (
            (
                *SO_FAR,
                DeadlineChanged(
                    stamp=ex.stamp(), fix_due=ex.on("2026-11-06"), reason="Frost."
                ),
            ),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-11-06"),
        ),
        (
            (*SO_FAR, ex.PROPOSED),
            *(Status.ASSIGNED, ex.LEADER, NextStep.APPROVE_DECLINE),
            *(FIX, "2026-10-23"),
        ),
        (
            (*SO_FAR, ex.PROPOSED, DeclineRefused(stamp=ex.stamp(), reason="Jo.")),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            DONE,
            *(Status.FIXED, ex.COORDINATOR, NextStep.VERIFY, VERIFY, "2026-10-26"),
        ),
        (
            (*DONE, FixRejected(stamp=ex.stamp(), reason="Nej.", to=ex.LIGHTING)),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-23"),
        ),
        (
            (*DONE, ex.VERIFIED, reopened()),
            *(Status.ASSIGNED, ex.LIGHTING, NextStep.FIX, FIX, "2026-10-28"),
        ),
    ],
)
def test_the_next_step_is_on_the_list_of_whoever_has_to_take_it(
    facts: tuple[FindingEvent, ...],
    status: Status,
    unit: Actor,
    next_step: NextStep,
    clock: ClockName,
    due_on: str,
) -> None:
    row = row_of(WORKLIST, *facts)

    assert (row.status, row.unit, row.next_step) == (status, unit, next_step)
    assert (row.clock, row.due_on) == (clock, ex.on(due_on))


@pytest.mark.parametrize("status", ex.ENDED)
def test_nothing_is_due_when_a_case_has_ended(status: Status) -> None:
    row = row_of(WORKLIST, *ex.HISTORIES[status])

    assert (row.status, row.clock, row.due_on) == (status, None, None)


def test_the_whole_row_of_a_report() -> None:
    told = ex.REPORTED.model_copy(update={"walk": ex.WALK})

    assert row_of(WORKLIST, told) == WorklistRow(
        number=ex.NUMBER,
        walk=ex.WALK,
        category="LGT-FAIL",
        text="To lamper er slukket.",
        severity=told.severity,
        status=Status.REPORTED,
        on_hold=False,
        disputed=False,
        unit=ex.COORDINATOR,
        person=None,
        assignee=None,
        next_step=NextStep.ASSIGN,
        clock=ACKNOWLEDGE,
        due_on=date(2026, 10, 13),
        escalated=0,
        reopened=0,
        reported_at=ex.moment("2026-10-09"),
        version=1,
        position=1,
        memory=row_of(WORKLIST, told).memory,
    )


def test_a_person_is_listed_beside_the_unit() -> None:
    row = row_of(WORKLIST, ex.REPORTED, ex.assigned(ex.LAMP_ANNA))

    assert (row.unit, row.person) == (ex.LIGHTING, "a17")


def test_a_dispute_ends_when_somebody_accepts() -> None:
    disputed = OwnershipDisputed(stamp=ex.stamp(), reason="Privat vej.")
    accepted = AssignmentAccepted(stamp=ex.stamp())

    assert row_of(WORKLIST, *SO_FAR, disputed).disputed
    assert not row_of(WORKLIST, *SO_FAR, disputed, accepted).disputed


def test_a_correction_changes_only_what_it_names() -> None:
    text = FindingCorrected(stamp=ex.stamp(), reason="Set.", text="Tre lamper.")
    place = FindingCorrected(stamp=ex.stamp(), reason="Set.", place="Ved svinget")
    told = ex.REPORTED.model_copy(update={"walk": ex.WALK})

    row = row_of(WORKLIST, told, text, place)

    assert (row.text, row.walk, row.category) == ("Tre lamper.", ex.WALK, "LGT-FAIL")


def test_escalation_and_reopening_are_counted() -> None:
    late = FindingEscalated(
        stamp=ex.stamp(CLOCK), level=2, run=1, to=(ex.LEADER,), urgent=False
    )

    assert row_of(WORKLIST, *SO_FAR, late).escalated == 2
    again = row_of(WORKLIST, *SO_FAR, late, ex.FIXED, ex.VERIFIED, reopened())
    assert (again.escalated, again.reopened) == (0, 1)


def test_version_and_position_are_those_of_the_last_fact() -> None:
    note = NoteAdded(stamp=ex.stamp(), text="Ringet.")
    facts = recorded(*SO_FAR, note, first=40)

    row = folded(WORKLIST, ex.NUMBER, facts)

    assert row is not None
    assert (row.version, row.position) == (3, 42)


def test_facts_about_other_things_touch_no_row() -> None:
    [fact] = recorded(ex.REPORTED, stream="walk/2026-04")

    assert WORKLIST.keys(fact) == ()
    assert stream_of(ex.NUMBER) == f"finding/{ex.NUMBER}"
