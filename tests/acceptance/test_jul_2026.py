"""A walk in December: Christmas and New Year are no working days.

Everything below was worked out by hand from walk-file/1, before it was played.
Working days, numbered from the day of the report, Thursday 3 December 2026:

     Mon    Tue    Wed    Thu    Fri
                   2/-1   3/0    4/1     December
     7/2    8/3    9/4    10/5   11/6
     14/7   15/8   16/9   17/10  18/11
     21/12  22/13  23/14  –      –       24 and 25 off
     28/15  29/16  30/17  –      –       31 and 1 January off
     4/18   5/19   6/20   7/21   8/22    January 2027
     11/23  12/24  13/25  14/26  15/27
     18/28  19/29  20/30  21/31  22/32   the report is of 22 January

`wN` is the day with number N. Unless noted a case was reported on w0 and assigned
on w1, both at noon; reminders come at 8:00.
"""

import json
from typing import Any

import pytest

from adapters.files.shipped import shipped
from tests.acceptance.playing import Followed, followed, played_once

JUL = shipped("walks/jul-2026.json")

TABLE: dict[str, Followed] = {
    # LGT-FAIL (fix 10, verify 5): due w10, half w5 = 10 Dec. Held at noon of w6,
    # review 28 Dec (w15; the next would be w20). Resumed at noon of w19: w7-w19 are
    # 13 days, so due w23 = 11 Jan, three before w20 = 6 Jan. Late on w24 at 8:00:
    # level 1; fixed that noon. Verify due w29 = 19 Jan; verified on w30.
    "J-01": (
        {
            "fix": ["2026-12-10", "2027-01-06", "2027-01-11"],
            "verify": ["2027-01-19"],
            "hold": ["2026-12-28"],
        },
        {"1": "2027-01-12"},
    ),
    # ORD-GATHER (20, 10): due w20 = 6 Jan, half w10 = 17 Dec, three before w17 = 30
    # Dec, five late w25 = 13 Jan. Levels +1 w21, +3 w23. The other authority took
    # it over on w7, before any of these. Fixed w26; verify due w36 = 28 Jan.
    "J-02": (
        {"fix": ["2026-12-17", "2026-12-30", "2027-01-06", "2027-01-13"]},
        {"1": "2027-01-07", "2": "2027-01-11"},
    ),
    # WST-LITTER (5, 5): due w5 = 10 Dec, half (2) and three before both w2 = 7 Dec.
    # Fixed w3, rejected w4: due as before. Level 1 w6 = 11 Dec. Fixed again w7;
    # verify due w12 = 21 Dec; verified w11.
    "J-03": ({"fix": ["2026-12-07", "2026-12-10"]}, {"1": "2026-12-11"}),
    # LGT-FAIL (10, 5): half would be w5; fixed w4, verified w6. Reopened w13 = 22
    # Dec with 5 days: w14, 15, 16, 17, 18 = 4 Jan. Half (2) and three before both
    # w15 = 28 Dec; late w23, w28. Levels +1 w19, +3 w21, +10 w28.
    "J-04": (
        {"fix": ["2026-12-28", "2027-01-04", "2027-01-11", "2027-01-18"]},
        {"1": "2027-01-05", "2": "2027-01-07", "3": "2027-01-18"},
    ),
    # VAN-DAM (15, 5): half (7) w7 = 14 Dec. Disputed w2, returned w3, assigned anew
    # w4. On w11 the due day moved from w15 to w22 = 8 Jan: three before w19 = 5
    # Jan. Level 1 w23 = 11 Jan. Fixed w24; verify due w29 = 19 Jan, the next w34.
    "J-05": (
        {"fix": ["2026-12-14", "2027-01-05", "2027-01-08"], "verify": ["2027-01-19"]},
        {"1": "2027-01-11"},
    ),
    # BUS-STOP (15, 5), joint: half (7) w7, three before w12 = 21 Dec, due w15 = 28
    # Dec, five late w20 = 6 Jan. Levels +1 w16, +3 w18. The last part was done and
    # the whole fixed on w21; verify due w26; verified w25.
    "J-06": (
        {"fix": ["2026-12-14", "2026-12-21", "2026-12-28", "2027-01-06"]},
        {"1": "2026-12-29", "2": "2027-01-04"},
    ),
    # J-07: CCTV-REQ (40): half w20; proposed w7, declined by a second person w10.
    # J-08: reported on w2, merged on w3, a day before it should be acknowledged.
    # Acute (R18: acknowledge the same day, fix 1, verify 1), reported and assigned
    # on the evening of 2 Dec (w-1): due w0 = 3 Dec; half and three before lie
    # before it began. Fixed that noon; verify due w1 = 4 Dec; verified that noon.
    "J-09": ({"fix": ["2026-12-03"], "verify": ["2026-12-04"]}, {}),
    # OTHER (acknowledge 3, fix 20), on w1 corrected to WST-BULKY (2, 10), counted
    # from the report: acknowledge due w2 = 7 Dec; assigned w3. Half w5, three
    # before w7, due w10 = 17 Dec, late w15, w20, w25, w30. Levels +1 w11, +3 w13,
    # +10 w20, +20 w30.
    "J-10": (
        {
            "acknowledge": ["2026-12-07"],
            "fix": [
                "2026-12-10",
                "2026-12-14",
                "2026-12-17",
                "2026-12-28",
                "2027-01-06",
                "2027-01-13",
                "2027-01-20",
            ],
        },
        {"1": "2026-12-18", "2": "2026-12-22", "3": "2027-01-06", "4": "2027-01-20"},
    ),
}

WHERE_IT_STANDS = {
    # number: status, responsible, fix due, verify due
    "J-01": (
        "verified",
        "municipality/street-lighting",
        "2027-01-11",
        "2027-01-19",
    ),
    "J-02": ("fixed", "police/local-police", "2027-01-06", "2027-01-28"),
    "J-03": ("verified", "municipality/operations", "2026-12-10", "2026-12-21"),
    "J-04": ("assigned", "municipality/street-lighting", "2027-01-04", None),
    "J-05": ("fixed", "municipality/operations", "2027-01-08", "2027-01-19"),
    "J-06": ("verified", "partner/bus-operator", "2026-12-28", "2027-01-14"),
    # w40: w37 is 29 January, so 3 February.
    "J-07": ("declined", "municipality/urban-planning", "2027-02-03", None),
    "J-08": ("merged", None, "2026-12-21", None),
    "J-09": (
        "verified",
        "municipality/street-lighting",
        "2026-12-03",
        "2026-12-04",
    ),
    "J-10": ("assigned", "municipality/operations", "2026-12-17", None),
}

TOTALS = {
    "schema": "walk-report/1",
    "walk": "JUL-2026",
    "as_of": "2027-01-22",
    "reported": 9,  # ten without the merged J-08
    "assigned": 2,  # J-04, J-10
    "on_hold": 0,
    "fixed": 2,  # J-02, J-05
    "verified": 4,  # J-01, J-03, J-06, J-09
    "declined": 1,  # J-07
    "positive": [],
    "merged": {"J-08": "J-04"},
    "referred": [],
    "fix_overdue": ["J-04", "J-10"],
    "verify_overdue": ["J-05"],
    "solution_rate": {"numerator": 4, "denominator": 8, "percent": 50.0},
    "reopen_rate": {"reopened": 1, "ever_verified": 5},  # the four and J-04
    "social_share": {"social": ["J-02"], "of": 9},
    # Of cases that are still open.
    "escalation_level": {"J-02": 2, "J-04": 3, "J-05": 1, "J-10": 4},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the demo of this walk prints."""
    return played_once(tmp_path_factory, "jul", str(JUL))


def test_the_totals_are_those_worked_out_by_hand(report: dict[str, Any]) -> None:
    hidden = {"findings", "position"}

    assert {key: report[key] for key in report if key not in hidden} == TOTALS


def test_the_clock_spoke_on_the_days_worked_out_by_hand(
    report: dict[str, Any],
) -> None:
    assert followed(report) == TABLE


def test_each_finding_stands_where_it_should(report: dict[str, Any]) -> None:
    found = {
        number: (one["status"], one["responsible"], one["fix_due"], one["verify_due"])
        for number, one in report["findings"].items()
    }

    assert found == WHERE_IT_STANDS


def test_the_file_expects_the_same(report: dict[str, Any]) -> None:
    expected = json.loads(JUL.read_text("utf-8"))["expected_on_2027_01_22"]
    per_finding = {"verify_due", "fix_due_after_reopen"}

    assert {k: v for k, v in expected.items() if k not in per_finding} == {
        key: TOTALS[key] for key in expected if key not in per_finding
    }
    assert expected["verify_due"] == {
        number: due for number, (*_, due) in WHERE_IT_STANDS.items() if due
    }
    assert expected["fix_due_after_reopen"] == {"J-04": "2027-01-04"}


def test_nobody_and_no_place_is_named() -> None:
    walk = json.loads(JUL.read_text("utf-8"))
    findings = walk["findings"] + walk["later"]

    assert walk["notice"].startswith("ILLUSTRATIVE, INVENTED.")
    assert not any(finding.get("point") for finding in findings)
    assert all(
        entry["by"].count("/") <= 1
        for finding in findings
        for entry in finding["history"]
    )
