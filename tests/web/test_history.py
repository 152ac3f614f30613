"""Historik: a case, the list and a report as they were, and what proves them."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.files.sheets import harmless
from adapters.ledger.book import Book
from adapters.ledger.fact_proof import proofs_of
from adapters.ledger.signing import sign_now
from adapters.persistence.trust import read_trust
from adapters.system import Gadelys
from domain.access import WordsRead
from domain.finding.commands import AddNote, stream_of
from domain.messages import Stamp
from domain.values import Actor
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, POLICE, Browser, Opening

AUDITOR = "municipality/audit/demo-audit"
POLICE_AUDITOR = "police/audit/demo-audit"
NUMBER = re.compile(r'class="number"><a href="/history/cases/([^"?]+)')
REPLAY = "/history/cases/2026-02"


@pytest.fixture
def auditor(opening: Opening) -> Browser:
    """Return the browser of an auditor who has said what they read for."""
    return purposeful(opening().log_in(AUDITOR))


def purposeful(browser: Browser, purpose: str = "audit") -> Browser:
    browser.get("/purpose")
    browser.post("/purpose", purpose=purpose, back="/history")
    return browser


def test_an_auditor_begins_with_the_past_and_is_asked_for_a_purpose_once(
    opening: Opening,
) -> None:
    browser = opening().log_in(AUDITOR)
    browser.get("/", 303)
    assert browser.page.headers["location"] == "/history"

    asked = browser.get(f"{REPLAY}?step=3", 403)
    assert "Hvad læser du til?" in asked
    browser.post("/purpose", purpose="audit", back=f"{REPLAY}?step=3")

    assert browser.page.headers["location"] == f"{REPLAY}?step=3"
    browser.get(f"{REPLAY}?step=3")
    browser.get("/history/worklist")


def test_a_purpose_must_be_one(opening: Opening) -> None:
    browser = opening().log_in(AUDITOR)
    browser.get("/purpose")

    browser.post("/purpose", 422, purpose="curiosity")


def test_a_purpose_leads_nowhere_else(opening: Opening) -> None:
    browser = opening().log_in(AUDITOR)
    browser.get("/purpose?back=//elsewhere.example")
    browser.post("/purpose", purpose="audit", back="//elsewhere.example")

    assert browser.page.headers["location"] == "/"


def test_what_is_read_is_written_down_with_its_purpose(
    auditor: Browser, system: Gadelys
) -> None:
    auditor.get(REPLAY)

    read = system.access.store.after(0)[-1].event
    assert isinstance(read, WordsRead)
    assert (read.stamp.by, read.purpose, read.looked, read.about) == (
        AUDITOR,
        "audit",
        "history",
        ("finding/2026-02",),
    )


@pytest.mark.parametrize("actor", [COORDINATOR, POLICE])
def test_who_may_not_look_back_is_told_so(opening: Opening, actor: str) -> None:
    browser = opening().log_in(actor)

    assert "Historik" not in browser.get("/worklist").partition("</header>")[0]
    for path in ("/history", REPLAY, "/history/worklist", f"{REPLAY}/export.csv"):
        browser.get(path, 403)


def test_a_case_is_walked_through_fact_by_fact(auditor: Browser) -> None:
    page = auditor.get(f"{REPLAY}?step=1")
    assert "Ingen før denne" in page
    assert f'rel="next" href="{REPLAY}?step=2"' in page
    total = int(re.findall(r"Hændelse 1 af (\d+)", page)[0])

    for step in range(2, total + 1):
        page = auditor.get(f"{REPLAY}?step={step}")
        assert f"Hændelse {step} af {total}" in page
    assert "Ingen efter denne" in page
    assert "Tilbage til nu" not in page


def test_the_state_before_and_after_a_fact_is_said_in_words(auditor: Browser) -> None:
    page = auditor.get(f"{REPLAY}?step=2")

    row = re.findall(r'<tr class="changed"><th scope="row">Status</th>.*?</tr>', page)
    assert "Modtaget" in row[0]
    assert "Tildelt" in row[0]


def test_words_that_are_not_an_auditor_s_are_withheld(auditor: Browser) -> None:
    page = auditor.get(f"{REPLAY}?step=1")

    assert "lamper" not in page
    assert "lamper" not in auditor.get(f"{REPLAY}/facts/1")
    assert "lamper" not in auditor.get(f"{REPLAY}/export.json")


def test_every_moment_has_a_link_on_either_axis(
    opening: Opening, auditor: Browser, now: StandingClock
) -> None:
    steps = auditor.get(REPLAY)
    total = int(re.findall(r"Hændelse \d+ af (\d+)", steps)[0])

    then = auditor.get(f"{REPLAY}?at=2026-10-12")
    assert "Som det var 12.10.2026 23.59" in then
    assert "Tilbage til nu" in then
    assert f"Hændelse {total} af {total}" not in then

    before = auditor.get(f"{REPLAY}?at=2026-01-01T08:00")
    assert "Sagen fandtes ikke på det tidspunkt." in before
    known = auditor.get(f"{REPLAY}?known=2026-01-01")
    assert "Det, systemet vidste 01.01.2026 23.59" in known


@pytest.mark.parametrize(
    "query",
    [
        "at=yesterday",
        "known=2026-13-01",
        "at=2026-11",
        "at=0001-01-01T00:00",
        "known=9999-12-31T23:59-12:00",
    ],
)
def test_a_moment_that_is_none_is_refused(auditor: Browser, query: str) -> None:
    auditor.get(f"{REPLAY}?{query}", 422)


@pytest.mark.parametrize("step", ["-1", "x", "99999999999999999999"])
def test_a_step_that_is_none_is_refused(auditor: Browser, step: str) -> None:
    auditor.get(f"{REPLAY}?step={step}", 400)


def test_a_step_beyond_the_last_is_the_last(auditor: Browser) -> None:
    assert "Ingen efter denne" in auditor.get(f"{REPLAY}?step=999")


def test_two_moments_are_compared(auditor: Browser) -> None:
    page = auditor.get(f"{REPLAY}/compare?a=1")

    assert "Som det er nu" in page
    assert "Sket imellem" in page
    assert 'class="changed"' in page
    by_time = auditor.get(f"{REPLAY}/compare?a_at=2026-10-10&b_at=2026-10-20")
    assert "Som det var 10.10.2026 23.59" in by_time


def test_what_does_not_exist_is_not_found(auditor: Browser) -> None:
    for path in ("/history/cases/2026-99", f"{REPLAY}/facts/99", f"{REPLAY}/facts/0"):
        auditor.get(path, 404)
    auditor.get("/history/walks/NO-SUCH-WALK", 404)


async def test_receipt_and_proof_stand_beside_a_fact(
    auditor: Browser, system: Gadelys
) -> None:
    assert "Intet kontrolpunkt dækker den endnu." in auditor.get(f"{REPLAY}?step=1")

    await sign_now(system)

    page = auditor.get(f"{REPLAY}?step=1")
    assert "står på sin plads i protokollen" in page
    assert f"Kontrolpunkt over {system.store.last_position()} oplysninger" in page
    fact = json.loads(auditor.get(f"{REPLAY}/facts/1"))
    assert fact["sealed"]
    assert fact["checkpoint"]["holds"]
    assert fact["topic"] == "finding.reported.v1"


def test_the_history_is_handed_out_as_a_table_for_excel(
    auditor: Browser, system: Gadelys
) -> None:
    auditor.get(f"{REPLAY}/export.csv")

    raw = auditor.page.content
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Nr.", "Da det skete"]
    assert len(rows) == len(system.store.load(stream_of("2026-02"))) + 1
    kept = auditor.page.headers
    assert kept["content-disposition"].startswith("attachment;")
    assert kept["cache-control"] == "no-store"
    read = system.access.store.after(0)[-1].event
    assert isinstance(read, WordsRead)
    assert read.looked == "export"


def test_the_history_is_handed_out_as_of_a_moment(auditor: Browser) -> None:
    body = json.loads(auditor.get(f"{REPLAY}/export.json?at=2026-10-12"))

    assert body["schema"] == "history/1"
    assert body["as_of"].startswith("2026-10-12T23:59:59")
    assert all(one["at"][:10] <= "2026-10-12" for one in body["facts"])
    auditor.get(f"{REPLAY}/export.xls", 422)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+45", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "|x", "\uff1d1"]
)
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "12.10.2026", "Tags på væggen", "7"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_the_whole_list_is_shown_as_it_was(auditor: Browser) -> None:
    now = NUMBER.findall(auditor.get("/history/worklist"))
    then = NUMBER.findall(auditor.get("/history/worklist?at=2026-10-09"))
    never = auditor.get("/history/worklist?at=2026-01-01")

    assert len(now) == 12
    assert then
    assert then != now
    assert "Ingen sager på det tidspunkt" in never
    assert "2026-04" in auditor.get("/history/worklist?at=2026-11-01&tab=late")
    unknown = NUMBER.findall(auditor.get("/history/worklist?known=2026-01-01"))
    assert unknown == []


def test_a_report_is_shown_as_it_was(auditor: Browser) -> None:
    path = "/history/walks/AALBORG-OEST-2026-01"

    assert "status 22.11.2026" in auditor.get(path)
    then = auditor.get(f"{path}?at=2026-10-15")
    assert "status 15.10.2026" in then
    assert "Intet kan ændres her." in then


def test_the_police_s_audit_looks_as_well(opening: Opening) -> None:
    browser = purposeful(opening().log_in(POLICE_AUDITOR), "supervision")

    assert "Hændelse 1 af" in browser.get(f"{REPLAY}?step=1")


def test_a_number_in_the_form_leads_to_its_history(auditor: Browser) -> None:
    auditor.get("/history?number=2026-02&at=2026-10-12", 303)

    assert auditor.page.headers["location"] == f"{REPLAY}?at=2026-10-12"


def test_a_leader_looks_back_with_words_at_what_is_their_authority_s(
    opening: Opening, system: Gadelys
) -> None:
    register = system.rules().register
    leader = next(
        unit.leader
        for unit in register.units
        if unit.leader and unit.leader.authority == "municipality"
    )
    browser = opening().log_in(f"{leader}/demo-{leader.rpartition('/')[2]}")

    assert "To lamper" in browser.get(f"{REPLAY}?step=1")
    listed = NUMBER.findall(browser.get("/history/worklist"))
    assert "2026-02" in listed
    assert "2026-11" not in listed
    assert "/history/cases/2026-02" in browser.get("/cases/2026-02")


def test_a_fact_that_was_told_late_is_there_on_one_axis_only(
    opening: Opening, system: Gadelys, now: StandingClock
) -> None:
    now.move(days=1)
    auditor = purposeful(opening().log_in(AUDITOR))
    at = datetime(2026, 10, 13, 10, tzinfo=UTC)
    stamp = Stamp(by=Actor.parse(COORDINATOR), at=at, command_id=uuid4())
    system.submit(AddNote(number="2026-02", stamp=stamp, text="Set samme dag."))
    total = len(system.store.load(stream_of("2026-02")))

    then = auditor.get(f"{REPLAY}?at=2026-10-14")
    assert f"Hændelse {total} af {total}" in then
    assert 'class="left_out"' in then
    both = auditor.get(f"{REPLAY}?at=2026-10-14&known=2026-11-22")
    assert f"Hændelse {total} af" not in both
    gone = auditor.get(
        f"{REPLAY}/compare?a_at=2026-10-14&b_at=2026-10-14&b_known=2026-11-22"
    )
    assert "Ikke med på det andet tidspunkt (1)" in gone


async def test_what_does_not_fit_is_said_of_a_fact(system: Gadelys) -> None:
    settings = system.settings
    book, trust = Book(settings.ledger_folder), read_trust(settings.trust_file)
    row, *_ = system.store.rows_of(stream_of("2026-02"))
    [unsigned] = proofs_of([row], book, trust)
    assert (unsigned.is_sealed, unsigned.checkpoint) == (True, None)

    await sign_now(system)
    changed = replace(row, state=row.state.replace(b"2026", b"2027", 1))
    elsewhere = replace(row, position=row.position + 1)
    whole, no_seal, other, moved = proofs_of(
        [row, replace(row, seal=None), changed, elsewhere], book, trust
    )

    assert whole.is_sealed
    assert whole.checkpoint
    assert whole.checkpoint.holds
    assert not no_seal.is_sealed
    assert not other.is_sealed
    assert other.checkpoint
    assert not other.checkpoint.holds
    assert moved.checkpoint
    assert not moved.checkpoint.holds
