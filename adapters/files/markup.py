"""The words of a page, without its marks."""

from html.parser import HTMLParser

from typing_extensions import override

UNREAD = frozenset({"style", "script"})


class _Words(HTMLParser):
    """Collects what a person reads on a page, one piece to a line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD

    @override
    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD

    @override
    def handle_data(self, data: str) -> None:
        if not self._unread and data.strip():
            self.found.append(data)


def words_of_markup(page: str) -> str:
    """Return what a person reads on a page."""
    reader = _Words()
    reader.feed(page)
    reader.close()
    return "\n".join(reader.found)
