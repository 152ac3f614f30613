"""Looking for cases that may be about the same thing as one case."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.finding.duplicates import Candidate, Place, box_around, candidates
from domain.finding.state import Finding, Status
from domain.register.model import Bounds, Register
from domain.values import FindingNumber, Point
from projections.case_page import CASE_PAGE, CasePage

NO_MASTER = frozenset({Status.MERGED, Status.REFERRED, Status.POSITIVE})
CAN_FOLLOW = frozenset({Status.REPORTED, Status.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One candidate, what it is, and who would follow whom; `None` when over."""

    candidate: Candidate
    memory: Finding
    follower: FindingNumber | None
    master: FindingNumber | None


def suggestions(system: Gadelys, number: FindingNumber) -> tuple[Suggestion, ...]:
    """Return the cases that may be about the same thing, the nearest first.

    A case without a point, a safe place and a case that is gone have none.

    Raises: NotFound (unknown_finding); Unavailable (projection_stopped).
    """
    system.catch_up([CASE_PAGE.name])
    page = system.rows.row(CASE_PAGE, number)
    if page is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    if page.point is None or page.memory.status in NO_MASTER:
        return ()
    register = system.rules().register
    box = box_around(page.point, register.limits.duplicate_metres)
    around = {
        other.number: other
        for other in system.rows.rows(CASE_PAGE, _inside(box, system))
        if other.memory.status not in NO_MASTER
    }
    places = (place for other in around.values() for place in _places(other, register))
    return tuple(
        _suggestion(candidate, page, around[candidate.number])
        for this in _places(page, register)
        for candidate in candidates(this, places, register)
    )


def _inside(box: Bounds, system: Gadelys) -> Select[tuple[object, ...]]:
    table = system.rows.table(CASE_PAGE)
    lat = func.json_extract(table.c.point, "$.lat")
    lon = func.json_extract(table.c.point, "$.lon")
    return select(table).where(
        lat.between(box.south, box.north), lon.between(box.west, box.east)
    )


def _places(page: CasePage, register: Register) -> Iterator[Place]:
    match page.point:
        case Point() as point:
            reported_on = register.working_days.local_day(page.memory.reported_at)
            yield Place(page.number, page.memory.category, point, reported_on)
        case _:
            return


def _suggestion(candidate: Candidate, this: CasePage, other: CasePage) -> Suggestion:
    """Let the younger case follow the older one, if it still can."""
    pages = sorted((this, other), key=lambda page: page.memory.reported_at)
    older, younger = (page.number for page in pages)
    for follower, master in ((younger, older), (older, younger)):
        page = this if follower == this.number else other
        if page.memory.status in CAN_FOLLOW:
            return Suggestion(candidate, other.memory, follower, master)
    return Suggestion(candidate, other.memory, None, None)
