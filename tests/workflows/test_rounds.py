"""What comes round: on the first working morning of a week, in the same message."""

from datetime import UTC, datetime

import pytest

from adapters.temporal.skipping import PlayedTimes
from domain.rounds import RoundHeld
from domain.values import Actor
from tests.workflows.month import CITIZEN, COORDINATOR, PREVENTION, Month

PLANNING = Actor("municipality/planning-group")
AROUND_EASTER = datetime(2027, 3, 19, tzinfo=UTC)


def held(month: Month) -> list[str]:
    """Return each round and its moment, local."""
    return [
        f"{one.period} {month.local(one.stamp.at):%m-%d %H:%M}"
        for one in month.all_of(RoundHeld)
    ]


async def test_the_weeks_list_is_in_the_digest_of_its_morning(weeks: Month) -> None:
    await weeks.happens("2026-10-09", CITIZEN, "report", category="VEG-HEDGE")
    await weeks.passes(until="2026-10-12")

    assert held(weeks) == [
        "2026-W41 10-05 07:45",
        "2026-H2 10-05 07:45",
        "2026-W42 10-12 07:45",
    ]
    # Monday the 5th: both coordinators get the list and the status, the planning
    # group the status. Monday the 12th: the list, and one hedge for the coordinator.
    assert weeks.sent() == [
        ("2026-10-05 08:30", str(PLANNING), 1),
        ("2026-10-05 08:30", str(COORDINATOR), 2),
        ("2026-10-05 08:30", str(PREVENTION), 2),
        ("2026-10-12 08:30", str(COORDINATOR), 2),
        ("2026-10-12 08:30", str(PREVENTION), 1),
    ]
    assert weeks.sent_about_cases() == [("2026-10-12 08:30", str(COORDINATOR), 1)]


class TestAroundEaster:
    @pytest.fixture
    def times(self) -> PlayedTimes:
        """Return a calendar that begins on a Friday, a week before Good Friday."""
        return PlayedTimes(now=AROUND_EASTER)

    async def test_a_week_that_begins_with_a_day_off_begins_on_tuesday(
        self, weeks: Month
    ) -> None:
        await weeks.happens("2027-03-24T12:00", CITIZEN, "report", category="VEG-HEDGE")
        await weeks.passes(until="2027-03-30")

        assert [one for one in held(weeks) if "W" in one] == [
            "2027-W12 03-22 07:45",
            "2027-W13 03-30 07:45",  # Easter Monday is the 29th
        ]
        days = sorted({at for at, _, _ in weeks.sent()})
        assert days == ["2027-03-22 08:30", "2027-03-30 08:30"]
        # What was reported on Wednesday waits until after Easter, with the list.
        assert ("2027-03-30 08:30", str(COORDINATOR), 2) in weeks.sent()
