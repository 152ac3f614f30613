"""Danish text as people look for it and as it stands in order."""

import re
import unicodedata

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "đ": "d"})
_WORD = re.compile(r"[a-z0-9]+")
_IN_ORDER = str.maketrans({"æ": "{", "ø": "|", "å": "}", "ä": "{", "ö": "|"})
"""Æ, ø and å come after z: these signs do, in every database."""


def plain(text: str) -> str:
    """Return `text` in small letters a to z: `Sønder Å` is `soender aa`.

    Who has no Danish keyboard finds the same as who has one.
    """
    small = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", small)
        if not unicodedata.combining(sign)
    )
    return bare.lower().translate(_LETTERS)  # what stood inside another sign


def words(text: str) -> tuple[str, ...]:
    """Return the different words of `text`, plain, in order of their first place."""
    return tuple(dict.fromkeys(_WORD.findall(plain(text))))


def sort_key(text: str) -> str:
    """Return what puts `text` in Danish order, compared sign by sign.

    Æ, ø and å stand last in this order, aa counts as å, capital letters as small.
    """
    small = unicodedata.normalize("NFC", text).lower().replace("aa", "å")
    parts = []
    for sign in small.translate(_IN_ORDER):
        decomposed = unicodedata.normalize("NFKD", sign)
        parts.append("".join(s for s in decomposed if not unicodedata.combining(s)))
    return "".join(parts)
