"""When something is away or in the way, nothing that somebody typed is lost."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from pysqlite3 import dbapi2 as sqlite3
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import PAGES, opened
from domain.finding.commands import stream_of
from tests.conftest import StandingClock
from tests.web.conftest import (
    COORDINATOR,
    HERE,
    OPERATIONS,
    PARTNER,
    POLICE,
    Browser,
    Opening,
)
from tests.web.test_field import Phone

NUMBER = "2026-04"
WALK = "AALBORG-OEST-2026-01"
TEXT = "Holdet kommer på mandag."
AUDITOR = "municipality/audit/demo-audit"


def facts(system: Gadelys, number: str = NUMBER) -> list[str]:
    history = system.store.load(stream_of(number))
    return [fact.event.TOPIC for fact in history]


# ---- a login that ran out ----


@pytest.mark.parametrize(
    ("page", "sent_to", "typed", "actor"),
    [
        (
            f"/cases/{NUMBER}/note",
            "",
            {"text": TEXT, "expected_version": "3"},
            OPERATIONS,
        ),
        ("/report", "", {"text": TEXT, "category": "LGT-FAIL"}, OPERATIONS),
        ("/walks/new", "", {"number": "V-1", "area": "Vestbyen"}, COORDINATOR),
        (f"/walks/{WALK}/step/cancel", "", {"reason": TEXT}, COORDINATOR),
        (f"/walks/{WALK}/minutes", "", {"title": "Et", "text": TEXT}, COORDINATOR),
        ("/cases/2026-05/learning", "", {"title": "Et", "text": TEXT}, COORDINATOR),
        ("/roster", "", {"first": "2026-12-01", "last": "2026-12-24"}, OPERATIONS),
        ("/worklist", "/worklist/saved?tab=late", {"name": "De sene"}, OPERATIONS),
        ("/felt/", "", {"text": TEXT, "category": "LGT-FAIL"}, OPERATIONS),
        (
            "/several",
            "",
            {"verb": "note", "text": TEXT, f"expected.{NUMBER}": "3", "case": NUMBER},
            OPERATIONS,
        ),
    ],
)
def test_what_was_typed_comes_back_to_its_page(
    page: str,
    sent_to: str,
    typed: Mapping[str, str],
    actor: str,
    opening: Opening,
    now: StandingClock,
) -> None:
    browser = opening().log_in(actor)
    browser.get("/settings")
    now.move(minutes=45)

    asked = browser.post(sent_to or page, 401, **typed)
    assert "Det, du skrev, er gemt." in asked
    browser.post("/demo", actor=actor)

    back = browser.page.headers["location"]
    assert back.partition("?")[0] == page
    shown = browser.get(back)
    assert "Her er det, du skrev, før du blev logget ud." in shown
    for name in typed.keys() - {"expected_version"}:
        assert typed[name] in shown, name
    assert "før du blev logget ud" not in browser.get("/settings")


def test_words_beside_a_photo_come_back_without_it(
    operations: Browser, now: StandingClock
) -> None:
    operations.get("/felt/")
    now.move(minutes=45)

    operations.post_file("/felt/", b"not looked at", 401, text=TEXT)
    operations.post("/demo", actor=OPERATIONS)

    assert operations.page.headers["location"] == "/felt/"
    page = operations.get("/felt/")
    assert TEXT in page
    assert "Et foto skal vælges igen." in page


def test_every_form_has_a_page_to_come_back_to() -> None:
    shown = opened()
    for page in PAGES:
        for route in page.router.routes:
            path = re.sub(r"\{\w+\}", "x", getattr(route, "path", ""))
            methods: set[str] = getattr(route, "methods", set())
            above = [path]
            while above[-1].rpartition("/")[0]:
                above.append(above[-1].rpartition("/")[0])
            if "POST" in methods and path not in {"/demo", "/logout"}:
                assert any(one.match(at) for one in shown for at in above), path


def test_taking_back_leads_to_the_case_after_the_login(
    operations: Browser, now: StandingClock
) -> None:
    operations.get(f"/cases/{NUMBER}")
    now.move(minutes=45)
    operations.post(f"/cases/{NUMBER}/undo/last", 401)
    operations.post("/demo", actor=OPERATIONS)
    operations.get(operations.page.headers["location"], 303)

    assert operations.page.headers["location"] == f"/cases/{NUMBER}"


def test_a_day_later_one_sees_what_others_have_done(
    operations: Browser, opening: Opening, now: StandingClock
) -> None:
    operations.get(f"/cases/{NUMBER}/note")
    now.move(hours=23)
    opening().log_in(COORDINATOR).step(NUMBER, "note", text="Ejeren er ringet op.")

    operations.post(f"/cases/{NUMBER}/note", 401, text=TEXT)
    operations.post("/demo", actor=OPERATIONS)
    page = operations.get(f"/cases/{NUMBER}/note")

    assert "Sagen er ændret, siden du åbnede den" in page
    assert "Ejeren er ringet op." in page
    assert TEXT in page
    operations.post(f"/cases/{NUMBER}/note", text=TEXT)


# ---- the same thing twice ----


class AnsweredBadly:
    """Stands before the pages: what is stored is stored, and the answer is a fault."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def swallow(_: Message) -> None:
            """Lose what was to be sent."""

        await self.app(scope, receive, swallow)
        fault = PlainTextResponse("?", HTTPStatus.INTERNAL_SERVER_ERROR)
        await fault(scope, receive, send)


def badly(browser: Browser) -> Browser:
    """Return the same browser, to which every answer comes as a fault."""
    app = AnsweredBadly(browser.client.app)
    client = TestClient(app, HERE, follow_redirects=False)
    client.cookies = browser.client.cookies
    return Browser(client, browser.system, browser.page)


def test_a_fault_after_it_was_stored_and_sent_again_is_one_fact(
    operations: Browser, system: Gadelys
) -> None:
    operations.get(f"/cases/{NUMBER}/note")
    before = facts(system)
    badly(operations).post(f"/cases/{NUMBER}/note", 500, text=TEXT)
    assert facts(system) == [*before, "finding.note_added.v1"]

    operations.post(f"/cases/{NUMBER}/note", text=TEXT)

    assert facts(system) == [*before, "finding.note_added.v1"]


def test_a_report_that_was_answered_with_a_fault_is_one_case(
    operations: Browser, system: Gadelys
) -> None:
    operations.get("/report")
    told: Any = {"category": "LGT-FAIL", "text": "Lampen ved broen er slukket."}
    badly(operations).post("/report", 500, **told)
    before = system.store.last_position()

    operations.post("/report", **told)

    assert operations.page.headers["location"] == "/cases/2026-19"
    assert system.store.last_position() == before


def test_a_phone_that_was_answered_with_a_fault_sends_once(
    operations: Browser, system: Gadelys
) -> None:
    phone, mine = Phone(operations), str(uuid4())
    csrf = phone.csrf
    bad = badly(operations).client
    body = (
        b'{"category":"LGT-FAIL","text":"M\xc3\xb8rkt.","seen_at":"2026-11-20T18:04Z"}'
    )
    lost = bad.put(f"/felt/fund/{mine}", content=body, headers={"x-csrf-token": csrf})
    before = system.store.last_position()

    again = phone.put(f"/felt/fund/{mine}", body)

    assert (lost.status_code, again.status_code) == (500, 200)
    assert system.store.last_position() == before


def test_back_and_sent_again_is_one_absence(
    coordinator: Browser, system: Gadelys
) -> None:
    coordinator.get("/roster")
    days: Any = {"absent": "municipality/parks", "first": "2026-12-01"}
    days["last"] = "2026-12-02"
    form = coordinator.page
    coordinator.post("/roster", **days)
    before = system.store.last_position()

    coordinator.page = form  # the button "back"
    coordinator.post("/roster", **days)

    assert system.store.last_position() == before


# ---- something is away ----


def test_while_the_facts_are_locked_the_form_keeps_what_was_typed(
    operations: Browser, settings: Settings, system: Gadelys
) -> None:
    operations.get(f"/cases/{NUMBER}/note")
    before = facts(system)
    other = sqlite3.connect(settings.events_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    page = operations.post(f"/cases/{NUMBER}/note", 503, text=TEXT)
    other.execute("ROLLBACK")
    other.close()

    assert TEXT in page
    assert operations.page.headers["retry-after"]
    assert facts(system) == before
    operations.post(f"/cases/{NUMBER}/note", text=TEXT)
    assert facts(system) == [*before, "finding.note_added.v1"]


def test_a_phone_that_was_away_for_a_day_is_told_what_has_changed(
    operations: Browser, opening: Opening, now: StandingClock
) -> None:
    """It finds the case ended and its number taken, and still loses nothing."""
    phone, finding = Phone(operations), str(uuid4())
    noted = {"seen_at": "2026-11-22T12:00:00+01:00", "text": "Lampen er slukket."}
    now.move(hours=23)
    late = phone.note(finding, **noted)
    assert late.status_code == 401
    opening().log_in(COORDINATOR).get("/report")
    other = opening().log_in(POLICE)
    other.get("/report")
    other.post("/report", category="LGT-FAIL", text="Den samme lampe.")
    operations.get("/login")
    operations.post("/demo", actor=OPERATIONS)

    sent = phone.note(finding, **noted)
    again = phone.note(finding, **{**noted, "text": "Den er tændt igen."})

    assert (sent.status_code, sent.json()["number"]) == (201, "2026-20")
    assert (again.status_code, again.json()["code"]) == (409, "command_reused")
    [first, *_] = operations.system.store.load(stream_of("2026-20"))
    assert first.event.stamp.at == datetime(2026, 11, 22, 11, tzinfo=UTC)


# ---- who may begin something, and where they come out ----


def test_a_partner_reports_what_they_may_not_see(opening: Opening) -> None:
    partner = opening().log_in(PARTNER)
    page = partner.get("/report")
    assert WALK not in page
    partner.post("/report", category="LGT-FAIL", text="Lampen er slukket.")

    assert partner.page.headers["location"] == "/report"
    assert "2026-19" in partner.get("/report")
    partner.get("/cases/2026-19", 404)


def test_a_partner_sees_and_notes_who_is_away_of_their_own(opening: Opening) -> None:
    coordinator, partner = opening().log_in(COORDINATOR), opening().log_in(PARTNER)
    days: Any = {"first": "2026-12-01", "last": "2026-12-24"}
    for browser, unit in (
        (coordinator, "municipality/parks"),
        (partner, "partner/housing-organisation"),
    ):
        browser.get("/roster")
        browser.post("/roster", absent=unit, **days)

    assert partner.get("/roster").count('name="ends"') == 1
    assert coordinator.get("/roster").count('name="ends"') == 2


def test_an_auditor_is_asked_once_and_then_sees_a_walk(opening: Opening) -> None:
    auditor = opening().log_in(AUDITOR)
    auditor.get(f"/walks/{WALK}/board", 403)
    auditor.post("/purpose", purpose="audit", back=f"/walks/{WALK}/board")

    for path in (f"/walks/{WALK}/board", f"/walks/{WALK}/paper", "/approvals"):
        auditor.get(path)
    auditor.get(f"/walks/{WALK}/minutes", 403)


def test_minutes_that_nobody_has_signed_are_not_published(
    coordinator: Browser,
) -> None:
    coordinator.get(f"/walks/{WALK}/step/publish-minutes")

    page = coordinator.post(f"/walks/{WALK}/step/publish-minutes", 422)

    assert "ikke godkendt af begge myndigheder" in page


def test_looking_for_a_number_is_no_reading(
    operations: Browser, system: Gadelys
) -> None:
    before = system.access.store.last_position()

    operations.get(f"/worklist?q={NUMBER}", 303)

    assert system.access.store.last_position() == before


@pytest.mark.parametrize(
    "path",
    [
        "/offentlig/vandringer/%00",
        "/cases/%00",
        "/worklist?category=%00",
        "/map?q=a%00",
    ],
)
def test_an_address_that_no_database_can_be_asked_for_is_refused(
    operations: Browser, path: str
) -> None:
    assert 'id="main"' in operations.get(path, 400)
