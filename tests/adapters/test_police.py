"""The police's own store over the command line: apart, and shared as two persons."""

import shutil
from pathlib import Path

import pytest

from adapters import police
from adapters import system as installation
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from domain.errors import Code
from domain.values import ERASED
from tests.adapters.conftest import Answer, Line
from tests.adapters.test_cli import LAMP, NUMBER, by
from tests.adapters.test_erasing import PowerCutError

ONE, OTHER = "police/local-police/p01", "police/prevention/p02"
SECRET = "Vi holder i en civil bil ved tunnelen."
COPY = "Politiet kommer oftere forbi om aftenen."


@pytest.fixture
def desk(line: Line) -> Line:
    """Return a line with one case, on a machine of the police."""
    assert line("report", NUMBER, *LAMP, *by()).code == 0
    assert ask(line, "migrate").code == 0
    return line


def ask(desk: Line, *words: str, who: str | None = None) -> Answer:
    day = ("--by", who) if who else ()
    return desk(*words, *day, police_data=str(folder(desk)))


def folder(desk: Line) -> Path:
    return desk.data.with_name("of-police")


def code_of(answer: Answer) -> str:
    return answer.problem["code"] if answer.code else ""


def proposed(desk: Line) -> str:
    """Propose a copy, and return the fingerprint that the second person reads."""
    assert ask(desk, "police", "share", NUMBER, "--text", COPY, who=ONE).code == 0
    shown = ask(desk, "police", "show", NUMBER, "--json", who=OTHER).json
    content: str = shown["sharings"][0]["content"]
    return content


def approve(desk: Line, content: str, who: str = OTHER) -> Answer:
    words = ("police", "approve", NUMBER, "1", "--content", content[:12], "--json")
    return ask(desk, *words, who=who)


def notes(desk: Line) -> list[str]:
    page = desk("case", NUMBER, "--json").json
    return [note["text"] for note in page["notes"]]


def test_a_note_is_read_by_the_police_and_lies_nowhere_else(desk: Line) -> None:
    words = ("police", "note", NUMBER, "--text", SECRET)
    assert ask(desk, *words, who=ONE).code == 0

    shown = ask(desk, "police", "show", NUMBER, who=OTHER).out

    assert SECRET[:20] in shown
    assert notes(desk) == []
    for path in (*desk.data.rglob("*"), *folder(desk).rglob("*")):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_tactics_have_days(desk: Line) -> None:
    days = ("--first", "2026-12-01", "--last", "2026-12-31")
    words = ("police", "tactics", NUMBER, "--text", "Fredag kl. 22.", *days)
    assert ask(desk, *words, who=ONE).code == 0

    shown = ask(desk, "police", "show", NUMBER, who=ONE).out

    assert "taktik" in shown
    assert "01.12.2026 – 31.12.2026" in " ".join(shown.split())


def test_a_copy_becomes_a_shared_note_when_a_second_person_agrees(desk: Line) -> None:
    content = proposed(desk)
    assert notes(desk) == []

    assert approve(desk, content).code == 0

    assert notes(desk) == [COPY]
    assert "delt" in ask(desk, "police", "show", NUMBER, who=ONE).out


def test_the_proposer_is_no_second_person(desk: Line) -> None:
    content = proposed(desk)

    answer = approve(desk, content, who="police/prevention/p01")

    assert code_of(answer) == Code.SECOND_PERSON_NEEDED
    assert notes(desk) == []


def test_only_the_coordinator_s_unit_approves(desk: Line) -> None:
    answer = approve(desk, proposed(desk), who="police/operations/p09")

    assert code_of(answer) == Code.NOT_YOUR_ROLE


def test_a_proposal_that_is_not_there_or_not_that_one_is_refused(desk: Line) -> None:
    content = proposed(desk)
    other = ask(
        desk,
        *("police", "approve", NUMBER, "2", "--content", content[:12], "--json"),
        who=OTHER,
    )

    assert code_of(approve(desk, "0" * 64)) == Code.SHARING_CHANGED
    assert code_of(other) == Code.UNKNOWN_SHARING
    assert approve(desk, "xyz").code == 2


def test_it_is_shared_once_also_after_a_crash_in_between(desk: Line) -> None:
    content = proposed(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(police, "share", lambda *_: (_ for _ in ()).throw(OSError("x")))
        assert approve(desk, content).code == 1
    assert notes(desk) == []

    assert approve(desk, content).code == 0
    assert approve(desk, content).code == 0

    assert notes(desk) == [COPY]


def test_what_the_case_would_not_take_is_not_approved(desk: Line) -> None:
    content = proposed(desk)
    assert desk("refer-out", NUMBER, "--forum", "SSP", *by()).code == 0

    answer = approve(desk, content)

    assert answer.code != 0
    shown = ask(desk, "police", "show", NUMBER, "--json", who=OTHER).json
    assert not shown["sharings"][0]["is_approved"]


@pytest.mark.parametrize("number", [NUMBER, "2025-99"])
def test_the_municipality_learns_nothing_whatever_is_there(
    number: str, desk: Line
) -> None:
    ask(desk, "police", "note", NUMBER, "--text", SECRET, who=ONE)
    lighting = "municipality/street-lighting"
    for words in (
        ("police", "show", number, "--json"),
        ("police", "note", number, "--text", "Hej", "--json"),
        ("police", "share", number, "--text", "Hej", "--json"),
        ("police", "approve", number, "1", "--content", "0" * 12, "--json"),
    ):
        with_store = ask(desk, *words, who=lighting)
        without = desk(*words, "--by", lighting)

        assert code_of(with_store) == Code.NOT_YOUR_ROLE
        assert with_store == without


def test_without_a_store_of_their_own_the_police_are_told_what_to_do(
    desk: Line,
) -> None:
    answer = desk("police", "show", NUMBER, "--json", "--by", ONE)

    assert (answer.code, code_of(answer)) == (5, Code.POLICE_STORE_MISSING)
    assert "GADELYS_POLICE_DATA" in answer.problem["do"]


def test_a_cpr_number_and_a_name_are_met_at_entry(desk: Line) -> None:
    words = ("police", "note", NUMBER, "--json", "--text")

    cpr = ask(desk, *words, "Set: 010190-1235.", who=ONE)
    phone = ask(desk, *words, "Ring 98 12 34 56 til ham.", who=ONE)

    assert code_of(cpr) == Code.CPR_NUMBER
    assert code_of(phone) == Code.PERSONS_NAMED


def test_their_history_is_signed_verified_and_decided_again(desk: Line) -> None:
    ask(desk, "police", "note", NUMBER, "--text", SECRET, who=ONE)
    approve(desk, proposed(desk))

    words = ("verify", "history", "--level", "2", "--json")
    beside = ask(desk, *words).json["beside"]

    assert beside["police"]["facts"] == 3
    assert beside["police_access"]["facts"] > 0
    assert [one["doubts"] for one in beside.values()] == [[], [], []]


def test_their_store_can_be_looked_after_alone(desk: Line, tmp_path: Path) -> None:
    """It is the same program over another folder: backup and restore are those."""
    ask(desk, "police", "note", NUMBER, "--text", SECRET, who=ONE)
    alone = Line(folder(desk))
    assert alone("backup", str(tmp_path / "saved"), holds="police").code == 0
    shutil.move(folder(desk), tmp_path / "old")
    shutil.copytree(tmp_path / "old" / "keys", folder(desk) / "keys")
    shutil.copy2(tmp_path / "old" / "keys.db", folder(desk) / "keys.db")

    assert alone("restore", str(tmp_path / "saved"), holds="police").code == 0

    shown = ask(desk, "police", "show", NUMBER, "--json", who=OTHER).json
    assert [note["text"] for note in shown["notes"]] == [SECRET]


def test_the_two_stores_share_no_key(desk: Line) -> None:
    settings = Settings(data=desk.data, police_data=folder(desk))
    places = [one.keys_folder for one in installation.stores(settings)]
    keys = {
        path.read_bytes()
        for place in places
        for path in place.iterdir()
        if path.suffix in {".key", ".wrap"}
    }

    assert len(set(places)) == len(places) == 4
    assert len(keys) == 4 * 2 + 2


def test_what_the_police_wrote_is_erased_in_their_store_by_two_of_them(
    desk: Line,
) -> None:
    ask(desk, "police", "note", NUMBER, "--text", SECRET, who=ONE)
    name = f"police/{NUMBER}"
    basis = ("--basis", "objection", "--json")
    lighting = "municipality/street-lighting"
    foreign = ask(desk, "subject", "request", name, *basis, who=lighting)
    for words, who in (
        (("request", name, *basis), ONE),
        (("approve", name), OTHER),
    ):
        assert ask(desk, "subject", *words, who=who).code == 0

    assert ask(desk, "subject", "erase", name).code == 0

    shown = ask(desk, "police", "show", NUMBER, "--json", who=OTHER).json
    verdict = ask(desk, "verify", "history", "--level", "2", "--json").json
    assert code_of(foreign) == Code.NOT_YOUR_ROLE
    assert [note["text"] for note in shown["notes"]] == [ERASED]
    assert verdict["beside"]["police"]["doubts"] == []


def agreed_to_erase(desk: Line) -> str:
    """Write a note, and let two of the police agree to erase it; return its subject."""
    assert ask(desk, "police", "note", NUMBER, "--text", SECRET, who=ONE).code == 0
    name = f"police/{NUMBER}"
    for words, who in (
        (("request", name, "--basis", "objection"), ONE),
        (("approve", name), OTHER),
    ):
        assert ask(desk, "subject", *words, who=who).code == 0
    return name


def test_an_erasure_that_stopped_in_their_store_is_named_by_the_doctor(
    desk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = agreed_to_erase(desk)
    with monkeypatch.context() as broken:
        broken.setattr(RowStore, "retell", _cut)
        with pytest.raises(PowerCutError):
            ask(desk, "subject", "erase", name)

    begun = told_of(desk, "erasures")
    assert ask(desk, "subject", "erase", name).code == 0

    assert begun["state"] == "warning"
    assert begun["found"] != "0"
    assert told_of(desk, "erasures") == begun | {"state": "ok", "found": "0"}


def told_of(desk: Line, check: str) -> dict[str, str]:
    told = ask(desk, "doctor", "--json").json["checks"]
    found: dict[str, str] = next(one for one in told if one["check"] == check)
    return found


def _cut(*_: object) -> None:
    raise PowerCutError
