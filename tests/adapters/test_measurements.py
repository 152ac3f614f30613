"""Measurements from a file to the report: checked as a whole, taken in once."""

import json
from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest

from adapters.files.measurement_file import SCHEMA, read_measurements
from adapters.files.shipped import DEFAULT_MEASUREMENTS, shipped
from adapters.measuring import (
    Chosen,
    Faulty,
    Wish,
    import_measurements,
    measured,
)
from adapters.reporting.forms import as_json, files_of
from adapters.reporting.making import (
    Made,
    Question,
    council_report_of,
    in_file,
    made_again,
)
from adapters.system import Gadelys
from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.measurement.terms import Metric
from domain.values import Actor
from projections.council_report import CouncilReport
from projections.report_parts import ReportKind
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.adapters.test_cli import COORDINATOR, by
from tests.conftest import StandingClock

SHIPPED = shipped(DEFAULT_MEASUREMENTS)
HEADS = ("series", "metric", "area", "year", "value", "unit", "n", "note")
AUTUMN = (date(2026, 7, 1), date(2026, 12, 31))


@pytest.fixture
def surveyed(system: Gadelys, now: StandingClock, tmp_path: Path) -> Gadelys:
    """Return an installation in which one series is described."""
    now.moment = ex.moment("2026-11-01").astimezone(UTC)
    taken_in(system, whole(tmp_path))
    return system


def whole(folder: Path, *values: dict[str, Any], **more: Any) -> Path:
    series = {"series": ex.NEW_SERIES, **ex.described().model_dump(mode="json")}
    body = {"schema": SCHEMA, "series": [series], "values": list(values), **more}
    return written(folder, json.dumps(body, indent=1, ensure_ascii=False), "m.json")


def written(folder: Path, text: str, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def rows(folder: Path, *lines: Sequence[object], heads: Sequence[str] = HEADS) -> Path:
    table = (heads, *lines)
    return written(folder, "\n".join(",".join(map(str, one)) for one in table) + "\n")


def line(value: object = 80.5, **changes: object) -> list[object]:
    told = {
        "series": ex.NEW_SERIES,
        "metric": "share_safe",
        "area": "Aalborg Øst",
        "year": 2021,
        "value": value,
        "unit": "percent",
        "n": 293,
        "note": "",
    }
    return list((told | changes).values())


def taken_in(
    system: Gadelys, path: Path, who: Actor = ex.COORDINATOR
) -> tuple[int, int]:
    done = import_measurements(system, Wish(path, who))
    return done.facts, done.known


def faults(system: Gadelys, path: Path, **more: Any) -> list[tuple[int, Code]]:
    before = system.store.last_position()
    with pytest.raises(Faulty) as refused:
        import_measurements(system, Wish(path, ex.COORDINATOR, **more))

    assert system.store.last_position() == before
    return [(one.line, one.error.code) for one in refused.value.faults]


# ---- what is taken in ----


def test_the_shipped_file_is_taken_in_once(system: Gadelys, now: StandingClock) -> None:
    now.moment = ex.moment("2026-11-01").astimezone(UTC)

    assert taken_in(system, SHIPPED) == (18, 0)
    assert taken_in(system, SHIPPED) == (0, 18)
    assert taken_in(system, SHIPPED, ex.POLICE) == (0, 18)


def test_the_shipped_file_says_where_each_figure_is_from() -> None:
    body = json.loads(SHIPPED.read_bytes())

    assert all(one["source_url"] for one in body["series"])
    assert {one["metric"] for one in body["values"]} <= {
        *("share_safe", "share_unsafe", "trust_police"),
    }
    assert all(one["published"] and one["n"] for one in body["values"])


@pytest.mark.parametrize(
    "text",
    [
        (
            "series,metric,area,year,value,unit,n\n"
            "tryghedsundersoegelsen,share_safe,Aalborg Øst,2021,80.5,percent,293\n"
        ),
        (
            "serie;mål;område;år;værdi;enhed;n\r\n"
            "tryghedsundersoegelsen;share_safe;Aalborg Øst;2021;80,5;percent;293\r\n"
        ),
        (
            "\ufeffserie;mål;område;år;værdi;enhed;n\n\n"
            "tryghedsundersoegelsen;share_safe;Aalborg Øst;2021;80,5;percent;293\n"
            ";;;;;;\n"
        ),
    ],
    ids=["standard", "danish", "from-excel"],
)
def test_a_sheet_is_read_as_danes_and_as_others_write_it(
    surveyed: Gadelys, tmp_path: Path, text: str
) -> None:
    assert taken_in(surveyed, written(tmp_path, text)) == (1, 0)
    [series] = measured(surveyed, Chosen())
    assert series.figures[0].value == 80.5


def test_a_remark_may_run_over_lines_and_faults_still_have_their_own(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    path = rows(tmp_path, line(note='"Vægtet\nefter køn"'), line(101, year=2022))

    assert faults(surveyed, path) == [(4, Code.FIGURE_OUT_OF_RANGE)]


def test_a_corrected_figure_stays_when_the_old_file_comes_again(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    path = rows(tmp_path, line())
    taken_in(surveyed, path)
    surveyed.submit(ex.measurements("2026-10-30")[5])

    assert taken_in(surveyed, path) == (0, 1)
    [series] = measured(surveyed, Chosen())
    assert series.figures[0].value == 82.9


def test_trying_stores_nothing(surveyed: Gadelys, tmp_path: Path) -> None:
    before = surveyed.store.last_position()
    wish = Wish(rows(tmp_path, line()), ex.COORDINATOR, only_check=True)

    assert import_measurements(surveyed, wish).facts == 1
    assert surveyed.store.last_position() == before


def test_progress_is_told(surveyed: Gadelys, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = rows(tmp_path, line(), line(year=2022))
    import_measurements(
        surveyed, Wish(path, ex.COORDINATOR), lambda *at: told.append(at)
    )

    assert told == [(1, 2), (2, 2)]


# ---- what is wrong with a file ----


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    path = rows(
        tmp_path,
        line(),
        line(),
        line(81),
        line(101, year=2022),
        line(year=2022, n=""),
        line(55, year=2022, metric="index_total", unit="index", n=""),
        line(year=2022, unit="index"),
        line(area="Skagen"),
        line(year=2019),
        line(series="ukendt"),
        line(year="20x2"),
        line()[:-1],
        line(year=2023, note="Naboen Bent Jensen siger det"),
        line(year=2023, note="010190-1234"),
    )

    assert faults(surveyed, path) == [
        (4, Code.FIGURE_DIFFERS),
        (5, Code.FIGURE_OUT_OF_RANGE),
        (6, Code.SAMPLE_MISSING),
        (7, Code.MIXED_METRICS),
        (8, Code.WRONG_UNIT),
        (9, Code.UNKNOWN_SERIES_AREA),
        (10, Code.YEAR_OUTSIDE),
        (11, Code.UNKNOWN_SERIES),
        (12, Code.BAD_INPUT),
        (13, Code.BAD_INPUT),
        (14, Code.PERSONS_NAMED),
        (15, Code.PERSONS_NAMED),
    ]


def test_a_remark_that_was_looked_at_is_taken_but_never_a_cpr_number(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    named = rows(tmp_path, line(note="Bent Jensens Vej er talt med"))
    looked = Wish(named, ex.COORDINATOR, checked=True)
    assert import_measurements(surveyed, looked).facts == 1

    number = rows(tmp_path, line(year=2022, note="010190-1234"))
    assert faults(surveyed, number, checked=True) == [(2, Code.CPR_NUMBER)]


def test_a_full_stop_in_a_danish_number_is_asked_about(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    text = (
        "serie;mål;område;år;værdi;enhed;n\n"
        "tryghedsundersoegelsen;report_count;Aalborg Øst;2021;27.510;count;\n"
    )

    assert faults(surveyed, written(tmp_path, text)) == [(2, Code.NUMBER_UNCLEAR)]


def test_the_lines_of_a_json_file_are_counted_too(
    system: Gadelys, now: StandingClock, tmp_path: Path
) -> None:
    now.moment = ex.moment("2026-11-01").astimezone(UTC)
    good = dict(zip(HEADS, line(), strict=True))
    path = whole(tmp_path, good, {**good, "value": 101, "year": 2022})
    [second] = [
        nth
        for nth, text in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if '"value": 101' in text
    ]
    [(at, code)] = faults(system, path)

    assert code is Code.FIGURE_OUT_OF_RANGE
    assert at == second - 5  # where its object begins


def test_a_figure_of_tomorrow_is_refused(surveyed: Gadelys, tmp_path: Path) -> None:
    heads = (*HEADS, "published")
    path = rows(tmp_path, [*line(), "2027-01-01"], heads=heads)

    assert faults(surveyed, path) == [(2, Code.DATE_IN_FUTURE)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "+ series, metric, area, year, value, unit, n"),
        ("series,metric\n", "+ area, year, value, unit, n"),
        ("series,metric,area,year,value,unit,n,navn\n", "? navn"),
        ("series,metric,area,year,value,unit,n\n", "no_entries"),
        ('series,metric,area,year,value,unit,n\na,"b', "2: unexpected end of data"),
        ("{", "Expecting property name"),
        ('{"schema": "walk-file/1"}', "schema: walk-file/1 (measurements/1)"),
        ('{"schema": "measurements/1", "sums": []}', "sums"),
        ('{"schema": "measurements/1", "values": {}}', "values"),
        ('{"schema": "measurements/1", "values": [1]}', "values: 1"),
        (
            '{"schema": "measurements/1", "values": [{"value": NaN}]}',
            "NaN is no number",
        ),
        ('{"schema": "measurements/1"}', "no_entries"),
        (2000 * "[", "recursion"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_measurements(written(tmp_path, text))

    assert refused.value.code is Code.BAD_FILE
    assert problem in str(refused.value.context["problem"])


def test_only_coordinators_take_measurements_in(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    path = rows(tmp_path, line())

    with pytest.raises(NotAllowed):
        import_measurements(surveyed, Wish(path, ex.LIGHTING))
    with pytest.raises(NotFound) as refused:
        import_measurements(surveyed, Wish(path, ex.STRANGER))
    assert refused.value.code is Code.UNKNOWN_UNIT


# ---- on the command line ----


def test_the_verbs_of_measurements_tell_one_story(line: Line) -> None:
    file = str(SHIPPED)
    tried = line("measurements", "import", file, "--check", *by())
    assert "18 nye" in tried.out
    assert "Intet er gemt" in tried.out
    assert "18 nye" in line("measurements", "import", file, *by()).out
    again = line("measurements", "import", file, "--json", *by()).json
    assert again == {"checked_only": False, "entries": 18, "new": 0, "known": 18}

    survey = "tryghedsundersoegelsen"
    place = ("--metric", "share_safe", "--area", "Hele landet", "--year", "2021")
    why = ("--reason", "Trykfejl i kilden.")
    mended = line(
        "measurements", "correct", survey, *place, "--value", "88.2", *why, *by()
    )
    assert "Andel trygge, Hele landet, 2021 til 88,2 %" in mended.out
    shown = line("measurements", "show", survey, "--json", *reading()).json
    [series] = shown["series"]
    [figure] = [
        one
        for one in series["figures"]
        if (one["year"], one["metric"]) == (2021, "share_safe")
    ]
    assert (figure["value"], figure["n"]) == (88.2, 27510)

    assert line("measurements", "withdraw", survey, *place, *why, *by()).code == 0
    gone = line("measurements", "withdraw", survey, *place, *why, *by())
    assert (gone.code, "(unknown_figure)" in gone.err) == (1, True)
    left = ("--area", "Aalborg", "--year", "2024", "--left")
    assert "fra 2024: nej" in line("measurements", "area", survey, *left, *by()).out
    everything = line("measurements", "list", *reading()).out
    assert "Aalborg er ikke på seriens liste fra 2024." in everything
    assert "kan ikke sammenlignes" in everything


def test_a_faulty_file_is_told_of_line_by_line(line: Line, tmp_path: Path) -> None:
    line("measurements", "import", str(SHIPPED), *by())
    bad = written(
        tmp_path,
        "serie;mål;område;år;værdi;enhed;n\n"
        "tryghedsundersoegelsen;share_safe;Nordjylland;2022;101;percent;500\n"
        "tryghedsundersoegelsen;share_safe;Nordjylland;2022;88,1;percent;\n",
    )
    told = line("measurements", "import", str(bad), *by())

    assert told.code == 1
    assert "2 af 2 linjer i m.csv kan ikke bruges. Intet er gemt." in told.err
    assert "linje 2: Tallet 101 kan ikke passe. En procent er højst 100." in told.err
    assert "linje 3: Andelen mangler antallet af svar." in told.err
    problem = line("measurements", "import", str(bad), "--json", *by()).problem
    assert [one["line"] for one in problem["faults"]] == [2, 3]
    assert [one["code"] for one in problem["faults"]] == [
        *("figure_out_of_range", "sample_missing"),
    ]


def test_an_owner_tells_how_an_effort_goes(line: Line) -> None:
    autumn = ("--from", "2024-07-01", "--to", "2024-12-31")
    how = ("--source", "Ungekontakten", "--method", "Optælling")
    tell = ("measurements", "tell", "F5", "agreements", *autumn, *how, "--value")
    owner = by("municipality/children-education")

    assert "oplyste agreements i F5" in line(*tell, "12", *owner).out
    other = line(*tell, "13", *owner)
    assert (other.code, "gentag med --reason" in other.err) == (1, True)
    assert line(*tell, "13", "--reason", "Én var glemt.", *owner).code == 0
    assert line(*tell, "14", *by(COORDINATOR)).code == 4


def test_what_cannot_be_read_is_said_to_be_so(line: Line) -> None:
    place = ("--area", "Aalborg", "--year", "2021", "--reason", "x", "--value", "1")
    wrong = line("measurements", "correct", "x", "--metric", "trygge", *place, *by())

    assert wrong.code == 2
    assert "share_safe" in wrong.err
    nothing = line("measurements", "list", *reading())
    assert "Der er ingen målinger" in nothing.out
    assert line("measurements", "show", "ukendt", *reading()).code == 1
    assert line("measurements", "list", "--internal", *COUNCIL).code == 4


COUNCIL = ("--by", "municipality/city-council", "--for", "supervision")


def reading() -> tuple[str, ...]:
    return ("--by", COORDINATOR)


# ---- in the report ----


def made(system: Gadelys, as_of: date = AUTUMN[1], **more: Any) -> Made[CouncilReport]:
    return council_report_of(system, Question(*AUTUMN, as_of, **more))


def values(of: Made[CouncilReport]) -> dict[tuple[str, str, int], float | None]:
    return {
        (one.series, figure.area, figure.year): figure.value
        for one in of.report.measured
        for figure in one.figures
        if figure.metric is Metric.SHARE_SAFE
    }


@pytest.fixture
def both(system: Gadelys, now: StandingClock) -> Gadelys:
    """Return an installation that took the shipped figures in on 1 November 2026."""
    now.moment = ex.moment("2026-11-01").astimezone(UTC)
    taken_in(system, SHIPPED)
    return system


def test_each_series_is_a_section_by_itself_and_its_break_is_told(
    both: Gadelys,
) -> None:
    page = files_of(made(both), "da")["rapport.html"].decode()
    old = "Politiets Tryghedsindeks – spørgeskemaet, 2013–2019"
    new = "Justitsministeriets Tryghedsundersøgelse, 2021–"

    assert page.index(f">{new}<") > page.index(f">{old}<")
    assert "Tal på hver sin side af bruddet viser ingen udvikling." in page
    assert "47,8–59,1 (beregnet)" in page
    assert "De viser ikke, hvad vandringerne har ført til" in page


def test_both_axes_hold_for_measurements(both: Gadelys, now: StandingClock) -> None:
    """A figure counts from the day it was published, once somebody has told it."""
    early = made(both, date(2021, 12, 31))
    assert {year for _, _, year in values(early)} == {2014, 2015, 2019}

    before = made(both)
    now.moment = ex.moment("2026-12-01").astimezone(UTC)
    both.submit(
        ex.measurements("2026-12-01")[5].model_copy(
            update={
                "series": "tryghedsundersoegelsen",
                "cell": ex.cell("Hele landet"),
                "figure": ex.share(88.2, 27510),
            }
        )
    )
    place = ("tryghedsundersoegelsen", "Hele landet", 2021)
    assert made_again(both, before.report.pins).report == before.report
    assert files_of(made_again(both, before.report.pins), "da") == files_of(
        before, "da"
    )
    known_then = ex.moment("2026-11-15")
    assert values(made(both))[place] != values(before)[place]
    assert values(made(both, as_known=known_then)) == values(before)


def test_small_samples_are_in_the_internal_report_only(
    surveyed: Gadelys, tmp_path: Path
) -> None:
    taken_in(surveyed, rows(tmp_path, line(70, n=29)))
    place = (ex.NEW_SERIES, "Aalborg Øst", 2021)

    assert values(made(surveyed))[place] is None
    assert values(made(surveyed, internal=True))[place] == 70
    assert (
        "færre end 30 svar" in files_of(made(surveyed), "da")["rapport.html"].decode()
    )


def test_measurements_are_two_sheets_more(both: Gadelys) -> None:
    files = files_of(made(both), "da")
    outside = files["maalinger.csv"].decode("utf-8-sig").splitlines()
    efforts = files["indsatser.csv"].decode("utf-8-sig")

    assert len(outside) == 17
    assert any("Nordjylland;2014;;85,9;procent;n ukendt" in one for one in outside)
    assert "F7;Tryghedsvandringer holdt;antal;2026-07-01;2026-12-31;0" in efforts


def test_a_report_without_measurements_says_that_there_are_none(
    system: Gadelys, now: StandingClock
) -> None:
    now.moment = ex.moment("2026-11-01").astimezone(UTC)
    page = files_of(made(system), "da")["rapport.html"].decode()

    assert "Der er ingen tal udefra i rapporten." in page


# ---- reports that were written before ----


def test_a_report_of_the_first_shape_is_made_again_byte_for_byte(
    both: Gadelys, tmp_path: Path
) -> None:
    first = as_json(made(both), ReportKind.FIRST_COUNCIL)
    path = written(tmp_path, first.decode(), "rapport.json")
    known, body = in_file(path), json.loads(first)

    assert body["schema"] == known.kind == "council-report/1"
    assert "measured" not in body
    assert {one["by"] for one in body["lines"]} <= {
        *("kind", "area", "category", "authority"),
    }
    assert as_json(made_again(both, known.pins, known.kind), known.kind) == first


def test_the_command_line_repeats_a_report_of_the_first_shape(
    line: Line, tmp_path: Path
) -> None:
    spring = ("report", "council", "--from", "2025-01-01", "--to", "2025-03-09")
    line("report", "2025-01", "--category", "LGT-FAIL", "--text", "Slukket.", *by())
    report = line(*spring, "--json", *reading()).json
    for later in ("strategy", "efforts", "measured", "walked"):
        del report[later]
    report["schema"] = "council-report/1"
    report["lines"] = [one for one in report["lines"] if one["by"] != "focus"]
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    again = line(
        "report",
        "council",
        "--again",
        str(written(tmp_path, text, "rapport.json")),
        *reading(),
    )

    assert again.code == 0


def test_a_report_of_a_shape_that_never_was_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, '{"schema": "council-report/9"}', "rapport.json")

    with pytest.raises(Refused) as refused:
        in_file(path)
    assert "council-report/2" in str(refused.value.context["problem"])
