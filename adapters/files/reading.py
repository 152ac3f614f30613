"""Reading a file that a person gave us, without surprises."""

from pathlib import Path

from domain.errors import Code, NotFound, Refused

LIMIT_BYTES = 10_000_000


def read_text(path: Path) -> str:
    """Return the text of `path`.

    Raises: NotFound (bad_file) when it is not there; Refused (file_too_large,
        not_utf8, bad_file).
    """
    try:
        size = path.stat().st_size
        if size > LIMIT_BYTES:
            raise Refused(
                Code.FILE_TOO_LARGE, file=path.name, bytes=size, limit=LIMIT_BYTES
            )
        raw = path.read_bytes()
    except FileNotFoundError as problem:
        raise NotFound(Code.BAD_FILE, file=path.name, problem="not found") from problem
    except OSError as problem:
        reason = problem.strerror or "unreadable"
        raise Refused(Code.BAD_FILE, file=path.name, problem=reason) from problem
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Refused(Code.NOT_UTF8, file=path.name, byte=problem.start) from problem
