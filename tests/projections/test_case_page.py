"""Everything about one finding, as it stands after each fact."""

from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingReopened,
    NewCategory,
    NoteAdded,
    Occasion,
    OccasionKind,
    ReminderRaised,
)
from domain.finding.state import Status
from domain.values import CLOCK, Channel, Evidence, Kind
from domain.walk.events import MinutesDrafted
from projections.case_page import CasePage, Note, case_page
from tests import examples as ex
from tests.projections.folding import recorded

SO_FAR = (ex.REPORTED, ex.ASSIGNED)


def page_of(*events: FindingEvent) -> CasePage:
    found = case_page(recorded(*events))
    assert found is not None
    return found


def page(*more: FindingEvent) -> CasePage:
    return page_of(*SO_FAR, *more)


def test_a_report_fills_the_page() -> None:
    told = ex.REPORTED.model_copy(
        update={"walk": ex.WALK, "point": ex.TUNNEL, "place": "Ved svinget"}
    )

    row = page_of(told)

    assert row == CasePage(
        number=ex.NUMBER,
        memory=row.memory,
        version=1,
        position=1,
        walk=ex.WALK,
        text="To lamper er slukket.",
        kind=Kind.PHYSICAL,
        point=ex.TUNNEL,
        place="Ved svinget",
        channel=Channel.OTHER,
        reported_by=ex.COORDINATOR,
    )


def test_a_correction_keeps_what_it_does_not_name() -> None:
    terms = NewCategory(
        code="CIT-MEET",
        kind=Kind.SOCIAL,
        positive=False,
        acknowledge_days=5,
        fix_days=20,
        verify_days=10,
    )
    first = FindingCorrected(stamp=ex.stamp(), reason="Set.", category=terms)
    second = FindingCorrected(
        stamp=ex.stamp(), reason="Set.", text="Nye ord.", point=ex.TUNNEL, place="Her"
    )

    row = page(first, second)

    assert (row.kind, row.memory.category) == (Kind.SOCIAL, "CIT-MEET")
    assert (row.text, row.point, row.place) == ("Nye ord.", ex.TUNNEL, "Her")
    assert page(first).text == "To lamper er slukket."


def test_the_latest_hold_handover_and_decline_can_be_read() -> None:
    assert page(ex.HELD).hold == ex.HELD
    assert page(ex.OFFERED).handover == ex.OFFERED
    assert page(ex.PROPOSED).decline == ex.PROPOSED


def test_fixed_and_verified_name_who_did_it() -> None:
    fixed = ex.FIXED.model_copy(update={"count": 12})

    row = page(fixed, ex.VERIFIED)

    assert (row.fixed_by, row.verified_by) == (ex.LIGHTING, ex.COUNCIL)
    assert (row.evidence, row.count) == (Evidence.PHOTO, 12)
    assert row.memory.status is Status.VERIFIED


def test_reopening_forgets_who_fixed_and_verified() -> None:
    again = FindingReopened(
        stamp=ex.stamp(),
        reason="Slukket igen.",
        fix_days=5,
        fix_due=ex.on("2026-10-28"),
        triage=ex.COORDINATOR,
        to=ex.LIGHTING,
    )

    row = page(ex.FIXED, ex.VERIFIED, again)

    assert (row.reopened, row.fixed_by, row.verified_by) == (1, None, None)


def test_a_referral_keeps_forum_and_walk_only() -> None:
    row = page_of(ex.REFERRED.model_copy(update={"walk": ex.WALK}))

    assert (row.forum, row.walk, row.text, row.reported_by) == (
        "SSP",
        ex.WALK,
        "",
        None,
    )
    assert row.memory.status is Status.REFERRED


def test_notes_stand_in_their_order() -> None:
    first = NoteAdded(stamp=ex.stamp(ex.LIGHTING, "2026-10-19"), text="Ringet.")
    second = NoteAdded(stamp=ex.stamp(ex.POLICE, "2026-10-20"), text="Set.")

    assert page(first, second).notes == (
        Note(ex.LIGHTING, ex.moment("2026-10-19"), "Ringet."),
        Note(ex.POLICE, ex.moment("2026-10-20"), "Set."),
    )


def test_reminders_are_counted_and_escalation_is_dated() -> None:
    occasion = Occasion(
        clock=ClockName.FIX, run=1, kind=OccasionKind.DUE, on=ex.on("2026-10-23")
    )
    reminder = ReminderRaised(
        stamp=ex.stamp(CLOCK, "2026-10-23 08:00"),
        occasions=(occasion,),
        to=ex.LIGHTING,
    )
    late = FindingEscalated(
        stamp=ex.stamp(CLOCK, "2026-10-26 08:00"), level=1, run=1, to=(ex.LIGHTING,)
    )

    row = page(reminder, reminder, late)

    assert row.reminders == 2
    assert row.last_escalated_at == ex.moment("2026-10-26 08:00")
    assert row.memory.escalated == 1


def test_without_facts_there_is_no_page() -> None:
    assert case_page(()) is None


def test_facts_about_other_things_change_no_page() -> None:
    drafted = MinutesDrafted(stamp=ex.stamp())

    assert case_page(recorded(*SO_FAR, drafted)) == page()
