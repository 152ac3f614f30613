"""What everybody may know of a case and a walk: codes and days, nobody's words."""

from dataclasses import fields
from datetime import date

from domain.finding.events import (
    DeclineProposed,
    FindingAssigned,
    FindingDeclined,
    FindingPutOnHold,
    NoteAdded,
)
from domain.finding.state import Status
from domain.messages import Event
from domain.walk.events import WalkRequested
from projections.public_case import PublicCase, public_case, walk_steps
from tests import examples as ex
from tests.domain.test_walk import ASKED, CANCELLED, HELD, INVITED, PLANNED, REQUESTED
from tests.projections.folding import recorded


def case(*events: Event) -> PublicCase:
    found = public_case(recorded(*events))
    assert found
    return found


ASSIGNED = FindingAssigned(stamp=ex.stamp(), to=ex.LIGHTING)
NOTED = NoteAdded(stamp=ex.stamp(), text="Ringede til ejeren.")


def test_a_case_says_when_it_came_to_each_status() -> None:
    found = case(ex.REPORTED, ASSIGNED, NOTED)

    assert [move.status for move in found.moves] == [Status.REPORTED, Status.ASSIGNED]
    assert found.status is Status.ASSIGNED
    assert found.owner == ex.LIGHTING
    assert found.due_on


def test_a_case_that_waits_says_for_what() -> None:
    day = date(2026, 12, 4)
    held = FindingPutOnHold(stamp=ex.stamp(), reason_code="third_party", review_on=day)

    found = case(ex.REPORTED, ASSIGNED, held)

    assert (found.waits, found.reason, found.due_on) == (True, "third_party", day)


def test_a_reason_is_told_once_it_is_decided_and_not_before() -> None:
    proposed = DeclineProposed(
        stamp=ex.stamp(),
        reason_code="no_legal_basis",
        reason="Ejeren vil ikke.",
        approver=ex.COORDINATOR,
    )
    declined = FindingDeclined(stamp=ex.stamp())

    assert case(ex.REPORTED, ASSIGNED, proposed).reason is None
    assert case(ex.REPORTED, ASSIGNED, proposed, declined).reason == "no_legal_basis"


def test_nothing_that_somebody_wrote_is_in_it() -> None:
    found = case(ex.REPORTED, ASSIGNED, NOTED)
    told = " ".join(str(getattr(found, one.name)) for one in fields(found))

    assert "Ringede" not in told
    assert ex.REPORTED.text not in told


def test_there_is_no_case_without_facts() -> None:
    assert public_case(recorded()) is None


def test_a_walk_tells_what_everybody_may_know_of_it() -> None:
    held = walk_steps(recorded(REQUESTED, PLANNED, INVITED, ASKED, HELD))
    off = walk_steps(recorded(REQUESTED, INVITED, CANCELLED))

    assert [step.name for step in held] == ["invited", "held"]
    assert held[-1].at == HELD.plan.starts_at
    assert [step.name for step in off] == ["invited", "cancelled"]
    assert isinstance(REQUESTED, WalkRequested)
