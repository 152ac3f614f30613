"""Questions that are asked of the facts of some past moment."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from adapters.persistence.case_lists import of_walk
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import END_OF_DAY
from domain.errors import Code, NotFound
from domain.measurement.commands import stream_of as measurement_stream
from domain.messages import Recorded
from domain.values import WalkNumber
from domain.walk.commands import stream_of as walk_stream
from projections.audit_trail import AUDIT_TRAIL
from projections.cases import CASES
from projections.measurements import MEASUREMENTS
from projections.versions import Asked
from projections.walk_report import walk_report


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
    system.catch_up([CASES.name])
    calendar = system.rules().register.working_days
    asked = asked_at(system, calendar.moment(as_of, END_OF_DAY), as_known)
    rows, position = of_walk(system.rows, walk, asked)
    return walk_report(walk, rows, as_of, position, calendar)


def asked_at(
    system: Gadelys, happened: datetime | None, recorded: datetime | None
) -> Asked:
    """Return for which past somebody asks: both are aware moments, or left out."""
    if recorded is None:
        return Asked(happened)
    system.catch_up([AUDIT_TRAIL.name])
    table = system.rows.table(AUDIT_TRAIL)
    last = select(func.max(table.c.position)).where(table.c.recorded_at <= recorded)
    [[position]] = system.rows.ask(last)
    return Asked(happened, position or 0)


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


def measurement_facts(system: Gadelys) -> Iterator[Recorded]:
    """Yield all facts of every series and of what owners tell, one after the other.

    Raises: Unavailable (projection_stopped).
    """
    system.catch_up([MEASUREMENTS.name])
    table = system.rows.table(MEASUREMENTS)
    for row in system.rows.rows(MEASUREMENTS, select(table).order_by(table.c.number)):
        yield from system.store.load(measurement_stream(row.number))


FIGURES = (
    *("reported", "assigned", "on_hold", "fixed", "verified", "declined"),
    *("positive", "merged", "referred", "fix_overdue", "verify_overdue"),
    *("solution_rate", "reopen_rate", "social_share", "escalation_level"),
)


def figure(name: str, answer: dict[str, Any], texts: Texts) -> str:
    """Return one figure of a report in words."""
    value = answer[name]
    match name:
        case "solution_rate":
            share = texts.show(value["percent"])
            return f"{share} % ({value['numerator']}/{value['denominator']})"
        case "reopen_rate":
            return f"{value['reopened']}/{value['ever_verified']}"
        case "social_share":
            return f"{len(value['social'])}/{value['of']}"
        case "escalation_level" | "merged":
            pairs = [f"{number} → {other}" for number, other in value.items()]
            return ", ".join(pairs) or "0"
        case _:
            if isinstance(value, list):
                return f"{len(value)}  {', '.join(value)}" if value else "0"
            return str(value)
