"""The files of a text that both authorities sign: before to them, then to everybody."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.publishing.published import files_of_text
from adapters.reporting.forms import KINDS
from adapters.texts import FINGERPRINT
from adapters.web.asked import Here, Person, System
from adapters.web.exporting import download
from adapters.web.public_answers import policy_for
from adapters.web.reading import fresh, viewer_of
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.wording import file_of
from domain.errors import Code, NotFound
from domain.permissions.words import Action
from domain.publication.state import PublicationStatus
from domain.values import Actor
from projections.publications import PUBLICATIONS, PublicationRow

router = APIRouter(include_in_schema=False)
MORE_KINDS = {
    "zip": "application/zip",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
"""What a file is that is no form of a report."""


@router.get("/publications/{number}/files")
def files(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """List the files of a text; the address of what is published stays.

    Raises: NotFound (unknown_publication).
    """
    row = _readable(visitor, by, number)
    found = files_of_text(system, row)
    return page(
        request,
        "published.html",
        row=row,
        files=[
            file_of(name, len(found[name]), visitor.texts)
            for name in sorted(found, key=_to_read_first)
        ],
        content=row.content[:FINGERPRINT],
        standing=visitor.texts.status(row.status),
    )


@router.get("/publications/{number}/files/{name:path}")
def file(visitor: Here, by: Person, system: System, number: str, name: str) -> Response:
    """Hand out one file of a text, as it was signed.

    Raises: NotFound (unknown_publication); HTTPException (404) for another name.
    """
    found = files_of_text(system, _readable(visitor, by, number))
    if name not in found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return handed_out(found[name], name)


def _to_read_first(name: str) -> tuple[bool, bool, str]:
    """Order files: pages, then what is at the top, then the numbers for programs."""
    return (not name.endswith(".html"), "/" in name, name)


def handed_out(body: bytes, name: str) -> Response:
    """Return a file: a page to be read where nothing can run, others to be kept."""
    kind = {**KINDS, **MORE_KINDS}[name.rpartition(".")[2]]
    if not name.endswith(".html"):
        return download(body, name.replace("/", "-"), kind)
    policy = f"{policy_for(body.decode())}; frame-ancestors 'self'"
    return Response(body, media_type=kind, headers={"Content-Security-Policy": policy})


def _readable(visitor: Visitor, by: Actor, number: str) -> PublicationRow:
    """Return a text if whoever asks may read it.

    Raises: NotFound (unknown_publication), also for a draft of others; Refused
        (purpose_missing).
    """
    system = visitor.system
    fresh(system, PUBLICATIONS.name)
    row: PublicationRow | None = system.rows.row(PUBLICATIONS, number)
    if row is not None and row.status is PublicationStatus.PUBLISHED:
        return row
    if row is None or not viewer_of(visitor, by).may(Action.PROPOSE_TEXT):
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return row
