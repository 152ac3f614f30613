"""Who must do what by when, what is late, and what became of it, fact by fact."""

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
from domain.values import CLOCK, Actor, Authority, Kind
from domain.walk.events import MinutesDrafted
from projections.case_path import CasePath
from projections.cases import CASES, LAST_DAY, CaseRow, NextStep
from projections.danish import sort_key
from tests import examples as ex
from tests.projections.folding import folded, recorded, row_of, rows_of

ACKNOWLEDGE, FIX, VERIFY, HOLD, *_ = ClockName

SO_FAR = (ex.REPORTED, ex.ASSIGNED)
DONE = (*SO_FAR, ex.FIXED)


def days(row: CaseRow) -> tuple[date | None, ...]:
    return (row.acknowledge_due, row.fix_due, row.verify_due, row.review_on)


def on(*texts: str | None) -> tuple[date | None, ...]:
    return tuple(date.fromisoformat(text) if text else None for text in texts)


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
    row = row_of(CASES, *facts)

    assert (row.status, row.unit, row.next_step) == (status, unit, next_step)
    assert (row.clock, row.due_on) == (clock, ex.on(due_on))


@pytest.mark.parametrize("status", ex.ENDED)
def test_nothing_is_due_when_a_case_has_ended(status: Status) -> None:
    row = row_of(CASES, *ex.HISTORIES[status])

    assert (row.status, row.is_open) == (status, False)
    assert (row.clock, row.due_on, row.listed_on) == (None, None, LAST_DAY)
    assert days(row) == on(None, None, None, None)


def test_the_whole_row_of_a_report() -> None:
    told = ex.REPORTED.model_copy(
        update={"walk": ex.WALK, "point": ex.TUNNEL, "place": "Ved svinget"}
    )

    assert row_of(CASES, told) == CaseRow(
        number=ex.NUMBER,
        walk=ex.WALK,
        category="LGT-FAIL",
        kind=Kind.PHYSICAL,
        text="To lamper er slukket.",
        place="Ved svinget",
        place_order=sort_key("Ved svinget"),
        lat=ex.TUNNEL.lat,
        lon=ex.TUNNEL.lon,
        severity=told.severity,
        status=Status.REPORTED,
        is_open=True,
        on_hold=False,
        disputed=False,
        offered=False,
        unit=ex.COORDINATOR,
        person=None,
        assignee=None,
        authority=Authority.MUNICIPALITY,
        master=None,
        next_step=NextStep.ASSIGN,
        clock=ACKNOWLEDGE,
        listed_on=date(2026, 10, 13),
        due_on=date(2026, 10, 13),
        acknowledge_due=date(2026, 10, 13),
        fix_due=date(2026, 10, 23),
        verify_due=None,
        review_on=None,
        fix_promised=date(2026, 10, 23),
        verify_promised=None,
        escalated=0,
        reopened=0,
        reminders=(),
        escalations=(),
        ever_verified=False,
        path=CasePath(raised_by=told.stamp.by),
        reported_at=ex.moment("2026-10-09"),
        version=1,
        position=1,
    )


def test_a_person_is_listed_beside_the_unit() -> None:
    row = row_of(CASES, ex.REPORTED, ex.assigned(ex.LAMP_ANNA))

    assert (row.unit, row.person) == (ex.LIGHTING, "a17")


def test_a_dispute_ends_when_somebody_accepts() -> None:
    disputed = OwnershipDisputed(stamp=ex.stamp(), reason="Privat vej.")
    accepted = AssignmentAccepted(stamp=ex.stamp())

    assert row_of(CASES, *SO_FAR, disputed).disputed
    assert not row_of(CASES, *SO_FAR, disputed, accepted).disputed


def test_a_correction_changes_only_what_it_names() -> None:
    text = FindingCorrected(stamp=ex.stamp(), reason="Set.", text="Tre lamper.")
    place = FindingCorrected(stamp=ex.stamp(), reason="Set.", place="Ved svinget")
    told = ex.REPORTED.model_copy(update={"walk": ex.WALK})

    row = row_of(CASES, told, text, place)

    assert (row.text, row.walk, row.category) == ("Tre lamper.", ex.WALK, "LGT-FAIL")


def test_escalation_and_reopening_are_counted() -> None:
    late = FindingEscalated(
        stamp=ex.stamp(CLOCK), level=2, run=1, to=(ex.LEADER,), urgent=False
    )

    assert row_of(CASES, *SO_FAR, late).escalated == 2
    again = row_of(CASES, *SO_FAR, late, ex.FIXED, ex.VERIFIED, reopened())
    assert (again.escalated, again.reopened) == (0, 1)


def test_version_and_position_are_those_of_the_last_fact() -> None:
    note = NoteAdded(stamp=ex.stamp(), text="Ringet.")
    facts = recorded(*SO_FAR, note, first=40)

    row = folded(CASES, ex.NUMBER, facts)

    assert row is not None
    assert (row.version, row.position) == (3, 42)


def test_facts_about_other_things_touch_no_row() -> None:
    drafted = MinutesDrafted(stamp=ex.stamp())
    elsewhere = recorded(drafted, stream="walk/2026-04", first=3)

    rows = rows_of(CASES, (*recorded(*SO_FAR), *elsewhere))

    assert rows == rows_of(CASES, recorded(*SO_FAR))
    assert stream_of(ex.NUMBER) == f"finding/{ex.NUMBER}"


def test_nothing_is_listed_before_it_was_reported() -> None:
    note = NoteAdded(stamp=ex.stamp(), text="Ringet.")

    assert rows_of(CASES, recorded(note)) == {}


# ---- what is late ----


@pytest.mark.parametrize(
    ("facts", "unit", "due"),
    [
        (
            (ex.REPORTED,),
            ex.COORDINATOR,
            on("2026-10-13", "2026-10-23", None, None),
        ),
        (SO_FAR, ex.LIGHTING, on(None, "2026-10-23", None, None)),
        ((*SO_FAR, ex.OFFERED), ex.POLICE, on(None, "2026-10-23", None, None)),
        ((*SO_FAR, ex.HELD), ex.LIGHTING, on(None, None, None, "2026-10-30")),
        ((*SO_FAR, ex.FIXED), ex.COORDINATOR, on(None, None, "2026-10-26", None)),
    ],
)
def test_only_running_clocks_have_a_day(
    facts: tuple[FindingEvent, ...], unit: Actor, due: tuple[date | None, ...]
) -> None:
    row = row_of(CASES, *facts)

    assert (row.unit, row.authority) == (unit, unit.authority)
    assert days(row) == due


def test_what_was_promised_can_be_read_while_its_clock_stands_still() -> None:
    held, fixed = row_of(CASES, *SO_FAR, ex.HELD), row_of(CASES, *DONE)

    assert (held.fix_due, held.fix_promised) == (None, ex.on("2026-10-23"))
    assert fixed.verify_promised == ex.on("2026-10-26")
    assert row_of(CASES, *DONE, ex.VERIFIED).verify_promised == ex.on("2026-10-26")


def test_nobody_has_promised_to_verify_what_is_not_fixed() -> None:
    assert row_of(CASES, *DONE, ex.VERIFIED, reopened()).verify_promised is None


def test_a_person_counts_for_the_unit() -> None:
    row = row_of(CASES, ex.REPORTED, ex.assigned(ex.LAMP_ANNA))

    assert row.unit == ex.LIGHTING


def test_a_partner_is_an_authority_of_its_own() -> None:
    row = row_of(CASES, ex.REPORTED, ex.assigned(ex.GRID))

    assert row.authority is Authority.PARTNER


# ---- where it is, and what became of it ----


def test_a_corrected_place_and_text_replace_the_first_ones() -> None:
    told = FindingCorrected(
        stamp=ex.stamp(), reason="Set.", text="Ny.", point=ex.TUNNEL, place="Åen"
    )

    row = row_of(CASES, *SO_FAR, told)

    assert (row.text, row.place, row.place_order) == ("Ny.", "Åen", sort_key("Åen"))
    assert (row.lat, row.lon) == (ex.TUNNEL.lat, ex.TUNNEL.lon)


def test_nothing_is_shown_of_what_went_to_another_forum() -> None:
    told = ex.REPORTED.model_copy(update={"point": ex.TUNNEL, "place": "Her"})
    referred = ex.REFERRED.model_copy(update={"walk": ex.WALK})

    row = row_of(CASES, told, referred)

    assert (row.text, row.place, row.lat, row.lon) == ("", None, None, None)
    assert (row.walk, row.status) == (ex.WALK, Status.REFERRED)
    assert row.place_order == ""


def test_a_merged_case_names_its_master() -> None:
    row = row_of(CASES, ex.REPORTED, ex.MERGED)

    assert row.master == ex.MERGED.master


def test_an_unanswered_offer_is_marked() -> None:
    refused = HandoverRefused(stamp=ex.stamp(), reason="Nej.")

    assert row_of(CASES, *SO_FAR, ex.OFFERED).offered
    assert not row_of(CASES, *SO_FAR, ex.OFFERED, refused).offered


def test_reopening_does_not_undo_that_it_was_verified() -> None:
    row = row_of(CASES, *DONE, ex.VERIFIED, reopened())

    assert row.ever_verified
    assert row.is_open
