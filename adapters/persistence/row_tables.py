"""Tables for rows: one typed column per field, made from the row's class."""

import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from projections.fold import Projection

Row = TypeVar("Row")


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept as naive UTC where the database has no time zones."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


SIMPLE: Mapping[type, type[TypeEngine[Any]]] = {
    bool: Boolean,
    int: Integer,
    float: Float,
    datetime: UtcMoment,
    date: Date,
    UUID: Uuid,
    str: Text,
}
"""Column types; what is not here is kept as JSON text."""


class RowTable(Generic[Row]):
    """The table of one projection, and the way between its rows and Python's."""

    def __init__(self, projection: Projection[Row], metadata: MetaData) -> None:
        """Describe the table; nothing is created yet."""
        self.projection = projection
        hints = get_type_hints(projection.row, include_extras=False)
        self._names = list(projection.columns)
        kinds = {name: _column_type(hints[name]) for name in self._names}
        self._json = {
            name: TypeAdapter[Any](hints[name])
            for name, kind in kinds.items()
            if kind is None
        }
        self._plain = [name for name in self._names if name not in self._json]
        self.table = Table(
            projection.name,
            metadata,
            Column("key", Text, primary_key=True),
            *(Column(name, kinds[name] or Text) for name in self._names),
            *(Index(f"{projection.name}_{name}", name) for name in projection.indexes),
        )

    @cached_property
    def _reader(self) -> TypeAdapter[Row]:
        return TypeAdapter(self.projection.row)

    def to_columns(self, key: str, row: Row) -> dict[str, Any]:
        """Return the values of one database row."""
        columns: dict[str, Any] = {"key": key}
        for name in self._plain:
            columns[name] = getattr(row, name)
        for name, adapter in self._json.items():
            columns[name] = adapter.dump_json(getattr(row, name)).decode()
        return columns

    def to_row(self, columns: Mapping[Any, Any]) -> Row:
        """Return one typed row."""
        values = {name: columns[name] for name in self._plain}
        for name in self._json:
            values[name] = from_json(columns[name])
        return self._reader.validate_python(values)


def _column_type(hint: Any) -> type[TypeEngine[Any]] | None:
    """Return the column type for a field, or `None` for JSON."""
    if get_origin(hint) in {Union, types.UnionType}:
        inner = [part for part in get_args(hint) if part is not type(None)]
        return _column_type(inner[0]) if len(inner) == 1 else None
    if not isinstance(hint, type):
        return None
    for plain, kind in SIMPLE.items():
        if issubclass(hint, plain):
            return kind
    return None
