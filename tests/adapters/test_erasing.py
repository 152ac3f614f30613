"""Somebody is forgotten: everywhere, by two persons, and also after a crash."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters import erasing
from adapters import system as installation
from adapters.cli import operations, proving
from adapters.cli.session import Session
from adapters.doctor import examine
from adapters.ledger.book import Book
from adapters.ledger.checking import check
from adapters.ledger.doubts import Why
from adapters.ledger.signing import ledger_of
from adapters.notify.deliverer import Deliverer
from adapters.notify.mailbox import Mailbox
from adapters.persistence import backup, subject_keys
from adapters.persistence.event_store import FactStore
from adapters.persistence.key_files import log_signer
from adapters.persistence.row_store import RowStore
from adapters.persistence.subject_keys import KeyState, SubjectKey, SubjectKeys
from adapters.persistence.subject_keys_backup import back_up_keys, restore_keys
from adapters.persistence.trust import read_trust
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import Code, DomainError, NotFound, Refused
from domain.finding.events import NoteAdded
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.subject.commands import (
    ApproveErasure,
    HoldSubject,
    RecordErasure,
    ReleaseSubject,
    RequestErasure,
    SubjectCommand,
    stream_of,
)
from domain.subject.events import ErasureBasis, HoldReason, SubjectErased
from domain.values import CLOCK, ERASED, Actor, StreamId
from projections.cases import CASES
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.adapters.postgres_server import Server
from tests.adapters.telling import contact, stored
from tests.conftest import StandingClock
from workflows.delivery import DeliveryRequest

SUBJECTS = int(os.environ.get("GADELYS_CANARIES", "20"))
"""How many are erased in the test of canaries; the target is 100."""


class PowerCutError(BaseException):
    """The program ends here."""


@contextmanager
def again(system: Gadelys) -> Iterator[Gadelys]:
    """Open the same installation as another process would."""
    with installation.opened(system.settings, StandingClock()) as opened:
        yield opened


@dataclass(frozen=True)
class Canary:
    """Somebody, and what is kept of them that nobody else has."""

    name: str
    words: tuple[str, ...]
    address: str | None = None

    @property
    def signs(self) -> list[bytes]:
        """Return all bytes by which they would be known."""
        found = [*self.words, *([self.address] if self.address else [])]
        return [text.encode() for text in found]


def a_case(system: Gadelys, nth: int) -> Canary:
    """Let somebody be written about in a case of their own."""
    words = (f"Kanariefugl{nth}tekst", f"Kanariefugl{nth}sted", f"Kanarienote{nth}")
    number = f"2026-{nth:03d}"
    event = ex.reported().model_copy(update={"text": words[0], "place": words[1]})
    stored(system, event, stream=f"finding/{number}")
    corrected = ex.assigned()
    stored(system, corrected, stream=f"finding/{number}")
    said = NoteAdded(stamp=ex.stamp(), text=words[2])
    stored(system, said, stream=f"finding/{number}")
    return Canary(f"finding/{number}", words)


def a_participant(system: Gadelys, nth: int, among: str) -> Canary:
    """Let a participant write into somebody else's case, and be told of its end."""
    address = f"kanarie{nth}@beboer.example"
    letter = f"Kanarievej {nth}\n9220 Aalborg"
    by_letter = nth % 3 == 0
    who = contact(
        system,
        "letter" if by_letter else "mail",
        address=letter if by_letter else address,
    )
    words = (f"Kanariedeltager{nth} skriver",)
    stored(system, NoteAdded(stamp=ex.stamp(who), text=words[0]), stream=among)
    stored(system, ex.VERIFIED.model_copy(update={"tell": (who,)}), stream=among)
    Deliverer(system, Mailbox(system.settings.mailbox)).deliver(
        DeliveryRequest(recipient=str(who))
    )
    return Canary(str(who), words, letter.partition("\n")[0] if by_letter else address)


def submit(
    system: Gadelys, kind: Callable[..., SubjectCommand], by: Actor, **more: Any
) -> None:
    ref = more["ref"]
    command_id = derived_id("asked by a test", kind, by, ref)
    stamp = Stamp(by=by, at=system.now(), command_id=command_id)
    command: Any = kind(stamp=stamp, **more)
    system.submit(command)


def agreed(system: Gadelys, name: str) -> SubjectKey:
    """Let two persons agree that somebody is erased."""
    subject = erasing.known_subject(system, name)
    basis = ErasureBasis.OBJECTION
    submit(system, RequestErasure, ex.LIGHTING, ref=subject.ref, basis=basis)
    submit(system, ApproveErasure, ex.POLICE, ref=subject.ref)
    return subject


def hits(files: Iterable[Path], canaries: Iterable[Canary]) -> list[tuple[str, bytes]]:
    """Return in which files somebody can still be recognised."""
    bodies = {file: file.read_bytes() for file in files if file.is_file()}
    return [
        (file.name, sign)
        for canary in canaries
        for sign in canary.signs
        for file, body in bodies.items()
        if sign in body
    ]


def in_database(system: Gadelys, canaries: Iterable[Canary]) -> list[bytes]:
    """Return by which bytes somebody is recognised in the tables of a database."""
    if system.settings.database_url is None:
        return []
    url = system.settings.database_owner_url
    assert url
    tables = _run(
        url,
        "SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables "
        "WHERE schemaname LIKE 'gadelys%' AND tablename != 'head'",
    )
    found = []
    for [table] in tables:
        rows = repr(_run(system.settings.database_url, f"SELECT * FROM {table}"))
        for canary in canaries:
            found += [sign for sign in canary.signs if sign.decode() in rows]
    return found


def _run(url: SecretStr, statement: str) -> list[Any]:
    import psycopg

    with psycopg.connect(url.get_secret_value()) as connection:
        return connection.execute(statement.encode()).fetchall()


# ---- nothing is left ----


def test_no_canary_is_found_anywhere(
    made: Gadelys,
    here: Settings,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
) -> None:
    cases = [a_case(made, nth) for nth in range(1, SUBJECTS // 2 + 1)]
    kept = a_case(made, 900)
    people = [
        a_participant(made, nth, cases[nth % len(cases)].name)
        for nth in range(1, SUBJECTS - len(cases) + 1)
    ]
    made.catch_up()
    made.rebuild([CASES.name])
    everybody = [*cases, *people]
    before = [tmp_path / "before", tmp_path / "keys"]
    backup.back_up(operations._holdings(made), before[0], made.now())
    operations_keys(made, before[1])
    assert len({name for name, _ in hits(here.data.rglob("*"), everybody)}) >= 2

    for canary in everybody:
        erasing.erase(made, agreed(made, canary.name))

    files = [*here.data.rglob("*"), *(tmp_path / "temporary").rglob("*")]
    assert hits(files, everybody) == []
    assert in_database(made, everybody) == []
    assert hits(files_of_the_server(request, here), everybody) == []
    said = capfd.readouterr()
    assert [c for c in everybody if c.words[0] in said.out + said.err] == []
    # Words are sealed in every copy; addresses go with the backups themselves.
    words = [Canary(c.name, c.words) for c in everybody]
    saved = [file for folder in before for file in folder.rglob("*")]
    assert hits(saved, words) == []
    assert {text for one in everybody for text in said_of(made, one.name)} == {ERASED}
    [row] = made.rows.rows(
        CASES, made.rows.select(CASES).where(made.rows.table(CASES).c.key == "2026-900")
    )
    assert row.text == kept.words[0]
    made.catch_up()
    assert hits(here.data.rglob("*"), everybody) == []
    assert in_database(made, everybody) == []


def files_of_the_server(
    request: pytest.FixtureRequest, here: Settings
) -> Iterable[Path]:
    """Return the files of all tables; the server's own log of pages is not in it."""
    if here.database_url is None:
        return []
    server: Server = request.getfixturevalue("postgres_server")
    server.everything.run(server.everything.superuser, "CHECKPOINT")
    return (server.folder / "data" / "base").rglob("*")


def operations_keys(system: Gadelys, folder: Path) -> None:
    back_up_keys(system.settings.subject_keys_file, folder)


def test_an_older_backup_opened_with_today_s_keys_says_nothing(
    made: Gadelys, here: Settings, tmp_path: Path, register: Register
) -> None:
    """And whoever was erased since is erased in it again."""
    if here.database_url:
        return
    canary, other = a_case(made, 1), a_case(made, 2)
    person = a_participant(made, 5, other.name)
    backup.back_up(operations._holdings(made), tmp_path / "old", made.now())
    for one in (canary, person):
        erasing.erase(made, agreed(made, one.name))
    made.vault().keys.rotate()
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy(here.subject_keys_file, there / "keys.db")
    shutil.copytree(here.keys_folder, there / "keys")

    restored = restore(tmp_path / "old", there)

    with installation.opened(restored, StandingClock()) as system:
        system.catch_up()
        assert said_of(system, canary.name) == {ERASED}
        assert said_of(system, person.name) == {ERASED}
        assert said_of(system, other.name) == set(other.words)
        assert hits(there.rglob("*"), [canary, person]) == []
        assert erasing.unfinished(system) == []
        for one in (canary, person):
            subject = erasing.known_subject(system, one.name)
            assert isinstance(
                system.store.load(stream_of(subject.ref))[-1].event, SubjectErased
            )


def restore(folder: Path, data: Path) -> Settings:
    """Restore a backup as a person would."""
    session = Session(as_json=True)
    session.__dict__["settings"] = Settings(data=data)
    operations.restore(session, folder)
    return session.settings


def said_of(system: Gadelys, name: str) -> set[str]:
    """Return the words that are kept of somebody, as they can be read now."""
    found = erasing.words_of(system, name)
    return {text for one in found for text in one.words.values()}


def test_the_proof_of_history_is_as_right_as_before(made: Gadelys) -> None:
    """It is built over what is stored, and that never changes."""
    canary = a_case(made, 1)
    signer, trust = log_signer(made.settings), read_trust(made.settings.trust_file)
    ledger_of(made).grow()
    before = ledger_of(made).sign(signer)
    assert before

    erasing.erase(made, agreed(made, canary.name))
    ledger_of(made).grow()
    assert ledger_of(made).sign(signer)

    book = Book(made.settings.ledger_folder)
    verdict = check(made.store, book, trust, since=before)
    whole = check(made.store, book, trust)
    assert (list(verdict.doubts), list(whole.doubts)) == ([], [])
    assert whole.facts == made.store.last_position()


@pytest.mark.parametrize("level", [1, 2])
def test_the_whole_check_holds_after_an_erasure(asked: Line, level: int) -> None:
    asked("subject", "approve", "finding/2026-04", *BY_TWO)
    asked("subject", "erase", "finding/2026-04")

    checked = asked("verify", "history", "--level", str(level), "--json")

    assert checked.json["doubts"] == []
    assert checked.code == 0


def test_a_key_that_went_without_a_fact_is_doubted(made: Gadelys) -> None:
    canary = a_case(made, 1)
    subject = erasing.known_subject(made, canary.name)
    made.vault().destroy(subject.ref)
    made.vault().keys.finish(subject.ref)

    assert forgotten_doubts(made) == [(Why.ERASURE_UNTOLD, subject.ref)]


def test_a_fact_whose_key_is_still_there_is_doubted(made: Gadelys) -> None:
    canary = a_case(made, 1)
    subject = erasing.known_subject(made, canary.name)
    submit(made, RecordErasure, CLOCK, ref=subject.ref, facts=1, streams=1)

    assert forgotten_doubts(made) == [(Why.ERASURE_UNDONE, subject.ref)]


def forgotten_doubts(system: Gadelys) -> list[tuple[Why, str]]:
    settings = system.settings
    verdict = check(
        system.store,
        Book(settings.ledger_folder),
        read_trust(settings.trust_file),
        forgotten=proving._forgotten(system),
    )
    return [(doubt.why, doubt.what) for doubt in verdict.doubts]


# ---- who may ----


def test_nothing_is_erased_before_two_have_agreed(made: Gadelys) -> None:
    canary = a_case(made, 1)
    subject = erasing.known_subject(made, canary.name)

    with pytest.raises(Refused) as refusal:
        erasing.erase(made, subject)

    assert refusal.value.code is Code.ERASURE_NOT_APPROVED
    assert said_of(made, canary.name) == set(canary.words)


def test_a_duty_to_keep_wins_over_an_agreement(made: Gadelys) -> None:
    canary = a_case(made, 1)
    subject = agreed(made, canary.name)
    duty = HoldReason.LEGAL_CLAIM
    submit(made, HoldSubject, ex.COORDINATOR, ref=subject.ref, reason=duty)

    with pytest.raises(Refused) as refusal:
        erasing.erase(made, subject)
    assert refusal.value.code is Code.SUBJECT_HELD
    assert said_of(made, canary.name) == set(canary.words)

    submit(made, ReleaseSubject, ex.COORDINATOR, ref=subject.ref)
    erasing.erase(made, subject)
    assert said_of(made, canary.name) == {ERASED}


def test_nobody_is_known_of_whom_nothing_is_kept(made: Gadelys) -> None:
    for name in ("finding/none", "participant/residents/nobody"):
        with pytest.raises(NotFound):
            erasing.known_subject(made, name)


def test_somebody_with_an_address_and_no_words_is_erased(made: Gadelys) -> None:
    who = contact(made)

    erasing.erase(made, agreed(made, str(who)))

    assert erasing.address_of(made, str(who)) is None


def test_the_fact_counts_and_names_nobody(made: Gadelys) -> None:
    canary = a_case(made, 1)
    person = a_participant(made, 2, canary.name)
    subject = agreed(made, person.name)

    erasing.erase(made, subject)

    [*_, fact] = made.store.load(stream_of(subject.ref))
    assert isinstance(fact.event, SubjectErased)
    assert (fact.event.facts, fact.event.streams) == (1, 1)
    [*_, row] = made.store.rows_of(stream_of(subject.ref))
    assert person.name.encode() not in row.state


def test_an_erased_case_takes_no_more_words(made: Gadelys) -> None:
    canary = a_case(made, 1)
    erasing.erase(made, agreed(made, canary.name))

    with pytest.raises(Refused) as refusal:
        stored(made, NoteAdded(stamp=ex.stamp(), text="Mere."), stream=canary.name)

    assert refusal.value.code is Code.SUBJECT_ERASED


def test_words_from_before_there_were_keys_are_handed_out_too(
    made: Gadelys,
) -> None:
    """They lie unsealed in the facts, and no key can be destroyed for them."""
    canary = a_case(made, 1)
    vaulting, made.store._mapper._vaulting = made.store._mapper._vaulting, None
    old = NoteAdded(stamp=ex.stamp(), text="Fra før.")
    stored_plain(made, old, canary.name, after=3)
    made.store._mapper._vaulting = vaulting

    assert said_of(made, canary.name) == {*canary.words, "Fra før."}


def stored_plain(system: Gadelys, event: NoteAdded, stream: str, after: int) -> None:
    from domain.ports import Decision

    decision = Decision(
        stream=StreamId(stream),
        after=after,
        command_id=derived_id("plain", stream),
        asked="",
        register=1,
        events=(event,),
    )
    system.store.append([decision], system.now())


# ---- a crash between any two steps ----

POINTS: tuple[tuple[str, Any, str], ...] = (
    ("before the key is gone", SubjectKeys, "destroy"),
    ("with the key in the log", subject_keys, "truncate_log"),
    ("before rows", RowStore, "retell"),
    ("while telling rows anew", RowStore, "_write"),
    ("before messages", erasing, "_remove_messages"),
    ("before the address", erasing, "_remove_address"),
    ("before the fact", erasing, "_record"),
    ("after the fact", SubjectKeys, "finish"),
)


@pytest.mark.parametrize(
    ("owner", "name"),
    [(owner, name) for _, owner, name in POINTS],
    ids=[what for what, _, _ in POINTS],
)
def test_an_erasure_that_was_stopped_is_taken_up_again(
    made: Gadelys,
    here: Settings,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
) -> None:
    canary = a_case(made, 1)
    person = a_participant(made, 3, canary.name)
    made.catch_up()
    subject = agreed(made, person.name)

    def cut(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as broken:
        broken.setattr(owner, name, cut)
        with again(made) as first, pytest.raises(PowerCutError):
            erasing.erase(first, subject)

    with again(made) as second:
        begun = [one.ref for one in erasing.unfinished(second)]
        assert begun == ([] if name == "destroy" else [subject.ref])
        assert state_of(here, "erasures") == ("warning" if begun else "ok")
        found = erasing.known_subject(second, subject.ref)
        assert said_of(second, person.name) == (
            {ERASED} if begun else set(person.words)
        )

        erasing.erase(second, found)

        assert erasing.unfinished(second) == []
        assert said_of(second, person.name) == {ERASED}
        assert hits(here.data.rglob("*"), [person]) == []
        facts = [one.event for one in second.store.load(stream_of(subject.ref))]
        assert len([one for one in facts if isinstance(one, SubjectErased)]) == 1
    assert state_of(here, "erasures") == "ok"


def state_of(settings: Settings, check: str) -> str:
    [found] = [one.state for one in examine(settings) if one.name == check]
    return found


def test_erasing_twice_changes_nothing(made: Gadelys) -> None:
    canary = a_case(made, 1)
    subject = agreed(made, canary.name)
    erasing.erase(made, subject)
    before = made.store.last_position()

    erasing.erase(made, erasing.known_subject(made, canary.name))

    assert made.store.last_position() == before


def test_a_hold_that_comes_too_late_does_not_stop_what_was_begun(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is gone: the words cannot be kept any more, only the rest be removed."""
    canary = a_case(made, 1)
    subject = agreed(made, canary.name)
    begin_to_erase(made, subject, monkeypatch)
    submit(
        made, HoldSubject, ex.POLICE, ref=subject.ref, reason=HoldReason.INVESTIGATION
    )

    erasing.erase(made, erasing.known_subject(made, subject.ref))

    assert erasing.unfinished(made) == []


def begin_to_erase(
    made: Gadelys, subject: SubjectKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Destroy the key; the power is cut before the rows are made anew."""
    with monkeypatch.context() as broken:
        broken.setattr(RowStore, "retell", _cut)
        with pytest.raises(PowerCutError):
            erasing.erase(made, subject)


def _cut(*_: object) -> None:
    raise PowerCutError


def test_another_process_reads_nothing_after_an_erasure(made: Gadelys) -> None:
    canary = a_case(made, 1)
    with again(made) as other:
        assert said_of(other, canary.name) == set(canary.words)

        erasing.erase(made, agreed(made, canary.name))

        assert said_of(other, canary.name) == {ERASED}
        other.catch_up()
        assert in_database(made, [canary]) == []


# ---- keys that come back ----


def test_restored_keys_lose_again_what_was_erased_since(
    made: Gadelys, here: Settings, tmp_path: Path
) -> None:
    canary, other = a_case(made, 1), a_case(made, 2)
    operations_keys(made, tmp_path / "keys")
    erasing.erase(made, agreed(made, canary.name))
    made.close()
    for file in here.data.glob("keys.db*"):
        file.unlink()
    restore_keys(tmp_path / "keys", here.subject_keys_file, here.keys_folder)

    with installation.opened(here, StandingClock()) as system:
        assert said_of(system, canary.name) == set(canary.words)
        assert erasing.erase_again(system) == 1
        assert said_of(system, canary.name) == {ERASED}
        assert said_of(system, other.name) == set(other.words)
        [gone] = system.vault().keys.in_state(KeyState.ERASED)
        assert gone.name == canary.name


def test_whoever_was_erased_is_erased_again_all_at_once(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = [a_case(made, nth) for nth in range(1, 4)]
    for one in canaries:
        erasing.erase(made, agreed(made, one.name))
    told: list[list[StreamId]] = []
    retell = made.rows.retell

    def counted(facts: FactStore, streams: list[StreamId]) -> None:
        told.append(sorted(streams))
        retell(facts, streams)

    monkeypatch.setattr(made.rows, "retell", counted)
    assert erasing.erase_again(made) == len(canaries)

    assert told == [[one.name for one in canaries]]


def test_where_nobody_was_erased_nothing_is_told_anew(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(made, 1)
    monkeypatch.setattr(made.rows, "retell", None)

    assert erasing.erase_again(made) == 0


def test_whom_older_keys_do_not_know_stays_erased(
    made: Gadelys, here: Settings, tmp_path: Path
) -> None:
    """Written about, and erased, since the keys were saved."""
    operations_keys(made, tmp_path / "keys")
    canary = a_case(made, 1)
    person = a_participant(made, 3, canary.name)
    silent = str(contact(made))
    for name in (person.name, canary.name, silent):
        erasing.erase(made, agreed(made, name))
    made.close()
    for file in here.data.glob("keys.db*"):
        file.unlink()
    restore_keys(tmp_path / "keys", here.subject_keys_file, here.keys_folder)

    with installation.opened(here, StandingClock()) as system:
        assert erasing.erase_again(system) == 3
        assert said_of(system, canary.name) == {ERASED}
        assert said_of(system, person.name) == {ERASED}
        assert {one.name for one in system.vault().keys.in_state(KeyState.ERASED)} > {
            canary.name,
            person.name,
        }
        with pytest.raises(Refused) as refusal:
            stored(system, NoteAdded(stamp=ex.stamp(), text="!"), stream=canary.name)
        assert refusal.value.code is Code.SUBJECT_ERASED
        assert forgotten_doubts(system) == []
        assert erasing.erase_again(system) == 3


def test_an_installation_that_lost_its_keys_makes_no_new_ones(
    made: Gadelys, here: Settings
) -> None:
    canary = a_case(made, 1)
    made.close()
    for file in here.data.glob("keys.db*"):
        file.unlink()

    with pytest.raises(Refused) as refusal:
        installation.migrate(here)
    assert refusal.value.code is Code.SUBJECT_KEYS_MISSING
    with (
        installation.opened(here, StandingClock()) as system,
        pytest.raises(DomainError) as caught,
    ):
        system.store.load(StreamId(canary.name))
    assert caught.value.code is Code.SUBJECT_KEYS_MISSING


# ---- on the command line ----

REQUEST = ("subject", "request", "finding/2026-04", "--basis", "objection")
BY_ONE = ("--by", "municipality/street-lighting")
BY_TWO = ("--by", "police/prevention")


@pytest.fixture
def asked(line: Line) -> Line:
    """Return a command line with one case, for which erasure was asked."""
    report = ("report", "2026-04", "--category", "LGT-FAIL", "--text", "Kanarietekst")
    line(*report, "--by", "municipality/walk-coordinator")
    line(*REQUEST, *BY_ONE)
    return line


def test_a_case_is_erased_on_the_command_line(asked: Line) -> None:
    assert asked("subject", "approve", "finding/2026-04", *BY_TWO).code == 0
    done = asked("subject", "erase", "finding/2026-04")
    assert done.code == 0
    assert done.out.startswith("Slettet: ")

    shown = asked("case", "2026-04", "--history")
    assert "[slettet]" in shown.out
    assert "Kanarietekst" not in shown.out
    assert asked("worklist", "--search", "Kanarietekst", "--json").json["rows"] == []
    assert asked("rebuild", "all").code == 0
    listed = asked("worklist").out
    assert "[slettet]" in listed
    assert "Kanarietekst" not in listed


def test_four_eyes_and_holds_are_said(asked: Line) -> None:
    report = ("report", "2026-05", "--category", "LGT-FAIL", "--text", "Endnu en.")
    asked(*report, "--by", "municipality/walk-coordinator")
    asked("subject", "request", "finding/2026-05", "--basis", "unlawful", *BY_TWO)
    alone = asked("subject", "approve", "finding/2026-05", *BY_TWO, "--json")
    assert (alone.code, alone.problem["code"]) == (4, "same_hands")
    early = asked("subject", "erase", "finding/2026-04", "--json")
    assert (early.code, early.problem["code"]) == (1, "erasure_not_approved")
    hold = ("subject", "hold", "finding/2026-04", "--reason", "journal_duty")
    assert asked(*hold, *BY_TWO).code == 0
    held = asked("subject", "approve", "finding/2026-04", *BY_TWO)
    assert held.code == 1
    assert "notat- og journaliseringspligt" in held.err


def test_everything_that_is_kept_is_handed_out(asked: Line) -> None:
    restrict = ("subject", "restrict", "finding/2026-04", "--reason", "kept_by_law")
    assert asked(*restrict, *BY_TWO).code == 0

    answer = asked("subject", "export", "finding/2026-04").json

    assert answer["name"] == "finding/2026-04"
    assert (answer["status"], answer["restricted"]) == ("requested", "kept_by_law")
    [said] = answer["said"]
    assert said["words"] == {"text": "Kanarietekst"}


def test_keys_are_rotated_saved_and_put_back(asked: Line, tmp_path: Path) -> None:
    assert asked("keys", "rotate", "--json").json["epoch"] == 2
    assert asked("keys", "backup", str(tmp_path / "saved")).code == 0
    full = asked("keys", "restore", str(tmp_path / "saved"), "--json")
    assert full.problem["code"] == "target_not_empty"
    for file in asked.data.glob("keys.db*"):
        file.unlink()

    back = asked("keys", "restore", str(tmp_path / "saved"), "--json").json

    assert back["keys"] >= 1
    assert "Kanarietekst" in asked("case", "2026-04").out


def test_the_rows_of_a_case_are_found_by_no_erased_word(asked: Line) -> None:
    assert asked("subject", "approve", "finding/2026-04", *BY_TWO).code == 0
    assert asked("subject", "erase", "finding/2026-04").code == 0
    told = json.dumps(asked("worklist", "--json").json)

    assert ERASED in told
    assert "Kanarietekst" not in told


def test_an_unfinished_erasure_is_told_at_the_start(
    made: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    from structlog.testing import capture_logs

    from adapters.processes import _warn_of_erasures

    canary = a_case(made, 1)
    subject = agreed(made, canary.name)
    begin_to_erase(made, subject, monkeypatch)

    with capture_logs() as logs:
        _warn_of_erasures(made)

    assert [(one["event"], one["subject"]) for one in logs] == [
        ("erasure.unfinished", subject.ref)
    ]


def test_a_whole_installation_comes_back_with_its_keys(
    asked: Line, tmp_path: Path
) -> None:
    """The key around them by hand, then the keys, then the facts."""
    assert asked("backup", str(tmp_path / "facts")).code == 0
    assert asked("keys", "backup", str(tmp_path / "saved")).code == 0
    there = Line(tmp_path / "there")
    shutil.copytree(
        asked.data / "keys",
        there.data / "keys",
        ignore=lambda _, names: [one for one in names if not one.endswith(".wrap")],
    )

    assert there("keys", "restore", str(tmp_path / "saved")).code == 0
    assert there("restore", str(tmp_path / "facts")).code == 0

    assert "Kanarietekst" in there("case", "2026-04").out
    assert "Kanarietekst" in there("worklist").out


def test_without_its_keys_an_installation_says_what_is_missing(
    asked: Line, tmp_path: Path
) -> None:
    assert asked("backup", str(tmp_path / "facts")).code == 0
    there = Line(tmp_path / "there")
    assert there("restore", str(tmp_path / "facts")).code == 0

    unreadable = there("case", "2026-04", "--json")

    assert unreadable.problem["code"] == "unreadable_fact"
    assert "Kanarietekst" not in unreadable.err
