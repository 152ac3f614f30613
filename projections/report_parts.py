"""What all reports are made of: pins, lines of a breakdown, and what was not done.

Codes and numbers, and nobody's own words.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.finding.state import Status
from domain.values import Actor, CategoryCode, FindingNumber, Kind, ReasonCode
from projections.cases import late_clocks
from projections.grid import Degrees, to_degrees, to_metres
from projections.kpis import Cohort, Kpi, KpiCode, kpis
from projections.small_numbers import LEAST, OTHERS, published, too_small
from projections.trails import Trail, WalkTrail

ROUNDED_TO_M = 100
"""Published is the middle of the square of the Danish grid in which a case lies."""


class ReportKind(StrEnum):
    """The reports there are, by the name that each carries.

    `FIRST_COUNCIL` is only made again: it has no measurements, and no efforts.
    """

    WALK = "walk-report/2"
    AREA = "area-report/1"
    HALF_YEAR = "half-year-status/1"
    COUNCIL = "council-report/2"
    FIRST_COUNCIL = "council-report/1"
    UNIT = "unit-report/1"

    @property
    def newest(self) -> "ReportKind":
        """The shape in which such a report is made now."""
        is_old = self is ReportKind.FIRST_COUNCIL
        return ReportKind.COUNCIL if is_old else self


@dataclass(frozen=True, slots=True)
class Signed:
    """The checkpoint that the report was made under; `covers` all of its facts."""

    size: int
    root: str
    covers: bool


@dataclass(frozen=True, slots=True)
class Pins:
    """What a report is made from; whoever has them can make it again.

    `as_of` is a local day: what happened until its end. `position` is the last fact
    that was known, stored at `known_at`. `area` is `None` for all; `walk` and `unit`
    are whom a report is about that is about one.
    """

    first: date
    last: date
    area: str | None
    as_of: date
    position: int
    known_at: datetime
    register: int
    checkpoint: Signed | None
    internal: bool = False
    walk: str | None = None
    unit: str | None = None


class By(StrEnum):
    """What the cases are broken down by."""

    KIND = "kind"
    AREA = "area"
    CATEGORY = "category"
    AUTHORITY = "authority"
    FOCUS = "focus"


@dataclass(frozen=True, slots=True)
class Line:
    """How the cases of one kind, area, category or authority stand; `None`: all.

    A case that serves several focus areas is in the line of each.
    """

    by: By | None
    key: str
    reported: int
    verified: int
    declined: int
    open: int


@dataclass(frozen=True, slots=True)
class Declined:
    """A case that will not be done: why, and who can help instead."""

    number: FindingNumber
    category: CategoryCode
    area: str
    reason: ReasonCode
    refer_to: Actor | None
    on: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that stands still: why, and when it is looked at again."""

    number: FindingNumber
    category: CategoryCode
    area: str
    reason: ReasonCode
    review_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """How many; `late` are all open cases that are late, whenever they came."""

    walks: int
    reported: int
    verified: int
    declined: int
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case: who has to act by when, and where it is, as far as may be told."""

    number: FindingNumber
    category: CategoryCode
    kind: Kind | None
    status: Status
    unit: Actor
    reported_on: date
    ended_on: date | None
    due: date | None
    is_late: bool
    on_hold: bool
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class WalkLine:
    """One walk; how many came is `None` where that is too few to be published."""

    number: str
    area: str
    held_on: date | None
    participants: int | None
    reported: int
    verified: int
    declined: int
    open: int


KEYS: Mapping[By, Callable[[Cohort, Trail], tuple[str, ...]]] = {
    By.KIND: lambda _, case: (str(case.row.kind or ""),),
    By.AREA: lambda cohort, case: (cohort.area_of(case),),
    By.CATEGORY: lambda _, case: (case.row.category,),
    By.AUTHORITY: lambda _, case: (str(case.authority),),
    By.FOCUS: lambda cohort, case: cohort.focus_of(case) or ("",),
}
"""By what a case is put into lines of each breakdown."""


def line_of(by: By | None, key: str, cases: Sequence[Trail]) -> Line:
    """Return how some cases stand."""
    status = Counter(case.row.status for case in cases)
    verified, declined = status[Status.VERIFIED], status[Status.DECLINED]
    left = len(cases) - verified - declined
    return Line(by, key, len(cases), verified, declined, left)


def lines_of(cohort: Cohort, *wanted: By, internal: bool) -> tuple[Line, ...]:
    """Return the lines of some breakdowns; small ones are put together."""
    return tuple(
        line
        for by in wanted
        for line in _breakdown(by, cohort, KEYS[by], internal=internal)
    )


def _breakdown(
    by: By,
    cohort: Cohort,
    keys_of: Callable[[Cohort, Trail], tuple[str, ...]],
    *,
    internal: bool,
) -> list[Line]:
    found: dict[str, list[Trail]] = defaultdict(list)
    for case in cohort.counted:
        for key in keys_of(cohort, case):
            found[key].append(case)
    sizes = {key: len(of_key) for key, of_key in found.items()}
    small = frozenset[str]() if internal else too_small(sizes)
    lines = [line_of(by, key, found[key]) for key in sorted(found) if key not in small]
    if small:
        rest = {case.number: case for key in sorted(small) for case in found[key]}
        lines.append(line_of(by, OTHERS, list(rest.values())))
    return lines


def totals_of(cohort: Cohort) -> Totals:
    """Return how many there are of everything."""
    line = line_of(None, "", cohort.counted)
    return Totals(
        walks=len(cohort.walks),
        reported=line.reported,
        verified=line.verified,
        declined=line.declined,
        open=line.open,
        late=sum(bool(late_clocks(case.row, cohort.as_of)) for case in cohort.open_),
    )


def figures_of(cohort: Cohort, *codes: KpiCode, internal: bool) -> tuple[Kpi, ...]:
    """Return some figures, for publishing unless it is internal; all without codes."""
    return tuple(
        one if internal else published(one)
        for one in kpis(cohort)
        if not codes or one.code in codes
    )


def declined_of(cohort: Cohort) -> tuple[Declined, ...]:
    """Return what will not be done."""
    return tuple(
        Declined(
            number=case.number,
            category=case.row.category,
            area=cohort.area_of(case),
            reason=case.decline_reason,
            refer_to=case.refer_to.unit if case.refer_to else None,
            on=case.declined_on,
        )
        for case in cohort.counted
        if case.row.status is Status.DECLINED
    )


def waiting_of(cohort: Cohort) -> tuple[Waiting, ...]:
    """Return what stands still."""
    return tuple(
        Waiting(
            number=case.number,
            category=case.row.category,
            area=cohort.area_of(case),
            reason=case.holds[-1].reason,
            review_on=case.row.review_on,
            is_late=bool(case.row.review_on and case.row.review_on < cohort.as_of),
        )
        for case in cohort.counted
        if case.row.on_hold and case.holds
    )


def case_line(case: Trail, as_of: date, *, internal: bool) -> CaseLine:
    """Return one case; its place is rounded unless it is for internal use."""
    row = case.row
    point = point_of(case, internal=internal)
    return CaseLine(
        number=row.number,
        category=row.category,
        kind=row.kind,
        status=row.status,
        unit=row.unit if row.is_open else (row.assignee or row.unit).unit,
        reported_on=case.reported_on,
        ended_on=case.verified_on or case.declined_on,
        due=row.due_on,
        is_late=bool(late_clocks(row, as_of)),
        on_hold=row.on_hold,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
    )


def point_of(case: Trail, *, internal: bool) -> Degrees | None:
    """Return where a case is, as it may be told.

    Published is the middle of a square, and of what people do to each other nothing:
    such a place would stand for those who live there.
    """
    lat, lon = case.row.lat, case.row.lon
    if lat is None or lon is None:
        return None
    if internal:
        return Degrees(lat, lon)
    return rounded(lat, lon) if case.row.kind is Kind.PHYSICAL else None


def rounded(lat: float, lon: float) -> Degrees:
    """Return the middle of the square of the Danish grid in which a place lies."""
    north, east = to_metres(lat, lon)
    middle = to_degrees(
        (north // ROUNDED_TO_M + 0.5) * ROUNDED_TO_M,
        (east // ROUNDED_TO_M + 0.5) * ROUNDED_TO_M,
    )
    return Degrees(round(middle.lat, 5), round(middle.lon, 5))


def walk_line(walk: WalkTrail, cases: Iterable[Trail], *, internal: bool) -> WalkLine:
    """Return what came of one walk."""
    came = sum(count for _, count in walk.attendance.participants)
    line = line_of(None, "", [case for case in cases if case.row.walk == walk.number])
    return WalkLine(
        number=walk.number,
        area=walk.area,
        held_on=walk.held_on,
        participants=None if 0 < came < LEAST and not internal else came,
        reported=line.reported,
        verified=line.verified,
        declined=line.declined,
        open=line.open,
    )
