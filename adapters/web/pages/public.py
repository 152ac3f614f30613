"""What everybody can read without a login: walks, what became of them, signed texts.

Nobody is recognised here: no visit begins and nothing is asked of the reader. Every
answer can be kept by caches in between, and is asked for again with its tag.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from operator import attrgetter
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from adapters.files.documents import Document
from adapters.public_viewing import PublicViewer, Published
from adapters.reporting.forms import KINDS
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.web.asked import Here, System, counted
from adapters.web.prose import as_markup
from adapters.web.public_answers import kept, policy_for, public_page
from adapters.web.public_telling import Told, entries_of, told_of
from adapters.web.reading import fresh
from adapters.web.rendering import PUBLIC
from adapters.web.visiting import Visitor, visitor_of
from adapters.web.wording import FileLine, file_of
from domain.permissions.words import Role
from domain.publication.events import READ_AS_TEXT, Form, PublicationKind
from domain.register.model import Category, Register, Unit
from domain.register.naming import Named
from domain.values import Actor
from domain.walk.state import WalkStatus
from projections.cases import CASES
from projections.publications import PUBLICATIONS
from projections.small_numbers import LEAST, too_small
from projections.walks import WALKS, WalkRow

READS = ["GET", "HEAD"]
MEDIA = {
    Form.MD: "text/markdown; charset=utf-8",
    Form.TXT: "text/plain; charset=utf-8",
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.ZIP: "application/zip",
}
FEEDS_SINCE = 2026
"""Part of every tag URI (RFC 4151); never changed, or old news were new again."""

ROBOTS = """User-agent: *
Allow: /offentlig/
Allow: /static/
Disallow: /
"""
NO_ROBOTS = "User-agent: *\nDisallow: /\n"


async def _open(request: Request, system: System) -> None:
    """Answer only where this installation has public pages, and not too often.

    Raises: HTTPException (404); TooOften.
    """
    counted(request)
    if not system.settings.public_pages:
        raise HTTPException(HTTPStatus.NOT_FOUND)


router = APIRouter(
    include_in_schema=False, prefix=PUBLIC, dependencies=[Depends(_open)]
)
outside = APIRouter(include_in_schema=False)


@outside.api_route("/robots.txt", methods=READS)
def robots(system: System) -> Response:
    """Say to search engines what may be found: what is public, and nothing else."""
    is_open = system.settings.public_pages
    return PlainTextResponse(ROBOTS if is_open else NO_ROBOTS)


@router.api_route("", methods=READS)
def without_slash() -> Response:
    """Send to the front page."""
    return RedirectResponse(f"{PUBLIC}/", HTTPStatus.PERMANENT_REDIRECT)


@router.api_route("/", methods=READS)
def front(request: Request, visitor: Here, system: System) -> Response:
    """Show what is coming, and what was published last."""
    viewer = _viewer(system)
    coming, held = _by_day(viewer.walks(), visitor, system)
    newest = viewer.publications()[:5]
    return public_page(
        request, "public_front.html", coming=coming, held=held[:5], texts_out=newest
    )


@router.api_route("/vandringer", methods=READS)
def walks(request: Request, visitor: Here, system: System) -> Response:
    """List the walks, those to come first."""
    coming, held = _by_day(_viewer(system).walks(), visitor, system)
    return public_page(request, "public_walks.html", coming=coming, held=held)


@router.api_route("/vandringer/{number}", methods=READS)
def walk(request: Request, visitor: Here, system: System, number: str) -> Response:
    """Show one walk: what was published of it, and what became of its findings.

    Raises: NotFound (unknown_walk).
    """
    viewer = _viewer(system)
    row = viewer.walk(number)
    texts, register = visitor.texts, system.rules().register
    today = register.working_days.local_day(visitor.now)
    told = [told_of(case, texts, register, today) for case in viewer.cases(row)]
    came, total = _attendance(row, texts)
    return public_page(
        request,
        "public_walk.html",
        walk=row,
        steps=[
            (texts.say(f"web_public_step.{one.name}"), one.at)
            for one in viewer.steps(row)
        ],
        route=viewer.route(row),
        told=told,
        counts=_counts(told),
        came=came,
        total=total,
        least=LEAST,
        texts_out=viewer.publications(walk=number),
    )


@router.api_route("/vandringer/{number}/nyt.xml", methods=READS)
def feed(request: Request, visitor: Here, system: System, number: str) -> Response:
    """Return what is new of a walk, for readers of Atom feeds.

    Raises: NotFound (unknown_walk).
    """
    viewer = _viewer(system)
    row = viewer.walk(number)
    register = system.rules().register
    today = register.working_days.local_day(visitor.now)
    entries = entries_of(viewer, row, visitor.texts, register, today)
    return public_page(
        request,
        "public_feed.xml",
        media="application/atom+xml",
        walk=row,
        entries=entries,
        updated=max(
            (one.at for one in entries), default=datetime.fromtimestamp(0, UTC)
        ),
        origin=visitor.site.origin,
        tag=f"{visitor.site.origin.partition('://')[2]},{FEEDS_SINCE}",
    )


@router.api_route("/udgivelser", methods=READS)
def publications(request: Request, system: System, slags: str = "") -> Response:
    """List the texts that both authorities signed; one kind, or all."""
    kind = next((one for one in PublicationKind if one.value == slags), None)
    found = _viewer(system).publications(kind=kind)
    return public_page(
        request,
        "public_texts.html",
        texts_out=found,
        chosen=kind,
        kinds=PublicationKind,
    )


@router.api_route("/erfaringer", methods=READS)
def learnings(request: Request, system: System) -> Response:
    """Show what was done, as both authorities tell it."""
    viewer = _viewer(system)
    rows = viewer.publications(kind=PublicationKind.LEARNING)
    found = [(row, _body(viewer, viewer.publication(row.number))) for row in rows]
    return public_page(request, "public_learnings.html", found=found)


@router.api_route("/udgivelser/{number}", methods=READS)
def publication(request: Request, system: System, number: str) -> Response:
    """Show one text, or that it was withdrawn (410), or what took its place.

    Raises: NotFound (unknown_publication); Unavailable (document_damaged).
    """
    viewer = _viewer(system)
    found = viewer.publication(number)
    gone = found.issue.withdrawn
    return public_page(
        request,
        "public_text.html",
        status=HTTPStatus.GONE if gone else HTTPStatus.OK,
        number=number,
        index=found.issue.index,
        published_at=datetime.fromisoformat(str(found.issue.index["published_at"])),
        what=PublicationKind(found.issue.kind),
        gone=gone,
        gone_at=datetime.fromisoformat(str(gone["at"])) if gone else None,
        newer=found.newer,
        body="" if gone else _body(viewer, found),
        files=[] if gone else _listed(viewer.document(found), request),
        is_pdf=found.issue.form is Form.PDF,
        is_html=found.issue.form is Form.HTML,
    )


def _listed(document: Document, request: Request) -> list[FileLine]:
    files, texts = document.files, visitor_of(request).texts
    return [file_of(name, len(files[name]), texts) for name in sorted(files)]


@router.api_route("/udgivelser/{number}/fil", methods=READS)
def file(request: Request, system: System, number: str) -> Response:
    """Return the exact bytes that were signed; once published they never change.

    Raises: NotFound (unknown_publication); Unavailable (document_damaged).
    """
    viewer = _viewer(system)
    found = viewer.publication(number)
    if found.issue.withdrawn:
        return publication(request, system, number)
    document = viewer.document(found)
    shown = "inline" if document.form in READ_AS_TEXT else "attachment"
    name = f"{number}-{found.issue.draft}.{document.form}"
    headers = {
        "Content-Disposition": f"{shown}; filename*=utf-8''{quote(name)}",
        "Content-Security-Policy": policy_for(document.text),
    }
    return kept(request, document.body, MEDIA[document.form], headers)


@router.api_route("/udgivelser/{number}/fil/{name:path}", methods=READS)
def file_within(request: Request, system: System, number: str, name: str) -> Response:
    """Return one of several files that were signed as one.

    Raises: NotFound (unknown_publication); Unavailable (document_damaged);
        HTTPException (404) for another name.
    """
    viewer = _viewer(system)
    found = viewer.publication(number)
    if found.issue.withdrawn:
        return publication(request, system, number)
    files = viewer.document(found).files
    if name not in files:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    body, kind = files[name], KINDS[name.rpartition(".")[2]]
    if name.endswith(".html"):
        policy = {"Content-Security-Policy": policy_for(body.decode())}
        return kept(request, body, kind, policy)
    told = name.rpartition("/")[2]
    as_file = {"Content-Disposition": f'attachment; filename="{told}"'}
    return kept(request, body, kind, as_file)


@router.api_route("/strategi", methods=READS)
def strategy(request: Request, visitor: Here, system: System) -> Response:
    """Show the efforts of the common strategy, as the register in force has them."""
    rules = system.rules()
    texts, register = visitor.texts, rules.register
    efforts = [
        (area, texts.show_named(area), _under(area.code, register, texts))
        for area in register.focus_areas
    ]
    return public_page(
        request,
        "public_strategy.html",
        title=texts.show_named(register.title),
        efforts=efforts,
        version=rules.version,
    )


@router.api_route("/tilgaengelighed", methods=READS)
def accessibility(request: Request, visitor: Here, system: System) -> Response:
    """Say how accessible the pages are, what was tried, and whom to tell."""
    return public_page(
        request, "public_accessibility.html", answering=_answering(system, visitor)
    )


@router.api_route("/privatliv", methods=READS)
def privacy(request: Request, visitor: Here, system: System) -> Response:
    """Say what is kept of whom, for how long, and who answers for it."""
    register, texts = system.rules().register, visitor.texts
    officers = [
        texts.show_named(one)
        for one in register.overseers
        if one.role == Role.DATA_PROTECTION_OFFICER.value
    ]
    rules = [(Named(da=one.da, en=one.en), one) for one in register.retention]
    return public_page(
        request,
        "public_privacy.html",
        answering=_answering(system, visitor),
        officers=officers,
        rules=[(texts.show_named(name), rule) for name, rule in rules],
    )


# ---- what is shown ----


def _viewer(system: Gadelys) -> PublicViewer:
    fresh(system, WALKS.name, CASES.name, PUBLICATIONS.name)
    return PublicViewer(system)


def _by_day(
    rows: Iterable[WalkRow], visitor: Visitor, system: Gadelys
) -> tuple[list[WalkRow], list[WalkRow]]:
    """Return the walks to come, the next one first, and the others."""
    calendar = system.rules().register.working_days
    today = calendar.local_day(visitor.now)
    found = list(rows)
    coming = [
        row
        for row in found
        if row.status is WalkStatus.INVITED
        and row.starts_at
        and calendar.local_day(row.starts_at) >= today
    ]
    coming.sort(key=attrgetter("starts_at", "number"))
    return coming, [row for row in found if row not in coming]


def _counts(told: Iterable[Told]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for one in told:
        found[one.status] = found.get(one.status, 0) + 1
    return list(found.items())


def _attendance(row: WalkRow, texts: Texts) -> tuple[list[tuple[str, int]], int | None]:
    """Return who came by group, and all of them; nothing that is too small to tell."""
    sizes = {group: count for group, count in row.participants if count}
    small = too_small(sizes)
    told = [(texts.group(one), sizes[one]) for one in sizes if one not in small]
    rest = sum(sizes[one] for one in small)
    if rest >= LEAST:
        told.append((texts.say("web_public.others"), rest))
    return told, None if 0 < rest < LEAST else sum(sizes.values())


def _under(code: str, register: Register, texts: Texts) -> list[str]:
    found: Iterable[Category] = register.categories
    return [texts.show_named(one) for one in found if code in one.focus]


def _answering(system: Gadelys, visitor: Visitor) -> list[tuple[str, str, str]]:
    """Return the two authorities, who coordinates for each, and how to reach them."""
    register, texts = system.rules().register, visitor.texts
    both: tuple[Actor, ...] = (
        register.coordinators.municipality,
        register.coordinators.police,
    )
    units: list[Unit] = [register.unit(one) for one in both]
    return [
        (texts.show(unit.id.authority), texts.show_named(unit), unit.mail)
        for unit in units
    ]


def _body(viewer: PublicViewer, found: Published) -> object:
    """Return a text to be read on the page; nothing of what has a form of its own."""
    document = viewer.document(found)
    return as_markup(document.text) if document.form in {Form.MD, Form.TXT} else ""
