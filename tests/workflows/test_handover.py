"""A case between two authorities: nothing dies there (R4).

Offered on Friday 9 October; three working days to answer end on the 14th. The
morning after, silence asks the coordinator, who has two days: the 16th and the 19th.
"""

from domain.finding.events import (
    CaseMadeJoint,
    ClockName,
    HandoverDecided,
    HandoverUnanswered,
    HandoverUndecided,
    ReminderRaised,
)
from domain.values import Actor
from tests.workflows.month import (
    COORDINATOR,
    LOCAL_POLICE,
    OPERATIONS,
    PARKS,
    PREVENTION,
    Month,
    status_of,
)

HOUSING = Actor("partner/housing-operations")
"""A partner; municipality/operations answers for it."""

LEADER = Actor("municipality/unit-leader")


async def offered(
    month: Month,
    owner: Actor = OPERATIONS,
    to: Actor = LOCAL_POLICE,
    coordinator: Actor = COORDINATOR,
) -> None:
    """Report and assign a hedge on 8 October; offer it on the 9th."""
    await month.happens("2026-10-08", coordinator, "report", category="VEG-HEDGE")
    await month.happens("2026-10-08", coordinator, "assign", to=owner)
    await offered_again(month, "2026-10-09", owner, to)


async def offered_again(
    month: Month, when: str, owner: Actor = OPERATIONS, to: Actor = LOCAL_POLICE
) -> None:
    """Offer it to another authority."""
    await month.happens(
        when,
        owner,
        "hand_over",
        to=to,
        purpose="Stedet hører til hos jer.",
        legal_basis="general",
    )


def reminded_of_the_offer(month: Month) -> list[str]:
    """Return when somebody was reminded to answer, and who."""
    return [
        f"{month.local(raised.stamp.at):%m-%d %H:%M} {raised.to}"
        for raised in month.all_of(ReminderRaised)
        if raised.occasions[0].clock is ClockName.HANDOVER
    ]


async def status(month: Month) -> str:
    run = month.client.get_workflow_handle("handover/2026-01")
    return status_of(await run.describe())


async def test_an_offer_that_is_accepted_in_time_is_over(month: Month) -> None:
    await offered(month)

    assert await status(month) == "running"

    await month.happens("2026-10-13", LOCAL_POLICE, "accept_handover")
    await month.passes(until="2026-10-20")

    finding, _ = month.system.finding("2026-01")
    assert finding is not None
    assert finding.assignee == LOCAL_POLICE
    assert await status(month) == "completed"
    assert reminded_of_the_offer(month) == []
    assert month.all_of(HandoverUnanswered) == []


async def test_silence_leaves_it_to_the_coordinator(month: Month) -> None:
    await offered(month)
    await month.passes(until="2026-10-15")

    assert reminded_of_the_offer(month) == [f"10-14 08:00 {LOCAL_POLICE}"]
    (silence,) = month.all_of(HandoverUnanswered)
    assert month.day(silence) == "2026-10-15"
    assert silence.to == COORDINATOR
    assert silence.decide_due.isoformat() == "2026-10-19"

    await month.happens(
        "2026-10-16",
        COORDINATOR,
        "decide_handover",
        outcome="moved",
        reason="Det er politiets opgave.",
    )
    await month.passes(until="2026-10-28")

    finding, _ = month.system.finding("2026-01")
    assert finding is not None
    assert finding.assignee == LOCAL_POLICE
    assert await status(month) == "completed"
    assert month.all_of(HandoverUndecided) == []
    # Whoever gave it away and whoever got it hear of it the next working morning.
    (decided,) = month.all_of(HandoverDecided)
    assert set(decided.tell) == {OPERATIONS, LOCAL_POLICE}
    assert ("2026-10-19 08:30", str(LOCAL_POLICE), 1) in month.sent()


async def test_others_hear_while_nobody_decides(month: Month) -> None:
    await offered(month)
    await month.passes(until="2026-11-03")

    # The morning after the 19th, then every fifth working day.
    undecided = month.all_of(HandoverUndecided)
    assert [month.day(one) for one in undecided] == [
        "2026-10-20",
        "2026-10-27",
        "2026-11-03",
    ]
    assert {one.to for one in undecided} == {(COORDINATOR, PREVENTION, LEADER)}

    await month.happens(
        "2026-11-04",
        COORDINATOR,
        "decide_handover",
        outcome="kept",
        reason="Opgaven er vores.",
    )
    await month.passes(until="2026-11-11")

    assert len(month.all_of(HandoverUndecided)) == 3
    assert await status(month) == "completed"


async def test_two_refusals_make_a_joint_case(month: Month) -> None:
    await offered(month)
    await month.happens(
        "2026-10-12", LOCAL_POLICE, "refuse_handover", reason="Ikke vores."
    )
    first = await status(month)
    await offered_again(month, "2026-10-13")
    second = await status(month)
    await month.happens(
        "2026-10-14", LOCAL_POLICE, "refuse_handover", reason="Stadig ikke."
    )
    await month.passes(until="2026-10-21")

    finding, _ = month.system.finding("2026-01")
    assert finding is not None
    assert finding.offer is None
    assert finding.joint
    (joint,) = month.all_of(CaseMadeJoint)
    assert {part.to for part in joint.parts} == {OPERATIONS, LOCAL_POLICE}
    assert (first, second, await status(month)) == ("completed", "running", "completed")
    assert month.all_of(HandoverUnanswered) == []


async def test_behind_a_partner_the_caseworker_is_reminded(month: Month) -> None:
    await offered(month, owner=PARKS, to=HOUSING)
    await month.passes(until="2026-10-14")

    assert reminded_of_the_offer(month) == [f"10-14 08:00 {OPERATIONS}"]


async def test_the_police_hand_over_in_the_same_way(month: Month) -> None:
    await offered(month, LOCAL_POLICE, OPERATIONS, coordinator=PREVENTION)
    await month.passes(until="2026-10-15")

    assert reminded_of_the_offer(month) == [f"10-14 08:00 {OPERATIONS}"]
    (silence,) = month.all_of(HandoverUnanswered)
    assert (month.day(silence), silence.to) == ("2026-10-15", PREVENTION)
