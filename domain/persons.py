"""What in a free text looks like a person: numbers, addresses, names.

Only where and of which kind, never the text itself. Places are what the system is
about: a street with a house number is none of this, a door behind a stair is.
What is not known to be a person passes; the author decides about the rest.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.person_names import names


class PersonKind(StrEnum):
    """By what a person could be found."""

    CPR = "cpr"
    PHONE = "phone"
    PLATE = "plate"
    ADDRESS = "address"
    MAIL = "mail"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Mark:
    """One place in a text; `end` is the first character behind it."""

    kind: PersonKind
    start: int
    end: int


_SPACE = r"[ \xa0\u2009\u202f]"
_DASH = r"[-\xad\u2010-\u2015\u2212]"
_DIGIT = re.compile("[0-9]")
_MANY_DIGITS = re.compile(r"[0-9](?:[^\w\n]{0,3}[0-9]){7,}")
"""Where a CPR or phone number can be at all; to look everywhere takes too long."""
AROUND = 4
"""How far around many digits a number that has them can begin and end."""

_CPR = re.compile(
    rf"(?:(?<![\w+])|(?<=(?i:cpr))|(?<=(?i:nr)))(?<![0-9][.,/-])"
    rf"(?:([0-9]{{2}})([0-9]{{2}})([0-9]{{2}}){_SPACE}?{_DASH}?{_SPACE}?"
    rf"|([0-9]{{2}})([0-9]{{2}})((?:19|20)[0-9]{{2}}){_SPACE}?{_DASH}{_SPACE}?"
    rf"|([0-9]{{2}})[ ./-]([0-9]{{2}})[ ./-]([0-9]{{2}}){_SPACE}?{_DASH}{_SPACE}?)"
    rf"[0-9]{{4}}(?!\w)(?!-[0-9])"
)
_ACCOUNT = re.compile(r"(?:\bp-?nr|p-?nummer|konto|kontonr|kontonummer)\W{0,3}$")
ADMINISTRATIVE = 60
"""Added to the day in numbers of those who are not registered as residents."""
DECEMBER = 12

_PHONE = re.compile(
    rf"(?<![\w+/])(?<![0-9][.,-])(?:"
    rf"(?P<abroad>(?:\+[1-9][0-9]{{0,2}}|0045){_SPACE}?(?:[0-9][ .-]?){{6,12}}[0-9])"
    rf"|(?<![0-9]{_SPACE})(?P<pairs>(?:45{_SPACE})?"
    rf"[2-9][0-9]([ .\xa0-])[0-9]{{2}}\3[0-9]{{2}}\3[0-9]{{2}})"
    rf"|(?<![0-9]{_SPACE})(?P<halves>[2-9][0-9]{{3}}{_SPACE}[0-9]{{4}})"
    rf"|(?<![0-9]{_SPACE})(?P<threes>[2-9][0-9](?:[0-9]{_SPACE}[0-9]{{2}}{_SPACE}"
    rf"|{_SPACE}[0-9]{{3}}{_SPACE})[0-9]{{3}})"
    rf"|(?P<plain>[2-9][0-9]{{7}}))(?!\w)(?!-\w)(?![ .,-]?[0-9])"
)
_PHONE_WORD = re.compile(
    r"(?:\btlf|telefon|mobil|\bring|\bphone|\bcall|\bsms|\bmobile|\btext)"
    r"[^\d\n]{0,20}$"
)
_NUMBERED = re.compile(
    r"(?:nr|nummer|number|cvr|\bno|\bean|\bsag|\bsagen|\bcase|lampe|\blamp|mast|\bid"
    r"|\bref|faktura|ordre|journal|\bkr|\bdkk)\W{0,3}$"
)
_MEASURED = re.compile(r" ?(?:kr|dkk|mm|cm|m|km|kwh|lux|stk|%)(?!\w)", re.IGNORECASE)
LOOK_BACK = 30
_YEARS = range(1990, 2040)

_PLATE = re.compile(
    rf"[A-HJ-NPR-Z](?<![\w-].)[A-HJ-NPR-Z]{_SPACE}?-?[0-9]{{2}}{_SPACE}?-?[0-9]{{3}}"
    rf"(?!\w)(?!-[0-9])"
)
_NO_PLATES = frozenset({"DK", "DS", "EN", "EU", "FN", "KL", "NR", "SE", "ST"})
"""Standards, countries and short words that stand before numbers."""
_SMALL_PLATE = re.compile(
    rf"[a-z](?<!\w.)[a-z]{_SPACE}?[0-9]{{2}}{_SPACE}?[0-9]{{3}}(?!\w)"
)
_PLATE_WORD = re.compile(r"(?:nummerplade|reg\. ?nr|registreringsn|plate)\w*\W{0,3}$")

_SIDE = r"(?:tv|th|mf|d(?:ø|oe)r ?[0-9]{1,3})(?!\w)"
_STAIR = re.compile(
    rf"[0-9](?<!\w.)[0-9]?"
    rf"(?:(?:(?P<dot>\.),? ?|,? ){_SIDE}"
    rf"|(?P<storey>\. ?sal|(?:st|nd|rd|th) floor)(?!\w))"
)
_GROUND = re.compile(rf"st(?<!\w..)(?:\.?|uen),? ?{_SIDE}")
_BELOW = re.compile(rf"kl(?<!\w..)\.?,? ?{_SIDE}")
_FLAT = re.compile(
    r"(?:stuen|lejl(?:ighed|\.)?|flat|apartment|apt\.?)(?: ?(?:nr\. ?)?[0-9]+)?(?!\w)"
)
_HOUSE = re.compile(r"(?<!\w)[0-9]{1,3} ?[A-Za-zÆØÅæøå]?,? ?(?:på |on the )?$")
_STREET = re.compile(
    r"[^\W\d_]*(?:vej|vejen|gade|gaden|stræde|strædet|allé|alle|plads|pladsen|torv"
    r"|torvet|park|parken|have|haven|gård|gården|vænge|vænget|bakken|toften|lunden"
    r"|boulevard|stien|street|road|lane|square|avenue) $",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def persons(text: str) -> tuple[Mark, ...]:
    """Return what in `text` looks like a person, from left to right.

    Where two kinds overlap, the number counts before the name.
    """
    found = []
    has_digits = _DIGIT.search(text) is not None
    if has_digits:
        if many := list(_MANY_DIGITS.finditer(text)):
            found += [Mark(PersonKind.CPR, *span) for span in _cpr_like(text, many)]
            found += [Mark(PersonKind.PHONE, *span) for span in _phones(text, many)]
        found += [Mark(PersonKind.PLATE, *span) for span in _plates(text)]
    if has_digits or "st." in text:
        found += [Mark(PersonKind.ADDRESS, *span) for span in _addresses(text)]
    if "@" in text:
        found += [Mark(PersonKind.MAIL, *one.span()) for one in _MAIL.finditer(text)]
    found += [Mark(PersonKind.NAME, *span) for span in names(text)]
    return tuple(_apart(found)) if len(found) > 1 else tuple(found)


def cpr_like(text: str) -> Iterator[tuple[int, int]]:
    """Yield where `text` has what can be a CPR number: a day of birth and four digits.

    The control digit says nothing since 2007, so the date is all there is to check.
    """
    yield from _cpr_like(text, _MANY_DIGITS.finditer(text))


def _cpr_like(text: str, many: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for found in _among(_CPR, text, many):
        day, month, year = (int(part) for part in found.groups() if part)
        written = found[0]
        if written.isdecimal() and _ACCOUNT.search(_before(text, found.start())):
            continue
        if day > ADMINISTRATIVE and not written.isdecimal():
            day -= ADMINISTRATIVE
        if _is_day(day, month, year):
            yield found.span()


def _among(
    pattern: re.Pattern[str], text: str, many: Iterable[re.Match[str]]
) -> Iterator[re.Match[str]]:
    for digits in many:
        start, end = max(0, digits.start() - AROUND), digits.end() + AROUND
        yield from pattern.finditer(text, start, end)


def _is_day(day: int, month: int, year: int) -> bool:
    """Whether such a day can have been; two digits leave the century open."""
    if not 1 <= month <= DECEMBER or day < 1:
        return False
    full = year if year > 99 else 2000 + year  # noqa: PLR2004 - a year of two digits
    return day <= monthrange(full, month)[1]


def _phones(text: str, many: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for found in _among(_PHONE, text, many):
        kind, start = found.lastgroup, found.start()
        if kind == "abroad" or _is_said_to_be_phone(text, found):
            yield start, found.end()
            continue
        if kind == "threes" or _MEASURED.match(text, found.end()):
            continue
        if kind == "pairs" or not _is_another_number(text, found):
            yield start, found.end()


def _is_said_to_be_phone(text: str, found: re.Match[str]) -> bool:
    return _PHONE_WORD.search(_before(text, found.start())) is not None


def _is_another_number(text: str, found: re.Match[str]) -> bool:
    """Whether these digits are a date, two years, or the number of something."""
    digits = found[0]
    if not digits.isdecimal():
        return int(digits[:4]) in _YEARS
    is_date = _is_date(digits[6:], digits[4:6], digits[:4]) or _is_date(
        digits[:2], digits[2:4], digits[4:]
    )
    return is_date or _NUMBERED.search(_before(text, found.start())) is not None


def _is_date(day: str, month: str, year: str) -> bool:
    return int(year) in _YEARS and _is_day(int(day), int(month), int(year))


def _plates(text: str) -> Iterator[tuple[int, int]]:
    for found in _PLATE.finditer(text):
        if found[0][:2] in _NO_PLATES or _MEASURED.match(text, found.end()):
            continue
        yield found.span()
    if "plade" in text or "plate" in text or "reg" in text:
        for found in _SMALL_PLATE.finditer(text):
            if _PLATE_WORD.search(_before(text, found.start())):
                yield found.span()


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield doors behind a stair, and storeys of a house that is named.

    A door begins at its house number if there is one; "2. tv" needs none.
    """
    for found in _STAIR.finditer(text):
        house = _HOUSE.search(text, *_look_back(found))
        if found["storey"]:
            yield from _in_street(text, found, house)
        elif house or found["dot"]:
            yield (house or found).start(), found.end()
    for pattern in (_GROUND, _BELOW):
        for found in pattern.finditer(text):
            if house := _HOUSE.search(text, *_look_back(found)):
                yield house.start(), found.end()
            elif pattern is _GROUND:
                yield found.span()
    for found in _FLAT.finditer(text):
        house = _HOUSE.search(text, *_look_back(found))
        yield from _in_street(text, found, house)


def _in_street(
    text: str, found: re.Match[str], house: re.Match[str] | None
) -> Iterator[tuple[int, int]]:
    if house and (street := _STREET.search(text, *_look_back(house))):
        yield street.start(), found.end()


def _look_back(found: re.Match[str]) -> tuple[int, int]:
    return max(0, found.start() - LOOK_BACK), found.start()


def _before(text: str, start: int) -> str:
    return text[max(0, start - LOOK_BACK) : start].lower()


_ORDER = tuple(PersonKind)


def _apart(found: list[Mark]) -> Iterator[Mark]:
    """Yield marks from left to right; of two that overlap, the more certain one."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda one: (_ORDER.index(one.kind), one.start)):
        if all(mark.end <= one.start or one.end <= mark.start for one in kept):
            kept.append(mark)
    yield from sorted(kept, key=lambda one: one.start)
