"""From values to a page: the templates, and what every page shows around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from adapters.texts import LANGUAGES
from adapters.viewing import (
    may_look_back,
    may_read_cases,
    may_read_reports,
    may_see_to_roles,
)
from adapters.web.visiting import Visitor, visitor_of
from adapters.web.wording import VIEW
from domain.permissions.roles import roles_of
from domain.permissions.words import Role
from domain.values import BOTH_AUTHORITIES


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the navigation; `also` begin the addresses that belong to it."""

    name: str
    path: str
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether an address belongs here."""
        begins = (self.path, *self.also)
        return any(path == one or path.startswith(f"{one}/") for one in begins)


WORK = Place("work", "/worklist", ("/cases", "/report"))
WALKS = Place("walks", "/walks")
MAP = Place("map", "/map")
APPROVALS = Place("approvals", "/approvals", ("/publications",))
HISTORY = Place("history", "/history")
REPORTS = Place("reports", "/reports")
ADMINISTRATION = Place("administration", "/administration", ("/roster", "/deliveries"))
CLAIMS = Place("claims", "/administration/claims")
PUBLIC = "/offentlig"
"""Under which address everybody can read without a login."""

COORDINATING = frozenset({Role.WALK_COORDINATOR, Role.POLICE_COORDINATOR})


def start_of(visitor: Visitor) -> str:
    """Return the page on which somebody begins the day."""
    if visitor.actor is None:
        return "/"
    if _looks_on(visitor):
        places = places_of(visitor)
        return places[0].path if places else "/accessibility"
    return WALKS.path if _roles(visitor) & COORDINATING else WORK.path


def places_of(visitor: Visitor) -> tuple[Place, ...]:
    """Return the places that somebody may go to."""
    if visitor.actor is None:
        return ()
    past = (HISTORY,) if may_look_back(_roles(visitor)) else ()
    reports = (REPORTS,) if may_read_reports(_roles(visitor)) else ()
    if _looks_on(visitor):
        logins = (CLAIMS,) if may_see_to_roles(_roles(visitor)) and not past else ()
        cases = (WALKS, MAP) if may_read_cases(_roles(visitor)) else ()
        return (*past, *cases, *reports, *logins)
    if visitor.actor.authority not in BOTH_AUTHORITIES:
        return (WORK, MAP)
    return (WORK, WALKS, MAP, APPROVALS, *past, *reports, ADMINISTRATION)


def _roles(visitor: Visitor) -> frozenset[Role]:
    register = visitor.register
    if visitor.actor is None or register is None:
        return frozenset()
    return roles_of(visitor.actor, register)


def _looks_on(visitor: Visitor) -> bool:
    """Whether somebody looks on and treats no case."""
    register, actor = visitor.register, visitor.actor
    return bool(register and actor and register.overseer(actor))


def page(
    request: Request,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> HTMLResponse:
    """Return one page in the language of whoever asks."""
    visitor = visitor_of(request)
    around = {
        "csrf": visitor.csrf,
        "places": places_of(visitor),
        "notice": visitor.take("notice"),
    }
    return HTMLResponse(rendered(request, template, {**around, **values}), status)


def rendered(request: Request, template: str, values: Mapping[str, Any]) -> str:
    """Return a template filled in, with what no page can do without."""
    visitor = visitor_of(request)
    around = {
        "visitor": visitor,
        "texts": visitor.texts,
        "say": visitor.texts.say,
        "here": request.url.path,
        "languages": _languages(request, visitor),
        "view": VIEW,
    }
    return environment().get_template(template).render({**around, **values})


def _languages(request: Request, visitor: Visitor) -> list[tuple[str, str]]:
    """Return the other languages, and where each is chosen."""
    query = f"?{request.url.query}" if request.url.query else ""
    reads = request.method in {"GET", "HEAD"}
    back = f"{request.url.path}{query}" if reads else "/"
    return [
        (lang, f"/language/{lang}?{urlencode({'back': back})}")
        for lang in LANGUAGES
        if lang != visitor.lang
    ]


def is_public(path: str) -> bool:
    """Whether an address is one of those that everybody can read."""
    return path == PUBLIC or path.startswith(f"{PUBLIC}/")


@cache
def environment() -> Environment:
    """Return the templates; what they lack is an error, never a blank."""
    made = Environment(
        loader=PackageLoader("adapters.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["query"] = query
    return made


def query(values: Mapping[str, object], **more: object) -> str:
    """Return the values as the query of an address; empty ones are left out."""
    told = {
        name: str(value)
        for name, value in {**values, **more}.items()
        if value not in (None, "", False)
    }
    return f"?{urlencode(told)}" if told else ""


@cache
def static_folder() -> str:
    """Return where the files lie that browsers get as they are."""
    return str(resources.files("adapters.web").joinpath("static"))
