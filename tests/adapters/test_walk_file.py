"""walk-file/1: what is taken, and what is refused with its place in the file."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.files.importing import import_walk
from adapters.files.reading import LIMIT_BYTES
from adapters.files.shipped import DEFAULT_WALK, shipped
from adapters.files.walk_file import FileEntry, entries, read_walk_file
from adapters.system import Gadelys
from domain.errors import Code, DomainError, NotAllowed, NotFound, Refused
from domain.finding.commands import BY_NAME, ReferOut, ReportFinding
from domain.register.model import Register
from domain.values import Channel, Severity
from domain.walk.commands import RecordWalk
from tests.adapters.walk_files import (
    LIGHTING,
    NAME,
    entry,
    small_file,
    write,
)

Spoil = Callable[[dict[str, Any]], object]


def lamp(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["findings"][0]
    return found


def nth(content: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = lamp(content)["history"][index - 1]
    return found


def refused(system: Gadelys, path: Path) -> DomainError:
    """Import, expect a refusal, and see that nothing at all was stored."""
    before = system.store.last_position()
    with pytest.raises(DomainError) as caught:
        import_walk(system, path)

    assert system.store.last_position() == before
    return caught.value


# ---- files that are no walk files ----


@pytest.mark.parametrize(
    ("content", "code", "problem"),
    [
        ("", Code.BAD_FILE, "EOF"),
        ("{", Code.BAD_FILE, "EOF"),
        ("[]", Code.BAD_FILE, "not a JSON object"),
        ("{}", Code.BAD_FILE, "schema"),
        ('{"schema": "walk-file/2"}', Code.BAD_FILE, "schema"),
        ("\ufeff{}", Code.BAD_FILE, "schema"),
        ('{"schema": "\\ud800"}', Code.BAD_FILE, "escape"),
        ("[" * 100_000, Code.BAD_FILE, "recursion"),
    ],
)
def test_what_is_no_walk_file_is_named(
    system: Gadelys, tmp_path: Path, content: str, code: Code, problem: str
) -> None:
    refusal = refused(system, write(tmp_path, content))

    assert refusal.code is code
    assert refusal.context["file"] == NAME
    assert problem in str(refusal.context["problem"])


def test_invalid_utf_8_names_the_byte(system: Gadelys, tmp_path: Path) -> None:
    refusal = refused(system, write(tmp_path, b'{"schema": "\xe6'))

    assert refusal.code is Code.NOT_UTF8
    assert refusal.context == {"file": NAME, "byte": 12}


def test_a_file_of_50_megabytes_is_not_even_read(
    system: Gadelys, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    with path.open("wb") as file:
        file.truncate(50_000_000)

    refusal = refused(system, path)

    assert refusal.code is Code.FILE_TOO_LARGE
    assert refusal.context == {
        "file": NAME,
        "bytes": 50_000_000,
        "limit": LIMIT_BYTES,
    }


def test_a_missing_file_is_not_found(system: Gadelys, tmp_path: Path) -> None:
    refusal = refused(system, tmp_path / "nowhere.json")

    assert isinstance(refusal, NotFound)
    assert refusal.context == {"file": "nowhere.json", "problem": "not found"}


def test_a_folder_is_refused(system: Gadelys, tmp_path: Path) -> None:
    refusal = refused(system, tmp_path)

    assert (type(refusal), refusal.code) == (Refused, Code.BAD_FILE)
    assert refusal.context["problem"] == "Is a directory"


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda c: c["findings"].append(lamp(c)), "listed twice: 2026-01"),
        (lambda c: c.update(later=[lamp(c)]), "listed twice: 2026-01"),
        (lambda c: c.update(extra=1), "extra: "),
        (lambda c: c["walk"].update(leader="Fru Jensen"), "walk.leader: "),
        (lambda c: lamp(c).update(owner="nobody"), "findings.0.owner: "),
        (lambda c: lamp(c).update(history=[]), "findings.0.history: "),
        (lambda c: lamp(c).update(number="../2026"), "findings.0.number: "),
        (lambda c: lamp(c).update(number="2026-01\n"), "findings.0.number: "),
        (lambda c: lamp(c)["point"].update(lat=None), "findings.0.point.lat: "),
        (lambda c: c["walk"].update(route_length_m=float("nan")), "route_length_m: "),
        (lambda c: c["walk"].update(starts_at="2026-10-08T17:15"), "starts_at: "),
        (lambda c: c["walk"].update(number="x" * 61), "walk.number: "),
        (lambda c: c.pop("walk"), "walk: "),
    ],
    ids=[
        "a number twice",
        "a number twice, once later",
        "an unknown key",
        "an unknown key of the walk",
        "an unknown key of a finding",
        "no history",
        "a path as number",
        "a line break in a number",
        "half a point",
        "NaN as a length",
        "a start without offset",
        "a number too long",
        "no walk",
    ],
)
def test_a_faulty_section_is_named(
    system: Gadelys, tmp_path: Path, spoil: Spoil, problem: str
) -> None:
    content = small_file()
    spoil(content)

    refusal = refused(system, write(tmp_path, content))

    assert refusal.code is Code.BAD_FILE
    assert refusal.context["file"] == NAME
    assert problem in str(refusal.context["problem"])


def test_a_refused_section_does_not_repeat_what_it_says(
    system: Gadelys, tmp_path: Path
) -> None:
    content = small_file()
    lamp(content)["note_by_neighbour"] = "Fru Jensen"

    assert "Jensen" not in str(refused(system, write(tmp_path, content)))


# ---- entries ----


@pytest.mark.parametrize(
    ("spoil", "index", "code", "kind"),
    [
        (lambda c: nth(c, 2).update(do="dance"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).pop("do"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(do="take_step"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).pop("by"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(by="Fru Jensen"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(by="clock"), 2, Code.NOT_YOUR_CASE, NotAllowed),
        (lambda c: nth(c, 2).update(colour="red"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(number="2026-99"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(stamp={}), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).pop("to"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).pop("on"), 2, Code.BAD_INPUT, Refused),
        (
            lambda c: nth(c, 2).update(at="2026-10-12T09:00:00+02:00"),
            *(2, Code.BAD_INPUT, Refused),
        ),
        (lambda c: nth(c, 2).update(on="12/10-2026"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(on="2026-02-30"), 2, Code.BAD_INPUT, Refused),
        (lambda c: nth(c, 2).update(on=20261012.5), 2, Code.BAD_INPUT, Refused),
        (
            lambda c: nth(c, 2).update(to="municipality/nowhere"),
            *(2, Code.UNKNOWN_UNIT, NotFound),
        ),
        (
            lambda c: nth(c, 2).update(by="municipality/nowhere"),
            *(2, Code.UNKNOWN_UNIT, NotFound),
        ),
        (
            lambda c: lamp(c).update(category="LGT-MOON"),
            *(1, Code.UNKNOWN_CATEGORY, NotFound),
        ),
        (
            lambda c: lamp(c).update(point={"lat": 10.00345, "lon": 57.02695}),
            *(1, Code.COORDINATES_SWAPPED, Refused),
        ),
        (
            lambda c: lamp(c).update(point={"lat": 48.85, "lon": 2.35}),
            *(1, Code.OUTSIDE_COUNTRY, Refused),
        ),
        (lambda c: lamp(c).update(text="x" * 4001), 1, Code.TEXT_TOO_LONG, Refused),
        (lambda c: lamp(c).update(text=None), 1, Code.TEXT_MISSING, Refused),
        (lambda c: lamp(c).update(text=" \n "), 1, Code.TEXT_MISSING, Refused),
        (
            lambda c: lamp(c)["history"].insert(
                2,
                entry(
                    *("hold", "2026-10-13", LIGHTING),
                    reason_code="budget",
                    review_on="2026-10-12",
                ),
            ),
            *(3, Code.DATE_IN_PAST, Refused),
        ),
        (lambda c: nth(c, 4).update(by=LIGHTING), 4, Code.SAME_HANDS, NotAllowed),
        (
            lambda c: nth(c, 4).update(by=f"{LIGHTING}/a17"),
            *(4, Code.SAME_HANDS, NotAllowed),
        ),
        (lambda c: lamp(c)["history"].pop(0), 1, Code.UNKNOWN_FINDING, NotFound),
        (lambda c: nth(c, 1).update(on="2050-01-03"), 1, Code.CALENDAR_ENDS, Refused),
    ],
    ids=[
        "unknown command",
        "no command",
        "a command of the clock",
        "nobody",
        "a person by name",
        "the clock",
        "an unknown key",
        "another number",
        "a stamp of its own",
        "no recipient",
        "no time",
        "on and at",
        "a Danish date",
        "no such day",
        "a number as date",
        "unknown recipient",
        "unknown unit",
        "unknown category",
        "swapped coordinates",
        "outside Denmark",
        "4001 characters",
        "no text",
        "only white space",
        "a past review date",
        "own fix verified",
        "own fix verified by a person",
        "never reported",
        "after the calendar",
    ],
)
def test_a_faulty_entry_is_named(
    system: Gadelys,
    tmp_path: Path,
    spoil: Spoil,
    index: int,
    code: Code,
    kind: type[DomainError],
) -> None:
    content = small_file()
    spoil(content)

    refusal = refused(system, write(tmp_path, content))

    assert (refusal.code, type(refusal)) == (code, kind)
    assert refusal.context["file"] == NAME
    assert refusal.context["finding"] == "2026-01"
    assert refusal.context["entry"] == index


def test_a_time_needs_an_offset(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    del nth(content, 2)["on"]
    nth(content, 2)["at"] = "2026-10-12T09:00:00"

    refusal = refused(system, write(tmp_path, content))

    assert refusal.code is Code.BAD_INPUT
    assert refusal.context["problem"] == "needs an offset"


def test_a_faulty_walk_is_named(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    content["walk"]["ends_at"] = "2026-10-08T16:00:00+02:00"

    refusal = refused(system, write(tmp_path, content))

    assert refusal.context == {
        "field": "ends_at",
        "file": NAME,
        "finding": "walk",
        "entry": 1,
    }


# ---- what an entry means ----


@pytest.fixture
def of_file(tmp_path: Path, register: Register) -> Callable[..., tuple[FileEntry, ...]]:
    def read(content: dict[str, Any]) -> tuple[FileEntry, ...]:
        file = read_walk_file(write(tmp_path, content))
        return entries(file, NAME, register)

    return read


Read = Callable[[dict[str, Any]], tuple[FileEntry, ...]]


def test_a_date_means_noon_in_copenhagen(of_file: Read) -> None:
    content = small_file()
    lamp(content)["history"][3]["on"] = "2026-11-03"  # after the clocks went back

    moments = {
        (one.section, one.index): one.at.astimezone(UTC) for one in of_file(content)
    }

    assert moments["2026-01", 1] == datetime(2026, 10, 9, 10, tzinfo=UTC)
    assert moments["2026-01", 4] == datetime(2026, 11, 3, 11, tzinfo=UTC)


def test_a_time_is_taken_as_it_is_written(of_file: Read) -> None:
    content = small_file()
    del nth(content, 1)["on"]
    nth(content, 1)["at"] = "2026-10-09T23:59:00-03:00"

    [reported] = [e for e in of_file(content) if (e.section, e.index) == ("2026-01", 1)]

    assert reported.at == datetime(2026, 10, 10, 2, 59, tzinfo=UTC)
    assert reported.command.stamp.at == reported.at


def test_the_walk_comes_first_and_then_everything_by_time(of_file: Read) -> None:
    order = [(one.section, one.index) for one in of_file(small_file())]

    assert order == [
        ("walk", 1),
        ("2026-01", 1),
        ("2026-02", 1),
        ("2026-01", 2),
        ("2026-02", 2),
        ("2026-01", 3),
        ("2026-02", 3),
        ("2026-01", 4),
    ]


def test_the_walk_comes_first_even_if_findings_are_older(of_file: Read) -> None:
    content = small_file()
    nth(content, 1)["on"] = "2026-09-01"

    assert isinstance(of_file(content)[0].command, RecordWalk)


def test_entries_of_one_finding_are_never_turned_around(of_file: Read) -> None:
    """A date that is too early is a slip of the pen; the order is what is meant."""
    content = small_file()
    nth(content, 3)["on"] = "2026-10-01"

    own = [one.index for one in of_file(content) if one.section == "2026-01"]

    assert own == [1, 2, 3, 4]


def test_many_entries_of_one_day_keep_their_order(of_file: Read) -> None:
    content = small_file()
    lamp(content)["history"] = [entry("report", "2026-10-09")] + [
        entry("note", "2026-10-09", text=f"Nummer {n}") for n in range(2, 30)
    ]

    own = [one.index for one in of_file(content) if one.section == "2026-01"]

    assert own == list(range(1, 30))


def test_the_finding_says_what_its_report_says(of_file: Read) -> None:
    content = small_file()
    lamp(content).update(severity="akut", channel="paper", place="Ved svinget")

    [report] = [
        one.command
        for one in of_file(content)
        if isinstance(one.command, ReportFinding) and one.section == "2026-01"
    ]

    assert report.text == "To lamper er slukket."
    assert report.category == "LGT-FAIL"
    assert (report.severity, report.channel) == (Severity.ACUTE, Channel.PAPER)
    assert (report.walk, report.place) == ("TEST-2026-01", "Ved svinget")


def test_a_referral_keeps_no_content(of_file: Read) -> None:
    content = small_file()
    lamp(content).update(
        text="Noget om en navngiven familie",
        history=[entry("refer_out", "2026-10-09", forum="SSP")],
    )

    [referral] = [
        e.command for e in of_file(content) if isinstance(e.command, ReferOut)
    ]

    assert "familie" not in referral.model_dump_json()
    assert (referral.forum, referral.walk) == ("SSP", "TEST-2026-01")


def test_ids_of_entries_are_the_same_every_time(of_file: Read) -> None:
    first = [one.command.stamp.command_id for one in of_file(small_file())]
    second = [one.command.stamp.command_id for one in of_file(small_file())]

    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_command_is_known_by_its_name(of_file: Read, name: str) -> None:
    content = small_file()
    lamp(content)["history"] = [entry(name, "2026-10-09", impossible=True)]

    with pytest.raises(Refused) as caught:
        of_file(content)

    assert "unknown command" not in str(caught.value.context)


def test_what_is_expected_is_gathered_by_day(tmp_path: Path) -> None:
    content = {**small_file(), "expected_on_2026_11_22": {"verified": 1}}

    file = read_walk_file(write(tmp_path, content))

    assert file.expected == {date(2026, 11, 22): {"verified": 1}}


def test_the_shipped_walk_is_the_demo_of_the_specification(system: Gadelys) -> None:
    path = shipped(DEFAULT_WALK)
    content = json.loads(path.read_text("utf-8"))

    done = import_walk(system, path)

    assert done.findings == len(content["findings"]) + len(content["later"])
    assert done.future == 0


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_place_must_have_real_coordinates(
    system: Gadelys, tmp_path: Path, number: float
) -> None:
    content = small_file()
    lamp(content).update(point={"lat": number, "lon": 10.0})

    refusal = refused(system, write(tmp_path, content))

    assert refusal.code is Code.BAD_FILE
    assert "point.lat" in str(refusal.context["problem"])
