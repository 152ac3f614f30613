"""A report on paper: PDF/UA-1 and PDF/A-2a, set by Typst, the same bytes each time.

It loads nothing: the fonts are those that we bring, and of packages there are none.
What people see comes as data, so no text can ever be a command.
"""

import json
import re
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from adapters.files.sheets import Cell
from adapters.reporting import charts
from adapters.reporting.model import Document, Section, Sketch, Table, shown
from adapters.reporting.page import KEY, is_keyed
from adapters.texts import Texts

HERE = Path(__file__).parent
FONTS = "vendor/dkfds/dist/fonts/IBMPlexSans/complete/ttf"
SHORT, LONG = 10, 32
"""A column with short cells only is as wide as they are; others share what is left,
by the letters of their longest cell, of which no more than this many count."""

ROOM = 1.3
"""No share is smaller than this many times the column's longest word: words that
cannot be broken would lie across the next column."""

BREAKS = re.compile(r"[\s/–-]+")

CROWDED = 6
"""A table with this many columns is set in smaller letters."""

TOGETHER = 12
"""With no more rows than this a table stays on one page with its picture."""


def pdf(written: Document, texts: Texts, author: str, made_at: datetime) -> bytes:
    """Return the report as PDF; the same document gives the same bytes.

    Args:
        written: what it says.
        texts: words of the form itself.
        author: who stands behind it.
        made_at: its day, of which no clock is asked.
    """
    told = _in_print(_told(written, texts, author))
    return typst.compile(
        str(HERE / "paper.typ"),
        root=str(HERE),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        sys_inputs={"report": json.dumps(told)},
        timestamp=int(made_at.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(HERE / FONTS)],
    )


PRINTED = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F)),
    *((0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022)),
    *((0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x20AC, 0x20AC)),
    *((0x2122, 0x2122), (0x2190, 0x2199), (0x2212, 0x2212), (0x2248, 0x2248)),
    *((0x2260, 0x2260), (0x2264, 0x2265)),
)
"""The signs that our fonts have; PDF/A forbids any other one."""


def printable(text: str) -> str:
    """Return a text in signs that can be printed; any other sign is a `?`."""
    return "".join(map(_sign, unicodedata.normalize("NFC", text)))


def _in_print(told: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    match told:
        case str():
            return printable(told)
        case dict():
            return {name: _in_print(value) for name, value in told.items()}
        case list() | tuple():
            return [_in_print(value) for value in told]
        case _:
            return told


def _sign(sign: str) -> str:
    if any(first <= ord(sign) <= last for first, last in PRINTED):
        return sign
    return "" if unicodedata.category(sign).startswith("C") else "?"


def _told(written: Document, texts: Texts, author: str) -> dict[str, Any]:
    return {
        "lang": written.lang,
        "author": author,
        "kind": written.kind,
        "title": written.title,
        "stands": written.stands,
        "short": texts.say("council.summary"),
        "summary": written.summary,
        "mark": written.mark,
        "of": texts.say("council.page_of"),
        "sections": [
            _section(section, nth, texts)
            for nth, section in enumerate(written.sections)
        ],
    }


def _section(section: Section, nth: int, texts: Texts) -> dict[str, Any]:
    return {
        "title": section.title,
        "lines": section.lines,
        "key": [
            {
                "svg": charts.alone(charts.swatch(fill, f"k{nth}")),
                "name": texts.say(f"council.{word}"),
            }
            for fill, word in KEY
        ]
        if is_keyed(section)
        else [],
        "sketch": _sketch(section.sketch, texts) if section.sketch else None,
        "tables": [
            _table(table, f"{nth}-{place}", texts)
            for place, table in enumerate(section.tables)
        ],
    }


def _sketch(sketch: Sketch, texts: Texts) -> dict[str, str]:
    return {
        "svg": charts.alone(charts.sketch(sketch, "m")),
        "told": sketch.told,
        "caption": f"{sketch.title}. {texts.say('place.sketch_key')}",
    }


def _table(table: Table, key: str, texts: Texts) -> dict[str, Any]:
    rows = [[_cell(cell, texts) for cell in row] for row in table.rows]
    return {
        "title": table.title,
        "heads": table.heads,
        "rows": rows,
        "numbers": [nth in table.numbers for nth in range(len(table.heads))],
        "widths": [_width(table, rows, nth) for nth in range(len(table.heads))],
        "size": 8.5 if len(table.heads) >= CROWDED else 9.5,
        "together": len(rows) <= TOGETHER,
        "svg": charts.alone(charts.chart(table.chart, key)) if table.chart else "",
        "told": table.chart.told if table.chart else "",
    }


def _cell(cell: Cell, texts: Texts) -> dict[str, str]:
    text, _, about = shown(cell, texts).partition("\n")
    return {"text": text, "about": about}


def _width(table: Table, rows: list[list[dict[str, str]]], nth: int) -> float:
    """Return the share of the width that a column gets; 0: just what it needs."""
    cells = [f"{row[nth]['text']} {row[nth]['about']}".strip() for row in rows]
    longest = max(map(len, cells), default=0)
    if nth in table.numbers or longest <= SHORT:
        return 0
    word = max(len(word) for cell in cells for word in BREAKS.split(cell))
    return max(min(LONG, longest), ROOM * word)
