"""Godkendelser: what waits for the eyes, the answer or the signature of somebody."""

from http import HTTPStatus
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from adapters.persistence.case_lists import Wanted
from adapters.publishing.published import files_of_text
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.texts import FINGERPRINT
from adapters.web.asked import Here, Person, Posted, System, staff, typed
from adapters.web.asking import ask
from adapters.web.building import Typed, built, plain, stamp_of
from adapters.web.obstacles import (
    CLEAR,
    OBSTACLES,
    Obstacle,
    in_one_sentence,
    obstacle_of,
)
from adapters.web.pages.work import line_of
from adapters.web.reading import (
    fresh,
    kept_for,
    publication_facts,
    publication_row,
    viewer_of,
)
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.wording import file_of, told_of
from domain.publication.commands import (
    ApprovePublication,
    WithdrawPublication,
)
from domain.publication.events import READ_AS_TEXT
from domain.publication.state import PublicationStatus
from domain.values import Actor
from projections.cases import CASES, NextStep
from projections.publications import PUBLICATIONS, PublicationRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])
MOST = 200
QUEUES = {
    "verify": NextStep.VERIFY,
    "decline": NextStep.APPROVE_DECLINE,
    "handover": NextStep.ANSWER_HANDOVER,
}


@router.get("/approvals")
def approvals(request: Request, visitor: Here, by: Person, system: System) -> Response:
    """Show the cases and texts that wait for whoever asks."""
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    fresh(system, CASES.name)
    waiting = Wanted(unit=str(by.unit), steps=tuple(QUEUES.values()))
    found = viewer_of(visitor, by).listed(waiting, limit=MOST)
    lines = [line_of(row, register, texts, today) for row in found.rows]
    queues = [
        (name, [line for line in lines if line.row.next_step is step])
        for name, step in QUEUES.items()
    ]
    drafts = _drafts(system)
    return page(
        request,
        "approvals.html",
        queues=queues,
        ours=[row for row in drafts if by.authority in row.missing],
        others=[row for row in drafts if by.authority not in row.missing],
    )


def _drafts(system: Gadelys) -> list[PublicationRow]:
    fresh(system, PUBLICATIONS.name)
    table = system.rows.table(PUBLICATIONS)
    waits = table.c.status == PublicationStatus.DRAFT.value
    query = select(table).where(waits).order_by(table.c.approve_by)
    return system.rows.rows(PUBLICATIONS, query)


@router.get("/publications/{number}")
def show(request: Request, visitor: Here, system: System, number: str) -> Response:
    """Show one text, and let it be signed.

    Raises: NotFound (unknown_publication).
    """
    told = kept_for(visitor, request.url.path)
    return _shown(request, visitor, system, number, told)


@router.post("/publications/{number}/approve")
def approve(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
) -> Response:
    """Agree, for one's own authority, to publish exactly what was seen."""
    told = typed(form)
    body = {"number": number, "content": told.get("content", "")}
    return _asked(request, visitor, by, system, ApprovePublication, body, told)


@router.post("/publications/{number}/withdraw")
def withdraw(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
) -> Response:
    """Take a text back."""
    told = typed(form)
    body = {"number": number, "reason": plain(told.get("reason", ""))}
    return _asked(request, visitor, by, system, WithdrawPublication, body, told)


def _asked(
    request: Request,
    visitor: Visitor,
    by: Actor,
    system: Gadelys,
    kind: type[ApprovePublication] | type[WithdrawPublication],
    body: dict[str, str],
    told: dict[str, str],
) -> Response:
    number = body["number"]
    try:
        command = built(kind, {**body, "stamp": stamp_of(told, by, visitor.now)})
        if isinstance(command, ApprovePublication):
            documents_of(system).body(command.content)
        checked = "checked" in told
        seen = (PUBLICATIONS.name,)
        ask(system, command, None, checked=checked, seen_in=seen)
    except OBSTACLES as problem:
        obstacle = obstacle_of(problem)
        return _shown(request, visitor, system, number, told, obstacle)
    documents_of(system).lay_out(number, publication_facts(system, number))
    visitor.memory["notice"] = visitor.texts.say("web.noted")
    return RedirectResponse(f"/publications/{number}", HTTPStatus.SEE_OTHER)


def _shown(
    request: Request,
    visitor: Visitor,
    system: Gadelys,
    number: str,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    facts, row = publication_facts(system, number), publication_row(system, number)
    texts, by = visitor.texts, visitor.actor
    is_text = row.form in READ_AS_TEXT
    files = {} if is_text else files_of_text(system, row)
    waits = row.status is PublicationStatus.DRAFT
    return page(
        request,
        "publication.html",
        obstacle.status,
        row=row,
        standing=texts.status(row.status),
        body=documents_of(system).body(row.content).decode() if is_text else "",
        files=[file_of(name, len(files[name]), texts) for name in sorted(files)],
        framed=next((name for name in sorted(files) if name.endswith(".html")), ""),
        content=row.content[:FINGERPRINT],
        may_sign=waits and by is not None and by.authority in row.missing,
        may_withdraw=row.status
        in {PublicationStatus.DRAFT, PublicationStatus.PUBLISHED},
        story=[told_of(fact, texts) for fact in reversed(facts)],
        why=in_one_sentence(obstacle, texts),
        told=told,
        command_id=str(uuid4()),
        withdraw_id=str(uuid4()),
    )
