"""A report in words: sections, sentences, tables, bars and a sketch, in one language.

Every form that people read is made of a `Document`, so they all say the same; every
form that people count with is made of `Sheet`s. Nothing is counted here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from adapters.files.sheets import Cell
from adapters.texts import Texts

Row = tuple[str, ...]


class Fill(StrEnum):
    """How a share of a bar looks: each in its own pattern as well as colour."""

    DONE = "done"
    DECLINED = "declined"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, and how long each share of it is."""

    name: str
    shares: tuple[tuple[Fill, int], ...]

    @property
    def length(self) -> int:
        """How long the whole bar is."""
        return sum(length for _, length in self.shares)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from one zero line; `told` says them to who cannot see them."""

    title: str
    bars: tuple[Bar, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numbers` are its columns of numbers, `chart` a picture of it."""

    title: str
    heads: Row
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """A place of a sketch: how many cases, and whether anything is to be done."""

    lat: float
    lon: float
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """Where the cases are, on the squares of the Danish grid; no map behind it."""

    title: str
    dots: tuple[Dot, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading of its own."""

    title: str
    lines: Row = ()
    tables: tuple[Table, ...] = ()
    sketch: Sketch | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report in one language; `mark` says on each page what it is made of."""

    lang: str
    kind: str
    title: str
    stands: Row
    summary: Row
    sections: tuple[Section, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Numbers to count with; `file` is its name as a file, without an ending."""

    file: str
    title: str
    heads: Row
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A case on a map, with what may be said of it; some have no place to show."""

    number: str
    lat: float | None
    lon: float | None
    about: tuple[tuple[str, Cell], ...]


def shown(cell: Cell, texts: Texts) -> str:
    """Return a cell as people read it."""
    match cell:
        case float() | int():
            return texts.amount(cell)
        case datetime() | date() | None:
            return texts.show(cell)
        case str():
            return cell


def sheet_of(file: str, table: Table) -> Sheet:
    """Return a table to count with."""
    return Sheet(file, table.title, table.heads, table.rows)
