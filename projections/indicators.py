"""The individual measurements of each focus area.

What follows from the facts is counted here, by the name that the register gives it; the
rest is what an owner told. Neither is an effect of the other.

Source: S24–S26; domain.md §7, "Individual measurements per focus area"; R15.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.finding.state import Status
from domain.measurement.terms import Amount, SampleSize
from domain.publication.events import PublicationKind
from domain.register.naming import Named
from domain.register.strategy import (
    Derivation,
    FocusArea,
    Indicator,
    IndicatorUnit,
    Owners,
)
from domain.values import Authority
from projections.groups import canonical, heads
from projections.kpis import Cohort
from projections.small_numbers import LEAST
from projections.trails import Fix, Trail


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of an indicator; days are local, both included.

    `of` is what it is a part of, where that is known; `behind` the cases, walks or
    texts that it is counted from. `hidden` where it counts too few people.
    """

    first: date
    last: date
    value: Amount | None
    n: SampleSize = None
    of: int | None = None
    source: str = ""
    method: str = ""
    behind: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """One indicator, and what there is of it; `derived` is open where it is told."""

    code: str
    title: Named
    unit: IndicatorUnit
    derived: Derivation | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """One focus area: who owns it, and how it goes by its own measurements."""

    code: str
    title: Named
    owners: Owners | None
    indicators: tuple[Followed, ...]


def efforts(
    areas: Iterable[FocusArea], cohort: Cohort, *, internal: bool
) -> tuple[Effort, ...]:
    """Return every focus area in the order of the register."""
    return tuple(
        Effort(
            code=area.code,
            title=Named(da=area.da, en=area.en),
            owners=area.owners,
            indicators=tuple(
                _followed(area, one, cohort, internal=internal)
                for one in area.indicators
            ),
        )
        for area in areas
    )


def _followed(
    area: FocusArea, indicator: Indicator, cohort: Cohort, *, internal: bool
) -> Followed:
    readings = (
        (DERIVED[indicator.derived](area.code, indicator, cohort),)
        if indicator.derived
        else _told(area.code, indicator, cohort)
    )
    shown = readings if internal else [fit(one, indicator.unit) for one in readings]
    return Followed(
        code=indicator.code,
        title=Named(da=indicator.da, en=indicator.en),
        unit=indicator.unit,
        derived=indicator.derived,
        readings=tuple(shown),
    )


def _told(code: str, indicator: Indicator, cohort: Cohort) -> Sequence[Reading]:
    """Return what was told of a time that ended within the report's period."""
    told = cohort.told.get((code, indicator.code), {})
    return [
        Reading(
            first=first,
            last=last,
            value=one.value,
            n=one.n,
            source=one.source,
            method=one.method,
        )
        for (first, last), one in sorted(told.items())
        if cohort.period.contains(last)
    ]


def fit(reading: Reading, unit: IndicatorUnit) -> Reading:
    """Return a reading as it may be published: no few people, nothing behind it."""
    value = reading.value or 0
    few_people = unit is IndicatorUnit.PEOPLE and (
        0 < value < LEAST or (reading.of is not None and 0 < reading.of - value < LEAST)
    )
    few_asked = isinstance(reading.n, int) and 0 < reading.n < LEAST
    if few_people or few_asked:
        return Reading(reading.first, reading.last, None, hidden=True)
    return Reading(
        first=reading.first,
        last=reading.last,
        value=reading.value,
        n=reading.n,
        source=reading.source,
        method=reading.method,
    )


# ---- what follows from the facts ----


def _walks_held(_: str, indicator: Indicator, cohort: Cohort) -> Reading:
    walks = [one for one in cohort.walks if _is_there(one.area, indicator)]
    return _reading(cohort, len(walks), [one.number for one in walks])


def _findings_per_walk(_: str, indicator: Indicator, cohort: Cohort) -> Reading:
    walks = {one.number for one in cohort.walks if _is_there(one.area, indicator)}
    found = [case for case in cohort.counted if case.row.walk in walks]
    mean = round(len(found) / len(walks), 1) if walks else None
    return _reading(cohort, mean, walks)


def _participants(_: str, indicator: Indicator, cohort: Cohort) -> Reading:
    """Count who came of some groups; whoever is named twice, where it is larger."""
    walks = [one for one in cohort.walks if _is_there(one.area, indicator)]
    groups = frozenset(canonical(name) for name in indicator.groups)
    came = [heads(walk.attendance) for walk in walks]
    every = sum(sum(one.came.values()) for one in came)
    counted = sum(one.of(groups) for one in came) if groups else every
    numbers = [one.number for one in walks]
    return _reading(cohort, counted, numbers, of=every if groups else None)


def _messages_published(_: str, __: Indicator, cohort: Cohort) -> Reading:
    return _published(PublicationKind.MESSAGE, cohort)


def _learnings_published(_: str, __: Indicator, cohort: Cohort) -> Reading:
    return _published(PublicationKind.LEARNING, cohort)


def _published(kind: PublicationKind, cohort: Cohort) -> Reading:
    """Count texts that both authorities signed, of a kind, and did not take back."""
    texts = [
        one.number
        for one in cohort.publications
        if one.kind is kind and cohort.period.contains(one.published_on)
    ]
    return _reading(cohort, len(texts), texts)


def _cases_solved(code: str, indicator: Indicator, cohort: Cohort) -> Reading:
    groups = frozenset(canonical(name) for name in indicator.groups)
    solved = [
        case.number
        for case in _serving(code, indicator, cohort)
        if case.row.status is Status.VERIFIED
        and cohort.period.contains(case.verified_on)
        and (not groups or _raised_by(case) in groups)
    ]
    return _reading(cohort, len(solved), solved)


def _activities_held(code: str, indicator: Indicator, cohort: Cohort) -> Reading:
    held = _held(code, indicator, cohort)
    return _reading(cohort, len(held), held)


def _people_reached(code: str, indicator: Indicator, cohort: Cohort) -> Reading:
    held = _held(code, indicator, cohort)
    reached = sum(fix.reached for fix in held.values())
    return _reading(cohort, reached, held)


DERIVED: Mapping[Derivation, Callable[[str, Indicator, Cohort], Reading]] = {
    Derivation.WALKS_HELD: _walks_held,
    Derivation.FINDINGS_PER_WALK: _findings_per_walk,
    Derivation.PARTICIPANTS: _participants,
    Derivation.MESSAGES_PUBLISHED: _messages_published,
    Derivation.LEARNINGS_PUBLISHED: _learnings_published,
    Derivation.CASES_SOLVED: _cases_solved,
    Derivation.ACTIVITIES_HELD: _activities_held,
    Derivation.PEOPLE_REACHED: _people_reached,
}
"""Who counts what, by the name that a register gives it."""


def _held(code: str, indicator: Indicator, cohort: Cohort) -> dict[str, Fix]:
    """Return what was held, started or talked about, and still stands."""
    return {
        case.number: case.fix
        for case in _serving(code, indicator, cohort)
        if case.fix and cohort.period.contains(case.fix.held_on or case.fix.on)
    }


def _serving(code: str, indicator: Indicator, cohort: Cohort) -> list[Trail]:
    """Return the cases of a focus area that an indicator is about."""
    wanted = frozenset(indicator.categories)
    return [
        case
        for case in cohort.known
        if code in cohort.focus_of(case)
        and (not wanted or case.row.category in wanted)
        and _is_there(cohort.area_of(case), indicator)
    ]


def _is_there(area: str, indicator: Indicator) -> bool:
    return not indicator.areas or area in indicator.areas


def _raised_by(case: Trail) -> str:
    """Return the group that raised a case; nothing where an office or nobody did."""
    raised = case.raised_by
    if raised.authority is not Authority.PARTICIPANT:
        return ""
    return canonical(raised.unit.partition("/")[2])


def _reading(
    cohort: Cohort,
    value: Amount | None,
    behind: Iterable[str],
    of: int | None = None,
) -> Reading:
    period = cohort.period
    last = min(period.last, cohort.as_of)
    return Reading(period.first, last, value, of=of, behind=tuple(sorted(behind)))
