"""Pictures that people send: looked at by a process that can do nothing else.

What comes in is never kept. A child with little memory, little time and no way to write
a file decodes it and draws it again; only what it drew comes back. So place, date and
camera are gone, and so is whatever else was hidden in the file.
"""

import subprocess
import sys
import threading
from dataclasses import dataclass, field

from domain.errors import Code, Refused

LARGEST_FILE = 12_000_000
PATIENCE_S = 20.0
AT_ONCE = 2
HEAD_AT_MOST = 64

BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
WEBP = (b"RIFF", b"WEBP")

REFUSALS = {
    "large": Code.PICTURE_TOO_LARGE,
    "unknown": Code.PICTURE_UNKNOWN,
    "damaged": Code.PICTURE_DAMAGED,
}
_line = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as we drew it: a JPEG with nothing in it but what can be seen."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int


def read_picture(body: bytes) -> Picture:
    """Return what a file shows, drawn anew.

    Raises: Refused (picture_missing) for nothing; (picture_unknown) for what is no
        JPEG, PNG or WebP; (picture_too_large) for too many bytes or points;
        (picture_damaged) for what cannot be decoded.
    """
    if not body:
        raise Refused(Code.PICTURE_MISSING)
    if len(body) > LARGEST_FILE:
        raise _too_large()
    if not _begins_well(body):
        raise Refused(Code.PICTURE_UNKNOWN)
    with _line:
        return _drawn(body)


def _begins_well(body: bytes) -> bool:
    is_webp = (body[:4], body[8:12]) == WEBP
    return is_webp or body.startswith(BEGINNINGS)


def _drawn(body: bytes) -> Picture:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "adapters.files.drawing"],
            input=body,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as problem:
        raise Refused(Code.PICTURE_DAMAGED) from problem
    head, _, jpeg = done.stdout.partition(b"\n")
    if done.returncode or len(head) > HEAD_AT_MOST:
        raise Refused(Code.PICTURE_DAMAGED)
    told = head.decode("ascii", "replace").split()
    if told and told[0] in REFUSALS:
        code = REFUSALS[told[0]]
        raise _too_large() if code is Code.PICTURE_TOO_LARGE else Refused(code)
    width, height = (int(one) for one in told)
    return Picture(jpeg, width, height)


def _too_large() -> Refused:
    return Refused(Code.PICTURE_TOO_LARGE, limit=LARGEST_FILE // 1_000_000)
