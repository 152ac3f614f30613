"""The roster in a real installation: rules in force, command line, digest."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.persistence.rules import StoredRules
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound
from domain.messages import Stamp, derived_id
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.roster.commands import EndAbsence, NoteAbsence
from domain.roster.state import Roster
from domain.values import Actor
from projections.notices import NOTICES
from tests.adapters.conftest import Line
from tests.examples import COORDINATOR, LAMP_ANNA, LAMP_BO, LEADER, LIGHTING

FIRST, LAST = date(2026, 12, 21), date(2027, 1, 3)
AT = datetime(2026, 10, 21, 10, tzinfo=UTC)


def stamp(what: str) -> Stamp:
    return Stamp(by=COORDINATOR, at=AT, command_id=derived_id("roster", what))


def away(absent: Actor = LAMP_ANNA, substitute: Actor | None = None) -> NoteAbsence:
    return NoteAbsence(
        stamp=stamp(f"{absent} {substitute}"),
        absent=absent,
        first=FIRST,
        last=LAST,
        substitute=substitute,
    )


# ---- the rules in force ----


def test_the_roster_is_part_of_the_rules_in_force(system: Gadelys) -> None:
    assert system.rules().roster == Roster()

    system.submit(away(substitute=LAMP_BO))

    rules = system.rules()
    assert rules.roster.cover_for(LAMP_ANNA, FIRST, rules.register) == LAMP_BO


def test_an_end_is_seen_by_a_reader_that_knew_the_absence(system: Gadelys) -> None:
    system.submit(away())
    assert system.rules().roster.is_absent(LAMP_ANNA, LAST)

    system.submit(
        EndAbsence(stamp=stamp("back"), absent=LAMP_ANNA, last=date(2026, 12, 27))
    )

    assert not system.rules().roster.is_absent(LAMP_ANNA, LAST)


def test_rules_are_read_again_only_when_one_of_the_two_changed(
    system: Gadelys, register: Register
) -> None:
    system.submit(away())
    before = system.rules()
    assert system.rules() is before

    system.submit(away(LIGHTING))

    after = system.rules()
    assert after.register is before.register
    assert after.roster != before.roster
    changed = register.model_copy(
        update={"title": register.title.model_copy(update={"en": "Other"})}
    )
    system.submit(AdoptRegister(stamp=stamp("adopt"), rules=changed))
    assert system.rules().version == before.version + 1
    assert system.rules().roster == after.roster


def test_a_roster_without_a_register_is_no_rules(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "empty")
    installation.migrate(settings)
    with installation.opened(settings) as empty:
        with pytest.raises(NotFound) as caught:
            StoredRules(empty.store)()

        assert caught.value.code is Code.NO_REGISTER


def test_the_same_absence_twice_is_stored_once(system: Gadelys) -> None:
    first, second = (system.submit(away()) for _ in range(2))

    assert first == second
    assert first.stream == "roster/main"


# ---- the command line ----

ANNA = "municipality/street-lighting/a17"
BO = "municipality/street-lighting/b23"
WHEN = ("--first", "2026-12-21", "--last", "2027-01-03")
BY = ("--by", COORDINATOR)


def test_an_absence_from_beginning_to_end(line: Line) -> None:
    noted = line("roster", "absent", ANNA, *WHEN, "--substitute", BO, *BY)
    shown = line("roster", "list", "--on", "2026-12-30", "--json").json
    back = line("roster", "back", ANNA, "--last", "2026-12-27", *BY)
    then = line("roster", "list", "--on", "2026-12-30", "--json").json

    assert (noted.code, noted.err) == (0, "")
    assert "Vejbelysning (b23) dækker" in noted.out
    assert shown == {
        "schema": "roster/1",
        "as_of": "2026-12-30",
        "rows": [
            {
                "absent": ANNA,
                "first": "2026-12-21",
                "last": "2027-01-03",
                "substitute": BO,
                "stands_in": BO,
            }
        ],
    }
    assert back.code == 0
    assert "27.12.2026" in back.out
    assert then["rows"] == []


def test_the_list_shows_who_covers_on_the_first_day(line: Line) -> None:
    for absent, *substitute in ((ANNA, "--substitute", BO), (BO,)):
        assert line("roster", "absent", absent, *WHEN, *substitute, *BY).code == 0
    rows = line("roster", "list", "--json").json["rows"]
    shown = line("roster", "list", lang="en")

    assert [(row["absent"], row["stands_in"]) for row in rows] == [
        (ANNA, LEADER),
        (BO, LEADER),
    ]
    assert "2 absences:" in shown.out
    assert "Unit leader, municipality" in shown.out


def test_an_absence_noted_anew_is_listed_as_it_counts(line: Line) -> None:
    shorter = ("--first", "2026-12-21", "--last", "2026-12-23")
    line("roster", "absent", ANNA, *WHEN, *BY)
    line("roster", "absent", ANNA, *shorter, "--substitute", BO, *BY)

    for day, covers in (("2026-12-23", BO), ("2026-12-24", LEADER)):
        (row,) = line("roster", "list", "--on", day, "--json").json["rows"]
        assert row["stands_in"] == covers


def test_an_empty_roster_says_so(line: Line) -> None:
    answer = line("roster", "list", "--on", "2026-12-30")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "Ingen er noteret som fraværende fra 30.12.2026.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("absent", "partner/nobody", *WHEN, *BY), "unknown_unit", 1),
        (("absent", ANNA, *WHEN, "--by", "police/local-police"), "not_your_case", 4),
        (("absent", "jørgen", *WHEN, *BY), "bad_input", 2),
        (("absent", ANNA, "--first", "i dag", "--last", "2027", *BY), "bad_input", 2),
        (
            ("absent", ANNA, "--first", "2027-01-04", "--last", "2027-01-03", *BY),
            "period_reversed",
            1,
        ),
        (("back", ANNA, "--last", "2026-12-27", *BY), "not_absent", 1),
        (("back", ANNA, "--last", "9999-12-31", *BY), "calendar_ends", 1),
    ],
)
def test_a_refusal_has_a_code_and_a_hint(
    line: Line, arguments: tuple[str, ...], code: str, exit_code: int
) -> None:
    answer = line("roster", *arguments, "--json")

    assert answer.code == exit_code
    assert answer.problem["code"] == code
    assert answer.problem["do"]


def test_the_same_command_id_is_stored_once(line: Line) -> None:
    again = ("--command-id", "5d0f8a52-6f0c-5b43-9d0e-3f6f1f2f5c12", "--json")
    first, second = (
        line("roster", "absent", ANNA, *WHEN, *BY, *again).json for _ in range(2)
    )

    assert first == second
    assert first["version"] == 1


# ---- duplicates: suggested, never decided ----

LAMP = ("--text", "To lamper er slukket.", "--lat", "57.0264")
EARLY = ("--at", "2026-10-09", *BY)
LATE = ("--at", "2026-10-12", *BY)


@pytest.fixture
def reported(line: Line) -> Line:
    """Return a line with one dark lamp."""
    first = ("report", "2026-01", "--category", "LGT-FAIL", *LAMP, "--lon", "9.9988")
    assert line(*first, *EARLY).err == ""
    return line


def test_a_report_nearby_suggests_the_older_case_with_the_command(
    reported: Line,
) -> None:
    near = ("report", "2026-02", "--category", "LGT-LACK", *LAMP, "--lon", "9.999")
    answer = reported(*near, *LATE)

    assert answer.code == 0
    assert "Gemt: " in answer.out
    assert "2026-01: Lampe slukket, modtaget; 12 m og 3 dage imellem" in answer.err
    assert "Et menneske afgør det." in answer.err
    command = f"gadelys merge-into 2026-02 --master 2026-01 --by {COORDINATOR}"
    assert f"→ {command}\n" in answer.err
    assert reported(*command.split()[1:]).code == 0
    assert reported("duplicates", "2026-01", "--json").json["rows"] == []
    assert reported("case", "2026-02", "--json").json["status"] == "merged"


@pytest.mark.parametrize(
    "other",
    [
        ("--category", "LGT-FAIL", *LAMP, "--lon", "9.9993"),
        ("--category", "VEG-HEDGE", *LAMP, "--lon", "9.9988"),
        ("--category", "LGT-FAIL", "--text", "Mørkt."),
    ],
    ids=["too far away", "about something else", "somewhere"],
)
def test_nothing_is_suggested_for_another_thing(
    reported: Line, other: tuple[str, ...]
) -> None:
    assert reported("report", "2026-02", *other, *LATE).err == ""
    shown = reported("duplicates", "2026-02")
    assert shown.out == (
        "Ingen andre sager ser ud til at handle om det samme som 2026-02.\n"
    )


def test_json_stays_alone_on_stdout(reported: Line) -> None:
    near = ("report", "2026-02", "--category", "LGT-LACK", *LAMP, "--lon", "9.999")

    assert reported(*near, *LATE, "--json").json["number"] == "2026-02"
    (row,) = reported("duplicates", "2026-01", "--json").json["rows"]
    assert row == {
        "number": "2026-02",
        "metres": 12.1,
        "days": 3,
        "category": "LGT-LACK",
        "status": "reported",
        "merge": "gadelys merge-into 2026-02 --master 2026-01",
    }


def test_a_case_that_does_not_exist_has_no_duplicates(reported: Line) -> None:
    answer = reported("duplicates", "2026-99", "--json")

    assert (answer.code, answer.problem["code"]) == (1, "unknown_finding")


# ---- the digest ----


def test_whoever_covers_hears_of_it(system: Gadelys, register: Register) -> None:
    system.submit(away())
    system.catch_up([NOTICES.name])
    (row,) = system.rows.rows(NOTICES)
    told = row.details

    assert (row.recipient, row.urgent) == (LEADER, False)
    assert Texts("da", register).notice(
        row.topic,
        absent=Actor(told["absent"]),
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        stands_in=Actor(told["stands_in"]),
    ) == (
        "Fravær: Vejbelysning (a17) er væk fra 21.12.2026 til og med 03.01.2027. "
        "Enhedsleder, kommunen dækker.\n  gadelys roster list"
    )
