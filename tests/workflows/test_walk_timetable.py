"""A walk's promises: reminded, escalated, and silent when they are kept.

Asked for on Friday 2 October; ten working days to answer end on the 16th.
"""

from domain.walk.events import WalkEscalated, WalkReminderRaised
from tests.workflows.month import COORDINATOR, COUNCIL, Month, status_of

WALK = "walk/TV-2026-01"


async def asked_for(month: Month) -> None:
    """Ask for a walk."""
    await month.happens_to(WALK, "2026-10-02", COUNCIL, "request", area="Nordbyen")


def reminders(month: Month) -> list[str]:
    """Return on which days somebody was reminded of which promise."""
    return [f"{month.day(one)} {one.clock}" for one in month.all_of(WalkReminderRaised)]


def levels(month: Month) -> list[tuple[int, str]]:
    """Return which level was raised on which day."""
    return [(one.level, month.day(one)) for one in month.all_of(WalkEscalated)]


async def status(month: Month) -> str:
    return status_of(await month.client.get_workflow_handle(WALK).describe())


async def test_a_late_answer_is_remembered_until_it_is_given(month: Month) -> None:
    await asked_for(month)
    await month.passes(until="2026-10-23")

    assert reminders(month) == [
        "2026-10-13 answer",  # three working days before
        "2026-10-16 answer",
        "2026-10-23 answer",  # five late
    ]
    assert levels(month) == [(1, "2026-10-19"), (2, "2026-10-21")]

    await month.happens_to(WALK, "2026-10-26", COORDINATOR, "answer", accepted=True)
    await month.passes(until="2026-11-20")

    # Twenty working days to fix the day, from the answer: 23 November.
    assert reminders(month)[3:] == ["2026-11-18 planned"]
    assert levels(month)[2:] == []
    assert await status(month) == "running"


async def test_nothing_is_remembered_of_a_walk_that_is_called_off(
    month: Month,
) -> None:
    await asked_for(month)
    await month.happens_to(WALK, "2026-10-12", COORDINATOR, "answer", accepted=True)
    await month.happens_to(
        WALK, "2026-10-13", COORDINATOR, "cancel", reason="For lidt tilslutning."
    )
    await month.passes(until="2026-11-20")

    assert reminders(month) == []
    assert levels(month) == []
    assert await status(month) == "completed"
