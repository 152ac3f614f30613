"""The reports of one walk and of one area in words."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from adapters.files.sheets import Cell
from adapters.reporting.common import (
    breakdowns,
    counted,
    excluded_of,
    figures,
    heads,
    made,
    mark,
    sentence_of_ends,
    stands,
    undone,
    walks_table,
)
from adapters.reporting.council_sheets import KPI_HEADS, kpi_rows
from adapters.reporting.model import (
    Document,
    Dot,
    Place,
    Row,
    Section,
    Sheet,
    Sketch,
    Table,
    sheet_of,
)
from adapters.texts import DASH, Texts
from domain.finding.state import Status
from projections.place_report import PlaceReport
from projections.report_parts import By, CaseLine

ENDED = frozenset({Status.VERIFIED, Status.DECLINED})


def document(report: PlaceReport, texts: Texts) -> Document:
    """Return the report in words; names are those of the pinned register."""
    pins = report.pins
    table = figures(report.kpis, texts, internal=pins.internal)
    about = (texts.say("council.figures_about"),)
    not_done, listed = undone(report.declined, report.waiting, texts)
    return Document(
        lang=texts.lang,
        kind=texts.say(f"place.kind_{_about(report)}"),
        title=_title(report, texts),
        stands=stands(pins, texts),
        summary=summary(report, texts),
        sections=(
            _status(report, texts),
            not_done,
            _cases(report, texts),
            Section(table.title, about, (table,)),
            *listed,
            made(pins, texts),
        ),
        mark=mark(pins, texts),
    )


def summary(report: PlaceReport, texts: Texts) -> Row:
    """Return three sentences made from the numbers."""
    totals = report.totals
    raised = texts.say(
        f"place.summary_{_about(report)}",
        walks=counted("walks", totals.walks, texts),
        cases=counted("cases", totals.reported, texts),
    )
    late = texts.say(
        "council.summary_late",
        as_of=report.pins.as_of,
        late=counted("late", totals.late, texts),
        waiting=counted("waiting", len(report.waiting), texts),
    )
    return (raised, sentence_of_ends(report.all_cases, texts), late)


def _about(report: PlaceReport) -> str:
    return "walk" if report.pins.walk else "area"


def _title(report: PlaceReport, texts: Texts) -> str:
    pins = report.pins
    if pins.walk:
        held_on = report.walks[0].held_on if report.walks else None
        return texts.say(
            "place.title_walk" if held_on else "place.title_not_held",
            walk=pins.walk,
            area=pins.area,
            held_on=held_on,
        )
    return texts.say(
        "place.title_area", area=pins.area, first=pins.first, last=pins.last
    )


def _status(report: PlaceReport, texts: Texts) -> Section:
    title = texts.say("council.status")
    walks = (walks_table(report.walks, texts),) if report.walks else ()
    if not report.totals.reported:
        return Section(title, (texts.say("council.nothing"),), walks)
    about, tables = breakdowns(
        report.all_cases, report.lines, (By.KIND, By.CATEGORY, By.AUTHORITY), texts
    )
    never = excluded_of(report.excluded, texts)
    if never:
        about = (*about, texts.say("council.never_counted", what=never))
    return Section(title, about, (*walks, *tables))


# ---- case by case ----


def _cases(report: PlaceReport, texts: Texts) -> Section:
    about = [texts.say("place.cases_about")]
    sketch = _sketch(report, texts)
    if sketch:
        key = "sketch_exact" if report.pins.internal else "sketch_about"
        about.append(texts.say(f"place.{key}"))
    return Section(
        texts.say("place.cases"),
        tuple(about),
        (cases_table(report.cases, texts),) if report.cases else (),
        sketch,
    )


def cases_table(cases: Sequence[CaseLine], texts: Texts) -> Table:
    """Return cases one by one: how each stands, and who has it."""
    return Table(
        texts.say("place.one_by_one"),
        heads(texts, "number", "what", "stands", "who", "due"),
        tuple(
            (
                one.number,
                texts.category(one.category),
                _stands(one, texts),
                texts.actor(one.unit),
                _due(one, texts),
            )
            for one in cases
        ),
    )


def _stands(one: CaseLine, texts: Texts) -> str:
    status = texts.status(one.status)
    if one.status in ENDED:
        return f"{status} {texts.show(one.ended_on)}"
    return f"{status} ({texts.say('place.on_hold')})" if one.on_hold else status


def _due(one: CaseLine, texts: Texts) -> str:
    if one.due is None or one.status in ENDED:
        return DASH
    return texts.say("council.review_late" if one.is_late else "place.due", day=one.due)


def _sketch(report: PlaceReport, texts: Texts) -> Sketch | None:
    placed = sorted(
        (one for one in report.cases if one.lat is not None and one.lon is not None),
        key=_spot,
    )
    if not placed:
        return None
    dots = []
    for (lat, lon), cases in groupby(placed, key=_spot):
        here = list(cases)
        is_open = any(one.status not in ENDED for one in here)
        dots.append(Dot(lat or 0.0, lon or 0.0, len(here), is_open))
    title = texts.say("place.sketch")
    still = sum(one.status not in ENDED for one in placed)
    told = texts.say(
        "place.sketch_told",
        title=title,
        cases=counted("cases", len(placed), texts),
        dots=len(dots),
        left=still,
    )
    return Sketch(title, tuple(dots), told)


_spot = attrgetter("lat", "lon")


# ---- to count with ----


def sheets(report: PlaceReport, texts: Texts) -> tuple[Sheet, ...]:
    """Return each sheet."""
    title = texts.say("council.figures")
    kpis = tuple(kpi_rows(report.kpis, texts))
    table = walks_table(report.walks, texts)
    return (
        case_sheet("sager", report.cases, texts),
        sheet_of("vandringer", table),
        Sheet("noegletal", title, heads(texts, *KPI_HEADS), kpis),
    )


CASE_HEADS = (
    *("number", "what", "kind_of_case", "stands", "who", "reported_on", "ended_on"),
    *("due", "late_now", "lat", "lon"),
)


def case_sheet(file: str, cases: Sequence[CaseLine], texts: Texts) -> Sheet:
    """Return cases one by one, to count with."""
    rows = tuple(tuple(cell for _, cell in _told(one, texts)) for one in cases)
    return Sheet(file, texts.say("place.one_by_one"), heads(texts, *CASE_HEADS), rows)


def _told(one: CaseLine, texts: Texts) -> tuple[tuple[str, Cell], ...]:
    """Return what may be said of a case, each under a stable name."""
    cells: tuple[Cell, ...] = (
        one.number,
        texts.category(one.category),
        texts.word("kind", str(one.kind or "")),
        texts.status(one.status),
        texts.actor(one.unit),
        one.reported_on,
        one.ended_on,
        None if one.status in ENDED else one.due,
        texts.show(one.is_late),
        one.lat,
        one.lon,
    )
    return tuple(zip(CASE_HEADS, cells, strict=True))


def places(cases: Iterable[CaseLine], texts: Texts) -> tuple[Place, ...]:
    """Return every case once for a map; some have no place that may be shown."""
    each = {one.number: one for one in cases}
    return tuple(_place(one, texts) for one in each.values())


def _place(one: CaseLine, texts: Texts) -> Place:
    about = (pair for pair in _told(one, texts) if pair[0] not in {"lat", "lon"})
    return Place(one.number, one.lat, one.lon, tuple(about))
