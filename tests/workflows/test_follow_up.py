"""Weeks of follow-up: real server, worker, dispatcher and store; skipped time.

The days are worked out by hand from walk-file/1, "Exact rules behind the totals".
VEG-HEDGE has 3 working days to acknowledge, 20 to fix and 10 to verify.
"""

from datetime import time

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.delivery.events import DeliverySent
from domain.delivery.notices import notices
from domain.finding.events import ClockName, FindingEscalated, ReminderRaised
from domain.values import CLOCK, Actor
from tests.workflows.month import (
    CITIZEN,
    COORDINATOR,
    COUNCIL,
    LIGHTING,
    OPERATIONS,
    PARKS,
    PREVENTION,
    ROADS,
    Month,
)
from workflows.follow_up import FollowUp
from workflows.following import DueStep, Plan, PlannedStep


async def a_hedge(month: Month, to: Actor = OPERATIONS) -> None:
    """Report a hedge on 9 October, due on 6 November, and assign it on the 12th."""
    await month.happens("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-12", COORDINATOR, "assign", to=to)


# --- reminders and escalation on exact days ---


async def test_the_assignee_is_reminded_on_exact_days_over_six_weeks(
    month: Month,
) -> None:
    await a_hedge(month)
    await month.passes(until="2026-11-22")

    assert month.reminded() == [
        f"2026-10-23 {OPERATIONS}",  # half of 20 working days
        f"2026-11-03 {OPERATIONS}",  # three working days before
        f"2026-11-06 {OPERATIONS}",  # due
        f"2026-11-13 {OPERATIONS}",  # five late
        f"2026-11-20 {OPERATIONS}",  # ten late
    ]
    assert month.escalated() == [
        (1, "2026-11-09"),
        (2, "2026-11-11"),
        (3, "2026-11-20"),
    ]


async def test_the_clock_speaks_at_eight_and_signs_as_the_clock(month: Month) -> None:
    await a_hedge(month)  # summer time ends on 25 October
    await month.passes(until="2026-11-11")

    raised = [*month.all_of(ReminderRaised), *month.all_of(FindingEscalated)]
    assert {one.stamp.by for one in raised} == {CLOCK}
    assert {
        month.local(one.stamp.at).time().replace(second=0, microsecond=0)
        for one in raised
    } == {time(8)}


async def test_a_finding_that_nobody_owns_is_remembered_at_the_coordinator(
    month: Month,
) -> None:
    await month.happens("2026-10-09", CITIZEN, "report", category="VEG-HEDGE")
    await month.passes(until="2026-10-25")

    # Acknowledge due on 14 October, then every fifth working day; on 23 October
    # half of the fix clock has gone as well.
    assert month.reminded() == [
        f"2026-10-14 {COORDINATOR}",
        f"2026-10-21 {COORDINATOR}",
        f"2026-10-23 {COORDINATOR}",
    ]


async def test_five_levels_are_raised_across_christmas(month: Month) -> None:
    # PTH-SURF: 20 working days, due on 18 December.
    await month.happens("2026-11-20", COORDINATOR, "report", category="PTH-SURF")
    await month.happens("2026-11-20", COORDINATOR, "assign", to=ROADS)
    await month.passes(until="2027-03-18")

    # No work on 24, 25 and 31 December and on 1 January.
    assert month.escalated() == [
        (1, "2026-12-21"),  # +1
        (2, "2026-12-23"),  # +3
        (3, "2027-01-07"),  # +10: 28, 29, 30 December, 4-7 January
        (4, "2027-01-21"),  # +20
        (5, "2027-03-18"),  # +60
    ]
    assert month.reminder_days() == [
        "2026-12-04",
        "2026-12-15",
        "2026-12-18",
        "2026-12-29",
        "2027-01-07",
        "2027-01-14",
        "2027-01-21",
        "2027-01-28",
        "2027-02-04",
        "2027-02-11",
        "2027-02-18",
        "2027-02-25",
        "2027-03-04",
        "2027-03-11",
        "2027-03-18",
    ]
    told = [one.to for one in month.all_of(FindingEscalated)]
    assert told == [
        (ROADS,),
        (Actor("municipality/unit-leader"),),
        (COORDINATOR, PREVENTION),
        (Actor("municipality/planning-group"),),
        (Actor("municipality/council-report"),),
    ]


# --- people change the course ---


async def test_a_new_assignee_is_reminded_instead(month: Month) -> None:
    await a_hedge(month)
    await month.happens("2026-10-26", COORDINATOR, "assign", to=PARKS)
    await month.passes(until="2026-11-06")

    assert month.reminded() == [
        f"2026-10-23 {OPERATIONS}",
        f"2026-11-03 {PARKS}",
        f"2026-11-06 {PARKS}",
    ]


async def test_moments_before_the_assignment_are_not_raised(month: Month) -> None:
    # On 2 November we learn of a hedge that got its owner after the half-way day.
    await month.passes(until="2026-11-02T12:00")
    await month.learns(
        month.did("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE"),
        month.did("2026-10-26", COORDINATOR, "assign", to=PARKS),
    )
    await month.passes(until="2026-11-03")

    assert month.reminded() == [f"2026-11-03 {PARKS}"]


async def test_hold_stops_the_clock_and_resume_moves_it(month: Month) -> None:
    await a_hedge(month)
    await month.happens(
        "2026-10-19",
        OPERATIONS,
        "hold",
        reason_code="third_party",
        review_on="2026-10-30",
    )
    await month.happens("2026-11-09", OPERATIONS, "resume")
    await month.passes(until="2026-11-30")

    # Held 20 October to 9 November: 15 working days. Due moves from 6 to 27
    # November, half-way from 23 October to 13 November, "before" to 24 November.
    assert month.reminder_days() == [
        "2026-10-30",  # review of the hold
        "2026-11-06",  # five working days later: still on hold
        "2026-11-13",
        "2026-11-24",
        "2026-11-27",
    ]
    assert month.escalated() == [(1, "2026-11-30")]


async def test_a_held_case_never_escalates(month: Month) -> None:
    await a_hedge(month)
    await month.happens(
        "2026-11-09",
        OPERATIONS,
        "hold",
        reason_code="season",
        review_on="2026-12-18",
    )
    await month.passes(until="2026-12-17")

    assert month.escalated() == [(1, "2026-11-09")]
    assert month.reminder_days()[3:] == []


async def test_a_rejected_fix_goes_on_where_it_was(month: Month) -> None:
    await a_hedge(month)
    await month.happens("2026-11-04", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-10", COORDINATOR, "reject_fix", reason="Kun halvt.")
    await month.passes(until="2026-11-13")

    # Due on 6 November as before; that moment passed while it was said to be
    # done, so only what is still to come is raised: level 1 at once, level 2 on
    # its day, the reminder after five working days.
    assert month.reminded() == [
        f"2026-10-23 {OPERATIONS}",
        f"2026-11-03 {OPERATIONS}",
        f"2026-11-13 {OPERATIONS}",
    ]
    assert month.escalated() == [(1, "2026-11-10"), (2, "2026-11-11")]


async def test_a_changed_deadline_moves_what_is_to_come(month: Month) -> None:
    await a_hedge(month)
    await month.happens(
        "2026-10-29",
        COORDINATOR,
        "change_deadline",
        fix_due="2026-11-18",
        reason="Aftalt med beboerne.",
    )
    await month.passes(until="2026-11-19")

    assert month.reminder_days() == ["2026-10-23", "2026-11-13", "2026-11-18"]
    assert month.escalated() == [(1, "2026-11-19")]


async def test_a_fix_is_followed_until_it_is_verified(month: Month) -> None:
    await a_hedge(month)
    await month.happens("2026-11-04", OPERATIONS, "mark_fixed", evidence="photo")
    await month.passes(until="2026-11-25")

    # Verify due 18 November, then every fifth working day; no fix reminders.
    assert month.reminded()[2:] == [
        f"2026-11-18 {COORDINATOR}",
        f"2026-11-25 {COORDINATOR}",
    ]


# --- ends, and beginnings after them ---


async def test_verifying_ends_the_run(month: Month) -> None:
    await a_hedge(month)
    await month.happens("2026-10-14", OPERATIONS, "mark_fixed", evidence="photo")

    assert await month.status() == "running"

    await month.happens("2026-10-15", COUNCIL, "verify")
    await month.passes(until="2026-11-30")

    assert await month.status() == "completed"
    assert month.reminder_days() == []


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("merge_into", {"master": "2026-02"}),
        ("refer_out", {"forum": "SSP"}),
        ("correct", {"category": "POS-KEEP", "reason": "Det er et godt sted."}),
    ],
    ids=["merged", "referred", "positive"],
)
async def test_any_end_ends_the_run(
    month: Month, do: str, fields: dict[str, str]
) -> None:
    await month.happens(
        "2026-10-09", COORDINATOR, "report", number="2026-02", category="VEG-HEDGE"
    )
    await month.happens("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    await month.happens("2026-10-12", COORDINATOR, do, **fields)
    await month.passes(until="2026-10-30")

    assert await month.status() == "completed"
    assert month.reminder_days() == []


async def test_a_positive_finding_is_not_followed(month: Month) -> None:
    await month.happens("2026-10-09", COORDINATOR, "report", category="POS-KEEP")
    await month.passes(until="2026-12-01")

    followed = month.client.list_workflows("WorkflowType = 'follow-up'")
    assert [run.id async for run in followed] == []


async def test_a_reopened_finding_starts_a_new_ladder(month: Month) -> None:
    await a_hedge(month)
    await month.passes(until="2026-11-11")  # levels 1 and 2
    await month.happens("2026-11-12", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-13", COUNCIL, "verify")
    first = await month.run().describe()
    await month.happens("2026-11-16", CITIZEN, "reopen", reason="Vokset til igen.")
    await month.passes(until="2026-12-03")
    second = await month.run().describe()

    assert first.status is WorkflowExecutionStatus.COMPLETED
    assert second.status is WorkflowExecutionStatus.RUNNING
    assert (first.id, first.run_id) != (second.id, second.run_id)
    assert first.id == second.id == "finding/2026-01"
    # Half the time again: 10 working days from 16 November, due on 30 November.
    assert month.escalated() == [
        (1, "2026-11-09"),
        (2, "2026-11-11"),
        (1, "2026-12-01"),
        (2, "2026-12-03"),
    ]
    assert month.reminder_days()[3:] == ["2026-11-23", "2026-11-25", "2026-11-30"]
    assert {one.run for one in month.all_of(FindingEscalated)[2:]} == {2}


# --- messages ---


async def test_acute_goes_alone_and_at_once(month: Month) -> None:
    await month.happens(
        "2026-10-10T21:30",  # a Saturday night
        CITIZEN,
        "report",
        category="LGT-FAIL",
        severity="acute",
    )
    await month.happens("2026-10-10T21:35", COORDINATOR, "assign", to=LIGHTING)
    await month.passes(until="2026-10-11")

    # Nobody has said that they telephoned: an hour later somebody is asked (R18).
    assert month.sent() == [
        ("2026-10-10 21:30", str(COORDINATOR), 1),
        ("2026-10-10 21:35", str(LIGHTING), 1),
        ("2026-10-10 22:30", str(COORDINATOR), 1),
    ]
    assert len(month.mails()) == 3


async def test_a_telephone_call_is_asked_for_until_it_was_made(month: Month) -> None:
    await month.happens(
        "2026-10-09T16:00", CITIZEN, "report", category="LGT-FAIL", severity="acute"
    )
    await month.happens("2026-10-09T16:05", COORDINATOR, "assign", to=LIGHTING)
    await month.passes(until="2026-10-12T12:00")
    await month.happens(
        "2026-10-12T15:00",
        COORDINATOR,
        "log_call",
        called_at="2026-10-12T14:50:00+02:00",
        whom=LIGHTING,
    )
    await month.passes(until="2026-10-13T12:00")

    # An hour after the report, and on every working morning after it.
    calls = [
        f"{month.local(one.stamp.at):%m-%d %H:%M} {one.to}"
        for one in month.all_of(ReminderRaised)
        if one.occasions[0].clock is ClockName.CALL
    ]
    assert calls == [f"10-09 17:00 {COORDINATOR}", f"10-12 08:00 {COORDINATOR}"]


async def test_acute_news_is_not_told_again_in_the_digest(month: Month) -> None:
    await month.happens(
        "2026-10-09", CITIZEN, "report", category="LGT-FAIL", severity="acute"
    )
    await month.happens(
        "2026-10-09", CITIZEN, "report", number="2026-02", category="VEG-HEDGE"
    )
    await month.happens("2026-10-09", COORDINATOR, "assign", to=LIGHTING)
    await month.happens(
        "2026-10-09",
        COORDINATOR,
        "log_call",
        called_at=month.times.now,
        whom=LIGHTING,
    )
    # The digest of Monday morning, 8:30; the hedge is news, the lamp is not.
    await month.passes(until="2026-10-12T08:35")

    to_coordinator = [one for one in month.sent() if one[1] == str(COORDINATOR)]
    assert to_coordinator == [
        ("2026-10-09 12:00", str(COORDINATOR), 1),
        ("2026-10-12 08:30", str(COORDINATOR), 1),
    ]


async def test_one_digest_per_recipient_and_working_day(month: Month) -> None:
    numbers = ["2026-01", "2026-02", "2026-03"]
    for number in numbers:
        await month.happens(
            "2026-10-09", CITIZEN, "report", number=number, category="VEG-HEDGE"
        )
    for number in numbers:
        await month.happens(
            "2026-10-10", COORDINATOR, "assign", number=number, to=OPERATIONS
        )
    await month.happens("2026-10-11", COORDINATOR, "assign", to=PARKS)
    await month.passes(until="2026-11-06")

    assert month.sent() == [
        ("2026-10-12 08:30", str(OPERATIONS), 3),
        ("2026-10-12 08:30", str(PARKS), 1),
        ("2026-10-12 08:30", str(COORDINATOR), 3),
        ("2026-10-23 08:30", str(OPERATIONS), 2),
        ("2026-10-23 08:30", str(PARKS), 1),
        ("2026-11-03 08:30", str(OPERATIONS), 2),
        ("2026-11-03 08:30", str(PARKS), 1),
        ("2026-11-06 08:30", str(OPERATIONS), 2),
        ("2026-11-06 08:30", str(PARKS), 1),
    ]
    assert len(month.mails()) == 9


async def test_every_notice_is_in_exactly_one_message(month: Month) -> None:
    await a_hedge(month)
    await month.happens("2026-11-12", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-11-13", COORDINATOR, "reject_fix", reason="Kun halvt.")
    await month.passes(until="2026-11-23")

    wanted = sorted(
        (str(notice.recipient), fact.event_id)
        for fact in month.facts()
        for notice in notices(fact)
    )
    told = sorted(
        (str(sent.recipient), notice)
        for sent in month.all_of(DeliverySent)
        for notice in sent.notices
    )
    assert told == wanted
    ids = [mail["Message-ID"] for mail in month.mails()]
    assert sorted(ids) == sorted(one.message_id for one in month.all_of(DeliverySent))


# --- saying it twice, late, or wrongly ---


async def test_dispatching_every_fact_again_changes_nothing(month: Month) -> None:
    await a_hedge(month)
    await month.passes(until="2026-11-09T12:00")  # a digest waits for tomorrow
    before = [(fact.stream, fact.event) for fact in month.facts()]
    await month.tells_everything_again()
    await month.passes(until="2026-11-09")

    assert [(fact.stream, fact.event) for fact in month.facts()] == before

    await month.tells_everything_again()
    await month.passes(until="2026-11-13")

    assert month.escalated() == [(1, "2026-11-09"), (2, "2026-11-11")]
    assert month.reminder_days() == [
        "2026-10-23",
        "2026-11-03",
        "2026-11-06",
        "2026-11-13",
    ]
    assert len({(at, to) for at, to, _ in month.sent()}) == len(month.sent())


async def test_news_waiting_for_tomorrow_is_not_told_early(month: Month) -> None:
    await a_hedge(month)
    await month.passes(until="2026-10-23T12:00")
    await month.happens("2026-10-23T13:00", COORDINATOR, "assign", to=PARKS)
    await month.happens("2026-10-23T13:01", COORDINATOR, "assign", to=OPERATIONS)
    before = month.sent()
    # The digests of past days are asked for once more, while news is waiting.
    await month.tells_everything_again()
    await month.passes(until="2026-10-25")

    assert month.sent() == before

    await month.passes(until="2026-10-26")

    assert month.sent()[len(before) :] == [
        ("2026-10-26 08:30", str(OPERATIONS), 1),
        ("2026-10-26 08:30", str(PARKS), 1),
    ]


async def test_an_older_plan_is_ignored(month: Month) -> None:
    await a_hedge(month)
    finding, version = month.system.finding("2026-01")
    at_once = PlannedStep(key="escalate.1.5", at=month.times.now)
    await month.run().signal(
        FollowUp.replan,
        Plan(subject="finding/2026-01", version=version - 1, steps=(at_once,)),
    )
    await month.run().signal(
        FollowUp.replan, Plan(subject="finding/2026-01", version=version - 1)
    )
    await month.passes(until="2026-10-23")

    assert finding is not None
    assert await month.status() == "running"
    assert month.reminder_days() == ["2026-10-23"]
    assert month.escalated() == []


async def test_a_run_of_an_earlier_version_does_its_steps(month: Month) -> None:
    # Such a run calls its subject a number, in what it was given and what it asks.
    await month.passes(until="2026-10-24T12:00")
    month.system.submit(
        month.did("2026-10-09", COORDINATOR, "report", category="VEG-HEDGE")
    )
    month.system.submit(month.did("2026-10-12", COORDINATOR, "assign", to=OPERATIONS))
    step = {"key": "remind.fix.1.half.2026-10-23", "at": month.times.now.isoformat()}
    await month.client.start_workflow(
        "follow-up",
        {"number": "2026-01", "version": 2, "steps": [step]},
        id="finding/2026-01",
        task_queue="core",
    )
    asked = DueStep.model_validate(
        {"number": "2026-01", "key": step["key"], "now": month.times.now}
    )
    await month.calendar._recorded([asked.subject])

    assert asked.subject == "finding/2026-01"
    assert month.reminder_days() == ["2026-10-24"]
    assert await month.status() == "running"


@pytest.mark.parametrize("version", [0, 1, 7])
async def test_a_run_for_an_unknown_finding_ends_at_once(
    month: Month, version: int
) -> None:
    step = PlannedStep(key="escalate.1.5", at=month.moment("2026-10-12"))
    plan = Plan(subject="finding/2026-99", version=version, steps=(step,))
    taken = await month.client.execute_workflow(
        FollowUp.run, plan, id="finding/2026-99", task_queue="core"
    )

    assert taken == 0


async def test_a_repeated_start_of_a_finished_finding_ends_at_once(
    month: Month,
) -> None:
    await a_hedge(month)
    await month.happens("2026-10-14", OPERATIONS, "mark_fixed", evidence="photo")
    await month.happens("2026-10-15", COUNCIL, "verify")
    step = PlannedStep(key="escalate.1.5", at=month.moment("2026-10-12"))
    stale = Plan(subject="finding/2026-01", version=1, steps=(step,))
    taken = await month.client.execute_workflow(
        FollowUp.run, stale, id="finding/2026-01", task_queue="core"
    )

    assert taken == 0


# --- old history ---


async def test_old_history_raises_only_the_latest_of_each_clock(month: Month) -> None:
    # Three hedges of 1 September, due on the 29th, typed in at noon on 30 November:
    # one assigned, one fixed on 5 October, one that nobody owns.
    numbers = ("2026-01", "2026-02", "2026-03")
    await month.passes(until="2026-11-30T12:00")
    await month.learns(
        *(
            month.did("2026-09-01", CITIZEN, "report", number, category="VEG-HEDGE")
            for number in numbers
        ),
        month.did("2026-09-02", COORDINATOR, "assign", to=OPERATIONS),
        month.did("2026-09-02", COORDINATOR, "assign", "2026-02", to=OPERATIONS),
        month.did("2026-10-05", OPERATIONS, "mark_fixed", "2026-02", evidence="photo"),
    )

    # 44 working days late: four of five levels have passed, the fourth is raised.
    # The latest moments: fix 24 November, acknowledge the 27th, verify the 30th.
    assert {number: planned(month, number) for number in numbers} == {
        "2026-01": ["fix 2026-11-24"],
        "2026-02": ["verify 2026-11-30"],
        "2026-03": ["acknowledge 2026-11-27", "fix 2026-11-24"],
    }
    assert {number: month.escalated(number) for number in numbers} == {
        "2026-01": [(4, "2026-11-30")],
        "2026-02": [],
        "2026-03": [(4, "2026-11-30")],
    }
    raised = [*month.all_of(ReminderRaised), *month.all_of(FindingEscalated)]
    assert {month.day(one) for one in raised} == {"2026-11-30"}


async def test_old_history_goes_on_as_if_it_had_been_followed(month: Month) -> None:
    await month.passes(until="2026-11-30T12:00")
    await month.learns(
        month.did("2026-09-01", CITIZEN, "report", category="VEG-HEDGE"),
        month.did("2026-09-02", COORDINATOR, "assign", to=OPERATIONS),
    )
    await month.passes(until="2026-12-22")

    # 60 working days after 29 September: 22 December.
    assert month.escalated() == [(4, "2026-11-30"), (5, "2026-12-22")]
    assert month.reminder_days() == [
        "2026-11-30",
        "2026-12-01",  # 45 late
        "2026-12-08",
        "2026-12-15",
        "2026-12-22",
    ]


def planned(month: Month, number: str) -> list[str]:
    """Return for which clock and planned day somebody was reminded."""
    return sorted(
        f"{occasion.clock} {occasion.on}"
        for raised in month.all_of(ReminderRaised, number)
        for occasion in raised.occasions
    )
