"""Vandringer: the paper form, the board after the walk, and the minutes."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.web.asked import Here, Person, Posted, System, staff, typed
from adapters.web.asking import ask
from adapters.web.building import Typed, stamp_of
from adapters.web.laying import LineMark, Written, text_laid, written_in
from adapters.web.pages.text_to_sign import Subject, text_page
from adapters.web.pages.walk_route import route_of
from adapters.web.pages.walks import findings_of
from adapters.web.pages.work import Line
from adapters.web.reading import fresh, kept_for, viewer_of, walk_row
from adapters.web.rehearsing import PRIMARY
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from domain.errors import DomainError
from domain.finding.state import OPEN, Status
from domain.messages import Stamp, derived_id
from domain.permissions.words import Action
from domain.publication.events import PublicationKind
from domain.publication.state import PublicationStatus
from domain.values import Actor
from domain.walk.commands import DraftMinutes, stream_of
from domain.walk.state import WalkStatus
from projections.publications import PUBLICATIONS, PublicationRow
from projections.walks import WALKS, WalkRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])
PAPER = (
    *("stop", "place", "category", "point", "photo", "observation", "why"),
    *("suggestion", "light", "severity", "raised_by", "answer"),
)
"""What is written down of one finding on paper."""


@router.get("/walks/{number}/paper")
def paper(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """Show the form that is printed and taken along.

    Raises: NotFound (unknown_walk).
    """
    register, texts = system.rules().register, visitor.texts
    return page(
        request,
        "walk_paper.html",
        walk=_seen(visitor, by, number),
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        fields=PAPER,
        route=route_of(system, number),
        field_page=(address := f"{visitor.site.origin}/felt/?walk={quote(number)}"),
        code=segno.make(address, error="m").svg_data_uri(border=2),
    )


@router.get("/walks/{number}/board")
def board(request: Request, visitor: Here, by: Person, number: str) -> Response:
    """Show the findings by where they are, each with its next step.

    Raises: NotFound (unknown_walk).
    """
    row, texts = _seen(visitor, by, number), visitor.texts
    lines = findings_of(visitor, by, number)
    columns = [
        (
            texts.status(status),
            status,
            [(one, _verb(one)) for one in lines if one.row.status is status],
        )
        for status in Status
    ]
    shown = [one for one in columns if one[1] in OPEN or one[2]]
    return page(request, "walk_board.html", walk=row, columns=shown)


def _verb(line: Line) -> str:
    return PRIMARY.get(line.row.next_step, "") if line.row.is_open else ""


def _seen(visitor: Visitor, by: Actor, number: str) -> WalkRow:
    row = walk_row(visitor.system, number)
    return viewer_of(visitor, by).row(row, stream_of(number))


# ---- minutes ----


@router.get("/walks/{number}/minutes")
def ask_minutes(request: Request, visitor: Here, by: Person, number: str) -> Response:
    """Show a draft of the minutes, made of the findings.

    Raises: NotFound (unknown_walk); NotAllowed (not_your_role).
    """
    row = _seen(visitor, by, number)
    _require_writing(visitor, by, row)
    if told := kept_for(visitor, request.url.path):
        return _page(request, visitor, row, told)
    texts = visitor.texts
    lines = findings_of(visitor, by, number)
    told = {
        "title": texts.say("web.minutes_of", area=row.area)[:200],
        "text": "\n".join(_draft(row, lines, texts)),
    }
    return _page(request, visitor, row, told)


@router.post("/walks/{number}/minutes")
def lay_minutes(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
) -> Response:
    """Lay the minutes before both authorities, once their author has looked again."""
    told, row = typed(form), _seen(visitor, by, number)
    _require_writing(visitor, by, row)
    written = written_in(told)
    try:
        written.check()
        if written.marks and "checked" not in told:
            return _page(request, visitor, row, told, marks=written.marks)
        stamp = stamp_of(told, by, visitor.now)
        publication = _drafted(system, row, written, stamp)
    except DomainError as refusal:
        return _page(request, visitor, row, told, refusal=refusal, marks=written.marks)
    visitor.memory["notice"] = visitor.texts.say("web.minutes_laid")
    return RedirectResponse(f"/publications/{publication}", HTTPStatus.SEE_OTHER)


def _require_writing(visitor: Visitor, by: Actor, row: WalkRow) -> None:
    """Refuse whoever may not lay minutes before both, or not be the first to do so.

    Raises: NotAllowed (not_your_role).
    """
    viewer = viewer_of(visitor, by)
    viewer.require(Action.PROPOSE_TEXT)
    if row.status is WalkStatus.WALKED:
        viewer.require(Action.RUN_WALK)


def _drafted(system: Gadelys, row: WalkRow, written: Written, stamp: Stamp) -> str:
    """Lay the text before both, and say so of the walk; return its number."""
    waiting = _waiting(system, row.number)
    number = text_laid(
        system,
        written,
        PublicationKind.MINUTES,
        stamp,
        waiting.number if waiting else None,
        walk=row.number,
    )
    if row.status is WalkStatus.WALKED:
        again = derived_id("minutes drafted", stamp.command_id)
        drafted = DraftMinutes(
            number=row.number, stamp=stamp.model_copy(update={"command_id": again})
        )
        ask(system, drafted, None, checked=True, seen_in=(WALKS.name,))
    return number


def _waiting(system: Gadelys, walk: str) -> PublicationRow | None:
    """Return the minutes of a walk that wait for signatures."""
    fresh(system, PUBLICATIONS.name)
    table = system.rows.table(PUBLICATIONS)
    query = select(table).where(
        table.c.walk == walk,
        table.c.kind == PublicationKind.MINUTES.value,
        table.c.status == PublicationStatus.DRAFT.value,
    )
    rows: list[PublicationRow] = system.rows.rows(PUBLICATIONS, query)
    return rows[0] if rows else None


def _draft(row: WalkRow, lines: list[Line], texts: Texts) -> Iterator[str]:
    """Yield the lines of minutes as far as the findings tell."""
    yield f"# {texts.say('web.minutes_of', area=row.area)}"
    yield ""
    yield " · ".join(filter(None, [row.number, texts.show(row.starts_at)]))
    if row.participants:
        came = [f"{texts.group(group)} {count}" for group, count in row.participants]
        yield ""
        yield f"{texts.say('say.walk_participants')}: {', '.join(came)}"
    yield ""
    yield f"## {texts.say('web.findings', count=len(lines))}"
    for line in lines:
        yield ""
        yield f"### {line.row.number} · {line.category}"
        yield ""
        yield texts.show(line.row.text) if line.row.text else texts.say("web.no_text")
        due = f", {line.due.day}" if line.due else ""
        yield ""
        yield f"{line.status}: {line.responsible}{due}"


def _page(
    request: Request,
    visitor: Visitor,
    row: WalkRow,
    told: Typed,
    *,
    refusal: DomainError | None = None,
    marks: tuple[LineMark, ...] = (),
) -> Response:
    return text_page(
        request,
        Subject("web.minutes", row.number, f"/walks/{row.number}", row.area),
        told,
        refusal=refusal,
        marks=marks,
        draft=_waiting(visitor.system, row.number),
    )
