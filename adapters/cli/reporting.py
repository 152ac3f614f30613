"""Reports that stay true: on the terminal, as JSON, or as a folder of files."""

import asyncio
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from adapters.cli import saying
from adapters.cli.asking import _stamp, moment
from adapters.cli.looking import look_through
from adapters.cli.publications import laid_before_both, say_drafted
from adapters.cli.session import Session
from adapters.cli.views import known_unit, print_walk_report, today_of
from adapters.files.sheets import Csv
from adapters.ledger.signing import sign_now
from adapters.persistence.saving import new_folder, refuse_taken
from adapters.publishing.reports import begun_by, proposal
from adapters.reporting.forms import as_json, document, files_of
from adapters.reporting.making import (
    AnyReport,
    Made,
    Question,
    fault_of,
    in_file,
    made_again,
    report_of,
)
from adapters.reporting.model import Document, Section, Table, shown
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import END_OF_DAY
from domain.errors import Code, Refused
from domain.permissions.words import Action
from domain.publication.events import PublicationKind
from domain.values import Actor
from projections.half_year import half_numbered
from projections.report_parts import ReportKind

FOR_THE_HOUSE = frozenset({ReportKind.UNIT})
"""Reports that are never published: they tell of one unit, case by case."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: about what, of which day, as known when; or what to repeat."""

    as_of: str | None
    as_known: str | None
    again: Path | None
    out: Path | None
    csv: str
    internal: bool = False
    first: str | None = None
    last: str | None = None
    half: str | None = None
    walk: str | None = None
    area: str | None = None
    unit: str | None = None


def report(session: Session, name: str, **typed: Any) -> None:
    """Print a report, or write it as a folder that was not there.

    Args:
        session: who asks, and how to answer.
        name: which report, by the name of its `ReportKind`.
        typed: what the command line was given.
    """
    kind, asked = ReportKind[name], Asked(**typed)
    form = _form(asked.csv)
    if asked.out:
        refuse_taken(asked.out, Code.FOLDER_EXISTS)
    with session.system() as system:
        if kind is ReportKind.WALK and not (asked.out or asked.again):
            print_walk_report(
                session, system, _needed(asked.walk, kind), asked.as_of, asked.as_known
            )
            return
        made = _made(session, system, kind, asked)
        texts = Texts(session.texts.lang, made.register)
        if asked.out:
            _hand_out(session, made, asked.out, texts, form)
        elif session.as_json:
            saying.say(as_json(made).decode(), end="")
        else:
            say_document(document(made.report, texts), texts)
    if asked.again:
        _compare(made, asked.again, texts)


def publish(
    session: Session,
    number: str | None,
    supersedes: str | None,
    *,
    checked: bool,
    period: dict[str, Any],
    **given: str | None,
) -> None:
    """Make the report to the council, and lay it before both authorities."""
    asked = Asked(again=None, out=None, csv=Csv.DANISH, **period)
    with session.system() as system:
        stamp = _stamp({k: v for k, v in given.items() if v is not None}, system)
        viewer = session.viewer(system)
        begun = begun_by(system, stamp.command_id)
        question = _question(system, ReportKind.COUNCIL, asked)
        made = proposal(system, viewer, question, begun)
        texts = (("title", made.title), ("document", made.document.text))
        look_through(session, texts, checked=checked)
        body = {
            "kind": PublicationKind.REPORT,
            "title": made.title,
            "content": documents_of(system).keep(made.document),
            "form": made.document.form,
            "supersedes": supersedes,
            "stamp": stamp,
        }
        number, receipt = laid_before_both(session, system, number, body)
        say_drafted(session, system, number, made.document, receipt)


def _form(typed: str) -> Csv:
    try:
        return Csv(typed)
    except ValueError as problem:
        raise saying.bad_value(f"--csv {typed}: {' | '.join(Csv)}") from problem


def _made(
    session: Session, system: Gadelys, kind: ReportKind, asked: Asked
) -> Made[AnyReport]:
    """Return the report, if whoever asks may read it.

    Raises: NotAllowed (not_your_role); Misused (bad_input); NotFound; Refused.
    """
    viewer = session.viewer(system)
    viewer.require(Action.READ_REPORT)
    written = in_file(asked.again) if asked.again else None
    if written and written.kind.newest is not kind:
        raise Refused(
            Code.BAD_FILE, file=str(asked.again), problem=f"{written.kind} ≠ {kind}"
        )
    inside = asked.internal or kind in FOR_THE_HOUSE
    if inside or (written and written.pins.internal):
        viewer.require(Action.READ_CASE)
    if written:
        return made_again(system, written.pins, kind)
    question = _question(system, kind, asked)
    if asked.out:
        asyncio.run(sign_now(system))
    return report_of(system, kind, question)


def _question(system: Gadelys, kind: ReportKind, asked: Asked) -> Question:
    zone, today = system.rules().register.working_days.zone, today_of(system)
    then = moment(asked.as_of, zone).date() if asked.as_of else None
    if kind is ReportKind.WALK:
        first = last = then or today
    elif kind is ReportKind.HALF_YEAR:
        first, last = _half(_needed(asked.half, kind))
    else:
        typed = [_needed(one, kind) for one in (asked.first, asked.last)]
        first, last = (moment(one, zone).date() for one in typed)
    as_of = then or min(last, today)
    question = Question(
        first=first,
        last=last,
        as_of=as_of,
        as_known=moment(asked.as_known, zone, END_OF_DAY) if asked.as_known else None,
        area=_needed(asked.area, kind) if kind is ReportKind.AREA else asked.area,
        internal=asked.internal or kind in FOR_THE_HOUSE,
        walk=_needed(asked.walk, kind) if kind is ReportKind.WALK else None,
        unit=_unit(system, asked) if kind is ReportKind.UNIT else None,
    )
    if fault := fault_of(question, today):
        told = {
            "period": f"--from {first} > --to {last}",
            "as_of": f"--as-of {as_of} > {today}",
        }
        raise saying.bad_value(told[fault])
    return question


NEEDED = {
    ReportKind.WALK: "NUMBER, --again …",
    ReportKind.AREA: "AREA --from … --to …, --again …",
    ReportKind.HALF_YEAR: "HALF (2026-1, 2026-2), --again …",
    ReportKind.COUNCIL: "--from … --to …, --again …",
    ReportKind.UNIT: "UNIT --from … --to …, --again …",
}
"""What a report needs to know, or else a report to repeat."""


def _needed(typed: str | None, kind: ReportKind) -> str:
    if not typed:
        raise saying.bad_value(NEEDED[kind])
    return typed


def _half(typed: str) -> tuple[date, date]:
    try:
        half = half_numbered(typed)
    except ValueError as problem:
        raise saying.bad_value(f"{typed}: {NEEDED[ReportKind.HALF_YEAR]}") from problem
    return half.first, half.last


def _unit(system: Gadelys, asked: Asked) -> Actor:
    return Actor(known_unit(_needed(asked.unit, ReportKind.UNIT), system))


def _hand_out(
    session: Session, made: Made[AnyReport], out: Path, texts: Texts, form: Csv
) -> None:
    files = files_of(made, texts.lang, form)
    new_folder(out, files)
    if session.as_json:
        saying.say(as_json(made).decode(), end="")
    else:
        names = ", ".join(files)
        saying.say(texts.say("council.written", folder=str(out), files=names))


def _compare(made: Made[AnyReport], again: Path, texts: Texts) -> None:
    """Say whether the report that was made again is the one in the file."""
    same = again.read_bytes() == as_json(made, in_file(again).kind)
    key = "again" if same else "again_other"
    saying.note(texts.say(f"council.{key}", file=str(again)))
    if not same:
        raise SystemExit(saying.REFUSED)


def say_document(written: Document, texts: Texts) -> None:
    """Print the report as text."""
    saying.say(f"{written.kind}\n{written.title}\n")
    for line in written.stands:
        saying.say(line)
    saying.say(f"\n{texts.say('council.summary')}")
    for line in written.summary:
        saying.say(f"  {line}")
    for section in written.sections:
        say_section(section, texts)


def say_section(section: Section, texts: Texts) -> None:
    """Print one part of a report as text."""
    saying.say(f"\n== {section.title} ==")
    for line in section.lines:
        saying.say(line)
    for table in section.tables:
        _say_table(table, texts)


def _say_table(table: Table, texts: Texts) -> None:
    from rich import box
    from rich.table import Table as Drawn

    saying.say(f"\n{table.title}")
    drawn = Drawn(box=box.SIMPLE_HEAD)
    for nth, head in enumerate(table.heads):
        drawn.add_column(head, justify="right" if nth in table.numbers else "left")
    for row in table.rows:
        drawn.add_row(*(shown(cell, texts) for cell in row))
    saying.console().print(drawn)
