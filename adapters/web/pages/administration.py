"""Administration: the rules in force, who is away, and messages nobody received."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from adapters.standing import AbsenceLine, absences_on, messages_in, whose_task
from adapters.system import Gadelys
from adapters.viewing import may_see_to_roles
from adapters.web.asked import Here, Person, Posted, System, require_staff, staff, typed
from adapters.web.asking import ask
from adapters.web.building import Typed, built, day_of, plain, stamp_of
from adapters.web.obstacles import (
    CLEAR,
    OBSTACLES,
    Obstacle,
    in_one_sentence,
    obstacle_of,
)
from adapters.web.reading import kept_for
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.wording import unit_names
from domain.delivery.decide import RetryDelivery, SettleDelivery
from domain.errors import Code, NotFound
from domain.permissions.asking import is_permitted
from domain.permissions.roles import roles_of
from domain.permissions.words import Action, Relation
from domain.roster.commands import EndAbsence, NoteAbsence
from domain.values import BOTH_AUTHORITIES, Actor
from projections.deliveries import DELIVERIES, DeliveryState
from projections.roster import ROSTER

router = APIRouter(include_in_schema=False)
OF_STAFF = [Depends(staff)]
SEEING_TO: Mapping[str, type[Any]] = {"retry": RetryDelivery, "settle": SettleDelivery}


@router.get("/administration", dependencies=OF_STAFF)
def administration(
    request: Request, visitor: Here, by: Person, system: System
) -> Response:
    """Show the rules in force and the way to the rest."""
    rules, texts = system.rules(), visitor.texts
    found = rules.register
    return page(
        request,
        "administration.html",
        version=rules.version,
        title=texts.show_named(found.title),
        categories=found.categories,
        units=found.units,
        waiting=len(messages_in(system, DeliveryState.GIVEN_UP, DeliveryState.LETTER)),
        away=len(list(_absences(visitor, system))),
        sees_to_roles=may_see_to_roles(roles_of(by, found)),
    )


async def _rostered(by: Person, system: System) -> None:
    """Let in who may note that somebody is away, and who may see that.

    Raises: NotAllowed (not_your_role).
    """
    register = system.rules().register
    if not is_permitted(by, Action.NOTE_ABSENCE, Relation, register):
        require_staff(by, register)


@router.get("/roster", dependencies=[Depends(_rostered)])
def roster(request: Request, visitor: Here, by: Person, system: System) -> Response:
    """Show who is away, and let it be noted."""
    told = kept_for(visitor, request.url.path)
    noted = {} if "ends" in told else told
    return _roster(request, visitor, by, system, noted)


@router.post("/roster", dependencies=[Depends(_rostered)])
def note_absence(
    request: Request, visitor: Here, by: Person, system: System, form: Posted
) -> Response:
    """Note that somebody is away, or back sooner."""
    told = typed(form)
    ends = "ends" in told
    body = {name: text for name in ("absent", "substitute") if (text := told.get(name))}
    days = {name: day_of(told.get(name, "")) for name in ("first", "last")}
    wanted = {"absent": body.get("absent", ""), "last": days["last"]}
    kind = EndAbsence if ends else NoteAbsence
    told_body: dict[str, Any] = wanted if ends else {**body, **days}
    obstacle = _given(visitor, by, kind, told_body, told, ROSTER.name)
    if obstacle is not CLEAR:
        return _roster(request, visitor, by, system, told, obstacle)
    return RedirectResponse("/roster", HTTPStatus.SEE_OTHER)


@router.get("/deliveries", dependencies=OF_STAFF)
def deliveries(request: Request, visitor: Here, system: System) -> Response:
    """Show the messages that nobody but a person can bring to an end."""
    told = kept_for(visitor, request.url.path)
    return _deliveries(request, visitor, system, told)


@router.post("/deliveries/{verb}", dependencies=OF_STAFF)
def see_to(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    verb: str,
) -> Response:
    """Let a message be tried again, or say how else its recipient was told.

    Raises: NotFound (unknown_delivery) for another verb.
    """
    if verb not in SEEING_TO:
        raise NotFound(Code.UNKNOWN_DELIVERY, key=verb)
    told, kind = typed(form), SEEING_TO[verb]
    key, _, batch = told.get("key", "").rpartition("/")
    body: dict[str, Any] = {"key": key, "batch": batch}
    if kind is SettleDelivery:
        body["reason"] = plain(told.get("reason", ""))
    obstacle = _given(visitor, by, kind, body, told, DELIVERIES.name)
    if obstacle is not CLEAR:
        return _deliveries(request, visitor, system, told, obstacle)
    return RedirectResponse("/deliveries", HTTPStatus.SEE_OTHER)


def _given(
    visitor: Visitor,
    by: Actor,
    kind: type[Any],
    body: dict[str, Any],
    told: Typed,
    seen: str,
) -> Obstacle:
    """Give one command; return what is in the way, if something is."""
    try:
        command = built(kind, {**body, "stamp": stamp_of(told, by, visitor.now)})
        ask(visitor.system, command, None, checked="checked" in told, seen_in=(seen,))
    except OBSTACLES as problem:
        return obstacle_of(problem)
    visitor.memory["notice"] = visitor.texts.say("web.noted")
    return CLEAR


def _roster(
    request: Request,
    visitor: Visitor,
    by: Actor,
    system: Gadelys,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    return page(
        request,
        "roster.html",
        obstacle.status,
        lines=[(line, str(uuid4())) for line in _shown_to(by, visitor, system)],
        units=unit_names(system.rules().register, visitor.texts),
        why=in_one_sentence(obstacle, visitor.texts),
        told=told,
        command_id=told.get("command_id") or str(uuid4()),
        today=_today(visitor, system).isoformat(),
    )


def _shown_to(by: Actor, visitor: Visitor, system: Gadelys) -> list[AbsenceLine]:
    """Return all absences; to a partner those of their own unit."""
    lines = _absences(visitor, system)
    if by.authority in BOTH_AUTHORITIES:
        return lines
    return [line for line in lines if line.absent.unit == by.unit]


def _today(visitor: Visitor, system: Gadelys) -> date:
    return system.rules().register.working_days.local_day(visitor.now)


def _absences(visitor: Visitor, system: Gadelys) -> list[AbsenceLine]:
    found = absences_on(system, _today(visitor, system), later=True)
    return sorted(found, key=lambda line: (line.first, line.absent))


def _deliveries(
    request: Request,
    visitor: Visitor,
    system: Gadelys,
    told: Typed,
    obstacle: Obstacle = CLEAR,
) -> Response:
    rows = messages_in(
        system, DeliveryState.GIVEN_UP, DeliveryState.LETTER, DeliveryState.PENDING
    )
    return page(
        request,
        "deliveries.html",
        obstacle.status,
        rows=[
            (row, whose_task(row, system), str(uuid4()), str(uuid4())) for row in rows
        ],
        why=in_one_sentence(obstacle, visitor.texts),
        told=told,
        settles=DeliveryState.GIVEN_UP,
    )
