"""Walks: the list, one walk with its promises, its report, and its commands."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from adapters.persistence.case_lists import of_walk
from adapters.reports import walk_report_of
from adapters.system import Gadelys
from adapters.viewing import Viewer
from adapters.web.api.answers import (
    Promise,
    ShortWalk,
    Taken,
    Walk,
    WalkReport,
    Walks,
    answer,
    of_row,
    tag,
)
from adapters.web.api.bodies import body_of, read
from adapters.web.api.callers import By, Raw, System
from adapters.web.api.describing import (
    GIVING,
    READING,
    path_of,
    sent,
    sentence,
    tagged,
)
from adapters.web.api.giving import Asked, taken
from adapters.web.api.questions import AtMoment, Question
from adapters.web.reading import fresh, walk_row
from domain.finding.state import Status
from domain.handling import around_walk
from domain.permissions.words import Action
from domain.values import WalkNumber
from domain.walk.commands import BY_NAME, AskForAnswer, WalkCommand, stream_of
from domain.walk.events import WalkClock
from domain.walk.state import SafetyWalk
from projections.cases import CASES
from projections.walks import WALKS

router = APIRouter(tags=["walks"])
SEEN_IN = (WALKS.name,)
NOT_HERE = (AskForAnswer,)
"""It keeps an address first, which is done at a desk, on the command line."""


@router.get("/walks", response_model=Walks, responses=READING)
def list_walks(by: By, system: System, asked: Annotated[Question, Query()]) -> Response:
    """Return all walks, the latest first."""
    viewer = Viewer(system, by, asked.purpose)
    fresh(system, WALKS.name)
    return answer(Walks(walks=[ShortWalk.of(row) for row in viewer.walks()]))


@router.get(
    "/walks/{number}",
    response_model=Walk,
    responses={**READING, 200: tagged("The walk")},
)
def show_walk(
    by: By,
    system: System,
    number: WalkNumber,
    asked: Annotated[Question, Query()],
) -> Response:
    """Return one walk: its promises, its findings, and what blocks its end."""
    viewer = Viewer(system, by, asked.purpose)
    viewer.require(Action.READ_CASE)
    row = viewer.row(walk_row(system, number), stream_of(number))
    history = system.store.load(stream_of(number))
    given = around_walk(number, history, system.store, system.rules().register)
    memory = row.memory
    shown = of_row(
        Walk,
        row,
        participants=dict(row.participants),
        owners=list(memory.owners),
        timetable=_timetable(memory),
        findings=_counts(system, number),
        waiting=len(given.unanswered(memory)),
        ownerless=list(given.ownerless),
    )
    return answer(shown, headers=tag(row.version))


def _counts(system: Gadelys, number: WalkNumber) -> dict[Status, int]:
    fresh(system, CASES.name)
    counts: dict[Status, int] = {}
    for row in of_walk(system.rows, number)[0]:
        counts[row.status] = counts.get(row.status, 0) + 1
    return counts


def _timetable(walk: SafetyWalk) -> list[Promise]:
    return [
        Promise(
            clock=name,
            due_on=clock.due,
            running=name in walk.running,
            done_at=clock.done_at,
            escalation_level=clock.escalated,
        )
        for name in WalkClock
        if (clock := walk.clocks.get(name))
    ]


@router.get("/walks/{number}/report", response_model=WalkReport, responses=READING)
def report_on_walk(
    by: By,
    system: System,
    number: WalkNumber,
    asked: Annotated[AtMoment, Query()],
) -> Response:
    """Return what became of a walk, at the end of a day."""
    Viewer(system, by, asked.purpose).require(Action.READ_REPORT)
    happened, known = asked.moments(system)
    calendar = system.rules().register.working_days
    day = calendar.local_day(happened or system.now())
    told = walk_report_of(system, number, day, known)
    figures = {name: value for name, value in told.items() if name != "schema"}
    return answer(WalkReport.model_validate(figures))


def _giving(kind: type[WalkCommand]) -> Callable[..., Response]:
    body_kind = body_of(kind)

    def give(asked: Asked, raw: Raw, number: WalkNumber) -> Response:
        body = read(body_kind, raw)
        command = asked.command(kind, body, {"number": number})
        expected = asked.expected(command)
        receipt = asked.give(command, expected, SEEN_IN, checked=body.checked)
        return taken(receipt, number)

    give.__doc__ = kind.__doc__
    return give


for _name, _kind in BY_NAME.items():
    if _kind not in NOT_HERE:
        router.add_api_route(
            f"/walks/{{number}}/{path_of(_name)}",
            _giving(_kind),
            methods=["POST"],
            name=f"walk_{_name}",
            summary=sentence(_kind.__doc__),
            response_model=Taken,
            responses={**GIVING, 200: tagged("The receipt")},
            openapi_extra=sent(body_of(_kind)),
        )
