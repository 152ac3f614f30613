"""The command line asks the table: somebody of each role tries every verb.

Who is who, and how they stand to the case, is written down here once more, by
hand; what follows from it is the table's.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.cli.verbs import IN_PLAN, REPORT, VERBS, WALK_VERBS
from adapters.files.shipped import DEFAULT_MEASUREMENTS, DEFAULT_REGISTER, shipped
from domain.finding.commands import BY_NAME as FINDING_COMMANDS
from domain.permissions.asking import ACTIONS
from domain.permissions.table import may_any
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.walk.commands import BY_NAME as WALK_COMMANDS
from tests.adapters.conftest import Line
from tests.adapters.test_cli import (
    COORDINATOR,
    LAMP,
    LIGHTING,
    NUMBER,
    by,
    typed,
)

ANNA = f"{LIGHTING}/a17"
SERIES = "politiets-tryghedsindeks-spoergeskema"
OWN, ASSIGNED, OTHER = Relation.OWN, Relation.ASSIGNED, Relation.OTHER
UNIT, AUTHORITY = Relation.OWN_UNIT, Relation.OWN_AUTHORITY


@dataclass(frozen=True)
class Person:
    """Somebody, with how they stand to the lighting's case and the town's walk."""

    name: str
    roles: set[Role]
    to_case: set[Relation] = field(default_factory=lambda: {OTHER})
    to_walk: set[Relation] = field(default_factory=lambda: {OTHER})
    to_text: set[Relation] = field(default_factory=lambda: {OTHER})
    to_anna: set[Relation] = field(default_factory=lambda: {OTHER})
    to_effort: set[Relation] = field(default_factory=lambda: {OTHER})


PEOPLE = (
    Person("citizen", {Role.CITIZEN}),
    Person("participant/local-council", {Role.PARTICIPANT}),
    Person("partner/grid-company", {Role.PARTNER}),
    Person(
        *("municipality/parks", {Role.CASEWORKER}),
        *({AUTHORITY}, {AUTHORITY}, {AUTHORITY}, {AUTHORITY}),
        to_effort={AUTHORITY},
    ),
    Person(
        *(LIGHTING, {Role.CASEWORKER}),
        {ASSIGNED, UNIT, AUTHORITY},
        *({AUTHORITY}, {AUTHORITY}, {UNIT, AUTHORITY}),
        to_effort={AUTHORITY},
    ),
    Person(
        *(COORDINATOR, {Role.CASEWORKER, Role.WALK_COORDINATOR}),
        *({OWN, AUTHORITY}, {OWN, AUTHORITY}, {OWN, AUTHORITY}, {AUTHORITY}),
        to_effort={AUTHORITY},
    ),
    Person(
        *("municipality/unit-leader", {Role.CASEWORKER, Role.UNIT_LEADER}),
        *({UNIT, AUTHORITY}, {AUTHORITY}, {AUTHORITY}, {UNIT, AUTHORITY}),
        to_effort={UNIT, AUTHORITY},
    ),
    Person(
        *("police/local-police", {Role.PREVENTION_OFFICER}),
        to_text={AUTHORITY},
        to_effort={AUTHORITY},
    ),
    Person(
        *("police/prevention", {Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR}),
        to_text={AUTHORITY},
        to_effort={ASSIGNED, UNIT, AUTHORITY},
    ),
    Person(
        *("police/unit-leader", {Role.PREVENTION_OFFICER, Role.POLICE_LEADER}),
        to_text={AUTHORITY},
        to_effort={UNIT, AUTHORITY},
    ),
)

WALK = "TEST-1"
TIMES = ("--starts-at", "2025-03-09T17:00", "--ends-at", "2025-03-09T19:00")
WALK_OPTIONS = {
    "area": "Øst",
    "accepted": "true",
    "starts_at": "2025-04-09T17:00",
    "ends_at": "2025-04-09T19:00",
    "groups": "residents",
    "stops": "57.0264 9.9989 Tunnelen",
    "publication": "2025-001",
    "informed": "3",
    "learnings": "Mere lys.",
    "reason": "Frost.",
    "contact": "participant/residents/aaaaaaaaaa",
    "how": "met",
}
RULES_SAY_NO_TOO = {"accept", "return"}
"""Who may by the table, and yet has no case here, gets the same code by a rule."""


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, adopted: Path
) -> Iterator[tuple[Path, str]]:
    """Return an installation with a case, a walk and a draft, and the draft's text."""
    from pytest import MonkeyPatch  # noqa: PT013 - the class, not the module

    from adapters.cli import main as program
    from tests.adapters.conftest import commands

    folder = tmp_path_factory.mktemp("prepared")
    shutil.copytree(adopted, folder / "data")
    text = folder / "text.md"
    text.write_text("# Lys\n", "utf-8")
    with MonkeyPatch.context() as patch:
        patch.setattr(program, "LANG", "da")
        patch.setattr("typer.testing._get_command", lambda _: commands())
        line = Line(folder / "data")
        for asked in (
            ("report", NUMBER, *LAMP, *by()),
            ("assign", NUMBER, "--to", LIGHTING, *by()),
            ("walks", "request", WALK, "--area", "Øst", *by()),
            ("measurements", "import", str(shipped(DEFAULT_MEASUREMENTS)), *by()),
            (
                *("publications", "draft", str(text), "--kind", "message"),
                *("--title", "Lys", "--number", "2025-001", *by()),
            ),
        ):
            assert line(*asked).code == 0
        [row] = line("publications", "list", "--json").json["publications"]
        yield folder, row["content"]


@dataclass(frozen=True)
class Try:
    """One verb as it is typed, its action, and to what."""

    words: tuple[str, ...]
    action: Action
    to: str
    rule: bool = False


def every_verb(folder: Path, content: str) -> Iterator[Try]:
    for verb in VERBS:
        words = (verb.on_the_line, NUMBER, *typed(verb.required))
        action = ACTIONS[FINDING_COMMANDS[verb.name]]
        yield Try(words, action, "to_case", rule=verb.name in RULES_SAY_NO_TOO)
    report = ("report", "2025-77", *typed(REPORT.required))
    yield Try(report, Action.REPORT, "new")
    for verb in WALK_VERBS:
        options = [
            part
            for name in verb.required
            for part in (f"--{name.replace('_', '-')}", WALK_OPTIONS[name])
        ]
        words = ("walks", verb.on_the_line, WALK, *options)
        yield Try(words, ACTIONS[WALK_COMMANDS[verb.name]], "to_walk")
    asking = (
        "walks",
        "ask-answer",
        WALK,
        "--group",
        "youth",
        "--mail",
        "a@example.org",
    )
    yield Try(asking, Action.ASK_ANSWER, "to_walk")
    text, own = str(folder / "text.md"), ("--kind", "message", "--title", "Nyt")
    yield Try(("publications", "draft", text, *own), Action.PROPOSE_TEXT, "new")
    approve = ("publications", "approve", "2025-001", "--content", content[:12])
    yield Try(approve, Action.APPROVE_TEXT, "to_text")
    withdraw = ("publications", "withdraw", "2025-001", "--reason", "Forkert.")
    yield Try(withdraw, Action.APPROVE_TEXT, "to_text")
    days = ("--first", "2025-03-17", "--last", "2025-03-21")
    yield Try(("roster", "absent", ANNA, *days), Action.NOTE_ABSENCE, "to_anna")
    back = ("roster", "back", ANNA, "--last", "2025-03-19")
    yield Try(back, Action.NOTE_ABSENCE, "to_anna")
    adopt = ("register", "adopt", str(shipped(DEFAULT_REGISTER)))
    yield Try(adopt, Action.ADOPT_REGISTER, "new")
    taken = ("measurements", "import", str(shipped(DEFAULT_MEASUREMENTS)))
    yield Try(taken, Action.RECORD_MEASUREMENT, "new")
    place = ("--metric", "share_safe", "--area", "Aalborg by", "--year", "2015")
    why = ("--reason", "Tastefejl.")
    mended = ("measurements", "correct", SERIES, *place, "--value", "88", *why)
    yield Try(mended, Action.RECORD_MEASUREMENT, "new")
    out = ("measurements", "withdraw", SERIES, *place, *why)
    yield Try(out, Action.RECORD_MEASUREMENT, "new")
    gone = ("--area", "Aalborg by", "--year", "2018", "--left")
    left = ("measurements", "area", SERIES, *gone)
    yield Try(left, Action.RECORD_MEASUREMENT, "new")
    autumn = ("--from", "2024-07-01", "--to", "2024-12-31")
    figure = ("--value", "12", "--source", "Ungekontakten", "--method", "Optælling")
    told = ("measurements", "tell", "F5", "agreements", *autumn, *figure)
    yield Try(told, Action.TELL_INDICATOR, "to_effort")


def test_the_options_of_a_plan_can_be_typed() -> None:
    assert {name for verb in WALK_VERBS for name in verb.required} <= set(WALK_OPTIONS)
    assert set(WALK_OPTIONS) >= IN_PLAN - {"theme"}


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: str(who.name))
def test_each_verb_is_for_whom_the_table_says(
    who: Person, prepared: tuple[Path, str], empty_line: Line
) -> None:
    folder, content = prepared
    wrong = []
    for one in every_verb(folder, content):
        shutil.copytree(folder / "data", empty_line.data)
        answer = empty_line(*one.words, "--json", *by(who.name, "2025-03-11"))
        shutil.rmtree(empty_line.data)
        relations = {OWN, AUTHORITY} if one.to == "new" else getattr(who, one.to)
        allowed = may_any(who.roles, one.action, Compartment.SHARED, relations).allowed
        code = answer.problem["code"] if answer.code else ""
        refused = code in {"not_your_role", "not_your_case"}

        assert code not in {"bad_input", "unknown_unit"}, one.words
        assert answer.code == 4 or not refused
        if refused is allowed and not (allowed and one.rule):
            wrong.append((one.words[:2], code, allowed))

    assert wrong == []
