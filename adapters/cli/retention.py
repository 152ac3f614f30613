"""What has been kept long enough: who sees to what, when, why, and what is held."""

from datetime import date
from typing import Any

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.cli.views import new_table, today_of
from adapters.retaining import due_on
from adapters.texts import Texts
from domain.retention import Due

COLUMNS = ("what", "keeps", "ended", "due", "then", "responsible", "remark")


def listed(session: Session, on: str | None) -> None:
    """Print what is due on a day; nothing is disposed of."""
    with session.system() as system:
        day = _day(on) if on else today_of(system)
        found = due_on(system, day)
        if session.as_json:
            rows = [_as_json(one) for one in found]
            saying.say_json({"schema": "retention/1", "on": day, "rows": rows})
            return
        _print(found, day, session.texts)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise saying.bad_value(f"--on: {text}") from problem


def _print(found: tuple[Due, ...], day: date, texts: Texts) -> None:
    if not found:
        saying.say(texts.say("say.retention_empty", day=day))
        return
    title = texts.say("say.retention_title", count=len(found), day=day)
    table = new_table(title, *COLUMNS, texts=texts)
    for one in found:
        table.add_row(
            one.kept.name,
            texts.show(one.kept.keeps),
            texts.show(one.ended_on),
            texts.show(one.due_on),
            texts.show(one.rule.then),
            texts.actor(one.responsible),
            _remark(one, texts),
        )
    saying.console().print(table)
    saying.note(texts.say("say.retention_next"))


def _remark(one: Due, texts: Texts) -> str:
    """Return what stands in the way, or how far it is already."""
    subject, said = one.subject, []
    if subject.held:
        said.append(texts.say("say.retention_held", duty=subject.held))
    if subject.archived is not None:
        said.append(texts.say("say.retention_archived"))
    if subject.requested_by:
        said.append(texts.word("subject_status", subject.status))
    return ", ".join(said)


def _as_json(one: Due) -> dict[str, Any]:
    return {
        "what": one.kept.name,
        "keeps": one.kept.keeps,
        "rule": one.rule.code,
        "after": one.kept.after,
        "months": one.rule.months,
        "ended_on": one.ended_on,
        "due_on": one.due_on,
        "then": one.rule.then,
        "responsible": one.responsible,
        "status": one.subject.status,
        "held": one.subject.held,
        "archived": one.subject.archived,
    }
