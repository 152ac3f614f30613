"""A file of external measurements: CSV with figures, or JSON with series as well.

Every line becomes a command, or a fault with its number; nothing is raised for a line.
"""

import csv
import io
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from json.decoder import JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters.errors import first_problem
from adapters.files.reading import read_text
from domain.errors import Code, DomainError, Refused
from domain.measurement.terms import (
    Amount,
    Cell,
    Description,
    Figure,
    Metric,
    Months,
    Remark,
    SampleSize,
    SeriesId,
    Unit,
    Year,
)
from domain.values import ShortText, Value

SCHEMA = "measurements/1"
LINE = "\0line"
"""Under which key an object of JSON keeps the line on which it begins."""

SEMICOLON, COMMA = ";", ","
EMPTY = frozenset({"", "-", "–"})
UNKNOWN = {"unknown": "unknown", "ukendt": "unknown", "?": "unknown"}
DANISH = {
    "serie": "series",
    "mål": "metric",
    "område": "area",
    "år": "year",
    "periode": "period",
    "værdi": "value",
    "enhed": "unit",
    "nedre": "low",
    "øvre": "high",
    "bemærkning": "note",
    "offentliggjort": "published",
}
"""Heads of columns as they may be written in Danish."""

NUMBERS = ("value", "low", "high")
NEEDED = ("series", "metric", "area", "year", "value", "unit", "n")


class SeriesLine(Description):
    """What a file says of a series; `published` is when that was known to people."""

    series: SeriesId
    published: date | None = None


class ValueLine(Value):
    """What a file says of one figure."""

    series: SeriesId
    metric: Metric
    area: ShortText
    year: Year
    period: Months | None = None
    value: Amount
    unit: Unit
    n: SampleSize = None
    low: Amount | None = None
    high: Amount | None = None
    note: Remark = ""
    published: date | None = None

    @property
    def cell(self) -> Cell:
        """Where the figure stands."""
        return Cell.model_validate(self.model_dump(include=set(Cell.model_fields)))

    @property
    def figure(self) -> Figure:
        """What stands there."""
        return Figure.model_validate(self.model_dump(include=set(Figure.model_fields)))


class ListingLine(Value):
    """What a file says of an area that joined a series, or left it."""

    series: SeriesId
    area: ShortText
    year: Year
    listed: bool
    published: date | None = None


Said = SeriesLine | ValueLine | ListingLine
KINDS: Mapping[str, type[Said]] = {
    "series": SeriesLine,
    "listings": ListingLine,
    "values": ValueLine,
}
"""The lists of a JSON file, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a file: what it says, or what is wrong with it."""

    number: int
    said: Said | DomainError


def read_measurements(path: Path) -> tuple[Line, ...]:
    """Return the entries of a file, series first.

    Raises: NotFound (bad_file); Refused (bad_file, not_utf8, file_too_large) when the
        file as a whole cannot be read.
    """
    text = read_text(path)
    is_json = text.lstrip()[:1] in {"{", "["}
    lines = _of_json(text, path.name) if is_json else _of_csv(text, path.name)
    found = tuple(lines)
    if not found:
        raise Refused(Code.BAD_FILE, file=path.name, problem="no_entries")
    return found


def _read(kind: type[Said], number: int, told: Mapping[str, object]) -> Line:
    try:
        return Line(number, kind.model_validate(told))
    except ValidationError as problem:
        return Line(number, Refused(Code.BAD_INPUT, field=first_problem(problem)))


# ---- JSON ----


class _Placed(json.JSONDecoder):
    """Reads JSON and remembers on which line each object begins."""

    def __init__(self, text: str) -> None:
        super().__init__(parse_constant=_no_number)
        breaks = [place for place, letter in enumerate(text) if letter == "\n"]

        def placed(where: tuple[str, int], *rest: Any) -> tuple[Any, int]:  # noqa: ANN401 - the standard library's own shape
            found, end = JSONObject(where, *rest)
            if isinstance(found, dict):
                found[LINE] = bisect_right(breaks, where[1] - 1) + 1
            return found, end

        self.parse_object = placed
        self.scan_once = py_make_scanner(self)


def _no_number(text: str) -> float:
    message = f"{text} is no number"
    raise ValueError(message)


def _of_json(text: str, name: str) -> Iterator[Line]:
    body = _body(text, name)
    for key, kind in KINDS.items():
        for entry in body.get(key, ()):
            if not isinstance(entry, dict):
                raise Refused(Code.BAD_FILE, file=name, problem=f"{key}: {entry}")
            told = {one: it for one, it in _plain(entry).items() if it is not None}
            yield _read(kind, entry[LINE], told)


def _body(text: str, name: str) -> dict[str, Any]:
    """Return the content of a JSON file.

    Raises: Refused (bad_file).
    """
    try:
        body = _Placed(text).decode(text)
    except (ValueError, RecursionError) as problem:
        raise Refused(Code.BAD_FILE, file=name, problem=str(problem)) from problem
    schema = body.get("schema") if isinstance(body, dict) else None
    if schema != SCHEMA:
        told = f"schema: {schema} ({SCHEMA})"
        raise Refused(Code.BAD_FILE, file=name, problem=told)
    unknown = body.keys() - KINDS.keys() - {"schema", "about", LINE}
    lists = [key for key in KINDS if not isinstance(body.get(key, []), list)]
    if wrong := sorted({*unknown, *lists}):
        raise Refused(Code.BAD_FILE, file=name, problem=", ".join(wrong))
    return dict(body)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value of JSON without the places that we wrote into it."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key != LINE}
    return value


# ---- CSV ----


def _of_csv(text: str, name: str) -> Iterator[Line]:
    first = text.partition("\n")[0]
    delimiter = SEMICOLON if first.count(SEMICOLON) else COMMA
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    heads = _heads(next(reader, []), name)
    begins = reader.line_num + 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield _row(heads, row, begins, is_danish=delimiter == SEMICOLON)
            begins = reader.line_num + 1
    except csv.Error as problem:
        told = f"{reader.line_num}: {problem}"
        raise Refused(Code.BAD_FILE, file=name, problem=told) from problem


def _heads(row: list[str], name: str) -> list[str]:
    """Return the fields that the columns hold.

    Raises: Refused (bad_file) naming columns that are missing or not known.
    """
    written = [head.strip().lower() for head in row]
    heads = [DANISH.get(head, head) for head in written]
    known = set(ValueLine.model_fields)
    if unknown := [head for head in heads if head not in known]:
        raise Refused(Code.BAD_FILE, file=name, problem=f"? {', '.join(unknown)}")
    if missing := [head for head in NEEDED if head not in heads]:
        raise Refused(Code.BAD_FILE, file=name, problem=f"+ {', '.join(missing)}")
    return heads


def _row(heads: list[str], row: list[str], number: int, *, is_danish: bool) -> Line:
    if len(row) != len(heads):
        return Line(number, Refused(Code.BAD_INPUT, field="columns"))
    told: dict[str, object] = {}
    for head, cell in zip(heads, (cell.strip() for cell in row), strict=True):
        if head != "note" and cell in EMPTY:
            continue
        if head in NUMBERS:
            if is_danish and "." in cell:
                return Line(number, Refused(Code.NUMBER_UNCLEAR, number=cell))
            told[head] = cell.replace(",", ".") if is_danish else cell
        else:
            told[head] = UNKNOWN.get(cell.lower(), cell) if head == "n" else cell
    return _read(ValueLine, number, told)
