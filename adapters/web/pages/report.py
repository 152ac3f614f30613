"""Registrér fund: noting something by hand, outside a walk or after it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from adapters.standing import next_number
from adapters.system import Gadelys
from adapters.web.asked import Here, Person, Posted, System, staff, typed
from adapters.web.asking import Marked, PersonsNamed, ask
from adapters.web.building import BadFields, Typed, built, plain, stamp_of
from adapters.web.pages.failures import status_of
from adapters.web.reading import fresh
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from domain.errors import Code, Conflict, DomainError
from domain.finding.commands import ReportFinding
from domain.values import Actor, Channel, FindingNumber, Severity
from projections.walks import WALKS

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])
ATTEMPTS = 20
LINES = ("category", "walk", "channel", "severity", "place", "text")
NEEDED = ("category", "text")


@router.get("/report")
def ask_finding(request: Request, visitor: Here, system: System) -> Response:
    """Show the form."""
    kept = visitor.recall("kept")
    told = visitor.take("kept")["typed"] if kept and kept["path"] == "/report" else {}
    return _form(request, visitor, system, told)


@router.post("/report")
def report(
    request: Request, visitor: Here, by: Person, system: System, form: Posted
) -> Response:
    """Note it under the next number, or show what is in the way."""
    told = typed(form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        number = _reported(visitor, by, system, told)
    except BadFields as bad:
        return _form(request, visitor, system, told, status, faults=bad.faults)
    except PersonsNamed as named:
        return _form(request, visitor, system, told, status, marks=named.marks)
    except DomainError as refusal:
        return _form(
            request, visitor, system, told, status_of(refusal), refusal=refusal
        )
    visitor.memory["notice"] = visitor.texts.say("web.reported", number=number)
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


def _reported(
    visitor: Visitor, by: Actor, system: Gadelys, told: Typed
) -> FindingNumber:
    """Try number after number: somebody else may report at the same moment.

    The same form again finds the number that it was given the first time.
    """
    body = _body(told, by, visitor)
    number = told.get("number") or next_number(system)
    for _ in range(ATTEMPTS):
        command = built(ReportFinding, {**body, "number": number})
        try:
            ask(system, command, None, checked="checked" in told)
        except Conflict as conflict:
            if conflict.code is not Code.ALREADY_REPORTED:
                raise
            number = next_number(system)
        else:
            return number
    raise Conflict(Code.BUSY, stream="finding", attempts=ATTEMPTS)


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
    system: Gadelys,
    told: Typed,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    faults: Mapping[str, str] | None = None,
    marks: tuple[Marked, ...] = (),
    refusal: DomainError | None = None,
) -> Response:
    fresh(system, WALKS.name)
    register, texts = system.rules().register, visitor.texts
    table = system.rows.table(WALKS)
    walks = system.rows.rows(WALKS, select(table).order_by(table.c.starts_at.desc()))
    return page(
        request,
        "new_finding.html",
        status,
        told=told,
        faults=dict(faults or {}),
        marks=marks,
        refusal=texts.refusal(refusal)[0] if refusal else "",
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        walks=[(row.number, f"{row.area} ({row.number})") for row in walks],
        channels=[(str(one), texts.show(one)) for one in Channel],
        severities=[(str(one), texts.show(one)) for one in Severity],
        number=told.get("number") or next_number(system),
        command_id=told.get("command_id") or str(uuid4()),
        limit=register.limits.text_length,
    )
