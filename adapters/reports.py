"""Questions that are asked of the facts of some past moment."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.values import FindingNumber, WalkNumber
from domain.walk.commands import stream_of as walk_stream
from projections.fold import folded
from projections.walk_report import WALK_REPORT, ReportRow, walk_report

END_OF_DAY = time(23, 59, 59, 999_999)


def walk_report_of(
    system: Gadelys, walk: WalkNumber, as_of: date, as_known: datetime | None = None
) -> dict[str, Any]:
    """Return walk-report/1 at the end of `as_of`, by the time things happened.

    Args:
        system: whose facts.
        walk: which walk.
        as_of: a local day.
        as_known: aware; leave out what the system learned later.

    Raises: NotFound (unknown_walk).
    """
    if not system.store.version_of(walk_stream(walk)):
        raise NotFound(Code.UNKNOWN_WALK, walk=walk)
    system.catch_up([WALK_REPORT.name])
    calendar = system.rules().register.working_days
    until = calendar.moment(as_of, END_OF_DAY)
    rows = _rows_at(system, _findings_of(system, walk), until, as_known)
    position = system.rows.position(WALK_REPORT.name)
    return walk_report(walk, rows, as_of, position, calendar)


def _findings_of(system: Gadelys, walk: WalkNumber) -> list[FindingNumber]:
    table = system.rows.table(WALK_REPORT)
    rows = system.rows.rows(WALK_REPORT, select(table).where(table.c.walk == walk))
    return [row.number for row in rows]


def _rows_at(
    system: Gadelys,
    numbers: Iterable[FindingNumber],
    until: datetime,
    as_known: datetime | None,
) -> Iterable[ReportRow]:
    for number in numbers:
        facts = known(system.store.load(stream_of(number)), until, as_known)
        if row := folded(WALK_REPORT, number, facts):
            yield row


def known(
    facts: Iterable[Recorded], happened: datetime | None, recorded: datetime | None
) -> tuple[Recorded, ...]:
    """Keep what had happened by one moment and was known by another."""
    return tuple(
        fact
        for fact in facts
        if (happened is None or fact.event.stamp.at <= happened)
        and (recorded is None or fact.recorded_at <= recorded)
    )
