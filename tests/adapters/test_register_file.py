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
from domain.values import Done, Kind

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


# ---- what the shipped one says of the rules ----


def test_what_must_be_shown_is_asked_for_from_a_day_on(register: Register) -> None:
    assert register.limits.evidence_from == date(2027, 2, 1)


def test_what_people_did_is_done_when_it_was_held_or_started(
    register: Register,
) -> None:
    done = {category.code: category.done for category in register.categories}

    assert {code for code in done if done[code] is Done.MENDED} == {
        category.code
        for category in register.categories
        if category.kind is not Kind.SOCIAL and category.code != "NTL-SAFE"
    }
    assert done["CIT-MEET"] is Done.MEETING
    assert done["NBH-START"] is Done.STARTED
    assert done["PAT-REQ"] is Done.PATROLLED
    assert done["EDU-SUB"] is Done.TALK


def test_light_is_judged_in_the_dark(register: Register) -> None:
    for category in register.categories:
        light = category.code.startswith("LGT-")
        assert category.after_dark is light
        if light:
            assert category.verify_season == "dark_season"


@pytest.mark.parametrize(
    ("season", "inside", "outside"),
    [
        ("outside_nesting", "2026-12-31 2027-03-14 2026-08-15", "2026-05-01"),
        ("paint_and_asphalt", "2026-04-01 2026-10-31", "2026-11-01 2027-03-31"),
        ("dark_season", "2026-10-01 2027-03-31", "2026-09-30 2027-04-01"),
    ],
)
def test_seasons_may_span_the_new_year(
    register: Register, season: str, inside: str, outside: str
) -> None:
    found = register.season(season)

    assert all(found.contains(date.fromisoformat(day)) for day in inside.split())
    assert not any(found.contains(date.fromisoformat(day)) for day in outside.split())


def test_hedges_paths_and_markings_have_their_season(register: Register) -> None:
    seasons = {
        category.code: category.work_season
        for category in register.categories
        if category.work_season
    }

    assert seasons == {
        "VEG-HEDGE": "outside_nesting",
        "VEG-TREE": "outside_nesting",
        "PTH-SURF": "paint_and_asphalt",
        "TRF-CROSS": "paint_and_asphalt",
        "ACC-BARR": "paint_and_asphalt",
    }


def test_every_reason_to_wait_or_decline_is_there(register: Register) -> None:
    assert [reason.code for reason in register.hold_reasons] == [
        *("third_party", "budget", "season", "permit", "decision"),
        *("police_operation", "estate_meeting"),
    ]
    assert {reason.code for reason in register.decline_reasons} == {
        *("not_our_competence", "no_legal_basis", "disproportionate_cost"),
        *("planned_elsewhere", "already_solved", "contrary_to_plan"),
        *("cannot_be_located", "no_owner_support"),
    }
    assert register.decline_reason("not_our_competence").needs_referral
    assert register.decline_reason("planned_elsewhere").needs_link


def test_nobody_is_above_oneself(register: Register) -> None:
    """Following the parents of a unit always ends, and within one authority."""
    for unit in register.units:
        above = [unit.id]
        while parent := register.unit(above[-1]).parent:
            assert parent not in above
            assert parent.authority is unit.id.authority
            above.append(parent)


# ---- a file that says only what differs ----


@pytest.fixture(scope="module")
def next_register() -> Register:
    return read_register(shipped("registers/aalborg-2027.toml"))


def test_the_next_version_differs_in_what_it_says(
    register: Register, next_register: Register
) -> None:
    old, new = (one.model_dump(by_alias=True) for one in (register, next_register))

    assert {key for key in old if old[key] != new[key]} == {
        *("title", "calendar", "categories")
    }
    assert next_register.category("PTH-SURF").fix == 15
    assert [
        category.code
        for category in next_register.categories
        if category != register.category(category.code)
    ] == ["PTH-SURF"]


def test_the_next_version_closes_on_two_more_days(
    register: Register, next_register: Register
) -> None:
    for day in (date(2027, 1, 4), date(2027, 5, 7)):
        assert register.working_days.is_working(day)
        assert not next_register.working_days.is_working(day)
    assert next_register.calendar.public_holidays == register.calendar.public_holidays


def test_the_order_of_the_file_below_is_kept(
    register: Register, next_register: Register
) -> None:
    assert [category.code for category in next_register.categories] == [
        category.code for category in register.categories
    ]


@pytest.fixture
def extended(tmp_path: Path, text: str) -> Callable[[str], Register]:
    """Return a function that reads a file which extends the shipped one."""
    (tmp_path / "base.toml").write_text(text, "utf-8")

    def read(more: str) -> Register:
        path = tmp_path / "register.toml"
        path.write_text(f'extends = "base.toml"\n{more}', "utf-8")
        return read_register(path)

    return read


Extended = Callable[[str], Register]


def test_a_file_that_adds_nothing_is_the_same_register(
    extended: Extended, register: Register
) -> None:
    assert extended("") == register


def test_tables_are_changed_key_by_key(extended: Extended, register: Register) -> None:
    found = extended("[limits]\nhold_days = 30\n")

    assert found.limits.hold_days == 30
    assert found.limits.reopen_days == register.limits.reopen_days


@pytest.mark.parametrize(
    ("part", "name", "changed"),
    [
        ("units", 'id = "municipality/parks"', 'mail = "ny@kommune.example"'),
        ("groups", 'id = "youth"', 'en = "Youth"'),
        ("categories", 'code = "LGT-FAIL"', "fix = 8"),
        ("escalation", "level = 4", "after = 21"),
        ("hold_reasons", 'code = "budget"', 'en = "Money"'),
        ("seasons", 'code = "dark_season"', 'first = "09-15"'),
        ("focus_areas", 'code = "F1"', 'en = "Telling"'),
    ],
)
def test_tables_of_a_list_are_found_by_their_name(
    extended: Extended, register: Register, part: str, name: str, changed: str
) -> None:
    found = extended(f"[[{part}]]\n{name}\n{changed}\n")
    old, new = getattr(register, part), getattr(found, part)

    assert len(new) == len(old)
    (different,) = [nth for nth in range(len(old)) if old[nth] != new[nth]]
    key, _, value = changed.partition(" = ")
    assert str(getattr(new[different], key)) == value.strip('"')


def test_a_new_table_comes_last(extended: Extended) -> None:
    found = extended('[[groups]]\nid = "anglers"\nda = "Lystfiskere"\nen = "Anglers"\n')

    assert found.groups[-1].id == "anglers"


def test_other_values_are_replaced(extended: Extended) -> None:
    found = extended('[calendar]\nclosing_days = ["06-05"]\n')

    assert found.calendar.closing_days == ("06-05",)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[[categories]]\ncode = "NEW"\n', "categories.32"),
        ("[[categories]]\nfix = 3\n", "categories.32"),
        ("[limits]\nhold_days = -1\n", "limits.hold_days"),
        ("categories = 3\n", "categories"),
        ('[[units]]\nid = "partner/grid-company"\nresponsible = "x"\n', "units.24"),
    ],
)
def test_what_is_put_together_is_checked_as_a_whole(
    extended: Extended, more: str, problem: str
) -> None:
    with pytest.raises(Refused) as caught:
        extended(more)

    assert caught.value.context["file"] == "register.toml"
    assert str(caught.value.context["problem"]).startswith(problem)


@pytest.mark.parametrize("base", ['"../base.toml"', '"/etc/passwd"', '""', "3", '"."'])
def test_only_a_file_in_the_same_folder_is_extended(tmp_path: Path, base: str) -> None:
    path = tmp_path / "register.toml"
    path.write_text(f"extends = {base}\n", "utf-8")

    with pytest.raises(Refused) as caught:
        read_register(path)

    assert caught.value.code is Code.BAD_FILE
    assert "extends" in str(caught.value.context["problem"])


def test_a_file_that_extends_is_not_extended(tmp_path: Path) -> None:
    path = tmp_path / "register.toml"
    path.write_text('extends = "register.toml"\n', "utf-8")

    with pytest.raises(Refused) as caught:
        read_register(path)

    assert "extends another file" in str(caught.value.context["problem"])


def test_the_file_below_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "register.toml"
    path.write_text('extends = "base.toml"\n', "utf-8")

    with pytest.raises(NotFound) as caught:
        read_register(path)

    assert caught.value.context["file"] == "base.toml"
