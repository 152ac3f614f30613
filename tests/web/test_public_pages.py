"""What everybody can read without a login, and what nobody can read there."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from adapters import erasing, restricting
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.finding.commands import (
    HoldFinding,
)
from domain.publication.events import Form, PublicationKind
from domain.subject.commands import RestrictSubject
from domain.subject.events import RestrictionReason
from domain.values import Actor
from tests.web.conftest import OPERATIONS, Browser, Opening
from tests.web.publishing import (
    OFFICER,
    WALK,
    draft,
    publish,
    publish_minutes,
    stamp_of,
    submit,
    withdraw,
)

HERE = f"/offentlig/vandringer/{WALK}"
PAGES = (
    *("/offentlig/", "/offentlig/vandringer", HERE, f"{HERE}/nyt.xml"),
    *("/offentlig/udgivelser", "/offentlig/erfaringer", "/offentlig/strategi"),
    *("/offentlig/tilgaengelighed", "/offentlig/privatliv"),
)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
NUMBER = re.compile(r'id="sag-([^"]+)"')


@pytest.mark.parametrize("path", PAGES)
def test_a_page_for_everybody_recognises_nobody(browser: Browser, path: str) -> None:
    page = browser.get(path)

    assert "set-cookie" not in browser.page.headers
    assert browser.page.headers["cache-control"].startswith("public, max-age=60")
    assert browser.page.headers["vary"] == "Accept-Language, Cookie"
    assert "csrf" not in page
    assert "<script" not in page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_has_not_changed_is_not_sent_again(
    browser: Browser, path: str
) -> None:
    browser.get(path)
    tag = browser.page.headers["etag"]

    again = browser.client.get(path, headers={"if-none-match": f"W/{tag}"})
    asked = browser.client.head(path)

    assert (again.status_code, again.content) == (304, b"")
    assert (asked.status_code, asked.headers["etag"]) == (200, tag)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_the_same_in_english(opening: Opening, path: str) -> None:
    browser = opening()
    browser.client.headers["accept-language"] = "en"

    page = browser.get(path)

    assert 'lang="en"' in page
    assert "Dansk" in page or path.endswith(".xml")


def test_whoever_is_logged_in_is_shown_nothing_more(
    browser: Browser, coordinator: Browser
) -> None:
    assert coordinator.get(HERE) == browser.get(HERE)


def test_findings_are_shown_when_the_minutes_are_out(browser: Browser) -> None:
    before = browser.get(HERE)
    publish_minutes(browser.system)
    after = browser.get(HERE)

    assert "Fundene vises, når referatet er offentliggjort." in before
    assert NUMBER.findall(before) == []
    assert "2026-04" in NUMBER.findall(after)
    assert "Referat fra vandringen" in after


def test_nobody_s_words_places_and_persons_are_shown(
    browser: Browser, coordinator: Browser
) -> None:
    publish_minutes(browser.system)
    inside = coordinator.get("/cases/2026-04")
    assert "Fyrkildevej" in inside or "Graffiti" in inside

    for path in PAGES:
        page = browser.get(path)
        assert "Mørke stier og mødesteder" not in page
        assert "demo-walk" not in page
        assert "57.0" not in page


def test_what_happens_next_is_said_in_words(browser: Browser) -> None:
    publish_minutes(browser.system)

    page = browser.get(HERE)

    assert "Det skal være løst senest " in page
    assert "Kommunen" in page


def test_what_waits_says_why_by_the_register(browser: Browser) -> None:
    system = browser.system
    publish_minutes(system)
    by = Actor(OPERATIONS)
    hold = HoldFinding(
        number="2026-04",
        stamp=stamp_of(system, "hold", by=by),
        reason_code="third_party",
        review_on=date(2026, 12, 4),
    )
    submit(system, hold)

    page = browser.get(HERE)

    assert "Venter på tredjepart. " in page
    assert "Vi ser på det igen senest 04.12.2026." in page


def test_what_will_not_be_done_says_why_by_the_register_only(
    browser: Browser, coordinator: Browser
) -> None:
    publish_minutes(browser.system)
    inside = coordinator.get("/cases/2026-15")

    page = browser.get(HERE)

    told = page.partition('id="sag-2026-15"')[2].partition("</tr>")[0]
    reason = told.partition("Det bliver ikke til noget: ")[2].partition(".</td>")[0]
    named = [one.da for one in browser.system.rules().register.decline_reasons]
    assert reason in named
    assert reason in inside


def test_what_is_late_says_so(browser: Browser) -> None:
    publish_minutes(browser.system)

    page = browser.get(HERE)

    assert "Det skulle have været løst senest 16.10.2026." in page


def test_what_went_to_another_forum_is_as_if_it_were_not_there(
    browser: Browser, coordinator: Browser
) -> None:
    publish_minutes(browser.system)
    assert "2026-18" in coordinator.get(f"/walks/{WALK}")

    for path in PAGES:
        assert "2026-18" not in browser.get(path)


def test_a_case_whose_words_may_not_be_used_is_as_if_it_were_not_there(
    browser: Browser,
) -> None:
    system = browser.system
    publish_minutes(system)
    subject = erasing.known_subject(system, "finding/2026-04")
    stamp = stamp_of(system, "restrict")
    command = RestrictSubject(
        ref=subject.ref, stamp=stamp, reason=RestrictionReason.ACCURACY_CONTESTED
    )
    restricting.ask(system, subject, command)

    for path in PAGES:
        assert "2026-04" not in browser.get(path)


def test_a_walk_that_nobody_was_invited_to_is_not_there(
    browser: Browser, coordinator: Browser
) -> None:
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", number="V-2026-09", area="Vejgaard")

    assert "Vejgaard" not in browser.get("/offentlig/vandringer")
    asked = browser.get("/offentlig/vandringer/V-2026-09", 404)
    absent = browser.get("/offentlig/vandringer/V-2026-77", 404)
    assert asked.replace("V-2026-09", "V-2026-77") == absent
    assert "Måske er det, du søger, ikke offentliggjort." in absent
    assert "set-cookie" not in browser.page.headers


def test_small_groups_are_put_together(browser: Browser) -> None:
    page = browser.get(HERE)

    counts = [int(one) for one in re.findall(r"<li>[^<]+: (\d+)</li>", page)]
    assert counts
    assert min(counts) >= 5


# ---- texts ----


def test_a_signed_text_has_an_address_that_stays(browser: Browser) -> None:
    number = publish(browser.system)

    page = browser.get(f"/offentlig/udgivelser/{number}")
    file = browser.client.get(f"/offentlig/udgivelser/{number}/fil")

    assert "<h1>Referat fra vandringen</h1>" in page
    assert "<li>Hækken er <strong>klippet</strong></li>" in page
    assert "Kommunen: Vandringsleder" in page
    assert "demo-walk" not in page
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.content.decode().startswith("# Fra vandringen")


def test_a_text_that_waits_for_signatures_is_not_there(browser: Browser) -> None:
    number, _ = draft(browser.system)

    browser.get(f"/offentlig/udgivelser/{number}", 404)
    browser.get(f"/offentlig/udgivelser/{number}/fil", 404)
    assert "Referat fra vandringen" not in browser.get("/offentlig/udgivelser")


def test_a_text_that_was_withdrawn_is_gone_and_says_so(browser: Browser) -> None:
    number = publish(browser.system)
    withdraw(browser.system, number)

    for path in (
        f"/offentlig/udgivelser/{number}",
        f"/offentlig/udgivelser/{number}/fil",
    ):
        page = browser.get(path, 410)
        assert "withdrawn_by_municipality" in page
        assert "forkert navn" not in page
        assert "Referat fra vandringen" not in page
    assert number not in browser.get("/offentlig/udgivelser")


def test_a_text_that_was_replaced_leads_to_the_newer_one(browser: Browser) -> None:
    old = publish(browser.system)
    new = publish(browser.system, title="Rettet referat", supersedes=old)

    page = browser.get(f"/offentlig/udgivelser/{old}")
    assert "Der er kommet en nyere udgave." in page
    assert f'href="/offentlig/udgivelser/{new}"' in page
    assert f"Den erstatter {old}" in browser.get(f"/offentlig/udgivelser/{new}")

    withdraw(browser.system, new)
    assert "nyere udgave" not in browser.get(f"/offentlig/udgivelser/{old}")


def test_a_page_of_somebody_s_own_can_do_nothing_but_look_as_it_was_written(
    browser: Browser,
) -> None:
    body = "<!doctype html><style>p { color: red }</style><script>x()</script><p>Hej"
    number = publish(browser.system, PublicationKind.REPORT, body, form=Form.HTML)

    answer = browser.client.get(f"/offentlig/udgivelser/{number}/fil")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert answer.text == body


def test_a_pdf_is_handed_out_as_a_file(browser: Browser) -> None:
    number = publish(browser.system, PublicationKind.PLAN, b"%PDF-1.7 x", form=Form.PDF)

    page = browser.get(f"/offentlig/udgivelser/{number}")
    answer = browser.client.get(f"/offentlig/udgivelser/{number}/fil")

    assert "Teksten er en PDF." in page
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; ")


def test_texts_can_be_chosen_by_kind(browser: Browser) -> None:
    publish(browser.system)

    assert "Referat fra vandringen" in browser.get(
        "/offentlig/udgivelser?slags=minutes"
    )
    assert "Referat fra" not in browser.get("/offentlig/udgivelser?slags=report")


# ---- what is new, and the rest ----


def test_a_walk_can_be_followed_without_an_address(browser: Browser) -> None:
    number = publish_minutes(browser.system)

    feed = ET.fromstring(browser.get(f"{HERE}/nyt.xml"))

    names = [one.text or "" for one in feed.findall("a:entry/a:id", ATOM)]
    titles = [one.text or "" for one in feed.findall("a:entry/a:title", ATOM)]
    assert browser.page.headers["content-type"].startswith("application/atom+xml")
    assert len(names) == len(set(names))
    assert "Vandringen blev gået" in titles
    assert "Referat: Referat fra vandringen" in titles
    assert any(one.endswith(f"/text/{number}") for one in names)
    assert any("2026-04" in one for one in titles)
    stamps = [one.text or "" for one in feed.findall("a:entry/a:updated", ATOM)]
    assert feed.findtext("a:updated", None, ATOM) == max(stamps)


def test_the_strategy_names_every_effort_of_the_register(browser: Browser) -> None:
    page = browser.get("/offentlig/strategi")

    for area in browser.system.rules().register.focus_areas:
        assert f"{area.code} · " in page
    assert "Trygt natteliv" in page


def test_who_answers_comes_from_the_register(browser: Browser) -> None:
    page = browser.get("/offentlig/privatliv")

    for unit in browser.system.rules().register.units:
        if browser.system.rules().register.is_coordinator(unit.id):
            assert unit.da in page


def test_the_statement_says_what_was_not_tried(browser: Browser) -> None:
    page = browser.get("/offentlig/tilgaengelighed")

    assert "Det er ikke efterprøvet" in page
    assert "Digitaliseringsstyrelsen" in page
    assert "Det er ikke efterprøvet" in browser.get("/accessibility")


def test_search_engines_may_read_what_is_public_only(browser: Browser) -> None:
    assert browser.get("/robots.txt").endswith("Disallow: /\n")
    assert "Allow: /offentlig/" in browser.page.text


def test_an_installation_can_do_without_public_pages(
    browser: Browser, system: Gadelys, settings: Settings
) -> None:
    system.settings = settings.model_copy(update={"public_pages": False})

    for path in PAGES:
        browser.get(path, 404)
    assert browser.get("/robots.txt") == "User-agent: *\nDisallow: /\n"


def test_whoever_was_police_only_is_never_public(browser: Browser) -> None:
    publish_minutes(browser.system)

    assert OFFICER.rpartition("/")[2] not in browser.get(HERE)
