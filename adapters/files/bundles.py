"""Several files as one, whose bytes depend on nothing but the files.

Stored and not packed: how packed bytes look changes with the library that packs them,
and whoever makes a bundle again in ten years has another one.
"""

import io
import re
import zipfile
from collections.abc import Mapping

from domain.errors import Code, Refused

NAME = re.compile(r"([a-z0-9][a-z0-9-]*/)?[a-z0-9][a-z0-9_-]*\.[a-z]{2,8}")
"""How a file in a bundle is called: one folder at most, and never out of it."""

BUNDLE = "bundle.zip"
"""What a bundle is called where it has no name yet."""

UNREADABLE = (
    zipfile.BadZipFile,  # no archive at all, or one whose sums are wrong
    ValueError,  # a place before its beginning, a name in no alphabet
    EOFError,  # a file that ends too early
    RuntimeError,  # locked with a password, or made for a newer program
)
"""What `zipfile` raises, all told, for bytes that are no bundle."""

READ_BY_ALL = 0o644 << 16
UNIX = 3
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment a bundle can tell: when its files were made is said in them."""


def bundled(files: Mapping[str, bytes]) -> bytes:
    """Return the files as one; the same files give the same bytes.

    Raises: Refused (bad_file) for a name that could not be taken apart again.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name in sorted(files):
            if not NAME.fullmatch(name):
                raise _bad()
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = READ_BY_ALL
            bundle.writestr(entry, files[name])
    return out.getvalue()


def taken_apart(body: bytes) -> dict[str, bytes]:
    """Return the files of a bundle that we made, by name.

    Anything else is refused before a file of it is used: names that lead elsewhere,
    packed bytes, something before, between or after the files.

    Raises: Refused (bad_file).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as bundle:
            entries = bundle.infolist()
            if any(one.compress_type != zipfile.ZIP_STORED for one in entries):
                raise _bad()
            files = {one.filename: bundle.read(one) for one in entries}
    except UNREADABLE as problem:
        raise _bad() from problem
    if bundled(files) != body:
        raise _bad()
    return files


def _bad() -> Refused:
    return Refused(Code.BAD_FILE, file=BUNDLE, problem="not a bundle of ours")
