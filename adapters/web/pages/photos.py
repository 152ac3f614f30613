"""Fotos: put beside a case, and shown to who may read what people wrote in it."""

from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Request
from starlette.responses import RedirectResponse, Response

from adapters.web.adding import Sent, add_photo, require_addable
from adapters.web.asked import Here, Person, System, Uploaded
from adapters.web.building import stamp_of
from adapters.web.pages.case import Looking
from adapters.web.reading import kept_for, viewer_of
from adapters.web.rendering import page
from adapters.web.statuses import status_of
from domain.errors import Code, DomainError, Refused
from domain.values import Shows

router = APIRouter(include_in_schema=False)
SEALED_OFF = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


@router.get("/cases/{number}/photos")
def ask_photo(request: Request, visitor: Here, by: Person, number: str) -> Response:
    """Show the form for a photo, or say who may add one."""
    looking = Looking(visitor, by, number)
    require_addable(visitor.system, number, stamp_of({}, by, visitor.now), Shows.OTHER)
    return _form(request, looking, kept_for(visitor, request.url.path))


@router.post("/cases/{number}/photos")
def take_photo(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    sent: Uploaded,
    number: str,
) -> Response:
    """Put it beside the case, or say why not."""
    looking, told = Looking(visitor, by, number), sent.typed
    try:
        photo = Sent(sent.photo, _shows(told))
        add_photo(system, number, photo, stamp_of(told, by, visitor.now))
    except DomainError as refusal:
        return _form(request, looking, told, refusal)
    visitor.memory["notice"] = visitor.texts.say("web.photo_saved")
    return RedirectResponse(f"/cases/{number}#photos", HTTPStatus.SEE_OTHER)


@router.get("/cases/{number}/photos/{content}.jpg")
def show_photo(
    visitor: Here,
    by: Person,
    number: str,
    content: str,
    sec_fetch_dest: Annotated[str, Header(max_length=20)] = "",
) -> Response:
    """Return one photo: into a page of ours as a picture, else as a file.

    Raises: NotFound (unknown_finding, unknown_photo).
    """
    body = viewer_of(visitor, by).photo(number, content)
    how = "inline" if sec_fetch_dest == "image" else "attachment"
    name = f"{number}-{content[:8]}.jpg".encode("ascii", "replace").decode()
    headers = {**SEALED_OFF, "Content-Disposition": f'{how}; filename="{name}"'}
    return Response(body, media_type="image/jpeg", headers=headers)


def _shows(told: dict[str, str]) -> Shows:
    """Return what the photo is said to show.

    Raises: Refused (bad_input).
    """
    try:
        return Shows(told.get("shows", Shows.OTHER))
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field="shows") from problem


def _form(
    request: Request,
    looking: Looking,
    told: dict[str, str],
    refusal: DomainError | None = None,
) -> Response:
    texts = looking.texts
    return page(
        request,
        "photo.html",
        status_of(refusal) if refusal else HTTPStatus.OK,
        **looking.head(),
        told=told,
        why=texts.refusal(refusal)[0] if refusal else "",
        kinds=[(str(one), texts.show(one)) for one in Shows],
        # What was refused was not stored: another photo may have the same id.
        command_id=told.get("command_id") or str(uuid4()),
    )
