"""Suggesting cases that may be about the same thing; a person decides."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.duplicates import Suggestion, suggestions
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import DomainError


def duplicates(session: Session, number: str) -> None:
    """Print the cases that may be about the same thing as one case."""
    with session.system() as system:
        session.number = number
        session.viewer(system).facts(number)
        found = suggestions(system, number)
        if session.as_json:
            rows = [_json(one) for one in found]
            answer = {"schema": "duplicates/1", "number": number, "rows": rows}
            saying.say_json(answer)
            return
        if not found:
            saying.say(session.texts.say("say.duplicates_empty", number=number))
        for line in _lines(found, number, session.texts, by=None):
            saying.say(line)


def suggest(session: Session, system: Gadelys, number: str, by: str | None) -> None:
    """Print suggestions for a new case to stderr, if there are any.

    The case is stored by then: a list that cannot be made must not look as if
    it were not.
    """
    with suppress(DomainError):
        found = suggestions(system, number)
        for line in _lines(found, number, session.texts, by=by):
            saying.note(line)


def _lines(
    found: Sequence[Suggestion], number: str, texts: Texts, *, by: str | None
) -> list[str]:
    if not found:
        return []
    lines = [texts.say("say.duplicates_title", number=number, count=len(found))]
    for one in found:
        lines.append(
            "  "
            + texts.say(
                "say.duplicates_line",
                number=one.candidate.number,
                metres=round(one.candidate.metres),
                days=one.candidate.days,
                category=texts.category(one.case.category),
                status=one.case.status,
            )
        )
        if command := merging(one, by):
            lines.append(f"    → {command}")
    return lines


def merging(one: Suggestion, by: str | None = None) -> str | None:
    """Return the command that lets one of the two follow the other."""
    if one.follower is None:
        return None
    who = f" --by {by}" if by else ""
    return f"gadelys merge-into {one.follower} --master {one.master}{who}"


def _json(one: Suggestion) -> dict[str, Any]:
    return {
        "number": one.candidate.number,
        "metres": round(one.candidate.metres, 1),
        "days": one.candidate.days,
        "category": one.case.category,
        "status": one.case.status,
        "merge": merging(one),
    }
