"""The report to the council: on the terminal, as JSON, or as a folder of files."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.cli.views import today_of
from adapters.council_report.document import Document, Section, Table, document
from adapters.council_report.forms import as_json, files_of
from adapters.council_report.making import (
    Made,
    Question,
    council_report_of,
    fault_of,
    made_again,
    pins_in,
)
from adapters.ledger.signing import sign_now
from adapters.persistence.saving import new_folder, refuse_taken
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import END_OF_DAY
from domain.errors import Code
from domain.permissions.words import Action

NO_PERIOD = "--from … --to …, --again …"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: a period, of which day, as known when; or a report to repeat."""

    first: str | None
    last: str | None
    as_of: str | None
    as_known: str | None
    area: str | None
    again: Path | None
    out: Path | None
    internal: bool


def report_council(
    session: Session,
    *,
    first: str | None,
    last: str | None,
    as_of: str | None,
    as_known: str | None,
    area: str | None,
    again: Path | None,
    out: Path | None,
    internal: bool,
) -> None:
    """Print the report, or write it as a folder that was not there."""
    asked = Asked(first, last, as_of, as_known, area, again, out, internal)
    if asked.out:
        refuse_taken(asked.out, Code.FOLDER_EXISTS)
    with session.system() as system:
        made = _made(session, system, asked)
        texts = Texts(session.texts.lang, made.register)
        if asked.out:
            _hand_out(session, made, asked.out, texts)
        elif session.as_json:
            saying.say(as_json(made).decode(), end="")
        else:
            say_document(document(made.report, texts), texts)
    if asked.again:
        _compare(made, asked.again, texts)


def _made(session: Session, system: Gadelys, asked: Asked) -> Made:
    """Return the report, if whoever asks may read it.

    Raises: NotAllowed (not_your_role); Misused (bad_input); NotFound; Refused.
    """
    viewer = session.viewer(system)
    viewer.require(Action.READ_REPORT)
    pins = pins_in(asked.again) if asked.again else None
    if asked.internal or (pins and pins.internal):
        viewer.require(Action.READ_CASE)
    if pins:
        return made_again(system, pins)
    question = _question(system, asked)
    if asked.out:
        asyncio.run(sign_now(system))
    return council_report_of(system, question)


def _question(system: Gadelys, asked: Asked) -> Question:
    if not asked.first or not asked.last:
        raise saying.bad_value(NO_PERIOD)
    zone = system.rules().register.working_days.zone
    first, last = (moment(one, zone).date() for one in (asked.first, asked.last))
    today = today_of(system)
    as_of = moment(asked.as_of, zone).date() if asked.as_of else min(last, today)
    known = moment(asked.as_known, zone, END_OF_DAY) if asked.as_known else None
    question = Question(first, last, as_of, known, asked.area, asked.internal)
    if fault := fault_of(question, today):
        told = {
            "period": f"--from {first} > --to {last}",
            "as_of": f"--as-of {as_of} > {today}",
        }
        raise saying.bad_value(told[fault])
    return question


def _hand_out(session: Session, made: Made, out: Path, texts: Texts) -> None:
    files = files_of(made, texts.lang)
    new_folder(out, files)
    if session.as_json:
        saying.say(as_json(made).decode(), end="")
    else:
        names = ", ".join(files)
        saying.say(texts.say("council.written", folder=str(out), files=names))


def _compare(made: Made, again: Path, texts: Texts) -> None:
    """Say whether the report that was made again is the one in the file."""
    same = again.read_bytes() == as_json(made)
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
        _say_section(section)


def _say_section(section: Section) -> None:
    saying.say(f"\n== {section.title} ==")
    for line in section.lines:
        saying.say(line)
    for table in section.tables:
        _say_table(table)


def _say_table(table: Table) -> None:
    from rich import box
    from rich.table import Table as Drawn

    saying.say(f"\n{table.title}")
    drawn = Drawn(box=box.SIMPLE_HEAD)
    for nth, head in enumerate(table.heads):
        drawn.add_column(head, justify="right" if nth in table.numbers else "left")
    for row in table.rows:
        drawn.add_row(*row)
    saying.console().print(drawn)
