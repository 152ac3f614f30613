"""The command line: one verb per command, exit codes, two languages, no tracebacks."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters import system as installation
from adapters.cli import main as program
from adapters.cli.verbs import IN_PLAN, REPORT, VERBS, WALK_VERBS, Verb
from adapters.files.shipped import DEFAULT_REGISTER, DEFAULT_WALK, shipped
from adapters.settings import Settings
from adapters.texts import tables
from domain.finding.commands import BY_NAME as FINDING_COMMANDS
from domain.finding.commands import AddNote, AssignFinding, ReportFinding
from domain.messages import Command, Stamp, derived_id
from domain.values import Actor
from domain.walk.commands import BY_NAME as WALK_COMMANDS
from domain.walk.events import WalkPlan
from tests.adapters.conftest import Answer, Line, commands
from tests.adapters.walk_files import small_file, write
from tests.conftest import StandingClock

COORDINATOR = "municipality/walk-coordinator"
LIGHTING = "municipality/street-lighting"
COUNCIL = "participant/local-council"
PARKS = "municipality/parks"
NUMBER = "2025-01"
LAMP = ("--category", "LGT-FAIL", "--text", "To lamper er slukket.")
DAY = "2025-03-10"  # a Monday


def by(who: str = COORDINATOR, at: str = DAY) -> tuple[str, ...]:
    return ("--by", who, "--at", at)


@pytest.fixture
def reported(line: Line) -> Line:
    """Return a line with one case, assigned."""
    assert line("report", NUMBER, *LAMP, *by()).code == 0
    assert line("assign", NUMBER, "--to", LIGHTING, *by(at="2025-03-11")).code == 0
    return line


@pytest.fixture
def fixed(reported: Line) -> Line:
    """Return a line with one case that was reported fixed."""
    done = ("mark-fixed", NUMBER, "--evidence", "photo")
    assert reported(*done, *by(LIGHTING, "2025-03-17")).code == 0
    return reported


# ---- the table of verbs and the commands of the domain ----


def fields(command: type[Command], *, required: bool = False) -> set[str]:
    own = {
        name
        for name, field in command.model_fields.items()
        if name not in {"number", "stamp"} and (field.is_required() or not required)
    }
    return (own - {"point"}) | ({"lat", "lon"} if "point" in own else set())


@pytest.mark.parametrize("verb", [*VERBS, REPORT], ids=lambda verb: str(verb.name))
def test_a_verb_has_exactly_the_fields_of_its_command(verb: Verb) -> None:
    command = FINDING_COMMANDS[verb.name]

    assert {*verb.required, *verb.optional} == fields(command)
    assert set(verb.required) == fields(command, required=True)


@pytest.mark.parametrize("verb", WALK_VERBS, ids=lambda verb: str(verb.name))
def test_a_walk_verb_has_the_fields_of_its_command(verb: Verb) -> None:
    """Of a plan and of a walk that was held only the essentials can be typed.

    Route, meeting point and participants come in a walk file.
    Participants who ask have a verb of their own: it keeps an address.
    """
    command = WALK_COMMANDS[verb.name]
    wanted = fields(command)
    if "plan" in wanted:
        only_in_a_file = set(WalkPlan.model_fields) - IN_PLAN
        wanted = (wanted - {"plan"}) | set(WalkPlan.model_fields)
        wanted -= only_in_a_file
    wanted -= {"attendance"}

    assert {*verb.required, *verb.optional} == wanted


def test_every_command_has_a_verb() -> None:
    assert {verb.name for verb in [*VERBS, REPORT]} == set(FINDING_COMMANDS)
    assert {verb.name for verb in WALK_VERBS} | {"ask_answer"} == set(WALK_COMMANDS)


# ---- a case from the report to its end ----


def test_a_case_goes_all_the_way(fixed: Line) -> None:
    done = fixed("verify", NUMBER, *by(COUNCIL, "2025-03-18"))

    assert done.code == 0
    assert done.err == ""
    assert "Version 4" in done.out
    case = fixed("case", NUMBER, "--json").json
    assert (case["status"], case["version"]) == ("verified", 4)


@pytest.mark.parametrize("verb", [v for v in VERBS if v.required], ids=lambda v: v.name)
def test_a_verb_names_the_option_that_is_missing(reported: Line, verb: Verb) -> None:
    answer = reported(verb.on_the_line, NUMBER, *by())

    assert answer.code == 2
    assert f"--{verb.required[0].replace('_', '-')}" in answer.err


EVERY_OPTION = {
    "to": "municipality/parks",
    "reason": "Derfor.",
    "proposed": "partner/housing-operations",
    "purpose": "Lampen skydes ud.",
    "legal_basis": "politiloven-1",
    "reason_code": "budget",
    "review_on": "2025-04-01",
    "waiting_for": "partner/grid-company",
    "subtask": "elskab",
    "evidence": "photo",
    "count": "3",
    "refer_to": "municipality/parks",
    "master": "2025-02",
    "forum": "SSP",
    "walk": "TEST-1",
    "fix_due": "2025-04-01",
    "category": "VEG-HEDGE",
    "text": "Hækken skjuler stien.",
    "place": "Ved svinget",
    "lat": "57.0264",
    "lon": "9.9988",
    "channel": "paper",
    "severity": "høj",
    "follows": "2025-02",
    "called_at": "2025-03-10T11:30",
    "whom": "municipality/street-lighting",
    "source": "property",
    "owner": "partner/housing-organisation",
    "summary": "Lampen ved svinget.",
    "outcome": "kept",
    "meeting_on": "2025-03-20",
    "step": "guidance",
    "deadline": "2025-04-15",
    "reasons": "Hækken står ud over stien.",
    "complaint": "Klag inden fire uger.",
    "due": "2025-04-01",
    "contact": "driftsleder",
    "held_on": "2025-03-10",
    "attendance": "residents=12,youth=4",
    "audience": "7. klasse",
    "verify_due": "2025-11-03",
    "same_point": "",
    "after_dark": "",
    "link": "plan/2025-3",
}
"""What each option of a verb can be; a flag needs no more than its name."""


def typed(names: Iterable[str]) -> list[str]:
    """Return options as they are typed."""
    return [
        part
        for name in names
        for part in (f"--{name.replace('_', '-')}", EVERY_OPTION[name])
        if part
    ]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb.name))
def test_every_option_is_understood(reported: Line, verb: Verb) -> None:
    """Each verb reaches the rules: what they answer is not the line's business."""
    options = typed((*verb.required, *verb.optional))

    answer = reported(verb.on_the_line, NUMBER, *options, *by(), "--json")

    if answer.code:
        assert answer.code in {1, 4}
        assert answer.problem["code"] not in {"bad_input", "unknown_unit"}
    else:
        assert answer.json["number"] == NUMBER


@pytest.mark.parametrize("told", ["residents", "residents=", "=3", "residents=a"])
def test_attendance_is_a_number_for_each_group(reported: Line, told: str) -> None:
    answer = reported(
        *("mark-fixed", NUMBER, "--evidence", "document", "--attendance", told, *by())
    )

    assert answer.code == 2
    assert "residents=12,youth=4" in answer.err


def test_report_follows_a_case_that_has_ended(fixed: Line) -> None:
    fixed("verify", NUMBER, *by(COUNCIL, "2025-03-18"))

    again = fixed("report", "2025-02", *LAMP, "--follows", NUMBER, *by())

    assert again.code == 0
    assert NUMBER in again.out


def test_report_takes_all_its_options(line: Line) -> None:
    write_walk = line(
        *("walks", "record", "TEST-1", "--area", "Øst"),
        *("--starts-at", "2025-03-09T17:00", "--ends-at", "2025-03-09T19:00", *by()),
    )
    names = {*REPORT.required, *REPORT.optional} - {"follows"}
    options = typed(sorted(names))

    assert write_walk.code == 0
    assert line("report", NUMBER, *options, *by()).code == 0
    case = line("case", NUMBER, "--json").json
    assert case["point"] == {"lat": 57.0264, "lon": 9.9988}
    assert (case["walk"], case["channel"], case["place"]) == (
        "TEST-1",
        "paper",
        "Ved svinget",
    )


def test_a_walk_goes_all_the_way(line: Line) -> None:
    times = ("--starts-at", "2025-04-01T17:00", "--ends-at", "2025-04-01T19:00")
    area = ("--area", "Øst")
    story: tuple[tuple[str, ...], ...] = (
        ("request", *area, "--theme", "Lys"),
        ("answer", "--accepted", "yes", "--walk-on", "2025-04-01"),
        (
            *("plan", *area, *times, "--owners", f"{PARKS},police/prevention"),
            *("--follow-up-on", "2025-10-01"),
        ),
        ("invite", "--groups", "residents,youth"),
        ("record", *area, *times, "--minutes-due", "2025-04-10"),
        ("draft-minutes",),
        ("approve-minutes",),
        ("approve-minutes", "--by", "police/prevention"),
        ("agree-plan",),
        ("report-back", "--informed", "17"),
        ("follow-up",),
        ("evaluate", "--learnings", "Mere lys.", "--helped", "2"),
        ("close",),
    )
    for verb, *options in story:
        signed = () if "--by" in options else by()
        answer = line("walks", verb, "TEST-1", *options, *signed)
        assert (answer.code, answer.err) == (0, "")

    walk = line("walk", "TEST-1", "--json").json
    assert (walk["status"], walk["area"]) == ("closed", "Øst")
    assert "Øst" in line("walk", "TEST-1").out


def test_a_walk_can_be_cancelled(line: Line) -> None:
    line("walks", "request", "TEST-1", "--area", "Øst", *by())

    assert line("walks", "cancel", "TEST-1", "--reason", "Frost.", *by()).code == 0


# ---- report: a finding or a walk ----


def test_report_without_a_number_takes_the_next_of_this_year(line: Line) -> None:
    year = datetime.now(UTC).year
    line("report", f"{year}-07", *LAMP, "--by", COORDINATOR)
    line("report", f"{year}-notes", *LAMP, "--by", COORDINATOR)

    answer = line("report", *LAMP, "--by", COORDINATOR, "--json").json

    assert len(answer.pop("sealed")) == 1
    assert answer == {
        "number": f"{year}-08",
        "stream": f"finding/{year}-08",
        "position": 4,
        "version": 1,
        "facts": 1,
    }
    assert line("report", "--by", COORDINATOR, *LAMP).code == 0
    assert line("case", f"{year}-09").code == 0


def test_the_first_report_is_number_one(line: Line) -> None:
    answer = line("report", "finding", *LAMP, "--by", COORDINATOR, "--json")

    assert answer.json["number"] == f"{datetime.now(UTC).year}-01"


def test_report_walk_is_the_report_of_a_walk(line: Line, tmp_path: Path) -> None:
    assert line("import", str(write(tmp_path, small_file()))).code == 0

    early = line("report", "walk", "TEST-2026-01", "--as-of", "2026-10-19", "--json")
    late = line("report", "walk", "TEST-2026-01", "--as-of", "2026-10-27", "--json")

    assert early.json["schema"] == "walk-report/1"
    assert (early.json["verified"], late.json["verified"]) == (0, 1)
    assert late.json["solution_rate"] == {
        "numerator": 1,
        "denominator": 2,
        "percent": 50.0,
    }
    shown = line("report", "walk", "TEST-2026-01", "--as-of", "2026-10-27")
    assert "50,0 % (1/2)" in shown.out


# ---- exit codes ----


def test_0_is_done(line: Line) -> None:
    assert line("report", NUMBER, *LAMP, *by()).code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("case", "2025-99"), "unknown_finding"),
        (("replay", "2025-99"), "unknown_finding"),
        (("walk", "TEST-9"), "unknown_walk"),
        (("report", "walk", "TEST-9"), "unknown_walk"),
        (("verify", "2025-99", *by()), "unknown_finding"),
        (("verify", NUMBER, *by(COUNCIL)), "wrong_status"),
        (("assign", NUMBER, "--to", "municipality/nobody", *by()), "unknown_unit"),
        (("note", NUMBER, "--text", " ", *by()), "text_missing"),
        (("note", NUMBER, "--text", "Hej", *by(at="2044-01-01")), "date_in_future"),
        (("worklist", "--unit", "municipality/nobody"), "unknown_unit"),
        (("rebuild", "nothing_v1"), "unknown_projection"),
        (("import", "/nowhere.json"), "bad_file"),
    ],
)
def test_1_is_refused(reported: Line, arguments: tuple[str, ...], code: str) -> None:
    answer = reported(*arguments, "--json")

    assert answer.code == 1
    assert answer.problem["code"] == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("note", NUMBER, "--text", "Hej", *by(at="i går")),
        ("note", NUMBER, "--text", "Hej", *by(at="2025-02-30")),
        ("note", NUMBER, "--text", "Hej", *by(at="10.03.2025")),
        ("note", NUMBER, "--text", "Hej", "--by", "Fru Jensen"),
        ("note", NUMBER, "--text", "Hej", *by(), "--command-id", "1"),
        ("note", "2025/01", "--text", "Hej", *by()),
        ("report", *LAMP, "--lat", "57", *by()),
        (
            *("hold", NUMBER, "--reason-code", "budget"),
            *("--review-on", "snart", *by()),
        ),
        ("mark-fixed", NUMBER, "--evidence", "rumour", *by(LIGHTING)),
        ("case", NUMBER, "--as-of", "2025-13-01"),
        ("report", "walk", "TEST-1", "--as-of", "i går"),
        ("worklist", "--unit", "Driften"),
    ],
)
def test_2_is_misused(reported: Line, arguments: tuple[str, ...]) -> None:
    answer = reported(*arguments, "--json")

    assert answer.code == 2
    assert answer.problem["code"] == "bad_input"


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("note", NUMBER),
        ("note", "--text", "Hej", *by()),
        ("note", NUMBER, "--text", "Hej"),
        ("worklist", "--colour", "red"),
        ("mark-fixed", NUMBER, "--evidence", "photo", "--count", "mange", *by()),
        ("report", NUMBER, *LAMP, "--lat", "nord", "--lon", "øst", *by()),
        ("walks", "report-back", "TEST-1", "--informed", "alle", *by()),
    ],
)
def test_2_is_what_the_line_itself_does_not_understand(
    line: Line, arguments: tuple[str, ...]
) -> None:
    answer = line(*arguments, by="")

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err


def test_3_is_a_conflict(reported: Line) -> None:
    stale = reported(
        *("note", NUMBER, "--text", "Hej", *by()), "--expected-version", "1", "--json"
    )
    again = reported("report", NUMBER, *LAMP, *by(), "--json")

    assert (stale.code, again.code) == (3, 3)
    assert stale.problem["code"] == "stale_version"
    assert stale.problem["current"] == 2
    assert again.problem["code"] == "already_reported"


def test_4_is_not_allowed(fixed: Line) -> None:
    answer = fixed("verify", NUMBER, *by(LIGHTING, "2025-03-18"), "--json")

    assert answer.code == 4
    assert answer.problem["code"] == "same_hands"
    assert fixed("case", NUMBER, "--json").json["status"] == "fixed"


def test_5_is_something_that_is_away(empty_line: Line) -> None:
    missing = empty_line("worklist", "--json")

    assert missing.code == 5
    assert missing.problem["code"] == "store_missing"
    assert not empty_line.data.exists()


def test_5_is_also_a_temporal_that_does_not_answer(line: Line) -> None:
    answer = line("redispatch", "--json", temporal_address="127.0.0.1:9")

    assert answer.code == 5
    assert answer.problem["code"] == "temporal_unavailable"


def test_5_is_also_an_installation_whose_views_are_gone(reported: Line) -> None:
    (reported.data / "views.db").unlink()

    assert reported("worklist", "--json").problem["code"] == "store_missing"
    assert reported("migrate").code == 0
    assert len(reported("worklist", "--json").json["rows"]) == 1


# ---- what a refusal says ----


def test_a_refusal_says_what_and_what_to_do_and_its_code(line: Line) -> None:
    answer = line("case", "2025-99")

    what, hint, code = answer.err.splitlines()
    assert what == tables("da")["refusal"]["unknown_finding"].format(number="2025-99")
    assert hint.startswith("  → ")
    assert code == "  (unknown_finding)"
    assert answer.out == ""


def test_a_refusal_as_json_has_the_same_parts(line: Line) -> None:
    problem = line("case", "2025-99", "--json", "--lang", "en").problem

    assert problem["code"] == "unknown_finding"
    assert problem["what"] == "There is no case 2025-99."
    assert problem["do"].endswith("gadelys worklist")
    assert problem["number"] == "2025-99"


def test_all_broken_variables_are_named_at_once(line: Line) -> None:
    answer = line(
        "worklist",
        "--json",
        poll_seconds="often",
        temporal_port="70000",
        log_level="loud",
    )

    assert answer.code == 2
    for name in ("POLL_SECONDS", "TEMPORAL_PORT", "LOG_LEVEL"):
        assert f"GADELYS_{name}" in answer.problem["what"]


def test_who_acts_may_come_from_the_environment(line: Line) -> None:
    answer = line("report", NUMBER, *LAMP, "--at", DAY, by=COORDINATOR)

    assert answer.code == 0
    assert line("case", NUMBER, "--json").json["reported_by"] == COORDINATOR


def test_the_line_wins_over_the_environment(line: Line) -> None:
    line("report", NUMBER, *LAMP, *by(COUNCIL), by=COORDINATOR)

    assert line("case", NUMBER, "--json").json["reported_by"] == COUNCIL


def test_details_come_only_when_asked_for(line: Line) -> None:
    answer = line("case", "2025-99", "--debug")

    assert answer.code == 1
    assert "Traceback" not in line("case", "2025-99").err


# ---- once and only once ----


def test_the_same_command_id_stores_once(reported: Line) -> None:
    command = ("note", NUMBER, "--text", "Ringet.", *by())
    identity = ("--command-id", str(derived_id("typed twice")), "--json")
    first = reported(*command, *identity).json
    reported("note", NUMBER, "--text", "Noget andet.", *by())

    assert reported(*command, *identity).json == first
    assert reported("case", NUMBER, "--json").json["version"] == 4


def test_the_same_command_id_says_the_same_again(reported: Line) -> None:
    command = ("note", NUMBER, "--text", "Ringet.", *by())
    identity = ("--command-id", str(derived_id("typed twice")))
    first = reported(*command, *identity).out
    reported("note", NUMBER, "--text", "Noget andet.", *by())

    assert reported(*command, *identity).out == first


def test_a_command_id_for_something_else_is_a_conflict(reported: Line) -> None:
    identity = ("--command-id", str(derived_id("typed twice")), "--json")
    reported("note", NUMBER, "--text", "Ringet.", *by(), *identity)

    other = reported("note", NUMBER, "--text", "Skrevet.", *by(), *identity)

    assert (other.code, other.problem["code"]) == (3, "command_reused")


def test_the_expected_version_is_checked(reported: Line) -> None:
    version = ("--expected-version", "2")

    assert reported("note", NUMBER, "--text", "Hej", *by(), *version).code == 0
    assert reported("note", NUMBER, "--text", "Hej", *by(), *version).code == 3


def test_a_time_just_ahead_is_taken_and_tomorrow_is_not(line: Line) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    assert line("report", NUMBER, *LAMP, *by(at=soon)).code == 0
    refused = line("note", NUMBER, "--text", "Hej", *by(at=tomorrow), "--json")
    assert (refused.code, refused.problem["code"]) == (1, "date_in_future")


# ---- lists ----


@pytest.fixture
def several(reported: Line) -> Line:
    """Return a line with cases of two units, one person, and one far ahead."""
    for number, to in (
        ("2025-02", "municipality/parks"),
        ("2025-03", f"{LIGHTING}/a17"),
    ):
        reported("report", number, *LAMP, *by())
        reported("assign", number, "--to", to, *by())
    reported("report", "2025-04", *LAMP, "--by", COORDINATOR)
    return reported


def numbers(answer: Answer) -> list[str]:
    return [row["number"] for row in answer.json["rows"]]


def test_the_worklist_is_the_most_urgent_first(several: Line) -> None:
    answer = several("worklist", "--json")

    assert answer.json["schema"] == "worklist/1"
    assert numbers(answer) == ["2025-01", "2025-02", "2025-03", "2025-04"]
    assert answer.json["rows"][0]["due_on"] == "2025-03-24"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--unit", LIGHTING), ["2025-01", "2025-03"]),
        (("--unit", "municipality/parks"), ["2025-02"]),
        (("--unit", "police/prevention"), []),
        (("--person", "a17"), ["2025-03"]),
        (("--person", "nobody"), []),
        (("--overdue",), ["2025-01", "2025-02", "2025-03"]),
        (("--overdue", "--unit", LIGHTING), ["2025-01", "2025-03"]),
        (("--walk", "TEST-1"), []),
    ],
)
def test_the_worklist_can_be_narrowed(
    several: Line, options: tuple[str, ...], expected: list[str]
) -> None:
    assert numbers(several("worklist", *options, "--json")) == expected


def test_the_worklist_for_people_names_cases_and_units(several: Line) -> None:
    shown = several("worklist").out

    assert "Arbejdsliste: 4 sager" in shown
    for number in ("2025-01", "2025-02", "2025-03", "2025-04"):
        assert number in shown


def test_a_case_that_has_ended_leaves_the_worklist(fixed: Line) -> None:
    fixed("verify", NUMBER, *by(COUNCIL, "2025-03-18"))

    assert numbers(fixed("worklist", "--json")) == []
    assert fixed("worklist").out.strip() == tables("da")["say"]["worklist_empty"]


def test_overdue_says_which_clock_ran_out(several: Line) -> None:
    answer = several("overdue", "--json")

    assert {(row["number"], row["clock"]) for row in answer.json["rows"]} == {
        ("2025-01", "fix"),
        ("2025-02", "fix"),
        ("2025-03", "fix"),
    }
    assert numbers(several("overdue", "--unit", "municipality/parks", "--json")) == [
        "2025-02"
    ]
    assert "2025-02" in several("overdue").out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--status", "assigned"), ["2025-01", "2025-02", "2025-03"]),
        (("--status", "reported", "--status", "verified"), ["2025-04"]),
        (("--status", "verified"), []),
        (("--category", "LGT-FAIL", "--unit", LIGHTING), ["2025-01", "2025-03"]),
        (("--category", "VEG-HEDGE"), []),
        (("--search", "LAMP slukk"), ["2025-01", "2025-02", "2025-03", "2025-04"]),
        (("--search", "2025 lampe", "--person", "a17"), ["2025-03"]),
        (("--search", "hæk"), []),
        (("--within", "Aalborg Øst"), []),
    ],
)
def test_the_worklist_can_be_searched(
    several: Line, options: tuple[str, ...], expected: list[str]
) -> None:
    assert numbers(several("worklist", *options, "--json")) == expected


def test_the_worklist_comes_in_pages(several: Line) -> None:
    first = several("worklist", "--limit", "2", "--json")
    second = several(
        "worklist", "--limit", "2", "--after", first.json["next"], "--json"
    )

    assert numbers(first) == ["2025-01", "2025-02"]
    assert numbers(second) == ["2025-03", "2025-04"]
    assert second.json["next"] is None


def test_people_are_told_how_to_see_the_next_page(several: Line) -> None:
    cursor = several("worklist", "--limit", "2", "--json").json["next"]

    shown = several("worklist", "--limit", "2")
    rest = several("worklist", "--limit", "2", "--after", cursor)

    assert f"Der er flere. Næste side: --after {cursor}" in shown.err
    assert "2025-03" not in shown.out
    assert "2025-03" in rest.out
    assert "--after" not in rest.out + rest.err


def test_the_worklist_of_a_past_day_is_what_it_was(fixed: Line) -> None:
    """Reported on the 10th, assigned on the 11th, fixed on the 17th."""

    def then(*options: str) -> list[tuple[str, str]]:
        rows = fixed("worklist", *options, "--json").json["rows"]
        return [(row["unit"], row["status"]) for row in rows]

    assert then("--as-of", "0001-01-01") == []
    assert then("--as-of", "2025-03-09") == []
    assert then("--as-of", "2025-03-10") == [(COORDINATOR, "reported")]
    assert then("--as-of", "2025-03-11") == [(LIGHTING, "assigned")]
    assert then("--as-of", "2025-03-16T09:00") == [(LIGHTING, "assigned")]
    assert [status for _, status in then("--as-of", "2025-03-17")] == ["fixed"]
    assert then("--as-known", "2025-03-31") == []
    assert then("--as-of", "2025-03-11", "--as-known", "2025-03-31") == []
    assert then("--as-of", "9999-12-31") == then()
    assert len(then()) == 1


def test_the_answer_says_for_which_day_it_is(several: Line) -> None:
    answer = several("worklist", "--as-of", "2025-03-12", "--json").json

    assert answer["as_of"] == "2025-03-12"


def test_overdue_at_a_past_day_is_what_was_late_then(several: Line) -> None:
    due = several("worklist", "--json").json["rows"][0]["due_on"]

    on_the_day = several("overdue", "--as-of", due, "--json")
    after = several("overdue", "--as-of", "2025-04-10", "--json")

    assert numbers(on_the_day) == []
    assert set(numbers(after)) == {"2025-01", "2025-02", "2025-03"}


def test_what_is_late_comes_in_pages(several: Line) -> None:
    first = several("overdue", "--limit", "2", "--json")
    rest = several("overdue", "--limit", "2", "--after", first.json["next"], "--json")

    assert numbers(first) + numbers(rest) == ["2025-01", "2025-02", "2025-03"]
    assert rest.json["next"] is None


@pytest.mark.parametrize("verb", ["worklist", "overdue"])
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--after", "vrøvl"), "bad_cursor", "»vrøvl« er ikke fra denne liste"),
        (("--as-of", "i går"), "bad_input", "Dette kan ikke bruges: i går"),
        (("--as-of", "2025-02-30"), "bad_input", "Dette kan ikke bruges: 2025-02-30"),
        (("--as-known", "snart"), "bad_input", "Dette kan ikke bruges: snart"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_danish(
    several: Line, verb: str, options: tuple[str, ...], code: str, said: str
) -> None:
    for_people = several(verb, *options)
    for_programs = several(verb, *options, "--json")

    assert said in " ".join(for_people.err.split())
    assert for_programs.problem["code"] == code
    assert for_people.code == for_programs.code != 0


@pytest.mark.parametrize("options", [("--status", "væk"), ("--order", "farve")])
def test_an_unknown_status_or_order_is_refused_with_the_known_ones(
    several: Line, options: tuple[str, str]
) -> None:
    answer = several("worklist", *options)

    said = " ".join(answer.err.split())
    assert "Dette kan ikke bruges" in said
    for known in (options[1], "assigned", "verified", "place"):
        assert known in said


# ---- one case, at any time ----


@pytest.fixture
def late_paper(line: Line, now: StandingClock) -> Line:
    """Return a line with a case whose paper form was typed in two days late.

    Reported on Monday the 10th and assigned on Tuesday the 11th, both typed at
    once; a note of Tuesday was typed on Thursday the 13th.
    """
    with installation.opened(Settings(data=line.data), now) as system:

        def stamp(day: int, learned: int) -> Stamp:
            now.moment = datetime(2025, 3, learned, 11, tzinfo=UTC)
            at = datetime(2025, 3, day, 11, tzinfo=UTC)
            identity = derived_id("late paper", day, learned)
            return Stamp(by=Actor(COORDINATOR), at=at, command_id=identity)

        system.submit(
            ReportFinding(
                number=NUMBER, stamp=stamp(10, 10), category="LGT-FAIL", text="Mørkt."
            )
        )
        system.submit(
            AssignFinding(number=NUMBER, stamp=stamp(11, 11), to=Actor(LIGHTING))
        )
        system.submit(AddNote(number=NUMBER, stamp=stamp(11, 13), text="På papir."))
    return line


@pytest.mark.parametrize(
    ("as_of", "as_known", "version"),
    [
        (None, None, 3),
        ("2025-03-10", None, 1),
        ("2025-03-11", None, 3),  # it had happened
        ("2025-03-11", "2025-03-12", 2),  # and nobody knew yet
        (None, "2025-03-12", 2),
        (None, "2025-03-13", 3),
        ("2025-03-11T11:59", None, 1),  # a time without offset is local: 10:59 UTC
        ("2025-03-11T12:00", None, 3),
        ("2025-03-11T12:00:00+02:00", None, 1),
    ],
)
def test_a_case_can_be_seen_as_it_was_and_as_it_was_known(
    late_paper: Line, as_of: str | None, as_known: str | None, version: int
) -> None:
    options = [
        *(("--as-of", as_of) if as_of else ()),
        *(("--as-known", as_known) if as_known else ()),
    ]

    case = late_paper("case", NUMBER, *options, "--json").json

    assert case["version"] == version


def test_before_it_happened_there_is_no_case(late_paper: Line) -> None:
    answer = late_paper("case", NUMBER, "--as-of", "2025-03-09", "--json")

    assert (answer.code, answer.problem["code"]) == (1, "unknown_finding")


def test_the_history_tells_both_times(late_paper: Line) -> None:
    case = late_paper("case", NUMBER, "--history", "--json").json

    assert [
        (f["topic"], f["at"][:10], f["recorded_at"][:10]) for f in case["history"]
    ] == [
        ("finding.reported.v1", "2025-03-10", "2025-03-10"),
        ("finding.assigned.v1", "2025-03-11", "2025-03-11"),
        ("finding.note_added.v1", "2025-03-11", "2025-03-13"),
    ]
    shown = late_paper("case", NUMBER, "--history").out
    assert "På papir." in shown
    assert "13.03.2025" in shown


def test_a_case_says_what_happens_by_itself(reported: Line) -> None:
    case = reported("case", NUMBER, "--as-of", "2025-03-12", "--json").json

    assert [step["key"] for step in case["coming"]] == [
        "remind.fix.1.half.2025-03-17",
        "remind.fix.1.before.2025-03-19",
        "remind.fix.1.due.2025-03-24",
    ]
    assert case["next_actor"] == LIGHTING


def test_replay_shows_before_and_after(fixed: Line) -> None:
    steps = fixed("replay", NUMBER, "--json").json["steps"]

    assert [step["topic"] for step in steps] == [
        "finding.reported.v1",
        "finding.assigned.v1",
        "finding.fix_reported.v1",
    ]
    assert steps[0]["before"] == {}
    assert steps[1]["before"] == steps[0]["after"]
    assert steps[1]["after"]["responsible"] == LIGHTING
    assert (steps[2]["before"]["status"], steps[2]["after"]["status"]) == (
        "assigned",
        "fixed",
    )


def test_replay_for_people_shows_what_changed(fixed: Line) -> None:
    shown = fixed("replay", NUMBER, "--lang", "en").out

    assert "Step 1 of 3" in shown
    assert "Step 3 of 3" in shown
    assert re.search(r"Status: assigned → (reported )?fixed", shown, re.IGNORECASE)


# ---- keeping an installation ----


def test_the_register_in_force_is_shown(line: Line) -> None:
    answer = line("register", "show", "--json").json

    assert answer["version"] == 1
    assert len(answer["register"]["categories"]) == 32
    assert "LGT-FAIL" in line("register", "show").out


def test_a_register_is_adopted_once(empty_line: Line) -> None:
    adopting = ("register", "adopt", str(shipped(DEFAULT_REGISTER)), *by(), "--json")

    first, second = empty_line(*adopting), empty_line(*adopting)

    assert first.json == {"version": 1, "adopted": True}
    assert second.json == {"version": 1, "adopted": False}


def test_a_changed_register_is_the_next_version(line: Line, tmp_path: Path) -> None:
    text = shipped(DEFAULT_REGISTER).read_text("utf-8")
    changed = tmp_path / "register.toml"
    changed.write_text(text.replace("fix = 10", "fix = 11", 1), "utf-8")

    answer = line("register", "adopt", str(changed), *by(), "--json")

    assert answer.json == {"version": 2, "adopted": True}
    assert line("register", "show", "--json").json["version"] == 2


def test_a_stranger_adopts_nothing(line: Line) -> None:
    text = ("register", "adopt", str(shipped(DEFAULT_REGISTER)))

    assert line(*text, "--by", "Fru Jensen").code == 2


def test_migrating_twice_is_fine(empty_line: Line) -> None:
    first, second = empty_line("migrate", "--json"), empty_line("migrate", "--json")

    assert first.json == second.json
    assert first.json["schema_version"] == 3


def test_without_a_register_nothing_can_be_reported(empty_line: Line) -> None:
    empty_line("migrate")

    answer = empty_line("report", NUMBER, *LAMP, *by(), "--json")

    assert (answer.code, answer.problem["code"]) == (1, "no_register")


@pytest.mark.parametrize("name", ["cases", "cases_v2", "all"])
def test_a_rebuild_changes_nothing(several: Line, name: str) -> None:
    before = several("worklist", "--json").json["rows"]

    answer = several("rebuild", name, "--json").json

    assert "cases_v2" in answer["rebuilt"]
    assert several("worklist", "--json").json["rows"] == before


def test_the_doctor_finds_a_healthy_installation(reported: Line) -> None:
    reported("rebuild", "all")
    checks = {
        check["check"]: check["state"]
        for check in reported("doctor", "--json", temporal_address="127.0.0.1:9").json[
            "checks"
        ]
        if check["check"] not in {"readers", "ledger"}  # they look at the real clock
    }

    assert {name for name, state in checks.items() if state == "ok"} == {
        *("python", "sqlite", "data", "schema", "register", "projections"),
        *("gadelys", "disk", "leftovers", "writing", "erasures"),
        *("restrictions", "published"),
    }
    assert {name for name, state in checks.items() if state == "warning"} == {
        *("temporal", "worker", "sending"),
    }


def test_the_doctor_finds_a_missing_installation(empty_line: Line) -> None:
    answer = empty_line("doctor", "--json", temporal_address="127.0.0.1:9")

    assert answer.code == 1
    states = {
        check["check"]: check["state"] for check in json.loads(answer.out)["checks"]
    }
    assert states["schema"] == "broken"


def test_the_doctor_survives_views_that_are_gone(reported: Line) -> None:
    (reported.data / "views.db").unlink()

    answer = reported("doctor", temporal_address="127.0.0.1:9")

    assert answer.code == 1
    assert "migrate" in answer.out


def test_importing_the_demo_walk_twice(empty_line: Line) -> None:
    path = str(shipped(DEFAULT_WALK))

    first = empty_line("import", path, "--json").json
    second = empty_line("import", path, "--json").json

    assert (first["schema"], first["findings"]) == ("import/1", 18)
    assert first["facts"] > 50
    assert second["facts"] == 0


def test_a_refused_file_says_where(line: Line, tmp_path: Path) -> None:
    content = small_file()
    content["findings"][0]["history"][3]["by"] = LIGHTING
    path = write(tmp_path, content)

    answer = line("import", str(path), "--json")

    assert answer.code == 4
    assert answer.problem["code"] == "same_hands"
    assert {name: answer.problem[name] for name in ("file", "finding", "entry")} == {
        "file": "walk.json",
        "finding": "2026-01",
        "entry": 4,
    }
    shown = line("import", str(path)).err
    assert "walk.json" in shown
    assert "2026-01" in shown


# ---- languages ----


def test_danish_is_spoken_first(line: Line) -> None:
    danish = tables("da")["refusal"]["unknown_finding"].format(number="2025-99")

    assert danish in line("case", "2025-99").err


@pytest.mark.parametrize("how", ["option", "variable"])
def test_english_on_request(line: Line, how: str) -> None:
    if how == "option":
        answer = line("case", "2025-99", "--lang", "en")
    else:
        answer = line("case", "2025-99", lang="en")

    assert "There is no case 2025-99." in answer.err


def test_language_is_known_before_anything_is_parsed() -> None:
    assert program.language(["worklist", "--lang", "en"], {}) == "en"
    assert program.language(["--lang=en", "--help"], {}) == "en"
    assert program.language(["--lang"], {}) == "da"
    assert program.language([], {"GADELYS_LANG": "en"}) == "en"
    assert program.language(["--lang", "da"], {"GADELYS_LANG": "en"}) == "da"


def verbs() -> Iterator[tuple[str, ...]]:
    """Yield every verb with its group, as typed."""

    def below(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*path, name))
        if not hasattr(command, "commands"):
            yield path

    return below(commands(), ())


EVERY_VERB = sorted(verbs())


@pytest.mark.parametrize("verb", EVERY_VERB, ids=" ".join)
def test_every_verb_has_help(line: Line, verb: tuple[str, ...]) -> None:
    answer = line(*verb, "--help")

    assert answer.code == 0
    assert "Usage:" in answer.out
    assert not re.search(r"\b(option|walks|report|register)-[a-z]+\b(?! )", answer.out)


# ---- never a traceback ----

HOSTILE = (
    "",
    "\n",
    "--",
    "nan",
    "' OR 1=1; DROP TABLE stored_events; --",
    "{number}{0}%s%n",
    "[red]\x1b[31m[/bold]",
    "clock",
    "2025-02-30",
    "9999-12-31",
    "99999999999999999999999",
    "Æ🌳\u202e\ufeffﷺ",
    "x" * 5000,
)
RUNS_ON = {
    ("up",),
    ("work",),
    ("dispatch",),
    ("project",),
    ("ledger",),
    ("web",),
    ("witness", "run"),
    ("demo",),
    ("redispatch",),
}


def arguments_of(verb: tuple[str, ...], text: str) -> Iterator[str]:
    """Yield `text` for every argument and option of a verb."""
    command: Any = commands()
    for name in verb:
        command = command.commands[name]
    for parameter in command.params:
        if parameter.name in {"help", "lang", "debug", "json"}:
            continue
        if parameter.param_type_name == "argument":
            yield text
        elif not parameter.is_flag:
            yield f"{parameter.opts[0]}={text}"


@pytest.mark.parametrize(
    "verb", [verb for verb in EVERY_VERB if verb not in RUNS_ON], ids=" ".join
)
def test_no_verb_ever_shows_a_traceback(
    reported: Line, verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reported.data)  # where a backup may make its folders

    for text in HOSTILE:
        answer = reported(*verb, *arguments_of(verb, text))

        assert answer.code in range(6), text
        assert "Traceback" not in answer.err, text
        assert "unexpected fault" not in answer.err, text


VALID = {
    "by": COORDINATOR,
    "at": DAY,
    **EVERY_OPTION,
    "area": "Øst",
    "theme": "Lys",
    "starts_at": "2025-04-01T17:00",
    "ends_at": "2025-04-01T19:00",
    "groups": "residents",
    "informed": "3",
    "learnings": "Lys.",
    "unit": LIGHTING,
    "person": "a17",
    "as_of": DAY,
    "as_known": DAY,
}


@pytest.mark.parametrize(
    "verb", [verb for verb in EVERY_VERB if verb not in RUNS_ON], ids=" ".join
)
def test_one_hostile_value_among_good_ones_is_no_traceback(
    reported: Line, verb: tuple[str, ...]
) -> None:
    """So that what is behind the first check is reached as well."""
    command: Any = commands()
    for name in verb:
        command = command.commands[name]
    options = [
        parameter
        for parameter in command.params
        if parameter.param_type_name == "option"
        and not parameter.is_flag
        and parameter.name in VALID
    ]
    for spoiled in options:
        for text in ("\n", "x" * 5000, "2046-01-01", "0001-01-01T00:00"):
            good = [
                f"{one.opts[0]}={text if one is spoiled else VALID[one.name]}"
                for one in options
            ]
            answer = reported(*verb, NUMBER, *good)

            assert answer.code in range(6), (spoiled.name, text)
            assert "Traceback" not in answer.err, (spoiled.name, text)
            assert "unexpected fault" not in answer.err, (spoiled.name, text)


@pytest.mark.parametrize("who", ["citizen\n", "clock\n", f"{LIGHTING}/a17\n"])
def test_nobody_has_a_line_break_at_the_end_of_the_name(
    reported: Line, who: str
) -> None:
    answer = reported("note", NUMBER, "--text", "Hej", *by(who), "--json")

    assert (answer.code, answer.problem["code"]) == (2, "bad_input")


# ---- the real program ----


def test_the_installed_program_from_report_to_verified(line: Line) -> None:
    """All six exit codes, Danish by default, nothing on stderr when all is well."""
    done = line.outside("report", NUMBER, *LAMP, *by())
    refused = line.outside("verify", "2025-99", *by())
    misused = line.outside("note", NUMBER, "--text", "Hej", *by(at="i går"))
    conflict = line.outside(
        "note", NUMBER, "--text", "Hej", *by(), "--expected-version", "7"
    )
    line("assign", NUMBER, "--to", LIGHTING, *by())
    line("mark-fixed", NUMBER, "--evidence", "photo", *by(LIGHTING))
    not_allowed = line.outside("verify", NUMBER, *by(LIGHTING), "--json")
    away = line.outside("worklist", data="/nowhere/at/all")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Gemt: ")
    assert [refused.code, misused.code, conflict.code] == [1, 2, 3]
    assert [not_allowed.code, away.code] == [4, 5]
    assert not_allowed.problem["code"] == "same_hands"
    for answer in (refused, misused, conflict, away):
        assert answer.out == ""
        assert "Traceback" not in answer.err


def test_arguments_that_are_not_utf_8_are_refused(line: Line) -> None:
    answer = line.outside("note", NUMBER, "--text", b"sl\xf8jfe", "--by", COORDINATOR)

    assert answer.code == 2
    assert "not_utf8" in answer.err


def test_help_speaks_both_languages(line: Line) -> None:
    danish, english = line.outside("--help"), line.outside("--help", lang="en")
    verb = line.outside("worklist", "--help", "--lang", "en")

    assert (danish.code, english.code, verb.code) == (0, 0, 0)
    assert tables("da")["help"]["worklist"][:20] in danish.out
    assert tables("en")["help"]["worklist"][:20] in english.out
    assert tables("en")["help"]["worklist"][:20] in verb.out


def test_nothing_moves_on_stderr_when_nobody_watches(
    line: Line, tmp_path: Path
) -> None:
    answer = line.outside("import", str(write(tmp_path, small_file())))

    assert (answer.code, answer.err) == (0, "")
    assert "\x1b" not in answer.out


def test_a_closed_pipe_is_no_fault(several: Line) -> None:
    import subprocess
    import sys

    shell = f"{sys.executable} -m adapters.cli.main worklist | head -1"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", shell],
        cwd=Path(program.__file__).parents[2],
        env={**several.environment({}), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == b""
