"""What somebody reads for, asked once in each visit of those whose role needs it."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from adapters.web.asked import Here, Person, Posted
from adapters.web.pages.start import inside
from adapters.web.reading import PURPOSE, kept_for
from adapters.web.rendering import page
from domain.access import Purpose
from domain.errors import Code, Refused

router = APIRouter(include_in_schema=False)
OFFERED = (Purpose.AUDIT, Purpose.SUPERVISION, Purpose.DISCLOSURE)


@router.get("/purpose")
def ask(request: Request, visitor: Here, _: Person, back: str = "/") -> Response:
    """Ask what somebody reads for."""
    told = kept_for(visitor, request.url.path)
    return asking_for_purpose(request, told.get("back", back))


def asking_for_purpose(
    request: Request, back: str, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Return the page that asks what somebody reads for."""
    return page(request, "purpose.html", status, back=inside(back), purposes=OFFERED)


@router.post("/purpose")
def state(visitor: Here, by: Person, form: Posted) -> Response:
    """Remember it for this visit, and go on.

    Raises: Refused (bad_input) for what is no purpose.
    """
    told = str(form.get("purpose", ""))
    if told not in set(Purpose):
        raise Refused(Code.BAD_INPUT, field="purpose", by=str(by))
    visitor.memory[PURPOSE] = told
    back = inside(str(form.get("back", "/")))
    return RedirectResponse(back, HTTPStatus.SEE_OTHER)
