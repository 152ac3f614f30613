"""Erfaringer: what was done about a closed case, told by its author, signed by both."""

from collections.abc import Iterator
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from adapters.texts import Texts
from adapters.viewing import Viewer
from adapters.web.asked import Here, Person, Posted, System, staff, typed
from adapters.web.building import stamp_of
from adapters.web.laying import text_laid, written_in
from adapters.web.pages.text_to_sign import Subject, text_page
from adapters.web.reading import kept_for, viewer_of
from adapters.web.visiting import Visitor
from domain.errors import Code, DomainError, NotFound, Refused
from domain.finding.state import Status
from domain.permissions.words import Action
from domain.personal import HIDDEN
from domain.publication.decide import AT_AN_END
from domain.publication.events import PublicationKind
from domain.register.model import Register
from projections.public_case import PublicCase, public_case
from projections.walks import WALKS

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])


@router.get("/cases/{number}/learning")
def ask_learning(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """Show a draft, made of what everybody may know of a closed case.

    Raises: NotFound (unknown_finding); NotAllowed (not_your_role); Refused
        (wrong_status) while it has no answer yet.
    """
    viewer = viewer_of(visitor, by)
    viewer.require(Action.PROPOSE_TEXT)
    if told := kept_for(visitor, request.url.path):
        return text_page(request, _about(number), told)
    case, area = _closed(viewer, visitor, number)
    texts, register = visitor.texts, system.rules().register
    told = {
        "title": texts.category(case.category),
        "text": "\n".join(_draft(case, area, texts, register)),
    }
    return text_page(request, _about(number), told)


@router.post("/cases/{number}/learning")
def lay_learning(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
) -> Response:
    """Lay it before both authorities, once its author has looked again."""
    told, about = typed(form), _about(number)
    written = written_in(told)
    try:
        written.check()
        if written.marks and "checked" not in told:
            return text_page(request, about, told, marks=written.marks)
        stamp = stamp_of(told, by, visitor.now)
        laid = text_laid(
            system, written, PublicationKind.LEARNING, stamp, finding=number
        )
    except DomainError as refusal:
        return text_page(request, about, told, refusal=refusal, marks=written.marks)
    visitor.memory["notice"] = visitor.texts.say("web.learning_laid")
    return RedirectResponse(f"/publications/{laid}", HTTPStatus.SEE_OTHER)


def _about(number: str) -> Subject:
    return Subject("web.learning", number, f"/cases/{number}", number)


def _closed(viewer: Viewer, visitor: Visitor, number: str) -> tuple[PublicCase, str]:
    """Return a case that has its answer, and the area of its walk, if it has one.

    Raises: NotFound (unknown_finding); Refused (wrong_status).
    """
    facts = viewer.facts(number)
    case = public_case(facts)
    if case is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    if case.status not in AT_AN_END:
        raise Refused(Code.WRONG_STATUS, status=case.status, needed=list(AT_AN_END))
    walk = getattr(facts[0].event, "walk", None)
    row = visitor.system.rows.row(WALKS, walk) if walk else None
    return case, "" if row is None or row.area in HIDDEN else row.area


def _draft(
    case: PublicCase, area: str, texts: Texts, register: Register
) -> Iterator[str]:
    """Yield the lines of a text as far as codes and days tell; nobody's own words."""
    calendar = register.working_days
    first = calendar.local_day(case.moves[0].at)
    last = calendar.local_day(case.moves[-1].at)
    days = {"days": calendar.between(first, last)}
    authority = register.behind(case.owner).authority
    told = {"who": texts.show(authority), "reported": first, "ended": last, **days}
    yield f"# {texts.category(case.category)}"
    yield ""
    key = "web.learning_where" if area else "web.learning_what"
    yield texts.say(key, category=texts.category(case.category), area=area)
    yield ""
    if case.status is Status.DECLINED:
        reason = texts.reason(case.reason) if case.reason else None
        yield texts.say("web.learning_declined", reason=reason, **told)
    else:
        yield texts.say("web.learning_done", **told)
    yield ""
    yield f"## {texts.say('web.learning_ours')}"
    yield ""
    yield texts.say("web.learning_write_here")
