"""The figures of the council report, each with what it is counted from.

`kpis` counts the cases that were reported, and the walks that were held, in a period,
as they stand at the end of a local day. What each figure means in words is in the
texts (`[kpi_…]`) and in docs/reports.md; what it counts is here.

Source: domain.md §7, K1–K16. K17 needs facts that are not there; K18 is in
`measurements.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from domain.calendar import END_OF_DAY, Calendar
from domain.finding.state import Status
from domain.messages import Recorded
from domain.values import Actor, FindingNumber, Kind
from projections.cases import DUE, late_clocks
from projections.groups import HEARD_LESS, heads
from projections.measurements import Measurements, Telling, measurements, told_of
from projections.registers import Registers
from projections.trails import (
    Result,
    Text,
    Trail,
    Trails,
    WalkTrail,
    cut,
    trails,
)

PLAN_DAYS = 30
"""Working days after which everybody should have an answer (K5)."""

TOLD_DAYS = 5
"""Working days within which who asked must hear the result (K13)."""

NOT_COUNTED = (Status.POSITIVE, Status.MERGED, Status.REFERRED)
"""What is no case to be solved here: never part of a denominator."""

ITEM = TypeVar("ITEM")


class KpiCode(StrEnum):
    """The figures that can be counted from the facts there are."""

    WALKS = "K1"
    HEARD = "K2"
    FINDINGS_PER_WALK = "K3a"
    SOCIAL = "K3b"
    SOLVED = "K4"
    ANSWERED = "K5"
    TO_ASSIGNED = "K6a"
    TO_FIXED = "K6b"
    TO_VERIFIED = "K6c"
    ON_TIME = "K7"
    OVERDUE = "K8"
    DECLINED = "K9"
    REOPENED = "K10"
    REFUSED = "K11a"
    TO_ANSWER = "K11b"
    HOLD_DAYS = "K12"
    TOLD = "K13"
    OTHER_EYES = "K14"
    HELPED = "K15"
    SPREAD = "K16"


class Measure(StrEnum):
    """What kind of number a figure is."""

    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    MEAN = "mean"


class PartOf(StrEnum):
    """What a figure is broken down by."""

    GROUP = "group"
    UNIT = "unit"
    LEVEL = "level"
    CLOCK = "clock"
    REASON = "reason"
    DIRECTION = "direction"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a breakdown; `n` is what it is counted from, `value` the figure.

    `cases` are those behind it. `hidden` where `n` is too small to be published.
    """

    by: PartOf
    key: str
    n: int | None
    value: float | None
    p90: int | None = None
    cases: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: `value` is `numerator` of `denominator`, as `measure` says.

    Of DAYS the value is the median and `denominator` how many there are; of COUNT
    there is nothing to divide. `counted` are the cases (of K1, K2, K13 and K15 the
    walks) behind the denominator, `hits` those behind the numerator; `excluded`
    says how many were left out, and why.
    """

    code: KpiCode
    measure: Measure
    numerator: int | None
    denominator: int | None
    value: float | None
    p90: int | None = None
    counted: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last local day, in one area or in all (`None`)."""

    first: date
    last: date
    area: str | None = None

    def contains(self, day: date | None) -> bool:
        """Whether `day` lies in the period, first and last day included."""
        return day is not None and self.first <= day <= self.last

    def is_about(self, area: str) -> bool:
        """Whether `area` is asked for."""
        return self.area is None or self.area == area


@dataclass(frozen=True)
class Cohort:
    """What one report is about: its cases and walks, as they stand on a day.

    `known` are the cases of the area that can count, `every` those reported in the
    period, `counted` those of them that count; `open_` are all that are open, whenever
    they came. `walks` were held in the period, `held` ever.
    """

    known: tuple[Trail, ...]
    every: tuple[Trail, ...]
    counted: tuple[Trail, ...]
    open_: tuple[Trail, ...]
    walks: tuple[WalkTrail, ...]
    results: tuple[Result, ...]
    areas: Mapping[str, str]
    as_of: date
    calendar: Calendar
    period: Period
    held: tuple[WalkTrail, ...] = ()
    publications: tuple[Text, ...] = ()
    registers: Registers = field(default_factory=Registers)
    measured: tuple[Measurements, ...] = ()
    told: Telling = field(default_factory=dict)

    def area_of(self, case: Trail) -> str:
        """Return the area of the walk of a case; nothing for one without a walk."""
        return self.areas.get(case.row.walk or "", "")

    def focus_of(self, case: Trail) -> tuple[str, ...]:
        """Return the focus areas of a case: those of the day on which it came."""
        return self._focus[case.number]

    @cached_property
    def _focus(self) -> Mapping[FindingNumber, tuple[str, ...]]:
        """Every effort asks for its cases; what they serve is looked up once."""
        rows = (case.row for case in self.known)
        focus_of = self.registers.focus_of
        return {row.number: focus_of(row.category, row.reported_at) for row in rows}

    def excluded(self, **more: int) -> dict[str, int]:
        """Return how many cases are never counted, and what else is left out."""
        statuses = Counter(case.row.status for case in self.every)
        never = {str(one): statuses[one] for one in NOT_COUNTED}
        return {name: count for name, count in (never | more).items() if count}


def cohort_of(
    facts: Iterable[Recorded],
    period: Period,
    as_of: date,
    calendar: Calendar,
    position: int = 2**53,
    read: Trails | None = None,
) -> Cohort:
    """Return what the facts say at the end of `as_of`, of what was known then.

    Args:
        facts: all facts in the order in which they were recorded.
        period: which cases and walks.
        as_of: a local day; nothing that happened later counts.
        calendar: for local and working days.
        position: the last fact that was known.
        read: how cases, walks and texts stood then, where that was read from rows;
            `facts` need only be those of registers and measurements.
    """
    history = tuple(facts)
    known = cut(history, calendar.moment(as_of, END_OF_DAY), position)
    found = read or trails(known, calendar)
    areas = {walk.number: walk.area for walk in found.walks}
    of_area = [
        case
        for case in found.cases
        if period.is_about(areas.get(case.row.walk or "", ""))
    ]
    every = tuple(case for case in of_area if period.contains(case.reported_on))
    held = _held(found, period, as_of)
    return Cohort(
        known=tuple(of_area),
        every=every,
        counted=tuple(one for one in every if one.row.status not in NOT_COUNTED),
        open_=tuple(case for case in of_area if case.row.is_open),
        walks=tuple(walk for walk in held if period.contains(walk.held_on)),
        results=found.results,
        areas=areas,
        as_of=as_of,
        calendar=calendar,
        period=period,
        held=held,
        publications=found.publications,
        registers=Registers.of(history, position),
        measured=measurements(known, last_year=as_of.year, area=period.area),
        told=told_of(known),
    )


def _held(found: Trails, period: Period, as_of: date) -> tuple[WalkTrail, ...]:
    return tuple(
        walk
        for walk in found.walks
        if period.is_about(walk.area) and walk.held_on and walk.held_on <= as_of
    )


def kpis(cohort: Cohort) -> tuple[Kpi, ...]:
    """Return every figure that can be counted, in the order of their codes."""
    return tuple(count(cohort) for count in COUNTED)


# ---- walks and who came ----


def _walks(cohort: Cohort) -> Kpi:
    numbers = _walk_numbers(cohort.walks)
    return _count(KpiCode.WALKS, numbers)


def _heard(cohort: Cohort) -> Kpi:
    """Count who came; a group that is named twice is counted where it is larger."""
    came = Counter[str]()
    less = 0
    for walk in cohort.walks:
        here = heads(walk.attendance)
        came.update(here.came)
        less += here.of(frozenset(HEARD_LESS.values()))
    every = came.total()
    walks = _walk_numbers(cohort.walks)
    return Kpi(
        code=KpiCode.HEARD,
        measure=Measure.PERCENT,
        numerator=less,
        denominator=every,
        value=percent(less, every),
        counted=walks,
        hits=walks if less else (),
        parts=tuple(
            Part(PartOf.GROUP, name, count, percent(count, every))
            for name, count in sorted(came.items())
        ),
    )


def _findings_per_walk(cohort: Cohort) -> Kpi:
    walks = {walk.number for walk in cohort.walks}
    found = [case for case in cohort.counted if case.row.walk in walks]
    mean = round(len(found) / len(walks), 1) if walks else None
    return Kpi(
        code=KpiCode.FINDINGS_PER_WALK,
        measure=Measure.MEAN,
        numerator=len(found),
        denominator=len(walks),
        value=mean,
        counted=_walk_numbers(cohort.walks),
        hits=_numbers(found),
        excluded=cohort.excluded(elsewhere=len(cohort.counted) - len(found)),
    )


def _social(cohort: Cohort) -> Kpi:
    either = [c for c in cohort.counted if c.row.kind in {Kind.PHYSICAL, Kind.SOCIAL}]
    social = [case for case in either if case.row.kind is Kind.SOCIAL]
    left_out = cohort.excluded(both=len(cohort.counted) - len(either))
    return _share(KpiCode.SOCIAL, social, either, left_out)


# ---- what came of the cases ----


def _solved(cohort: Cohort) -> Kpi:
    declined = [case for case in cohort.counted if _is(case, Status.DECLINED)]
    counted = [case for case in cohort.counted if not _is(case, Status.DECLINED)]
    verified = [case for case in counted if _is(case, Status.VERIFIED)]
    left_out = cohort.excluded(declined=len(declined))
    return _share(KpiCode.SOLVED, verified, counted, left_out)


def _answered(cohort: Cohort) -> Kpi:
    """Count who had an answer 30 working days after; younger cases are not ripe."""
    until = {
        case.number: cohort.calendar.add(case.reported_on, PLAN_DAYS)
        for case in cohort.counted
    }
    ripe = [case for case in cohort.counted if until[case.number] <= cohort.as_of]
    answered = [
        case
        for case in ripe
        if case.answered_on and case.answered_on <= until[case.number]
    ]
    left_out = cohort.excluded(too_young=len(cohort.counted) - len(ripe))
    return _share(KpiCode.ANSWERED, answered, ripe, left_out)


def _to_assigned(cohort: Cohort) -> Kpi:
    return _days(KpiCode.TO_ASSIGNED, cohort, lambda case: case.assigned_on)


def _to_fixed(cohort: Cohort) -> Kpi:
    return _days(
        KpiCode.TO_FIXED, cohort, lambda case: case.fix.on if case.fix else None
    )


def _to_verified(cohort: Cohort) -> Kpi:
    return _days(KpiCode.TO_VERIFIED, cohort, lambda case: case.verified_on)


def _on_time(cohort: Cohort) -> Kpi:
    fixed = [case for case in cohort.counted if case.fix and case.fix.due]
    in_time = [
        case
        for case in fixed
        if case.fix and case.fix.due and case.fix.counts_on <= case.fix.due
    ]
    left_out = cohort.excluded(not_fixed=len(cohort.counted) - len(fixed))
    return _share(KpiCode.ON_TIME, in_time, fixed, left_out)


def _declined(cohort: Cohort) -> Kpi:
    declined = [case for case in cohort.counted if _is(case, Status.DECLINED)]
    parts = _grouped(PartOf.REASON, declined, lambda case: case.decline_reason)
    left_out = cohort.excluded()
    return _share(KpiCode.DECLINED, declined, cohort.counted, left_out, parts)


def _reopened(cohort: Cohort) -> Kpi:
    verified = [case for case in cohort.counted if case.row.ever_verified]
    again = [case for case in verified if case.reopened_after_check]
    left_out = cohort.excluded(never_verified=len(cohort.counted) - len(verified))
    return _share(KpiCode.REOPENED, again, verified, left_out)


def _other_eyes(cohort: Cohort) -> Kpi:
    verified = [c for c in cohort.counted if c.verified_by and c.fix]
    other = [
        case
        for case in verified
        if case.fix and case.verified_by and case.verified_by.unit not in case.fix.units
    ]
    left_out = cohort.excluded(not_verified=len(cohort.counted) - len(verified))
    return _share(KpiCode.OTHER_EYES, other, verified, left_out)


def _spread(cohort: Cohort) -> Kpi:
    parts = _grouped(PartOf.AREA, cohort.counted, cohort.area_of)
    return Kpi(
        code=KpiCode.SPREAD,
        measure=Measure.COUNT,
        numerator=len({part.key for part in parts}),
        denominator=None,
        value=len({part.key for part in parts}),
        counted=_numbers(cohort.counted),
        excluded=cohort.excluded(),
        parts=parts,
    )


# ---- what takes too long ----


def _overdue(cohort: Cohort) -> Kpi:
    """Count what is late on the day, whenever it was reported."""
    late = {c.number: late_clocks(c.row, cohort.as_of) for c in cohort.open_}
    found = [case for case in cohort.open_ if late[case.number]]
    parts = (
        *_grouped(PartOf.UNIT, found, lambda case: str(case.row.unit)),
        *_grouped(PartOf.LEVEL, found, lambda case: str(case.row.escalated)),
        *(
            part
            for clock in DUE
            for part in _grouped(
                PartOf.CLOCK,
                [case for case in found if clock in late[case.number]],
                lambda _, clock=clock: str(clock),  # type: ignore[misc]
            )
        ),
    )
    return _count(KpiCode.OVERDUE, _numbers(found), parts=parts)


def _offers(cohort: Cohort) -> list[tuple[str, str, int, bool | None]]:
    """Return each answered offer: case, direction, working days, whether refused."""
    return [
        (
            case.number,
            f"{offer.sender}>{offer.to}",
            cohort.calendar.between(offer.on, offer.answered_on),
            offer.refused,
        )
        for case in cohort.counted
        for offer in case.offers
        if offer.answered_on
    ]


def _unanswered(cohort: Cohort) -> dict[str, int]:
    waiting = [o for c in cohort.counted for o in c.offers if o.answered_on is None]
    return cohort.excluded(unanswered=len(waiting))


def _refused(cohort: Cohort) -> Kpi:
    offers = _offers(cohort)
    refused = [offer for offer in offers if offer[3]]
    ways = sorted({offer[1] for offer in offers})
    parts = []
    for way in ways:
        of_way = [offer for offer in offers if offer[1] == way]
        no = sum(bool(offer[3]) for offer in of_way)
        cases = tuple(sorted({offer[0] for offer in of_way}))
        share = percent(no, len(of_way))
        parts.append(Part(PartOf.DIRECTION, way, len(of_way), share, cases=cases))
    return Kpi(
        code=KpiCode.REFUSED,
        measure=Measure.PERCENT,
        numerator=len(refused),
        denominator=len(offers),
        value=percent(len(refused), len(offers)),
        counted=tuple(sorted({offer[0] for offer in offers})),
        hits=tuple(sorted({offer[0] for offer in refused})),
        excluded=_unanswered(cohort),
        parts=tuple(parts),
    )


def _to_answer(cohort: Cohort) -> Kpi:
    offers = _offers(cohort)
    parts = []
    for way in sorted({offer[1] for offer in offers}):
        of_way = [offer for offer in offers if offer[1] == way]
        days = [offer[2] for offer in of_way]
        cases = tuple(sorted({offer[0] for offer in of_way}))
        middle, most = median(days), p90(days)
        part = Part(PartOf.DIRECTION, way, len(days), middle, most, cases)
        parts.append(part)
    return _of_days(
        KpiCode.TO_ANSWER,
        [(offer[0], offer[2]) for offer in offers],
        _unanswered(cohort),
        tuple(parts),
    )


def _hold_days(cohort: Cohort) -> Kpi:
    days: dict[str, int] = defaultdict(int)
    cases: dict[str, set[str]] = defaultdict(set)
    for case in cohort.counted:
        for held in case.holds:
            until = held.until or cohort.as_of
            days[held.reason] += cohort.calendar.between(held.since, until)
            cases[held.reason].add(case.number)
    every = tuple(
        sorted({number for of_reason in cases.values() for number in of_reason})
    )
    total = sum(days.values())
    parts = tuple(
        Part(
            PartOf.REASON,
            reason,
            len(cases[reason]),
            days[reason],
            cases=tuple(sorted(cases[reason])),
        )
        for reason in sorted(days)
    )
    return Kpi(
        code=KpiCode.HOLD_DAYS,
        measure=Measure.COUNT,
        numerator=total,
        denominator=len(every),
        value=total,
        counted=every,
        hits=every,
        excluded=cohort.excluded(),
        parts=parts,
    )


# ---- who was told, and whether it helped ----


def _told(cohort: Cohort) -> Kpi:
    """Count who asked and heard each result in time; who waits for none is left out."""
    asked = frozenset(who for walk in cohort.walks for who in walk.asked)
    in_time: dict[Actor, bool] = {}
    for result in cohort.results:
        if result.contact not in asked:
            continue
        day = cohort.calendar.local_day(result.at)
        until = cohort.calendar.add(day, TOLD_DAYS)
        heard = _heard_in_time(result.told_at, until, cohort.calendar)
        if heard or until <= cohort.as_of:
            in_time[result.contact] = heard and in_time.get(result.contact, True)
    told = sum(in_time.values())
    walks = _walk_numbers(walk for walk in cohort.walks if walk.asked & in_time.keys())
    left_out = {"no_result_yet": len(asked) - len(in_time)}
    return Kpi(
        code=KpiCode.TOLD,
        measure=Measure.PERCENT,
        numerator=told,
        denominator=len(in_time),
        value=percent(told, len(in_time)),
        counted=walks,
        hits=walks if told else (),
        excluded={name: count for name, count in left_out.items() if count},
    )


def _heard_in_time(told_at: datetime | None, until: date, calendar: Calendar) -> bool:
    return told_at is not None and calendar.local_day(told_at) <= until


def _helped(cohort: Cohort) -> Kpi:
    said = {w.number: w.helped for w in cohort.walks if w.helped is not None}
    mean = round(sum(said.values()) / len(said), 1) if said else None
    silent = len(cohort.walks) - len(said)
    return Kpi(
        code=KpiCode.HELPED,
        measure=Measure.MEAN,
        numerator=sum(said.values()),
        denominator=len(said),
        value=mean,
        counted=tuple(sorted(said)),
        hits=tuple(sorted(said)),
        excluded={"not_evaluated": silent} if silent else {},
    )


COUNTED: Sequence[Callable[[Cohort], Kpi]] = (
    *(_walks, _heard, _findings_per_walk, _social, _solved, _answered),
    *(_to_assigned, _to_fixed, _to_verified, _on_time, _overdue, _declined),
    *(_reopened, _refused, _to_answer, _hold_days, _told, _other_eyes, _helped),
    _spread,
)
"""Who counts what, in the order of the codes."""


# ---- arithmetic ----


def percent(numerator: int, denominator: int) -> float | None:
    """Return per cent with one decimal; `None` when there is nothing to divide."""
    return round(100 * numerator / denominator, 1) if denominator else None


def median(days: Sequence[int]) -> float | None:
    """Return the middle one; between two middle ones, half-way."""
    ordered, half = sorted(days), len(days) // 2
    if not ordered:
        return None
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def p90(days: Sequence[int]) -> int | None:
    """Return the day by which nine of ten were done (nearest rank)."""
    ordered = sorted(days)
    return ordered[-(-len(ordered) * 9 // 10) - 1] if ordered else None


def _is(case: Trail, status: Status) -> bool:
    return case.row.status is status


def _numbers(cases: Iterable[Trail]) -> tuple[str, ...]:
    return tuple(sorted(case.number for case in cases))


def _walk_numbers(walks: Iterable[WalkTrail]) -> tuple[str, ...]:
    return tuple(sorted(walk.number for walk in walks))


def _count(
    code: KpiCode, numbers: tuple[str, ...], parts: tuple[Part, ...] = ()
) -> Kpi:
    count = len(numbers)
    return Kpi(
        code,
        Measure.COUNT,
        count,
        None,
        count,
        counted=numbers,
        hits=numbers,
        parts=parts,
    )


def _share(
    code: KpiCode,
    hits: Sequence[Trail],
    counted: Sequence[Trail],
    excluded: Mapping[str, int],
    parts: tuple[Part, ...] = (),
) -> Kpi:
    return Kpi(
        code=code,
        measure=Measure.PERCENT,
        numerator=len(hits),
        denominator=len(counted),
        value=percent(len(hits), len(counted)),
        counted=_numbers(counted),
        hits=_numbers(hits),
        excluded=excluded,
        parts=parts,
    )


def _days(code: KpiCode, cohort: Cohort, day_of: Callable[[Trail], date | None]) -> Kpi:
    reached = [(case, day) for case in cohort.counted if (day := day_of(case))]
    days = [
        (case.number, cohort.calendar.between(case.reported_on, day))
        for case, day in reached
    ]
    left_out = cohort.excluded(not_yet=len(cohort.counted) - len(days))
    return _of_days(code, days, left_out)


def _of_days(
    code: KpiCode,
    of_case: Sequence[tuple[str, int]],
    excluded: Mapping[str, int],
    parts: tuple[Part, ...] = (),
) -> Kpi:
    days = [count for _, count in of_case]
    numbers = tuple(sorted({number for number, _ in of_case}))
    return Kpi(
        code=code,
        measure=Measure.DAYS,
        numerator=None,
        denominator=len(days),
        value=median(days),
        p90=p90(days),
        counted=numbers,
        hits=numbers,
        excluded=excluded,
        parts=parts,
    )


def _grouped(
    by: PartOf, cases: Iterable[Trail], key_of: Callable[[Trail], str]
) -> tuple[Part, ...]:
    found: dict[str, list[Trail]] = defaultdict(list)
    for case in cases:
        found[key_of(case)].append(case)
    return tuple(
        Part(by, key, len(of_key), len(of_key), cases=_numbers(of_key))
        for key, of_key in sorted(found.items())
    )
