"""The report to the council: pinned, made again, fit to be published, readable."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pdfminer.high_level import extract_text
from typing_extensions import override

from adapters.files.sheets import MARK, sheet
from adapters.reporting.council import document, summary
from adapters.reporting.forms import as_json, files_of
from adapters.reporting.making import (
    Made,
    Question,
    council_report_of,
    in_file,
    made_again,
)
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound, Refused
from domain.finding.commands import PersonCommand
from domain.messages import Stamp, derived_id
from domain.register.adoption import AdoptRegister
from domain.walk.commands import RecordWalk
from projections.council_report import CouncilReport
from projections.kpis import KpiCode
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.conftest import StandingClock
from tests.projections.long_history import play_demo, playing
from tests.web.chromium import chromium

AXE = ex.ROOT / "tests/vendor/axe-core/axe.min.js"
DAY = date(2026, 11, 22)
AUTUMN = Question(date(2026, 7, 1), date(2026, 12, 31), DAY)
COUNCIL = ("--by", "municipality/city-council", "--for", "supervision")


@pytest.fixture(scope="module")
def demo() -> Iterator[Gadelys]:
    """Return an installation after the demo walk."""
    with playing(ex.moment("2026-10-01")) as player:
        play_demo(player)
        yield player.system


@pytest.fixture(scope="module")
def made(demo: Gadelys) -> Made[CouncilReport]:
    """Return the report of the demo walk."""
    return council_report_of(demo, AUTUMN)


# ---- what it says ----


def test_the_demo_walk_has_the_totals_its_file_expects(
    made: Made[CouncilReport],
) -> None:
    report = made.report

    assert (report.totals.walks, report.totals.reported) == (1, 15)
    assert (report.totals.verified, report.totals.declined) == (2, 1)
    assert report.totals.late == 5
    assert report.kpi(KpiCode.SOLVED).value == 14.3
    assert report.kpi(KpiCode.SOCIAL).value == 33.3
    assert [one.number for one in report.declined] == ["2026-15"]
    assert [one.number for one in report.waiting] == ["2026-03", "2026-08", "2026-09"]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_three_sentences_are_made_from_the_numbers(
    made: Made[CouncilReport], lang: str
) -> None:
    told = summary(made.report, Texts(lang, made.register))

    assert [re.findall(r"\d+", line)[-2:] for line in told] == [
        ["1", "15"],
        ["1", "12"],
        ["5", "3"],
    ]


def test_an_empty_period_is_said_to_be_empty(demo: Gadelys) -> None:
    spring = Question(date(2026, 1, 1), date(2026, 6, 30), DAY)
    made = council_report_of(demo, spring)
    texts = Texts("da", made.register)

    assert "Der er ingen sager i perioden." in summary(made.report, texts)
    assert document(made.report, texts).sections[0].tables == ()


def test_nothing_that_people_wrote_is_in_it(made: Made[CouncilReport]) -> None:
    files = files_of(made, "da")
    packed = zipfile.ZipFile(io.BytesIO(files["rapport.xlsx"]))
    paper = extract_text(io.BytesIO(files["rapport.pdf"]))
    sheets = [packed.read(name).decode() for name in packed.namelist()]
    plain = [
        content.decode()
        for name, content in files.items()
        if not name.endswith((".pdf", ".xlsx"))
    ]
    everything = "".join((paper, *sheets, *plain))

    assert "Hækken langs stien" not in everything
    assert "kamera" not in everything.lower()


# ---- pinned, and made again ----


def test_it_is_pinned_to_what_it_was_made_from(
    demo: Gadelys, made: Made[CouncilReport]
) -> None:
    pins = made.report.pins

    assert pins.position == demo.store.last_position()
    assert (pins.as_of, pins.register) == (DAY, 1)
    assert pins.known_at == demo.store.after(pins.position - 1)[0].recorded_at


def test_from_the_same_pins_every_form_has_the_same_bytes(
    demo: Gadelys, made: Made[CouncilReport]
) -> None:
    again = made_again(demo, made.report.pins)

    for lang in ("da", "en"):
        assert files_of(again, lang) == files_of(made, lang)


def ask(
    system: Gadelys, now: StandingClock, command: PersonCommand, learned: str
) -> None:
    now.moment = ex.moment(learned).astimezone(UTC)
    at = command.stamp.at
    identity = derived_id("council", command.NAME, at, learned, command.number)
    stamp = Stamp(by=command.stamp.by, at=at, command_id=identity)
    system.submit(command.model_copy(update={"stamp": stamp}))


def lamp(number: str, day: str) -> PersonCommand:
    return ex.report(walk=ex.WALK, day=day).model_copy(update={"number": number})


@pytest.fixture
def walked(system: Gadelys, now: StandingClock) -> Gadelys:
    """Return an installation with one walk and one case, known the same day."""
    now.moment = ex.moment("2026-10-08 20:00").astimezone(UTC)
    stamp = ex.stamp(day="2026-10-08 19:30")
    system.submit(RecordWalk(number=ex.WALK, stamp=stamp, plan=ex.walk_plan()))
    ask(system, now, lamp("2026-04", "2026-10-09"), "2026-10-09 13:00")
    return system


def test_what_comes_later_changes_no_report_that_was_made(
    walked: Gadelys, now: StandingClock
) -> None:
    """A paper form, another register and a later case: the pins hold."""
    before = council_report_of(walked, AUTUMN)
    ask(walked, now, lamp("2026-05", "2026-10-09"), "2026-10-20")
    shorter = ex.changed_rules(limits={"hold_days": 5})
    now.moment = ex.moment("2026-10-21").astimezone(UTC)
    walked.submit(AdoptRegister(stamp=ex.stamp(day="2026-10-21"), rules=shorter))

    again = made_again(walked, before.report.pins)
    after = council_report_of(walked, AUTUMN)

    assert files_of(again, "da") == files_of(before, "da")
    assert after.report.pins.register == 2
    assert (before.report.totals.reported, after.report.totals.reported) == (1, 2)


def test_both_axes_tell_of_a_form_that_was_typed_in_late(
    walked: Gadelys, now: StandingClock
) -> None:
    ask(walked, now, lamp("2026-05", "2026-10-09"), "2026-10-20")
    first, last, day = AUTUMN.first, AUTUMN.last, date(2026, 10, 12)
    known = ex.moment("2026-10-12 23:59")

    as_known = council_report_of(walked, Question(first, last, day, known))
    as_it_was = council_report_of(walked, Question(first, last, day))

    assert as_known.report.totals.reported == 1
    assert as_it_was.report.totals.reported == 2


def test_before_anything_was_known_there_is_no_report(walked: Gadelys) -> None:
    asked = Question(AUTUMN.first, AUTUMN.last, DAY, ex.moment("2020-01-01"))

    with pytest.raises(NotFound) as caught:
        council_report_of(walked, asked)

    assert caught.value.code is Code.NO_REGISTER


def test_an_area_where_nobody_walked_has_no_report(walked: Gadelys) -> None:
    here = Question(AUTUMN.first, AUTUMN.last, DAY, area="Aalborg Øst")
    nowhere = Question(AUTUMN.first, AUTUMN.last, DAY, area="Månen")

    assert council_report_of(walked, here).report.totals.reported == 1
    with pytest.raises(NotFound) as caught:
        council_report_of(walked, nowhere)
    assert caught.value.code is Code.UNKNOWN_AREA


@pytest.mark.parametrize("content", [b"{}", b"\xff", b'{"schema": "other"}'])
def test_what_is_no_report_has_no_pins(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rapport.json"
    file.write_bytes(content)

    with pytest.raises(Refused) as caught:
        in_file(file)

    assert caught.value.code is Code.BAD_FILE


def test_a_report_that_is_not_there_has_no_pins(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        in_file(tmp_path / "none.json")

    assert caught.value.code is Code.BAD_FILE


def test_the_pins_survive_the_file(tmp_path: Path, made: Made[CouncilReport]) -> None:
    file = tmp_path / "rapport.json"
    file.write_bytes(as_json(made))

    assert in_file(file).pins == made.report.pins


# ---- fit to be published ----


def test_cases_behind_figures_are_for_internal_use(
    demo: Gadelys, made: Made[CouncilReport]
) -> None:
    asked = Question(AUTUMN.first, AUTUMN.last, DAY, internal=True)
    internal = council_report_of(demo, asked).report

    assert internal.kpi(KpiCode.SOLVED).hits == ("2026-05", "2026-11")
    assert made.report.kpi(KpiCode.SOLVED).hits == ()
    assert made.report.kpi(KpiCode.REOPENED).hidden
    assert internal.kpi(KpiCode.REOPENED).value == 33.3


def test_every_line_that_is_published_has_at_least_five(
    made: Made[CouncilReport],
) -> None:
    assert all(line.reported >= 5 for line in made.report.lines)


# ---- the sheets ----


def rows_of(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith(MARK)
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_a_sheet_opens_right_in_a_danish_excel(made: Made[CouncilReport]) -> None:
    content = files_of(made, "da")["noegletal.csv"]
    solved = next(row for row in rows_of(content) if row[0] == "K4")

    assert solved[2] == "14,3"
    assert solved[4:6] == ["2", "14"]
    assert b"\r\n" in content


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"]
)
def test_a_cell_is_never_a_formula(text: str) -> None:
    [[cell]] = rows_of(sheet([[text]]))

    assert cell.startswith("'")


def test_numbers_are_numbers() -> None:
    assert sheet([[-3, 2.5, 4.0, None, 'Ær; "ø"']]).decode() == (
        MARK + '-3;2,5;4;;"Ær; ""ø"""\r\n'
    )


# ---- the page ----


class Outline(HTMLParser):
    """What somebody hears who listens to a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def page(made: Made[CouncilReport]) -> str:
    return files_of(made, "da")["rapport.html"].decode()


def test_the_page_loads_and_runs_nothing(page: str) -> None:
    outline = Outline()
    outline.feed(page)
    names = {name for name, _ in outline.attributes}

    assert not {"script", "img", "link", "iframe", "form"} & {*outline.tags}
    assert not {"src", "href", "srcset", "style"} & (names - {"style"})
    assert not [name for name in names if name.startswith("on")]
    assert "http" not in re.sub(r"http-equiv", "", page)


def test_the_page_can_be_heard(page: str) -> None:
    outline = Outline()
    outline.feed(page)
    tags = outline.tags

    assert '<html lang="da">' in page
    assert tags.count("h1") == 1
    assert tags.count("table") == tags.count("caption")
    assert tags.count("th") == sum(name == "scope" for name, _ in outline.attributes)
    pictures = sum(one == ("role", "img") for one in outline.attributes)
    assert pictures == tags.count("figure") == tags.count("desc") > 0


def test_each_picture_says_the_numbers_of_the_table_beside_it(page: str) -> None:
    told = re.findall(r"<desc[^>]*>([^<]*)</desc>", page)

    assert told[0] == ("Alle sager: Alle sager 15, heraf 2 løst, 1 afvist og 12 åbne")


def test_of_many_lines_the_longest_are_drawn_and_the_rest_as_one(
    demo: Gadelys,
) -> None:
    asked = Question(AUTUMN.first, AUTUMN.last, DAY, internal=True)
    made = council_report_of(demo, asked)
    written = document(made.report, Texts("da", made.register))
    subjects = next(
        table
        for table in written.sections[0].tables
        if table.title == "Sager efter emne"
    )

    assert len(subjects.rows) == 15
    assert subjects.chart
    assert [bar.name for bar in subjects.chart.bars][-1] == "Alle andre"
    assert len(subjects.chart.bars) == 8
    assert sum(bar.length for bar in subjects.chart.bars) == 15


def test_names_of_a_register_cannot_break_the_page(
    demo: Gadelys, made: Made[CouncilReport]
) -> None:
    body = made.register.model_dump(by_alias=True, mode="json")
    for unit in body["units"]:
        unit["da"] = "<script>alert(1)</script>"
    hostile = replace(made, register=type(made.register).model_validate(body))

    assert "<script" not in files_of(hostile, "da")["rapport.html"].decode()


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_browser_finds_no_barrier_in_it(
    made: Made[CouncilReport], lang: str, width: int
) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_content(files_of(made, lang)["rapport.html"].decode())
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run().then(found => found.violations)")
        wide = page.evaluate("document.documentElement.scrollWidth")

    assert [one["id"] for one in found] == []
    assert wide <= width


# ---- the command line ----


@pytest.fixture
def told(line: Line) -> Line:
    """Return a line with one case."""
    report = ("report", "2026-04", "--category", "LGT-FAIL", "--text", "Mørkt.")
    by = ("--by", "municipality/walk-coordinator", "--at", "2025-03-10")
    assert line(*report, *by).code == 0
    return line


SPRING = ("--from", "2025-01-01", "--to", "2025-06-30")


def test_the_report_is_printed_as_text_and_as_json(told: Line) -> None:
    text = told("report", "council", *SPRING)
    typed = told("report", "council", *SPRING, "--json")

    assert "Kort fortalt" in text.out
    assert typed.json["schema"] == "council-report/2"
    assert typed.json["totals"]["reported"] == 1


def test_a_folder_is_written_once_and_its_report_made_again(
    told: Line, tmp_path: Path
) -> None:
    out = tmp_path / "rapport"
    first = told("report", "council", *SPRING, "--out", str(out))
    again = told("report", "council", "--again", str(out / "rapport.json"))
    taken = told("report", "council", *SPRING, "--out", str(out), "--json")

    assert first.code == again.code == 0
    assert "Den er den samme." in again.err
    assert taken.problem["code"] == Code.FOLDER_EXISTS
    pins = json.loads((out / "rapport.json").read_text("utf-8"))["pins"]
    assert pins["checkpoint"]["covers"]
    assert pins["checkpoint"]["root"] in (out / "rapport.html").read_text("utf-8")


def test_a_report_that_was_changed_is_found_out(told: Line, tmp_path: Path) -> None:
    out = tmp_path / "rapport"
    assert told("report", "council", *SPRING, "--out", str(out)).code == 0
    file = out / "rapport.json"
    whole = file.read_text("utf-8")
    pins = json.loads(whole)["pins"]

    for old, new in (
        ('"reported": 1', '"reported": 9'),
        (pins["checkpoint"]["root"], "A" * 43 + "="),
        (pins["known_at"], "2020-01-01T00:00:00Z"),
        (f'"position": {pins["position"]}', '"position": 999'),
        ('"register": 1', '"register": 7'),
    ):
        assert old in whole
        file.write_text(whole.replace(old, new), "utf-8")
        again = told("report", "council", "--again", str(file))

        assert again.code == 1, old
        assert "ikke den samme" in again.err


def test_a_checkpoint_that_came_later_changes_no_report(
    told: Line, tmp_path: Path
) -> None:
    out, later = tmp_path / "rapport", tmp_path / "senere"
    assert told("report", "council", *SPRING, "--out", str(out)).code == 0
    note = ("note", "2026-04", "--text", "Ringet.", "--at", "2025-03-12")
    assert told(*note, "--by", "municipality/walk-coordinator").code == 0
    assert told("report", "council", *SPRING, "--out", str(later)).code == 0

    again = told("report", "council", "--again", str(out / "rapport.json"))

    assert again.code == 0
    sizes = [
        json.loads((one / "rapport.json").read_text("utf-8"))["pins"]["checkpoint"]
        for one in (out, later)
    ]
    assert sizes[0]["size"] < sizes[1]["size"]


def test_only_who_may_read_reports_reads_this_one(told: Line) -> None:
    refused = told(
        "report", "council", *SPRING, "--by", "participant/residents", "--json"
    )

    assert refused.code == 4
    assert refused.problem["code"] == Code.NOT_YOUR_ROLE
    assert refused.problem["action"] == "read_report"


def test_the_council_reads_what_is_published_and_no_cases(told: Line) -> None:
    published = told("report", "council", *SPRING, *COUNCIL, "--json")
    internal = told("report", "council", *SPRING, *COUNCIL, "--internal", "--json")

    assert published.code == 0
    assert internal.code == 4
    assert internal.problem["action"] == "read_case"


@pytest.mark.parametrize(
    "typed",
    [
        (),
        ("--from", "2025-01-01"),
        ("--from", "2025-06-30", "--to", "2025-01-01"),
        ("--from", "2025-01-01", "--to", "2025-06-30", "--as-of", "2999-01-01"),
        ("--from", "i går", "--to", "2025-06-30"),
    ],
)
def test_what_makes_no_sense_is_refused(told: Line, typed: tuple[str, ...]) -> None:
    refused = told("report", "council", *typed, "--json")

    assert refused.code == 2
    assert refused.problem["code"] == Code.BAD_INPUT
