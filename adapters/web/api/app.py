"""The interface for programs: its parts put together, beside the pages."""

from http import HTTPStatus

from fastapi import Depends, FastAPI
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.web.api import cases, feed, offices, publications, walks
from adapters.web.api.callers import KNOWN, caller
from adapters.web.api.document import described
from adapters.web.api.problems import OF_GUARD, handle_problems, short_answer
from adapters.web.limits import Limiter
from adapters.web.site import Site
from adapters.web.visiting import language_of

PREFIX = "/api/v1"
DOCUMENT = "/openapi.json"


def api(system: Gadelys, site: Site, limiter: Limiter) -> FastAPI:
    """Return the application that answers programs."""
    app = FastAPI(
        title="Gadelys",
        docs_url=None,
        redoc_url=None,
        openapi_url=DOCUMENT,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.system = system
    app.state.site = site
    app.state.limiter = limiter
    app.state.streams = feed.Streams()
    for part in (cases, walks, publications, offices, feed):
        app.include_router(
            part.router, prefix=PREFIX, dependencies=[Depends(caller), *KNOWN]
        )
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    handle_problems(app)
    return app


def refuse(path: str, headers: Headers, status: HTTPStatus) -> Response:
    """Return the answer to a request that is not let through."""
    if not is_for_programs(path):
        return PlainTextResponse(status.phrase, status)
    lang = language_of(None, headers.get("accept-language", ""))
    return short_answer(OF_GUARD[status], Texts(lang))


class Split:
    """Hands a request to the interface for programs or to the pages."""

    def __init__(self, programs: ASGIApp, pages: ASGIApp) -> None:
        """Stand before both."""
        self._programs = programs
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it on."""
        is_ours = scope["type"] == "http" and is_for_programs(scope["path"])
        await (self._programs if is_ours else self._pages)(scope, receive, send)


def is_for_programs(path: str) -> bool:
    """Whether an address belongs to the interface for programs."""
    return path == DOCUMENT or path.startswith("/api/")
