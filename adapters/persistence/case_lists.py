"""Lists of cases: filtered, in order, page by page, as they are or as they were.

Every question is one statement, whatever it asks for and however many cases there
are; a page begins where the last one ended, so the hundredth costs what the first
costs.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from adapters.persistence.row_store import RowStore
from domain.errors import Code, Refused
from domain.finding.state import OPEN, Status
from domain.register.model import Bounds
from domain.values import Actor, FindingNumber, WalkNumber
from projections.cases import CASES, DUE, CaseRow, NextStep
from projections.danish import words
from projections.versions import OPEN_END, UNKNOWN, Asked
from projections.walks import WALKS

NOW = Asked()
LONGEST_SPAN_DAYS = 16
"""2 to this power days are 179 years."""

LONGEST_SPAN_POSITIONS = 40
DIGITS, MOST_DIGITS = "0123456789", 18
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class Order(StrEnum):
    """How a list stands: by the first day to run out, or by place in Danish."""

    DUE = "due"
    PLACE = "place"


ORDERED_BY = {Order.DUE: "listed_on", Order.PLACE: "place_order"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases; what is left out does not matter.

    `text` are words or their beginnings, in any order; `late_on` is the local day
    on which a clock has run out; `due_from` and `due_until` are the first and the
    last local day for the first clock to run out. Without `statuses` only open cases
    are listed; `steps` are those that a case waits for.
    """

    unit: str | None = None
    authority: str | None = None
    person: str | None = None
    statuses: Sequence[Status] = ()
    steps: Sequence[NextStep] = ()
    category: str | None = None
    walk: WalkNumber | None = None
    area: str | None = None
    text: str | None = None
    late_on: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    on_hold: bool | None = None


class Tally(NamedTuple):
    """How many open cases there are, and how many of them call for what."""

    every: int
    late: int
    today: int
    week: int
    hold: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its cases, where the next one begins, and the position reached."""

    rows: list[CaseRow]
    next: str | None
    position: int


class MapPoint(NamedTuple):
    """One open case on a map; degrees, WGS 84."""

    number: FindingNumber
    lat: float
    lon: float
    category: str
    status: str
    due_on: date | None


def listed(
    rows: RowStore,
    wanted: Wanted,
    *,
    asked: Asked = NOW,
    order: Order = Order.DUE,
    after: str | None = None,
    limit: int = 100,
) -> Listed:
    """Return one page of cases.

    Args:
        rows: where to look.
        wanted: which cases.
        asked: for which moment.
        order: how they stand; equal ones stand by number.
        after: `next` of the page before.
        limit: how many, at least one.

    Raises: Refused (bad_cursor) when `after` is no `next` of this order.
    """
    table = rows.table(CASES)
    column = table.c[ORDERED_BY[order]]
    query = _chosen(rows, wanted, asked)
    if after is not None:
        query = query.where(tuple_(column, table.c.key) > tuple_(*_place(after, order)))
    page, position = rows.asked(
        CASES, query.order_by(column, table.c.key).limit(limit + 1)
    )
    found = page[:limit]
    more = len(page) > limit
    return Listed(found, _cursor(found[-1], order) if more else None, position)


def tally(rows: RowStore, wanted: Wanted, today: date, week_ends: date) -> Tally:
    """Return how many cases there are of each sort, in one look at them."""
    table = rows.table(CASES)
    sorts = (
        _is_late(table, today),
        table.c.listed_on == today,
        table.c.listed_on.between(today, week_ends),
        table.c.on_hold.is_(True),
    )
    counts = (func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in sorts)
    query = _chosen(rows, wanted, NOW).with_only_columns(func.count(), *counts)
    [row] = rows.ask(query)
    return Tally(*(int(count) for count in row))


def changed_since(rows: RowStore, wanted: Wanted, position: int) -> int:
    """Return how many of these cases have a fact after `position`."""
    table = rows.table(CASES)
    query = _chosen(rows, wanted, NOW).where(table.c.position > position)
    count = func.count().label("changed")
    [row] = rows.ask(query.with_only_columns(count))
    return int(row.changed)


def open_by_unit(rows: RowStore) -> dict[str, int]:
    """Return how many open cases wait for each unit that has any."""
    table = rows.table(CASES)
    query = (
        select(table.c.unit, func.count().label("waiting"))
        .where(*_open_now(table))
        .group_by(table.c.unit)
    )
    return {str(row.unit): int(row.waiting) for row in rows.ask(query)}


def people_of(rows: RowStore, units: Iterable[Actor]) -> list[Actor]:
    """Return for whom an open case of these units waits, by their staff ids."""
    table = rows.table(CASES)
    query = (
        select(table.c.unit, table.c.person)
        .where(*_open_now(table), table.c.unit.in_(sorted(units)))
        .where(table.c.person.is_not(None))
        .distinct()
        .order_by(table.c.unit, table.c.person)
    )
    return [Actor.parse(f"{row.unit}/{row.person}") for row in rows.ask(query)]


def of_walk(
    rows: RowStore, walk: WalkNumber, asked: Asked = NOW
) -> tuple[list[CaseRow], int]:
    """Return all cases of one walk by number, and the position reached."""
    table = rows.table(CASES)
    query = select(table).where(table.c.walk == walk, held(table, asked))
    return rows.asked(CASES, query.order_by(table.c.key))


def open_numbers(rows: RowStore, *, offered: bool = False) -> list[FindingNumber]:
    """Return the numbers of all open cases, or of those with an unanswered offer."""
    table = rows.table(CASES)
    query = select(table.c.number).where(*_open_now(table))
    if offered:
        query = query.where(table.c.offered)
    return [row.number for row in rows.ask(query)]


def highest_number(rows: RowStore, beginning: str) -> int:
    """Return the highest that follows `beginning` in a number; 0 where none does.

    What is not all digits, or more than a database can count, does not count.
    """
    table = rows.table(CASES)
    rest = func.substr(table.c.key, len(beginning) + 1)
    is_number = and_(
        func.length(rest).between(1, MOST_DIGITS), func.ltrim(rest, DIGITS) == ""
    )
    highest = func.max(case((is_number, cast(rest, BigInteger))))
    query = select(highest).where(
        table.c.current.is_(True), _begins(table.c.key, beginning)
    )
    [row] = rows.ask(query)
    return row[0] or 0


def points(
    rows: RowStore, box: Bounds | None = None, limit: int = 4000
) -> list[MapPoint]:
    """Return where open cases lie, at most `limit` of them."""
    table = rows.table(CASES)
    shown = [table.c[name] for name in MapPoint._fields]
    query = select(*shown).where(*_open_now(table), table.c.lat.is_not(None))
    if box:
        query = query.where(inside(table, box))
    return [MapPoint._make(row) for row in rows.ask(query.limit(limit))]


def that_counted(rows: RowStore, asked: Asked, begin: datetime) -> list[Select[Any]]:
    """Return queries for the cases that a period can count, each in one of them.

    They were open at the moment that is asked for, or something happened to them
    after the period began.
    """
    table = rows.table(CASES)
    ended = select(table).where(
        table.c.is_open.is_(False), table.c.from_at >= begin, held(table, asked)
    )
    return [_standing(rows, asked).where(table.c.is_open.is_(True)), ended]


def inside(table: Table, box: Bounds) -> ColumnElement[bool]:
    """Return the condition that a case lies within `box`."""
    return and_(
        table.c.lat.between(box.south, box.north),
        table.c.lon.between(box.west, box.east),
    )


def _chosen(rows: RowStore, wanted: Wanted, asked: Asked) -> Select[Any]:
    table = rows.table(CASES)
    query = _standing(rows, asked)
    if wanted.statuses:
        query = query.where(table.c.status.in_([str(one) for one in wanted.statuses]))
    if wanted.steps:
        query = query.where(table.c.next_step.in_([str(one) for one in wanted.steps]))
    sides = {status in OPEN for status in wanted.statuses} or {True}
    if len(sides) == 1:
        query = query.where(table.c.is_open.is_(sides.pop()))
    for name in ("unit", "authority", "person", "category", "walk"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(table.c[name] == value)
    if wanted.area is not None:
        walks = rows.table(WALKS)
        there = select(walks.c.number).where(walks.c.area == wanted.area)
        query = query.where(table.c.walk.in_(there))
    if wanted.late_on is not None:
        query = query.where(_is_late(table, wanted.late_on))
    if wanted.due_from is not None:
        query = query.where(table.c.listed_on >= wanted.due_from)
    if wanted.due_until is not None:
        query = query.where(table.c.listed_on <= wanted.due_until)
    if wanted.on_hold is not None:
        query = query.where(table.c.on_hold.is_(wanted.on_hold))
    for word in words(wanted.text or ""):
        query = query.where(_says(rows, wanted, word))
    return query


def _says(rows: RowStore, wanted: Wanted, word: str) -> ColumnElement[bool]:
    """A word of the case begins with `word`.

    Of somebody's few cases each is asked for its words; else the word is looked up.
    """
    table, said = rows.table(CASES), rows.words(CASES)
    begins = _begins(said.c.word, word)
    if wanted.unit or wanted.person or wanted.walk:
        return exists().where(said.c.key == table.c.key, begins)
    return table.c.key.in_(select(said.c.key).where(begins))


def _open_now(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.current.is_(True), table.c.is_open.is_(True)


def _is_late(table: Table, today: date) -> ColumnElement[bool]:
    """A clock of the case itself has run out; its first day is the one to look for."""
    late = or_(*(table.c[name] < today for name in DUE.values()))
    return and_(table.c.listed_on < today, late)


def _begins(column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    return and_(column >= beginning, column < f"{beginning}\U0010ffff")


# ---- as it was ----


def _standing(rows: RowStore, asked: Asked) -> Select[Any]:
    """Select the versions that hold, found by how long they held.

    A version of span n held for less than 2 to the power of n days. So those that
    held at a moment began at most that long before it: one short stretch of the
    index for each n, however long the history is.
    """
    table = rows.table(CASES)
    chosen = select(table).where(held(table, asked))
    if asked.is_now or (asked.happened and asked.known):
        return chosen
    if asked.happened:
        span, begin = table.c.happened_span, table.c.from_at
        earliest: list[tuple[int, Any]] = [*_days_before(asked.happened)]
    else:
        span, begin = table.c.known_span, table.c.known_from
        earliest = [*_positions_before(asked.known or 0)]
    if rows.takes_alternatives:
        return chosen.where(
            or_(*(and_(span == length, begin > begun) for length, begun in earliest))
        )
    spans = _as_table(earliest, begin.type)
    near = and_(span == spans.c.span, begin > spans.c.earliest)
    return chosen.join(spans, near)


def held(table: Table, asked: Asked) -> ColumnElement[bool]:
    """Return the condition under which a version holds; see `Version.holds`."""
    if asked.is_now:
        return table.c.current.is_(True)
    if asked.known is None:
        return and_(
            table.c.superseded == UNKNOWN,
            table.c.from_at <= asked.happened,
            table.c.until_at > asked.happened,
        )
    known = and_(table.c.known_from <= asked.known, table.c.superseded > asked.known)
    if asked.happened is None:
        return and_(known, table.c.known_until > asked.known)
    return and_(
        known,
        table.c.from_at <= asked.happened,
        or_(table.c.until_at > asked.happened, table.c.known_until > asked.known),
    )


def _as_table(earliest: Sequence[tuple[int, Any]], kind: TypeEngine[Any]) -> CTE:
    """Return each span and after what a version of it has begun, to be joined."""
    lines = [
        f"SELECT {length} AS span, :from_{length} AS earliest" for length, _ in earliest
    ]
    given = [
        bindparam(f"from_{length}", begun, type_=kind) for length, begun in earliest
    ]
    return (
        text(" UNION ALL ".join(lines))
        .bindparams(*given)
        .columns(Column("span", Integer), Column("earliest", kind))
        .cte("spans")
    )


def _days_before(moment: datetime) -> list[tuple[int, datetime]]:
    spans = range(LONGEST_SPAN_DAYS + 1)
    room = (moment - BEGINNING).days
    near = [(span, moment - timedelta(days=min(2**span, room))) for span in spans]
    return [*near, (OPEN_END, BEGINNING)]


def _positions_before(position: int) -> list[tuple[int, int]]:
    spans = range(LONGEST_SPAN_POSITIONS + 1)
    return [*((span, position - 2**span) for span in spans), (OPEN_END, -1)]


# ---- where a page ends ----


def _cursor(row: CaseRow, order: Order) -> str:
    place = row.listed_on.isoformat() if order is Order.DUE else row.place_order
    said = f"{order}\n{place}\n{row.number}"
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _place(cursor: str, order: Order) -> tuple[date | str, str]:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        said = urlsafe_b64decode(padded.encode()).decode()
        told, rest = said.split("\n", 1)
        place, number = rest.rsplit("\n", 1)  # a place may have several lines
        day = date.fromisoformat(place) if told == Order.DUE else None
    except (ValueError, binascii.Error) as problem:
        raise Refused(Code.BAD_CURSOR, after=cursor) from problem
    if told != order or "\0" in said:
        raise Refused(Code.BAD_CURSOR, after=cursor)
    return day or place, number
