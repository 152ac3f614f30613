"""`gadelys demo`: play a walk file, show what came of it, check its totals."""

import asyncio
import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from adapters import system as installation
from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.proving import say_what_was_verified
from adapters.cli.session import Session
from adapters.cli.story import print_story
from adapters.cli.views import new_table, print_report, print_worklist
from adapters.demo import Played, play
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, DEFAULT_WALK, shipped
from adapters.persistence.case_lists import Wanted, listed
from adapters.reporting.forms import PAGE, PAPER, files_of
from adapters.reporting.making import AnyReport, Made, Question, report_of
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import Calendar
from domain.delivery.events import DeliverySent
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.messages import Recorded
from projections.cases import CASES, CaseRow
from projections.fold import number_of
from projections.report_parts import ReportKind
from projections.story import Story, story

EVERYTHING = 1_000_000
NATIVE_THREADS_S = 0.3
"""Temporal's native threads need a moment, or Python may abort when it ends."""


def demo(
    session: Session,
    file: Path | None,
    register_file: Path | None,
    until: str | None,
    out: Path | None = None,
) -> None:
    """Play `file` in a temporary store; end with 1 when totals differ.

    Args:
        session: how to answer.
        file: the walk file; the shipped one where none is named.
        register_file: the rules; likewise.
        until: the last day that is played.
        out: where the walk's report goes, in all its forms.
    """
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
                on_end=lambda system, end: shelf.append(_seen(system, end)),
            )
        )
    time.sleep(NATIVE_THREADS_S)
    if session.as_json:
        saying.say_json(played.report)
    else:
        _show(shelf[0], played, texts, register.working_days)
    if out:
        _hand_out(shelf[0].report, out, texts)
    if played.differences:
        _show_differences(played, texts)
    if played.verdict.doubts:
        say_what_was_verified(texts, played.verdict)
    if played.differences or played.verdict.doubts:
        raise SystemExit(saying.REFUSED)


def _hand_out(made: Made[AnyReport], out: Path, texts: Texts) -> None:
    """Write the walk's report; one of an earlier demo is replaced."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files_of(made, texts.lang).items():
        (out / name).write_bytes(content)
    saying.note(
        texts.say("say.demo_report", pdf=str(out / PAPER), page=str(out / PAGE))
    )


def load(session: Session) -> None:
    """Play the shipped walk into a store that is not made yet, to be tried out.

    It is played beside and put in place when it is whole.
    """
    settings = session.settings
    if installation.is_made(settings):
        return
    path, register = shipped(DEFAULT_WALK), read_register(shipped(DEFAULT_REGISTER))
    texts = session.texts
    beside = settings.data.with_name(f"{settings.data.name}.loading")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    with saying.progress(texts.say("say.demo_start", file=path.name)) as show:
        asyncio.run(
            play(
                _beside_the_world(settings, beside),
                register,
                path,
                None,
                on_moment=lambda at: show(texts.say("say.demo_playing", day=at.date())),
                on_end=lambda *_: None,
            )
        )
    time.sleep(NATIVE_THREADS_S)
    _put_in_place(beside, settings)


def _put_in_place(beside: Path, settings: Settings) -> None:
    """Move what was played; the facts last, for they say that it is whole."""
    settings.data.mkdir(parents=True, exist_ok=True)
    facts = settings.events_file.name
    for entry in sorted(beside.iterdir(), key=lambda one: one.name.startswith(facts)):
        entry.rename(settings.data / entry.name)
    beside.rmdir()


def _beside_the_world(settings: Settings, folder: Path) -> Settings:
    """Return settings for a play: nobody real is written to."""
    return settings.model_copy(
        update={
            "data": folder,
            "keys": None,
            "seal_key": None,
            "ledger_key": None,
            "trust": None,
            "database_url": None,
            "smtp_host": None,
            "webhooks": None,
        }
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of the played store before it is thrown away."""

    story: Story
    worklist: list[CaseRow]
    raised: list[Recorded]
    mails: int
    report: Made[AnyReport]


def _seen(system: Gadelys, played: Played) -> Seen:
    walk, day = played.walk, played.day
    system.catch_up([CASES.name])
    facts = system.store.after(0, EVERYTHING)
    raised = (ReminderRaised, FindingEscalated)
    return Seen(
        story=story(walk, facts, system.rules().register.working_days),
        worklist=listed(system.rows, Wanted(), limit=len(facts)).rows,
        raised=[fact for fact in facts if isinstance(fact.event, raised)],
        mails=sum(isinstance(fact.event, DeliverySent) for fact in facts),
        report=report_of(system, ReportKind.WALK, Question(day, day, day, walk=walk)),
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
    if not played.verdict.doubts:
        saying.say(texts.say("say.demo_verified", facts=played.verdict.facts))


def _show_clockwork(
    seen: Seen, played: Played, texts: Texts, calendar: Calendar
) -> None:
    """Show every reminder and escalation: some weeks fit on a page."""
    print_worklist(seen.worklist, texts, played.day, calendar)
    _show_raised(
        [fact for fact in seen.raised if isinstance(fact.event, ReminderRaised)],
        texts,
        "say.demo_reminders_title",
    )
    _show_raised(
        [fact for fact in seen.raised if isinstance(fact.event, FindingEscalated)],
        texts,
        "say.demo_escalations_title",
    )
    saying.say(texts.say("say.demo_mails", count=seen.mails))
    saying.say()


def _show_raised(facts: list[Recorded], texts: Texts, title: str) -> None:
    shown = new_table(texts.say(title, count=len(facts)), texts=texts)
    for fact in facts:
        stamp = fact.event.stamp
        shown.add_row(texts.show(stamp.at), number_of(fact), texts.told(fact.event))
    saying.console().print(shown)


def _show_differences(played: Played, texts: Texts) -> None:
    saying.note(texts.say("say.demo_totals_differ", day=played.day))
    for one in played.differences:
        saying.note(f"- {one.what}: {json.dumps(one.expected, ensure_ascii=False)}")
        saying.note(f"+ {one.what}: {json.dumps(one.found, ensure_ascii=False)}")
