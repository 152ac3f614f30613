"""Rows as CSV: as a Danish Excel opens it, or as programs expect it.

Danish: semicolons, decimal commas, CRLF, UTF-8 with a mark in front. Standard: commas
and points, without a mark (RFC 4180). Either way a cell that a spreadsheet would take
for a formula is given an apostrophe.

Source: ecosystem-and-ux.md §7; OWASP, "CSV injection".
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

Cell = str | int | float | date | None
MARK = "\ufeff"
FORMULA = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the beginning of a formula."""


class Csv(StrEnum):
    """For whom a sheet is: a Danish Excel, or any program."""

    DANISH = "danish"
    STANDARD = "standard"


def sheet(rows: Iterable[Iterable[Cell]], form: Csv = Csv.DANISH) -> bytes:
    """Return rows as CSV."""
    out = io.StringIO(newline="")
    is_danish = form is Csv.DANISH
    writer = csv.writer(out, delimiter=";" if is_danish else ",", lineterminator="\r\n")
    comma = "," if is_danish else "."
    writer.writerows([_written(cell, comma) for cell in row] for row in rows)
    return f"{MARK if is_danish else ''}{out.getvalue()}".encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    begins = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if begins in FORMULA else text


def _written(cell: Cell, comma: str) -> str:
    match cell:
        case None:
            return ""
        case float():
            return str(int(cell) if cell == int(cell) else cell).replace(".", comma)
        case int():
            return str(cell)
        case date():
            return cell.isoformat()
        case str():
            return harmless(cell)
