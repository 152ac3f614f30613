"""Where a text seems to name a person.

A given name counts before a capitalised word, or alone when the words around it
speak of somebody; at the beginning of a sentence it is a word like others.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from domain.given_names import (
    DOUBTFUL,
    GIVEN,
    HALLOWED,
    NOT_SURNAMES,
    PERSONAL,
    PLACE_ENDINGS,
    PLACES,
    SIGNALS,
    SURNAMES,
    TITLES,
)

Span = tuple[int, int]

LONGEST = 4
"""How many words one name may have."""
LOOK_BACK = 24
"""How far before a word the word before it may begin."""

_CAPITALISED = re.compile(r"[A-ZÆØÅÄÖÜÉŁ](?<!\w.)[^\W\d_]*(?:[’'-][^\W\d_]+)*")
_GAP = re.compile(r"[ \xa0]|[ \xa0](?:al|el|van|von|de|bin|ben|abu|la|af)[ -]")
_AFTER_INITIAL = re.compile(r"\.?[ \xa0]")
_AFTER = re.compile(r"[ \xa0-]([^\W\d_]+)")
_SMALL_SURNAME = re.compile(r"sen(?!\w)")
_SMALL = re.compile(r"(?<!\w)([a-zæøå]+) ([a-zæøå]+sen)$")
_WHOLE_NAME = 40
_LOWER_GIVEN = frozenset(name.lower() for name in GIVEN | {"Hans", "Bo", "Per", "Bent"})
_KNOWN = GIVEN | DOUBTFUL | SURNAMES
_NO_NAMES = HALLOWED | TITLES | SIGNALS | {word.lower() for word in NOT_SURNAMES}
_LOWER_SURNAMES = frozenset(name.lower() for name in SURNAMES)


def names(text: str) -> Iterator[Span]:
    """Yield where `text` seems to name a person, from left to right."""
    words = list(_CAPITALISED.finditer(text))
    place = 0
    while place < len(words):
        if not _may_begin(text, words, place):
            place += 1
            continue
        run = _run(text, words[place : place + LONGEST])
        is_place = _is_place(text, run)
        is_name = not is_place and _is_name(text, run)
        if is_name:
            yield run[0].start(), run[-1].end()
        # A run that is no name may end in one: "Naboen Mette Hansen".
        place += len(run) if is_name or is_place else 1
    yield from _in_small_letters(text)


def _may_begin(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    """Whether it is worth while to look closer at the word at `place`."""
    word = words[place][0]
    if word in _KNOWN or "-" in word or word.isupper():
        return True
    if place + 1 < len(words) and _plain(words[place + 1][0]) in SURNAMES:
        return True
    return _word_before(text, words[place].start()) in TITLES


def _run(text: str, words: Sequence[re.Match[str]]) -> Sequence[re.Match[str]]:
    """Return the first words as far as they belong together."""
    for nth, (one, other) in enumerate(pairwise(words), start=1):
        gap = text[one.end() : other.start()]
        is_initial = one.end() - one.start() == 1
        if not (_AFTER_INITIAL if is_initial else _GAP).fullmatch(gap):
            return words[:nth]
    return words


def _is_name(text: str, run: Sequence[re.Match[str]]) -> bool:
    first, second = run[0][0], run[1][0] if len(run) > 1 else ""
    before = _word_before(text, run[0].start())
    if before in HALLOWED or first.lower() in _NO_NAMES:
        return False
    several = len(run) > 1 and _is_surname(second, run)
    if before in TITLES or (several and _plain(second) in SURNAMES):
        return True
    given = _is_given(first)
    if several and (given or (first in DOUBTFUL and _plain(second).endswith("sen"))):
        return True
    if given and _word_after(text, run) in PERSONAL:
        return True
    return (given or first in SURNAMES) and before in SIGNALS


def _is_given(word: str) -> bool:
    if word in GIVEN:
        return True
    if "-" in word:
        return all(part in GIVEN or part in DOUBTFUL for part in word.split("-"))
    return len(word) > 2 and word.isupper() and word.title() in GIVEN  # noqa: PLR2004


def _is_surname(word: str, run: Sequence[re.Match[str]]) -> bool:
    """Whether a second word can belong to a name; an initial needs a third word."""
    if len(word) == 1:
        return len(run) > 2  # noqa: PLR2004 - given name, initial, surname
    if run[0][0].isupper() != word.isupper():
        return False
    return word not in NOT_SURNAMES


def _plain(word: str) -> str:
    """Return a surname as it stands in the list: no genitive, no capitals."""
    word = word.title() if word.isupper() else word
    return word.removesuffix("s") if word.endswith("sens") else word


def _is_place(text: str, run: Sequence[re.Match[str]]) -> bool:
    """Whether these words are a street, a school or a shop called after somebody."""
    last = run[-1][0].lower()
    if last in PLACES or _word_after(text, run) in PLACES:
        return True
    return len(run) > 1 and last.endswith(PLACE_ENDINGS)


def _word_before(text: str, start: int) -> str:
    """Return the word before, in small letters, without what stands between."""
    before = text[max(0, start - LOOK_BACK) : start].rstrip(" \xa0.:")
    return before[before.rfind(" ") + 1 :].lstrip("(»“\"'").lower()


def _word_after(text: str, run: Sequence[re.Match[str]]) -> str:
    found = _AFTER.match(text, run[-1].end())
    return found[1].lower() if found else ""


def _in_small_letters(text: str) -> Iterator[Span]:
    """Yield a given name and a surname that were typed without capitals."""
    for found in _SMALL_SURNAME.finditer(text):
        start = max(0, found.start() - _WHOLE_NAME)
        pair = _SMALL.search(text, start, found.end())
        if pair and pair[1] in _LOWER_GIVEN and pair[2] in _LOWER_SURNAMES:
            yield pair.span()
