"""What only the police know: writing it, reading it, sharing a copy as two persons."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from adapters import police
from adapters.cli import saying
from adapters.cli.asking import _say, _stamp, read_options
from adapters.cli.looking import look_through
from adapters.cli.publications import PREFIX
from adapters.cli.session import Session
from adapters.cli.views import new_table
from adapters.texts import FINGERPRINT, Texts
from domain.errors import Code, NotFound, Refused
from domain.free_text import free_texts, refuse_cpr
from domain.police.commands import BY_NAME, AnyPoliceCommand, ApproveSharing
from domain.police.events import NoteKind
from projections.police_page import PolicePage, police_page


def note(session: Session, number: str, **given: object) -> None:
    """Write down what only the police may read."""
    _ask(session, "add_police_note", number, {**given, "kind": NoteKind.NOTE})


def tactics(session: Session, number: str, **given: object) -> None:
    """Write down where and when somebody will be there."""
    _ask(session, "add_police_note", number, {**given, "kind": NoteKind.TACTICS})


def share(session: Session, number: str, **given: object) -> None:
    """Propose a copy, in new words, for the municipality."""
    _ask(session, "propose_sharing", number, given)


def approve(
    session: Session, number: str, nth: int, content: str, **given: str | None
) -> None:
    """Agree, as a second person, to exactly the words that were read."""
    with session.system() as system:
        session.number = number
        page = police_page(session.viewer(system).police(number))
        body = {
            "number": number,
            "nth": nth,
            "content": _whole(page, nth, content),
            "stamp": _stamp(dict(given), system),
        }
        command: AnyPoliceCommand = read_options(ApproveSharing, body)
        _say(session, police.store_of(system), number, police.ask(system, command))


def show(session: Session, number: str) -> None:
    """Print what the police keep beside one case."""
    with session.system() as system:
        session.number = number
        page = police_page(session.viewer(system).police(number))
        if session.as_json:
            saying.say_json(_as_json(number, page))
            return
        _print(page, number, session.texts)


def _ask(session: Session, name: str, number: str, given: Mapping[str, Any]) -> None:
    with session.system() as system:
        session.number = number
        told = {key: value for key, value in given.items() if value is not None}
        checked, expected = told.pop("checked", False), told.pop("expected", None)
        stamp = _stamp(told, system)
        command: AnyPoliceCommand = read_options(
            BY_NAME[name], {**told, "number": number, "stamp": stamp}
        )
        police.require(system, command)
        refuse_cpr(command)
        look_through(session, free_texts(command), checked=checked)
        receipt = police.ask(system, command, expected=expected)
        _say(session, police.store_of(system), number, receipt)


def _whole(page: PolicePage, nth: int, beginning: str) -> str:
    """Return the digest of a proposal if it begins as somebody has read it.

    Raises: NotFound (unknown_sharing); Refused (sharing_changed); Misused (bad_input).
    """
    if not PREFIX.fullmatch(beginning):
        raise saying.bad_value(f"--content {beginning}")
    proposal = dict(page.proposals).get(nth)
    if proposal is None:
        raise NotFound(Code.UNKNOWN_SHARING, nth=nth)
    if not proposal.content.startswith(beginning):
        raise Refused(Code.SHARING_CHANGED, nth=nth)
    return proposal.content


def _as_json(number: str, page: PolicePage) -> dict[str, Any]:
    return {
        "schema": "police/1",
        "number": number,
        "version": page.version,
        "notes": [asdict(one) for one in page.notes],
        "sharings": [
            {"nth": nth, **asdict(one), "content": one.content}
            for nth, one in page.proposals
        ],
    }


def _print(page: PolicePage, number: str, texts: Texts) -> None:
    if not page.version:
        saying.say(texts.say("say.police_empty", number=number))
        return
    shown = new_table(
        texts.say("say.police_title", number=number),
        *("nth", "when", "kind", "who", "text"),
        texts=texts,
    )
    for one in page.notes:
        words = texts.show(one.text) + _days(one.first, one.last, texts)
        kind, at = texts.word("note_kind", one.kind), texts.show(one.at)
        shown.add_row(str(one.nth), at, kind, texts.actor(one.by), words)
    for nth, proposal in page.proposals:
        kind = "shared" if proposal.is_approved else "proposed"
        words = f"{texts.show(proposal.text)}  [{proposal.content[:FINGERPRINT]}]"
        row = (texts.show(proposal.at), texts.say(f"say.police_{kind}"))
        shown.add_row(str(nth), *row, texts.actor(proposal.by), words)
    saying.console().print(shown)


def _days(first: date | None, last: date | None, texts: Texts) -> str:
    if first is None and last is None:
        return ""
    return f" ({texts.show(first)} – {texts.show(last)})"
