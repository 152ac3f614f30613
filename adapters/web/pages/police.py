"""What only the police know about a case: their notes, and copies that they share."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from adapters import police
from adapters.texts import FINGERPRINT
from adapters.web.asked import Here, Person, Posted, System, typed
from adapters.web.asking import look_through
from adapters.web.building import BadFields, Typed, built, day_of, plain, stamp_of
from adapters.web.obstacles import (
    CLEAR,
    OBSTACLES,
    Obstacle,
    in_one_sentence,
    obstacle_of,
)
from adapters.web.reading import kept_for, viewer_of
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from domain.errors import Code, NotFound
from domain.messages import Stamp
from domain.police.commands import (
    AddPoliceNote,
    AnyPoliceCommand,
    ApproveSharing,
    ProposeSharing,
)
from domain.police.events import NoteKind
from domain.values import Actor, FindingNumber
from projections.police_page import police_page

router = APIRouter(include_in_schema=False)


@router.get("/cases/{number}/police")
def show(request: Request, visitor: Here, by: Person, number: str) -> Response:
    """Show what the police keep beside a case."""
    told = kept_for(visitor, request.url.path)
    return _shown(request, visitor, by, number, told)


@router.post("/cases/{number}/police/{verb}")
def take(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
    verb: str,
) -> Response:
    """Write a note or tactics, propose a copy or approve one; nothing typed is lost."""
    told = typed(form)
    try:
        command = _command(verb, number, told, stamp_of(told, by, visitor.now))
        police.require(system, command)
        look_through(command, checked="checked" in told)
        police.ask(system, command)
    except OBSTACLES as problem:
        return _shown(request, visitor, by, number, told, obstacle_of(problem))
    return RedirectResponse(f"/cases/{number}/police", HTTPStatus.SEE_OTHER)


def _command(
    verb: str, number: FindingNumber, told: Typed, stamp: Stamp
) -> AnyPoliceCommand:
    """Return what a form asks for.

    Raises: BadFields; NotFound for a form that is none of ours.
    """
    body: dict[str, Any] = {"number": number, "stamp": stamp}
    if verb == "approve":
        body |= {"nth": told.get("nth", ""), "content": told.get("content", "")}
        approval: AnyPoliceCommand = built(ApproveSharing, body)
        return approval
    body["text"] = plain(told.get("text", ""))
    if not body["text"]:
        raise BadFields({"text": "web.field_missing"})
    if verb == "share":
        proposal: AnyPoliceCommand = built(ProposeSharing, body)
        return proposal
    if verb != "note":
        raise NotFound(Code.UNKNOWN_FINDING, number=verb)
    days = {
        name: day_of(text) for name in ("first", "last") if (text := told.get(name))
    }
    kind = NoteKind.TACTICS if days else NoteKind.NOTE
    note: AnyPoliceCommand = built(AddPoliceNote, {**body, **days, "kind": kind})
    return note


def _shown(
    request: Request,
    visitor: Visitor,
    by: Actor,
    number: FindingNumber,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    found = police_page(viewer_of(visitor, by).police(number))
    why = in_one_sentence(obstacle, visitor.texts, number=number)
    return page(
        request,
        "police.html",
        obstacle.status,
        number=number,
        notes=found.notes,
        proposals=found.proposals,
        short=FINGERPRINT,
        told=told,
        why="" if obstacle.marks else why,
        marks=obstacle.marks,
        command_id=told.get("command_id") or str(uuid4()),
        fresh_ids=[str(uuid4()) for _ in found.proposals],
    )
