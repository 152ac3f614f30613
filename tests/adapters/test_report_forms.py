"""Every form of every report: readable by machines as well, and the same each time."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTChar

from adapters.files.sheets import MARK, Csv, sheet
from adapters.reporting.common import MOST_BARS
from adapters.reporting.forms import KINDS, document, file_of, files_of
from adapters.reporting.making import (
    AnyReport,
    Made,
    Question,
    made_again,
    report_of,
)
from adapters.reporting.model import Section, Sheet, Table
from adapters.reporting.pdf import pdf, printable
from adapters.reporting.workbook import workbook
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound
from domain.values import Actor
from projections.council_report import CouncilReport
from projections.place_report import PlaceReport
from projections.report_parts import ReportKind, rounded
from tests import examples as ex
from tests.projections.long_history import play_demo, playing

DAY = date(2026, 11, 22)
FIRST, LAST = date(2026, 7, 1), date(2026, 12, 31)
AUTUMN = Question(FIRST, LAST, DAY)
LIGHTING = Actor("municipality/street-lighting")
ASKED: Mapping[ReportKind, Question] = {
    ReportKind.WALK: Question(DAY, DAY, DAY, walk=ex.WALK),
    ReportKind.AREA: replace(AUTUMN, area="Aalborg Øst"),
    ReportKind.HALF_YEAR: AUTUMN,
    ReportKind.COUNCIL: AUTUMN,
    ReportKind.UNIT: replace(AUTUMN, unit=LIGHTING, internal=True),
}


@pytest.fixture(scope="module")
def demo() -> Iterator[Gadelys]:
    """Return an installation after the demo walk."""
    with playing(ex.moment("2026-10-01")) as player:
        play_demo(player)
        yield player.system


@pytest.fixture(scope="module")
def made(demo: Gadelys) -> Mapping[ReportKind, Made[AnyReport]]:
    """Return every report of the demo walk."""
    return {kind: report_of(demo, kind, asked) for kind, asked in ASKED.items()}


each = pytest.mark.parametrize("kind", list(ASKED))


# ---- the same each time ----


@each
@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_form_has_the_same_bytes_when_it_is_made_again(
    demo: Gadelys,
    made: Mapping[ReportKind, Made[AnyReport]],
    kind: ReportKind,
    lang: str,
) -> None:
    first = files_of(made[kind], lang)
    again = files_of(made_again(demo, made[kind].report.pins, kind), lang)

    assert again == first
    assert {name.rpartition(".")[2] for name in first} >= {"html", "pdf", "xlsx"}


@each
def test_every_form_says_what_it_is_made_of(
    made: Mapping[ReportKind, Made[AnyReport]], kind: ReportKind
) -> None:
    position = str(made[kind].report.pins.position)
    files = files_of(made[kind], "da")
    book = book_of(files["rapport.xlsx"])

    assert f"hændelse {position}" in files["rapport.html"].decode()
    assert f"hændelse {position}" in words_of(files["rapport.pdf"])
    assert ["Hændelse nummer", position] in [
        list(row) for row in book["Om udtrækket"].iter_rows(values_only=True)
    ]


# ---- on paper ----


def words_of(content: bytes) -> str:
    """Return the words of a PDF, as a search finds them."""
    found = extract_text(io.BytesIO(content))
    return " ".join(unicodedata.normalize("NFC", found).split())


def elements(node: Any) -> Iterator[Any]:
    """Yield every element of the structure of a PDF, from the outside in."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


@each
@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_pdf_can_be_heard_and_kept(
    made: Mapping[ReportKind, Made[AnyReport]], kind: ReportKind, lang: str
) -> None:
    one = made[kind]
    title = document(one.report, Texts(lang, one.register)).title
    with pikepdf.open(io.BytesIO(file_of(one, "rapport.pdf", lang))) as read:
        with read.open_metadata() as meta:
            assert meta["dc:title"] == title
            assert meta["pdfaid:part"] == "2"
            assert meta["pdfaid:conformance"] == "A"
            assert meta["pdfuaid:part"] == "1"
        root = read.Root
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(root.Lang) == lang
        found = list(elements(root.StructTreeRoot))
    kinds = [str(element.S) for element in found]

    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= set(kinds)
    figures = [element for element in found if str(element.S) == "/Figure"]
    assert all(str(figure.Alt) for figure in figures)
    assert bool(figures) is (kind is not ReportKind.UNIT)


def test_every_font_is_in_the_file(made: Mapping[ReportKind, Made[AnyReport]]) -> None:
    content = file_of(made[ReportKind.WALK], "rapport.pdf", "da")

    with pikepdf.open(io.BytesIO(content)) as read:
        fonts = [
            one
            for one in read.objects
            if isinstance(one, pikepdf.Dictionary)
            and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        for font in fonts:
            assert "IBMPlexSans" in str(font.FontName)
            assert {"/FontFile2", "/FontFile3"} & set(font.keys())


def test_a_pdf_has_the_sentences_and_numbers_of_the_page(
    made: Mapping[ReportKind, Made[AnyReport]],
) -> None:
    one = made[ReportKind.COUNCIL]
    written = document(one.report, Texts("da", one.register))
    words = words_of(file_of(one, "rapport.pdf", "da"))

    for line in (*written.summary, *(part.title for part in written.sections)):
        assert line in words


def test_no_word_of_a_crowded_table_lies_across_the_next_column(
    made: Mapping[ReportKind, Made[AnyReport]],
) -> None:
    long = "Bænk, legeplads eller mødested og en del mere, som skal med i cellen"
    rows = (
        ("2026-01223", long, "Nordkvarteret", long, "Politiet", "05.05.2026"),
        ("2026-01224", long, "Islandshøjparken/Nivåhøj", long, "–", "05.05.2026"),
    )
    heads = ("Sag", "Emne", "Område", "Begrundelse", "Hvem kan hjælpe", "Afvist")
    told = made[ReportKind.COUNCIL]
    texts = Texts("da", told.register)
    crowded = Section("Afvist", (), (Table("Afvist", heads, rows),))
    written = replace(document(told.report, texts), sections=(crowded,))

    letters = letters_of(pdf(written, texts, "Gadelys", told.report.pins.known_at))

    assert [pair for pair in pairwise(letters) if overlap(*pair)] == []


def letters_of(content: bytes) -> list[LTChar]:
    """Return the letters of a PDF line by line, from left to right."""
    found: list[LTChar] = []

    def gather(node: Iterable[object]) -> None:
        for one in node:
            if isinstance(one, LTChar):
                found.append(one)
            elif isinstance(one, Iterable):
                gather(one)

    for page in extract_pages(io.BytesIO(content)):
        gather(page)
    return sorted(found, key=lambda one: (round(one.y0), one.x0))


def overlap(left: LTChar, right: LTChar) -> bool:
    same_line = round(left.y0) == round(right.y0)
    return same_line and right.x0 < left.x1 - 1


@pytest.mark.parametrize(
    "name", ["#eval(1)", "*fed* _kursiv_", "$x$ @ref <mærke>", '"; //', "Ærø ½ → €"]
)
def test_what_people_call_things_is_printed_and_never_obeyed(
    made: Mapping[ReportKind, Made[AnyReport]], name: str
) -> None:
    one = made[ReportKind.COUNCIL]
    texts = Texts("da", one.register)
    written = replace(document(one.report, texts), title=name)

    content = pdf(written, texts, "x", one.report.pins.known_at)

    assert name in words_of(content)


def test_a_sign_that_no_font_has_stops_nobody(
    made: Mapping[ReportKind, Made[AnyReport]],
) -> None:
    one = made[ReportKind.COUNCIL]
    texts = Texts("da", one.register)
    written = replace(document(one.report, texts), title="Åvej 🌳 東 \ufffd\u200b\x07")

    content = pdf(written, texts, "x", one.report.pins.known_at)

    assert "Åvej ? ?" in words_of(content)
    assert printable("Åvej – »½ × €« ≤ Łódź") == "Åvej – »½ × €« ≤ Łódź"


# ---- to count with ----


def book_of(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


@each
def test_a_workbook_opens_with_real_numbers_and_days(
    made: Mapping[ReportKind, Made[AnyReport]], kind: ReportKind
) -> None:
    book = book_of(file_of(made[kind], "rapport.xlsx", "da"))

    for page in book.worksheets:
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref
        cells = [cell for row in page.iter_rows(min_row=2) for cell in row]
        assert not [one for one in cells if one.data_type == "f"]
        told = [one.value for one in cells if isinstance(one.value, str)]
        if page.title != "Om udtrækket":
            assert not [one for one in told if one.isdecimal() or is_a_day(one)]


def is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def test_a_figure_of_the_workbook_is_the_figure_of_the_report(
    made: Mapping[ReportKind, Made[AnyReport]],
) -> None:
    book = book_of(file_of(made[ReportKind.COUNCIL], "rapport.xlsx", "da"))
    rows = {row[0].value: row for row in book["Nøgletal"].iter_rows(min_row=2)}

    assert rows["K4"][2].value == 14.3
    assert (rows["K4"][4].value, rows["K4"][5].value) == (2, 14)
    undone = list(book["Hvad er ikke gjort, og hvorfor"].iter_rows(min_row=2))
    assert undone[0][6].value == datetime(2026, 10, 30)  # noqa: DTZ001 - a local day


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x", "001"])
def test_words_of_a_workbook_stay_words(text: str) -> None:
    one = Sheet("x", "[*]" * 20, ("a",), ((text,), (None,)))
    content = workbook([one, one], [], ex.moment("2026-11-22"), Texts("da"))
    book = book_of(content)

    assert len({page.title for page in book.worksheets}) == 3
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@each
@pytest.mark.parametrize("form", list(Csv))
def test_sheets_say_the_same_for_excel_and_for_programs(
    made: Mapping[ReportKind, Made[AnyReport]], kind: ReportKind, form: Csv
) -> None:
    is_danish = form is Csv.DANISH
    files = files_of(made[kind], "da", form)
    book = book_of(files["rapport.xlsx"])
    names = [name for name in files if name.endswith(".csv")]

    for name, page in zip(names, book.worksheets, strict=False):
        text = files[name].decode("utf-8")
        assert text.startswith(MARK) is is_danish
        between = ";" if is_danish else ","
        lines = io.StringIO(text.removeprefix(MARK), newline="")
        read = list(csv.reader(lines, delimiter=between))
        shown = [
            [as_text(cell, "," if is_danish else ".") for cell in row]
            for row in page.iter_rows(values_only=True)
        ]
        assert read == shown


def as_text(cell: object, comma: str) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case float():
            return str(cell).replace(".", comma)
        case _:
            return str(cell)


def test_the_standard_form_has_points_and_no_mark() -> None:
    assert sheet([["a;b", 2.5, date(2026, 1, 2), "=1"]], Csv.STANDARD) == (
        b"a;b,2.5,2026-01-02,'=1\r\n"
    )


# ---- on a map ----


def geojson_of(made: Made[AnyReport]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file_of(made, "sager.geojson", "da"))
    return found


@pytest.mark.parametrize(
    "kind", [ReportKind.WALK, ReportKind.AREA, ReportKind.COUNCIL, ReportKind.UNIT]
)
def test_the_map_is_geojson_as_the_rfc_has_it(
    made: Mapping[ReportKind, Made[AnyReport]], kind: ReportKind
) -> None:
    found = geojson_of(made[kind])

    assert found["type"] == "FeatureCollection"
    assert not {"crs", "coordinates", "geometry", "properties"} & set(found)
    assert len({one["id"] for one in found["features"]}) == len(found["features"])
    for one in found["features"]:
        assert set(one) == {"type", "id", "geometry", "properties"}
        assert one["type"] == "Feature"
        if one["geometry"]:
            assert one["geometry"]["type"] == "Point"
            lon, lat = one["geometry"]["coordinates"]
            assert (9 < lon < 11, 56 < lat < 58) == (True, True)


def test_published_places_are_squares_and_social_cases_have_none(
    demo: Gadelys, made: Mapping[ReportKind, Made[AnyReport]]
) -> None:
    """Where people do something to each other is a place that others live at."""
    asked = replace(ASKED[ReportKind.WALK], internal=True)
    inside = report_of(demo, ReportKind.WALK, asked).report
    outside = made[ReportKind.WALK].report
    assert isinstance(inside, PlaceReport)
    assert isinstance(outside, PlaceReport)
    exact = {one.number: (one.lat, one.lon) for one in inside.cases}

    for one in outside.cases:
        if one.kind == "physical":
            lat, lon = exact[one.number]
            assert lat is not None
            assert lon is not None
            assert (one.lat, one.lon) == rounded(lat, lon)
            assert (one.lat, one.lon) != (lat, lon)
        else:
            assert (one.lat, one.lon) == (None, None)


def test_a_half_year_has_no_map(made: Mapping[ReportKind, Made[AnyReport]]) -> None:
    with pytest.raises(KeyError):
        file_of(made[ReportKind.HALF_YEAR], "sager.geojson", "da")


# ---- pictures ----


def test_a_picture_has_no_more_bars_than_can_be_read(demo: Gadelys) -> None:
    asked = replace(AUTUMN, internal=True)
    report = report_of(demo, ReportKind.COUNCIL, asked)
    assert isinstance(report.report, CouncilReport)
    written = document(report.report, Texts("da", report.register))
    charts = [
        table.chart for part in written.sections for table in part.tables if table.chart
    ]

    assert charts
    assert all(len(chart.bars) <= MOST_BARS + 1 for chart in charts)
    for chart in charts:
        assert all(f"{bar.name} {bar.length}" in chart.told for bar in chart.bars)


# ---- what a report is not made of ----


@pytest.mark.parametrize(
    ("kind", "asked", "code"),
    [
        (ReportKind.WALK, Question(DAY, DAY, DAY, walk="NOWHERE"), Code.UNKNOWN_WALK),
        (ReportKind.AREA, replace(AUTUMN, area="Månen"), Code.UNKNOWN_AREA),
        (
            ReportKind.UNIT,
            replace(AUTUMN, unit=Actor("municipality/nobody")),
            Code.UNKNOWN_UNIT,
        ),
    ],
)
def test_what_is_not_there_has_no_report(
    demo: Gadelys, kind: ReportKind, asked: Question, code: Code
) -> None:
    with pytest.raises(NotFound) as caught:
        report_of(demo, kind, asked)

    assert caught.value.code is code


def test_a_walk_has_the_same_numbers_alone_as_among_all(
    demo: Gadelys, made: Mapping[ReportKind, Made[AnyReport]]
) -> None:
    """It is read from its own streams; the council's report from all facts."""
    alone, among = made[ReportKind.WALK].report, made[ReportKind.COUNCIL].report
    assert isinstance(alone, PlaceReport)
    assert isinstance(among, CouncilReport)

    assert alone.totals == among.totals
    assert alone.all_cases == among.all_cases
    assert (alone.declined, alone.waiting) == (among.declined, among.waiting)
    assert alone.pins.position == demo.store.last_position()
    assert alone.pins.first == date(2026, 10, 8)


def test_every_file_has_a_kind(made: Mapping[ReportKind, Made[AnyReport]]) -> None:
    endings = {
        name.rpartition(".")[2] for one in made.values() for name in files_of(one, "da")
    }

    assert endings == set(KINDS)
