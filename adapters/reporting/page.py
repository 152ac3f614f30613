"""The report as one page: it loads nothing, runs nothing, and prints on A4.

Every picture has its table beside it; shades differ in pattern as well as in colour.
"""

from collections.abc import Iterable
from html import escape

from adapters.files.sheets import Cell
from adapters.reporting import charts
from adapters.reporting.model import (
    Document,
    Fill,
    Section,
    Sketch,
    Table,
    shown,
)
from adapters.texts import Texts

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_PAGE_STYLE = """
:root { color-scheme: light }
* { box-sizing: border-box }
body { margin: 0; background: #fff;
  font: 17px/1.55 "Segoe UI", "Helvetica Neue", Arial, sans-serif }
main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem }
@media print { body { font-size: 10.5pt } main { padding: 0; max-width: none } }
@page { size: A4; margin: 18mm }
"""
STYLE = """
.report { --ink: #1b1f24; --soft: #4a5561; --line: #d5dae0; --tint: #f4f6f8;
  --mark: #0b4f8a; color: var(--ink); font-size: 17px; line-height: 1.55 }
.report p, .report th, .report td, .report li, .report caption {
  font-size: inherit; line-height: inherit }
.report h1 { font-size: 1.9em; line-height: 1.2; margin: 0 0 .25em }
.report h2 { font-size: 1.35em; line-height: 1.3; margin: 2.25em 0 .55em;
  padding-top: .75em; border-top: 2px solid var(--ink); max-width: none;
  break-after: avoid }
.report p { margin: .5em 0; max-width: 46em; overflow-wrap: anywhere }
.report .kind { margin: 0 0 .5em; color: var(--soft); font-size: .9em }
.report .stands { font-size: 1.1em; color: var(--soft) }
.report .summary { margin: 1.5em 0; padding: .75em 1.25em 1em; background: var(--tint);
  border-left: 4px solid var(--mark); break-inside: avoid }
.report .summary h2 { border: 0; margin: .25em 0; padding: 0; font-size: 1.1em }
.report .summary p { font-size: 1.15em; max-width: 46em }
.report .pair { display: grid; gap: 1.5em; align-items: start; margin: 1.75em 0;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); break-inside: avoid }
.report .wide, .report .narrow { margin: 1.75em 0 }
.report .narrow { max-width: 46em }
.report .scroll { overflow-x: auto }
.report table { width: 100%; border-collapse: collapse; font-size: .95em; margin: 0 }
.report caption { text-align: left; font-weight: 600; font-size: 1.05em;
  padding: 0 0 .5em }
.report th, .report td { text-align: left; vertical-align: top;
  padding: .45em .75em .45em 0; border: 0; border-bottom: 1px solid var(--line);
  background: none; overflow-wrap: anywhere }
.report caption.said { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap }
.report .n + :not(.n) { padding-left: .75em }
.report thead th { font-size: .85em; color: var(--soft); vertical-align: bottom;
  border-bottom: 2px solid var(--ink); overflow-wrap: normal }
.report tbody th { font-weight: 400; overflow-wrap: normal }
.report .pair tbody th { min-width: 9em }
.report strong { font-weight: 600 }
.report .about { display: block; color: var(--soft); font-size: .875em;
  min-width: 16em }
.report .wide tbody th:first-child { white-space: nowrap }
.report .wide td { min-width: 8.5em }
.report .wide .n { min-width: 0 }
.report .n { text-align: right; padding-right: .5em; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; white-space: nowrap }
.report .key { display: flex; flex-wrap: wrap; gap: .25em 1.25em; padding: 0;
  margin: .5em 0; list-style: none; font-size: .9em }
.report .key svg { width: 1.4em; height: .9em; vertical-align: -.1em;
  margin-right: .35em }
.report .stack { margin: 1.75em 0; break-inside: avoid }
.report .stack figure { max-width: 34em; margin-top: 1em }
.report .sketch { max-width: 34em; margin: 1.5em 0; break-inside: avoid }
.report figcaption, .report .pins { color: var(--soft); font-size: .85em }
.report .pins { margin-top: 3em; padding-top: .75em; max-width: none;
  border-top: 1px solid var(--line); overflow-wrap: anywhere }
.report figure { margin: 0 }
.report figure svg { width: 100%; height: auto; display: block }
@media (max-width: 50em) { .report .pair { grid-template-columns: 1fr } }
@media print { .report { font-size: 10.5pt } .report .scroll { overflow: visible }
  .report tr { break-inside: avoid } }
"""
"""How the body looks, wherever it stands; it says nothing of what is around it."""

KEY = ((Fill.DONE, "verified"), (Fill.DECLINED, "declined"), (Fill.OPEN, "left"))
"""What the shares of a bar mean."""

NARROW = 3
"""With so few columns a table need not be as wide as the page."""

PAIRED = 5
"""With no more columns than this a table has room for its picture beside it."""


def page(written: Document, texts: Texts) -> str:
    """Return the page; the same document gives the same bytes."""
    return (
        f'<!doctype html>\n<html lang="{written.lang}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(written.title)}</title>\n"
        f"<style>{_PAGE_STYLE}{STYLE}</style>\n</head>\n"
        f'<body>\n<main class="report">\n{body(written, texts)}</main>\n'
        "</body>\n</html>\n"
    )


def body(written: Document, texts: Texts) -> str:
    """Return the report as HTML to stand within something of the class `report`."""
    stands = "".join(f'<p class="stands">{escape(one)}</p>' for one in written.stands)
    sections = sections_html(written.sections, texts)
    return (
        f'<p class="kind">{escape(written.kind)}</p>\n'
        f"<h1>{escape(written.title)}</h1>\n{stands}\n{_summary(written, texts)}\n"
        f'{sections}<p class="pins">{escape(written.mark)}</p>\n'
    )


def sections_html(sections: Iterable[Section], texts: Texts) -> str:
    """Return parts of a report as HTML, each under its heading."""
    return "".join(_section(one, nth, texts) for nth, one in enumerate(sections))


def _summary(written: Document, texts: Texts) -> str:
    head = escape(texts.say("council.summary"))
    return (
        '<section class="summary" aria-labelledby="summary">'
        f'<h2 id="summary">{head}</h2>{_paragraphs(written.summary)}</section>'
    )


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _section(section: Section, nth: int, texts: Texts) -> str:
    key = _key(texts, f"k{nth}") if is_keyed(section) else ""
    tables = "".join(
        _block(table, f"{nth}-{place}", section.title, texts)
        for place, table in enumerate(section.tables)
    )
    sketch = _sketch(section.sketch, str(nth), texts) if section.sketch else ""
    title = escape(section.title)
    return (
        f'<section aria-labelledby="s{nth}"><h2 id="s{nth}">{title}</h2>'
        f"{_paragraphs(section.lines)}{sketch}{key}{tables}</section>\n"
    )


def is_keyed(section: Section) -> bool:
    """Whether there are bars with several shares, which must be told apart."""
    drawn = [table.chart for table in section.tables if table.chart]
    return any(len(bar.shares) > 1 for one in drawn for bar in one.bars)


def _key(texts: Texts, key: str) -> str:
    """Return what the patterns of the bars mean."""
    items = "".join(
        f"<li>{charts.swatch(fill, f'{key}{fill}')}"
        f"{escape(texts.say(f'council.{word}'))}</li>"
        for fill, word in KEY
    )
    return f'<ul class="key">{items}</ul>'


def _sketch(sketch: Sketch, key: str, texts: Texts) -> str:
    caption = escape(texts.say("place.sketch_key"))
    return (
        f'<figure class="sketch">{charts.sketch(sketch, f"m{key}")}'
        f"<figcaption>{escape(sketch.title)}. {caption}</figcaption></figure>"
    )


def _block(table: Table, key: str, above: str, texts: Texts) -> str:
    if not table.chart:
        width = "narrow" if len(table.heads) <= NARROW else "wide"
        return _scrolling(table, width, above, texts)
    beside = "pair" if len(table.heads) <= PAIRED else "stack"
    picture = f"<figure>{charts.chart(table.chart, key)}</figure>"
    drawn = _scrolling(table, "beside", above, texts)
    return f'<div class="{beside}">{drawn}{picture}</div>'


def _scrolling(table: Table, width: str, above: str, texts: Texts) -> str:
    """Return a table that the keyboard, too, can move on a narrow screen."""
    label = escape(table.title)
    return (
        f'<div class="{width} scroll" role="group" aria-label="{label}" tabindex="0">'
        f"{_table(table, above, texts)}</div>"
    )


def _table(table: Table, above: str, texts: Texts) -> str:
    """Return a table; a name that stands above it already is only heard."""
    said = ' class="said"' if table.title == above else ""
    heads = "".join(
        f'<th scope="col"{_class(nth, table)}>{escape(head)}</th>'
        for nth, head in enumerate(table.heads)
    )
    rows = "".join(
        "<tr>"
        + "".join(_cell(nth, cell, table, texts) for nth, cell in enumerate(row))
        + "</tr>"
        for row in table.rows
    )
    return (
        f"<table><caption{said}>{escape(table.title)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _class(nth: int, table: Table) -> str:
    return ' class="n"' if nth in table.numbers else ""


def _cell(nth: int, cell: Cell, table: Table, texts: Texts) -> str:
    name, _, about = shown(cell, texts).partition("\n")
    said = escape(name)
    if about:
        said = f'<strong>{said}</strong><span class="about">{escape(about)}</span>'
    if nth == 0:
        return f'<th scope="row">{said}</th>'
    return f"<td{_class(nth, table)}>{said}</td>"
