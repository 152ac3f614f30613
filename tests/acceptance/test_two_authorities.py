"""A year between two authorities, as `gadelys demo` tells it to a reader.

The days are counted by hand below. Off in 2027: 25, 26 and 29 March, 6 and 17 May; from
1 March, when another register comes into force, 7 May as well.

2027-17 is reported on 19 February with 60 working days: due on 24 May. It is held
from 2 March to 27 April, 37 working days, so it is due on 14 July. Half is the 67th
working day, 2 June. Then nobody does anything: reminded on the review day (26 April),
half-way, three days before, on the day, and every fifth working day 24 times until
the year ends. 60 working days late is 6 October.
"""

import re

import pytest

from adapters.files.shipped import shipped
from tests.acceptance.playing import demo, shared

YEAR = shipped("walks/two-authorities.json")


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the demo prints, in one line with single spaces."""
    with shared(tmp_path_factory, "two-authorities") as folder:
        answer = folder / "told.txt"
        if not answer.exists():
            done = demo(str(YEAR))
            assert done.returncode == 0, done.stderr + done.stdout
            answer.write_text(done.stdout, "utf-8")
        return re.sub(r"\s+", " ", answer.read_text("utf-8"))


def test_the_totals_are_those_of_the_file(told: str) -> None:
    assert "The totals on 31 Dec 2027 are as expected." in told
    assert "17 cases. 15 are solved and verified, 1 declined" in told


@pytest.mark.parametrize(
    "promise",
    [
        "answer to the request 19 Jan 2027 12 Jan 2027",
        "minutes 4 Mar 2027 26 Feb 2027",
        "action plan 11 Mar 2027 15 Mar 2027 (late)",
        "feedback 18 Mar 2027 17 Mar 2027",
        "follow-up on site 19 Aug 2027 19 Aug 2027",
        "evaluation 18 Oct 2027 19 Oct 2027 (late)",
    ],
)
def test_every_promise_has_its_day(told: str, promise: str) -> None:
    assert promise in told


@pytest.mark.parametrize(
    "offer",
    [
        # Three working days to answer, silence, then two for the coordinator.
        "23 Feb 2027 the coordinator moved the case after 6 working days",
        "1 Mar 2027 the coordinator let it stay after 6 working days",
        "24 Feb 2027 accepted after 2 working days",
        "26 Feb 2027 refused after 2 working days",
    ],
)
def test_every_offer_has_an_answer(told: str, offer: str) -> None:
    assert offer in told
    assert "became a joint case: 1" in told
    assert "the coordinator had to decide a handover: 2" in told


def test_other_rules_move_the_clocks_that_run(told: str) -> None:
    """Four fix clocks run past 7 May, and broken paving gets 15 days, not 20."""
    assert "deadline moved by new rules: 5" in told


def test_what_nobody_does_reaches_the_council(told: str) -> None:
    case = told[told.index("2027-17") :]

    assert re.search(r"28 Assigned, escalated to level 5", case)
    assert "Report to the city council 1" in told


def test_who_is_away_is_covered(told: str) -> None:
    assert "was away 24 Feb 2027–12 Mar 2027; Street lighting (vb07) stood in" in told
    assert "Roads, planning was away 12 Jul 2027–30 Jul 2027; Urban planning" in told


def test_what_is_public_was_signed_by_both(told: str) -> None:
    assert "1 draft was not signed in time; published 15 Mar 2027" in told
    assert "published 24 Mar 2027, signed by both; withdrawn 16 Apr 2027" in told
