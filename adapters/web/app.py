"""The web application: its parts put together, around one open installation."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from adapters.persistence.visits import Visits
from adapters.system import Gadelys
from adapters.web.api.app import Split, api, refuse
from adapters.web.guard import Guard
from adapters.web.limits import Limiter
from adapters.web.pages import (
    administration,
    approvals,
    case,
    claims,
    fact_search,
    failures,
    field,
    history,
    interface,
    learning,
    photos,
    places,
    police,
    public,
    published,
    purpose,
    report,
    reports,
    several,
    start,
    tools,
    walk_papers,
    walk_route,
    walk_steps,
    walks,
    work,
)
from adapters.web.rendering import static_folder
from adapters.web.site import Site
from adapters.web.visiting import Visiting
from adapters.web.vouching import Vouching

PAGES = (
    *(start, work, field, police, photos, walk_steps, walk_papers, learning),
    *(case, report, walk_route, walks, approvals, published, administration, claims),
    *(history, fact_search, reports, purpose, places, several, tools, interface),
    public,
)


async def storable_address(request: Request) -> None:
    """Refuse an address with the one sign that no text of PostgreSQL can hold.

    Raises: HTTPException (400).
    """
    if "\0" in request.scope["path"] or "%00" in request.url.query:
        raise HTTPException(HTTPStatus.BAD_REQUEST)


def opened() -> list[re.Pattern[str]]:
    """Return the addresses of all pages that can be opened."""
    routes = (route for page in PAGES for route in page.router.routes)
    return [
        route.path_regex
        for route in routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    ]


def web(
    system: Gadelys,
    site: Site,
    visits: Visits,
    clock: Callable[[], float] = time.monotonic,
) -> ASGIApp:
    """Return the application that answers browsers and programs.

    Args:
        system: whose cases.
        site: how it is reached.
        visits: who is logged in.
        clock: seconds, by which it is counted how often somebody asks.
    """
    app = FastAPI(
        title="Gadelys",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(storable_address)],
    )
    app.state.system = system
    app.state.limiter = Limiter(clock)
    app.state.vouching = Vouching(site)
    app.state.opened = opened()
    for page in PAGES:
        app.include_router(page.router)
    app.include_router(public.outside)
    # Only what is the same for everybody: what is secret must not be squeezed.
    files = GZipMiddleware(StaticFiles(directory=static_folder()), minimum_size=1000)
    app.mount("/static", files, name="static")
    failures.handle_failures(app)
    programs = api(system, site, app.state.limiter)
    app.state.document = programs.openapi
    both = Split(programs, app)
    return Guard(Visiting(both, system, site, visits), site, refuse)
