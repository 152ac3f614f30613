"""What was kept long enough is listed, archived, and only then disposed of by two."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from adapters import erasing
from adapters import system as installation
from adapters.files.documents import Document, Documents
from adapters.notify.deliverer import Deliverer
from adapters.notify.mailbox import Mailbox
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.finding.events import NoteAdded, PhotoAdded
from domain.publication.events import Form, PublicationDrafted, PublicationKind
from domain.rounds import RoundHeld, RoundKind
from domain.subject.commands import stream_of
from domain.subject.events import SubjectArchived
from domain.values import CLOCK, ERASED, Shows
from domain.walk.events import AnswerAsked, ReplyChannel, WalkCancelled
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.adapters.telling import contact, stored
from workflows.delivery import DeliveryRequest

CASE, NUMBER = "finding/2013-04", "2013-04"
WORDS = "Kanarietekst fra 2013"
BY_ONE = ("--by", "municipality/walk-coordinator")
BY_TWO = ("--by", "police/prevention")
NOT_NEEDED = ("--basis", "no_longer_needed")
TEXT = Document("# Svar\n\nVi har skiftet pæren – tak.\n".encode(), Form.MD)
ON = datetime(2013, 11, 5, 12, tzinfo=UTC)


@contextmanager
def opened(line: Line) -> Iterator[Gadelys]:
    with installation.opened(Settings(data=line.data)) as system:
        yield system


def ended(system: Gadelys, stream: str = CASE, words: str = WORDS) -> None:
    """Let a case have ended in 2013."""
    reported = ex.reported(day="2013-10-05").model_copy(update={"text": words})
    stored(system, reported, stream=stream)
    stored(system, ex.assigned(day="2013-10-06"), stream=stream)
    stamp = ex.stamp(ex.COUNCIL, "2013-10-20")
    verified = ex.VERIFIED.model_copy(update={"stamp": stamp})
    stored(system, verified, stream=stream)


def published(system: Gadelys) -> None:
    """Let a text about the case have been drafted."""
    settings = system.settings
    Documents(settings.documents_folder, settings.published_folder).keep(TEXT)
    drafted = PublicationDrafted(
        stamp=ex.stamp(day="2013-11-01"),
        draft=1,
        kind=PublicationKind.MESSAGE,
        title="Svar",
        content=TEXT.content,
        form=TEXT.form,
        finding=NUMBER,
        approve_by=ON,
        to=(),
    )
    stored(system, drafted, stream="publication/2013-001")


@pytest.fixture
def old(line: Line) -> Line:
    """Return a command line with a case that ended in 2013, and one that is open."""
    with opened(line) as system:
        ended(system)
        published(system)
        stored(system, ex.reported(), stream="finding/2026-04")
    return line


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def archived(line: Line, out: Path, *numbers: str) -> dict[str, bytes]:
    """Archive and return the files."""
    done = line("archive", *(numbers or (NUMBER,)), "--out", str(out), *BY_ONE)
    assert done.code == 0, done.err
    return files_in(out)


# ---- the list ----


def test_what_was_kept_long_enough_is_listed(old: Line) -> None:
    assert old("subject", "hold", CASE, "--reason", "legal_claim", *BY_ONE).code == 0

    rows = old("retention", "--json").json["rows"]

    assert [(row["what"], row["rule"], row["due_on"]) for row in rows] == [
        (CASE, "case-restrict", "2015-10-20"),
        (CASE, "case-dispose", "2023-10-20"),
    ]
    assert {row["held"] for row in rows} == {"legal_claim"}
    assert {row["responsible"] for row in rows} == {"municipality/walk-coordinator"}
    shown = old("retention", COLUMNS="400").out
    assert "må ikke slettes: retskrav" in shown
    assert WORDS not in shown


def test_the_list_of_a_day_is_that_of_the_day(old: Line) -> None:
    assert "Intet er gemt" in old("retention", "--on", "2014-01-01").out
    assert old("retention", "--on", "i går").code == 2


def test_what_was_done_leaves_the_list(old: Line) -> None:
    why = ("--reason", "kept_by_law")
    assert old("subject", "restrict", CASE, *why, *BY_ONE).code == 0

    rows = old("retention", "--json").json["rows"]

    assert [row["rule"] for row in rows] == ["case-dispose"]


def test_the_list_of_the_month_is_told(old: Line) -> None:
    with opened(old) as system:
        kind, to = RoundKind.RETENTION_LIST, (ex.COORDINATOR,)
        held = RoundHeld(stamp=ex.stamp(CLOCK), kind=kind, period="2026-11", to=to)
        stored(system, held, stream=f"round/{kind}")
        Deliverer(system, Mailbox(system.settings.mailbox)).deliver(
            DeliveryRequest(recipient=str(ex.COORDINATOR))
        )
        [mail] = list(system.settings.mailbox.iterdir())

    from email import message_from_bytes, policy

    message: Any = message_from_bytes(mail.read_bytes(), policy=policy.default)
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert "gemt længe nok (2026-11): 2 ting er forfaldne" in text
    assert "Heraf må 0 ikke slettes" in text
    assert "gadelys retention" in text
    assert WORDS not in text


# ---- the package ----


def test_a_package_can_be_read_without_the_program(old: Line, tmp_path: Path) -> None:
    found = archived(old, tmp_path / "out")

    facts = json.loads(found["sag/2013-04/oplysninger.json"])
    assert [one["topic"] for one in facts["facts"]] == [
        *("finding.reported.v1", "finding.assigned.v1", "finding.fix_verified.v1")
    ]
    assert facts["facts"][0]["event"]["text"] == WORDS
    for readable in ("historik.html", "historik.txt"):
        assert WORDS in found[f"sag/2013-04/{readable}"].decode()
    kept = f"tekst/2013-001/dokumenter/1-{TEXT.content}.md"
    assert found[kept] == TEXT.body
    assert json.loads(found["register/1.json"])["schema"] == "register/1"
    index = found["indeks.html"].decode()
    assert '<html lang="da">' in index
    assert "Sag 2013-04" in index
    assert "Tekst 2013-001" in index


def test_every_file_has_its_digest(old: Line, tmp_path: Path) -> None:
    found = archived(old, tmp_path / "out")

    manifest = json.loads(found["manifest.json"])
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    ours = {name: sha256(body).hexdigest() for name, body in found.items()}
    assert listed.keys() == found.keys() - {"manifest.json", "SHA256SUMS"}
    assert listed.items() <= ours.items()
    sums = [line.split("  ") for line in found["SHA256SUMS"].decode().splitlines()]
    assert {name: digest for digest, name in sums} == {
        name: ours[name] for name in found.keys() - {"SHA256SUMS"}
    }
    [record] = [one for one in manifest["records"] if one["stream"] == CASE]
    assert (record["facts"], record["registers"]) == (3, [1])


def test_the_proof_in_it_holds(old: Line, tmp_path: Path) -> None:
    archived(old, tmp_path / "out")
    proof = tmp_path / "out" / "sag" / NUMBER / "bevis"

    checked = subprocess.run(
        [sys.executable, "verify_evidence.py", "--trust", str(old.data / "trust.toml")],
        cwd=proof,
        capture_output=True,
        text=True,
        check=False,
    )

    assert WORDS in checked.stdout
    assert "finding.reported.v1" in checked.stdout


def test_it_is_for_its_owner_only(old: Line, tmp_path: Path) -> None:
    archived(old, tmp_path / "out")

    found = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    assert {path.stat().st_mode & 0o077 for path in found} == {0}


def test_restricted_words_go_to_the_archive(old: Line, tmp_path: Path) -> None:
    old("subject", "restrict", CASE, "--reason", "kept_by_law", *BY_ONE)

    found = archived(old, tmp_path / "out")

    assert WORDS in found["sag/2013-04/historik.txt"].decode()
    assert WORDS not in old("case", NUMBER, "--history").out


def test_photos_go_to_the_archive_as_people_see_them(old: Line, tmp_path: Path) -> None:
    picture = b"\xff\xd8\xff what can be seen"
    with opened(old) as system:
        content = system.photos.keep(CASE, picture)
        added = PhotoAdded(
            stamp=ex.stamp(day="2013-10-07"),
            content=content,
            shows=Shows.BEFORE,
            size=len(picture),
            width=640,
            height=480,
        )
        stored(system, added, stream=CASE)

    found = archived(old, tmp_path / "out")

    assert found[f"sag/2013-04/fotos/before-{content}.jpg"] == picture


def test_a_walk_is_archived_by_its_number(line: Line, tmp_path: Path) -> None:
    cancelled = WalkCancelled(stamp=ex.stamp(day="2013-12-01"), reason="Det sneede.")
    with opened(line) as system:
        stored(system, cancelled, stream="walk/OEST-2013")

    found = archived(line, tmp_path / "out", "OEST-2013")

    assert "Det sneede." in found["vandring/OEST-2013/historik.txt"].decode()
    assert not [name for name in found if "bevis" in name]


def test_a_name_that_two_have_can_be_said_in_full(old: Line, tmp_path: Path) -> None:
    cancelled = WalkCancelled(stamp=ex.stamp(day="2013-12-01"), reason="Det sneede.")
    with opened(old) as system:
        stored(system, cancelled, stream=f"walk/{NUMBER}")

    assert "sag/2013-04/historik.txt" in archived(old, tmp_path / "case")
    both = archived(old, tmp_path / "both", f"walk/{NUMBER}", NUMBER)

    assert {"sag/2013-04/historik.txt", "vandring/2013-04/historik.txt"} <= both.keys()


def test_what_was_archived_is_a_fact(old: Line, tmp_path: Path) -> None:
    found = archived(old, tmp_path / "out")

    with opened(old) as system:
        subject = erasing.known_subject(system, CASE)
        [fact] = system.store.load(stream_of(subject.ref))
        assert isinstance(fact.event, SubjectArchived)
        assert fact.event.facts == 3
        assert fact.event.digest == sha256(found["manifest.json"]).hexdigest()
    assert old("subject", "export", CASE).json["archived"] == 3


@pytest.mark.parametrize(
    ("numbers", "by", "code"),
    [
        (("2013-99",), BY_ONE[1], "unknown_subject"),
        ((NUMBER, "2013-99"), BY_ONE[1], "unknown_subject"),
        ((NUMBER,), "participant/local-council", "not_your_role"),
        ((NUMBER,), "municipality/nowhere", "unknown_unit"),
    ],
)
def test_what_cannot_be_recorded_is_not_written(
    old: Line, tmp_path: Path, numbers: tuple[str, ...], by: str, code: str
) -> None:
    out = tmp_path / "out"

    refused = old("archive", *numbers, "--out", str(out), "--by", by, "--json")

    assert refused.problem["code"] == code
    assert not out.exists()
    assert not list(tmp_path.glob(".out*"))


def test_an_archive_is_whole_or_not_made(old: Line, tmp_path: Path) -> None:
    (old.data / "documents" / TEXT.content).unlink()

    refused = old("archive", NUMBER, "--out", str(tmp_path / "out"), *BY_ONE, "--json")

    assert refused.problem["code"] == "unknown_document"
    assert not (tmp_path / "out").exists()
    assert old("subject", "export", CASE).json["archived"] is None


def test_no_folder_is_written_over(old: Line, tmp_path: Path) -> None:
    refused = old("archive", NUMBER, "--out", str(tmp_path), *BY_ONE, "--json")

    assert refused.problem["code"] == "folder_exists"


# ---- disposal ----


def test_a_record_is_disposed_of_after_the_archive_has_it(
    old: Line, tmp_path: Path
) -> None:
    assert old("subject", "request", CASE, *NOT_NEEDED, *BY_ONE).code == 0
    early = old("subject", "approve", CASE, *BY_TWO, "--json")
    assert (early.code, early.problem["code"]) == (1, "not_archived")

    archived(old, tmp_path / "out")

    assert old("subject", "approve", CASE, *BY_TWO).code == 0
    assert old("subject", "erase", CASE).code == 0
    assert WORDS not in old("case", NUMBER, "--history").out
    assert old("retention", "--json").json["rows"] == []


def test_the_whole_check_holds_before_and_after(line: Line, tmp_path: Path) -> None:
    report = ("report", NUMBER, "--category", "LGT-FAIL", "--text", WORDS)
    assert line(*report, "--at", "2013-10-05", *BY_ONE).code == 0
    refer = ("refer-out", NUMBER, "--forum", "SSP", "--at", "2013-10-06")
    assert line(*refer, *BY_ONE).code == 0
    assert line("subject", "request", CASE, *NOT_NEEDED, *BY_ONE).code == 0
    archived(line, tmp_path / "out")
    assert line("subject", "approve", CASE, *BY_TWO).code == 0

    before = line("verify", "history", "--level", "2", "--json")
    assert line("subject", "erase", CASE).code == 0
    after = line("verify", "history", "--level", "2", "--json")

    assert (before.json["doubts"], after.json["doubts"]) == ([], [])


def test_what_was_written_since_goes_to_the_archive_as_well(
    old: Line, tmp_path: Path
) -> None:
    old("subject", "request", CASE, *NOT_NEEDED, *BY_ONE)
    archived(old, tmp_path / "first")
    old("subject", "approve", CASE, *BY_TWO)
    with opened(old) as system:
        stored(system, NoteAdded(stamp=ex.stamp(), text="Mere."), stream=CASE)

    refused = old("subject", "erase", CASE, "--json")
    assert refused.problem["code"] == "not_archived"

    archived(old, tmp_path / "second")
    assert old("subject", "erase", CASE).code == 0


def test_nothing_is_disposed_of_while_its_time_runs(old: Line) -> None:
    ask = ("subject", "request", "finding/2026-04", *NOT_NEEDED)
    refused = old(*ask, *BY_ONE, "--json")

    assert (refused.code, refused.problem["code"]) == (1, "not_due")
    by_objection = ("--basis", "objection", *BY_ONE)
    assert old("subject", "request", "finding/2026-04", *by_objection).code == 0


def test_a_hold_wins_over_a_disposal(old: Line, tmp_path: Path) -> None:
    old("subject", "request", CASE, *NOT_NEEDED, *BY_ONE)
    archived(old, tmp_path / "out")
    old("subject", "hold", CASE, "--reason", "archive_duty", *BY_TWO)

    refused = old("subject", "approve", CASE, *BY_TWO, "--json")

    assert refused.problem["code"] == "subject_held"


def test_a_participant_s_words_in_a_case_are_archived_before_they_go(
    old: Line, tmp_path: Path
) -> None:
    with opened(old) as system:
        who = contact(system)
        said = NoteAdded(stamp=ex.stamp(who, "2013-10-10"), text="Kanariedeltager")
        stored(system, said, stream=CASE)
        asked = AnswerAsked(
            stamp=ex.stamp(day="2013-10-01"), contact=who, channel=ReplyChannel.MAIL
        )
        stored(system, asked, stream="walk/OEST")
        ended_on = ex.stamp(day="2013-12-01")
        cancelled = WalkCancelled(stamp=ended_on, reason="Aflyst.")
        stored(system, cancelled, stream="walk/OEST")
    rows = old("retention", "--json").json["rows"]
    assert ("contact", str(who)) in {(row["keeps"], row["what"]) for row in rows}
    assert old("subject", "request", str(who), *NOT_NEEDED, *BY_ONE).code == 0
    assert old("subject", "approve", str(who), *BY_TWO).code == 0

    refused = old("subject", "erase", str(who), "--json")
    assert refused.problem["code"] == "not_archived"
    assert CASE in json.dumps(refused.problem)

    archived(old, tmp_path / "out")
    assert old("subject", "erase", str(who)).code == 0
    with opened(old) as system:
        words = [one.words for one in erasing.words_of(system, str(who))]
        assert words == [{"text": ERASED}]
        assert erasing.address_of(system, str(who)) is None
