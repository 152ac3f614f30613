"""Who must hear of which fact, and when the next digest goes out."""

import pytest

from domain.delivery.notices import Notice, digest_moment, notices
from domain.finding.events import (
    AssignmentLapsed,
    AssignmentReturned,
    CaseMadeJoint,
    ClockName,
    DeadlinesRecomputed,
    EnforcementStep,
    EnforcementStepTaken,
    FindingEscalated,
    FindingReopened,
    FixRejected,
    HandoverDecided,
    HandoverOutcome,
    HandoverUnanswered,
    HandoverUndecided,
    NewDue,
    NoteAdded,
    Occasion,
    OccasionKind,
    OwnershipSought,
    OwnershipUnresolved,
    Part,
    ReminderRaised,
    VerificationMoved,
)
from domain.messages import Event, Recorded, derived_id
from domain.values import CLOCK, Actor, Severity, StreamId
from domain.walk.events import (
    FollowedUp,
    MinutesPublished,
    PlanAgreed,
    RequestAnswered,
    WalkCancelled,
    WalkClock,
    WalkClosed,
    WalkEscalated,
    WalkMoment,
    WalkReminderRaised,
    WalkStatusDue,
)
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    DECLINED,
    FIXED,
    GRID,
    HELD,
    HOUSING,
    KEPT,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    MERGED,
    OFFERED,
    POLICE,
    PROPOSED,
    REFERRED,
    RESIDENT,
    VERIFIED,
    assigned,
    joint,
    moment,
    on,
    register,
    reported,
    stamp,
)

DUE = Occasion(clock=ClockName.FIX, run=1, kind=OccasionKind.DUE, on=on("2026-10-23"))


def told(event: Event) -> dict[Actor, bool]:
    """Return who hears of a fact, and whether at once."""
    fact = Recorded(
        event=event,
        stream=StreamId("finding/2026-04"),
        version=1,
        position=1,
        event_id=derived_id("told"),
        recorded_at=event.stamp.at,
        register=1,
    )
    heard = notices(fact)
    assert all(isinstance(notice, Notice) for notice in heard)
    return {notice.recipient: notice.urgent for notice in heard}


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (reported(by=COUNCIL), {COORDINATOR: False}),
        (reported(by=COUNCIL, severity=Severity.ACUTE), {COORDINATOR: True}),
        (ASSIGNED, {LIGHTING: False}),
        (
            AssignmentReturned(
                stamp=stamp(LIGHTING),
                reason="Nej.",
                triage=COORDINATOR,
                acknowledge_due=on("2026-10-23"),
            ),
            {COORDINATOR: False},
        ),
        (OFFERED, {POLICE: False}),
        (FIXED, {COORDINATOR: False}),
        (
            FixRejected(stamp=stamp(COUNCIL), reason="Nej.", to=LIGHTING, urgent=True),
            {LIGHTING: True},
        ),
        (PROPOSED, {LEADER: False}),
        (
            FindingReopened(
                stamp=stamp(COUNCIL),
                reason="Igen.",
                fix_days=5,
                fix_due=on("2026-10-28"),
                triage=COORDINATOR,
                to=LIGHTING,
            ),
            {LIGHTING: False},
        ),
        (
            ReminderRaised(stamp=stamp(CLOCK), occasions=(DUE,), to=LIGHTING),
            {LIGHTING: False},
        ),
        (
            FindingEscalated(
                stamp=stamp(CLOCK), level=3, run=1, to=(COORDINATOR, POLICE)
            ),
            {COORDINATOR: False, POLICE: False},
        ),
    ],
)
def test_whoever_has_to_act_hears_of_it(event: Event, heard: dict[Actor, bool]) -> None:
    assert told(event) == heard


@pytest.mark.parametrize(
    "event",
    [
        KEPT,
        HELD,
        VERIFIED,
        DECLINED,
        MERGED,
        REFERRED,
        WalkClosed(stamp=stamp()),
    ],
)
def test_other_facts_are_read_by_whoever_looks(event: Event) -> None:
    assert told(event) == {}


CONTACT = Actor("participant/residents/c17")
OTHER_CONTACT = Actor("participant/residents/c18")
PLANNING_GROUP = Actor("municipality/planning-group")


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (
            AssignmentLapsed(
                stamp=stamp(CLOCK),
                owner=LIGHTING,
                triage=COORDINATOR,
                acknowledge_due=on("2026-10-23"),
            ),
            [COORDINATOR],
        ),
        (
            OwnershipSought(
                stamp=stamp(POLICE), days=5, due=on("2026-10-28"), to=COORDINATOR
            ),
            [COORDINATOR],
        ),
        (
            OwnershipUnresolved(stamp=stamp(CLOCK), to=(PLANNING_GROUP, POLICE)),
            [PLANNING_GROUP, POLICE],
        ),
        (
            HandoverUnanswered(
                stamp=stamp(CLOCK), to=COORDINATOR, decide_due=on("2026-10-23")
            ),
            [COORDINATOR],
        ),
        (
            HandoverUndecided(stamp=stamp(CLOCK), nth=1, to=(COORDINATOR, POLICE)),
            [COORDINATOR, POLICE],
        ),
        (
            HandoverDecided(
                stamp=stamp(),
                outcome=HandoverOutcome.MOVED,
                to=POLICE,
                reason="Sådan.",
                tell=(LIGHTING, POLICE),
            ),
            [LIGHTING, POLICE],
        ),
        (
            CaseMadeJoint(
                stamp=stamp(),
                lead=LIGHTING,
                parts=(
                    Part(subtask="lys", to=LIGHTING),
                    Part(subtask="dialog", to=POLICE),
                ),
            ),
            [LIGHTING, POLICE],
        ),
        (
            DeadlinesRecomputed(
                stamp=stamp(CLOCK),
                changes=(
                    NewDue(
                        clock=ClockName.FIX,
                        days=10,
                        computed=on("2026-10-26"),
                        due=on("2026-10-26"),
                    ),
                ),
                to=LIGHTING,
            ),
            [LIGHTING],
        ),
        (NoteAdded(stamp=stamp(COUNCIL), text="Igen.", tell=(LIGHTING,)), [LIGHTING]),
        (joint().model_copy(update={"answering": LIGHTING}), [GRID, LIGHTING]),
        (ASSIGNED.model_copy(update={"stands_in": LEADER}), [LIGHTING, LEADER]),
        (OFFERED.model_copy(update={"stands_in": LEADER}), [POLICE, LEADER]),
    ],
)
def test_those_behind_and_beside_hear_as_well(event: Event, heard: list[Actor]) -> None:
    assert told(event) == dict.fromkeys(heard, False)


@pytest.mark.parametrize("event", [VERIFIED, DECLINED, MERGED, REFERRED])
def test_participants_who_asked_hear_the_end_each_on_their_own(event: Event) -> None:
    tell = (CONTACT, OTHER_CONTACT)

    assert told(event.model_copy(update={"tell": tell})) == dict.fromkeys(tell, False)


@pytest.mark.parametrize(
    "event",
    [
        EnforcementStepTaken(
            stamp=stamp(), step=EnforcementStep.GUIDANCE, owner=HOUSING
        ),
        VerificationMoved(stamp=stamp(), verify_due=on("2026-12-01"), reason="Mørke."),
        NoteAdded(stamp=stamp(), text="Ringet."),
    ],
)
def test_some_steps_are_only_read(event: Event) -> None:
    assert told(event) == {}


def test_nobody_is_told_what_they_did_themselves() -> None:
    assert told(assigned(COORDINATOR)) == {}


def test_a_person_is_told_through_the_unit() -> None:
    assert told(assigned(LAMP_ANNA)) == {LIGHTING: False}


def test_two_people_of_one_unit_are_told_once() -> None:
    several = FindingEscalated(
        stamp=stamp(CLOCK), level=1, run=1, to=(LAMP_ANNA, LAMP_BO, LEADER)
    )

    assert list(told(several)) == [LIGHTING, LEADER]


@pytest.mark.parametrize(
    ("at", "digest"),
    [
        ("2026-10-21 08:00", "2026-10-21 08:30"),
        ("2026-10-21 08:30", "2026-10-21 08:30"),
        ("2026-10-21 08:31", "2026-10-22 08:30"),
        ("2026-10-23 12:00", "2026-10-26 08:30"),
        ("2026-10-24 07:00", "2026-10-26 08:30"),
        ("2026-12-23 12:00", "2026-12-28 08:30"),
        ("2026-12-31 12:00", "2027-01-04 08:30"),
        ("2026-03-27 12:00", "2026-03-30 08:30"),
    ],
)
def test_a_digest_goes_out_on_the_next_working_morning(at: str, digest: str) -> None:
    assert digest_moment(moment(at), register()) == moment(digest)


def test_a_party_hears_of_its_part_of_a_joint_case() -> None:
    assert all(not urgent for urgent in told(joint()).values())
    assert len(told(joint())) == 1


# --- A walk ---------------------------------------------------------------------

OTHER_RESIDENT = Actor("participant/residents/a000000000")
BOTH = (OTHER_RESIDENT, RESIDENT)


@pytest.mark.parametrize(
    "event",
    [
        RequestAnswered(stamp=stamp(), accepted=False, reason="Nej.", tell=BOTH),
        MinutesPublished(stamp=stamp(), tell=BOTH),
        PlanAgreed(stamp=stamp(), tell=BOTH),
        FollowedUp(stamp=stamp(), tell=BOTH),
        WalkStatusDue(stamp=stamp(CLOCK), tell=BOTH),
        WalkCancelled(stamp=stamp(), reason="Storm.", tell=BOTH),
    ],
)
def test_every_participant_who_asked_hears_alone(event: Event) -> None:
    assert told(event) == {OTHER_RESIDENT: False, RESIDENT: False}


def test_what_a_group_did_is_still_told_to_those_in_it_who_asked() -> None:
    by_the_group = stamp(Actor("participant/residents"))
    by_one = stamp(RESIDENT)

    assert told(PlanAgreed(stamp=by_the_group, tell=BOTH)) == dict.fromkeys(BOTH, False)
    assert told(PlanAgreed(stamp=by_one, tell=BOTH)) == {OTHER_RESIDENT: False}


def test_the_clocks_of_a_walk_are_heard_by_units() -> None:
    due = on("2026-10-22")
    reminded = WalkReminderRaised(
        stamp=stamp(CLOCK),
        clock=WalkClock.MINUTES,
        run=1,
        kind=WalkMoment.DUE,
        on=due,
        due=due,
        to=(COORDINATOR,),
    )
    escalated = WalkEscalated(
        stamp=stamp(CLOCK),
        clock=WalkClock.MINUTES,
        run=1,
        level=2,
        due=due,
        to=(LEADER, COORDINATOR, POLICE),
    )

    assert told(reminded) == {COORDINATOR: False}
    assert told(escalated) == {LEADER: False, COORDINATOR: False, POLICE: False}
