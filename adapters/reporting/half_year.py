"""The half-yearly status in words."""

from adapters.reporting.common import (
    counted,
    heads,
    made,
    mark,
    stands,
    undone,
    value_of,
    walks_table,
)
from adapters.reporting.council_sheets import KPI_HEADS, kpi_rows
from adapters.reporting.model import (
    Bar,
    Chart,
    Document,
    Fill,
    Row,
    Section,
    Sheet,
    Table,
    sheet_of,
)
from adapters.texts import Texts
from projections.half_year import HalfYear, Moved, half_before
from projections.small_numbers import OTHERS

MOVES = ("before", "raised", "reopened", "verified", "declined", "otherwise", "now")
_FILLS = {"verified": Fill.DONE, "declined": Fill.DECLINED, "otherwise": Fill.DECLINED}


def document(report: HalfYear, texts: Texts) -> Document:
    """Return the status in words; names are those of the pinned register."""
    pins = report.pins
    not_done, listed = undone(report.declined, report.waiting, texts)
    return Document(
        lang=texts.lang,
        kind=texts.say("half_year.kind"),
        title=texts.say("half_year.title", first=pins.first, last=pins.last),
        stands=stands(pins, texts),
        summary=summary(report, texts),
        sections=(
            _moved(report, texts),
            not_done,
            _figures(report, texts),
            _walks(report, texts),
            *listed,
            made(pins, texts),
        ),
        mark=mark(pins, texts),
    )


def summary(report: HalfYear, texts: Texts) -> Row:
    """Return three sentences made from the numbers."""
    every = report.moved[0]
    began = texts.say(
        "half_year.summary_moved",
        before=counted("left", every.before, texts),
        raised=counted("cases", every.raised, texts),
        verified=every.verified,
        declined=every.declined,
    )
    stands_now = texts.say(
        "half_year.summary_now",
        as_of=report.pins.as_of,
        now=counted("left", every.now, texts),
    )
    late = texts.say(
        "half_year.summary_late",
        late=counted("late", report.totals.late, texts),
        before=report.totals_before.late,
    )
    return (began, stands_now, late)


def _moved(report: HalfYear, texts: Texts) -> Section:
    about = texts.say("half_year.moved_about")
    return Section(
        texts.say("half_year.moved"),
        (about,),
        (_moved_table(report, texts),),
    )


def _moved_table(report: HalfYear, texts: Texts) -> Table:
    return Table(
        texts.say("half_year.moved_title"),
        (
            texts.say("council.who"),
            *(texts.say(f"half_year.{name}") for name in MOVES),
        ),
        tuple(
            (_who(line, texts), *(getattr(line, name) for name in MOVES))
            for line in report.moved
        ),
        frozenset(range(1, len(MOVES) + 1)),
        _chart(report.moved[0], texts),
    )


def _who(line: Moved, texts: Texts) -> str:
    if not line.authority:
        return texts.say("council.of_all")
    if line.authority == OTHERS:
        return texts.say("council.others")
    return texts.word("council_authority", line.authority)


def _chart(every: Moved, texts: Texts) -> Chart:
    title = texts.say("half_year.chart_title")
    bars = tuple(
        Bar(
            texts.say(f"half_year.{name}"),
            ((_FILLS.get(name, Fill.OPEN), getattr(every, name)),),
        )
        for name in MOVES
    )
    told = "; ".join(f"{bar.name} {bar.length}" for bar in bars)
    return Chart(title, bars, texts.say("council.chart", title=title, told=told))


def _figures(report: HalfYear, texts: Texts) -> Section:
    before = half_before(report.pins.first)
    table = Table(
        texts.say("half_year.figures"),
        (
            *heads(texts, "code", "name"),
            texts.say("half_year.this_half"),
            texts.say("half_year.last_half"),
        ),
        tuple(
            (
                one.now.code,
                texts.say(f"kpi.{one.now.code}"),
                value_of(one.now, texts),
                texts.say("half_year.none")
                if one.before.value is None and not one.before.hidden
                else value_of(one.before, texts),
            )
            for one in report.kpis
        ),
    )
    about = texts.say("half_year.figures_about", first=before.first, last=before.last)
    return Section(table.title, (about,), (table,))


def _walks(report: HalfYear, texts: Texts) -> Section:
    title = texts.say("council.walks")
    if not report.walks:
        return Section(title, (texts.say("half_year.no_walks"),))
    return Section(title, (), (walks_table(report.walks, texts),))


def sheets(report: HalfYear, texts: Texts) -> tuple[Sheet, ...]:
    """Return each sheet."""
    names = heads(texts, *KPI_HEADS)
    now = tuple(kpi_rows((one.now for one in report.kpis), texts))
    then = tuple(kpi_rows((one.before for one in report.kpis), texts))
    return (
        sheet_of("bevaegelser", _moved_table(report, texts)),
        Sheet("noegletal", texts.say("half_year.this_half"), names, now),
        Sheet("noegletal-forrige", texts.say("half_year.last_half"), names, then),
        sheet_of("vandringer", walks_table(report.walks, texts)),
    )
