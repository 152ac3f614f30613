"""One case: as it stands, as it stood, and fact by fact."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.cli.views import lateness, new_table
from adapters.texts import Texts, details_of
from domain.access import Looked
from domain.calendar import END_OF_DAY, Calendar
from domain.errors import Code, NotFound
from domain.finding.events import FindingEvent
from domain.finding.handover import (
    HandoverStep,
    Indecision,
    Silence,
    handover_plan,
)
from domain.finding.plan import (
    Escalation,
    Lapse,
    NobodysLand,
    Recomputation,
    Reminder,
    Step,
    plan,
)
from domain.finding.state import Finding, evolve
from domain.messages import Recorded
from domain.register.model import Register
from projections.case_page import CasePage, case_page
from projections.cases import next_step
from projections.standing import state_of

COMING = 3
AnyStep = Step | HandoverStep


def case(
    session: Session,
    number: str,
    as_of: str | None,
    as_known: str | None,
    *,
    history: bool,
) -> None:
    """Print one case, at any past moment by either time axis."""
    with session.system() as system:
        session.number = number
        zone = system.rules().register.working_days.zone
        happened = moment(as_of, zone, END_OF_DAY) if as_of else None
        recorded = moment(as_known, zone, END_OF_DAY) if as_known else None
        viewer = session.viewer(system)
        facts = viewer.facts(number, happened, recorded)
        page = case_page(facts)
        if page is None:
            raise NotFound(Code.UNKNOWN_FINDING, number=number)
        now = happened or system.now()
        coming = _coming(page.memory, system.rules().register, now)
        if session.as_json:
            answer = _case_json(page, coming)
            if history:
                answer["history"] = [_fact_json(fact, session.texts) for fact in facts]
            saying.say_json(answer)
            return
        calendar = system.rules().register.working_days
        today = calendar.local_day(now)
        _print_case(page, coming, session.texts, today, calendar)
        if history:
            _print_history(facts, session.texts)


def _coming(finding: Finding, register: Register, now: datetime) -> Sequence[AnyStep]:
    """Return what the clock does next, about the case itself or about an offer."""
    steps = (*plan(finding, register, now), *handover_plan(finding, register, now))
    return sorted(steps, key=lambda step: step.at)[:COMING]


def replay(session: Session, number: str) -> None:
    """Print every fact in words, with the state before and after it."""
    with session.system() as system:
        session.number = number
        facts = session.viewer(system).facts(number, looked=Looked.AT_HISTORY)
        steps = list(_steps(facts))
        if session.as_json:
            saying.say_json(
                {
                    "schema": "replay/1",
                    "number": number,
                    "steps": [
                        {
                            **_fact_json(fact, session.texts),
                            "before": state_of(before),
                            "after": state_of(after),
                        }
                        for fact, before, after in steps
                    ],
                }
            )
            return
        texts = session.texts
        for fact, before, after in steps:
            _print_step(fact, before, after, len(steps), texts)


def _steps(
    facts: Iterable[Recorded],
) -> Iterable[tuple[Recorded, Finding | None, Finding | None]]:
    finding: Finding | None = None
    for fact in facts:
        before = finding
        if isinstance(fact.event, FindingEvent):
            finding = evolve(finding, fact.event)
        yield fact, before, finding


def _print_step(
    fact: Recorded,
    before: Finding | None,
    after: Finding | None,
    total: int,
    texts: Texts,
) -> None:
    saying.say(texts.say("say.step_of", n=fact.version, total=total), end="  ")
    saying.say(_told(fact, texts))
    old, new = state_of(before), state_of(after)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if not changed:
        saying.say(f"     {texts.say('say.unchanged')}")
    for name in changed:
        label = texts.say(f"say.state_{name}")
        was, now = texts.show(old.get(name)), texts.show(new.get(name))
        saying.say(f"     {label}: {was} → {now}")


def _told(fact: Recorded, texts: Texts) -> str:
    """Return one fact on a line; when it was learned only if that was later."""
    at = fact.event.stamp.at
    late = fact.recorded_at.date() > at.date()
    learned = texts.say("say.known_since", at=fact.recorded_at) if late else ""
    words = texts.told(fact.event)
    return " ".join(filter(None, [texts.show(at), "", words, learned]))


def _fact_json(fact: Recorded, texts: Texts) -> dict[str, Any]:
    return {
        "version": fact.version,
        "topic": fact.event.TOPIC,
        "by": fact.event.stamp.by,
        "at": fact.event.stamp.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "register": fact.register,
        "event_id": str(fact.event_id),
        "words": texts.told(fact.event),
        "details": details_of(fact.event),
    }


def _print_history(facts: Sequence[Recorded], texts: Texts) -> None:
    saying.say(texts.say("say.history_title"))
    for fact in facts:
        saying.say(f"  {fact.version:>3}  {_told(fact, texts)}")


def _case_json(page: CasePage, coming: Sequence[AnyStep]) -> dict[str, Any]:
    memory = page.memory
    plain = {
        name: value
        for name, value in asdict(page).items()
        if name not in {"memory", "position", "hold", "handover", "decline"}
    }
    return {
        "schema": "case/1",
        **plain,
        "category": memory.category,
        "responsible": None,
        **state_of(memory),
        "next_actor": memory.next_actor,
        "next_step": next_step(memory) if memory.is_open else None,
        "coming": [{"at": step.at.isoformat(), "key": step.key} for step in coming],
    }


def _print_case(
    page: CasePage,
    coming: Sequence[AnyStep],
    texts: Texts,
    today: date,
    calendar: Calendar,
) -> None:
    memory = page.memory
    title = texts.say(
        "say.case_title", number=page.number, category=texts.category(memory.category)
    )
    shown = new_table(title, texts=texts)
    if page.text:
        shown.add_row(texts.say("say.state_text"), texts.show(page.text))
    place = page.place or (f"{page.point.lat}, {page.point.lon}" if page.point else "")
    if place:
        shown.add_row(texts.say("say.state_place"), texts.show(place))
    for name, value in state_of(memory).items():
        words = texts.show(value)
        if isinstance(value, date):
            words += f" {lateness(value, today, calendar, texts)}"
        shown.add_row(texts.say(f"say.state_{name}"), words)
    if memory.is_open:
        step = texts.word("next_step", next_step(memory))
        who = texts.actor(memory.next_actor)
        shown.add_row(texts.say("say.column_next"), f"{step} – {who}")
    for note in page.notes:
        by = f"{texts.show(note.at)} {texts.actor(note.by)}"
        shown.add_row(texts.say("say.state_note"), f"{by}: {texts.show(note.text)}")
    saying.console().print(shown)
    _print_coming(coming, texts)


def _print_coming(coming: Sequence[AnyStep], texts: Texts) -> None:
    if not coming:
        saying.say(texts.say("say.nothing_automatic"))
        return
    saying.say(texts.say("say.next_automatic"))
    for step in coming:
        match step:
            case Reminder(occasions=occasions):
                what = texts.say("say.coming_reminder", occasions=occasions)
            case Escalation(level=level):
                what = texts.say("say.coming_escalation", level=level)
            case Recomputation():
                what = texts.say("say.coming_recomputation")
            case Lapse():
                what = texts.say("say.coming_lapse")
            case NobodysLand():
                what = texts.say("say.coming_nobodys_land")
            case Silence():
                what = texts.say("say.coming_silence")
            case Indecision():
                what = texts.say("say.coming_indecision")
        saying.say(f"  {texts.show(step.at)}  {what}")
