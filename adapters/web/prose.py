"""A signed text as a page: headings, lists and paragraphs of Markdown, no more.

Everything is escaped, and nothing of it becomes a link or a picture. Whoever wants the
text as it was signed takes the file. Its patterns look at each sign a few times only,
whatever is written: everybody can ask for the page, as often as they like.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
ENTRY = re.compile(r"^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$")
STRONG = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+)(?<=\S)\1")
ORDERED, UNORDERED = Markup("<ol>{}</ol>"), Markup("<ul>{}</ul>")
DEEPEST = 6
BELOW_TITLE = 1
"""The page has a heading of its own above the text."""


def as_markup(text: str) -> Markup:
    """Return a text as HTML, a block for each of its parts."""
    return Markup("\n").join(_blocks(text.lstrip("\ufeff").splitlines()))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    paragraph: list[str] = []
    entries: list[Markup] = []
    tag = ""

    def ended() -> Iterator[Markup]:
        if paragraph:
            yield Markup("<p>{}</p>").format(_inline(" ".join(paragraph)))
        if entries:
            inside = Markup("").join(entries)
            yield (ORDERED if tag == "ol" else UNORDERED).format(inside)
        paragraph.clear()
        entries.clear()

    for line in lines:
        if heading := HEADING.match(line):
            yield from ended()
            level = min(len(heading[1]) + BELOW_TITLE, DEEPEST)
            words = _inline(heading[2].rstrip().rstrip("#").rstrip())
            yield Markup("<h{0}>{1}</h{0}>").format(level, words)
        elif entry := ENTRY.match(line):
            kind = "ol" if entry[1] else "ul"
            if paragraph or kind != tag:
                yield from ended()
            tag = kind
            entries.append(Markup("<li>{}</li>").format(_inline(entry[2])))
        elif line.strip():
            if entries:
                yield from ended()
            paragraph.append(line.strip())
        else:
            yield from ended()
    yield from ended()


def _inline(text: str) -> Markup:
    return Markup(STRONG.sub(r"<strong>\2</strong>", str(escape(text))))  # noqa: S704 - escaped before
