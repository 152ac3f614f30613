"""All forms of one report, as files; the same pins give the same bytes."""

from pydantic import TypeAdapter

from adapters.files.sheets import Csv, sheet
from adapters.reporting import council, council_sheets, half_year, place, unit
from adapters.reporting.common import pinned
from adapters.reporting.geojson import geojson
from adapters.reporting.making import AnyReport, Made
from adapters.reporting.model import Document, Place, Sheet
from adapters.reporting.page import page
from adapters.reporting.pdf import pdf
from adapters.reporting.workbook import workbook
from adapters.texts import Texts
from projections.council_report import SINCE_SECOND, CouncilReport, as_first
from projections.half_year import HalfYear
from projections.place_report import PlaceReport
from projections.report_parts import Pins, ReportKind, case_line
from projections.unit_report import UnitReport

REPORT: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)
PINS = TypeAdapter(Pins)

PAGE, PAPER, BOOK = "rapport.html", "rapport.pdf", "rapport.xlsx"
REPORT_FILE, PLACES = "rapport.json", "sager.geojson"

KINDS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
}
"""What a file is, by the ending of its name."""


def document(report: AnyReport, texts: Texts) -> Document:
    """Return a report in words; names are those of the pinned register."""
    match report:
        case CouncilReport():
            return council.document(report, texts)
        case HalfYear():
            return half_year.document(report, texts)
        case PlaceReport():
            return place.document(report, texts)
        case UnitReport():
            return unit.document(report, texts)


def sheets(report: AnyReport, texts: Texts) -> tuple[Sheet, ...]:
    """Return a report as sheets to count with."""
    match report:
        case CouncilReport():
            return council_sheets.sheets(report, texts)
        case HalfYear():
            return half_year.sheets(report, texts)
        case PlaceReport():
            return place.sheets(report, texts)
        case UnitReport():
            return unit.sheets(report, texts)


def places(made: Made[AnyReport], texts: Texts) -> tuple[Place, ...] | None:
    """Return the cases of a report for a map; `None` where it is not about cases."""
    match made.report:
        case PlaceReport() as report:
            return place.places(report.cases, texts)
        case UnitReport() as report:
            return place.places((*report.open_cases, *report.fixed), texts)
        case CouncilReport() as report:
            as_of, internal = report.pins.as_of, report.pins.internal
            cases = (
                case_line(case, as_of, internal=internal)
                for case in made.cohort.counted
            )
            return place.places(cases, texts)
        case HalfYear():
            return None


def as_json(made: Made[AnyReport], kind: ReportKind | None = None) -> bytes:
    """Return the typed report itself; its pins make it again.

    Args:
        made: the report.
        kind: in which shape, where an older one is meant.
    """
    report = made.report
    if kind is ReportKind.FIRST_COUNCIL and isinstance(report, CouncilReport):
        first, later = as_first(report), set(SINCE_SECOND)
        return REPORT.dump_json(first, indent=1, exclude=later) + b"\n"
    return REPORT.dump_json(report, indent=1) + b"\n"


def names_of(made: Made[AnyReport], lang: str) -> tuple[str, ...]:
    """Return the name of every file there is of a report, without making them."""
    texts = Texts(lang, made.register)
    of_sheets = (f"{one.file}.csv" for one in sheets(made.report, texts))
    mapped = (PLACES,) if not isinstance(made.report, HalfYear) else ()
    return (PAGE, PAPER, BOOK, REPORT_FILE, *mapped, *of_sheets)


def file_of(
    made: Made[AnyReport], name: str, lang: str, form: Csv = Csv.DANISH
) -> bytes:
    """Return one file of a report.

    Raises: KeyError for a name that is not in `names_of`.
    """
    texts, report = Texts(lang, made.register), made.report
    match name:
        case "rapport.html":
            return page(document(report, texts), texts).encode()
        case "rapport.pdf":
            author, known_at = author_of(made, texts), report.pins.known_at
            return pdf(document(report, texts), texts, author, known_at)
        case "rapport.xlsx":
            pins = pinned(report.pins, texts)
            return workbook(sheets(report, texts), pins, report.pins.known_at, texts)
        case "rapport.json":
            return as_json(made)
        case "sager.geojson":
            if (found := places(made, texts)) is None:
                raise KeyError(name)
            return geojson(found, PINS.dump_python(report.pins, mode="json"))
        case _:
            of_name = {f"{one.file}.csv": one for one in sheets(report, texts)}
            return sheet((of_name[name].heads, *of_name[name].rows), form)


def author_of(made: Made[AnyReport], texts: Texts) -> str:
    """Return who stands behind a report: whose register it is."""
    return texts.show_named(made.register.title)


def files_of(
    made: Made[AnyReport], lang: str, form: Csv = Csv.DANISH
) -> dict[str, bytes]:
    """Return every form of a report by file name."""
    return {name: file_of(made, name, lang, form) for name in names_of(made, lang)}
