"""Vandringer: what was promised on a walk, and what became of its findings."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from adapters.persistence.case_lists import Wanted
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import ANYBODY
from adapters.web.asked import Here, Person, System, staff
from adapters.web.pages.work import Line, line_of
from adapters.web.reading import fresh, viewer_of, walk_row
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.walk_forms import WALK_FORMS, next_of, others_of
from adapters.web.wording import Due, due_of
from domain.finding.state import Status
from domain.handling import around_walk
from domain.permissions.viewing import sight
from domain.permissions.words import Action, Compartment
from domain.values import Actor, WalkNumber
from domain.walk.commands import stream_of
from domain.walk.decide import BEFORE_WALK
from domain.walk.events import WalkClock
from domain.walk.state import SafetyWalk
from projections.cases import CASES
from projections.walk_route import walk_route
from projections.walks import WALKS

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])
MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of the timetable; `state` is done, late, next or later."""

    name: str
    due: Due | None
    done: str
    state: str


@router.get("/walks")
def listed(request: Request, visitor: Here, by: Person, system: System) -> Response:
    """Show all walks, the latest first."""
    fresh(system, WALKS.name)
    rows = viewer_of(visitor, by).walks()
    calendar, texts = system.rules().register.working_days, visitor.texts
    today = calendar.local_day(visitor.now)
    walks = [(row, due_of(row.next_due, today, calendar, texts)) for row in rows]
    return page(request, "walks.html", walks=walks)


@router.get("/walks/{number}")
def show(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """Show one walk.

    Raises: NotFound (unknown_walk).
    """
    viewer = viewer_of(visitor, by)
    row = viewer.row(walk_row(system, number), stream_of(number))
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    lines = findings_of(visitor, by, number)
    history = system.store.load(stream_of(number))
    given = around_walk(number, history, system.store, register)
    return page(
        request,
        "walk.html",
        walk=row,
        promises=_promises(row.memory, today, system, texts),
        lines=lines,
        counts=_counts(lines),
        waiting=len(given.unanswered(row.memory)),
        ownerless=given.ownerless,
        next=next_of(row.memory),
        more=others_of(row.memory),
        links=_links(number),
        route=walk_route(history),
        is_open=row.status in BEFORE_WALK,
        may_run=sight(viewer.roles, Action.RUN_WALK, ANYBODY, Compartment.SHARED).facts,
        groups=[(texts.group(group), n) for group, n in row.participants],
    )


def findings_of(visitor: Visitor, by: Actor, number: WalkNumber) -> list[Line]:
    """Return the findings of a walk that may be seen, by number."""
    system = visitor.system
    register = system.rules().register
    fresh(system, CASES.name)
    every = Wanted(walk=number, statuses=tuple(Status))
    found = viewer_of(visitor, by).listed(every, limit=MOST_FINDINGS)
    today = register.working_days.local_day(visitor.now)
    lines = [line_of(one, register, visitor.texts, today) for one in found.rows]
    return sorted(lines, key=lambda line: line.row.number)


def _links(number: str) -> dict[str, str]:
    steps = {
        name: f"/walks/{number}/step/{name.replace('_', '-')}" for name in WALK_FORMS
    }
    return {**steps, "minutes": f"/walks/{number}/minutes"}


def _counts(lines: list[Line]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for line in lines:
        status = line.status
        found[status] = found.get(status, 0) + 1
    return list(found.items())


def _promises(
    walk: SafetyWalk, today: date, system: Gadelys, texts: Texts
) -> list[Promise]:
    calendar = system.rules().register.working_days
    found = []
    for name in WalkClock:
        clock = walk.clocks.get(name)
        if clock is None:
            continue
        done = texts.show(calendar.local_day(clock.done_at)) if clock.done_at else ""
        due = due_of(clock.due, today, calendar, texts)
        state = "done" if done else "late" if clock.due < today else "later"
        if not done and walk.has_ended:
            state = "later"
        found.append(Promise(texts.show(name), due, done, state))
    return found
