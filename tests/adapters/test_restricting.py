"""Somebody's words are kept and nobody sees them, until other hands let them again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters import erasing, restricting
from adapters import system as installation
from adapters.cli import operations
from adapters.ledger.doubts import Doubts
from adapters.ledger.past import Past
from adapters.ledger.refolding import fold_again
from adapters.persistence import backup
from adapters.persistence.event_store import FactStore
from adapters.persistence.row_store import RowStore
from adapters.persistence.subject_keys import SubjectKey, SubjectKeys
from adapters.persistence.vault import Vault
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import NotAllowed
from domain.finding.events import NoteAdded
from domain.messages import Stamp, derived_id
from domain.subject.commands import LiftRestriction, RestrictSubject, stream_of
from domain.subject.events import RestrictionReason, SubjectRestricted
from domain.values import CLOCK, ERASED, RESTRICTED, Actor, StreamId
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.adapters.telling import stored
from tests.adapters.test_erasing import (
    Canary,
    PowerCutError,
    a_case,
    a_participant,
    again,
    agreed,
    files_of_the_server,
    hits,
    in_database,
    operations_keys,
    restore,
    said_of,
    state_of,
)
from tests.conftest import StandingClock

BY_ONE = ("--by", "municipality/walk-coordinator")
BY_TWO = ("--by", "police/prevention")
WHY = RestrictionReason.ACCURACY_CONTESTED
asked = iter(range(1, 10_000))


def stamp(system: Gadelys, by: Actor) -> Stamp:
    command_id = derived_id("asked about a restriction", next(asked))
    return Stamp(by=by, at=system.now(), command_id=command_id)


def restrict(system: Gadelys, name: str, by: Actor = ex.COORDINATOR) -> SubjectKey:
    subject = erasing.known_subject(system, name)
    command = RestrictSubject(ref=subject.ref, stamp=stamp(system, by), reason=WHY)
    restricting.ask(system, subject, command)
    return subject


def lift(system: Gadelys, name: str, by: Actor = ex.POLICE) -> None:
    subject = erasing.known_subject(system, name)
    command = LiftRestriction(ref=subject.ref, stamp=stamp(system, by))
    restricting.ask(system, subject, command)


def read_of(system: Gadelys, name: str) -> set[str]:
    """Return the words of somebody as everybody reads them."""
    return {
        text
        for stream in erasing.streams_of(system, name)
        for fact in system.store.load(stream)
        if erasing._belongs(fact, name)
        for text in erasing._words_in(fact.event).values()
    }


def doubts_of(system: Gadelys) -> list[Any]:
    """Return what a check of the rules and the rows would doubt."""
    doubts = Doubts()
    fold_again(system, doubts)
    return list(doubts.in_order)


def files(system: Gadelys, tmp_path: Path) -> list[Path]:
    views = system.settings.views_file
    return [*views.parent.glob(f"{views.name}*"), *(tmp_path / "temporary").rglob("*")]


# ---- nobody sees them ----


def test_restricted_words_are_in_no_row_and_come_back(
    made: Gadelys, here: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cases = [a_case(made, nth) for nth in range(1, 4)]
    kept = a_case(made, 900)
    people = [a_participant(made, nth, kept.name) for nth in (1, 2)]
    words = [Canary(one.name, one.words) for one in (*cases, *people)]
    made.catch_up()

    for one in words:
        restrict(made, one.name)

    assert hits(files(made, tmp_path), words) == []
    assert in_database(made, words) == []
    assert hits(files_of_the_server(request, here), words) == []
    assert {text for one in words for text in read_of(made, one.name)} == {RESTRICTED}
    assert read_of(made, kept.name) == set(kept.words)
    assert doubts_of(made) == []
    for one in words:
        assert said_of(made, one.name) == set(one.words)

    for one in words:
        lift(made, one.name)

    for one in words:
        assert read_of(made, one.name) == set(one.words)
    assert doubts_of(made) == []
    assert text_of_row(made, cases[0]) == cases[0].words[0]


def text_of_row(system: Gadelys, case: Canary) -> str:
    from projections.cases import CASES

    table, number = system.rows.table(CASES), case.name.partition("/")[2]
    query = system.rows.select(CASES).where(table.c.key == number)
    [row] = system.rows.rows(CASES, query)
    return row.text


def test_a_rebuild_and_new_words_stay_hidden(made: Gadelys, tmp_path: Path) -> None:
    canary = a_case(made, 1)
    restrict(made, canary.name)
    more = Canary(canary.name, ("Kanarietilføjelse",))
    note = NoteAdded(stamp=ex.stamp(), text=more.words[0])
    stored(made, note, stream=canary.name)

    made.catch_up()
    made.rebuild(list(made.rows.names()))

    assert hits(files(made, tmp_path), [canary, more]) == []
    assert in_database(made, [canary, more]) == []
    lift(made, canary.name)
    assert read_of(made, canary.name) == {*canary.words, *more.words}


def test_another_process_sees_it_at_once(made: Gadelys) -> None:
    canary = a_case(made, 1)
    with again(made) as other:
        assert read_of(other, canary.name) == set(canary.words)
        restrict(made, canary.name)
        assert read_of(other, canary.name) == {RESTRICTED}
        lift(made, canary.name)
        assert read_of(other, canary.name) == set(canary.words)


def test_changed_bytes_are_never_the_word_for_restricted(made: Gadelys) -> None:
    canary, other = a_case(made, 1), a_case(made, 2)
    restrict(made, canary.name)
    [row, *_] = made.store.rows_of(StreamId(canary.name))
    [foreign, *_] = made.store.rows_of(StreamId(other.name))

    from dataclasses import replace

    assert made.store.read(row)
    assert made.store.read(replace(row, stream=foreign.stream)) is None


def test_a_restricted_case_is_no_evidence_of_its_words(made: Gadelys) -> None:
    canary = a_case(made, 1)
    [row, *_] = made.store.rows_of(StreamId(canary.name))
    assert made.store.openings(row)

    restrict(made, canary.name)

    assert made.store.openings(row) == {}
    assert made.store.with_restricted().openings(row)
    assert Past(made.store, row.position + 1).load(StreamId(canary.name))


def test_who_is_restricted_can_be_erased(made: Gadelys) -> None:
    canary = a_case(made, 1)
    restrict(made, canary.name)

    erasing.erase(made, agreed(made, canary.name))

    assert read_of(made, canary.name) == said_of(made, canary.name) == {ERASED}
    assert restricting.unfinished(made) == []
    assert restricting.restrict_again(made) == 0


def test_what_was_erased_waits_for_no_restriction(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = a_case(made, 1)
    cut_off(made, canary, monkeypatch)
    assert restricting.unfinished(made)

    erasing.erase(made, agreed(made, canary.name))

    assert restricting.unfinished(made) == []


def cut_off(made: Gadelys, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restrict somebody; the power is cut before the rows are made anew."""

    def cut(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as broken:
        broken.setattr(RowStore, "retell", cut)
        with pytest.raises(PowerCutError):
            restrict(made, canary.name)


def test_the_rules_decide_with_all_words(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they answer must not depend on who may look."""
    canary = a_case(made, 1)
    restrict(made, canary.name)
    seen: list[str] = []

    def look(_: object, store: FactStore, *__: object, **___: object) -> None:
        for fact in store.load(StreamId(canary.name)):
            seen.extend(erasing._words_in(fact.event).values())
        raise PowerCutError

    monkeypatch.setattr(installation, "handle", look)
    with pytest.raises(PowerCutError):
        lift(made, canary.name)

    assert set(seen) == set(canary.words)


def test_who_restricted_does_not_lift_it_and_nothing_moves(made: Gadelys) -> None:
    canary = a_case(made, 1)
    restrict(made, canary.name)

    with pytest.raises(NotAllowed):
        lift(made, canary.name, ex.COORDINATOR)

    assert read_of(made, canary.name) == {RESTRICTED}
    assert restricting.unfinished(made) == []


# ---- a crash between any two steps ----

POINTS = (
    ("before the fact", Gadelys, "ask"),
    ("before the keys", restricting, "_record_again"),
    ("while the keys change", Vault, "restrict"),
    ("before rows", RowStore, "retell"),
    ("while telling rows anew", RowStore, "_write"),
    ("before it is settled", SubjectKeys, "settle"),
)


@pytest.mark.parametrize("asks", [restrict, lift])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(owner, name) for _, owner, name in POINTS],
    ids=[what for what, _, _ in POINTS],
)
def test_what_was_stopped_is_taken_up_again(
    made: Gadelys,
    here: Settings,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    asks: Any,
) -> None:
    canary = a_case(made, 1)
    if asks is lift:
        restrict(made, canary.name)
    made.catch_up()

    def cut(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as broken:
        broken.setattr(owner, name, cut)
        with again(made) as first, pytest.raises(PowerCutError):
            asks(first, canary.name)

    with again(made) as second:
        subject = erasing.known_subject(second, canary.name)
        assert restricting.unfinished(second) == [subject.ref]
        assert state_of(here, "restrictions") == "warning"

        asks(second, canary.name)

        assert restricting.unfinished(second) == []
        hidden = asks is restrict
        assert read_of(second, canary.name) == (
            {RESTRICTED} if hidden else set(canary.words)
        )
        expected = RESTRICTED if hidden else canary.words[0]
        assert text_of_row(second, canary) == expected
        assert doubts_of(second) == []
    assert state_of(here, "restrictions") == "ok"


def test_asking_twice_changes_nothing(made: Gadelys) -> None:
    canary = a_case(made, 1)
    restrict(made, canary.name)
    before = made.store.last_position()

    restrict(made, canary.name)

    assert made.store.last_position() == before
    assert read_of(made, canary.name) == {RESTRICTED}


# ---- what comes back from a backup ----


def test_an_older_backup_of_facts_is_restricted_again(
    made: Gadelys, here: Settings, tmp_path: Path
) -> None:
    if here.database_url:
        return
    canary, shown = a_case(made, 1), a_case(made, 2)
    restrict(made, shown.name)
    backup.back_up(operations._holdings(made), tmp_path / "old", made.now())
    subject = restrict(made, canary.name)
    operations_keys(made, tmp_path / "saved")
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy(tmp_path / "saved" / "keys.db", there / "keys.db")
    shutil.copytree(here.keys_folder, there / "keys")

    restored = restore(tmp_path / "old", there)

    with installation.opened(restored, StandingClock()) as system:
        system.catch_up()
        assert read_of(system, canary.name) == {RESTRICTED}
        assert read_of(system, shown.name) == {RESTRICTED}
        assert said_of(system, canary.name) == set(canary.words)
        assert hits(files(system, tmp_path), [canary, shown]) == []
        [fact] = system.store.load(stream_of(subject.ref))
        assert isinstance(fact.event, SubjectRestricted)
        assert (fact.event.reason, fact.event.stamp.by) == (WHY, CLOCK)
        lift(system, canary.name)
        assert read_of(system, canary.name) == set(canary.words)
        assert restricting.restrict_again(system) == 0


def test_older_keys_hide_again_what_the_facts_say(
    made: Gadelys, here: Settings, tmp_path: Path
) -> None:
    from adapters.persistence.subject_keys_backup import restore_keys

    canary, other = a_case(made, 1), a_case(made, 2)
    restrict(made, other.name)
    operations_keys(made, tmp_path / "keys")
    lift(made, other.name)
    restrict(made, canary.name)
    made.close()
    for file in here.data.glob("keys.db*"):
        file.unlink()
    restore_keys(tmp_path / "keys", here.subject_keys_file, here.keys_folder)

    with installation.opened(here, StandingClock()) as system:
        assert restricting.restrict_again(system) == 2
        assert read_of(system, canary.name) == {RESTRICTED}
        assert read_of(system, other.name) == set(other.words)


def test_keys_of_an_older_version_are_taken(made: Gadelys, tmp_path: Path) -> None:
    from adapters.persistence.sqlite_engine import connect
    from adapters.persistence.subject_keys_backup import KEYS, restore_keys

    a_case(made, 1)
    operations_keys(made, tmp_path / "keys")
    old = connect(tmp_path / "keys" / KEYS, durable=True)
    old.execute("DROP TABLE restrictions")
    old.close()
    target = tmp_path / "elsewhere" / "keys.db"

    assert restore_keys(tmp_path / "keys", target, made.settings.keys_folder)

    keys = SubjectKeys(target, made.settings.keys_folder)
    assert keys.unsettled() == []
    keys.close()


# ---- on the command line ----


@pytest.fixture
def reported(line: Line) -> Line:
    """Return a command line with one case."""
    report = ("report", "2026-04", "--category", "LGT-FAIL", "--text", "Kanarietekst")
    line(*report, "--by", "municipality/walk-coordinator")
    return line


def test_a_case_is_hidden_and_shown_on_the_command_line(reported: Line) -> None:
    why = ("--reason", "accuracy_contested")
    assert reported("subject", "restrict", "finding/2026-04", *why, *BY_ONE).code == 0

    for shown in (
        reported("case", "2026-04", "--history"),
        reported("worklist"),
        reported("worklist", "--json"),
        reported("case", "2026-04", "--json"),
    ):
        assert "Kanarietekst" not in shown.out
    assert "[begrænset]" in reported("case", "2026-04").out
    found = reported("worklist", "--search", "Kanarietekst", "--json").json
    assert found["rows"] == []
    answer = json.dumps(reported("subject", "export", "finding/2026-04").json)
    assert "Kanarietekst" in answer
    assert "accuracy_contested" in answer
    checked = reported("verify", "history", "--level", "2", "--json")
    assert (checked.code, checked.json["doubts"]) == (0, [])

    alone = reported("subject", "lift", "finding/2026-04", *BY_ONE, "--json")
    assert (alone.code, alone.problem["code"]) == (4, "same_hands")
    assert reported("subject", "lift", "finding/2026-04", *BY_TWO).code == 0

    assert "Kanarietekst" in reported("case", "2026-04").out
    assert "Kanarietekst" in reported("worklist").out
    checked = reported("verify", "history", "--level", "2", "--json")
    assert (checked.code, checked.json["doubts"]) == (0, [])


def test_evidence_of_a_restricted_case_says_no_restricted_word(
    reported: Line, tmp_path: Path
) -> None:
    why = ("--reason", "accuracy_contested")
    reported("subject", "restrict", "finding/2026-04", *why, *BY_ONE)

    done = reported("evidence", "2026-04", "--out", str(tmp_path / "proof"))

    assert done.code == 0
    files = list((tmp_path / "proof").iterdir())
    assert hits(files, [Canary("finding/2026-04", ("Kanarietekst",))]) == []
    checked = subprocess.run(
        [
            *(sys.executable, "verify_evidence.py"),
            *("--trust", str(reported.data / "trust.toml")),
        ],
        cwd=tmp_path / "proof",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert "Kanarietekst" not in checked.stdout


def test_the_receipt_of_a_command_is_found_in_a_restricted_case(
    reported: Line,
) -> None:
    """The digest of a command is sealed with the words that it had."""
    one = "6f1f6f0c-5f0d-4a6e-8f5b-1f2f3f4f5f6f"
    note = ("note", "2026-04", "--text", "Mere.", *BY_ONE, "--command-id", one)
    assert reported(*note).code == 0
    why = ("--reason", "objection")
    reported("subject", "restrict", "finding/2026-04", *why, *BY_ONE)

    assert reported(*note).code == 0
    other = ("note", "2026-04", "--text", "Andet.", *BY_ONE, "--command-id", one)
    assert reported(*other, "--json").problem["code"] == "command_reused"


def test_an_unfinished_restriction_is_told_at_the_start(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    from structlog.testing import capture_logs

    from adapters.processes import _warn_of_erasures

    canary = a_case(made, 1)
    cut_off(made, canary, monkeypatch)

    with capture_logs() as logs:
        _warn_of_erasures(made)

    subject = erasing.known_subject(made, canary.name)
    assert [(one["event"], one["subject"]) for one in logs] == [
        ("restriction.unfinished", subject.ref)
    ]
