"""Historik, Kort, Rapporter and tools in a real browser; by keyboard and without.

Screenshots lie in `build/screenshots` afterwards, to be looked at.
"""

import asyncio
from threading import Thread

import pytest
from playwright.sync_api import Browser

from adapters.ledger.signing import sign_now
from adapters.measuring import Wish, import_measurements
from domain.values import Actor
from tests.web import test_browser
from tests.web.conftest import COORDINATOR
from tests.web.test_browser import (
    LANGUAGES,
    SCREENSHOTS,
    Served,
    looking,
    named,
    opened,
)
from tests.web.test_history import AUDITOR
from tests.web.test_reports import SHIPPED

driven = test_browser.driven
served = test_browser.served

REPLAY = "/history/cases/2026-02"
PAST = (
    *("/purpose", "/history", REPLAY, f"{REPLAY}?step=4"),
    *(f"{REPLAY}?at=2026-10-12", f"{REPLAY}?at=2026-01-01"),
    *(f"{REPLAY}/compare?a=2", "/history/worklist", "/history/worklist?at=2026-10-20"),
    "/history/walks/AALBORG-OEST-2026-01?at=2026-10-20",
    *("/history/facts", "/history/facts?case=2026-02", "/history/facts?case=2026-99"),
)
NARROWED = "dialog.palette .ways li:nth-child(1)[hidden]"
TOOLS = (
    *("/map?unit=all", "/map?unit=all&tab=today", "/worklist?unit=all", "/settings"),
    *("/worklist/print?unit=all", "/palette", "/palette?q=2026-04"),
    "/several?verb=change_deadline&case=2026-04&case=2026-06&case=2026-01",
)
REPORTS = (
    *("/reports", "/reports/council?from=2026-12-31&to=2026-07-01"),
    "/reports/council?from=2026-07-01&to=2026-12-31",
    "/reports/council?from=2026-07-01&to=2026-12-31&internal=1",
    "/reports/walks/AALBORG-OEST-2026-01",
    "/reports/measurements",
)


def _sign(served: Served) -> None:
    """Let the ledger sign; in a thread, for the browser's driver has a loop here."""
    signing = Thread(target=lambda: asyncio.run(sign_now(served.system)))
    signing.start()
    signing.join()


def _measure(served: Served) -> None:
    """Take in what others have measured; in a thread, as the ledger signs."""
    wish = Wish(SHIPPED, Actor(COORDINATOR))
    measuring = Thread(target=lambda: import_measurements(served.system, wish))
    measuring.start()
    measuring.join()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("actor", "pages", "series"),
    [
        (AUDITOR, PAST, "past"),
        (COORDINATOR, TOOLS, "tools"),
        (COORDINATOR, REPORTS, "reports"),
    ],
    ids=["past", "tools", "reports"],
)
def test_every_page_of_the_past_and_every_tool_can_be_used_by_everybody(
    driven: Browser,
    served: Served,
    lang: str,
    actor: str,
    pages: tuple[str, ...],
    series: str,
) -> None:
    _measure(served)
    _sign(served)
    with looking(driven, served, lang, f"{series}-") as look:
        watched = look.watched
        watched.log_in(actor)
        for place, path in enumerate(pages):
            watched.open(path)
            if path == "/history":  # the purpose was asked just before
                watched.open("/purpose")
                watched.page.click("form.step button")
                watched.open(path)
            if path.startswith("/map"):
                watched.page.wait_for_selector("#map[data-drawn]")
            look.at(f"{place:02}-{named(path)}")


def test_an_auditor_replays_a_case(driven: Browser, served: Served) -> None:
    context = driven.new_context(locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(AUDITOR)
    assert page.title() == "Hvad læser du til? · Gadelys"
    page.click("form.step button")
    page.wait_for_selector("#number")
    page.fill("#number", "2026-02")
    page.click("form.moments >> nth=0 >> button")
    page.wait_for_url(f"**{REPLAY}")

    # Back to the beginning, then forward by key, link and slider.
    page.click("[data-dots] li:first-child a")
    assert "Hændelse 1 af" in page.inner_text(".scrub")
    page.focus("[data-dots] li:first-child a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**step=2")
    assert "Tildelt" in page.inner_text("tr.changed >> nth=0")
    page.click("a[rel=next]")
    page.wait_for_url("**step=3")
    page.focus("#step")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**step=4")

    # Another moment, on the other axis; and back to now.
    page.fill("#at", "2026-10-12T12:00")
    page.click("form.moments button")
    assert "Som det var 12.10.2026 12.00" in page.inner_text(".past-bar")
    with page.expect_download() as kept:
        page.click("a[href*='export.csv']")
    assert kept.value.suggested_filename.startswith("gadelys-2026-02-")
    page.click(".past-bar a")
    assert page.locator(".past-bar a").count() == 0
    context.close()

    assert watched.complaints == []


def test_the_past_without_javascript(driven: Browser, served: Served) -> None:
    context = driven.new_context(java_script_enabled=False, locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(AUDITOR)
    page.click("form.step button")
    page.fill("#number", "2026-02")
    page.click("form.moments >> nth=0 >> button")
    page.click("[data-dots] li:first-child a")
    page.focus("#step")
    page.keyboard.press("ArrowRight")
    page.click("form.slide button")
    page.wait_for_url("**step=2")
    page.click("text=Sammenlign med nu")
    assert "Sket imellem" in page.inner_text("main")
    context.close()

    assert watched.complaints == []


def test_the_map_without_tiles_by_keyboard(driven: Browser, served: Served) -> None:
    context = driven.new_context(locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/map?unit=all")
    page.wait_for_selector("#map[data-drawn]")
    assert page.locator("path.grid-line").count() > 3
    assert page.locator(".leaflet-tile").count() == 0

    # Clusters open by key until there is a mark; a mark leads to its case.
    for _ in range(8):
        if page.locator("#map .pin:not(.pin-cluster)").count():
            break
        page.locator("#map .pin-cluster").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(200)
    mark = page.locator("#map .pin:not(.pin-cluster)").first
    name = mark.get_attribute("aria-label") or ""
    mark.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == name.split(",")[0]
    context.close()

    assert watched.complaints == []


def test_the_map_without_javascript_is_the_list(
    driven: Browser, served: Served
) -> None:
    context = driven.new_context(java_script_enabled=False, locale="da-DK")
    watched = opened(context, served)
    watched.log_in(COORDINATOR)
    watched.open("/map?unit=all")

    assert "Listen viser de samme sager" in watched.page.inner_text(".canvas")
    assert "kvadrat 1km_" in watched.page.inner_text(".spots")
    assert not watched.page.is_visible("#map")
    context.close()


def test_several_cases_at_once_with_one_refusal(
    driven: Browser, served: Served
) -> None:
    context = driven.new_context(
        viewport={"width": 1280, "height": 900}, locale="da-DK"
    )
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/worklist?unit=all")

    # By keyboard alone: two cases, one of which cannot be assigned any more.
    for number in ("2026-04", "2026-01"):
        place = page.locator("table.work tbody tr").evaluate_all(
            "(rows, number) => rows.findIndex(r => r.textContent.includes(number))",
            number,
        )
        page.keyboard.press("k")
        for _ in range(30):
            page.keyboard.press("k")
        for _ in range(place):
            page.keyboard.press("j")
        page.keyboard.press("x")
    assert page.inner_text(".picked") == "2 valgt"
    page.focus("button[name=verb][value=assign]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/several?**")
    page.select_option("#to", "municipality/roads-operations")
    page.click("text=Se, hvad der sker med hver sag")
    assert "1 kan ikke" in page.inner_text(".follows")
    page.screenshot(path=SCREENSHOTS / "several-preview.png", full_page=True)
    assert watched.faults() == []
    page.check("#case-2", force=True)
    page.check("#case-1", force=True)
    page.click("button[name=save]")
    page.wait_for_url("**/several/result")

    assert "1 blev ikke gemt" in page.inner_text(".follows")
    page.screenshot(path=SCREENSHOTS / "several-result.png", full_page=True)
    assert watched.faults() == []
    context.close()


def test_the_palette_opens_anywhere_and_closes_again(
    driven: Browser, served: Served
) -> None:
    context = driven.new_context(locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/cases/2026-04")
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog.palette .ways a")
    page.keyboard.type("skriv note")
    page.wait_for_selector(NARROWED, state="attached")
    page.screenshot(path=SCREENSHOTS / "palette.png")
    assert watched.violations() == []
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog.palette")
    page.keyboard.press("Control+k")
    page.keyboard.type("skriv note")
    page.wait_for_selector(NARROWED, state="attached")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/2026-04/note")
    context.close()

    assert watched.complaints == []


def test_keys_that_are_switched_off_do_nothing(driven: Browser, served: Served) -> None:
    context = driven.new_context(locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/settings")
    page.uncheck("#keys", force=True)
    page.click("text=Gem indstilling")
    watched.open("/worklist?unit=all")
    page.keyboard.press("j")

    assert page.locator("tr.at").count() == 0
    context.close()


def test_several_cases_without_javascript(driven: Browser, served: Served) -> None:
    context = driven.new_context(java_script_enabled=False, locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/worklist?unit=all")
    page.check("#pick-1", force=True)
    page.check("#pick-2", force=True)
    page.click("button[name=verb][value=note]")
    page.fill("#text", "Set på stedet i dag.")
    page.click("text=Se, hvad der sker med hver sag")
    page.click("button[name=save]")

    assert "2 sager er gemt." in page.inner_text(".follows")
    context.close()
