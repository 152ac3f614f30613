"""What a page may take for granted: somebody is logged in, and the form is ours."""

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from adapters.system import Gadelys
from adapters.web.guard import LARGEST_UPLOAD
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
        sent = typed(await ours(request)) if _has_words(request) else None
        query = f"?{request.url.query}" if request.url.query else ""
        raise LoginNeeded(f"{request.url.path}{query}", sent)
    return actor


def _has_words(request: Request) -> bool:
    """Whether something was typed that can be kept; a photo cannot."""
    kind = request.headers.get("content-type", "")
    return request.method == "POST" and not kind.startswith("multipart/")


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
    _require_ours(request, form)
    return form


@dataclass(frozen=True, slots=True)
class Upload:
    """What was typed beside a photo, and the photo; nothing of what it was called."""

    typed: dict[str, str]
    photo: bytes


async def uploaded(request: Request) -> Upload:
    """Return what was posted, with one file at most, which never touches a disk.

    Raises: NotOurForm, TooOften.
    """
    counted(request, "form", MOST_FORMS)
    form = await _form(request)
    try:
        _require_ours(request, form)
        file = form.get("photo")
        body = await file.read() if isinstance(file, UploadFile) else b""
        return Upload(typed(form), body)
    finally:
        await form.close()


def _require_ours(request: Request, form: FormData) -> None:
    given = form.get("csrf") or request.headers.get("x-csrf-token") or ""
    require_token(request, str(given))


def require_token(request: Request, given: str) -> None:
    """Refuse what was not sent from a page that we gave to this browser.

    Raises: NotOurForm.
    """
    expected = visitor_of(request).csrf
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotOurForm


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return await request.form(max_files=0, max_fields=FIELDS_AT_MOST)
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=1, max_fields=FIELDS_AT_MOST
    )
    parser.spool_max_size = LARGEST_UPLOAD
    try:
        return await parser.parse()
    except MultiPartException as problem:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from problem


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
Uploaded = Annotated[Upload, Depends(uploaded)]
