"""The demo: six weeks of Aalborg Øst through every part of the program.

The table is worked out by hand from walk-file/1. October 2026 has working days on
9, 12-16, 19-23 and 26-30, November on 2-6, 9-13 and 16-20; no public holiday falls
between them. Everything was reported on Friday 9 October unless noted, and
assigned on the 12th, before any acknowledge clock had run out.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity

from adapters import system as installation
from adapters.demo import play
from adapters.files.shipped import DEFAULT_WALK, shipped
from adapters.settings import Settings
from adapters.temporal import server
from adapters.temporal.steps import Steps
from domain.delivery.events import DeliverySent
from domain.delivery.notices import notices
from domain.errors import NotAllowed
from domain.finding.events import FindingEscalated, FindingEvent, ReminderRaised
from domain.messages import Event, Recorded
from domain.register.model import Register
from domain.values import CLOCK
from tests.acceptance.playing import (
    Followed,
    demo,
    followed,
    played_once,
    report_of,
    shared,
    short_walk,
    write,
)
from workflows.following import Plan

AALBORG = shipped(DEFAULT_WALK)
EXPECTED_ON = "expected_on_2026_11_22"

TABLE: dict[str, Followed] = {
    # VEG-HEDGE, 20 days: due 6 Nov; half 23 Oct; three before 3 Nov. Fixed 4 Nov,
    # verify 10 days: due 18 Nov, next 25 Nov.
    "2026-01": ({"fix": ["2026-10-23", "2026-11-03"], "verify": ["2026-11-18"]}, {}),
    # LGT-FAIL, 10 days: due 23 Oct; half 16 Oct; before 20 Oct, 8:00; fixed that
    # noon. Verify 5 days: due 27 Oct, 8:00; verified that noon. Reopened 16 Nov with
    # 5 days: due 23 Nov; half (2) and three before both 18 Nov: one reminder.
    "2026-02": (
        {"fix": ["2026-10-16", "2026-10-20", "2026-11-18"], "verify": ["2026-10-27"]},
        {},
    ),
    # 2026-03: LGT-LACK, 120 days: half in January; held from 26 October, review on
    # 18 December: nothing yet.
    # GRF-TAG, 5 days: due 16 Oct; half (2) and three before both 13 Oct; then every
    # fifth day late. Levels +1, +3, +10, +20.
    "2026-04": (
        {
            "fix": [
                "2026-10-13",
                "2026-10-16",
                "2026-10-23",
                "2026-10-30",
                "2026-11-06",
                "2026-11-13",
                "2026-11-20",
            ]
        },
        {"1": "2026-10-19", "2": "2026-10-21", "3": "2026-10-30", "4": "2026-11-13"},
    ),
    # GRF-HATE, 2 days: due 13 Oct, 8:00; fixed that noon; half (1) 12 Oct; three
    # before would be before it began. Verified on 14 Oct, a day before verify due.
    "2026-05": ({"fix": ["2026-10-12", "2026-10-13"]}, {}),
    # PTH-SURF, 20 days: due 6 Nov, never fixed. Levels +1, +3, +10.
    "2026-06": (
        {
            "fix": [
                "2026-10-23",
                "2026-11-03",
                "2026-11-06",
                "2026-11-13",
                "2026-11-20",
            ]
        },
        {"1": "2026-11-09", "2": "2026-11-11", "3": "2026-11-20"},
    ),
    # ACC-BARR, 60 days: half (30) 20 Nov.
    "2026-07": ({"fix": ["2026-11-20"]}, {}),
    # BUS-STOP, 15 days: half (7) 20 Oct, 8:00; held that noon; review 17 Nov.
    "2026-08": ({"fix": ["2026-10-20"], "hold": ["2026-11-17"]}, {}),
    # 2026-09: BLD-ENTRY, 30 days: half (15) would be 30 Oct; held on the 28th.
    # ORD-GATHER, 20 days: half 23 Oct; before 3 Nov; fixed 5 Nov; verify 19 Nov.
    "2026-10": ({"fix": ["2026-10-23", "2026-11-03"], "verify": ["2026-11-19"]}, {}),
    # PAT-REQ, 20 days: fixed at noon of its due day, 6 Nov; verify 5 days: 13 Nov,
    # 8:00; verified that noon.
    "2026-11": (
        {"fix": ["2026-10-23", "2026-11-03", "2026-11-06"], "verify": ["2026-11-13"]},
        {},
    ),
    # CIT-MEET and NBH-START, 40 days: half 6 Nov; three before due 1 December.
    "2026-12": ({"fix": ["2026-11-06"]}, {}),
    "2026-13": ({"fix": ["2026-11-06"]}, {}),
    # ELD-LIFE, 60 days: half 20 Nov.
    "2026-14": ({"fix": ["2026-11-20"]}, {}),
    # 2026-15: CCTV-REQ, 40 days: half 6 Nov; declined 30 Oct. 2026-16 is positive,
    # 2026-17 was merged on the day it came, 2026-18 was referred.
}

WHERE_IT_STANDS = {
    # number: status, on hold, responsible, fix due, verify due
    "2026-01": ("fixed", False, "partner/housing-operations", "2026-11-06"),
    "2026-02": ("assigned", False, "municipality/street-lighting", "2026-11-23"),
    "2026-03": ("assigned", True, "municipality/roads-planning", "2027-04-06"),
    "2026-04": ("assigned", False, "municipality/operations", "2026-10-16"),
    "2026-05": ("verified", False, "police/prevention", "2026-10-13"),
    "2026-06": ("assigned", False, "municipality/roads-operations", "2026-11-06"),
    "2026-07": ("assigned", False, "municipality/roads-planning", "2027-01-07"),
    "2026-08": ("assigned", True, "partner/bus-operator", "2026-10-30"),
    "2026-09": ("assigned", True, "partner/housing-organisation", "2026-11-20"),
    "2026-10": ("fixed", False, "police/prevention", "2026-11-06"),
    "2026-11": ("verified", False, "police/prevention", "2026-11-06"),
    "2026-12": ("assigned", False, "municipality/walk-coordinator", "2026-12-04"),
    "2026-13": ("fixed", False, "police/prevention", "2026-12-04"),
    "2026-14": ("assigned", False, "municipality/senior-care", "2027-01-07"),
    "2026-15": ("declined", False, "municipality/urban-planning", "2026-12-04"),
    "2026-16": ("positive", False, None, None),
    "2026-17": ("merged", False, None, "2026-10-26"),
    "2026-18": ("referred", False, None, None),
}

ANSWER = {
    "schema",
    "walk",
    "as_of",
    "position",
    "reported",
    "assigned",
    "on_hold",
    "fixed",
    "verified",
    "declined",
    "positive",
    "merged",
    "referred",
    "fix_overdue",
    "verify_overdue",
    "solution_rate",
    "reopen_rate",
    "social_share",
    "escalation_level",
    "findings",
}


TOTALS: dict[str, Any] = {
    "schema": "walk-report/1",
    "walk": "AALBORG-OEST-2026-01",
    "as_of": "2026-11-22",
    "reported": 15,
    "assigned": 9,
    "on_hold": 3,
    "fixed": 3,
    "verified": 2,
    "declined": 1,
    "positive": ["2026-16"],
    "merged": {"2026-17": "2026-02"},
    "referred": ["2026-18"],
    "fix_overdue": ["2026-04", "2026-06"],
    "verify_overdue": ["2026-01", "2026-10"],
    "solution_rate": {"numerator": 2, "denominator": 14, "percent": 14.3},
    "reopen_rate": {"reopened": 1, "ever_verified": 3},
    "social_share": {
        "social": ["2026-10", "2026-11", "2026-12", "2026-13", "2026-14"],
        "of": 15,
    },
    "escalation_level": {"2026-04": 4, "2026-06": 3},
}
"""Those of the assignment, once more: a changed file cannot change the tests."""


def totals_of(report: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a report without what belongs to single findings."""
    return {key: report[key] for key in ANSWER - {"findings", "position"}}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what `gadelys demo --json` prints."""
    return played_once(tmp_path_factory, "aalborg")


def test_it_prints_exactly_a_walk_report(report: dict[str, Any]) -> None:
    assert set(report) == ANSWER
    assert report["schema"] == "walk-report/1"
    assert report["walk"] == "AALBORG-OEST-2026-01"
    assert report["as_of"] == "2026-11-22"
    assert {frozenset(found) for found in report["findings"].values()} == {
        frozenset(
            {
                "status",
                "on_hold",
                "responsible",
                "fix_due",
                "verify_due",
                "reminders",
                "escalations",
            }
        )
    }


def test_every_total_is_the_one_in_the_file(report: dict[str, Any]) -> None:
    expected = json.loads(AALBORG.read_text("utf-8"))[EXPECTED_ON]
    per_finding = {"verify_due": "verify_due", "fix_due_after_reopen": "fix_due"}
    found = {
        what: {n: report["findings"][n][per_finding[what]] for n in wanted}
        if what in per_finding
        else report[what]
        for what, wanted in expected.items()
        if what != "scope"
    }

    assert found == {what: expected[what] for what in expected if what != "scope"}


def test_the_totals_are_those_of_the_assignment(report: dict[str, Any]) -> None:
    assert totals_of(report) == TOTALS


def test_each_finding_stands_where_it_should(report: dict[str, Any]) -> None:
    found = {
        number: (one["status"], one["on_hold"], one["responsible"], one["fix_due"])
        for number, one in report["findings"].items()
    }
    verify_due = {
        number: one["verify_due"]
        for number, one in report["findings"].items()
        if one["verify_due"]
    }

    assert found == WHERE_IT_STANDS
    assert verify_due == {
        "2026-01": "2026-11-18",
        "2026-05": "2026-10-15",
        "2026-10": "2026-11-19",
        "2026-11": "2026-11-13",
        "2026-13": "2026-12-02",
    }


def test_the_clock_spoke_on_the_days_of_the_table(report: dict[str, Any]) -> None:
    assert followed(report) == TABLE


# --- the same again, looked at from inside ---


@dataclass
class Looked:
    """What a demo left behind, and which activities of which runs did a step."""

    facts: tuple[Recorded, ...]
    report: dict[str, Any]
    differences: list[object]
    steps: list[list[str]]
    register: Register


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Looked:
    """Play the demo in this process, watch its activities and keep its facts."""
    with shared(tmp_path_factory, "looked") as folder:
        answer = folder / "answer.json"
        settings = Settings(data=folder / "data")
        if not answer.exists():
            answer.write_text(json.dumps(watched(settings, register)), "utf-8")
        with installation.opened(settings) as system:
            facts = system.store.after(0, 10_000)
        seen = json.loads(answer.read_text("utf-8"))
        return Looked(facts=facts, register=register, **seen)


def watched(settings: Settings, register: Register) -> dict[str, object]:
    """Play the demo; return its report and which activity did which step."""
    steps: list[tuple[str, str]] = []
    take = Steps.take

    def seen(self: Steps, subject: str, key: str, now: datetime) -> Plan:
        run = activity.info()
        steps.append((f"{run.workflow_type} {run.workflow_id}", key))
        return take(self, subject, key, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Steps, "take", seen)
        played = asyncio.run(
            play(
                settings,
                register,
                AALBORG,
                None,
                on_moment=lambda _: None,
                on_end=lambda *_: None,
            )
        )
    return {
        "report": played.report,
        "differences": [one.what for one in played.differences],
        "steps": steps,
    }


def raised(looked: Looked) -> list[Recorded]:
    kinds = (ReminderRaised, FindingEscalated)
    return [fact for fact in looked.facts if isinstance(fact.event, kinds)]


def test_a_second_demo_ends_with_the_same_report(
    report: dict[str, Any], looked: Looked
) -> None:
    assert looked.report == report
    assert looked.differences == []


def test_only_the_clock_raises_and_only_in_temporal(looked: Looked) -> None:
    done = [[f"follow-up {fact.stream}", key_of(fact.event)] for fact in raised(looked)]

    assert {fact.event.stamp.by for fact in raised(looked)} == {CLOCK}
    assert len(done) == 41
    assert all(step in looked.steps for step in done)


def key_of(event: Event) -> str:
    """Return the key of the step that led to `event`."""
    match event:
        case ReminderRaised(occasions=occasions):
            return "remind." + "+".join(occasion.key for occasion in occasions)
        case FindingEscalated(run=run, level=level):
            return f"escalate.{run}.{level}"
        case _:
            return "none"


def test_the_clock_speaks_at_eight_on_working_days(looked: Looked) -> None:
    days = looked.register.working_days
    moments = [fact.event.stamp.at.astimezone(days.zone) for fact in raised(looked)]

    assert all(days.is_working(moment.date()) for moment in moments)
    assert {(moment.hour, moment.minute) for moment in moments} == {(8, 0)}


def test_the_facts_are_in_the_order_in_which_they_happened(looked: Looked) -> None:
    # To the minute: several runs speak at eight, each by a clock of its own.
    happened = [
        fact.event.stamp.at.replace(second=0, microsecond=0)
        for fact in looked.facts
        if isinstance(fact.event, FindingEvent | DeliverySent)
    ]

    assert happened == sorted(happened)
    assert [f.recorded_at for f in looked.facts] == sorted(
        f.recorded_at for f in looked.facts
    )


def test_one_message_per_recipient_and_working_day(looked: Looked) -> None:
    days = looked.register.working_days
    sent = [fact.event for fact in looked.facts if isinstance(fact.event, DeliverySent)]
    mornings = [(one.recipient, days.local_day(one.stamp.at)) for one in sent]
    told = [(one.recipient, notice) for one in sent for notice in one.notices]
    wanted = {
        (notice.recipient, fact.event_id)
        for fact in looked.facts
        for notice in notices(fact)
    }

    assert len(set(mornings)) == len(mornings)
    assert all(days.is_working(day) for _, day in mornings)
    assert len(told) == len(set(told))
    assert set(told) == wanted


# --- other files, other days ---


def test_an_earlier_day_shows_that_day(tmp_path: Path) -> None:
    expecting = short_walk(expected_on_2026_10_14={"fixed": 1})
    done = demo(write(tmp_path, expecting), "--json", "--until", "2026-10-12")
    report = report_of(done)

    assert done.returncode == 0, done.stderr
    assert report["as_of"] == "2026-10-12"
    assert (report["assigned"], report["fixed"]) == (1, 0)
    assert followed(report) == {}  # the first reminder comes on the 13th


def test_wrong_expectations_end_with_1_and_a_difference(tmp_path: Path) -> None:
    walk = short_walk(
        expected_on_2026_10_14={
            "reported": 1,
            "fixed": 0,
            "fix_overdue": ["S-1"],
            "verify_due": {"S-1": "2026-10-22"},
        }
    )
    done = demo(write(tmp_path, walk), "--json")

    assert done.returncode == 1
    assert report_of(done)["fixed"] == 1
    assert [
        line for line in done.stderr.splitlines() if line.startswith(("- ", "+ "))
    ] == [
        "- fixed: 0",
        "+ fixed: 1",
        '- fix_overdue: ["S-1"]',
        "+ fix_overdue: []",
        # Fixed on Wednesday 14 October; five working days to verify.
        '- verify_due: {"S-1": "2026-10-22"}',
        '+ verify_due: {"S-1": "2026-10-21"}',
    ]


def test_a_file_without_expectations_is_played_to_its_last_entry(
    tmp_path: Path,
) -> None:
    done = demo(write(tmp_path, short_walk()), "--json")
    report = report_of(done)

    assert done.returncode == 0, done.stderr
    assert report["as_of"] == "2026-10-14"
    assert report["positive"] == ["S-2"]
    # GRF-TAG, 5 days: half (2) and three before both on 13 October.
    assert followed(report) == {"S-1": ({"fix": ["2026-10-13"]}, {})}


def test_it_leaves_the_report_in_the_folder_that_it_names(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    (out / "rapport.pdf").write_text("of an earlier demo", "utf-8")

    done = demo(write(tmp_path, short_walk()), "--out", str(out))

    assert done.returncode == 0, done.stderr
    assert str(out / "rapport.pdf") in done.stderr
    assert str(out / "rapport.html") in done.stderr
    assert (out / "rapport.pdf").read_bytes().startswith(b"%PDF")
    pins = json.loads((out / "rapport.json").read_text("utf-8"))["pins"]
    assert pins["checkpoint"]["covers"]


@pytest.mark.parametrize("how", ["rules", "format"])
def test_a_bad_file_ends_with_1_before_anything_is_played(
    how: str, tmp_path: Path
) -> None:
    walk = short_walk()
    if how == "rules":  # verified by those who did the work
        walk["findings"][0]["history"].append(
            {"on": "2026-10-15", "do": "verify", "by": "municipality/operations"}
        )
        path = write(tmp_path, walk)
    else:
        path = write(tmp_path, {**walk, "schema": "walk-file/2"})
    done = demo(path, "--json")

    assert done.returncode == (4 if how == "rules" else 1), done.stderr
    assert done.stdout == ""
    problem = json.loads(done.stderr)
    assert problem["file"] == "walk.json"
    if how == "rules":
        assert (problem["finding"], problem["entry"]) == ("S-1", 4)
        assert problem["code"] == "same_hands"


async def test_no_server_is_started_for_a_bad_file(
    tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = short_walk()
    walk["findings"][0]["history"].append(
        {"on": "2026-10-15", "do": "verify", "by": "municipality/operations"}
    )
    path = Path(write(tmp_path, walk))
    started: list[int] = []
    monkeypatch.setattr(server, "start", started.append)
    with pytest.raises(NotAllowed) as refused:
        await play(
            Settings(data=tmp_path / "data"),
            register,
            path,
            None,
            on_moment=lambda _: pytest.fail("played"),
            on_end=lambda *_: pytest.fail("ended"),
        )

    assert refused.value.context["entry"] == 4
    assert started == []
