"""Felt, photos and walk pages in a real browser, with the network taken away."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from adapters.web.adding import Sent, add_photo
from domain.finding.commands import stream_of
from domain.finding.events import FindingReported, PhotoAdded
from domain.messages import Stamp, derived_id
from domain.values import Actor, Shows
from tests.adapters.test_pictures import picture, with_place
from tests.web import test_browser as pages
from tests.web.conftest import COORDINATOR, OPERATIONS
from tests.web.test_browser import (
    LANGUAGES,
    SCREENSHOTS,
    Served,
    Watched,
    looking,
    named,
)

driven = pages.driven
served = pages.served
WALK = "AALBORG-OEST-2026-01"
CASE = "2026-04"
PAGES = (
    *(f"/cases/{CASE}", f"/cases/{CASE}/photos", "/felt/", "/walks", "/walks/new"),
    *(f"/walks/{WALK}", f"/walks/{WALK}/step/record", f"/walks/{WALK}/step/plan"),
    *(f"/walks/{WALK}/step/invite", f"/walks/{WALK}/step/evaluate"),
    *(f"/walks/{WALK}/paper", f"/walks/{WALK}/board", f"/walks/{WALK}/minutes"),
)
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "da-DK"}
MANY = 5
READY = "html.js #count:not(:empty)"
"""What is there when the page answers to taps."""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "IMG_1.jpg"
    file.write_bytes(with_place())
    return file


def phone_of(driven: Browser, served: Served, actor: str = COORDINATOR) -> Watched:
    """Return a telephone on which the page was opened once with a network."""
    context = driven.new_context(**PHONE)  # type: ignore[arg-type]
    # What the worker sends by itself is no part of these tests: they count answers.
    context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    watched = Watched(context.new_page(), served.address)
    watched.log_in(actor)
    open_field(watched.page, served)
    watched.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    watched.page.reload()
    watched.page.wait_for_selector(READY)
    assert watched.page.evaluate("!!navigator.serviceWorker.controller")
    return watched


def open_field(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/felt/?walk={WALK}")
    page.wait_for_selector(READY)


def note(page: Page, text: str, photo: Path | None = None) -> None:
    """Note something in three taps: what it is, a photo or words, and save."""
    page.check("#c-LGT-FAIL")
    if photo:
        page.set_input_files("#photo", photo)
        page.wait_for_selector("#chosen canvas")
    if text:
        page.fill("#text", text)
    page.click("button.main")
    page.locator("#told", has_text="Gemt").wait_for()


def counted(page: Page, words: str) -> None:
    page.locator("#count", has_text=words).wait_for(timeout=15_000)


def reported(served: Served) -> list[tuple[str, FindingReported]]:
    """Return what came in from phones, with its number."""
    return [
        (fact.stream.partition("/")[2], fact.event)
        for fact in served.system.store.after(0, 10_000)
        if isinstance(fact.event, FindingReported) and "felt" in fact.event.text
    ]


def photos_of(served: Served, number: str) -> int:
    facts = served.system.store.load(stream_of(number))
    return sum(isinstance(one.event, PhotoAdded) for one in facts)


def quiet(watched: Watched) -> list[str]:
    """Return complaints that are none of being without a network."""
    expected = ("ERR_INTERNET_DISCONNECTED", "status of 5", "Failed to fetch")
    return [one for one in watched.complaints if not any(e in one for e in expected)]


def test_a_whole_walk_without_a_network(
    driven: Browser, served: Served, photo: Path
) -> None:
    phone = phone_of(driven, served)
    page, context = phone.page, phone.page.context
    context.set_offline(True)
    for nth in range(MANY):
        note(page, f"felt {nth}: lampen er slukket", photo if nth % 2 else None)
    counted(page, f"{MANY} fund er gemt på telefonen og ikke sendt")
    assert "Ingen forbindelse" in page.inner_text("#net")

    # Something is half written when the page is loaded again.
    page.check("#c-LGT-FAIL")
    page.fill("#text", "felt halvt")
    page.set_input_files("#photo", photo)
    page.locator("#draft", has_text="Kladden er gemt").wait_for()
    page.wait_for_selector("#chosen canvas")
    page.wait_for_timeout(600)
    page.reload()
    counted(page, f"{MANY} fund er gemt")
    page.wait_for_selector("#chosen canvas")
    assert page.input_value("#text") == "felt halvt"
    page.screenshot(path=SCREENSHOTS / "felt-offline.png", full_page=True)

    # The page is closed, and opened again, still without a network.
    page.close()
    phone = Watched(context.new_page(), served.address)
    page = phone.page
    open_field(page, served)
    counted(page, f"{MANY} fund er gemt")
    assert page.input_value("#text") == "felt halvt"
    page.click("button.main")
    counted(page, f"{MANY + 1} fund er gemt")
    assert reported(served) == []

    # The network is back; answers are lost after the server has stored the first one.
    lost: list[int] = []

    def lose(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        route.fulfill(status=500, body="")

    context.route("**/felt/fund/*", lose)
    context.set_offline(False)
    page.click("#send")
    page.locator("#net", has_text="svarer ikke rigtigt").wait_for(timeout=15_000)
    # The page tries by itself as well: what was stored is not stored again.
    assert lost[0] == 201
    assert set(lost[1:]) <= {200}
    assert len(reported(served)) == 1
    counted(page, f"{MANY + 1} fund er gemt på telefonen og ikke sendt")

    context.unroute("**/felt/fund/*")
    page.click("#send")
    counted(page, "Alt er sendt og modtaget")
    found = reported(served)
    assert len(found) == MANY + 1
    assert {event.walk for _, event in found} == {WALK}
    assert sum(photos_of(served, number) for number, _ in found) == 3
    assert quiet(phone) == []
    context.close()


def test_what_is_saved_in_a_hurry_is_saved_once(
    driven: Browser, served: Served, photo: Path
) -> None:
    page = phone_of(driven, served).page
    page.context.set_offline(True)
    page.check("#c-LGT-FAIL")
    page.set_input_files("#photo", photo)
    page.wait_for_selector("#chosen canvas")
    press = "form => { form.requestSubmit(); form.requestSubmit(); }"
    page.locator("form:has(button.main)").evaluate(press)
    page.locator("#told", has_text="Gemt").wait_for()
    page.wait_for_timeout(500)
    assert "1 fund er gemt" in page.inner_text("#count")

    note(page, "felt: endnu en lampe")
    counted(page, "2 fund er gemt på telefonen og ikke sendt")
    page.context.close()


def test_what_is_refused_stays_with_the_reason(driven: Browser, served: Served) -> None:
    phone = phone_of(driven, served)
    page = phone.page
    note(page, "felt: Mette Sørensen bor her")

    counted(page, "1 fund kræver, at du gør noget")
    assert "Mette Sørensen" in page.inner_text("#outbox-list .why")
    assert reported(served) == []
    page.screenshot(path=SCREENSHOTS / "felt-refused.png", full_page=True)
    assert phone.violations() == []
    page.reload()
    counted(page, "1 fund kræver")

    page.click("#outbox-list button:has-text('Ret')")
    assert page.input_value("#text") == "felt: Mette Sørensen bor her"
    page.fill("#text", "felt: der er mørkt her")
    page.click("button.main")
    counted(page, "Alt er sendt og modtaget")
    assert [event.text for _, event in reported(served)] == ["felt: der er mørkt her"]
    page.context.close()


def test_a_login_that_ran_out_keeps_the_outbox(
    driven: Browser, served: Served, photo: Path
) -> None:
    phone = phone_of(driven, served)
    page = phone.page
    served.clock.move(minutes=40)
    note(page, "felt: lampen er slukket", photo)

    page.wait_for_selector("#login:not([hidden])")
    counted(page, "1 fund er gemt på telefonen og ikke sendt")
    assert reported(served) == []
    page.click("#login a")
    page.wait_for_url("**/login**")

    # Somebody else logs in on the same phone: it is not sent in their name.
    phone.log_in(OPERATIONS)
    open_field(page, served)
    page.locator("#outbox-list", has_text="Log ind som den").wait_for()
    page.wait_for_timeout(500)
    assert reported(served) == []

    phone.log_in(COORDINATOR)
    open_field(page, served)
    counted(page, "Alt er sendt og modtaget")
    [(number, event)] = reported(served)
    assert str(event.stamp.by) == COORDINATOR
    assert photos_of(served, number) == 1
    page.context.close()


def test_two_phones_on_one_walk(driven: Browser, served: Served, photo: Path) -> None:
    phones = [phone_of(driven, served), phone_of(driven, served, OPERATIONS)]
    for one in phones:
        one.page.context.set_offline(True)
        note(one.page, "felt: den samme lampe", photo)
        note(one.page, "felt: en anden lampe")
    for one in phones:
        one.page.context.set_offline(False)
    for one in phones:
        one.page.click("#send")
    for one in phones:
        counted(one.page, "Alt er sendt og modtaget")
        one.page.context.close()

    found = reported(served)
    assert len({number for number, _ in found}) == 4
    assert len({event.stamp.by for _, event in found}) == 2


def test_two_windows_send_nothing_twice(driven: Browser, served: Served) -> None:
    phone = phone_of(driven, served)
    context = phone.page.context
    context.set_offline(True)
    for nth in range(3):
        note(phone.page, f"felt {nth}")
    other = context.new_page()
    open_field(other, served)
    context.set_offline(False)
    phone.page.click("#send")
    other.click("#send")
    counted(phone.page, "Alt er sendt")
    counted(other, "Alt er sendt")
    context.close()

    assert len(reported(served)) == 3


def test_the_page_can_be_installed(driven: Browser, served: Served) -> None:
    phone = phone_of(driven, served)
    session = phone.page.context.new_cdp_session(phone.page)

    faults: Any = session.send("Page.getInstallabilityErrors")
    told: Any = session.send("Page.getAppManifest")

    reasons = [one["errorId"] for one in faults["installabilityErrors"]]
    assert [one for one in reasons if one != "in-incognito"] == []
    assert told["errors"] == []
    phone.page.context.close()


# ---- every page ----


def photographed(served: Served) -> None:
    by = Actor.parse(OPERATIONS)
    for nth, shows in enumerate(Shows):
        stamp = Stamp(
            by=by, at=served.system.now(), command_id=derived_id("photo", nth)
        )
        body = picture(size=(800 + 100 * nth, 600))
        add_photo(served.system, CASE, Sent(body, shows), stamp)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_can_be_used_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    photographed(served)
    with looking(driven, served, lang) as look:
        look.watched.log_in(COORDINATOR)
        for place, path in enumerate(PAGES):
            look.watched.open(path)
            look.at(f"f{place:02}-{named(path)}")


def test_the_field_page_in_the_dark(driven: Browser, served: Served) -> None:
    context = driven.new_context(**PHONE, color_scheme="dark")  # type: ignore[arg-type]
    watched = Watched(context.new_page(), served.address)
    watched.log_in(COORDINATOR)
    open_field(watched.page, served)
    watched.page.check("#c-LGT-FAIL")
    watched.page.screenshot(path=SCREENSHOTS / "felt-dark.png", full_page=True)

    assert watched.violations() == []
    context.close()


def test_before_and_after_by_keyboard(driven: Browser, served: Served) -> None:
    photographed(served)
    watched = Watched(driven.new_context(**PHONE).new_page(), served.address)  # type: ignore[arg-type]
    watched.log_in(OPERATIONS)
    watched.open(f"/cases/{CASE}")
    page = watched.page
    page.focus("#slide")
    before = page.evaluate("document.querySelector('.after img').style.clipPath")
    page.keyboard.press("ArrowLeft")

    after = page.evaluate("document.querySelector('.after img').style.clipPath")
    assert (before, after) == ("inset(0px 0px 0px 50%)", "inset(0px 0px 0px 45%)")
    page.locator("section:has(#photos)").screenshot(path=SCREENSHOTS / "compare.png")
    page.context.close()


def test_the_paper_form_on_paper(driven: Browser, served: Served) -> None:
    context: BrowserContext = driven.new_context(locale="da-DK")
    watched = Watched(context.new_page(), served.address)
    watched.log_in(COORDINATOR)
    watched.open(f"/walks/{WALK}/paper")
    watched.page.emulate_media(media="print")
    watched.page.set_viewport_size({"width": 703, "height": 1000})
    watched.page.screenshot(path=SCREENSHOTS / "paper.png", full_page=True)
    printed = watched.page.pdf(format="A4", prefer_css_page_size=True)

    assert printed.count(b"/Type /Page\n") <= 3
    assert "Spring til" not in watched.page.inner_text("main")
    context.close()
