"""What a page may take for granted: somebody is logged in, and the form is ours."""

import hmac
from collections.abc import Awaitable, Callable
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
from domain.permissions.asking import require_action
from domain.permissions.standing import NEW
from domain.permissions.words import Action, Relation
from domain.register.model import Register
from domain.values import BOTH_AUTHORITIES, Actor

MOST_REQUESTS = 600
MOST_FORMS = 120
MOST_LOGINS = 20
FIELDS_AT_MOST = 200


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
        query = f"?{request.url.query}" if request.url.query else ""
        raise LoginNeeded(f"{_opens_at(request)}{query}", await _words(request))
    return actor


def _opens_at(request: Request) -> str:
    """Return the nearest address, here or above, that can be opened once more.

    Many forms are sent to an address that shows nothing; their page is further up.
    """
    path = request.url.path
    while path and not any(one.match(path) for one in request.app.state.opened):
        path = path.rpartition("/")[0]
    return path or "/"


async def _words(request: Request) -> dict[str, str] | None:
    """Return what was typed, if something was; a photo beside it cannot be kept.

    Files are read only from a browser in which somebody was logged in before.
    """
    if request.method != "POST":
        return None
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return typed(await ours(request))
    if visitor_of(request).known_before is None:
        return None
    return (await uploaded(request)).typed


async def staff(request: Request, actor: Annotated[Actor, Depends(_person)]) -> None:
    """Let in who works for one of the two authorities, or audits them.

    Raises: NotAllowed (not_your_role), LoginNeeded.
    """
    system: Gadelys = request.app.state.system
    require_staff(actor, system.rules().register)


def require_staff(by: Actor, register: Register) -> None:
    """Refuse whoever is of neither authority, or sees nothing that both share.

    Raises: NotAllowed (not_your_role).
    """
    if by.authority not in BOTH_AUTHORITIES:
        raise NotAllowed(Code.NOT_YOUR_ROLE, by=str(by))
    require_action(by, Action.READ_CASE, (Relation.OTHER,), register)


def may_begin(action: Action) -> Callable[..., Awaitable[None]]:
    """Return what lets in who may begin something: report a finding, ask for a walk.

    It raises NotAllowed (not_your_role), LoginNeeded.
    """

    async def require(
        request: Request, actor: Annotated[Actor, Depends(_person)]
    ) -> None:
        system: Gadelys = request.app.state.system
        require_action(actor, action, NEW, system.rules().register)

    return require


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
    """Return what people typed; boxes that share a name stand on lines of their own."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name != "csrf":
            found.setdefault(name, []).append(value)
    return {name: "\n".join(values) for name, values in found.items()}


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
