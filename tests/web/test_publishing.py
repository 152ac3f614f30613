"""A report is laid before both authorities, read as it is signed, and stays."""

import re
from collections.abc import Iterator
from hashlib import sha256

import pytest
from playwright.sync_api import Browser as Chromium

from adapters.files.bundles import bundled, taken_apart
from adapters.files.documents import Document
from adapters.standing import documents_of
from adapters.system import Gadelys
from domain.publication.events import Form
from tests.conftest import StandingClock
from tests.web.chromium import chromium
from tests.web.conftest import (
    COORDINATOR,
    OPERATIONS,
    PARTNER,
    POLICE,
    Browser,
    Opening,
)
from tests.web.test_browser import (
    LANGUAGES,
    Served,
    looking,
    served,
)
from tests.web.test_reports import REPORT, council

__all__ = ["council", "served"]
PINS = re.compile(r'<input type="hidden" name="(from|to|at|position)" value="([^"]*)"')
CONTENT = re.compile(r'name="content" value="([0-9a-f]{64})"')
LAY = "/reports/council/lay"
NUMBER = "2026-001"
FILES = f"/publications/{NUMBER}/files"


def laid(browser: Browser, path: str = REPORT, **more: str) -> str:
    """Lay the report that is looked at before both; return its number."""
    pins = dict(PINS.findall(browser.get(path)))
    browser.post(LAY, 303, **pins, **more)
    return str(browser.page.headers["location"].rpartition("/")[2])


def sign(browser: Browser, number: str) -> None:
    """Approve what is seen."""
    [content] = CONTENT.findall(browser.get(f"/publications/{number}"))
    browser.post(f"/publications/{number}/approve", content=content)


@pytest.fixture
def police(opening: Opening) -> Browser:
    return opening().log_in(POLICE)


def test_a_report_that_was_looked_at_is_laid_before_both(
    coordinator: Browser, police: Browser, system: Gadelys
) -> None:
    number = laid(coordinator)

    shown = police.get(f"/publications/{number}")
    assert (
        f'<iframe class="document framed" sandbox src="{FILES}/rapport.html"' in shown
    )
    assert "datapackage.json" in shown
    [content] = CONTENT.findall(shown)
    assert content[:12] in shown
    bundle = documents_of(system).body(content)
    for name, body in taken_apart(bundle).items():
        police.get(f"{FILES}/{name}")
        assert police.page.content == body
    police.get(f"{FILES}/{number}.zip")
    assert sha256(police.page.content).hexdigest() == content


def test_what_both_signed_is_for_everybody_and_stays(
    coordinator: Browser, police: Browser, council: Browser, system: Gadelys
) -> None:
    number = laid(coordinator)
    assert "Der er ikke offentliggjort nogen rapport endnu" in council.get("/reports")
    council.get(f"{FILES}/rapport.html", 404)

    sign(coordinator, number)
    sign(police, number)

    shown = council.get("/reports")
    assert f'href="{FILES}"' in shown
    assert shown.index(FILES) < shown.index('action="/reports/council"')
    files = council.get(FILES)
    assert "Rapporten på papir (PDF)" in files
    assert re.search(r"rapport\.pdf.*?\d+ kB", files)
    assert "Kort fortalt" in council.get(f"{FILES}/rapport.html")
    folder = system.settings.published_folder / "report" / number / "1"
    assert (folder / "data" / "figures.csv").exists()

    later = laid(coordinator, supersedes=number)
    sign(coordinator, later)
    sign(police, later)

    assert "Afløst af" in council.get("/reports")
    assert f'href="/publications/{later}/files"' in council.get(FILES)
    assert "Kort fortalt" in council.get(f"{FILES}/rapport.html")


def test_a_form_that_is_sent_twice_lays_one_report(
    coordinator: Browser, system: Gadelys
) -> None:
    pins = dict(PINS.findall(coordinator.get(REPORT)))
    before = coordinator.page
    for _ in range(2):
        coordinator.page = before
        coordinator.post(LAY, 303, **pins)
        assert coordinator.page.headers["location"] == f"/publications/{NUMBER}"

    coordinator.get("/publications/2026-002", 404)


def test_a_login_that_ran_out_leads_back_to_the_report(
    coordinator: Browser, police: Browser, now: StandingClock
) -> None:
    old = laid(coordinator)
    sign(coordinator, old)
    sign(police, old)
    pins = dict(PINS.findall(coordinator.get(REPORT)))
    now.move(minutes=45)
    coordinator.post(LAY, 401, supersedes=old, **pins)
    coordinator.post("/demo", actor=COORDINATOR)

    shown = coordinator.get(coordinator.page.headers["location"])
    assert f'<option value="{old}" selected>' in shown
    assert dict(PINS.findall(shown)) == pins
    coordinator.post(LAY, 303, supersedes=old, **pins)
    coordinator.get(LAY, 303)


def test_a_form_that_was_used_for_something_else_is_in_the_way(
    coordinator: Browser,
) -> None:
    pins = dict(PINS.findall(coordinator.get(REPORT)))
    form = coordinator.page
    coordinator.post(LAY, 303, **pins)
    coordinator.page = form

    coordinator.post(LAY, 409, **{**pins, "to": "2026-11-30"})


def test_files_are_handed_out_as_what_they_are(
    coordinator: Browser, police: Browser
) -> None:
    laid(coordinator)
    for name, kind in (
        ("data/figures.csv", "text/csv; charset=utf-8"),
        ("datapackage.json", "application/json"),
        (f"{NUMBER}.zip", "application/zip"),
    ):
        police.get(f"{FILES}/{name}")
        headers = police.page.headers
        assert headers["content-type"] == kind
        assert "attachment" in headers["content-disposition"]
        assert headers["x-content-type-options"] == "nosniff"

    police.get(f"{FILES}/rapport.html")
    policy = police.page.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert policy.endswith("; frame-ancestors 'self'")
    assert "unsafe" not in policy
    assert "script" not in policy
    for name in ("nothing.html", "../2026-001.zip", "data/", ""):
        police.client.follow_redirects = False
        assert police.client.get(f"{FILES}/{name}").status_code != 200


def test_who_builds_no_reports_cannot_lay_one(
    council: Browser, opening: Opening
) -> None:
    pins = dict(PINS.findall(council.get(REPORT)))
    assert pins == {}
    assert LAY not in council.page.text

    council.get("/settings")
    council.post(LAY, 403, **{"from": "2026-07-01", "to": "2026-12-31"})
    caseworker = opening().log_in(OPERATIONS)
    caseworker.get("/worklist")
    caseworker.post(LAY, 403, **{"from": "2026-07-01", "to": "2026-12-31"})


def test_an_internal_report_has_no_button(coordinator: Browser) -> None:
    assert LAY not in coordinator.get(f"{REPORT}&internal=1")


def test_an_empty_report_is_refused_with_what_to_do(
    coordinator: Browser, system: Gadelys
) -> None:
    """Nothing is signed where nobody has the key."""
    pins = dict(PINS.findall(coordinator.get(REPORT)))
    (system.settings.data / "keys" / "ledger.key").unlink()

    shown = coordinator.post(LAY, 422, **pins)

    assert "ikke er signeret endnu" in shown
    assert "gadelys doctor" in shown
    assert 'name="checked"' not in shown


def test_a_bundle_changed_on_the_disk_is_never_signed(
    coordinator: Browser, police: Browser, system: Gadelys
) -> None:
    number = laid(coordinator)
    [content] = CONTENT.findall(police.get(f"/publications/{number}"))
    path = documents_of(system).path_of(content)
    path.write_bytes(path.read_bytes().replace(b"Sager", b"Sagen", 1))

    police.post(f"/publications/{number}/approve", 503, content=content)
    police.get(f"{FILES}/rapport.html", 503)


def test_other_bytes_than_were_seen_are_not_signed(
    coordinator: Browser, police: Browser, system: Gadelys
) -> None:
    number = laid(coordinator)
    other = documents_of(system).keep(Document(bundled({"a.html": b"x"}), Form.ZIP))

    police.get(f"/publications/{number}")
    police.post(f"/publications/{number}/approve", 422, content=other)


def test_a_draft_is_for_the_two_authorities(
    coordinator: Browser, opening: Opening
) -> None:
    laid(coordinator)
    partner = opening().log_in(PARTNER)

    partner.get(FILES, 404)
    partner.get(f"{FILES}/rapport.html", 404)


# ---- in a browser ----


@pytest.fixture(scope="module")
def driven() -> Iterator[Chromium]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_read_sign_and_publish_in_a_browser(
    driven: Chromium, served: Served, lang: str
) -> None:
    with looking(driven, served, lang) as look:
        watched, page = look.watched, look.watched.page
        watched.log_in(COORDINATOR)
        watched.open("/reports")
        look.at("60-reports")
        watched.open(REPORT)
        look.at("61-report")
        page.click(f"form[action='{LAY}'] .button-primary")
        page.wait_for_url(f"**/publications/{NUMBER}")
        inside = page.frame_locator("iframe.framed")
        assert "Kort" in inside.locator(".summary h2").inner_text()
        look.at("62-publication")
        page.click("form[action$=approve] .button-primary")
        watched.log_in(POLICE)
        watched.open(f"/publications/{NUMBER}")
        page.click("form[action$=approve] .button-primary")
        watched.open("/reports")
        look.at("63-published")
        page.click(f"a[href='{FILES}']")
        look.at("64-files")
        watched.open(f"{FILES}/rapport.html")
        # Nothing can run in it, also not what looks for faults: it has its own test.
        look.photograph("65-signed-page")
