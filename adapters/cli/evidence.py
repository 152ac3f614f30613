"""Handing out what proves one case to somebody who has nothing of ours."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from adapters.cli import saying
from adapters.cli.proving import note_in, trusted_by
from adapters.cli.session import Session
from adapters.ledger.book import Book
from adapters.ledger.evidence import Evidence, gather
from adapters.ledger.evidence_bundle import bundled
from adapters.ledger.evidence_page import Lines, evidence_page
from adapters.ledger.signing import sign_now
from adapters.persistence.saving import new_folder, refuse_taken
from adapters.proof.encoding import base64_of
from adapters.texts import Texts
from domain.errors import Code
from projections.case_page import CasePage, case_page
from projections.standing import state_of


def evidence(
    session: Session, number: str, *, out: Path, since: Path | None, trust: Path | None
) -> None:
    """Write a folder that proves one case, whole or not at all."""
    session.number = number
    kept = note_in(since) if since else None
    refuse_taken(out, Code.FOLDER_EXISTS)
    with session.system() as system:
        session.viewer(system).require_export(number)
        trusted = trusted_by(session, trust)
        asyncio.run(sign_now(system))
        book = Book(system.settings.ledger_folder)
        found = gather(number, system.store, book, trusted, kept)
    title, head = _head(found, session.texts)
    page = evidence_page(found, head, title, session.texts)
    files = bundled(found, page)
    new_folder(out, files)
    _tell(session, out, found, files)


def _head(found: Evidence, texts: Texts) -> tuple[str, Lines]:
    """Return what the case is about and how it stands, if all of it can be read."""
    facts = [one.recorded for one in found.facts if one.recorded]
    page = case_page(facts) if len(facts) == len(found.facts) else None
    if page is None:
        return "", ()
    told = [
        ("say.state_text", page.text),
        ("say.state_place", _place(page)),
        ("say.column_walk", page.walk or ""),
    ]
    for name, value in state_of(page.memory).items():
        told.append((f"say.state_{name}", texts.show(value)))
    lines = [(texts.say(label), value) for label, value in told if value]
    return texts.category(page.memory.category), lines


def _place(page: CasePage) -> str:
    point = f"{page.point.lat}, {page.point.lon}" if page.point else ""
    return " – ".join(filter(None, [page.place, point]))


def _tell(
    session: Session, out: Path, found: Evidence, files: Mapping[str, bytes]
) -> None:
    checkpoint = found.signed.checkpoint
    told = {
        "folder": str(out),
        "number": found.number,
        "facts": len(found.facts),
        "covered": found.covered,
        "unreadable": sum(one.recorded is None for one in found.facts),
        "size": checkpoint.size,
        "root": base64_of(checkpoint.root),
        "witnesses": found.signed.witnesses,
        "quorum": found.trust.quorum,
        "passed_by": list(found.passed_by),
    }
    if session.as_json:
        digests = {name: sha256(one).hexdigest() for name, one in files.items()}
        saying.say_json({"schema": "evidence/1", **told, "files": digests})
        return
    texts = session.texts
    saying.say(texts.say("say.evidence", **told))
    for name in found.passed_by:
        saying.note(texts.say("say.evidence_passed_by", name=name))
    if found.covered < len(found.facts):
        uncovered = len(found.facts) - found.covered
        saying.note(texts.say("say.evidence_uncovered", count=uncovered))
    if found.signed.witnesses < found.trust.quorum:
        saying.note(texts.say("say.evidence_unwitnessed", **told))
    saying.note(texts.say("say.evidence_next", folder=out))
