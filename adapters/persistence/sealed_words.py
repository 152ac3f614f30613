"""Words in the stored body of a fact: what is put in their place, and taken out again.

A text gives way to `{"subject": …, "nonce": …, "sealed": …}`; everything around it
stays as it is, for indexes and for who reads the store with other tools.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from domain.personal import Path
from domain.values import SubjectRef

SUBJECT, NONCE, SEALED = "subject", "nonce", "sealed"

MARK: Final = b'"sealed":"'
"""Stands in the bytes of every fact in which words are sealed, and of no other.

Inside a text its quotation marks would have backslashes before them.
"""


class DoesNotOpen(Exception):
    """It was sealed with another key, for another place, or has been changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands."""

    stream: str
    version: int
    topic: str

    def bound(self, field: str, ref: SubjectRef) -> bytes:
        """Return what ties words to a field of this fact; no part has a line break."""
        parts = (self.stream, str(self.version), self.topic, field, ref)
        return "\n".join(parts).encode()


Seal = Callable[[str, str], dict[str, str]]
"""Returns what is stored in a field instead of its words."""

Open = Callable[[dict[str, str], str], str]
"""Returns the words that were sealed in a field."""


def seal_words(body: dict[str, Any], paths: Iterable[Path], seal: Seal) -> bool:
    """Put sealed words into `body`; return whether there were any."""
    found = False
    for *way, last in paths:
        table: dict[str, Any] = body
        for name in way:
            table = table.get(name) or {}
        if words := table.get(last):
            table[last] = seal(".".join((*way, last)), words)
            found = True
    return found


def open_words(table: dict[str, Any], open_one: Open, above: str = "") -> None:
    """Take all sealed words out of a table and the tables in it."""
    for name, value in table.items():
        if isinstance(value, dict):
            if is_sealed(value):
                table[name] = open_one(value, above + name)
            else:
                open_words(value, open_one, f"{above}{name}.")


def is_sealed(value: object) -> bool:
    """Whether sealed words stand here."""
    return isinstance(value, dict) and isinstance(value.get(SEALED), str)
