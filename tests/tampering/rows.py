"""What an intruder can do to the rows that people see, past the facts."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from adapters.persistence.row_engine import full_name
from adapters.persistence.row_store import RowStore
from adapters.system import projections
from domain.values import ERASED
from projections.cases import CASES
from projections.fold import Projection

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
Deed = Callable[[Connection, RowStore, random.Random], str]
"""Does something and returns whose rows it was done to."""

DEEDS: dict[str, Deed] = {}

VIEW = CASES.name
MOMENTS = ("from_at", "until_at", "known_from", "known_until", "told_at")


def deed(what: str) -> Callable[[Deed], Deed]:
    """Add one."""

    def add(done: Deed) -> Deed:
        assert what not in DEEDS
        DEEDS[what] = done
        return done

    return add


def tables(rows: RowStore, projection: Projection[Any]) -> list[Table]:
    """Return where the rows of one projection lie, its words last."""
    return rows._tables[projection.name].tables("a")


def told(connection: Connection, table: Table) -> Rows:
    """Return all rows of a table, in one order."""
    found = connection.execute(select(table).order_by(*table.primary_key))
    return [dict(row) for row in found.mappings()]


@deed("one value")
def value(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Change one column of one row: what it says, since when, or for whom."""
    projection, table, there = _any_table(connection, rows, chance)
    row = chance.choice(there)
    name = chance.choice([n for n in row if row[n] is not None])
    _set(connection, table, row, {name: _other(row[name], there, name, chance)})
    return projection.name


@deed("a value taken away or put in")
def emptied(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Leave nothing where something was, or take over what another row has there."""
    projection, table, there = _any_table(connection, rows, chance)
    names = [one.name for one in table.c if not one.primary_key]
    choices = [
        (row, name, other[name])
        for row in there
        for name in names
        for other in chance.sample(there, min(3, len(there)))
        if other[name] != row[name] and (other[name] is None or row[name] is None)
    ]
    if not choices:
        return value(connection, rows, chance)
    row, name, other = chance.choice(choices)
    _set(connection, table, row, {name: other})
    return projection.name


@deed("a row deleted")
def deleted(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Take one row away, a present or a former one."""
    projection, table, there = _any_table(connection, rows, chance)
    connection.execute(delete(table).where(_is(table, chance.choice(there))))
    return projection.name


@deed("all rows of a read model deleted")
def all_deleted(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Leave the table empty."""
    projection, table, _ = _any_table(connection, rows, chance)
    connection.execute(delete(table))
    return projection.name


@deed("a row added")
def added(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Copy a row under another key."""
    projection, table, there = _any_table(connection, rows, chance)
    row = chance.choice(there)
    connection.execute(insert(table), {**row, "key": f"{row['key']}-{chance.random()}"})
    return projection.name


@deed("two rows say what the other one said")
def swapped(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Exchange all but the keys."""
    while True:
        projection, table, there = _any_table(connection, rows, chance)
        if len(there) > 1 and len(table.primary_key) < len(table.c):
            one, two = chance.sample(there, 2)
            names = [c.name for c in table.c if not c.primary_key]
            if any(one[name] != two[name] for name in names):
                break
    _set(connection, table, one, {name: two[name] for name in names})
    _set(connection, table, two, {name: one[name] for name in names})
    return projection.name


@deed("a case hidden from every list")
def hidden(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Let the present row be a former one; nothing that it says is changed."""
    [table, _] = tables(rows, CASES)
    row = chance.choice([one for one in told(connection, table) if one["current"]])
    _set(connection, table, row, {"current": False})
    return VIEW


@deed("the past moved")
def back_dated(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Change since when, until when or from which fact on a row was right."""
    [table, _] = tables(rows, CASES)
    there = told(connection, table)
    row = chance.choice(there)
    name = chance.choice(
        ["from_at", "until_at", "known_from", "known_until", "told_at"]
    )
    _set(connection, table, row, {name: _other(row[name], there, name, chance)})
    return VIEW


@deed("a case that no search finds")
def not_found(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Take away, change or add the words by which it is found."""
    [_, table] = tables(rows, CASES)
    row = chance.choice(told(connection, table))
    connection.execute(delete(table).where(_is(table, row)))
    if chance.random() < 0.5:
        connection.execute(insert(table), {**row, "word": f"{row['word']}x"})
    return VIEW


@deed("erased words written into a row")
def words_back(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Let a case say again what its fact cannot say any more."""
    [table, _] = tables(rows, CASES)
    erased = [row for row in told(connection, table) if row["text"] == ERASED]
    _set(connection, table, chance.choice(erased), {"text": "Hækken."})
    return VIEW


@deed("a value that is none")
def no_value(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Write what no fold ever writes, as far as the database lets one."""
    [table, _] = tables(rows, CASES)
    is_strict = connection.dialect.name == "postgresql"
    strict = {"status": "'nothing'", "until_at": "'infinity'", "text": "''"}
    loose = {"current": "2", "from_at": "'never'", "status": "CAST(x'ff' AS TEXT)"}
    name, other = chance.choice(sorted((strict if is_strict else loose).items()))
    key = chance.choice(told(connection, table))["key"]
    connection.exec_driver_sql(
        f"UPDATE {full_name(table)} SET {name} = {other} WHERE key = '{key}'"
    )
    return VIEW


@deed("said to have read further")
def position(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Let a read model pass by what comes next."""
    name: str = chance.choice([one.name for one in projections()])
    readers = rows._readers
    further = readers.c.position + chance.randrange(1, 10)
    connection.execute(
        update(readers).where(readers.c.reader == name).values(position=further)
    )
    return name


@deed("the questions led elsewhere")
def led_elsewhere(connection: Connection, rows: RowStore, chance: random.Random) -> str:
    """Let the view pass by one case; every row lies where it was."""
    [table, _] = tables(rows, CASES)
    row = chance.choice(told(connection, table))
    view = full_name(rows.table(CASES))
    connection.exec_driver_sql(f"DROP VIEW {view}")
    connection.exec_driver_sql(
        f"CREATE VIEW {view} AS SELECT * FROM {full_name(table)} "
        f"WHERE key != '{row['key']}'"
    )
    return VIEW


def _any_table(
    connection: Connection, rows: RowStore, chance: random.Random
) -> tuple[Projection[Any], Table, Rows]:
    """Return any table in which there is something."""
    while True:
        projection = chance.choice(projections())
        table = chance.choice(tables(rows, projection))
        if there := told(connection, table):
            return projection, table, there


def _is(table: Table, row: Row) -> Any:
    return and_(*(one == row[one.name] for one in table.primary_key))


def _set(connection: Connection, table: Table, row: Row, values: Row) -> None:
    done = connection.execute(update(table).where(_is(table, row)).values(values))
    assert done.rowcount == 1


def _other(there: Any, rows: Sequence[Row], name: str, chance: random.Random) -> Any:
    """Return another value of the same kind, which some other row may have."""
    taken = {row[name] for row in rows} - {there, None}
    # A key must stay one of its own; everything else can be that of another row.
    if taken and name not in {"key", "word", "known_from"} and chance.random() < 0.5:
        return chance.choice(sorted(taken, key=repr))
    match there:
        case bool():
            return not there
        case int() | float():
            return there + chance.randrange(1, 9)
        case datetime() | date():
            return there - timedelta(days=chance.randrange(1, 400))
        case UUID():
            return uuid5(there, "other")
        case _:
            return f"{there}x"
