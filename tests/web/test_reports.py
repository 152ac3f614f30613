"""Rapporter: who reads them, what they are pinned to, and what is wrong with a wish."""

import asyncio
import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.files.shipped import DEFAULT_MEASUREMENTS, shipped
from adapters.ledger.signing import sign_now
from adapters.measuring import Wish, import_measurements
from adapters.system import Gadelys
from domain.finding.commands import AddNote
from domain.messages import Stamp
from domain.values import Actor
from tests.examples import COORDINATOR
from tests.web.conftest import OPERATIONS, PARTNER, Browser, Opening

COUNCIL = "municipality/city-council/demo-city-council"
SHIPPED = shipped(DEFAULT_MEASUREMENTS)
AUTUMN = "from=2026-07-01&to=2026-12-31"
REPORT = f"/reports/council?{AUTUMN}"
PINNED = re.compile(r'href="(/reports/council\?[^"]*position=[^"]*)"')
FILE = re.compile(r'href="(/reports/council/([^"?]+)[^"]*)"')


@pytest.fixture
def council(opening: Opening) -> Browser:
    """Return the browser of who reads for the council, and has said why."""
    browser = opening().log_in(COUNCIL)
    browser.get("/purpose")
    browser.post("/purpose", purpose="supervision", back="/reports")
    return browser


def test_the_council_begins_with_reports_and_has_nothing_else(
    council: Browser,
) -> None:
    council.get("/", 303)
    assert council.page.headers["location"] == "/reports"

    shown = council.get("/reports")
    assert 'href="/reports" aria-current="page"' in shown
    assert 'href="/worklist"' not in shown
    council.get("/reports/walks/AALBORG-OEST-2026-01")
    assert "/cases/" not in council.page.text


def test_the_report_says_what_the_command_line_says(council: Browser) -> None:
    shown = council.get(REPORT)

    assert "Rapport til byrådet" in shown
    assert "Kort fortalt" in shown
    assert "K4" in shown
    assert "<style" not in shown


def test_a_report_has_a_link_that_stays_true(council: Browser, system: Gadelys) -> None:
    [link] = PINNED.findall(council.get(REPORT))
    files = {name: path for path, name in FILE.findall(council.page.text)}
    before = {name: fetched(council, path) for name, path in files.items()}
    assert len(before) == 11

    note(system, "2026-04")
    asyncio.run(sign_now(system))
    assert {n: fetched(council, path) for n, path in files.items()} == before
    again = json.loads(before["rapport.json"])["pins"]
    council.get(plain(link))
    council.get(f"/reports/council/rapport.json?{AUTUMN}")
    assert council.page.json()["pins"]["position"] > again["position"]


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("rapport.pdf", "application/pdf", b"%PDF"),
        ("rapport.xlsx", "application/vnd.openxmlformats-officedocument.", b"PK"),
        ("sager.geojson", "application/geo+json", b"{"),
        ("rapport.json", "application/json", b"{"),
        ("noegletal.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
        ("rapport.html", "text/html; charset=utf-8", b"<!doctype html>"),
    ],
)
@pytest.mark.parametrize(
    "path", [f"council/%s?{AUTUMN}", "walks/AALBORG-OEST-2026-01/%s"]
)
def test_a_file_is_handed_out_as_what_it_is(
    council: Browser, path: str, name: str, kind: str, begins: bytes
) -> None:
    content = fetched(council, f"/reports/{path % name}")
    headers = council.page.headers

    assert content.startswith(begins)
    assert headers["content-type"].startswith(kind)
    assert headers["content-disposition"] == f'attachment; filename="{name}"'
    assert headers["cache-control"] == "no-store"


def test_the_files_of_a_walk_stay_the_same(council: Browser, system: Gadelys) -> None:
    shown = council.get("/reports/walks/AALBORG-OEST-2026-01")
    files = re.findall(r'href="(/reports/walks/[^"]*/rapport\.[a-z]+\?[^"]*)"', shown)
    before = [fetched(council, path) for path in files]
    assert len(before) == 4

    note(system, "2026-04")
    assert [fetched(council, path) for path in files] == before


def test_a_sheet_for_programs_is_had_by_its_address(council: Browser) -> None:
    path = f"/reports/council/noegletal.csv?{AUTUMN}&csv="

    assert fetched(council, f"{path}standard").startswith(b"Nr.,")
    council.get(f"{path}excel", 400)


def fetched(browser: Browser, path: str) -> bytes:
    browser.get(plain(path))
    return bytes(browser.page.content)


def plain(path: str) -> str:
    return path.replace("&amp;", "&")


def note(system: Gadelys, number: str) -> None:
    by = Actor.parse(OPERATIONS)
    at = datetime(2026, 10, 22, 10, tzinfo=UTC)
    stamp = Stamp(by=by, at=at, command_id=uuid4())
    system.submit(AddNote(number=number, stamp=stamp, text="Set på stedet."))


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("from=&to=2026-12-31", "Skriv den første dag"),
        ("from=2026-07-01&to=12/31", "Skriv den sidste dag"),
        ("from=2026-12-31&to=2026-07-01", "Byt om på de to dage"),
        (f"{AUTUMN}&at=2099-01-01", "fremtiden kan ingen rapport vise"),
        (f"{AUTUMN}&known=i+går", "hvornår det skulle være registreret"),
        (f"{AUTUMN}&area=Ukendt", "Ukendt"),
        (f"{AUTUMN}&known=1999-01-01", "register"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why_and_loses_nothing(
    council: Browser, wish: str, says: str
) -> None:
    shown = council.get(f"/reports/council?{wish}", 422)

    assert says in shown
    first = re.search(r'name="from" value="([^"]*)"', shown)
    assert first
    assert first[1] in wish


def test_small_numbers_are_for_who_may_see_the_cases(
    council: Browser, coordinator: Browser
) -> None:
    assert "internal" not in council.get("/reports")
    council.get(f"{REPORT}&internal=1", 403)

    assert "internal" in coordinator.get("/reports")
    assert "Må ikke offentliggøres" in coordinator.get(f"{REPORT}&internal=1")


@pytest.mark.parametrize("actor", [OPERATIONS, PARTNER])
def test_others_have_no_reports(opening: Opening, actor: str) -> None:
    browser = opening().log_in(actor)

    assert 'href="/reports"' not in browser.get("/worklist")
    walk = "/reports/walks/AALBORG-OEST-2026-01"
    for path in ("/reports", REPORT, walk, f"{walk}/rapport.pdf"):
        browser.get(path, 403)


def test_what_is_not_there_is_not_found(coordinator: Browser) -> None:
    coordinator.get(f"/reports/council/rapport.exe?{AUTUMN}", 404)
    coordinator.get("/reports/walks/NO-SUCH-WALK", 404)
    coordinator.get("/reports/walks/NO-SUCH-WALK/rapport.pdf", 404)
    coordinator.get("/reports/walks/AALBORG-OEST-2026-01/rapport.exe", 404)
    for day in ("2099-01-01", "i går"):
        walk = "/reports/walks/AALBORG-OEST-2026-01/rapport.pdf"
        coordinator.get(f"{walk}?at={day}", 422)


def test_a_coordinator_goes_from_a_walk_to_its_cases(coordinator: Browser) -> None:
    shown = coordinator.get("/reports/walks/AALBORG-OEST-2026-01")

    assert 'href="/cases/2026-04"' in shown


def test_measurements_are_a_page_for_who_reads_reports(
    council: Browser, system: Gadelys, opening: Opening
) -> None:
    assert "Der er ingen målinger endnu" in council.get("/reports/measurements")
    wish = Wish(SHIPPED, COORDINATOR)
    import_measurements(system, wish)

    shown = council.get("/reports/measurements")
    assert "Sebbersundvej" in shown
    assert "n ukendt" in shown
    assert ">11.047<" in shown
    assert "kan ikke sammenlignes" in shown
    assert "Sebbersundvej" not in council.get("/reports/measurements?known=2020-01-01")
    assert "2023" not in council.get("/reports/measurements?at=2022-12-31")
    opening().log_in(OPERATIONS).get("/reports/measurements", 403)


def test_the_report_shows_the_measurements_beside_the_walks(
    council: Browser, system: Gadelys
) -> None:
    import_measurements(system, Wish(SHIPPED, COORDINATOR))
    shown = council.get(REPORT)

    assert "Målinger udefra" in shown
    assert "80,5 %" in shown
    assert "viser ikke, hvad vandringerne har ført til" in shown
    assert "F4 Færre bruger alkohol og rusmidler" in shown
