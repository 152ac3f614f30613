"""Registrér fund: noting something by hand, outside a walk or after it."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from adapters.numbering import FINDINGS
from adapters.standing import next_number
from adapters.system import Gadelys
from adapters.viewing import sees
from adapters.web.asked import Here, Person, Posted, System, may_begin, typed
from adapters.web.asking import ask
from adapters.web.building import BadFields, Typed, built, plain, stamp_of
from adapters.web.obstacles import CLEAR, OBSTACLES, Obstacle, obstacle_of
from adapters.web.reading import kept_for, walk_choices
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from domain.finding.commands import ReportFinding
from domain.permissions.words import Action
from domain.ports import Receipt
from domain.values import Actor, Channel, FindingNumber, Severity

router = APIRouter(
    include_in_schema=False, dependencies=[Depends(may_begin(Action.REPORT))]
)
LINES = ("category", "walk", "channel", "severity", "place", "text")
NEEDED = ("category", "text")


@router.get("/report")
def ask_finding(
    request: Request, visitor: Here, by: Person, system: System
) -> Response:
    """Show the form."""
    return _form(request, visitor, by, system, kept_for(visitor, request.url.path))


@router.post("/report")
def report(
    request: Request, visitor: Here, by: Person, system: System, form: Posted
) -> Response:
    """Note it under the next number, or show what is in the way."""
    told = typed(form)
    try:
        number = _reported(visitor, by, system, told)
    except OBSTACLES as problem:
        return _form(request, visitor, by, system, told, obstacle_of(problem))
    visitor.memory["notice"] = visitor.texts.say("web.reported", number=number)
    shown = f"/cases/{number}" if sees(system, by, number) else "/report"
    return RedirectResponse(shown, HTTPStatus.SEE_OTHER)


def _reported(
    visitor: Visitor, by: Actor, system: Gadelys, told: Typed
) -> FindingNumber:
    """Report it; the same form again finds the number of the first time."""
    body, checked = _body(told, by, visitor), "checked" in told

    def ask_as(number: str) -> Receipt:
        command = built(ReportFinding, {**body, "number": number})
        return ask(system, command, None, checked=checked)

    number, _ = FINDINGS.first_free(system, ask_as, told.get("number"))
    return number


def _body(told: Typed, by: Actor, visitor: Visitor) -> dict[str, Any]:
    """Return what was typed.

    Raises: BadFields.
    """
    body: dict[str, Any] = {
        name: text for name in LINES if (text := plain(told.get(name, "")))
    }
    if missing := [name for name in NEEDED if name not in body]:
        raise BadFields(dict.fromkeys(missing, "web.field_missing"))
    point = [told.get(name, "").strip().replace(",", ".") for name in ("lat", "lon")]
    if any(point):
        body["point"] = {"lat": point[0], "lon": point[1]}
    return {**body, "stamp": stamp_of(told, by, visitor.now)}


def _form(
    request: Request,
    visitor: Visitor,
    by: Actor,
    system: Gadelys,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    register, texts = system.rules().register, visitor.texts
    return page(
        request,
        "new_finding.html",
        obstacle.status,
        told=told,
        faults=obstacle.faults,
        marks=obstacle.marks,
        refusal=texts.refusal(obstacle.refusal)[0] if obstacle.refusal else "",
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        walks=walk_choices(system, by),
        channels=[(str(one), texts.show(one)) for one in Channel],
        severities=[(str(one), texts.show(one)) for one in Severity],
        number=told.get("number") or next_number(system),
        command_id=told.get("command_id") or str(uuid4()),
        limit=register.limits.text_length,
    )
