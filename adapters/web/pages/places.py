"""Kort: the same cases as in the list, where they lie; and the list beside it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.web.asked import Here, Person, System, counted
from adapters.web.pages.walk_route import route_of
from adapters.web.pages.work import (
    EVERYBODY,
    Filters,
    Line,
    in_tab,
    line_of,
    wanted_of,
)
from adapters.web.reading import fresh, seconds_behind, viewer_of, walk_choices
from adapters.web.rendering import page
from adapters.web.tiles import fetch_tile
from adapters.web.visiting import visitor_of
from adapters.web.wording import unit_names
from domain.errors import Code, DomainError, NotAllowed, NotFound
from projections.cases import CASES, CaseRow
from projections.grid import cell_of, grid_over, spoken

router = APIRouter(include_in_schema=False)
MOST = 500
MOST_TILES = 3000
Side = Annotated[float, Query(ge=-180, le=180)]


@dataclass(frozen=True, slots=True)
class Spot:
    """One case of the list, and where it lies in words; empty without a point."""

    line: Line
    where: str
    cell: str


@router.get("/map")
def show(
    request: Request, visitor: Here, by: Person, system: System, asked: Filters
) -> Response:
    """Show cases on a map and in a list, by the same filters."""
    viewer = viewer_of(visitor, by)
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    fresh(system, CASES.name)
    if register.overseer(by) and not asked.unit:  # no case waits for them
        asked = asked.of_unit(EVERYBODY)
    wanted = in_tab(wanted_of(asked, by), asked.tab, today)
    found = viewer.listed(wanted, after=asked.after or None, limit=MOST)
    lines = [line_of(row, register, texts, today) for row in found.rows]
    settings = system.settings
    walks = walk_choices(system, by)
    return page(
        request,
        "map.html",
        asked=asked,
        spots=[_spot(line, texts) for line in lines],
        next=found.next,
        behind=seconds_behind(system, found.position),
        bounds=register.bounds,
        tiles=settings.map_tiles is not None,
        attribution=settings.map_attribution,
        own=texts.actor(by.unit),
        everybody=EVERYBODY,
        units=unit_names(register, texts),
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        walks=walks,
        route=_route(system, asked.walk) if asked.walk in dict(walks) else [],
    )


def _route(system: Gadelys, walk: str) -> list[dict[str, object]]:
    """Return the stops of the walk that is looked at, to be drawn."""
    return [stop.model_dump() for stop in route_of(system, walk).stops]


def _spot(line: Line, texts: Texts) -> Spot:
    row: CaseRow = line.row
    if row.lat is None or row.lon is None:
        return Spot(line, "", "")
    said = spoken(row.lat, row.lon, texts.lang)
    return Spot(line, said, cell_of(row.lat, row.lon))


@router.get("/map/grid")
def grid(_: Person, south: Side, west: Side, north: Side, east: Side) -> JSONResponse:
    """Return the lines of the Danish grid over a box, and the names of its cells."""
    found = grid_over(south, west, north, east)
    labels = [{"at": one.at, "name": one.name} for one in found.labels]
    return JSONResponse({"step": found.step, "lines": found.lines, "labels": labels})


@router.get("/map/tiles/{z}/{x}/{y}")
async def tile(request: Request, z: int, x: int, y: int) -> Response:
    """Return one tile of the service that this installation has chosen."""
    counted(request, "tiles", MOST_TILES)
    visitor = visitor_of(request)
    try:
        if visitor.actor is None:
            raise NotAllowed(Code.NOT_YOUR_ROLE)
        found = await fetch_tile(visitor.system.settings, z, x, y)
    except DomainError as refusal:
        return Response(status_code=_status(refusal))
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(found.content, media_type=found.kind, headers=headers)


def _status(refusal: DomainError) -> HTTPStatus:
    match refusal:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case Unavailable():
            return HTTPStatus.BAD_GATEWAY
        case _:
            return HTTPStatus.FORBIDDEN
