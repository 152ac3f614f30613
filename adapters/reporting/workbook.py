"""A report as a workbook: numbers are numbers, days are days, and nothing a formula.

The same sheets give the same bytes: no clock is read.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from adapters.files.sheets import Cell
from adapters.reporting.model import Row, Sheet
from adapters.texts import Texts

NAME_LENGTH, WIDEST, NARROWEST = 31, 60, 8
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook(
    sheets: Iterable[Sheet], pins: Sequence[Row], made_at: datetime, texts: Texts
) -> bytes:
    """Return the sheets as a workbook, with one that says what they are made of.

    Args:
        sheets: what to count with.
        pins: what the report is made of, each with its name.
        made_at: when the last fact of the report was known.
        texts: names of the sheets and words of the last one.
    """
    out = io.BytesIO()
    book = Workbook(out, OPTIONS)
    book.set_properties({"created": made_at.replace(tzinfo=None), "author": "Gadelys"})
    day, bold = book.add_format({"num_format": "yyyy-mm-dd"}), _bold(book)
    for one in sheets:
        page = book.add_worksheet(_name(one.title, book))
        _write(page, one, day, bold)
    about = Sheet(
        "om",
        texts.say("report_file.about"),
        (texts.say("council.name_of_pin"), texts.say("council.value_of_pin")),
        (*pins, (texts.say("report_file.small"), texts.say("council.made_small"))),
    )
    _write(book.add_worksheet(_name(about.title, book)), about, day, bold)
    book.close()
    return out.getvalue()


def _bold(book: Workbook) -> Format:
    return book.add_format({"bold": True, "text_wrap": True, "valign": "top"})


def _name(title: str, book: Workbook) -> str:
    """Return a name that a sheet may have, and that no other sheet has."""
    bare = title.translate(FORBIDDEN).strip("'")[:NAME_LENGTH] or "1"
    taken = {page.get_name().casefold() for page in book.worksheets()}
    name, nth = bare, 2
    while name.casefold() in taken:
        name, nth = f"{bare[: NAME_LENGTH - 3]} {nth}", nth + 1
    return name


def _write(page: Worksheet, sheet: Sheet, day: Format, bold: Format) -> None:
    page.write_row(0, 0, sheet.heads, bold)
    for nth, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, nth, column, cell, day)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.heads) - 1)
    for column, head in enumerate(sheet.heads):
        cells = (str(row[column] or "") for row in sheet.rows)
        widest = max((len(text) for text in (head, *cells)), default=0)
        page.set_column(column, column, min(max(widest + 3, NARROWEST), WIDEST))


def _write_cell(
    page: Worksheet, row: int, column: int, cell: Cell, day: Format
) -> None:
    match cell:
        case None:
            return
        case date():
            page.write_datetime(row, column, cell, day)
        case int() | float():
            page.write_number(row, column, cell)
        case str():
            page.write_string(row, column, cell)
