"""The page on which an author puts a text right, before both authorities sign it."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from fastapi import Request
from starlette.responses import Response

from adapters.web.building import Typed
from adapters.web.laying import TITLE, LineMark
from adapters.web.rendering import page
from adapters.web.statuses import status_of
from adapters.web.visiting import visitor_of
from domain.errors import DomainError
from projections.publications import PublicationRow


@dataclass(frozen=True, slots=True)
class Subject:
    """What a text is about: its number and name, and the page that shows it.

    `words` is the key of what the text is called.
    """

    words: str
    number: str
    path: str
    name: str


def text_page(
    request: Request,
    about: Subject,
    told: Typed,
    *,
    refusal: DomainError | None = None,
    marks: tuple[LineMark, ...] = (),
    draft: PublicationRow | None = None,
) -> Response:
    """Show a text to its author, with what is in the way of laying it before both.

    `draft` is the text that waits for signatures already, and would be changed.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY if marks else HTTPStatus.OK
    return page(
        request,
        "text_to_sign.html",
        status_of(refusal) if refusal else status,
        about=about,
        draft=draft,
        told={name: told.get(name, "") for name in ("title", "text")},
        marks=marks,
        title_line=TITLE,
        refusal=" ".join(visitor_of(request).texts.refusal(refusal)) if refusal else "",
        command_id=told.get("command_id") or str(uuid4()),
    )
