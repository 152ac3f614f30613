"""A register from a TOML file, with its public holidays filled in.

A file may say only what differs from another one: `extends = "aalborg.toml"`.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters.errors import first_problem
from adapters.files.reading import read_text
from domain.errors import Code, Refused
from domain.register.model import Register

EXTENDS = "extends"
"""The key of a file that says only what differs from another one beside it."""

NAMES = ("id", "code", "level")
"""What tells the tables of an array apart; the first that a table has counts."""


def read_register(path: Path) -> Register:
    """Return the register in `path`, complete with public holidays per year.

    Raises: Refused (bad_file, not_utf8, file_too_large) naming the field; NotFound
        (bad_file) when the file, or the one that it extends, is not there.
    """
    return _register(_whole(path), path)


def register_in(text: str, name: str) -> Register:
    """Return the register that a text holds, told of under a name.

    Raises: as `read_register`.
    """
    path = Path(name)
    return _register(_parsed(text, path), path)


def _register(content: dict[str, Any], path: Path) -> Register:
    try:
        return Register.model_validate(_with_holidays(content))
    except ValidationError as problem:
        raise _bad(path, first_problem(problem)) from problem


def _whole(path: Path) -> dict[str, Any]:
    """Return what `path` says, on top of the file that it extends, if any."""
    content = _content(path)
    if EXTENDS not in content:
        return content
    base = content.pop(EXTENDS)
    if not isinstance(base, str) or not base or Path(base).name != base:
        raise _bad(path, f"{EXTENDS}: the name of a file in the same folder")
    below = _content(path.with_name(base))
    if EXTENDS in below:
        raise _bad(path, f"{EXTENDS}: {base} extends another file itself")
    return _table(below, content)


def _content(path: Path) -> dict[str, Any]:
    return _parsed(read_text(path), path)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _bad(path, str(problem)) from problem


def _bad(path: Path, problem: str) -> Refused:
    return Refused(Code.BAD_FILE, file=path.name, problem=problem)


def _table(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return `old` with the keys of `new`; what both have is put together."""
    both = {key: _merged(old[key], new[key]) for key in old.keys() & new.keys()}
    return {**old, **new, **both}


def _merged(old: object, new: object) -> object:
    match old, new:
        case dict(), dict():
            return _table(old, new)
        case [dict(), *_], [dict(), *_]:
            return _array(list(old), list(new))
        case _:
            return new


def _array(old: list[object], new: list[object]) -> list[object]:
    """Return the tables of `old` in their order, changed by `new`; then the rest."""
    tables = {_name(table, nth): table for nth, table in enumerate(old)}
    for nth, table in enumerate(new, start=len(old)):
        name = _name(table, nth)
        tables[name] = _merged(tables.get(name), table)
    return list(tables.values())


def _name(table: object, nth: int) -> object:
    """Return what tells a table apart from the others; its place without a name."""
    if not isinstance(table, dict):
        return nth
    return next((str(table[key]) for key in NAMES if key in table), nth)


def _with_holidays(content: dict[str, Any]) -> dict[str, Any]:
    rules = content.get("calendar")
    if not isinstance(rules, dict) or "public_holidays" in rules:
        return content
    try:
        days = public_holidays(
            str(rules["country"]), int(rules["first_year"]), int(rules["last_year"])
        )
    except (KeyError, ValueError, NotImplementedError):
        return content
    return {**content, "calendar": {**rules, "public_holidays": days}}


def public_holidays(country: str, first_year: int, last_year: int) -> list[date]:
    """Return the public holidays of `country`, in order.

    Source: the library `holidays`, public category only; other closing days are
    data of the register.
    """
    import holidays  # noqa: PLC0415 - slow to import, needed only at adoption

    years = range(first_year, last_year + 1)
    return sorted(holidays.country_holidays(country, years=years))
