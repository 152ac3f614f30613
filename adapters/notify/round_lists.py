"""What the rounds tell: the week's list by unit, and how the past half-year went.

Numbers, categories and days; never what people wrote. The status is the report of the
half-year up to the round's own fact, so the page behind its link shows the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.reporting.council import summary
from adapters.reporting.making import Question, council_report_of
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.rounds import begin_of
from domain.values import Actor
from projections.cases import CASES, CaseRow
from projections.danish import sort_key
from projections.half_year import half_before
from projections.notices import NoticeRow

LISTED = 20
"""How many cases of one unit a message names; the worklist has them all."""

SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Week:
    """The open cases of one authority that call for somebody this week."""

    opened: int
    late: Sequence[CaseRow]
    due: Sequence[CaseRow]


def week_of(notice: NoticeRow, system: Gadelys, today: date) -> Week:
    """Return what the authority of the reader has to do this week."""
    system.catch_up([CASES.name])
    table = system.rows.table(CASES)
    is_open = system.rows.select(CASES).where(table.c.is_open.is_(True))
    rows = system.rows.rows(CASES, is_open.order_by(table.c.listed_on, table.c.key))
    register = system.rules().register
    side = register.behind(notice.recipient).authority
    mine = [row for row in rows if register.behind(row.unit).authority is side]
    dated = [row for row in mine if row.due_on]
    ends = today + timedelta(days=SUNDAY - today.isoweekday())
    late = [row for row in dated if _due(row) < today]
    due = [row for row in dated if today <= _due(row) <= ends]
    return Week(len(mine), late, due)


def lines_of(week: Week, system: Gadelys, texts: Texts, today: date) -> Iterator[str]:
    """Yield the list: each unit, and its cases, those that are late first."""
    by_unit = defaultdict[Actor, list[CaseRow]](list)
    for row in (*week.late, *week.due):
        by_unit[row.unit].append(row)
    calendar = system.rules().register.working_days
    for unit in sorted(by_unit, key=lambda one: sort_key(texts.actor(one))):
        rows = by_unit[unit]
        late = sum(_due(row) < today for row in rows)
        counted = {"unit": unit, "late": late, "due": len(rows) - late}
        yield texts.say("mail.round_unit", **counted)
        for row in rows[:LISTED]:
            is_late = _due(row) < today
            days = calendar.between(_due(row), today) if is_late else 0
            key = "mail.round_case_late" if is_late else "mail.round_case"
            about = {"number": row.number, "category": texts.category(row.category)}
            yield texts.say(key, **about, day=_due(row), days_late=days)
        if len(rows) > LISTED:
            yield texts.say("mail.round_more", count=len(rows) - LISTED)


@dataclass(frozen=True, slots=True)
class HalfYear:
    """How a half-year went, and the address of the report that says so."""

    first: date
    last: date
    told: tuple[str, ...]
    path: str


def half_year_of(notice: NoticeRow, system: Gadelys, texts: Texts) -> HalfYear:
    """Return the half-year that had ended when the round was held, as known then."""
    half = half_before(begin_of(str(notice.details["period"])))
    first, last = half.first, half.last
    question = Question(first, last, last)
    made = council_report_of(system, question, notice.position)
    named = Texts(texts.lang, made.register)
    return HalfYear(
        first,
        last,
        summary(made.report, named),
        f"reports/council?from={first}&to={last}&at={last}&position={notice.position}",
    )


def _due(row: CaseRow) -> date:
    return row.due_on or date.max
