"""Lists: worklist, what is late, a walk, a register, a walk's report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from adapters.cli import saying, timetable
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.persistence.case_lists import Listed, Order, Wanted, of_walk
from adapters.reports import FIGURES, asked_at, figure, walk_report_of
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer
from domain.calendar import END_OF_DAY, Calendar
from domain.errors import Code, NotFound
from domain.finding.state import Status
from domain.permissions.words import Action
from domain.values import Actor, Severity
from domain.walk.commands import stream_of
from projections.cases import CASES, CaseRow, late_clocks
from projections.walks import WALKS

if TYPE_CHECKING:
    from rich.table import Table

TITLE_LENGTH = 58


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks of a list: which cases, as of when, and which page."""

    wanted: Wanted
    overdue: bool = False
    as_of: str | None = None
    as_known: str | None = None
    order: Order = Order.DUE
    after: str | None = None
    limit: int = 100


def worklist(
    session: Session, cases: Mapping[str, Any], page: Mapping[str, Any]
) -> None:
    """Print who must do what by when, the first day to run out first."""
    question = _question(cases, page)
    with session.system() as system:
        system.catch_up([CASES.name, WALKS.name])
        found, today = _listed(session.viewer(system), system, question)
        if session.as_json:
            saying.say_json(
                {
                    "schema": "worklist/1",
                    "as_of": today,
                    "position": found.position,
                    "rows": [_worklist_json(row) for row in found.rows],
                    "next": found.next,
                }
            )
            return
        print_worklist(found.rows, session.texts, today, calendar_of(system))
        _say_more(found, session.texts)


def _question(cases: Mapping[str, Any], page: Mapping[str, Any]) -> Question:
    """Return what was asked for on the command line.

    Raises: Misused (bad_input).
    """
    try:
        statuses = tuple(Status(one) for one in cases.get("statuses", ()))
        order = Order(page.get("order", Order.DUE))
    except ValueError as problem:
        known = ", ".join([*Status, *Order])
        raise saying.bad_value(f"{problem}: {known}") from problem
    wanted = Wanted(**{**cases, "statuses": statuses})
    return Question(wanted, **{**page, "order": order})


def _listed(viewer: Viewer, system: Gadelys, question: Question) -> tuple[Listed, date]:
    """Return one page of cases, and the local day for which it was asked.

    Raises: NotFound (unknown_unit); NotAllowed (not_your_role); Refused (bad_cursor);
        Misused (bad_input).
    """
    wanted = question.wanted
    zone = system.rules().register.working_days.zone
    happened, known = (
        moment(text, zone, END_OF_DAY) if text else None
        for text in (question.as_of, question.as_known)
    )
    day = happened or known or system.now()
    today = calendar_of(system).local_day(day)
    if wanted.unit:
        wanted = replace(wanted, unit=known_unit(wanted.unit, system))
    if question.overdue:
        wanted = replace(wanted, late_on=today)
    found = viewer.listed(
        wanted,
        asked=asked_at(system, happened, known),
        order=question.order,
        after=question.after,
        limit=question.limit,
    )
    return found, today


def _say_more(found: Listed, texts: Texts) -> None:
    if found.next:
        saying.note(texts.say("say.worklist_more", cursor=found.next))


def print_worklist(
    rows: Iterable[CaseRow], texts: Texts, today: date, calendar: Calendar
) -> None:
    """Print a worklist as a table."""
    listed = list(rows)
    if not listed:
        saying.say(texts.say("say.worklist_empty"))
        return
    table = new_table(
        texts.say("say.worklist_title", count=len(listed)),
        *("number", "case", "status", "due", "responsible", "next"),
        texts=texts,
    )
    for row in listed:
        table.add_row(
            row.number,
            f"{texts.category(row.category)}: {shortened(texts.show(row.text))}",
            _status(row, texts),
            f"{texts.show(row.due_on)} {lateness(row.due_on, today, calendar, texts)}",
            texts.actor(row.unit) + (f" ({row.person})" if row.person else ""),
            texts.word("next_step", row.next_step),
        )
    saying.console().print(table)


def _status(row: CaseRow, texts: Texts) -> str:
    overlays = [
        texts.show(row.severity) if row.severity is Severity.ACUTE else "",
        texts.say("say.on_hold") if row.on_hold else "",
        texts.say("say.disputed") if row.disputed else "",
        texts.say("say.escalated_level", level=row.escalated) if row.escalated else "",
        texts.say("say.reopened_times", count=row.reopened) if row.reopened else "",
    ]
    return ", ".join([texts.status(row.status), *filter(None, overlays)])


def _worklist_json(row: CaseRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "walk": row.walk,
        "category": row.category,
        "text": row.text,
        "severity": row.severity,
        "status": row.status,
        "on_hold": row.on_hold,
        "disputed": row.disputed,
        "unit": row.unit,
        "person": row.person,
        "responsible": row.assignee,
        "next_step": row.next_step,
        "clock": row.clock,
        "due_on": row.due_on,
        "escalation_level": row.escalated,
        "reopened": row.reopened,
        "version": row.version,
    }


def overdue(
    session: Session, cases: Mapping[str, Any], page: Mapping[str, Any]
) -> None:
    """Print what is late, by clock."""
    question = _question(cases, {**page, "overdue": True})
    with session.system() as system:
        system.catch_up([CASES.name, WALKS.name])
        found, today = _listed(session.viewer(system), system, question)
        late = [
            (row, clock, due)
            for row in found.rows
            for clock, due in late_clocks(row, today).items()
        ]
        if session.as_json:
            rows = [
                {"number": row.number, "unit": row.unit, "clock": clock, "due_on": due}
                for row, clock, due in late
            ]
            answer = {"schema": "overdue/1", "as_of": today, "rows": rows}
            saying.say_json(answer | {"next": found.next})
            return
        texts = session.texts
        if not late:
            saying.say(texts.say("say.overdue_empty"))
            return
        shown = new_table(
            texts.say("say.overdue_title", count=len(late)),
            *("number", "clock", "due", "responsible"),
            texts=texts,
        )
        for row, clock, due in late:
            when = (
                f"{texts.show(due)} {lateness(due, today, calendar_of(system), texts)}"
            )
            unit_name = texts.actor(row.unit)
            shown.add_row(row.number, texts.word("clock", clock), when, unit_name)
        saying.console().print(shown)
        _say_more(found, texts)


def walk(session: Session, number: str) -> None:
    """Print one walk and its findings."""
    with session.system() as system:
        viewer = session.viewer(system)
        system.catch_up([WALKS.name, CASES.name])
        found_row = system.rows.row(WALKS, number)
        viewer.require(Action.READ_CASE)
        if found_row is None:
            raise NotFound(Code.UNKNOWN_WALK, walk=number)
        row = viewer.row(found_row, stream_of(number))
        findings, _ = of_walk(system.rows, number)
        blocked = timetable.around(number, system)
        counts: dict[str, int] = {}
        for found in findings:
            counts[found.status] = counts.get(found.status, 0) + 1
        if session.as_json:
            plain = {
                name: getattr(row, name)
                for name in row.__slots__
                if name not in {"memory", "participants"}
            }
            people = dict(row.participants)
            answer = {"schema": "walk/1", **plain, "participants": people}
            follow_up = timetable.as_json(row.memory, blocked)
            saying.say_json(answer | {"findings": counts} | follow_up)
            return
        texts = session.texts
        shown = new_table(f"{row.number} – {row.area}", texts=texts)
        shown.add_row(texts.say("say.column_status"), texts.status(row.status))
        for name in WALK_LINES:
            value = getattr(row, name)
            if value not in {None, "", ()}:
                shown.add_row(texts.say(f"say.walk_{name}"), texts.show(value))
        people_line = ", ".join(
            f"{texts.group(group.replace('_', '-'))} {count}"
            for group, count in row.participants
        )
        shown.add_row(texts.say("say.walk_participants"), people_line or "–")
        if owners := row.memory.owners:
            shown.add_row(texts.say("say.walk_owners"), texts.show(owners))
        for status, count in counts.items():
            shown.add_row(texts.status(status), str(count))
        saying.console().print(shown)
        timetable.show(row.memory, blocked, system, texts)


def walks(session: Session) -> None:
    """Print all walks, the latest first."""
    with session.system() as system:
        viewer = session.viewer(system)
        system.catch_up([WALKS.name])
        rows = viewer.walks()
        if session.as_json:
            listed = [
                {
                    "number": row.number,
                    "area": row.area,
                    "status": row.status,
                    "next_clock": row.next_clock,
                    "next_due": row.next_due,
                }
                for row in rows
            ]
            saying.say_json({"schema": "walks/1", "walks": listed})
            return
        texts = session.texts
        if not rows:
            saying.say(texts.say("say.walks_empty"))
            return
        shown = new_table(None, "number", "case", "status", "clock", "due", texts=texts)
        today, calendar = today_of(system), calendar_of(system)
        for row in rows:
            shown.add_row(
                row.number,
                f"{row.area}: {texts.show(row.theme)}" if row.theme else row.area,
                texts.status(row.status),
                texts.show(row.next_clock),
                f"{texts.show(row.next_due)} "
                f"{lateness(row.next_due, today, calendar, texts)}",
            )
        saying.console().print(shown)


WALK_LINES = (
    "theme",
    "starts_at",
    "ends_at",
    "meeting_point",
    "follow_up_on",
)


def register(session: Session) -> None:
    """Print the rules in force."""
    with session.system() as system:
        rules = system.rules()
        if session.as_json:
            body = rules.register.model_dump(mode="json", by_alias=True)
            saying.say_json({"version": rules.version, "register": body})
            return
        texts, found = session.texts, rules.register
        title = found.title.da if texts.lang == "da" else found.title.en
        saying.say(f"{title} (version {rules.version})")
        shown = new_table(
            None, "category_code", "category", "clocks", "responsible", texts=texts
        )
        for category in found.categories:
            days = (category.acknowledge, category.fix, category.verify)
            shown.add_row(
                category.code,
                texts.category(category.code),
                "/".join(map(str, days)),
                texts.actor(category.suggested_unit),
            )
        saying.console().print(shown)


def print_walk_report(
    session: Session,
    system: Gadelys,
    number: str,
    as_of: str | None,
    as_known: str | None,
) -> None:
    """Print walk-report/1, for people or as JSON.

    Raises: NotAllowed (not_your_role); NotFound (unknown_walk).
    """
    session.viewer(system).require(Action.READ_REPORT)
    zone = system.rules().register.working_days.zone
    day = moment(as_of, zone).date() if as_of else today_of(system)
    known = moment(as_known, zone, END_OF_DAY) if as_known else None
    answer = walk_report_of(system, number, day, known)
    if session.as_json:
        saying.say_json(answer)
    else:
        print_report(answer, session.texts, day)


def print_report(answer: dict[str, Any], texts: Texts, day: date) -> None:
    """Print walk-report/1 as a table of figures."""
    shown = new_table(
        texts.say("report.title", walk=answer["walk"], day=day), texts=texts
    )
    for name in FIGURES:
        shown.add_row(texts.say(f"report.{name}"), figure(name, answer, texts))
    saying.console().print(shown)


def new_table(title: str | None, *columns: str, texts: Texts) -> "Table":
    """Print the title and return an empty table with translated column heads."""
    from rich import box
    from rich.table import Table

    if title:
        saying.say(title)
    heads = [texts.say(f"say.column_{column}") for column in columns]
    return Table(*heads, box=box.SIMPLE_HEAD, show_header=bool(heads))


def lateness(due: date | None, today: date, calendar: Calendar, texts: Texts) -> str:
    """Return how far away a day is, in working days and words."""
    if due is None:
        return ""
    if due == today:
        return texts.say("say.today")
    late = due < today
    days = calendar.between(min(due, today), max(due, today))
    side = "late" if late else "left"
    amount = "one" if days == 1 else "many"
    return texts.say(f"say.days_{side}_{amount}", days=days)


def shortened(text: str) -> str:
    """Return the beginning of `text`, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"


def today_of(system: Gadelys) -> date:
    """Return the local day."""
    now: datetime = system.now()
    return system.rules().register.working_days.local_day(now)


def calendar_of(system: Gadelys) -> Calendar:
    """Return the working days of the register in force."""
    return system.rules().register.working_days


def known_unit(unit: str, system: Gadelys) -> str:
    """Return `unit` if the register lists it.

    Raises: NotFound (unknown_unit); Misused (bad_input).
    """
    try:
        actor = Actor.parse(unit)
    except ValueError as problem:
        raise saying.bad_value(f"--unit {unit}: {problem}") from problem
    if not system.rules().register.knows(actor):
        raise NotFound(Code.UNKNOWN_UNIT, unit=unit)
    return str(actor)
