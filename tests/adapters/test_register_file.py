"""The register file: the shipped one is right, a faulty one is refused."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import holidays
import pytest

from adapters.files.register_file import public_holidays, read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.system import Gadelys
from domain.errors import Code, DomainError, NotFound, Refused
from domain.messages import Stamp, derived_id
from domain.register.adoption import AdoptRegister
from domain.register.model import Register

DAYS_OFF_2026 = [
    date(2026, 1, 1),  # nytårsdag
    date(2026, 4, 2),  # skærtorsdag
    date(2026, 4, 3),  # langfredag
    date(2026, 4, 5),  # påskedag
    date(2026, 4, 6),  # 2. påskedag
    date(2026, 5, 14),  # Kristi himmelfartsdag
    date(2026, 5, 24),  # pinsedag
    date(2026, 5, 25),  # 2. pinsedag
    date(2026, 12, 25),  # juledag
    date(2026, 12, 26),  # 2. juledag
]


@pytest.fixture
def text() -> str:
    return shipped(DEFAULT_REGISTER).read_text("utf-8")


# ---- the one that comes with the program ----


def test_the_shipped_register_is_valid(register: Register) -> None:
    assert len(register.categories) == 32
    assert len({category.code for category in register.categories}) == 32
    assert register.coordinators.municipality != register.coordinators.police


def test_everything_in_the_file_is_in_the_register(
    register: Register, text: str
) -> None:
    content = tomllib.loads(text)

    for part in ("units", "groups", "categories", "hold_reasons", "decline_reasons"):
        assert len(getattr(register, part)) == len(content[part])


def test_public_holidays_are_filled_in(register: Register) -> None:
    found = register.calendar.public_holidays

    assert [day for day in found if day.year == 2026] == DAYS_OFF_2026
    assert {day.year for day in found} == set(range(2012, 2046))


def test_public_holidays_are_those_of_the_library(register: Register) -> None:
    rules = register.calendar
    years = range(rules.first_year, rules.last_year + 1)

    assert set(rules.public_holidays) == set(
        holidays.country_holidays("DK", years=years)
    )
    assert list(rules.public_holidays) == public_holidays("DK", 2012, 2045)


def test_great_prayer_day_was_abolished_in_2024(register: Register) -> None:
    calendar = register.working_days

    assert not calendar.is_working(date(2023, 5, 5))
    assert calendar.is_working(date(2024, 4, 26))


def test_the_days_between_christmas_and_new_year_are_closed_by_the_register(
    register: Register,
) -> None:
    calendar = register.working_days

    assert not calendar.is_working(date(2026, 12, 24))
    assert not calendar.is_working(date(2026, 12, 31))
    assert calendar.is_working(date(2026, 12, 30))


# ---- faulty ones ----

Spoil = Callable[[str], str]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda text: text + "\n[[[", "Invalid"),
        (lambda text: text.replace('"register/1"', '"register/2"'), "schema: "),
        (lambda text: 'colour = "red"\n' + text, "colour: "),
        (lambda text: text.replace("acknowledge = 2\n", "", 1), "acknowledge: "),
        (lambda text: text.replace("fix = 10", "fix = -1", 1), "fix: "),
        (lambda text: text.replace("fix = 10", 'fix = "soon"', 1), "fix: "),
        (
            lambda text: text.replace('code = "VEG-TREE"', 'code = "VEG-HEDGE"'),
            "categories are listed twice",
        ),
        (
            lambda text: text.replace(
                'police = "police/prevention"', 'police = "police/nobody"'
            ),
            "units that are not listed: police/nobody",
        ),
        (
            lambda text: text.replace('to = ["leader"]', 'to = ["leeder"]'),
            "units that are not listed: leeder",
        ),
        (
            lambda text: text.replace(
                'responsible = "municipality/operations"\n', "", 1
            ),
            "needs a responsible unit",
        ),
        (lambda text: text.replace('"12-24"', '"24-12"'), "month must be"),
        (lambda text: text.replace('"12-24"', '"02-30"'), "day is out"),
        (lambda text: text.replace('"12-24"', '"24. december"'), "closing_days"),
        (lambda text: text.replace("Europe/Copenhagen", "Europe/Aalborg"), "time zone"),
        (
            lambda text: text.replace('remind_at = "08:00"', 'remind_at = "8"'),
            "remind_",
        ),
        (
            lambda text: text.replace("first_year = 2012", "first_year = 12"),
            "first_year",
        ),
    ],
    ids=[
        "no TOML",
        "another schema",
        "an unknown key",
        "a clock is missing",
        "negative days",
        "days in words",
        "a category twice",
        "an unknown coordinator",
        "an unknown word in the ladder",
        "a partner on its own",
        "no such month",
        "no such day",
        "a day in words",
        "an unknown time zone",
        "half a time",
        "a year long ago",
    ],
)
def test_a_faulty_register_is_refused_with_the_fault(
    tmp_path: Path, text: str, spoil: Spoil, problem: str
) -> None:
    path = tmp_path / "register.toml"
    assert spoil(text) != text
    path.write_text(spoil(text), "utf-8")

    with pytest.raises(Refused) as caught:
        read_register(path)

    assert caught.value.code is Code.BAD_FILE
    assert caught.value.context["file"] == "register.toml"
    assert problem in str(caught.value.context["problem"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", Code.NOT_UTF8),
        (b"", Code.BAD_FILE),
        (b"calendar = 3", Code.BAD_FILE),
        (b"x" * 10_000_001, Code.FILE_TOO_LARGE),
    ],
)
def test_what_is_no_register_is_refused(
    tmp_path: Path, content: bytes, code: Code
) -> None:
    path = tmp_path / "register.toml"
    path.write_bytes(content)

    with pytest.raises(Refused) as caught:
        read_register(path)

    assert caught.value.code is code


def test_a_register_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        read_register(tmp_path / "register.toml")

    assert caught.value.code is Code.BAD_FILE


@pytest.mark.parametrize(
    ("old", "new"),
    [('country = "DK"', 'country = "XX"'), ("last_year = 2045", "last_year = 2011")],
)
def test_a_register_without_public_holidays_is_never_adopted(
    system: Gadelys, tmp_path: Path, text: str, old: str, new: str
) -> None:
    path = tmp_path / "register.toml"
    path.write_text(text.replace(old, new), "utf-8")
    register = read_register(path)
    stamp = Stamp(
        by=register.coordinators.municipality,
        at=system.now(),
        command_id=derived_id("without holidays"),
    )

    with pytest.raises(DomainError) as caught:
        system.submit(AdoptRegister(stamp=stamp, rules=register))

    assert caught.value.context == {"field": "calendar.public_holidays"}


def test_holidays_in_the_file_are_left_as_they_are(tmp_path: Path, text: str) -> None:
    path = tmp_path / "register.toml"
    line = "public_holidays = [2026-01-01]\nclosing_days"
    path.write_text(text.replace("closing_days", line, 1), "utf-8")

    assert read_register(path).calendar.public_holidays == (date(2026, 1, 1),)
