"""`gadelys report …`: who may have which report, and what is wrong with a wish."""

import json
from pathlib import Path

import pytest

from domain.errors import Code
from tests.adapters.conftest import Line
from tests.adapters.walk_files import small_file, write

COORDINATOR = "municipality/walk-coordinator"
COUNCIL = ("--by", "municipality/city-council", "--for", "supervision")
AUTUMN = ("--from", "2026-07-01", "--to", "2026-12-31")
DAY = ("--as-of", "2026-10-27")
LIGHTING = "municipality/street-lighting"
VERBS = {
    "walk": ("walk", "TEST-2026-01", *DAY),
    "area": ("area", "Teststrædet", *AUTUMN, *DAY),
    "half-year": ("half-year", "2026-2", *DAY),
    "council": ("council", *AUTUMN, *DAY),
    "unit": ("unit", LIGHTING, *AUTUMN, *DAY),
}


@pytest.fixture
def walked(line: Line, tmp_path: Path) -> Line:
    """Return a line with a walk and its cases."""
    file = small_file()
    file["walk"]["area"] = "Teststrædet"
    assert line("import", str(write(tmp_path, file))).code == 0
    return line


@pytest.mark.parametrize("verb", VERBS)
def test_every_report_is_a_folder_that_can_be_made_again(
    walked: Line, tmp_path: Path, verb: str
) -> None:
    out = tmp_path / "rapport"
    first = walked("report", *VERBS[verb], "--out", str(out))
    again = walked("report", verb, "--again", str(out / "rapport.json"))

    assert first.code == 0, first.err
    assert "Rapporten ligger i" in first.out
    assert again.code == 0, again.err
    assert "Den er den samme." in again.err
    assert "Kort fortalt" in again.out
    assert (out / "rapport.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert json.loads((out / "rapport.json").read_text("utf-8"))["pins"]["checkpoint"]


def test_a_report_of_another_kind_is_not_repeated_as_this_one(
    walked: Line, tmp_path: Path
) -> None:
    out = tmp_path / "rapport"
    assert walked("report", *VERBS["walk"], "--out", str(out)).code == 0
    file = str(out / "rapport.json")

    refused = walked("report", "council", "--again", file, "--json")

    assert refused.code == 1
    assert refused.problem["code"] == Code.BAD_FILE
    assert "walk-report/2" in refused.problem["problem"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("half-year",), "2026-1, 2026-2"),
        (("half-year", "2026-3"), "2026-3"),
        (("area", "Teststrædet"), "--from … --to …"),
        (("area", *AUTUMN), "AREA"),
        (("unit", *AUTUMN), "UNIT"),
        (("unit", "nobody at all", *AUTUMN), "nobody at all"),
        (("walk",), "NUMBER"),
        (("walk", "--out", "nowhere"), "NUMBER"),
        (("council", *AUTUMN, "--csv", "excel"), "danish | standard"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    walked: Line, typed: tuple[str, ...], says: str
) -> None:
    refused = walked("report", *typed)

    assert refused.code == 2
    assert says in refused.err


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("area", "Månen", *AUTUMN), Code.UNKNOWN_AREA),
        (("unit", "municipality/nobody", *AUTUMN), Code.UNKNOWN_UNIT),
        (("walk", "NOWHERE", "--out", "nowhere"), Code.UNKNOWN_WALK),
    ],
)
def test_what_is_not_there_is_refused(
    walked: Line, typed: tuple[str, ...], code: Code
) -> None:
    refused = walked("report", *typed, "--json")

    assert refused.problem["code"] == code


@pytest.mark.parametrize("verb", ["walk", "area", "half-year", "council"])
def test_the_council_reads_what_may_be_published(
    walked: Line, tmp_path: Path, verb: str
) -> None:
    out = str(tmp_path / "rapport")

    assert walked("report", *VERBS[verb], "--out", out, *COUNCIL).code == 0
    inside = walked(
        "report", *VERBS[verb], "--internal", "--out", f"{out}-2", *COUNCIL, "--json"
    )
    assert inside.code == 4
    assert inside.problem["action"] == "read_case"


def test_the_report_of_a_unit_is_for_who_may_see_cases(walked: Line) -> None:
    told = walked("report", *VERBS["unit"], "--by", COORDINATOR, "--json")
    refused = walked("report", *VERBS["unit"], *COUNCIL, "--json")

    assert told.json["schema"] == "unit-report/1"
    assert told.json["pins"]["internal"] is True
    assert refused.code == 4
    assert refused.problem["action"] == "read_case"


def test_sheets_are_for_programs_where_that_is_asked(
    walked: Line, tmp_path: Path
) -> None:
    out = tmp_path / "rapport"
    typed = (*VERBS["walk"], "--csv", "standard", "--out", str(out))

    assert walked("report", *typed).code == 0
    head = (out / "sager.csv").read_text("utf-8").partition("\n")[0]
    assert head.startswith("Sag,Emne,")
