"""The numbers of a report for programs: tables, and a descriptor that explains them.

CSV with commas and points, and one `datapackage.json`, with which anybody can check
that nothing is missing and read each column as what it is.

Source: Frictionless Data Package v1 and Table Schema v1 (specs.frictionlessdata.io).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from adapters.files.sheets import Cell, Csv, sheet
from adapters.reporting.common import (
    area_name,
    excluded_of,
    line_name,
    part_name,
)
from adapters.reporting.making import Made
from adapters.reporting.model import Document
from adapters.texts import Texts
from projections.council_report import CouncilReport

DESCRIPTOR: Final = "datapackage.json"
LICENCE: Final = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
"""What others may do with the numbers; both authorities sign it with them."""

Row = tuple[Cell, ...]
NUMBER, INTEGER, BOOLEAN, DATE = "number", "integer", "boolean", "date"
TYPES: Mapping[str, str] = {
    "numerator": INTEGER,
    "denominator": INTEGER,
    "p90": INTEGER,
    "value": NUMBER,
    "hidden": BOOLEAN,
    "n": INTEGER,
    "reported": INTEGER,
    "verified": INTEGER,
    "declined": INTEGER,
    "open": INTEGER,
    "on": DATE,
    "review_on": DATE,
}
"""What a column holds, where it is no text."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `columns` are names for programs, without a language."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def path(self) -> str:
        """Where it lies in a bundle."""
        return f"data/{self.name}.csv"

    @property
    def body(self) -> bytes:
        """The table as CSV."""
        return sheet([self.columns, *self.rows], Csv.STANDARD)


def open_data(
    made: Made[CouncilReport], written: Document, texts: Texts
) -> dict[str, bytes]:
    """Return the tables of a report and their descriptor, by file name."""
    tables = tuple(_tables(made.report, texts))
    descriptor = _descriptor(tables, made, written, texts)
    told = json.dumps(descriptor, ensure_ascii=False, indent=1)
    return {
        **{table.path: table.body for table in tables},
        DESCRIPTOR: f"{told}\n".encode(),
    }


def language_of(descriptor: bytes) -> str:
    """Return the language in which a bundle was written."""
    told: Mapping[str, object] = json.loads(descriptor)
    return str(told.get("language", ""))


def _tables(report: CouncilReport, texts: Texts) -> Iterator[Table]:
    of_figure = ("code", "name", "measure", "value", "numerator", "denominator", "p90")
    explained = ("excluded", "hidden", "definition")
    yield Table("figures", (*of_figure, *explained), tuple(_figures(report, texts)))
    of_part = ("code", "by", "key", "name", "n", "value", "hidden")
    yield Table("figures-by", of_part, tuple(_parts(report, texts)))
    counts = ("reported", "verified", "declined", "open")
    yield Table(
        "cases-by", ("by", "key", "name", *counts), tuple(_lines(report, texts))
    )
    of_case = ("outcome", "number", "category", "category_name", "area")
    because = ("reason", "reason_name", "refer_to", "on", "review_on")
    yield Table("not-done", (*of_case, *because), tuple(_undone(report, texts)))


def _figures(report: CouncilReport, texts: Texts) -> Iterator[Row]:
    for kpi in report.kpis:
        yield (
            kpi.code,
            texts.say(f"kpi.{kpi.code}"),
            kpi.measure,
            kpi.value,
            kpi.numerator,
            kpi.denominator,
            kpi.p90,
            excluded_of(kpi.excluded, texts),
            _told(kpi.hidden),
            texts.say(f"kpi_definition.{kpi.code}"),
        )


def _parts(report: CouncilReport, texts: Texts) -> Iterator[Row]:
    for kpi in report.kpis:
        for part in kpi.parts:
            name, hidden = part_name(part, texts), _told(part.hidden)
            yield (kpi.code, part.by, part.key, name, part.n, part.value, hidden)


def _lines(report: CouncilReport, texts: Texts) -> Iterator[Row]:
    for line in (report.all_cases, *report.lines):
        counts = (line.reported, line.verified, line.declined, line.open)
        yield (line.by or "all", line.key or "all", line_name(line, texts), *counts)


def _undone(report: CouncilReport, texts: Texts) -> Iterator[Row]:
    for no in report.declined:
        yield (
            "declined",
            no.number,
            no.category,
            texts.category(no.category),
            area_name(no.area, texts),
            no.reason,
            texts.reason(no.reason),
            texts.actor(no.refer_to) if no.refer_to else None,
            no.on.isoformat() if no.on else None,
            None,
        )
    for one in report.waiting:
        yield (
            "waiting",
            one.number,
            one.category,
            texts.category(one.category),
            area_name(one.area, texts),
            one.reason,
            texts.reason(one.reason),
            None,
            None,
            one.review_on.isoformat() if one.review_on else None,
        )


def _told(hidden: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "true" if hidden else "false"


def _descriptor(
    tables: Iterable[Table], made: Made[CouncilReport], written: Document, texts: Texts
) -> dict[str, object]:
    pins = made.report.pins
    return {
        "profile": "tabular-data-package",
        "name": f"council-report-{pins.first}-{pins.last}",
        "title": written.title,
        "description": " ".join((*written.stands, *written.summary)),
        "language": written.lang,
        "version": str(pins.position),
        "created": pins.known_at.isoformat(),
        "licenses": [LICENCE],
        "sources": [{"title": texts.show_named(made.register.title)}],
        "resources": [_resource(table, texts) for table in tables],
    }


def _resource(table: Table, texts: Texts) -> dict[str, object]:
    body = table.body
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": texts.say(f"open_data.{table.name}"),
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{sha256(body).hexdigest()}",
        "dialect": {
            "delimiter": ",",
            "lineTerminator": "\r\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        },
        "schema": {
            "fields": [
                {
                    "name": name,
                    "type": TYPES.get(name, "string"),
                    "title": texts.say(f"open_data_column.{name}"),
                }
                for name in table.columns
            ],
            "missingValues": [""],
        },
    }
