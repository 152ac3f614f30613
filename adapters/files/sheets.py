"""Rows as CSV that opens right in a Danish Excel.

Semicolons, decimal commas, CRLF, UTF-8 with a mark in front. A cell that a
spreadsheet would take for a formula is given an apostrophe.

Source: ecosystem-and-ux.md §7; OWASP, "CSV injection".
"""

import csv
import io
from collections.abc import Iterable

Cell = str | int | float | None
MARK = "\ufeff"
FORMULA = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the beginning of a formula."""


def sheet(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return f"{MARK}{out.getvalue()}".encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    begins = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if begins in FORMULA else text


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float():
            return str(int(cell) if cell == int(cell) else cell).replace(".", ",")
        case int():
            return str(cell)
        case str():
            return harmless(cell)
