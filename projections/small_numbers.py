"""What may be published of a number: nothing that is counted from fewer than five.

Lines of a breakdown that are too small are put together with the next smallest, so
that no difference to the total gives one of them away.

Source: ecosystem-and-ux.md §7; S28.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from projections.kpis import Kpi, KpiCode, Measure, Part, percent

LEAST = 5
"""The smallest number that may be published of people, or be divided by."""

OTHERS = "others"
"""The key of the lines that were put together."""

OF_PEOPLE = frozenset({KpiCode.HEARD, KpiCode.TOLD})
"""Figures whose numerator counts people."""

OF_OUR_OWN_DOING = frozenset({KpiCode.FINDINGS_PER_WALK})
"""Figures that divide by how often we did something: no secret, however seldom."""


def published(kpi: Kpi) -> Kpi:
    """Return a figure as it may be published: without small numbers, without cases."""
    bare = replace(
        kpi,
        counted=(),
        hits=(),
        parts=_published_parts(kpi),
        excluded=_published_excluded(kpi),
    )
    if not is_small(kpi):
        return bare
    return replace(
        bare,
        numerator=None,
        denominator=None,
        value=None,
        p90=None,
        excluded={},
        hidden=True,
    )


def is_small(kpi: Kpi) -> bool:
    """Whether a figure divides by too few, or counts too few people."""
    divides = kpi.measure is not Measure.COUNT and kpi.code not in OF_OUR_OWN_DOING
    divided = divides and 0 < (kpi.denominator or 0) < LEAST
    few = kpi.code in OF_PEOPLE and 0 < (kpi.numerator or 0) < LEAST
    rest = (kpi.denominator or 0) - (kpi.numerator or 0)
    few_others = kpi.code in OF_PEOPLE and 0 < rest < LEAST
    return divided or few or few_others


def _published_excluded(kpi: Kpi) -> Mapping[str, int]:
    """Return what was left out, without the few people that were."""
    least = LEAST if kpi.code in OF_PEOPLE else 0
    return {name: count for name, count in kpi.excluded.items() if count >= least}


def _published_parts(kpi: Kpi) -> tuple[Part, ...]:
    by = attrgetter("by")
    found: list[Part] = []
    for _, parts in groupby(sorted(kpi.parts, key=by), by):
        found += [_valued(part, kpi) for part in together(parts)]
    return tuple(found)


def _valued(part: Part, kpi: Kpi) -> Part:
    """Return a line with the value of what was put together, if it can be told."""
    if part.key != OTHERS or part.hidden:
        return part
    if kpi.code is KpiCode.HEARD:
        return replace(part, value=percent(part.n or 0, kpi.denominator or 0))
    adds_up = kpi.measure is Measure.COUNT or kpi.code is KpiCode.DECLINED
    return part if adds_up else replace(part, value=None)


def together(parts: Iterable[Part]) -> list[Part]:
    """Return the lines of one breakdown, those that are too small as one.

    Its value is the sum of theirs. Is even that too small, it tells nothing.
    """
    every = sorted(parts, key=attrgetter("key"))
    small_keys = too_small({part.key: part.n or 0 for part in every})
    small = [part for part in every if part.key in small_keys]
    shown = [replace(part, cases=()) for part in every if part.key not in small_keys]
    if not small:
        return shown
    n, by = sum(part.n or 0 for part in small), small[0].by
    if n < LEAST:
        return [*shown, Part(by, OTHERS, None, None, hidden=True)]
    value = sum(part.value or 0 for part in small)
    return [*shown, Part(by, OTHERS, n, value)]


def too_small(sizes: Mapping[str, int]) -> frozenset[str]:
    """Return the keys of the lines that must be put together.

    They are those below the least, and the next smallest while all of them together
    are too small as well: else the total would give them away.
    """
    ordered = sorted(sizes, key=lambda key: (sizes[key], key))
    small = [key for key in ordered if sizes[key] < LEAST]
    for key in ordered[len(small) :]:
        if not small or sum(sizes[one] for one in small) >= LEAST:
            break
        small.append(key)
    return frozenset(small)
