"""The pages in a real browser: a caseworker's day, without JavaScript, for everybody.

Screenshots of every page lie in `build/screenshots` afterwards, to be looked at.
"""

import json
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request

import tests
from adapters import system as installation
from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import site_of
from domain.finding.commands import stream_of
from tests.conftest import StandingClock
from tests.web.chromium import chromium
from tests.web.conftest import COORDINATOR, OPERATIONS, POLICE, ROADS
from tests.web.test_claims import KOMMUNE, POLITI, claimed

ROOT = Path(tests.__file__).parent.parent
AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text("utf-8")
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDTHS = (1280, 390)
HEIGHT = 900
LANGUAGES = ("da", "en")
NOT_ALLOWED = "/cases/2026-06/mark-fixed"
PAGES = (
    *(
        "/",
        "/login",
        "/worklist",
        "/worklist?unit=all",
        "/worklist?tab=today",
        "/report",
    ),
    *("/cases/2026-04", "/cases/2026-01", "/cases/2026-04/add-subtask"),
    *("/cases/2026-01/verify", "/cases/2026-02/hold", "/cases/2026-04/correct"),
    *("/walks", "/walks/AALBORG-OEST-2026-01", "/approvals", "/administration"),
    *("/roster", "/deliveries", "/roles", "/accessibility", "/cases/2026-99"),
    "/api",
    NOT_ALLOWED,
)
VIOLATIONS = """axe.run().then(found => JSON.stringify(found.violations.map(
    one => [one.id, one.nodes.map(node => node.html.slice(0, 160))])))"""
TOO_SMALL = """() => [...document.querySelectorAll(
    "a, button, input:not([type=hidden]), select, textarea, summary")]
  .filter(one => !one.closest("[hidden]"))
  .filter(one => !one.closest("details:not([open])") || one.tagName === "SUMMARY")
  .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect(),
               one.matches(".form-checkbox") ? one.nextElementSibling
                 .getBoundingClientRect() : one.getBoundingClientRect(),
               one.matches(".skip")])
  .filter(([, , box, skip]) => !skip && (box.width < 24 || box.height < 24))
  .map(([html]) => html)"""


@pytest.fixture(scope="module")
def driven() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@dataclass
class Served:
    """The pages at an address of their own, and the installation behind them."""

    address: str
    system: Gadelys
    clock: StandingClock


@pytest.fixture
def served(settings: Settings, now: StandingClock) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as here:
        address = f"127.0.0.1:{here.getsockname()[1]}"
        own = {"web_address": address, "police_data": settings.data / "of-police"}
        told = settings.model_copy(update=own)
        installation.migrate(told)
        with (
            installation.opened(told, now) as system,
            closing(Visits(told.visits_file)) as visits,
        ):
            site = replace(site_of(told), providers=(KOMMUNE, POLITI))
            app = web(system, site, visits)
            config = uvicorn.Config(app, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            thread = Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
            thread.start()
            yield Served(f"http://{address}", system, now)
            server.should_exit = True
            thread.join()


@dataclass
class Watched:
    """A page, and everything that went wrong or went elsewhere in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen."""
        self.page.on("console", lambda told: self._heard(told.type, told.text))
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        # A page that refuses is an answer, not a fault of the page.
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def open(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.address}{path}")

    def log_in(self, actor: str) -> None:
        """Take a role of the demo."""
        self.open("/login")
        self.page.select_option("#actor", actor)
        self.page.click("form.step button")
        self.page.wait_for_selector("header .who .name")

    def violations(self) -> list[Any]:
        """Return what axe-core finds; injected past the policy, as a tester would."""
        session = self.page.context.new_cdp_session(self.page)
        if not self.page.evaluate("'axe' in window"):
            session.send("Runtime.evaluate", {"expression": AXE})
        told = session.send(
            "Runtime.evaluate", {"expression": VIOLATIONS, "awaitPromise": True}
        )
        found: list[Any] = json.loads(told["result"]["value"])
        return found

    def faults(self) -> list[Any]:
        """Return everything that nobody should have to put up with."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > window.innerWidth"
        )
        return [
            *self.complaints,
            *self.violations(),
            *self.page.evaluate(TOO_SMALL),
            *(["wider than the screen"] if wide else []),
        ]


def opened(context: BrowserContext, served: Served) -> Watched:
    return Watched(context.new_page(), served.address)


@dataclass
class Looked:
    """Pages in one language, looked at in every width; a picture of each is kept."""

    watched: Watched
    lang: str
    series: str = ""
    found: dict[str, list[Any]] = field(default_factory=dict)

    def at(self, name: str) -> None:
        """Look at the page that is open."""
        for width in self._photographed(name):
            if faults := self.watched.faults():
                self.found[f"{name}, {width}"] = faults
        self.watched.complaints.clear()

    def photograph(self, name: str) -> None:
        """Only keep pictures of the page that is open."""
        deque(self._photographed(name), maxlen=0)

    def _photographed(self, name: str) -> Iterator[int]:
        """Yield each width after a picture; end in the first one."""
        for width in WIDTHS:
            self.watched.page.set_viewport_size({"width": width, "height": HEIGHT})
            file = SCREENSHOTS / f"{self.series}{self.lang}-{width}" / f"{name}.png"
            self.watched.page.screenshot(path=file, full_page=True)
            yield width
        self.watched.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})


@contextmanager
def looking(
    driven: Browser, served: Served, lang: str, series: str = ""
) -> Iterator[Looked]:
    """Give somebody who looks at pages; whatever was found fails the test."""
    context = driven.new_context(
        viewport={"width": WIDTHS[0], "height": HEIGHT}, locale=f"{lang}-DK"
    )
    looked = Looked(opened(context, served), lang, series)
    yield looked
    context.close()
    assert looked.found == {}


def named(path: str) -> str:
    """Return an address as the name of a file."""
    return path.strip("/").replace("/", "-").replace("?", "-")[:60] or "front"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_can_be_used_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    with looking(driven, served, lang) as look:
        for place, path in enumerate(PAGES):
            if path == "/worklist":
                look.watched.log_in(COORDINATOR)
            look.watched.open(path)
            look.at(f"{place:02}-{named(path)}")


def test_what_only_the_police_know_can_be_used_by_everybody_of_them(
    driven: Browser, served: Served
) -> None:
    with looking(driven, served, "da") as look:
        look.watched.log_in(POLICE)
        look.watched.open("/cases/2026-10/police")
        page = look.watched.page
        page.fill("#text", "Vi kommer oftere forbi om aftenen.")
        page.click("text=Foreslå teksten delt med kommunen")
        page.wait_for_selector("text=Godkend, at ordene deles")
        look.at("30-police")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_login_would_give_can_be_tried_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    with looking(driven, served, lang) as look:
        look.watched.log_in(COORDINATOR)
        for place, groups in enumerate(("", "tryg-drift", "nobody")):
            look.watched.open("/administration/claims")
            if groups:
                page = look.watched.page
                page.select_option("#provider", "kommune")
                page.fill("#claims", claimed(groups=groups))
                page.click("form.step .button-primary")
                page.wait_for_selector("[data-focus]")
            look.at(f"{40 + place}-claims")


def test_a_caseworker_s_day(driven: Browser, served: Served) -> None:
    context = driven.new_context(locale="da-DK")
    watched = opened(context, served)
    page = watched.page

    # In the morning: what waits, and where to begin.
    watched.log_in(ROADS)
    assert page.title() == "Mit arbejde · Gadelys"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/2026-06")

    # A note, and then the fix: what follows is said before it is saved.
    page.fill("#note-text", "Fliserne er lagt om i dag.")
    page.click("form.note button")
    assert "Gemt:" in page.inner_text("main [role=status]")
    page.click("section.next .button-primary")
    assert "Sagen går til kontrol hos Vandringsleder." in page.inner_text(".follows")
    page.select_option("#evidence", "on_site")
    page.dblclick("form.step .button-primary")
    page.wait_for_url("**/cases/2026-06")
    assert "Du kan ikke gøre det:" in page.inner_text("section.next")

    # Somebody else's eyes.
    watched.log_in(COORDINATOR)
    watched.open("/approvals")
    page.click("a[href='/cases/2026-06']")
    page.click("section.next .button-primary")
    page.select_option("#evidence", "on_site")
    page.click("form.step .button-primary")
    page.wait_for_url("**/cases/2026-06")
    assert "Kontrolleret" in page.inner_text("main .state")
    context.close()

    assert watched.complaints == []
    topics = [
        fact.event.TOPIC for fact in served.system.store.load(stream_of("2026-06"))
    ]
    assert topics.count("finding.fix_reported.v1") == 1
    assert topics[-1] == "finding.fix_verified.v1"


def test_two_browsers_on_one_case_lose_no_text(driven: Browser, served: Served) -> None:
    mine = opened(driven.new_context(locale="da-DK"), served)
    theirs = opened(driven.new_context(locale="da-DK"), served)
    mine.log_in(OPERATIONS)
    mine.open("/cases/2026-04/note")
    mine.page.fill("#text", "Afrensning er bestilt til mandag.")
    theirs.log_in(COORDINATOR)
    theirs.open("/cases/2026-04/change-deadline")
    theirs.page.fill("#fix_due", "2026-12-08")
    theirs.page.fill("#reason", "Holdet er bestilt.")
    theirs.page.click("form.step .button-primary")

    mine.page.click("form.step .button-primary")

    assert "Sagen er ændret" in mine.page.inner_text(".conflict")
    assert mine.page.input_value("#text") == "Afrensning er bestilt til mandag."
    assert mine.violations() == []
    mine.page.click("text=Gem min ændring oven i")
    mine.page.wait_for_url("**/cases/2026-04")
    assert "Afrensning er bestilt til mandag." in mine.page.inner_text(".notes")
    for one in (mine, theirs):
        one.page.context.close()


def test_text_survives_a_login_that_ran_out(driven: Browser, served: Served) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(OPERATIONS)
    watched.open("/cases/2026-04/note")
    page.fill("#text", "Afrensning er bestilt til mandag.")
    served.clock.move(minutes=40)
    page.click("form.step .button-primary")
    assert "Det, du skrev, er gemt." in page.inner_text("main")
    assert watched.violations() == []

    page.click("form.step button")

    page.wait_for_url("**/cases/2026-04/note")
    assert page.input_value("#text") == "Afrensning er bestilt til mandag."
    page.context.close()


def test_the_worklist_and_a_step_without_javascript(
    driven: Browser, served: Served
) -> None:
    context = driven.new_context(java_script_enabled=False, locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(OPERATIONS)
    page.click("a.pile-late")
    page.fill("#find", "2026-04")
    page.click("form.find button")
    page.wait_for_url("**/cases/2026-04")
    page.click("details.more > summary")
    page.click("a[href='/cases/2026-04/hold']")
    page.select_option("#reason_code", index=1)
    page.fill("#review_on", "2026-12-04")
    page.click("button[name=preview]")
    assert "Fristen står stille." in page.inner_text(".follows")
    page.click("form.step .button-primary")
    page.wait_for_url("**/cases/2026-04")
    page.click("form.undo button")
    assert "genoptog sagen" in page.inner_text("main [role=status]")
    context.close()

    assert watched.complaints == []


def test_the_list_can_be_walked_with_the_keyboard_alone(
    driven: Browser, served: Served
) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open("/worklist?unit=all")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("j")
    assert page.input_value("#find") == "j"
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.inner_text("table.work tbody tr.at .number")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{first}")
    page.context.close()
