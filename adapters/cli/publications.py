"""What both authorities sign: draft, approve, withdraw, read."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters import numbering
from adapters.cli import saying
from adapters.cli.asking import _built, _say, _stamp, _zone
from adapters.cli.looking import look_through, submit
from adapters.cli.session import Session
from adapters.cli.views import new_table
from adapters.files.documents import Document, Documents, read_document
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.texts import FINGERPRINT, Texts
from domain.errors import Code, NotFound
from domain.free_text import refuse_cpr_in
from domain.messages import Recorded
from domain.ports import Receipt
from domain.publication.commands import (
    ApprovePublication,
    DraftPublication,
    WithdrawPublication,
    stream_of,
)
from domain.publication.events import Form, PublicationDrafted
from domain.publication.state import PublicationStatus
from projections.publications import PUBLICATIONS, PublicationRow

PREFIX = re.compile(r"^[0-9a-f]{8,64}$")
LINES = (
    "kind",
    "status",
    "walk",
    "finding",
    "draft",
    "drafted_by",
    "content",
    "approve_by",
    "approved_by",
    "missing",
    "published_at",
    "reason",
    "supersedes",
    "superseded_by",
)


def draft(
    session: Session,
    file: Path,
    number: str | None,
    *,
    checked: bool = False,
    **given: str | None,
) -> None:
    """Lay a text before both authorities."""
    with session.system() as system:
        document = read_document(file)
        told: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        stamp = _stamp(told, system)
        refuse_cpr_in("title", str(told["title"]))
        texts = (("title", str(told["title"])), ("document", document.text))
        look_through(session, texts, checked=checked)
        # First the bytes, then the fact: a fact never names a text we lack.
        content = documents_of(system).keep(document)
        body = {**told, "content": content, "form": document.form, "stamp": stamp}
        if number is None:
            number, receipt = numbering.PUBLICATIONS.first_free(
                system, lambda free: _drafted(system, free, body, expected=0)
            )
        else:
            session.number = number
            receipt = _drafted(system, number, body)
        session.number = number
        _say_drafted(session, system, number, document, receipt)


def _drafted(
    system: Gadelys, number: str, body: dict[str, Any], expected: int | None = None
) -> Receipt:
    command = _built(DraftPublication, {**body, "number": number})
    return system.ask(command, expected=expected)


def _say_drafted(
    session: Session,
    system: Gadelys,
    number: str,
    document: Document,
    receipt: Receipt,
) -> None:
    _say(session, system, number, receipt)
    if not session.as_json:
        content = document.content[:FINGERPRINT]
        key = "say.publication_next"
        saying.say(session.texts.say(key, number=number, content=content))


def approve(session: Session, number: str, content: str, **given: str | None) -> None:
    """Approve, for one's own authority, the text that was seen."""
    with session.system() as system:
        session.number = number
        facts = _facts(system, number)
        full = _full(content, facts)
        documents = documents_of(system)
        documents.body(full)  # nobody approves what cannot be read
        told: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        stamp = _stamp(told, system)
        body = {"number": number, "content": full, "stamp": stamp}
        receipt = system.ask(_built(ApprovePublication, body))
        documents.lay_out(number, _facts(system, number))
        _say(session, system, number, receipt)


def _full(prefix: str, facts: Sequence[Recorded]) -> str:
    """Return the digest, among all drafts of a publication, that begins so.

    Raises: Misused (bad_input) when it is too short or stands for two;
        NotFound (unknown_document) when no draft begins so.
    """
    told = prefix.lower()
    if not PREFIX.match(told):
        raise saying.bad_value("--content: 8-64 × 0-9 a-f")
    drafts = {
        fact.event.content
        for fact in facts
        if isinstance(fact.event, PublicationDrafted)
    }
    matching = [content for content in drafts if content.startswith(told)]
    if not matching:
        raise NotFound(Code.UNKNOWN_DOCUMENT, content=told)
    if len(matching) > 1:
        raise saying.bad_value(f"--content: {', '.join(sorted(matching))}")
    return matching[0]


def withdraw(
    session: Session,
    number: str,
    reason: str,
    *,
    checked: bool = False,
    **given: str | None,
) -> None:
    """Take a draft or a published text back."""
    with session.system() as system:
        session.number = number
        told: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        stamp = _stamp(told, system)
        body = {"number": number, "reason": reason, "stamp": stamp}
        command = _built(WithdrawPublication, body)
        receipt = submit(session, system, command, checked=checked)
        documents_of(system).lay_out(number, _facts(system, number))
        _say(session, system, number, receipt)


def show(session: Session, number: str, *, text: bool) -> None:
    """Print one publication with its history, or its text."""
    with session.system() as system:
        session.number = number
        facts = _facts(system, number)
        row = _row(system, number)
        documents = documents_of(system)
        if session.as_json:
            answer = _json(row)
            if text and row.form is not Form.PDF:
                answer["text"] = documents.body(row.content).decode()
            saying.say_json(answer)
        elif text:
            _print_text(row, documents, session.texts)
        else:
            _print(row, facts, session.texts, _zone(system))


def _print_text(row: PublicationRow, documents: Documents, texts: Texts) -> None:
    body = documents.body(row.content)
    if row.form is Form.PDF:
        path = documents.path_of(row.content)
        saying.say(texts.say("say.publication_pdf", path=path))
        return
    shown = body.decode()
    saying.say(shown, end="" if shown.endswith("\n") else "\n")


def _print(
    row: PublicationRow, facts: Sequence[Recorded], texts: Texts, zone: tzinfo
) -> None:
    title = texts.say("say.publication_title", number=row.number, title=row.title)
    saying.say(title)
    for name in LINES:
        if value := getattr(row, name):
            label = texts.say(f"say.publication_{name}")
            saying.say(f"  {label}: {texts.show(value)}")
    saying.say()
    saying.say(texts.say("say.history_title"))
    for fact in facts:
        event = fact.event
        at = texts.show(event.stamp.at.astimezone(zone))
        saying.say(f"  {at}  {texts.told(event)}")
    if row.status is PublicationStatus.DRAFT:
        content = row.content[:FINGERPRINT]
        saying.say()
        saying.say(
            texts.say("say.publication_next", number=row.number, content=content)
        )
    elif row.status is PublicationStatus.LAPSED:
        saying.say()
        saying.say(texts.say("say.publication_draft_again", number=row.number))


def listed(session: Session, walk: str | None) -> None:
    """Print all publications, the latest first."""
    with session.system() as system:
        system.catch_up([PUBLICATIONS.name])
        table = system.rows.table(PUBLICATIONS)
        query = select(table).order_by(table.c.drafted_at.desc(), table.c.number.desc())
        if walk:
            query = query.where(table.c.walk == walk)
        rows = system.rows.rows(PUBLICATIONS, query)
        if session.as_json:
            answer = {
                "schema": "publications/1",
                "publications": [_json(row) for row in rows],
            }
            saying.say_json(answer)
            return
        _print_list(rows, session.texts)


def _print_list(rows: Sequence[PublicationRow], texts: Texts) -> None:
    if not rows:
        saying.say(texts.say("say.publications_empty"))
        return
    title = texts.say("say.publications_title")
    columns = ("number", "kind", "title", "status", "due", "approved_by")
    table = new_table(title, *columns, texts=texts)
    for row in rows:
        waits = row.status is PublicationStatus.DRAFT
        table.add_row(
            row.number,
            texts.show(row.kind),
            row.title,
            texts.status(row.status),
            texts.show(row.approve_by) if waits else "",
            texts.show(row.approved_by),
        )
    saying.console().print(table)


def _json(row: PublicationRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "form": row.form,
        **{name: getattr(row, name) for name in LINES},
        "version": row.version,
    }


def _row(system: Gadelys, number: str) -> PublicationRow:
    system.catch_up([PUBLICATIONS.name])
    table = system.rows.table(PUBLICATIONS)
    rows = system.rows.rows(PUBLICATIONS, select(table).where(table.c.number == number))
    if not rows:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return rows[0]


def _facts(system: Gadelys, number: str) -> tuple[Recorded, ...]:
    facts = system.store.load(stream_of(number))
    if not facts:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return facts
