"""Rapporter: how the whole of it goes, pinned so that it can be made again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from adapters.files.sheets import Csv
from adapters.measuring import Chosen, measured
from adapters.publishing.published import published
from adapters.publishing.reports import proposal
from adapters.reporting.forms import KINDS, document, file_of, names_of
from adapters.reporting.making import (
    AnyReport,
    Made,
    Question,
    fault_of,
    looked_at_again,
    report_of,
)
from adapters.reporting.measured import series_sections
from adapters.reporting.page import STYLE, body, sections_html
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer, may_look_back
from adapters.web.asked import Here, Person, Posted, System, typed
from adapters.web.building import stamp_of
from adapters.web.exporting import download
from adapters.web.laying import laid_before_both, marks_by_line
from adapters.web.moments import LONGEST, moments_of
from adapters.web.reading import fresh, kept_for, newest_walks, viewer_of
from adapters.web.rendering import page, query
from adapters.web.statuses import status_of
from adapters.web.visiting import Visitor
from adapters.web.walk_figures import walk_values
from adapters.web.wording import what_is
from domain.errors import Code, Conflict, DomainError, NotFound, Refused
from domain.permissions.words import Action
from domain.publication.events import PublicationKind
from domain.values import Actor
from projections.danish import sort_key
from projections.half_year import half_of
from projections.publications import PUBLICATIONS, PublicationRow
from projections.report_parts import Pins, ReportKind, Signed

router = APIRouter(include_in_schema=False)
POSITION = re.compile(r"[0-9]{1,15}")
Count = Annotated[int, Query(ge=0, le=2**53)]
Word = Annotated[str, Query(max_length=LONGEST)]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report is wanted, as it stands in the address.

    `position` and `signed` pin a report that was made: its last fact, and the size of
    its checkpoint. Without them everything counts that is known.
    """

    first: str = ""
    last: str = ""
    at: str = ""
    known: str = ""
    area: str = ""
    internal: bool = False
    position: int = 0
    signed: int = 0

    @property
    def values(self) -> dict[str, object]:
        """What stands in the address."""
        named = {"from": self.first, "to": self.last, "at": self.at}
        inside = {"internal": "1" if self.internal else ""}
        pins = {"position": self.position or "", "signed": self.signed or ""}
        return {**named, "known": self.known, "area": self.area, **inside, **pins}


async def _wish(
    first: Annotated[str, Query(alias="from", max_length=LONGEST)] = "",
    last: Annotated[str, Query(alias="to", max_length=LONGEST)] = "",
    at: Word = "",
    known: Word = "",
    area: Annotated[str, Query(max_length=200)] = "",
    internal: Word = "",
    position: Count = 0,
    signed: Count = 0,
) -> Wish:
    pins = (position, signed)
    return Wish(first, last, at, known, area.strip(), bool(internal), *pins)


def _wished(told: Mapping[str, str]) -> Wish:
    """Return the wish that a form brings along: a report that somebody looked at."""
    position = told.get("position", "")
    return Wish(
        first=told.get("from", ""),
        last=told.get("to", ""),
        at=told.get("at", ""),
        area=told.get("area", ""),
        position=int(position) if POSITION.fullmatch(position) else 0,
    )


Wished = Annotated[Wish, Depends(_wish)]


@router.get("/reports")
def front(request: Request, visitor: Here, by: Person, system: System) -> Response:
    """Offer the reports that can be made."""
    _reader(visitor, by)
    half = half_of(_today(system, visitor))
    wish = Wish(half.first.isoformat(), half.last.isoformat())
    return _choosing(request, visitor, by, wish)


@router.get("/reports/style.css")
def style() -> Response:
    """Return how a report looks, here as in its file."""
    return Response(STYLE, media_type="text/css")


@router.get("/reports/council")
def council(
    request: Request, visitor: Here, by: Person, system: System, wish: Wished
) -> Response:
    """Show the report to the council, or what is wrong with the wish."""
    _reader(visitor, by, is_internal=wish.internal)
    try:
        made = _made(wish, system, visitor)
    except (Refused, NotFound) as refusal:
        return _choosing(request, visitor, by, wish, refusal)
    return _shown(request, visitor, by, wish, made)


@router.get("/reports/council/lay")
def looked_at_before(
    request: Request, visitor: Here, by: Person, system: System
) -> Response:
    """Show the report again that somebody was laying when their login ran out.

    Raises: NotAllowed (not_your_role).
    """
    _reader(visitor, by)
    told = kept_for(visitor, request.url.path)
    if not told:
        return RedirectResponse("/reports", HTTPStatus.SEE_OTHER)
    wish = _wished(told)
    return _shown(request, visitor, by, wish, _made(wish, system, visitor), told)


@router.post("/reports/council/lay")
def lay(
    request: Request, visitor: Here, by: Person, system: System, form: Posted
) -> Response:
    """Lay the report that was looked at before both authorities, to be published.

    Raises: NotAllowed (not_your_role).
    """
    told = typed(form)
    wish = _wished(told)
    viewer = _reader(visitor, by)
    made = _made(wish, system, visitor)
    try:
        question = _question(wish, system, visitor)
        proposed = proposal(system, viewer, question, made.report.pins.position)
        if "checked" not in told and any(marks_by_line(proposed.document.text)):
            return _shown(request, visitor, by, wish, made, told, look_again=True)
        body = {
            "kind": PublicationKind.REPORT,
            "title": proposed.title,
            "content": documents_of(system).keep(proposed.document),
            "form": proposed.document.form,
            "supersedes": told.get("supersedes") or None,
        }
        number = laid_before_both(system, None, body, stamp_of(told, by, visitor.now))
    except (Refused, NotFound, Conflict) as refusal:
        return _shown(request, visitor, by, wish, made, told, refusal=refusal)
    visitor.memory["notice"] = visitor.texts.say("web_report.laid")
    return RedirectResponse(f"/publications/{number}", HTTPStatus.SEE_OTHER)


def _shown(
    request: Request,
    visitor: Visitor,
    by: Actor,
    wish: Wish,
    made: Made[AnyReport],
    told: Mapping[str, str] | None = None,
    *,
    refusal: DomainError | None = None,
    look_again: bool = False,
) -> Response:
    """Show a report, and what can be done with it; or what is in the way of that."""
    texts = Texts(visitor.texts.lang, made.register)
    written = document(made.report, texts)
    viewer, pinned = viewer_of(visitor, by), _pinned(wish, made)
    may_lay = viewer.may(Action.BUILD_REPORT) and not wish.internal
    why = visitor.texts.say("web.persons_again") if look_again else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if look_again else HTTPStatus.OK
    return page(
        request,
        "council.html",
        status_of(refusal) if refusal else status,
        title=written.title,
        body=Markup(body(written, texts)),  # noqa: S704 - it escapes all its words
        files=_files(made, texts),
        pinned=query(pinned),
        pins=pinned if may_lay else {},
        replaceable=_replaceable(visitor.system) if may_lay else [],
        why=" ".join(visitor.texts.refusal(refusal)) if refusal else why,
        look_again=look_again,
        told=told or {},
        command_id=(told or {}).get("command_id") or str(uuid4()),
    )


def _replaceable(system: Gadelys) -> list[PublicationRow]:
    """Return the reports whose place another one can take."""
    fresh(system, PUBLICATIONS.name)
    found = published(system, PublicationKind.REPORT)
    return [row for row in found if not row.superseded_by]


@router.get("/reports/council/{name}")
def file(
    visitor: Here,
    by: Person,
    system: System,
    name: str,
    wish: Wished,
    csv: Csv = Csv.DANISH,
) -> Response:
    """Hand out the report as one of its files.

    Raises: HTTPException (404) for another name; Refused (bad_input); NotFound;
        NotAllowed (not_your_role).
    """
    _reader(visitor, by, is_internal=wish.internal)
    return _file(_made(wish, system, visitor), name, visitor, csv)


@router.get("/reports/measurements")
def measurements(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    at: Word = "",
    known: Word = "",
) -> Response:
    """Show what others have measured, each series by itself.

    Raises: NotAllowed (not_your_role); Refused (bad_input, purpose_missing).
    """
    _reader(visitor, by)
    zone = system.rules().register.working_days.zone
    asked = moments_of(at, known, zone)
    chosen = Chosen(happened=asked.happened, recorded=asked.recorded)
    found = measured(system, chosen)
    told = sections_html(series_sections(found, visitor.texts), visitor.texts)
    return page(
        request,
        "measurements.html",
        body=Markup(told),  # noqa: S704 - it escapes all its words
        is_empty=not found,
    )


def _files(made: Made[AnyReport], texts: Texts) -> list[tuple[str, str]]:
    """Return each file of a report, and what it is."""
    return [(name, what_is(name, texts)) for name in names_of(made, texts.lang)]


@router.get("/reports/walks/{number}")
def walk(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """Show what became of one walk.

    Raises: NotFound (unknown_walk); NotAllowed (not_your_role).
    """
    viewer = _reader(visitor, by)
    day = _today(system, visitor)
    made = report_of(system, ReportKind.WALK, Question(day, day, day, walk=number))
    return page(
        request,
        "walk_report.html",
        number=number,
        cases=_cases_of(viewer),
        files=_files(made, visitor.texts),
        pinned=query(_pinned(Wish(), made)),
        **walk_values(system, number, day, None, visitor.texts),
    )


@router.get("/reports/walks/{number}/{name}")
def walk_file(
    visitor: Here,
    by: Person,
    system: System,
    number: str,
    name: str,
    wish: Wished,
    csv: Csv = Csv.DANISH,
) -> Response:
    """Hand out the report of one walk as one of its files.

    Raises: HTTPException (404) for another name; Refused (bad_input); NotFound
        (unknown_walk); NotAllowed (not_your_role).
    """
    _reader(visitor, by)
    today = _today(system, visitor)
    day = _day(wish.at, "as_of") if wish.at else today
    question = Question(day, day, day, walk=number)
    if fault := fault_of(question, today):
        raise Refused(Code.BAD_INPUT, field=fault)
    made = _asked(system, ReportKind.WALK, question, wish, visitor)
    return _file(made, name, visitor, csv)


def _file(made: Made[AnyReport], name: str, visitor: Visitor, csv: Csv) -> Response:
    lang = visitor.texts.lang
    if name not in names_of(made, lang):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    ending = name.rpartition(".")[2]
    return download(file_of(made, name, lang, csv), name, KINDS[ending])


def _reader(visitor: Visitor, by: Actor, *, is_internal: bool = False) -> Viewer:
    """Return whoever reads reports; small numbers are for who may see the cases.

    Raises: NotAllowed (not_your_role); Refused (purpose_missing).
    """
    viewer = viewer_of(visitor, by)
    viewer.require(Action.READ_REPORT)
    if is_internal:
        viewer.require(Action.READ_CASE)
    return viewer


def _cases_of(viewer: Viewer) -> str:
    """Return where somebody sees the cases of a walk; nowhere for some."""
    if may_look_back(viewer.roles):
        return "/history/cases/"
    return "/cases/" if viewer.may(Action.READ_CASE) else ""


def _today(system: Gadelys, visitor: Visitor) -> date:
    return system.rules().register.working_days.local_day(visitor.now)


def _made(wish: Wish, system: Gadelys, visitor: Visitor) -> Made[AnyReport]:
    """Make the report to the council that is wished for, or make one again.

    Raises: Refused (bad_input); NotFound (no_register, unknown_area).
    """
    question = _question(wish, system, visitor)
    return _asked(system, ReportKind.COUNCIL, question, wish, visitor)


def _asked(
    system: Gadelys,
    kind: ReportKind,
    question: Question,
    wish: Wish,
    visitor: Visitor,
) -> Made[AnyReport]:
    if not wish.position:
        return report_of(system, kind, question)
    pins = Pins(
        first=question.first,
        last=question.last,
        area=question.area,
        as_of=question.as_of,
        position=wish.position,
        known_at=visitor.now,
        register=0,
        checkpoint=Signed(wish.signed, "", covers=False) if wish.signed else None,
        internal=question.internal,
        walk=question.walk,
    )
    return looked_at_again(system, pins, kind)


def _question(wish: Wish, system: Gadelys, visitor: Visitor) -> Question:
    """Return what is asked.

    Raises: Refused (bad_input) with the field that is wrong.
    """
    today = _today(system, visitor)
    first, last = _day(wish.first, "first"), _day(wish.last, "last")
    question = Question(
        first=first,
        last=last,
        as_of=_day(wish.at, "as_of") if wish.at else min(last, today),
        as_known=_known(wish.known, system),
        area=wish.area or None,
        internal=wish.internal,
    )
    if fault := fault_of(question, today):
        raise Refused(Code.BAD_INPUT, field=fault)
    return question


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field=field) from problem


def _known(text: str, system: Gadelys) -> datetime | None:
    return moments_of("", text, system.rules().register.working_days.zone).recorded


def _pinned(wish: Wish, made: Made[AnyReport]) -> dict[str, object]:
    """Return the address that gives the same report, whatever is recorded later."""
    pins = made.report.pins
    signed = pins.checkpoint.size if pins.checkpoint else 0
    as_of = pins.as_of.isoformat()
    pinned = replace(wish, at=as_of, known="", position=pins.position, signed=signed)
    return pinned.values


def _choosing(
    request: Request,
    visitor: Visitor,
    by: Actor,
    wish: Wish,
    refusal: DomainError | None = None,
) -> Response:
    """Show what can be asked for, with what is wrong with what was asked."""
    system, texts = visitor.system, visitor.texts
    viewer = viewer_of(visitor, by)
    fresh(system, PUBLICATIONS.name)
    walks = newest_walks(system)
    return page(
        request,
        "reports.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK,
        wish=wish,
        fault=_told(refusal, texts) if refusal else "",
        published=published(system, PublicationKind.REPORT),
        areas=sorted({row.area for row in walks} - {""}, key=sort_key),
        walks=[row for row in walks if row.starts_at],
        may_see_cases=viewer.may(Action.READ_CASE),
    )


def _told(refusal: DomainError, texts: Texts) -> str:
    """Return what is wrong with the wish, and what to do."""
    if refusal.code is Code.BAD_INPUT:
        return texts.say(f"web_report.bad_{refusal.context['field']}")
    return " ".join(texts.refusal(refusal))
