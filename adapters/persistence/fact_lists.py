"""Facts of all streams: filtered, the newest first, page by page.

A page looks through a bounded stretch of the history, so that a question that hardly
anything fits costs no more than any other; the next page goes on where it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, or_, select

from adapters.persistence.row_store import RowStore
from domain.values import Actor
from projections.audit_trail import AUDIT_TRAIL, AuditRow

STRETCH = 250_000
"""How many facts one page looks through at most."""


@dataclass(frozen=True, slots=True)
class FactsWanted:
    """Which facts; what is left out does not matter. Both ends of a period count.

    `unit` means everybody who acted for it; `person` is a staff id, whatever the unit.
    `kinds` are what the stored names of facts begin with: that of their stream.
    `happened` and `recorded` are the two axes of time. `positions` names the facts
    among which to look.
    """

    unit: Actor | None = None
    person: str = ""
    topic: str = ""
    kinds: Sequence[str] = ()
    happened: tuple[datetime | None, datetime | None] = (None, None)
    recorded: tuple[datetime | None, datetime | None] = (None, None)
    positions: Sequence[int] | None = None


class FactsFound(NamedTuple):
    """Some of the facts that fit, and below which position none was looked at yet.

    `reached` is 0 when there is nothing older.
    """

    rows: list[AuditRow]
    reached: int


def facts_found(
    rows: RowStore, wanted: FactsWanted, before: int, limit: int
) -> FactsFound:
    """Return at most `limit` of the facts below a position, the newest first."""
    table = rows.table(AUDIT_TRAIL)
    lowest = max(before - STRETCH, 0)
    query = (
        select(table)
        .where(table.c.position < before, table.c.position >= lowest)
        .where(*_fits(table, wanted))
        .order_by(table.c.position.desc())
        .limit(limit)
    )
    found = rows.rows(AUDIT_TRAIL, query)
    reached = found[-1].position if len(found) == limit else lowest
    return FactsFound(found, 0 if reached <= 1 else reached)


def _fits(table: Table, wanted: FactsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit:
        people = table.c.by.startswith(f"{wanted.unit}/", autoescape=True)
        found.append(or_(table.c.by == str(wanted.unit), people))
    if wanted.person:
        found.append(table.c.by.endswith(f"/{wanted.person}", autoescape=True))
    if wanted.topic:
        found.append(table.c.topic == wanted.topic)
    if wanted.kinds:
        kinds = (table.c.topic.startswith(f"{one}.") for one in wanted.kinds)
        found.append(or_(*kinds))
    if wanted.positions is not None:
        found.append(table.c.position.in_(wanted.positions))
    for column, (first, last) in (
        (table.c.at, wanted.happened),
        (table.c.recorded_at, wanted.recorded),
    ):
        if first:
            found.append(column >= first)
        if last:
            found.append(column <= last)
    return found
