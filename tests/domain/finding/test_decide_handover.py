"""A coordinator decides where an offered case goes."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.events import (
    CaseMadeJoint,
    FindingEvent,
    HandoverDecided,
    HandoverOutcome,
    Part,
)
from domain.finding.state import Status
from domain.values import Actor
from tests.domain.stories import case, offer_planned, played
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    HISTORIES,
    LEADER,
    LIGHTING,
    OFFERED,
    POLICE,
    REPORTED,
    assign,
    decide_handover,
    hand_over,
    report,
    stamp,
)
from tests.given_when_then import given

MOVED, KEPT, JOINT = HandoverOutcome
OPEN_OFFER = (REPORTED, ASSIGNED, OFFERED)


def decided(
    outcome: HandoverOutcome, to: Actor, by: Actor = COORDINATOR
) -> HandoverDecided:
    return HandoverDecided(
        stamp=stamp(by),
        outcome=outcome,
        to=to,
        reason="Politiet er tættest på.",
        tell=(LIGHTING, POLICE),
    )


@pytest.mark.parametrize("by", [COORDINATOR, POLICE])
def test_a_coordinator_of_either_side_moves_the_case(by: Actor) -> None:
    given(*OPEN_OFFER).when(decide_handover(MOVED, by=by)).then(
        decided(MOVED, POLICE, by)
    )


def test_a_case_that_is_moved_has_another_owner() -> None:
    finding = case((*OPEN_OFFER, decided(MOVED, POLICE)))

    assert (finding.assignee, finding.offer) == (POLICE, None)


def test_a_case_that_is_kept_can_be_offered_again() -> None:
    kept = (*OPEN_OFFER, decided(KEPT, LIGHTING))

    given(*OPEN_OFFER).when(decide_handover(KEPT)).then(decided(KEPT, LIGHTING))
    assert (case(kept).assignee, case(kept).offer) == (LIGHTING, None)
    assert given(*kept).when(hand_over()).ask()


def test_both_work_on_a_joint_case() -> None:
    given(*OPEN_OFFER).when(decide_handover(JOINT)).then(
        decided(JOINT, LIGHTING),
        CaseMadeJoint(
            stamp=stamp(COORDINATOR),
            lead=LIGHTING,
            parts=(
                Part(subtask=str(LIGHTING), to=LIGHTING),
                Part(subtask=str(POLICE), to=POLICE),
            ),
        ),
    )


@pytest.mark.parametrize("outcome", HandoverOutcome)
def test_after_silence_the_decision_ends_the_waiting(outcome: HandoverOutcome) -> None:
    silent = played(
        report(day="2026-10-09"),
        assign(day="2026-10-12"),
        hand_over(day="2026-10-12"),
        until="2026-10-19",
    )
    decision = given(*silent).when(decide_handover(outcome)).ask()

    assert case(silent).next_actor == COORDINATOR
    assert offer_planned((*silent, *decision), "2026-10-21") == []


@pytest.mark.parametrize("by", [LIGHTING, LEADER])
def test_nobody_else_decides(by: Actor) -> None:
    given(*OPEN_OFFER).when(decide_handover(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


def test_what_was_not_offered_is_not_decided() -> None:
    given(REPORTED, ASSIGNED).when(decide_handover()).then_refused(Code.NO_HANDOVER)


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_has_an_offer_to_decide(
    facts: tuple[FindingEvent, ...],
) -> None:
    given(*facts).when(decide_handover()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_has_no_offer_to_decide(status: Status) -> None:
    given(*HISTORIES[status]).when(decide_handover()).then_refused(Code.CLOSED)
