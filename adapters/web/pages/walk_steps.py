"""Vandringer: asking for a walk, planning it, inviting, and every step after it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import may_read_cases
from adapters.web.asked import Here, Person, Posted, System, may_begin, staff, typed
from adapters.web.asking import ask
from adapters.web.building import Typed, stamp_of
from adapters.web.forms import Field, Kind, Source
from adapters.web.obstacles import CLEAR, OBSTACLES, Obstacle, obstacle_of
from adapters.web.pages.case import Shown
from adapters.web.reading import fresh, kept_for, viewer_of, walk_row
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.walk_forms import WALK_FORMS, walk_command_of
from adapters.web.wording import unit_names
from domain.errors import Code, NotFound
from domain.permissions.asking import ACTIONS
from domain.permissions.roles import roles_of
from domain.permissions.words import Action
from domain.publication.state import PublicationStatus
from domain.values import Actor
from domain.walk.commands import BY_NAME, stream_of
from projections.publications import PUBLICATIONS
from projections.walks import WALKS, WalkRow

router = APIRouter(include_in_schema=False)
OF_STAFF = [Depends(staff)]
WHO_ASKS = [Depends(may_begin(Action.REQUEST_WALK))]
NEW = "request"


@router.get("/walks/new", dependencies=WHO_ASKS)
def ask_walk(request: Request, visitor: Here, system: System) -> Response:
    """Show the form that asks for a walk."""
    told = kept_for(visitor, request.url.path) or {"number": _proposed(system)}
    return _form(request, visitor, NEW, None, told)


@router.post("/walks/new", dependencies=WHO_ASKS)
def new_walk(
    request: Request, visitor: Here, by: Person, system: System, form: Posted
) -> Response:
    """Ask for a walk."""
    told = typed(form)
    return _taken(request, visitor, by, system, NEW, told.get("number", ""), told)


@router.get("/walks/{number}/step/{verb}", dependencies=OF_STAFF)
def ask_step(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    number: str,
    verb: str,
) -> Response:
    """Show the form of one step.

    Raises: NotFound (unknown_walk); NotAllowed (not_your_role).
    """
    name = _name_of(verb)
    viewer = viewer_of(visitor, by)
    viewer.require(ACTIONS[BY_NAME[name]])
    row = viewer.row(walk_row(system, number), stream_of(number))
    told = kept_for(visitor, request.url.path) or _prefilled(row, visitor)
    return _form(request, visitor, name, row, told)


@router.post("/walks/{number}/step/{verb}", dependencies=OF_STAFF)
def take_step(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
    verb: str,
) -> Response:
    """Take one step, or show what is in the way; nothing typed is lost."""
    name = _name_of(verb)
    viewer_of(visitor, by).require(ACTIONS[BY_NAME[name]])
    return _taken(request, visitor, by, system, name, number, typed(form))


def _taken(
    request: Request,
    visitor: Visitor,
    by: Actor,
    system: Gadelys,
    name: str,
    number: str,
    told: dict[str, str],
) -> Response:
    row = None if name == NEW else walk_row(system, number)
    try:
        stamp = stamp_of(told, by, visitor.now)
        register = system.rules().register
        signed = _signed(system, number)
        command = walk_command_of(name, number, told, stamp, register, signed)
        ask(system, command, None, checked="checked" in told, seen_in=(WALKS.name,))
    except OBSTACLES as problem:
        return _form(request, visitor, name, row, told, obstacle_of(problem))
    visitor.memory["notice"] = visitor.texts.say("web.noted")
    sees_walks = may_read_cases(roles_of(by, register))
    shown = f"/walks/{number}" if sees_walks else "/walks/new"
    return RedirectResponse(shown, HTTPStatus.SEE_OTHER)


def _signed(system: Gadelys, number: str) -> dict[str, str]:
    """Return the published texts of a walk by their kind, the newest of each."""
    fresh(system, PUBLICATIONS.name)
    table = system.rows.table(PUBLICATIONS)
    out = table.c.status == PublicationStatus.PUBLISHED.value
    query = select(table).where(table.c.walk == number, out)
    return {str(row.kind): row.number for row in system.rows.rows(PUBLICATIONS, query)}


def _name_of(verb: str) -> str:
    name = verb.replace("-", "_")
    if name not in WALK_FORMS or name == NEW:
        raise NotFound(Code.UNKNOWN_WALK, walk=verb)
    return name


def _proposed(system: Gadelys) -> str:
    """Return a number that no walk has: `V-2026-03`."""
    fresh(system, WALKS.name)
    zone = system.rules().register.working_days.zone
    year = f"{system.now().astimezone(zone):%Y}"
    taken = {row.number for row in system.rows.rows(WALKS)}
    numbers = (f"V-{year}-{nth:02}" for nth in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)


def _prefilled(row: WalkRow, visitor: Visitor) -> dict[str, str]:
    """Return what is known of the walk already."""
    register = visitor.register
    zone = register.working_days.zone if register else None
    moments = {"starts_at": row.starts_at, "ends_at": row.ends_at}
    told: dict[str, Any] = {
        "area": row.area,
        "theme": row.theme,
        "route_length_m": row.route_length_m,
        "follow_up_on": row.follow_up_on,
        **{
            name: at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
            for name, at in moments.items()
            if at
        },
    }
    owners = {f"owners.{one}": "1" for one in row.memory.owners}
    return {name: str(value) for name, value in told.items() if value} | owners


def _form(
    request: Request,
    visitor: Visitor,
    name: str,
    row: WalkRow | None,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    texts, system = visitor.texts, visitor.system
    register = system.rules().register
    groups = [(one.id, texts.show_named(one)) for one in register.groups]
    units = unit_names(register, texts)
    many = {Source.GROUPS: groups, Source.UNITS: units}
    fields = [
        _shown(one, told, obstacle.faults, many, texts) for one in WALK_FORMS[name]
    ]
    return page(
        request,
        "walk_step.html",
        obstacle.status,
        walk=row,
        name=name,
        action="/walks/new"
        if row is None
        else f"/walks/{row.number}/step/{name.replace('_', '-')}",
        fields=fields,
        faults=[one for one in fields if one.fault],
        wrong=obstacle.faults,
        told=told,
        groups=groups,
        marks=obstacle.marks,
        refusal=texts.refusal(obstacle.refusal)[0] if obstacle.refusal else "",
        limit=register.limits.text_length,
        command_id=told.get("command_id") or str(uuid4()),
    )


def _shown(
    field: Field,
    told: Typed,
    faults: Mapping[str, str],
    many: Mapping[Source, list[tuple[str, str]]],
    texts: Texts,
) -> Shown:
    key = f"web_walk_field.{field.name}"
    word = texts.word("field", field.name)
    fault = faults.get(field.name, "")
    is_many = field.kind is Kind.MANY and field.source
    return Shown(
        field=field,
        label=texts.say(key) if texts.has(key) else f"{word[:1].upper()}{word[1:]}",
        value=told.get(field.name, ""),
        choices=many.get(field.source, []) if is_many and field.source else [],
        fault=texts.say(fault) if fault else "",
    )
