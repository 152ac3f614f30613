"""Texts that both authorities sign: laid before them, approved, withdrawn, read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import StringConstraints
from sqlalchemy import select
from starlette.responses import Response

from adapters import numbering
from adapters.files.documents import document_of
from adapters.standing import documents_of
from adapters.texts import Texts
from adapters.web.api.answers import (
    Fact,
    Publication,
    Publications,
    Taken,
    WholePublication,
    answer,
    of_row,
    tag,
)
from adapters.web.api.bodies import body_of, read
from adapters.web.api.callers import Raw, System, staff
from adapters.web.api.describing import GIVING, READING, made, sent, tagged
from adapters.web.api.giving import Asked, Asking, marks_of, taken
from adapters.web.api.problems import Named
from adapters.web.api.questions import PublicationList, Question
from adapters.web.reading import fresh, publication_facts, publication_row
from adapters.web.visiting import visitor_of
from domain.ports import Receipt
from domain.publication.commands import (
    ApprovePublication,
    DraftPublication,
    WithdrawPublication,
)
from domain.publication.events import READ_AS_TEXT, Form
from domain.values import PublicationNumber
from projections.publications import PUBLICATIONS

router = APIRouter(tags=["publications"], dependencies=[Depends(staff)])
SEEN_IN = (PUBLICATIONS.name,)
LONGEST_TEXT = 500_000
Document = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
NEW_TEXT = body_of(
    DraftPublication,
    without=frozenset({"content", "form"}),
    number=(PublicationNumber | None, None),
    document=(Document, ...),
)
"""The text itself instead of its digest; it is kept as Markdown."""

APPROVAL, WITHDRAWAL = body_of(ApprovePublication), body_of(WithdrawPublication)
EXAMPLE = {
    "kind": "message",
    "title": "Lyset på stien er tændt igen",
    "document": "# Lyset er tændt\n\nLamperne på stien virker igen.\n",
}


@router.get("/publications", response_model=Publications, responses=READING)
def list_publications(
    system: System, asked: Annotated[PublicationList, Query()]
) -> Response:
    """Return all texts, the latest first."""
    fresh(system, PUBLICATIONS.name)
    table = system.rows.table(PUBLICATIONS)
    query = select(table).order_by(table.c.drafted_at.desc(), table.c.number.desc())
    if asked.walk:
        query = query.where(table.c.walk == asked.walk)
    rows = system.rows.rows(PUBLICATIONS, query)
    return answer(Publications(publications=[Publication.of(row) for row in rows]))


@router.get(
    "/publications/{number}",
    response_model=WholePublication,
    responses={**READING, 200: tagged("The text")},
)
def show_publication(
    request: Request,
    system: System,
    number: PublicationNumber,
    _asked: Annotated[Question, Query()],
) -> Response:
    """Return one text with its story."""
    facts, row = publication_facts(system, number), publication_row(system, number)
    texts: Texts = visitor_of(request).texts
    is_text = row.form in READ_AS_TEXT
    body = documents_of(system).body(row.content).decode() if is_text else None
    told = [Fact.of(fact, texts) for fact in facts]
    shown = of_row(WholePublication, row, text=body, facts=told)
    return answer(shown, headers=tag(row.version))


@router.post(
    "/publications",
    response_model=Taken,
    status_code=201,
    responses={**GIVING, 201: made("show_publication")},
    openapi_extra=sent(NEW_TEXT, EXAMPLE),
)
def draft(asked: Asked, raw: Raw) -> Response:
    """Lay a text before both authorities; with a number once more, a new draft."""
    body: Any = read(NEW_TEXT, raw)
    document = document_of(body.document.encode(), Form.MD, "document")
    if not body.checked and (marks := marks_of([("document", document.text)])):
        raise Named(marks)
    content = documents_of(asked.system).keep(document)

    def ask(number: str) -> Receipt:
        about = {"number": number, "content": content, "form": Form.MD}
        command = asked.command(DraftPublication, body, about)
        expected = asked.expected(command) if body.number else 0
        return asked.give(command, expected, SEEN_IN, checked=body.checked)

    if body.number:
        number, receipt = body.number, ask(body.number)
    else:
        number, receipt = numbering.PUBLICATIONS.first_free(asked.system, ask)
    return taken(receipt, number, f"/api/v1/publications/{number}")


@router.post(
    "/publications/{number}/approve",
    response_model=Taken,
    responses={**GIVING, 200: tagged("The receipt")},
    openapi_extra=sent(APPROVAL),
)
def approve(asked: Asked, raw: Raw, number: PublicationNumber) -> Response:
    """Agree, for one's own authority, to publish exactly what was seen."""
    body: Any = read(APPROVAL, raw)
    publication_facts(asked.system, number)
    documents_of(asked.system).body(body.content)  # nobody approves what is unreadable
    command = asked.command(ApprovePublication, body, {"number": number})
    expected = asked.expected(command)
    receipt = asked.give(command, expected, SEEN_IN, checked=body.checked)
    return _laid_out(asked, receipt, number)


@router.post(
    "/publications/{number}/withdraw",
    response_model=Taken,
    responses={**GIVING, 200: tagged("The receipt")},
    openapi_extra=sent(WITHDRAWAL),
)
def withdraw(asked: Asked, raw: Raw, number: PublicationNumber) -> Response:
    """Take a draft or a published text back."""
    body = read(WITHDRAWAL, raw)
    command = asked.command(WithdrawPublication, body, {"number": number})
    expected = asked.expected(command)
    receipt = asked.give(command, expected, SEEN_IN, checked=body.checked)
    return _laid_out(asked, receipt, number)


def _laid_out(asked: Asking, receipt: Receipt, number: str) -> Response:
    documents_of(asked.system).lay_out(number, publication_facts(asked.system, number))
    return taken(receipt, number)
