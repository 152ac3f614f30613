"""Vandringer: the route of a walk, stop by stop, in a list and on the map."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.system import Gadelys
from adapters.web.asked import Here, Person, Posted, System, staff, typed
from adapters.web.asking import ask
from adapters.web.building import Typed, built, plain, stamp_of
from adapters.web.obstacles import CLEAR, OBSTACLES, Obstacle, obstacle_of
from adapters.web.reading import kept_for, viewer_of, walk_row
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from domain.permissions.words import Action
from domain.values import Actor
from domain.walk.commands import MOST_STOPS, SetRoute, stream_of
from domain.walk.decide import BEFORE_WALK
from domain.walk.events import Stop
from projections.walk_route import WalkRoute, walk_route
from projections.walks import WALKS, WalkRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff)])
PARTS = ("name", "lat", "lon")
SAVE = "save"
UNREAD = Obstacle(HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True)
class Line:
    """One stop as it is typed."""

    name: str = ""
    lat: str = ""
    lon: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not (self.name or self.lat or self.lon)


BLANK = Line()


def route_of(system: Gadelys, number: str) -> WalkRoute:
    """Return the route of a walk; no stops where none was laid."""
    return walk_route(system.store.load(stream_of(number)))


@router.get("/walks/{number}/route")
def show(
    request: Request, visitor: Here, by: Person, system: System, number: str
) -> Response:
    """Show the route as a form, to be laid or changed.

    Raises: NotFound (unknown_walk); NotAllowed (not_your_role).
    """
    row = _seen(visitor, by, number)
    if told := kept_for(visitor, request.url.path):
        return _form(request, visitor, row, (*_lines(told), BLANK), told)
    lines = [_line(stop, visitor.lang) for stop in route_of(system, number).stops]
    return _form(request, visitor, row, (*lines, BLANK), {})


@router.post("/walks/{number}/route")
def lay(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
) -> Response:
    """Change the list without saving it, or save the route."""
    told = typed(form)
    row, do = _seen(visitor, by, number), told.get("do", SAVE)
    lines = _lines(told)
    if do != SAVE:
        moved = _changed(lines, do)
        return _form(request, visitor, row, (*moved, BLANK), told)
    shown = (*lines, BLANK)
    wrong = [nth for nth, line in enumerate(lines, 1) if _stop(line) is None]
    stops = tuple(stop for line in lines if (stop := _stop(line)))
    if wrong or not stops:
        return _form(request, visitor, row, shown, told, UNREAD, wrong=wrong or [1])
    try:
        stamp = stamp_of(told, by, visitor.now)
        command = built(SetRoute, {"number": number, "stops": stops, "stamp": stamp})
        ask(system, command, None, checked="checked" in told, seen_in=(WALKS.name,))
    except OBSTACLES as problem:
        return _form(request, visitor, row, shown, told, obstacle_of(problem))
    visitor.memory["notice"] = visitor.texts.say("web_route.saved")
    return RedirectResponse(f"/walks/{number}", HTTPStatus.SEE_OTHER)


def _seen(visitor: Visitor, by: Actor, number: str) -> WalkRow:
    viewer = viewer_of(visitor, by)
    viewer.require(Action.RUN_WALK)
    return viewer.row(walk_row(visitor.system, number), stream_of(number))


def _line(stop: Stop, lang: str) -> Line:
    lat, lon = (f"{one:.6f}".rstrip("0").rstrip(".") for one in (stop.lat, stop.lon))
    if lang == "da":
        lat, lon = lat.replace(".", ","), lon.replace(".", ",")
    return Line(stop.name, lat, lon)


def _lines(told: Typed) -> list[Line]:
    """Return the stops that were typed, without those in which nothing stands."""
    found = [
        Line(*(plain(told.get(f"{part}.{nth}", "")) for part in PARTS))
        for nth in range(1, MOST_STOPS + 1)
    ]
    return [line for line in found if not line.is_blank]


def _stop(line: Line) -> Stop | None:
    """Return a stop, if what was typed is one."""
    lat, lon = (one.replace(",", ".") for one in (line.lat, line.lon))
    try:
        return Stop.model_validate({"name": line.name, "lat": lat, "lon": lon})
    except ValidationError:
        return None


def _changed(lines: Sequence[Line], do: str) -> list[Line]:
    """Return the lines after a button of one of them was pressed."""
    found = list(lines)
    what, _, text = do.partition(".")
    places = {str(place + 1): place for place in range(len(found))}
    nth = places.get(text, -1)
    other = nth + {"up": -1, "down": 1}.get(what, 0)
    if not (0 <= nth < len(found) and 0 <= other < len(found)):
        return found
    if what == "drop":
        del found[nth]
    else:
        found[nth], found[other] = found[other], found[nth]
    return found


def _form(
    request: Request,
    visitor: Visitor,
    row: WalkRow,
    lines: Sequence[Line],
    told: Typed,
    obstacle: Obstacle = CLEAR,
    *,
    wrong: Sequence[int] = (),
) -> Response:
    texts, system = visitor.texts, visitor.system
    stops = tuple(stop for line in lines if (stop := _stop(line)))
    return page(
        request,
        "walk_route.html",
        obstacle.status,
        walk=row,
        lines=lines[:MOST_STOPS],
        last=len(lines) - 1,
        route=WalkRoute(stops),
        is_open=row.status in BEFORE_WALK,
        changed=bool(told),
        faults=[texts.say("web_route.stop_wrong", nth=nth) for nth in wrong],
        wrong=wrong,
        marks=obstacle.marks,
        refusal=texts.refusal(obstacle.refusal)[0] if obstacle.refusal else "",
        bounds=system.rules().register.bounds,
        tiles=system.settings.map_tiles is not None,
        attribution=system.settings.map_attribution,
        command_id=told.get("command_id") or str(uuid4()),
    )
