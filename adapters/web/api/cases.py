"""Cases: lists, one case, its history, and every command about it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from adapters.duplicates import suggestions
from adapters.numbering import FINDINGS
from adapters.persistence.case_lists import Wanted
from adapters.reports import asked_at
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer
from adapters.web.api.answers import (
    Case,
    Cases,
    Coming,
    Duplicate,
    Duplicates,
    Fact,
    History,
    Step,
    Steps,
    Taken,
    Tallied,
    WholeCase,
    answer,
    of_row,
    tag,
)
from adapters.web.api.bodies import Sent, body_of, near, read
from adapters.web.api.callers import By, Raw, System
from adapters.web.api.describing import (
    GIVING,
    READING,
    made,
    path_of,
    seen,
    sent,
    sentence,
    tagged,
)
from adapters.web.api.giving import Asked, Asking, taken
from adapters.web.api.questions import AtMoment, CaseList, Question, WhichCases
from adapters.web.coming import words_of
from adapters.web.forms import FORMS
from adapters.web.reading import fresh
from adapters.web.rehearsing import Rehearsal
from adapters.web.visiting import visitor_of
from domain.access import Looked
from domain.errors import Code, NotFound
from domain.finding.commands import BY_NAME, FindingCommand, ReportFinding
from domain.finding.handover import handover_plan
from domain.finding.plan import plan
from domain.finding.state import Finding, fold
from domain.messages import Recorded
from domain.ports import Receipt
from domain.values import FindingNumber
from projections.case_page import case_page
from projections.cases import CASES, CaseRow
from projections.walks import WALKS

router = APIRouter(tags=["cases"])
SEEN_IN = (CASES.name,)
SOONEST = 3
SUNDAY = 6
PREFIX = "finding/"
FOLLOWS = {
    "assign": "case_assign",
    "note": "case_note",
    "hold": "case_hold",
    "mark_fixed": "case_mark_fixed",
    "verify": "case_verify",
}
NEW_CASE = body_of(ReportFinding, number=(FindingNumber | None, None))
EXAMPLE = {
    "category": "LGT-FAIL",
    "text": "Tre lamper på stien er slukket.",
    "point": {"lat": 57.0412, "lon": 9.9631},
    "walk": "AALBORG-OEST-2026-01",
}


# ---- questions ----


@router.get("/cases", response_model=Cases, responses=READING)
def list_cases(by: By, system: System, asked: Annotated[CaseList, Query()]) -> Response:
    """Return one page of cases, the first day to run out first."""
    viewer = Viewer(system, by, asked.purpose)
    happened, known = asked.moments(system)
    fresh(system, CASES.name, WALKS.name)
    day = happened or known or system.now()
    wanted = _wanted(asked, system, day, asked.status)
    found = viewer.listed(
        wanted,
        asked=asked_at(system, happened, known),
        order=asked.order,
        after=asked.after,
        limit=asked.limit,
    )
    return answer(
        Cases.model_construct(
            cases=[Case.of(row) for row in found.rows],
            next=found.next,
            position=found.position,
            behind=max(0, system.store.last_position() - found.position),
            as_of=_local_day(system, day),
        )
    )


@router.get("/tally", response_model=Tallied, responses=READING)
def tally(by: By, system: System, asked: Annotated[WhichCases, Query()]) -> Response:
    """Return how many of the open cases call for what."""
    viewer = Viewer(system, by, asked.purpose)
    fresh(system, CASES.name, WALKS.name)
    now = system.now()
    today = _local_day(system, now)
    ends = today + timedelta(days=SUNDAY - today.weekday())
    counts = viewer.tally(_wanted(asked, system, now, ()), today, ends)
    return answer(Tallied(**counts._asdict()))


def _wanted(
    asked: WhichCases,
    system: Gadelys,
    day: datetime,
    statuses: Any,  # noqa: ANN401
) -> Wanted:
    near(asked.due_from, "query.due_from")
    near(asked.due_until, "query.due_until")
    if asked.unit and not system.rules().register.knows(asked.unit):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(asked.unit))
    return Wanted(
        unit=asked.unit and str(asked.unit),
        authority=asked.authority,
        person=asked.person,
        statuses=tuple(statuses),
        category=asked.category,
        walk=asked.walk,
        area=asked.area,
        text=asked.q,
        late_on=_local_day(system, day) if asked.late else None,
        due_from=asked.due_from,
        due_until=asked.due_until,
        on_hold=asked.on_hold,
    )


def _local_day(system: Gadelys, at: datetime) -> date:
    return system.rules().register.working_days.local_day(at)


@router.get(
    "/cases/{number}",
    response_model=WholeCase,
    responses={**READING, 200: seen("The case", **FOLLOWS)},
)
def show_case(
    request: Request,
    by: By,
    system: System,
    number: FindingNumber,
    asked: Annotated[AtMoment, Query()],
) -> Response:
    """Return one case with its story, as it is or as it was."""
    happened, known = asked.moments(system)
    facts = Viewer(system, by, asked.purpose).facts(number, happened, known)
    row, page = CASES.folded(facts), case_page(facts)
    if row is None or page is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    texts = visitor_of(request).texts
    is_now = happened is None and known is None
    shown = of_row(
        WholeCase,
        row,
        reported_by=page.reported_by,
        facts=[Fact.of(fact, texts) for fact in facts],
        coming=_coming(page.memory, system, happened or system.now(), texts),
    )
    return answer(shown, headers=tag(facts[-1].version) if is_now else None)


def _coming(
    memory: Finding, system: Gadelys, now: datetime, texts: Texts
) -> list[Coming]:
    register = system.rules().register
    steps = (*plan(memory, register, now), *handover_plan(memory, register, now))
    soonest = sorted(steps, key=lambda step: step.at)[:SOONEST]
    return [
        Coming(at=step.at, key=step.key, words=words_of(step, texts))
        for step in soonest
    ]


@router.get(
    "/cases/{number}/history",
    response_model=History,
    responses={**READING, 200: tagged("The facts")},
)
def show_history(
    request: Request,
    by: By,
    system: System,
    number: FindingNumber,
    asked: Annotated[AtMoment, Query()],
) -> Response:
    """Return every fact about one case, for whoever may look at its past."""
    happened, known = asked.moments(system)
    viewer = Viewer(system, by, asked.purpose)
    facts = viewer.facts(number, happened, known, looked=Looked.AT_HISTORY)
    texts = visitor_of(request).texts
    told = History(number=number, facts=[Fact.of(fact, texts) for fact in facts])
    is_now = happened is None and known is None
    return answer(told, headers=tag(facts[-1].version) if is_now else None)


@router.get(
    "/cases/{number}/steps",
    response_model=Steps,
    responses={**READING, 200: tagged("The commands")},
)
def show_steps(
    by: By,
    system: System,
    number: FindingNumber,
    asked: Annotated[Question, Query()],
) -> Response:
    """Return which commands the caller can give now, as the rules themselves say."""
    history = Viewer(system, by, asked.purpose).facts(number)
    memory = _memory(history, number)
    rehearsal = Rehearsal(system, history, memory, by)
    chances = [rehearsal.chance(name, number) for name in FORMS]
    primary = rehearsal.primary(number)
    steps = [
        Step(
            name=chance.name,
            is_open=chance.is_open,
            refused=chance.refusal.code
            if chance.refusal and not chance.is_open
            else None,
        )
        for chance in chances
    ]
    version = history[-1].version
    told = Steps(
        number=number,
        version=version,
        primary=primary.name if primary else None,
        steps=steps,
    )
    return answer(told, headers=tag(version))


def _memory(history: tuple[Recorded, ...], number: FindingNumber) -> Finding:
    memory = fold(history)
    if memory is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    return memory


@router.get("/cases/{number}/duplicates", response_model=Duplicates, responses=READING)
def show_duplicates(
    by: By,
    system: System,
    number: FindingNumber,
    asked: Annotated[Question, Query()],
) -> Response:
    """Return the cases that may be about the same thing, as far as they may be seen."""
    viewer = Viewer(system, by, asked.purpose)
    viewer.facts(number)
    found = suggestions(system, number)
    seen = {row.number for row in viewer.rows(_each(found))}
    rows = [
        Duplicate(
            number=one.case.number,
            metres=round(one.candidate.metres, 1),
            days=one.candidate.days,
            category=one.case.category,
            status=one.case.status,
            follower=one.follower,
            master=one.master,
        )
        for one in found
        if one.case.number in seen
    ]
    return answer(Duplicates(number=number, rows=rows))


def _each(found: Any) -> list[CaseRow]:  # noqa: ANN401
    return [one.case for one in found]


# ---- commands ----


@router.post(
    "/cases",
    response_model=Taken,
    status_code=201,
    responses={
        **GIVING,
        201: made("show_case", assign="case_assign", note="case_note"),
    },
    openapi_extra=sent(NEW_CASE, EXAMPLE),
)
def report_case(asked: Asked, raw: Raw) -> Response:
    """Note something that makes a place feel unsafe, under the next free number."""
    body = read(NEW_CASE, raw)
    given: str | None = getattr(body, "number")  # noqa: B009 - a field made above
    number, receipt = _reported(asked, body, given)
    return taken(receipt, number, f"/api/v1/cases/{number}")


def _reported(asked: Asking, body: Sent, given: str | None) -> tuple[str, Receipt]:
    def report(number: str) -> Receipt:
        command = asked.command(ReportFinding, body, {"number": number})
        return asked.give(command, None, SEEN_IN, checked=body.checked)

    if given:
        return given, report(given)
    return FINDINGS.first_free(asked.system, report)


def _giving(kind: type[FindingCommand]) -> Callable[..., Response]:
    body_kind = body_of(kind)

    def give(asked: Asked, raw: Raw, number: FindingNumber) -> Response:
        body = read(body_kind, raw)
        command = asked.command(kind, body, {"number": number})
        expected = asked.expected(command)
        receipt = asked.give(command, expected, SEEN_IN, checked=body.checked)
        return taken(receipt, number)

    give.__doc__ = kind.__doc__
    return give


for _name, _kind in BY_NAME.items():
    if _kind is not ReportFinding:
        router.add_api_route(
            f"/cases/{{number}}/{path_of(_name)}",
            _giving(_kind),
            methods=["POST"],
            name=f"case_{_name}",
            summary=sentence(_kind.__doc__),
            response_model=Taken,
            responses={**GIVING, 200: tagged("The receipt")},
            openapi_extra=sent(body_of(_kind)),
        )
