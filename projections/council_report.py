"""The council report: one typed model from which every form of it is made.

It holds codes and numbers, and nobody's own words: names, sentences and pictures are
made of it by whoever shows it. The same pins give the same report.

Source: S4, S28; ecosystem-and-ux.md §7, §14.8; R3 (level 5), R12.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from domain.finding.state import Status
from domain.values import Actor, CategoryCode, FindingNumber, ReasonCode
from projections.cases import late_clocks
from projections.kpis import Cohort, Kpi, KpiCode, kpis
from projections.small_numbers import OTHERS, published, too_small
from projections.trails import Trail

SCHEMA: Final = "council-report/1"
NAMED_LEVEL = 5
"""From this rung of the ladder on the council is told of the case itself (R3)."""

MISSING = ("K15", "K17", "K18")
"""The figures of which the facts say nothing, or not all."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The checkpoint that the report was made under; `covers` all of its facts."""

    size: int
    root: str
    covers: bool


@dataclass(frozen=True, slots=True)
class Pins:
    """What the report is made from; whoever has them can make it again.

    `as_of` is a local day: what happened until its end. `position` is the last fact
    that was known, stored at `known_at`. `area` is `None` for all.
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


class By(StrEnum):
    """What the cases are broken down by."""

    KIND = "kind"
    AREA = "area"
    CATEGORY = "category"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Line:
    """How the cases of one kind, area, category or authority stand; `None`: all."""

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
class Named:
    """A case so late that the council is told of it."""

    number: FindingNumber
    category: CategoryCode
    area: str
    due: date | None


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
class CouncilReport:
    """Everything the report says."""

    schema: str
    pins: Pins
    totals: Totals
    all_cases: Line
    lines: tuple[Line, ...]
    kpis: tuple[Kpi, ...]
    declined: tuple[Declined, ...]
    waiting: tuple[Waiting, ...]
    named: tuple[Named, ...]

    def kpi(self, code: KpiCode) -> Kpi:
        """Return one figure."""
        return next(one for one in self.kpis if one.code is code)

    def by(self, what: By) -> tuple[Line, ...]:
        """Return the lines of one breakdown."""
        return tuple(line for line in self.lines if line.by is what)


def council_report(cohort: Cohort, pins: Pins) -> CouncilReport:
    """Return the report of one cohort; for publishing unless it is internal."""
    figures = kpis(cohort)
    shown = figures if pins.internal else tuple(published(one) for one in figures)
    late = next(one for one in figures if one.code is KpiCode.OVERDUE)
    every = _line(None, "", cohort.counted)
    return CouncilReport(
        schema=SCHEMA,
        pins=pins,
        totals=_totals(cohort, every, len(late.hits)),
        all_cases=every,
        lines=_lines(cohort, internal=pins.internal),
        kpis=shown,
        declined=_declined(cohort),
        waiting=_waiting(cohort),
        named=_named(cohort),
    )


def _totals(cohort: Cohort, line: Line, late: int) -> Totals:
    return Totals(
        walks=len(cohort.walks),
        reported=line.reported,
        verified=line.verified,
        declined=line.declined,
        open=line.open,
        late=late,
    )


def _lines(cohort: Cohort, *, internal: bool) -> tuple[Line, ...]:
    keys: dict[By, Callable[[Trail], str]] = {
        By.KIND: lambda case: str(case.row.kind or ""),
        By.AREA: cohort.area_of,
        By.CATEGORY: lambda case: case.row.category,
        By.AUTHORITY: lambda case: str(case.authority),
    }
    return tuple(
        line
        for by, key_of in keys.items()
        for line in _breakdown(by, cohort.counted, key_of, internal=internal)
    )


def _breakdown(
    by: By, cases: Iterable[Trail], key_of: Callable[[Trail], str], *, internal: bool
) -> list[Line]:
    found: dict[str, list[Trail]] = defaultdict(list)
    for case in cases:
        found[key_of(case)].append(case)
    sizes = {key: len(of_key) for key, of_key in found.items()}
    small = frozenset[str]() if internal else too_small(sizes)
    lines = [_line(by, key, found[key]) for key in sorted(found) if key not in small]
    if small:
        rest = [case for key in small for case in found[key]]
        lines.append(_line(by, OTHERS, rest))
    return lines


def _line(by: By | None, key: str, cases: Sequence[Trail]) -> Line:
    status = Counter(case.row.status for case in cases)
    verified, declined = status[Status.VERIFIED], status[Status.DECLINED]
    left = len(cases) - verified - declined
    return Line(by, key, len(cases), verified, declined, left)


def _declined(cohort: Cohort) -> tuple[Declined, ...]:
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


def _waiting(cohort: Cohort) -> tuple[Waiting, ...]:
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


def _named(cohort: Cohort) -> tuple[Named, ...]:
    return tuple(
        Named(
            number=case.number,
            category=case.row.category,
            area=cohort.area_of(case),
            due=min(late_clocks(case.row, cohort.as_of).values(), default=None),
        )
        for case in cohort.open_
        if case.row.escalated >= NAMED_LEVEL
    )
