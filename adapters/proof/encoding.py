"""How signed texts are written: each value has exactly one spelling."""

import base64
import re

from adapters.proof.unproven import Reason, Unproven

MOST = 2**63 - 1
"""The largest size and the latest moment that anybody can name."""

_UNWANTED = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def number(text: str) -> int:
    """Return a decimal without sign or leading zeroes.

    Raises: Unproven (malformed, out_of_range).
    """
    if not _NUMBER.fullmatch(text):
        raise Unproven(Reason.MALFORMED, "not a number")
    found = int(text)
    if found > MOST:
        raise Unproven(Reason.OUT_OF_RANGE, "the number is too large")
    return found


def base64_of(content: bytes) -> str:
    """Return the standard spelling of bytes, with padding."""
    return base64.b64encode(content).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes whose standard spelling `text` is; another one is refused.

    Raises: Unproven (malformed).
    """
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        raise Unproven(Reason.MALFORMED, "not base64") from None
    if base64_of(found) != text:
        raise Unproven(Reason.MALFORMED, "not the standard spelling in base64")
    return found


def is_clean(text: str) -> bool:
    """Whether signed text may hold these letters: all but control characters."""
    return not _UNWANTED.search(text)


def is_line(text: str) -> bool:
    """Whether it can be one line that is not empty."""
    return bool(text) and "\n" not in text and is_clean(text)
