"""`gadelys demo`: play a walk file, show what came of it, check its totals."""

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.cli.story import print_story
from adapters.cli.views import new_table, print_report, print_worklist
from adapters.demo import Played, play
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, DEFAULT_WALK, shipped
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import Calendar
from domain.delivery.events import DeliverySent
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.finding.state import OPEN
from projections.audit_trail import AUDIT_TRAIL, AuditRow
from projections.story import Story, story
from projections.worklist import WORKLIST, WorklistRow

EVERYTHING = 1_000_000
NATIVE_THREADS_S = 0.3
"""Temporal's native threads need a moment, or Python may abort when it ends."""


def demo(
    session: Session, file: Path | None, register_file: Path | None, until: str | None
) -> None:
    """Play `file` in a temporary store; end with 1 when totals differ."""
    path = file or shipped(DEFAULT_WALK)
    register = read_register(register_file or shipped(DEFAULT_REGISTER))
    session.register = register
    last = moment(until, register.working_days.zone).date() if until else None
    texts, shelf = session.texts, list[Seen]()
    with (
        tempfile.TemporaryDirectory(prefix="gadelys-demo-") as folder,
        saying.progress(texts.say("say.demo_start", file=path.name)) as show,
    ):
        played = asyncio.run(
            play(
                _beside_the_world(session.settings, Path(folder)),
                register,
                path,
                last,
                on_moment=lambda at: show(texts.say("say.demo_playing", day=at.date())),
                on_end=lambda system, end: shelf.append(_seen(system, end.walk)),
            )
        )
    time.sleep(NATIVE_THREADS_S)
    if session.as_json:
        saying.say_json(played.report)
    else:
        _show(shelf[0], played, texts, register.working_days)
    if played.differences:
        _show_differences(played, texts)
        raise SystemExit(saying.REFUSED)


def _beside_the_world(settings: Settings, folder: Path) -> Settings:
    """Return settings for a play: nobody real is written to."""
    return settings.model_copy(
        update={"data": folder, "smtp_host": None, "webhooks": None}
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of the played store before it is thrown away."""

    story: Story
    worklist: list[WorklistRow]
    raised: list[AuditRow]
    mails: list[AuditRow]


def _seen(system: Gadelys, walk: str) -> Seen:
    system.catch_up()
    calendar = system.rules().register.working_days
    work, trail = system.rows.table(WORKLIST), system.rows.table(AUDIT_TRAIL)
    is_open = work.c.status.in_([str(status) for status in OPEN])
    worklist = select(work).where(is_open).order_by(work.c.due_on, work.c.number)
    raised = trail.c.topic.in_([ReminderRaised.TOPIC, FindingEscalated.TOPIC])
    sent = trail.c.topic == DeliverySent.TOPIC
    in_order = trail.c.position
    return Seen(
        story=story(walk, system.store.after(0, EVERYTHING), calendar),
        worklist=system.rows.rows(WORKLIST, worklist),
        raised=system.rows.rows(
            AUDIT_TRAIL, select(trail).where(raised).order_by(in_order)
        ),
        mails=system.rows.rows(
            AUDIT_TRAIL, select(trail).where(sent).order_by(in_order)
        ),
    )


def _show(seen: Seen, played: Played, texts: Texts, calendar: Calendar) -> None:
    if played.notice:
        saying.say(f"{played.notice}\n")
    if played.from_the_request:
        print_story(seen.story, texts)
    else:
        _show_clockwork(seen, played, texts, calendar)
    print_report(played.report, texts, played.day)
    if played.expected and not played.differences:
        saying.say(texts.say("say.demo_totals_match", day=played.day))


def _show_clockwork(
    seen: Seen, played: Played, texts: Texts, calendar: Calendar
) -> None:
    """Show every reminder and escalation: some weeks fit on a page."""
    print_worklist(seen.worklist, texts, played.day, calendar)
    _show_raised(
        [row for row in seen.raised if row.topic == ReminderRaised.TOPIC],
        texts,
        "say.demo_reminders_title",
    )
    _show_raised(
        [row for row in seen.raised if row.topic == FindingEscalated.TOPIC],
        texts,
        "say.demo_escalations_title",
    )
    saying.say(texts.say("say.demo_mails", count=len(seen.mails)))
    saying.say()


def _show_raised(rows: list[AuditRow], texts: Texts, title: str) -> None:
    shown = new_table(texts.say(title, count=len(rows)), texts=texts)
    for row in rows:
        number = row.stream.partition("/")[2]
        words = texts.fact(row.topic, row.by, row.details)
        shown.add_row(texts.show(row.at), number, words)
    saying.console().print(shown)


def _show_differences(played: Played, texts: Texts) -> None:
    saying.note(texts.say("say.demo_totals_differ", day=played.day))
    for one in played.differences:
        saying.note(f"- {one.what}: {json.dumps(one.expected, ensure_ascii=False)}")
        saying.note(f"+ {one.what}: {json.dumps(one.found, ensure_ascii=False)}")
