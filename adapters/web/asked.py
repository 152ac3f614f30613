"""What a page may take for granted: somebody is logged in, and the form is ours."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from adapters.system import Gadelys
from adapters.web.limits import Limiter
from adapters.web.visiting import Visitor, visitor_of
from domain.errors import Code, NotAllowed
from domain.values import Actor, Authority

MOST_REQUESTS = 600
MOST_FORMS = 120
MOST_LOGINS = 20
FIELDS_AT_MOST = 200
AUTHORITIES = frozenset({Authority.MUNICIPALITY, Authority.POLICE})


class LoginNeeded(Exception):
    """Somebody has to log in first; what they typed is kept meanwhile."""

    def __init__(self, path: str, typed: dict[str, str] | None = None) -> None:
        """Remember where they were, and what they had typed."""
        super().__init__(path)
        self.path = path
        self.typed = typed


class NotOurForm(Exception):
    """The form does not come from a page that we gave to this browser."""


class TooOften(Exception):
    """Somebody asks more often than people do."""


def counted(request: Request, kind: str = "all", most: int = MOST_REQUESTS) -> None:
    """Count a request of one address.

    Raises: TooOften.
    """
    limiter: Limiter = request.app.state.limiter
    address = request.client.host if request.client else "?"
    if not limiter.allows(f"{kind} {address}", most):
        raise TooOften


async def _person(request: Request) -> Actor:
    counted(request)
    actor = visitor_of(request).actor
    if actor is None:
        sent = typed(await ours(request)) if request.method == "POST" else None
        query = f"?{request.url.query}" if request.url.query else ""
        raise LoginNeeded(f"{request.url.path}{query}", sent)
    return actor


async def staff(actor: Annotated[Actor, Depends(_person)]) -> None:
    """Let in who works for one of the two authorities.

    Raises: NotAllowed (not_your_role), LoginNeeded.
    """
    if actor.authority not in AUTHORITIES:
        raise NotAllowed(Code.NOT_YOUR_ROLE, by=str(actor))


async def ours(request: Request) -> FormData:
    """Return what was posted, if a page of ours was filled in.

    Raises: NotOurForm, TooOften.
    """
    counted(request, "form", MOST_FORMS)
    form = await request.form(max_files=0, max_fields=FIELDS_AT_MOST)
    given = form.get("csrf") or request.headers.get("x-csrf-token") or ""
    expected = visitor_of(request).csrf
    if not hmac.compare_digest(str(given).encode(), expected.encode()):
        raise NotOurForm
    return form


def typed(form: FormData) -> dict[str, str]:
    """Return what people typed, without what the page added by itself."""
    return {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and name != "csrf"
    }


async def _visitor(request: Request) -> Visitor:
    return visitor_of(request)


async def _system(request: Request) -> Gadelys:
    system: Gadelys = request.app.state.system
    return system


System = Annotated[Gadelys, Depends(_system)]
Here = Annotated[Visitor, Depends(_visitor)]
Person = Annotated[Actor, Depends(_person)]
Posted = Annotated[FormData, Depends(ours)]
