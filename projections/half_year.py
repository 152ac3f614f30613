"""The half-yearly status of both authorities: what moved since the last half.

A case counts under whoever has it at the end, so that every line adds up:
open before, and raised and reopened since, less what ended, is open now.

Source: ecosystem-and-ux.md §14.8, "compare with last period"; S4.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.finding.state import Status
from projections.kpis import NOT_COUNTED, Cohort, Kpi, KpiCode, Period
from projections.report_parts import (
    Declined,
    Pins,
    ReportKind,
    Totals,
    Waiting,
    WalkLine,
    declined_of,
    figures_of,
    totals_of,
    waiting_of,
    walk_line,
)
from projections.small_numbers import OTHERS, too_small
from projections.trails import Trail

SECOND_HALF = 7
"""The month in which the second half of a year begins."""


HALF = re.compile(r"([12]\d{3})-([12])", re.ASCII)


class Move(StrEnum):
    """What happened to a case between the ends of two halves, all in all."""

    RAISED = "raised"
    REOPENED = "reopened"
    VERIFIED = "verified"
    DECLINED = "declined"
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Moved:
    """How many cases of one authority moved which way; an empty one: of all.

    `before` + `raised` + `reopened` - `verified` - `declined` - `otherwise` = `now`.
    """

    authority: str
    before: int
    raised: int
    reopened: int
    verified: int
    declined: int
    otherwise: int
    now: int

    @property
    def size(self) -> int:
        """How many cases moved or were there to move."""
        return self.before + self.raised + self.reopened


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of this half, and of the half before, as it stood at its end."""

    now: Kpi
    before: Kpi


@dataclass(frozen=True, slots=True)
class HalfYear:
    """Everything that the half-yearly status says."""

    schema: ReportKind
    pins: Pins
    totals: Totals
    totals_before: Totals
    moved: tuple[Moved, ...]
    kpis: tuple[Compared, ...]
    walks: tuple[WalkLine, ...]
    declined: tuple[Declined, ...]
    waiting: tuple[Waiting, ...]


def half_of(day: date) -> Period:
    """Return the half of the year that a day is in."""
    if day.month < SECOND_HALF:
        return Period(date(day.year, 1, 1), date(day.year, 6, 30))
    return Period(date(day.year, SECOND_HALF, 1), date(day.year, 12, 31))


def half_numbered(text: str) -> Period:
    """Return a half of a year that is called by its year and a 1 or a 2: `2026-2`.

    Raises: ValueError.
    """
    if not (found := HALF.fullmatch(text)):
        raise ValueError(text)
    year, half = found.groups()
    return half_of(date(int(year), 1 if half == "1" else SECOND_HALF, 1))


def half_before(first: date) -> Period:
    """Return the half of the year before the one that begins with `first`."""
    return half_of(first - timedelta(days=1))


def half_year(cohort: Cohort, before: Cohort, pins: Pins) -> HalfYear:
    """Return what moved from the end of `before` to the day of `cohort`."""
    internal = pins.internal
    return HalfYear(
        schema=ReportKind.HALF_YEAR,
        pins=pins,
        totals=totals_of(cohort),
        totals_before=totals_of(before),
        moved=_moved(cohort, before, internal=internal),
        kpis=_compared(cohort, before, internal=internal),
        walks=tuple(
            walk_line(walk, cohort.counted, internal=internal) for walk in cohort.walks
        ),
        declined=declined_of(cohort),
        waiting=waiting_of(cohort),
    )


def _compared(
    cohort: Cohort, before: Cohort, *, internal: bool
) -> tuple[Compared, ...]:
    now = figures_of(cohort, internal=internal)
    then = figures_of(before, internal=internal)
    return tuple(
        Compared(one, other)
        for one, other in zip(now, then, strict=True)
        if one.code is not KpiCode.SPREAD
    )


def _moved(cohort: Cohort, before: Cohort, *, internal: bool) -> tuple[Moved, ...]:
    """Return the moves of all cases, and by authority; small lines are put together."""
    known = {case.number for case in before.known}
    was_open = {case.number for case in before.open_}
    of_authority: dict[str, list[Trail]] = defaultdict(list)
    for case in cohort.known:
        of_authority[case.authority].append(case)
    lines = {
        authority: _line(authority, cases, known, was_open)
        for authority, cases in of_authority.items()
    }
    sizes = {key: line.size for key, line in lines.items() if line.size}
    small = frozenset[str]() if internal else too_small(sizes)
    shown = [lines[key] for key in sorted(sizes) if key not in small]
    if small:
        rest = [case for key in small for case in of_authority[key]]
        shown.append(_line(OTHERS, rest, known, was_open))
    return (_line("", cohort.known, known, was_open), *shown)


def _line(
    authority: str,
    cases: Iterable[Trail],
    known: set[str],
    was_open: set[str],
) -> Moved:
    before, now = 0, 0
    moves: dict[Move, int] = dict.fromkeys(Move, 0)
    for case in cases:
        before += case.number in was_open
        now += case.row.is_open
        for move in _moves(case, known, was_open):
            moves[move] += 1
    return Moved(
        authority=authority,
        before=before,
        raised=moves[Move.RAISED],
        reopened=moves[Move.REOPENED],
        verified=moves[Move.VERIFIED],
        declined=moves[Move.DECLINED],
        otherwise=moves[Move.OTHERWISE],
        now=now,
    )


def _moves(case: Trail, known: set[str], was_open: set[str]) -> list[Move]:
    """Return how a case came to be open, and how it ended, since the last half."""
    is_new = case.number not in known
    status = case.row.status
    if is_new and status in NOT_COUNTED:
        return []
    found: list[Move] = []
    if is_new:
        found.append(Move.RAISED)
    elif case.number not in was_open:
        return [Move.REOPENED] if case.row.is_open else []
    if not case.row.is_open:
        found.append(_END.get(status, Move.OTHERWISE))
    return found


_END = {Status.VERIFIED: Move.VERIFIED, Status.DECLINED: Move.DECLINED}
"""How a case ended, by its status; any other one went elsewhere."""
