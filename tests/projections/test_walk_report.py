"""walk-report/1 on a small history, worked out by hand.

Ten findings of one walk, all reported on Friday 9 October 2026. Unless it says
otherwise a case is assigned on the 12th, due on Friday 23 October, and a fix of the
19th is to be verified by Monday 26 October.

| No. | What happened                                        | On 29 October           |
|-----|------------------------------------------------------|-------------------------|
| 01  | fixed 19th, verified 20th                            | verified                |
| 02  | as 01, reopened 21st, now due 28th                   | assigned, overdue       |
| 03  | assigned, reminded twice, escalated on 26th and 28th | assigned, overdue, 2    |
| 04  | fixed 19th, nobody verifies                          | fixed, verify overdue   |
| 05  | on hold from the 14th until the 30th                 | assigned, on hold       |
| 06  | decline proposed 19th, approved 20th                 | declined                |
| 07  | merged into 03 on the 12th                           | merged, not counted     |
| 08  | referred out                                         | referred, not counted   |
| 09  | a positive place                                     | positive, not counted   |
| 10  | a social case nobody has been given                  | reported, overdue       |

Counted: 01 02 03 04 05 06 10 = 7. Verified 1 (01), declined 1 (06), so the solution
rate is 1 of 7 - 1 = 6, which is 16.7 %. Ever verified: 01 and 02; reopened: 02.
"""

from datetime import date
from typing import Any

import pytest

from adapters.reports import known
from domain.finding.events import (
    ClockName,
    FindingEscalated,
    FindingEvent,
    FindingReopened,
    Occasion,
    OccasionKind,
    ReminderRaised,
)
from domain.messages import Recorded
from domain.values import CLOCK, Actor, Kind
from projections.cases import CASES
from projections.walk_report import walk_report
from tests import examples as ex
from tests.projections.folding import recorded, rows_of
from tests.projections.long_history import long_history

SO_FAR = (ex.REPORTED, ex.ASSIGNED)


def reopened() -> FindingReopened:
    return FindingReopened(
        stamp=ex.stamp(ex.COORDINATOR, "2026-10-21"),
        reason="Slukket igen.",
        fix_days=5,
        fix_due=ex.on("2026-10-28"),
        triage=ex.COORDINATOR,
        to=ex.LIGHTING,
    )


def reminder(day: str, *clocks: ClockName) -> ReminderRaised:
    occasions = tuple(
        Occasion(clock=clock, run=1, kind=OccasionKind.DUE, on=ex.on(day))
        for clock in clocks
    )
    stamp = ex.stamp(CLOCK, f"{day} 08:00")
    return ReminderRaised(stamp=stamp, occasions=occasions, to=ex.LIGHTING)


def escalated(level: int, day: str, *to: Actor) -> FindingEscalated:
    stamp = ex.stamp(CLOCK, f"{day} 08:00")
    return FindingEscalated(stamp=stamp, level=level, run=1, to=to)


HISTORIES: dict[str, tuple[FindingEvent, ...]] = {
    "2026-01": (*SO_FAR, ex.FIXED, ex.VERIFIED),
    "2026-02": (*SO_FAR, ex.FIXED, ex.VERIFIED, reopened()),
    "2026-03": (
        *SO_FAR,
        reminder("2026-10-16", ClockName.FIX),
        reminder("2026-10-23", ClockName.FIX, ClockName.FIX),
        escalated(1, "2026-10-26", ex.LIGHTING),
        escalated(2, "2026-10-28", ex.LEADER),
    ),
    "2026-04": (*SO_FAR, ex.FIXED, reminder("2026-10-26", ClockName.VERIFY)),
    "2026-05": (*SO_FAR, ex.HELD),
    "2026-06": (*SO_FAR, ex.PROPOSED, ex.DECLINED),
    "2026-07": (ex.REPORTED, ex.MERGED.model_copy(update={"master": "2026-03"})),
    "2026-08": (ex.REFERRED,),
    "2026-09": (ex.KEPT,),
    "2026-10": (
        ex.REPORTED.model_copy(update={"category": "CIT-MEET", "kind": Kind.SOCIAL}),
    ),
}


def facts() -> list[Recorded]:
    found: list[Recorded] = []
    for number, events in HISTORIES.items():
        first = len(found) + 1
        found += recorded(*events, stream=f"finding/{number}", first=first)
    return found


def report(day: str) -> dict[str, Any]:
    """Return the report at the end of `day`, folded from what had happened."""
    until = ex.moment(f"{day} 23:59:59")
    rows = rows_of(CASES, known(facts(), until, None)).values()
    calendar = ex.register().working_days
    return walk_report(ex.WALK, rows, date.fromisoformat(day), 42, calendar)


def without_findings(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "findings"}


def test_the_totals_are_those_worked_out_by_hand() -> None:
    assert without_findings(report("2026-10-29")) == {
        "schema": "walk-report/1",
        "walk": ex.WALK,
        "as_of": "2026-10-29",
        "position": 42,
        "reported": 7,  # 01 02 03 04 05 06 10
        "assigned": 3,  # 02 03 05
        "on_hold": 1,  # 05
        "fixed": 1,  # 04
        "verified": 1,  # 01
        "declined": 1,  # 06
        "positive": ["2026-09"],
        "merged": {"2026-07": "2026-03"},
        "referred": ["2026-08"],
        "fix_overdue": ["2026-02", "2026-03", "2026-10"],  # 05 stands still
        "verify_overdue": ["2026-04"],
        "solution_rate": {"numerator": 1, "denominator": 6, "percent": 16.7},
        "reopen_rate": {"reopened": 1, "ever_verified": 2},
        "social_share": {"social": ["2026-10"], "of": 7},
        "escalation_level": {"2026-03": 2},
    }


def test_a_report_of_an_earlier_day_knows_nothing_of_what_came_after() -> None:
    # On the 19th 01, 02 and 04 have been reported fixed the same day; nothing is
    # verified, 06 is only proposed to be declined, and nobody is late yet but 10,
    # whose acknowledge clock is not a fix clock.
    assert without_findings(report("2026-10-19")) == {
        "schema": "walk-report/1",
        "walk": ex.WALK,
        "as_of": "2026-10-19",
        "position": 42,
        "reported": 7,
        "assigned": 3,  # 03 05 06
        "on_hold": 1,
        "fixed": 3,  # 01 02 04
        "verified": 0,
        "declined": 0,
        "positive": ["2026-09"],
        "merged": {"2026-07": "2026-03"},
        "referred": ["2026-08"],
        "fix_overdue": [],
        "verify_overdue": [],
        "solution_rate": {"numerator": 0, "denominator": 7, "percent": 0.0},
        "reopen_rate": {"reopened": 0, "ever_verified": 0},
        "social_share": {"social": ["2026-10"], "of": 7},
        "escalation_level": {},
    }


def test_a_case_is_late_from_the_day_after_it_was_due() -> None:
    on_the_day, day_after = report("2026-10-23"), report("2026-10-24")

    assert on_the_day["fix_overdue"] == []
    assert day_after["fix_overdue"] == ["2026-03", "2026-10"]
    assert report("2026-10-26")["verify_overdue"] == []
    assert report("2026-10-27")["verify_overdue"] == ["2026-04"]


def test_before_the_walk_there_is_nothing_to_divide() -> None:
    answer = report("2026-10-08")

    assert answer["reported"] == 0
    assert answer["solution_rate"] == {
        "numerator": 0,
        "denominator": 0,
        "percent": None,
    }
    assert answer["findings"] == {}


def test_each_finding_tells_its_days() -> None:
    found = report("2026-10-29")["findings"]

    assert list(found) == sorted(HISTORIES)
    assert found["2026-03"] == {
        "status": "assigned",
        "on_hold": False,
        "responsible": "municipality/street-lighting",
        "fix_due": "2026-10-23",
        "verify_due": None,
        "reminders": {
            "acknowledge": [],
            "fix": ["2026-10-16", "2026-10-23"],
            "verify": [],
            "hold": [],
        },
        "escalations": {"1": "2026-10-26", "2": "2026-10-28"},
    }
    assert found["2026-04"]["verify_due"] == "2026-10-26"
    assert found["2026-04"]["reminders"]["verify"] == ["2026-10-26"]
    assert found["2026-02"]["fix_due"] == "2026-10-28"
    assert found["2026-02"]["verify_due"] is None
    assert found["2026-08"]["responsible"] is None


def test_reopening_starts_the_ladder_anew_and_forgets_no_escalation() -> None:
    events = (*HISTORIES["2026-03"], ex.FIXED, ex.VERIFIED, reopened())
    [row] = rows_of(CASES, recorded(*events)).values()

    assert row.escalations != ()
    assert row.escalated == 0


@pytest.mark.parametrize("number", ["2026-07", "2026-08", "2026-09"])
def test_merged_referred_and_positive_findings_change_no_total(number: str) -> None:
    calendar = ex.register().working_days
    rows = rows_of(CASES, facts())
    without = [row for key, row in rows.items() if key != number]
    day = ex.on("2026-10-29")

    all_ten = walk_report(ex.WALK, rows.values(), day, 1, calendar)
    nine = walk_report(ex.WALK, without, day, 1, calendar)

    for total in ("reported", "solution_rate", "reopen_rate", "social_share"):
        assert all_ten[total] == nine[total]


def test_the_demo_walk_has_the_totals_its_file_expects() -> None:
    from adapters.files.shipped import DEFAULT_WALK, shipped
    from adapters.files.walk_file import read_walk_file

    [(day, expected)] = read_walk_file(shipped(DEFAULT_WALK)).expected.items()
    until = ex.moment(f"{day} 23:59:59")
    rows = rows_of(CASES, known(long_history(), until, None)).values()
    of_the_walk = [row for row in rows if row.walk == ex.WALK]

    answer = walk_report(ex.WALK, of_the_walk, day, 1, ex.register().working_days)

    totals = {name: answer[name] for name in expected if name in answer}
    assert totals == {name: expected[name] for name in totals}
    assert len(totals) == len(expected) - 3  # scope and the two days per finding
    for number, due in expected["verify_due"].items():
        assert answer["findings"][number]["verify_due"] == due
    for number, due in expected["fix_due_after_reopen"].items():
        assert answer["findings"][number]["fix_due"] == due
