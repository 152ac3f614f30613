"""Whoever looks sees what the table says, and that is written down first.

Who is who, and how they stand to the case, is taken from the tests of the verbs; what
follows from it is the table's.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.persistence.case_lists import Order, Wanted
from adapters.persistence.event_store import FactStore
from adapters.settings import Settings
from adapters.viewing import Viewer
from domain.access import WORKING, Looked, Purpose, WordsRead
from domain.errors import Code, DomainError, NotAllowed
from domain.permissions.table import may_any
from domain.permissions.viewing import extent, sight
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.values import WITHHELD, Actor
from tests.adapters.conftest import Answer, Line, commands
from tests.adapters.test_cli import COORDINATOR, LAMP, LIGHTING, NUMBER, by
from tests.adapters.test_permissions import OTHER, PEOPLE, Person

OVERSEERS = (
    Person("municipality/audit", {Role.AUDITOR}),
    Person("municipality/data-protection", {Role.DATA_PROTECTION_OFFICER}),
    Person("municipality/city-council", {Role.COUNCIL_READER}),
    Person("police/audit", {Role.POLICE_AUDITOR}),
)
EVERYBODY = (*PEOPLE, *OVERSEERS)
TEXT = LAMP[-1]
NOWHERE = "2025-99"
AUDITOR = Actor("municipality/audit")
everybody = pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: str(who.name))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, adopted: Path) -> Iterator[Path]:
    """Return an installation with a case of the lighting, a walk, and the police."""
    from pytest import MonkeyPatch  # noqa: PT013 - the class, not the module

    from adapters.cli import main as program

    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(adopted, folder / "data")
    with MonkeyPatch.context() as patch:
        patch.setattr(program, "LANG", "da")
        patch.setattr("typer.testing._get_command", lambda _: commands())
        line = Line(folder / "data")
        police = {"police_data": str(folder / "police")}
        line("migrate", **police)
        for asked in (
            ("report", NUMBER, *LAMP, "--place", "Ved tunnelen", *by()),
            ("assign", NUMBER, "--to", LIGHTING, *by()),
            ("walks", "request", "TEST-1", "--area", "Øst", "--theme", "Lys", *by()),
        ):
            assert line(*asked).code == 0
        noted = ("police", "note", NUMBER, "--text", "Kun for os.")
        assert line(*noted, *by("police/prevention"), **police).code == 0
        yield folder


@pytest.fixture
def desk(made: Path, empty_line: Line) -> Line:
    """Return a line with all of it, on a machine that has the police's store, too."""
    shutil.copytree(made / "data", empty_line.data)
    shutil.copytree(made / "police", empty_line.data / "of-police")
    return empty_line


def ask(desk: Line, who: Person, *words: str) -> Answer:
    """Ask as somebody, who says what for where their role does not tell."""
    purpose = () if who.roles & WORKING else ("--for", "audit")
    police = str(desk.data / "of-police")
    return desk(*words, "--json", "--by", who.name, *purpose, police_data=police)


def code_of(answer: Answer) -> str:
    return answer.problem["code"] if answer.code else ""


def allowed(who: Person, action: Action, stands: set[Relation]) -> bool:
    return may_any(who.roles, action, Compartment.SHARED, stands).allowed


def reads(desk: Line, *, of_police: bool = False) -> list[WordsRead]:
    """Return what the log of readings holds."""
    settings = Settings(data=desk.data, police_data=desk.data / "of-police")
    with installation.opened(settings) as system:
        own = system.police if of_police else system
        assert own
        facts = own.access.store.after(0)
    return [one.event for one in facts if isinstance(one.event, WordsRead)]


# --- The table over the command line ---------------------------------------------


@everybody
def test_a_case_is_shown_to_whom_the_table_says(who: Person, desk: Line) -> None:
    answer = ask(desk, who, "case", NUMBER)
    nothing = ask(desk, who, "case", NOWHERE)
    seen = sight(who.roles, Action.READ_CASE, who.to_case)

    assert code_of(nothing) == Code.UNKNOWN_FINDING
    if not seen.facts:
        assert answer.err.replace(NUMBER, NOWHERE) == nothing.err
        return
    assert answer.json["text"] == (TEXT if seen.words else WITHHELD)
    assert answer.json["place"] == ("Ved tunnelen" if seen.words else WITHHELD)
    assert answer.json["category"] == "LGT-FAIL"


@everybody
def test_the_past_of_a_case_is_for_whom_the_table_says(who: Person, desk: Line) -> None:
    case, history = (
        allowed(who, action, who.to_case)
        for action in (Action.READ_CASE, Action.READ_HISTORY)
    )
    for words in (("replay", NUMBER), ("case", NUMBER, "--as-of", "2025-03-10")):
        code = code_of(ask(desk, who, *words))

        if not case:
            assert code == Code.UNKNOWN_FINDING
        elif not history:
            assert code == Code.NOT_YOUR_ROLE
        else:
            assert code == ""


@everybody
def test_a_list_is_for_whom_the_table_says(who: Person, desk: Line) -> None:
    answer = ask(desk, who, "worklist")
    past = ask(desk, who, "worklist", "--as-of", "2025-03-10")

    if extent(who.roles, Action.READ_CASE) == "none":
        assert code_of(answer) == Code.NOT_YOUR_ROLE
    elif extent(who.roles, Action.READ_CASE) == "assigned":
        assert answer.json["rows"] == []
    else:
        [row] = answer.json["rows"]
        words = sight(who.roles, Action.READ_CASE, who.to_case).words
        assert row["text"] == (TEXT if words else WITHHELD)
    has_past = extent(who.roles, Action.READ_HISTORY) != "none"
    assert code_of(past) == ("" if has_past else Code.NOT_YOUR_ROLE)


@everybody
@pytest.mark.parametrize(
    ("words", "action"),
    [
        (("walk", "TEST-1"), Action.READ_CASE),
        (("walks", "list"), Action.READ_CASE),
        (("report", "walk", "TEST-1"), Action.READ_REPORT),
        (("subject", "export", f"finding/{NUMBER}"), Action.EXPORT_CASE),
        (
            ("access-log", "--extract", "--about", f"finding/{NUMBER}"),
            Action.EXPORT_CASE,
        ),
    ],
    ids=["walk", "walks", "report", "export", "extract"],
)
def test_everything_else_is_for_whom_the_table_says(
    who: Person, words: tuple[str, ...], action: Action, desk: Line
) -> None:
    if words[0] == "subject":
        police = str(desk.data / "of-police")
        for_what = () if who.roles & WORKING else ("--for", "audit")
        answer = desk(*words, "--by", who.name, *for_what, police_data=police)
        refused = answer.code == 4
    else:
        refused = code_of(ask(desk, who, *words)) == Code.NOT_YOUR_ROLE

    assert refused is not allowed(who, action, {OTHER})


@everybody
def test_evidence_is_handed_out_by_whom_the_table_says(
    who: Person, desk: Line, tmp_path: Path
) -> None:
    code = code_of(ask(desk, who, "evidence", NUMBER, "--out", str(tmp_path / "out")))

    if not allowed(who, Action.READ_CASE, who.to_case):
        assert code == Code.UNKNOWN_FINDING
    else:
        is_allowed = allowed(who, Action.EXPORT_CASE, who.to_case)
        assert code == ("" if is_allowed else Code.NOT_YOUR_ROLE)


@everybody
def test_the_police_s_notes_are_for_whom_the_table_says(
    who: Person, desk: Line
) -> None:
    seen = sight(who.roles, Action.READ_CASE, {OTHER}, Compartment.POLICE)
    answer = ask(desk, who, "police", "show", NUMBER)
    nothing = ask(desk, who, "police", "show", NOWHERE)

    if not seen.words:
        assert code_of(answer) == Code.NOT_YOUR_ROLE
        assert answer.err == nothing.err
    else:
        assert [one["text"] for one in answer.json["notes"]] == ["Kun for os."]
        assert code_of(nothing) == Code.UNKNOWN_FINDING


@everybody
def test_the_log_itself_is_for_whom_the_table_says(who: Person, desk: Line) -> None:
    authority = Actor(who.name).authority
    where = Compartment.POLICE if authority == "police" else Compartment.MUNICIPALITY
    relations = (Relation.OTHER, Relation.OWN_UNIT, Relation.OWN)
    may_read = any(
        may_any(who.roles, Action.READ_ACCESS_LOG, where, [one]).allowed
        for one in relations
    )

    assert (code_of(ask(desk, who, "access-log")) == "") is may_read


# --- What is written down --------------------------------------------------------


def test_a_reading_of_words_is_written_down(desk: Line) -> None:
    desk("case", NUMBER, *by_only(LIGHTING))
    desk("worklist", *by_only(COORDINATOR))

    first, second = reads(desk)
    assert (first.stamp.by, first.looked, first.purpose, first.about) == (
        *(LIGHTING, Looked.AT_CASE, Purpose.CASEWORK),
        (f"finding/{NUMBER}",),
    )
    assert (second.looked, second.about) == (Looked.AT_LIST, (f"finding/{NUMBER}",))


def test_what_shows_no_words_is_not_written_down_unless_an_auditor_looks(
    desk: Line,
) -> None:
    desk("report", "walk", "TEST-1", *by_only(COORDINATOR))
    assert reads(desk) == []

    desk("case", NUMBER, *by_only(AUDITOR), "--for", "audit")
    [line] = reads(desk)
    assert (line.stamp.by, line.purpose) == (AUDITOR, Purpose.AUDIT)


def test_the_police_keep_their_own_log(desk: Line) -> None:
    police = {"police_data": str(desk.data / "of-police")}
    desk("case", NUMBER, *by_only("police/prevention"), **police)
    desk("police", "show", NUMBER, *by_only("police/prevention"), **police)

    assert reads(desk) == []
    assert [one.looked for one in reads(desk, of_police=True)] == [
        Looked.AT_CASE,
        Looked.AT_NOTES,
    ]


def test_where_it_cannot_be_written_down_nothing_is_shown(
    desk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eventsourcing import persistence

    def full(*_: object, **__: object) -> None:
        raise persistence.OperationalError("disk full")

    monkeypatch.setattr(FactStore, "_insert", full)
    answer = desk("case", NUMBER, "--json", *by_only(LIGHTING))

    assert (answer.code, code_of(answer)) == (5, Code.STORE_UNAVAILABLE)
    assert TEXT not in answer.out + answer.err


def test_without_a_log_nothing_is_shown(desk: Line) -> None:
    shutil.rmtree(desk.data / "access")
    answer = desk("case", NUMBER, "--json", *by_only(LIGHTING))

    assert (answer.code, code_of(answer)) == (5, Code.STORE_MISSING)
    assert TEXT not in answer.out + answer.err


def test_an_auditor_says_what_for(desk: Line) -> None:
    answer = desk("case", NUMBER, "--json", *by_only(AUDITOR))

    assert code_of(answer) == Code.PURPOSE_MISSING
    assert desk("case", NUMBER, *by_only(AUDITOR), "--for", "fun").code == 2


def test_whoever_reads_the_log_sees_their_own_authority_s_lines(desk: Line) -> None:
    desk("case", NUMBER, *by_only(LIGHTING))
    desk("case", NUMBER, *by_only("police/prevention"))

    auditor = desk("access-log", "--json", *by_only(AUDITOR), "--for", "audit").json
    own = desk("access-log", "--json", *by_only(COORDINATOR)).json
    police = desk("access-log", "--json", *by_only("police/unit-leader")).json

    assert {row["by"] for row in auditor["rows"]} == {LIGHTING, AUDITOR}
    assert [row["by"] for row in own["rows"]] == [COORDINATOR]
    assert [row["by"] for row in police["rows"]] == ["police/unit-leader"]
    assert [row["looked"] for row in police["rows"]] == [Looked.AT_LOG]


def test_a_citizen_is_told_when_and_why_and_not_who(desk: Line) -> None:
    desk("case", NUMBER, *by_only(LIGHTING))
    desk("case", NUMBER, *by_only("police/prevention"))
    words = ("access-log", "--extract", "--about", f"finding/{NUMBER}")

    rows = desk(*words, "--json", *by_only(COORDINATOR)).json["rows"]
    shown = desk(*words, *by_only(COORDINATOR)).out

    assert {row["authority"] for row in rows} == {"municipality", "police"}
    assert all(set(row) == EXTRACT for row in rows)
    assert "Vejbelysning" not in shown
    assert "sagsbehandling" in shown


EXTRACT = {"at", "authority", "looked", "purpose", "about"}


def test_the_log_is_signed_and_verified(desk: Line) -> None:
    desk("case", NUMBER, *by_only(LIGHTING))

    answer = desk("verify", "history", "--level", "2", "--json").json

    assert answer["beside"]["access"]["facts"] == 1
    assert answer["beside"]["access"]["doubts"] == []


def test_a_changed_log_is_doubted(desk: Line) -> None:
    import pysqlite3.dbapi2 as sqlite

    desk("case", NUMBER, *by_only(LIGHTING))
    connection = sqlite.connect(desk.data / "access" / "events.db")
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for [name] in connection.execute(triggers).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(
        "UPDATE stored_events SET state = replace(state, 'casework', 'auditing')"
    )
    connection.commit()
    connection.close()

    answer = desk("verify", "history", "--json")

    assert answer.code == 1
    verdict = json.loads(answer.out)
    assert verdict["doubts"] == []
    assert "not_sealed" in verdict["beside"]["access"]["counts"]


# --- Lists -----------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--text", "lamper"), ("--order", "place")])
def test_nobody_searches_words_that_they_may_not_read(
    words: tuple[str, ...], desk: Line
) -> None:
    option = ("--search", words[1]) if words[0] == "--text" else words
    auditor = desk("worklist", *option, "--json", *by_only(AUDITOR), "--for", "audit")
    worker = desk("worklist", *option, "--json", *by_only(LIGHTING))

    assert code_of(auditor) == Code.NOT_YOUR_ROLE
    assert [row["number"] for row in worker.json["rows"]] == [NUMBER]


def test_a_partner_s_list_is_their_own(desk: Line) -> None:
    grid = "partner/grid-company"
    desk("report", "2025-02", *LAMP, *by())
    desk("assign", "2025-02", "--to", grid, *by())

    rows = desk("worklist", "--json", *by_only(grid)).json["rows"]
    other = desk("worklist", "--unit", LIGHTING, "--json", *by_only(grid))

    assert [(row["number"], row["text"]) for row in rows] == [("2025-02", WITHHELD)]
    assert code_of(other) == Code.NOT_YOUR_ROLE
    assert code_of(desk("case", "2025-02", "--json", *by_only(grid))) == ""
    assert code_of(desk("case", NUMBER, "--json", *by_only(grid))) == (
        Code.UNKNOWN_FINDING
    )


def test_a_stranger_sees_nothing(desk: Line) -> None:
    answer = desk("worklist", "--json", *by_only("municipality/nobody"))

    assert code_of(answer) == Code.UNKNOWN_UNIT


def test_what_is_withheld_is_withheld_from_every_field(desk: Line) -> None:
    with installation.opened(Settings(data=desk.data)) as system:
        system.catch_up()
        viewer = Viewer(system, AUDITOR, Purpose.AUDIT)
        [row] = viewer.listed(Wanted()).rows
        facts = viewer.facts(NUMBER, looked=Looked.AT_HISTORY)
        with pytest.raises(DomainError) as refusal:
            viewer.listed(Wanted(), order=Order.PLACE)

    assert (row.text, row.place, row.place_order) == (WITHHELD,) * 3
    assert TEXT not in repr(facts)
    assert refusal.type is NotAllowed


def by_only(who: str) -> tuple[str, ...]:
    return ("--by", who)
