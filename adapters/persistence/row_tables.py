"""Tables for rows: one typed column per field, made from the row's class.

A projection lies in one of two slots, so that it can be made again beside the one
in use. Questions go to a view, which leads to the slot in use.
"""

import re
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import (
    Any,
    ClassVar,
    Generic,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    and_,
)
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from domain.values import Personal
from projections.fold import Lookup, Projection, Versioned
from projections.versions import Version

Row = TypeVar("Row")
Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept as naive UTC where the database has no time zones."""

    impl = DateTime
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=_has_zones(dialect)))

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None or _has_zones(dialect):
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return zoned.astimezone(UTC)


def _has_zones(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


PLAIN = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared sign by sign, in every database alike."""

SIMPLE: Mapping[type, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    bool: Boolean,
    int: BigInteger,
    float: Float,
    datetime: UtcMoment,
    date: Date,
    UUID: Uuid,
    str: PLAIN,
}
"""Column types; what is not here is kept as JSON text."""

VERSION_COLUMNS: Mapping[str, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    "from_at": UtcMoment,
    "until_at": UtcMoment,
    "known_from": BigInteger,
    "known_until": BigInteger,
    "superseded": BigInteger,
    "happened_span": SmallInteger,
    "known_span": SmallInteger,
    "current": Boolean,
    "told_at": UtcMoment,
}

Convert = Callable[[Any], Any]


class RowTable(Generic[Row]):
    """The tables of one projection, and the way between its rows and Python's."""

    def __init__(
        self,
        projection: Projection[Row],
        stored: MetaData,
        views: MetaData,
        dialect: Dialect,
    ) -> None:
        """Describe the tables, which lie in `stored`, and the view, in `views`."""
        self.projection = projection
        self.is_versioned = isinstance(projection, Versioned)
        hints = get_type_hints(projection.row, include_extras=False)
        self._names = list(projection.columns)
        kinds = {name: _column_type(hints[name]) for name in self._names}
        self._kinds: dict[str, TypeEngine[Any] | type[TypeEngine[Any]]] = {
            "key": PLAIN,
            **{name: kind or Text for name, kind in kinds.items()},
            **(VERSION_COLUMNS if self.is_versioned else {}),
        }
        self._json = {
            name: TypeAdapter[Any](hints[name])
            for name, kind in kinds.items()
            if kind is None
        }
        self._personal = _personal_fields(projection.row)
        self.view = Table(projection.name, views, *self._columns())
        self.slots = {slot: self._in_slot(slot, stored) for slot in SLOTS}
        self.words_view = Table(f"{projection.name}_words", views, *_word_columns())
        self.word_slots = {
            slot: Table(f"{projection.name}_words_{slot}", stored, *_word_columns())
            for slot in SLOTS
            if projection.words
        }
        for slot, table in self.word_slots.items():
            Index(f"{projection.name}_{slot}_words_word", table.c.word, table.c.key)
        self._get = attrgetter(*self._names)
        self._converters = [
            (place, convert)
            for place, name in enumerate(self._names, start=1)  # after the key
            if (convert := self._converted(name, hints[name], dialect))
        ]
        self._makers = [
            (place, make)
            for place, name in enumerate(self._names)
            if (make := self._maker(name, hints[name]))
        ]
        self._moment = _converter(UtcMoment(), dialect) or _unchanged
        self._flag = _converter(Boolean(), dialect) or _unchanged

    def tables(self, slot: Slot) -> list[Table]:
        """Return what lies in one slot."""
        words = [self.word_slots[slot]] if self.word_slots else []
        return [self.slots[slot], *words]

    def personal(self, slot: Slot) -> list[Column[Any]]:
        """Return the columns of one slot in which somebody's own words stand."""
        found = [self.slots[slot].c[name] for name in self._personal]
        words = self.word_slots.get(slot)
        return found if words is None else [*found, words.c.word]

    def values(self, key: str, row: Row) -> list[Any]:
        """Return one row for the driver, in the order of the columns."""
        made = [key, *self._get(row)]
        for place, convert in self._converters:
            value = made[place]
            if value is not None:
                made[place] = convert(value)
        return made

    def version_values(self, key: str, version: Version[Row]) -> list[Any]:
        """Return one version of a row for the driver, `VERSION_COLUMNS` at the end."""
        return [
            *self.values(key, version.row),
            self._moment(version.from_at),
            self._moment(version.until_at),
            version.known_from,
            version.known_until,
            version.superseded,
            version.happened_span,
            version.known_span,
            self._flag(version.is_current),
            self._moment(version.told_at),
        ]

    ENDING: ClassVar = (
        ("until_at", "known_until", "happened_span", "known_span", "current"),
        ("key", "known_from", "from_at"),
    )
    """What changes when a stored version ends, and what names it."""

    def end_values(self, key: str, version: Version[Row]) -> list[Any]:
        """Return the values for `ENDING`."""
        return [
            self._moment(version.until_at),
            version.known_until,
            version.happened_span,
            version.known_span,
            self._flag(version.is_current),
            key,
            version.known_from,
            self._moment(version.from_at),
        ]

    @property
    def touching(self) -> tuple[Sequence[str], Sequence[str]]:
        """What changes when only counters do, and what names the version."""
        counters = getattr(self.projection, "counters", ())
        return (*counters, "told_at"), self.ENDING[1]

    def touch_values(self, key: str, version: Version[Row]) -> list[Any]:
        """Return the values for `touching`."""
        counters = self.touching[0][:-1]
        return [
            *(getattr(version.row, name) for name in counters),
            self._moment(version.told_at),
            key,
            version.known_from,
            self._moment(version.from_at),
        ]

    def columns_of(self, table: Table) -> list[Column[Any]]:
        """Return what has to be selected from a table or view for `to_row`."""
        return [table.c[name] for name in self._names]

    def to_row(self, values: Sequence[Any]) -> Row:
        """Return one row from the values of `columns_of`; they are as we wrote them."""
        made = list(values)
        for place, convert in self._makers:
            value = made[place]
            if value is not None:
                made[place] = convert(value)
        return self.projection.row(*made)

    def _columns(self) -> list[Column[Any]]:
        return [
            Column(name, kind, primary_key=name in self._primary)
            for name, kind in self._kinds.items()
        ]

    def _maker(self, name: str, hint: Any) -> Convert | None:
        """Return what makes a value of a field from what the database gives back."""
        if adapter := self._json.get(name):
            return adapter.validate_json
        kind = _first_class(hint) if _is_more_than_text(hint) else None
        if kind and issubclass(kind, Enum):
            return {str(one.value): one for one in kind}.__getitem__
        return kind

    @property
    def _primary(self) -> tuple[str, ...]:
        versioned = ("key", "known_from", "from_at")
        return versioned if self.is_versioned else ("key",)

    def _in_slot(self, slot: Slot, metadata: MetaData) -> Table:
        name = f"{self.projection.name}_{slot}"
        table = Table(name, metadata, *self._columns())
        for lookup in self.projection.lookups:
            _add_index(table, lookup)
        return table

    def _converted(self, name: str, hint: Any, dialect: Dialect) -> Convert | None:
        """Return what makes a value of a field ready for the driver, if it is not."""
        if adapter := self._json.get(name):
            return _as_json(adapter)
        as_text = str if _is_more_than_text(hint) else None
        return _converter(self._kinds[name], dialect) or as_text


def is_in_slot(name: str) -> bool:
    """Whether a table is, or was, that of some projection."""
    return bool(re.fullmatch(r".+_v[0-9]+(_words)?_[ab]", name))


def _personal_fields(row: type) -> list[str]:
    """Return the fields of a row that hold somebody's own words."""
    hints = get_type_hints(row, include_extras=True)
    return [name for name, hint in hints.items() if _is_personal(hint)]


def _is_personal(hint: Any) -> bool:
    marks = getattr(hint, "__metadata__", ())
    if any(isinstance(mark, Personal) for mark in marks):
        return True
    return any(_is_personal(inner) for inner in get_args(hint))


def _first_class(hint: Any) -> type | None:
    """Return the class of a hint such as `Status | None`."""
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    return kinds[0] if isinstance(kinds[0], type) else None


def _word_columns() -> list[Column[Any]]:
    return [Column(name, PLAIN, primary_key=True) for name in ("key", "word")]


def _add_index(table: Table, lookup: Lookup) -> None:
    flags = [table.c[flag].is_(True) for flag in lookup.where]
    condition = and_(*flags) if flags else None
    Index(
        "_".join((table.name, *lookup.columns, *(("now",) if flags else ()))),
        *(table.c[column] for column in lookup.columns),
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _as_json(adapter: TypeAdapter[Any]) -> Convert:
    to_json = adapter.serializer.to_json

    def convert(value: object) -> str:
        return to_json(value).decode()

    return convert


def _converter(
    kind: TypeEngine[Any] | type[TypeEngine[Any]], dialect: Dialect
) -> Convert | None:
    """Return how a value goes to the driver; the same as SQLAlchemy, but quicker."""
    made = kind() if isinstance(kind, type) else kind
    if _has_zones(dialect):
        return None
    match made:
        case UtcMoment():
            return _sqlite_moment
        case Date():
            return date.isoformat
        case Uuid():
            return attrgetter("hex")
        case Boolean():
            return int
        case _:
            return None


def _unchanged(value: Any) -> Any:
    return value


@lru_cache(maxsize=8192)  # a moment ends one version, begins the next, and so on
def _sqlite_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def _is_more_than_text(hint: Any) -> bool:
    """Whether values are of a class of their own, over which drivers stumble."""
    kinds = get_args(hint) or (hint,)
    return any(
        isinstance(kind, type) and issubclass(kind, str) and kind is not str
        for kind in kinds
    )


def _column_type(hint: Any) -> TypeEngine[Any] | type[TypeEngine[Any]] | None:
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
