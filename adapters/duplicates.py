"""Looking for cases that may be about the same thing as one case."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.persistence.case_lists import inside
from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.finding.duplicates import Candidate, Place, box_around, candidates
from domain.finding.state import Status
from domain.register.model import Register
from domain.values import FindingNumber, Point
from projections.cases import CASES, CaseRow

NO_MASTER = frozenset({Status.MERGED, Status.REFERRED, Status.POSITIVE})
CAN_FOLLOW = frozenset({Status.REPORTED, Status.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One candidate, what it is, and who would follow whom; `None` when over."""

    candidate: Candidate
    case: CaseRow
    follower: FindingNumber | None
    master: FindingNumber | None


def suggestions(system: Gadelys, number: FindingNumber) -> tuple[Suggestion, ...]:
    """Return the cases that may be about the same thing, the nearest first.

    A case without a point, a safe place and a case that is gone have none.

    Raises: NotFound (unknown_finding); Unavailable (projection_stopped).
    """
    system.catch_up([CASES.name])
    case = system.rows.row(CASES, number)
    if case is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    point = _point(case)
    if point is None or case.status in NO_MASTER:
        return ()
    register = system.rules().register
    box = box_around(point, register.limits.duplicate_metres)
    near = system.rows.select(CASES).where(inside(system.rows.table(CASES), box))
    around = {
        other.number: other
        for other in system.rows.rows(CASES, near)
        if other.status not in NO_MASTER
    }
    places = (place for other in around.values() for place in _places(other, register))
    return tuple(
        _suggestion(candidate, case, around[candidate.number])
        for this in _places(case, register)
        for candidate in candidates(this, places, register)
    )


def _places(case: CaseRow, register: Register) -> Iterator[Place]:
    if point := _point(case):
        reported_on = register.working_days.local_day(case.reported_at)
        yield Place(case.number, case.category, point, reported_on)


def _point(case: CaseRow) -> Point | None:
    if case.lat is None or case.lon is None:
        return None
    return Point(lat=case.lat, lon=case.lon)


def _suggestion(candidate: Candidate, this: CaseRow, other: CaseRow) -> Suggestion:
    """Let the younger case follow the older one, if it still can."""
    older, younger = sorted((this, other), key=lambda case: case.reported_at)
    for follower, master in ((younger, older), (older, younger)):
        if follower.status in CAN_FOLLOW:
            return Suggestion(candidate, other, follower.number, master.number)
    return Suggestion(candidate, other, None, None)
