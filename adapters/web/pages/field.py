"""Felt: findings noted on a phone, sent when there is a network, each stored once."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from adapters.numbering import FINDINGS
from adapters.system import Gadelys
from adapters.web.adding import Sent, add_photo
from adapters.web.asked import (
    Here,
    Person,
    System,
    Uploaded,
    counted,
    require_staff,
    require_token,
)
from adapters.web.asking import PersonsNamed, ask
from adapters.web.building import BadFields, Typed, built, plain, stamp_of
from adapters.web.obstacles import CLEAR, OBSTACLES, Obstacle, obstacle_of
from adapters.web.pages.walk_route import route_of
from adapters.web.reading import kept_for, newest_walks, walk_name
from adapters.web.rendering import page, static_folder
from adapters.web.statuses import status_of
from adapters.web.visiting import Visitor, visitor_of
from domain.errors import Code, DomainError, NotAllowed, Refused
from domain.finding.commands import ReportFinding
from domain.messages import Stamp, derived_id
from domain.permissions.asking import require_action
from domain.permissions.standing import NEW
from domain.permissions.words import Action
from domain.ports import Receipt
from domain.register.model import Bounds, Register
from domain.values import Actor, Channel, FindingNumber, Severity, Shows

router = APIRouter(include_in_schema=False)
MOST_SENT = 240
FIRST = 8
"""How many categories are shown before one asks for more."""

MOST_ROUTES = 10
"""Walks whose stops a phone knows: those nearest to now."""

LARGEST_FINDING = 200_000
LINES = ("category", "walk", "severity", "place", "text")
NEEDED = ("category", "text")
SHELL = (
    *("felt/field.css", "felt/field.js", "felt/outbox.js", "felt/pin.js", "lamp.svg"),
    *("vendor/leaflet/dist/leaflet.js", "vendor/leaflet/dist/leaflet.css"),
    *("felt/icon-192.png", "felt/manifest.webmanifest"),
)
"""What the page needs to open without a network."""


def _actor(visitor: Visitor) -> Actor:
    """Return who is logged in; a phone is told without being sent anywhere.

    Raises: HTTPException (401, 403).
    """
    if visitor.actor is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED)
    try:
        require_walking(visitor.actor, visitor.system.rules().register)
    except NotAllowed as refusal:
        raise HTTPException(HTTPStatus.FORBIDDEN) from refusal
    return visitor.actor


def require_walking(by: Actor, register: Register) -> None:
    """Refuse whoever may not report what they see, with a photo, on a walk.

    Raises: NotAllowed (not_your_role).
    """
    require_staff(by, register)
    for action in (Action.REPORT, Action.NOTE):
        require_action(by, action, NEW, register)


async def _walking(by: Person, system: System) -> None:
    require_walking(by, system.rules().register)


async def _sender(request: Request) -> Actor:
    """Return who sends, from a page of ours, and not too often.

    Raises: NotOurForm, TooOften, HTTPException (401, 403).
    """
    counted(request, "field", MOST_SENT)
    actor = _actor(visitor_of(request))
    require_token(request, request.headers.get("x-csrf-token", ""))
    return actor


async def _sent_body(request: Request, _: Annotated[Actor, Depends(_sender)]) -> bytes:
    return await request.body()


Sender = Annotated[Actor, Depends(_sender)]
Body = Annotated[bytes, Depends(_sent_body)]


class Noted(BaseModel):
    """A finding as a phone sends it; what is wrong in it is said by the rules."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    category: str = ""
    text: str = ""
    place: str = ""
    walk: str = ""
    severity: str = ""
    lat: str = Field(default="", max_length=40)
    lon: str = Field(default="", max_length=40)
    seen_at: AwareDatetime
    checked: bool = False


@router.get("/felt")
def to_page(request: Request) -> Response:
    """Send to the page itself, which is all that the worker looks after."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/felt/{query}", HTTPStatus.PERMANENT_REDIRECT)


@router.get("/felt/", dependencies=[Depends(_walking)])
def show(request: Request, visitor: Here, walk: str = "") -> Response:
    """Show the form of a finding, and the outbox."""
    told = kept_for(visitor, request.url.path)
    return _form(request, visitor, told, walk=told.get("walk", walk))


@router.get("/felt/sw.js")
def worker() -> Response:
    """Return what lets the page open without a network, with what it keeps."""
    return Response(_worker(), media_type="text/javascript")


@router.get("/felt/adgang")
def access(visitor: Here) -> Response:
    """Say who is logged in, and what they must bring along to send."""
    by = _actor(visitor)
    told = {"schema": "field-access/1", "who": str(by), "csrf": visitor.csrf}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.post("/felt/", dependencies=[Depends(_walking)])
def post(
    request: Request, visitor: Here, by: Person, system: System, sent: Uploaded
) -> Response:
    """Take a finding from a browser without scripts, with its photo."""
    told = sent.typed
    try:
        stamp = stamp_of(told, by, visitor.now)
        words = told
        if sent.photo and not plain(told.get("text", "")):
            words = {**told, "text": visitor.texts.say("web_felt.see_photo")}
        body = _body(words, stamp)
        number, _ = _reported(system, body, checked="checked" in told)
        if sent.photo:
            photo = Sent(sent.photo, Shows.BEFORE)
            again = derived_id("photo of", stamp.command_id)
            add_photo(
                system,
                number,
                photo,
                stamp.model_copy(update={"command_id": again}),
            )
    except OBSTACLES as problem:
        return _form(request, visitor, told, obstacle_of(problem))
    visitor.memory["notice"] = visitor.texts.say("web.reported", number=number)
    walk = told.get("walk", "")
    return RedirectResponse(f"/felt/?walk={walk}", HTTPStatus.SEE_OTHER)


@router.put("/felt/fund/{command_id}")
def put_finding(
    visitor: Here, by: Sender, system: System, sent: Body, command_id: UUID
) -> Response:
    """Store a finding once, however often a phone sends it."""
    try:
        noted = _noted(sent)
        at = min(noted.seen_at, visitor.now)
        stamp = Stamp(by=by, at=at, command_id=command_id)
        told = noted.model_dump(exclude={"seen_at", "checked"})
        known = system.store.last_position()
        body = _body(told, stamp)
        number, receipt = _reported(system, body, checked=noted.checked)
    except BadFields as bad:
        return _faulty(visitor, bad)
    except PersonsNamed as named:
        return _persons(visitor, named)
    except DomainError as refusal:
        return _refused(visitor, refusal)
    is_new = receipt.position > known
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return JSONResponse({"schema": "field-finding/1", "number": number}, status)


@router.put("/felt/sager/{number}/foto/{command_id}")
def put_photo(
    visitor: Here,
    by: Sender,
    system: System,
    sent: Body,
    number: str,
    command_id: UUID,
    shows: Shows = Shows.BEFORE,
) -> Response:
    """Store a photo of a finding once, however often a phone sends it."""
    stamp = Stamp(by=by, at=visitor.now, command_id=command_id)
    try:
        add_photo(system, number, Sent(sent, shows), stamp)
    except DomainError as refusal:
        return _refused(visitor, refusal)
    return JSONResponse({"schema": "field-photo/1", "number": number})


def _noted(sent: bytes) -> Noted:
    """Return what a phone says.

    Raises: Refused (bad_input).
    """
    if len(sent) > LARGEST_FINDING:
        raise Refused(Code.BAD_INPUT, field="text")
    try:
        return Noted.model_validate_json(sent)
    except ValidationError as problem:
        places = problem.errors(include_input=False)[0]["loc"]
        name = str(places[0]) if places else "body"
        raise Refused(Code.BAD_INPUT, field=name) from problem


def _body(told: Typed, stamp: Stamp) -> dict[str, Any]:
    """Return what was noted.

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
    channel = Channel.WALK if "walk" in body else Channel.OTHER
    return {**body, "channel": channel, "stamp": stamp}


def _reported(
    system: Gadelys, body: Mapping[str, Any], *, checked: bool
) -> tuple[FindingNumber, Receipt]:
    """Report it; the same command finds the number and the receipt it was given.

    Raises: Conflict (command_reused) when the id was used for something else.
    """

    def ask_as(number: str) -> Receipt:
        command = built(ReportFinding, {**body, "number": number})
        return ask(system, command, None, checked=checked)

    return FINDINGS.first_free(system, ask_as)


# ---- answers ----


def _refused(visitor: Visitor, refusal: DomainError) -> Response:
    why, _ = visitor.texts.refusal(refusal)
    told = {"code": str(refusal.code), "message": why}
    return JSONResponse(told, status_of(refusal))


def _faulty(visitor: Visitor, bad: BadFields) -> Response:
    names = [visitor.texts.word("field", name) for name in bad.faults]
    why = visitor.texts.say("web.fields_wrong", fields=", ".join(names))
    told = {"code": "bad_input", "message": why, "fields": [*bad.faults]}
    return JSONResponse(told, HTTPStatus.UNPROCESSABLE_ENTITY)


def _persons(visitor: Visitor, named: PersonsNamed) -> Response:
    words = ", ".join(mark.words for mark in named.marks)
    why = visitor.texts.say("web_felt.persons", words=words)
    told = {"code": str(Code.PERSONS_NAMED), "message": why}
    return JSONResponse(told, HTTPStatus.UNPROCESSABLE_ENTITY)


def _form(
    request: Request,
    visitor: Visitor,
    told: Typed,
    obstacle: Obstacle = CLEAR,
    *,
    walk: str = "",
) -> Response:
    system, texts = visitor.system, visitor.texts
    register = system.rules().register
    categories = [(one.code, texts.show_named(one)) for one in register.categories]
    walks = _walks(system, visitor.now)
    answer = page(
        request,
        "field.html",
        obstacle.status,
        told=told,
        faults=obstacle.faults,
        marks=obstacle.marks,
        refusal=texts.refusal(obstacle.refusal)[0] if obstacle.refusal else "",
        lost_photo=bool(told),
        categories=categories,
        first=FIRST,
        rare=[code for code, _ in categories[FIRST:]],
        severities=[(str(one), texts.show(one)) for one in Severity],
        walks=walks,
        chosen_walk=walk,
        number="",
        command_id=told.get("command_id") or str(uuid4()),
        limit=register.limits.text_length,
        script_texts={
            **{name: texts.say(f"web_felt_script.{name}", **BLANKS) for name in SCRIPT},
            "see_photo": texts.say("web_felt.see_photo"),
            "photo": texts.say("web_felt.photo"),
            "persons_checked": texts.say("web.persons_checked"),
            "categories": dict(categories),
            "zoom_in": texts.say("web_map.zoom_in"),
            "zoom_out": texts.say("web_map.zoom_out"),
            "routes": _routes(system, walks[:MOST_ROUTES]),
            "middle": _middle(register.bounds),
        },
    )
    answer.headers["X-Felt"] = "1"
    return answer


SCRIPT = (
    *("waiting", "waiting_one", "needs_you", "needs_you_one", "all_sent", "empty"),
    *("draft_kept", "draft_back", "photo_nth", "photo_drop", "photo_more"),
    *("photo_bad", "no_place", "locating", "located", "moved", "category_missing"),
    *("text_missing", "not_saved", "saved", "noted", "other_owner", "refused"),
    *("refused_photo", "again", "without_photo", "without_photo_sure", "edit"),
    *("edit_sure", "old", "net_offline", "net_login", "net_later", "net_sending"),
    *("net_done", "sent_as", "stop_nth", "no_pin"),
)
"""What the page says by itself, without asking."""

BLANKS = {
    name: f"{{{name}}}"
    for name in (
        *("count", "nth", "metres", "at", "photos", "who", "number", "why"),
        "name",
    )
}
"""What the page fills in by itself."""


def _walks(system: Gadelys, now: datetime) -> list[tuple[str, str]]:
    """Return the walks, those that are nearest to now first; titles only."""
    rows = newest_walks(system)
    rows.sort(key=lambda row: abs(row.starts_at - now) if row.starts_at else now - now)
    return [(row.number, walk_name(row)) for row in rows]


def _routes(
    system: Gadelys, walks: Iterable[tuple[str, str]]
) -> dict[str, list[dict[str, object]]]:
    """Return the stops of the walks that have a route, for use without a network."""
    routes = {number: route_of(system, number).stops for number, _ in walks}
    return {
        number: [stop.model_dump() for stop in stops]
        for number, stops in routes.items()
        if stops
    }


def _middle(bounds: Bounds) -> tuple[float, float]:
    return (bounds.south + bounds.north) / 2, (bounds.west + bounds.east) / 2


@cache
def _worker() -> str:
    """Return the worker; its name changes with whatever it keeps."""
    folder = Path(static_folder())
    files = [folder / name for name in SHELL]
    own = (folder / "felt" / "sw.js").read_text("utf-8")
    digest = sha256(own.encode())
    for file in files:
        digest.update(file.read_bytes())
    names = json.dumps([f"/static/{name}" for name in SHELL])
    head = f'const CACHE = "felt-{digest.hexdigest()[:16]}", FILES = {names};'
    return f"{head}\n{own}"
