"""Who calls: a program with its key, or a page of ours in the name of its visitor."""

import hmac
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import ClientDisconnect

from adapters.system import Gadelys
from adapters.web.api.problems import NotDone, Trouble
from adapters.web.asked import MOST_LOGINS, counted, require_staff
from adapters.web.guard import UNSAFE
from adapters.web.keys import DEMO, digest_of
from adapters.web.site import Site
from adapters.web.visiting import visitor_of
from domain.register.model import Register
from domain.values import Actor

MOST_CALLS = 3000
BEARER = "bearer"
JSON = "application/json"

by_key = HTTPBearer(
    scheme_name="key",
    description="A key from the file of keys; in the demo `demo.<actor>`.",
    auto_error=False,
)
by_session = APIKeyCookie(
    name="gadelys",
    scheme_name="session",
    description="The visit of a browser; what changes something also needs "
    "`X-CSRF-Token`. Behind TLS the cookie is called `__Host-gadelys`.",
    auto_error=False,
)


def the_system(request: Request) -> Gadelys:
    """Return the installation."""
    system: Gadelys = request.app.state.system
    return system


async def caller(request: Request) -> Actor:
    """Return as whom somebody calls.

    Raises: NotDone (unauthenticated, csrf_missing), TooOften.
    """
    counted(request, "api", MOST_CALLS)
    told = request.headers.get("authorization")
    actor = _visitor(request) if told is None else _holder(request, told)
    register: Register = the_system(request).rules().register
    if actor is None or not register.knows(actor):
        raise NotDone(Trouble.UNAUTHENTICATED)
    return actor


def _holder(request: Request, told: str) -> Actor | None:
    """Return as whom the holder of a key acts; who guesses is counted."""
    site: Site = request.app.state.site
    scheme, _, key = told.partition(" ")
    key = key.strip()
    found = None
    if scheme.lower() == BEARER and key:
        found = _of_demo(site, key) or _of_file(site, key)
    if found is None:
        counted(request, "key", MOST_LOGINS)
    return found


def _of_demo(site: Site, key: str) -> Actor | None:
    if not site.demo or not key.startswith(DEMO):
        return None
    try:
        return Actor.parse(key.removeprefix(DEMO))
    except ValueError:
        return None


def _of_file(site: Site, key: str) -> Actor | None:
    digest = digest_of(key)
    kept = (one for one in site.keys if hmac.compare_digest(one.sha256, digest))
    return next((one.actor for one in kept), None)


def _visitor(request: Request) -> Actor | None:
    visitor = visitor_of(request)
    if visitor.actor and request.method in UNSAFE:
        given = request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
            raise NotDone(Trouble.CSRF_MISSING)
    return visitor.actor


async def staff(request: Request, by: Annotated[Actor, Depends(caller)]) -> None:
    """Let in who works for one of the two authorities, or audits them.

    Raises: NotAllowed (not_your_role).
    """
    require_staff(by, the_system(request).rules().register)


async def _raw(request: Request) -> bytes:
    """Return the body as it was sent.

    Raises: NotDone (unsupported_media_type, body_too_large).
    """
    told = request.headers.get("content-type", "").partition(";")[0]
    if told.strip().lower() != JSON:
        raise NotDone(Trouble.UNSUPPORTED_MEDIA_TYPE)
    try:
        return await request.body()
    except ClientDisconnect as problem:  # also the guard's word for too much
        raise NotDone(Trouble.BODY_TOO_LARGE) from problem


By = Annotated[Actor, Depends(caller)]
System = Annotated[Gadelys, Depends(the_system)]
Raw = Annotated[bytes, Depends(_raw)]
KNOWN = [Security(by_key), Security(by_session)]
"""How callers say who they are, for the document."""
