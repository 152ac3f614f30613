"""The list as a file: what it is filtered by stands above it, then a line for each."""

from collections.abc import Iterable, Sequence

from adapters.files.sheets import Cell, sheet
from adapters.texts import Texts
from adapters.web.wording import overlays_of
from projections.cases import CaseRow

COLUMNS = (
    *("number", "case", "text", "place", "status", "overlays", "due", "responsible"),
    *("person", "walk", "next"),
)


def list_as_csv(
    rows: Iterable[CaseRow], head: Sequence[tuple[str, str]], texts: Texts
) -> bytes:
    """Return cases as a table; `head` says what was asked, of when and how far."""
    names = [texts.say(f"web_export.{name}") for name in COLUMNS]
    lines: list[list[Cell]] = [[name, value] for name, value in head]
    return sheet([*lines, [], names, *(_cells(row, texts) for row in rows)])


def _cells(row: CaseRow, texts: Texts) -> list[Cell]:
    return [
        row.number,
        texts.category(row.category),
        texts.show(row.text) if row.text else "",
        texts.show(row.place) if row.place else "",
        texts.status(row.status),
        ", ".join(overlays_of(row, texts)),
        texts.show(row.due_on) if row.due_on else "",
        texts.actor(row.unit),
        row.person or "",
        row.walk or "",
        texts.word("next_step", row.next_step),
    ]
