"""A register from a TOML file, with its public holidays filled in."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters.files.reading import first_problem, read_text
from domain.errors import Code, Refused
from domain.register.model import Register


def read_register(path: Path) -> Register:
    """Return the register in `path`, complete with public holidays per year.

    Raises: Refused (bad_file, not_utf8, file_too_large) naming the field.
    """
    text = read_text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Refused(Code.BAD_FILE, file=path.name, problem=str(problem)) from problem
    try:
        return Register.model_validate(_with_holidays(content))
    except ValidationError as problem:
        raise Refused(
            Code.BAD_FILE, file=path.name, problem=first_problem(problem)
        ) from problem


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
