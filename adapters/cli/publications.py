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
from adapters.persistence.saving import new_folder
from adapters.publishing.published import files_of_text, lay_out_all
from adapters.publishing.reports import made_from
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
from domain.publication.events import READ_AS_TEXT, PublicationDrafted
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
        number, receipt = laid_before_both(session, system, number, body)
        say_drafted(session, system, number, document, receipt)


def laid_before_both(
    session: Session, system: Gadelys, number: str | None, body: dict[str, Any]
) -> tuple[str, Receipt]:
    """Draft a text under its number, or under the next one that is free."""

    def ask(free: str) -> Receipt:
        command = _built(DraftPublication, {**body, "number": free})
        return system.ask(command, expected=None if number else 0)

    session.number = number
    if number:
        return number, ask(number)
    session.number, receipt = numbering.PUBLICATIONS.first_free(system, ask)
    return session.number, receipt


def say_drafted(
    session: Session,
    system: Gadelys,
    number: str,
    document: Document,
    receipt: Receipt,
) -> None:
    """Say what was laid before both, and how it is approved."""
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


def show(session: Session, number: str, *, text: bool, out: Path | None) -> None:
    """Print one publication with its history, or its text; or write its files."""
    with session.system() as system:
        session.number = number
        facts = _facts(system, number)
        row = _row(system, number)
        documents = documents_of(system)
        if out:
            files = files_of_text(system, row)
            new_folder(out, files)
            names = ", ".join(sorted(files))
            told = session.texts.say("council.written", folder=str(out), files=names)
            saying.note(told)
            return
        if session.as_json:
            answer = _json(row)
            if text and row.form in READ_AS_TEXT:
                answer["text"] = documents.body(row.content).decode()
            saying.say_json(answer)
        elif text:
            _print_text(row, documents, session.texts)
        else:
            _print(row, facts, session.texts, _zone(system))


def _print_text(row: PublicationRow, documents: Documents, texts: Texts) -> None:
    body = documents.body(row.content)
    if row.form not in READ_AS_TEXT:
        path = documents.path_of(row.content)
        key = f"say.publication_{row.form}"
        saying.say(texts.say(key, path=path, number=row.number))
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


def lay_out(session: Session) -> None:
    """Bring the public folder in line with the history."""
    with session.system() as system:
        numbers = list(lay_out_all(system))
        if session.as_json:
            saying.say_json({"schema": "laid-out/1", "publications": numbers})
        else:
            folder = str(system.settings.published_folder)
            told = session.texts.say(
                "say.publications_laid_out", count=len(numbers), folder=folder
            )
            saying.say(told)


def again(session: Session, number: str) -> None:
    """Make a report again from its pins; end with 1 if it is not the same."""
    with session.system() as system:
        session.number = number
        row = _row(system, number)
        body = documents_of(system).body(row.content)
        same = made_from(system, body) == body
        if session.as_json:
            saying.say_json({"schema": "made-again/1", "number": number, "same": same})
        else:
            key = "say.publication_again" if same else "say.publication_again_other"
            saying.say(session.texts.say(key, number=number))
    if not same:
        raise SystemExit(saying.REFUSED)


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
