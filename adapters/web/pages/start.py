"""The front page, logging in and out, and the language."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from adapters.persistence.case_lists import open_by_unit
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import may_look_back, may_read_reports
from adapters.web.asked import MOST_LOGINS, Here, Posted, System, counted
from adapters.web.reading import fresh
from adapters.web.rendering import page, start_of
from adapters.web.visiting import KEPT, Visitor, visitor_of
from adapters.web.vouching import LoginFailed, NotVouchedFor, Vouching
from domain.errors import Code, NotFound
from domain.permissions.roles import roles_of
from domain.permissions.words import Role
from domain.register.model import Register
from domain.values import Actor, Authority
from projections.cases import CASES
from projections.walks import WALKS

router = APIRouter(include_in_schema=False)
DEMO = "demo"
FIRST_ROLES = 8


@dataclass(frozen=True, slots=True)
class DemoRole:
    """One role that can be tried out; `waiting` open cases wait for its unit."""

    actor: Actor
    name: str
    role: str
    waiting: int


@router.get("/")
def front(request: Request, visitor: Here, system: System) -> Response:
    """Show what this is, or go to the first page of whoever is logged in."""
    if visitor.actor:
        return RedirectResponse(start_of(visitor), HTTPStatus.SEE_OTHER)
    return roles(request, visitor, system)


@router.get("/roles")
def roles(request: Request, visitor: Here, system: System) -> Response:
    """Explain the demo and offer its roles; elsewhere show how to log in."""
    if not visitor.site.demo:
        return login_page(request)
    found = demo_roles(system, visitor.texts)
    return page(
        request,
        "demo.html",
        first=found[:FIRST_ROLES],
        others=found[FIRST_ROLES:],
        walk=_first_walk(system),
    )


@router.get("/accessibility")
def accessibility(request: Request) -> Response:
    """Say how accessible the pages are, and whom to tell if they are not."""
    return page(request, "accessibility.html")


@router.get("/login")
def login(request: Request, back: str = "/") -> Response:
    """Show how to log in."""
    return login_page(request, back=back)


def login_page(
    request: Request, status: HTTPStatus = HTTPStatus.OK, *, back: str = "/"
) -> HTMLResponse:
    """Return the page on which people say who they are."""
    visitor = visitor_of(request)
    visitor.memory["back"] = inside(back)
    system: Gadelys = request.app.state.system
    found = demo_roles(system, visitor.texts) if visitor.site.demo else []
    return page(
        request,
        "login.html",
        status,
        providers=visitor.site.providers,
        roles=_before_first(found, visitor.known_before),
        kept=visitor.recall(KEPT),
        lapsed=visitor.lapsed,
    )


def _before_first(roles: list[DemoRole], known: Actor | None) -> list[DemoRole]:
    """Put the role that somebody had before in front."""
    return sorted(roles, key=lambda role: role.actor != known)


@router.post("/demo")
def log_in_to_demo(
    request: Request, visitor: Here, system: System, form: Posted
) -> Response:
    """Take one of the roles of the demo.

    Raises: NotFound where this is no demo, and for a unit that is not listed.
    """
    counted(request, "login", MOST_LOGINS)
    wanted = str(form.get("actor", ""))
    found = demo_roles(system, visitor.texts) if visitor.site.demo else []
    chosen = [role.actor for role in found if role.actor == wanted]
    if not chosen:
        raise NotFound(Code.UNKNOWN_UNIT, unit=wanted)
    return _logged_in(visitor, chosen[0], DEMO)


@router.get("/login/{name}")
async def send_to_provider(request: Request, name: str) -> Response:
    """Send the browser to who vouches for its person."""
    counted(request, "login", MOST_LOGINS)
    provider = visitor_of(request).site.provider(name)
    if provider is None:
        raise NotFound(Code.UNKNOWN_UNIT, unit=name)
    vouching: Vouching = request.app.state.vouching
    return await vouching.send(request, provider)


@router.get("/login/{name}/back")
async def back_from_provider(request: Request, name: str) -> Response:
    """Take in who it is."""
    counted(request, "login", MOST_LOGINS)
    visitor = visitor_of(request)
    provider = visitor.site.provider(name)
    if provider is None:
        raise NotFound(Code.UNKNOWN_UNIT, unit=name)
    vouching: Vouching = request.app.state.vouching
    try:
        actor = await vouching.receive(request, provider)
    except LoginFailed:
        return _no_access(request)
    except NotVouchedFor as problem:
        return _no_access(request, missing=problem.missing)
    register = visitor.register
    if register is None or not register.knows(actor):
        return _no_access(request, unit=str(actor.unit))
    return _logged_in(visitor, actor, name)


@router.post("/logout")
def log_out(visitor: Here, _: Posted) -> Response:
    """End the visit, and let the browser forget what it has seen."""
    visitor.log_out()
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/language/{lang}")
def speak(visitor: Here, lang: str, back: str = "/") -> Response:
    """Use another language from now on."""
    visitor.speak(lang)
    return RedirectResponse(inside(back), HTTPStatus.SEE_OTHER)


def inside(path: str) -> str:
    """Return `path` if it stays on this site, else the front page."""
    is_ours = path.startswith("/") and path[1:2] not in {"/", "\\"}
    return path if is_ours and path.isprintable() else "/"


def demo_roles(system: Gadelys, texts: Texts) -> list[DemoRole]:
    """Return every role of the demo, those with most to do first."""
    fresh(system, CASES.name)
    register = system.rules().register
    waiting = open_by_unit(system.rows)
    onlookers = [
        one for one in register.overseeing if _sees_something(roles_of(one, register))
    ]
    found = [
        DemoRole(
            actor=_demo_person(actor),
            name=texts.actor(actor),
            role=_role(actor, register, texts),
            waiting=waiting.get(str(actor), 0),
        )
        for actor in (*(unit.id for unit in register.units), *onlookers)
    ]
    return sorted(found, key=lambda role: _rank(role, register))


def _sees_something(roles: frozenset[Role]) -> bool:
    return may_look_back(roles) or may_read_reports(roles)


def _rank(role: DemoRole, register: Register) -> tuple[bool, int, str]:
    leads = any(unit.leader == role.actor.unit for unit in register.units)
    looks_on = register.overseer(role.actor) is not None
    is_first = register.is_coordinator(role.actor) or leads or looks_on
    return not is_first, -role.waiting, role.name


def _demo_person(unit: Actor) -> Actor:
    """Return one person of a unit; another in each, or four eyes would be two."""
    name = unit.rpartition("/")[2]
    return Actor.parse(f"{unit}/demo-{name}"[:100])


def _role(unit: Actor, register: Register, texts: Texts) -> str:
    names = [texts.show(role) for role in sorted(roles_of(unit, register))]
    authority = (
        "" if unit.authority is Authority.PARTNER else texts.show(unit.authority)
    )
    return " · ".join(filter(None, [authority, *names]))


def _first_walk(system: Gadelys) -> str | None:
    fresh(system, WALKS.name)
    rows = system.rows.rows(WALKS)
    return rows[0].area if rows else None


def _no_access(request: Request, missing: str = "", unit: str = "") -> Response:
    return page(
        request, "no_access.html", HTTPStatus.FORBIDDEN, missing=missing, unit=unit
    )


def _logged_in(visitor: Visitor, actor: Actor, provider: str) -> Response:
    """Begin the visit where they were, if they are who they were before."""
    back = visitor.recall("back")
    visitor.log_in(actor, provider)
    kept = visitor.recall(KEPT)
    target = kept["path"] if kept else back
    return RedirectResponse(
        target if target and target != "/" else start_of(visitor), HTTPStatus.SEE_OTHER
    )
