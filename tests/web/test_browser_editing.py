"""Values of a case changed where they stand, in a real browser, with and without it."""

import pytest
from playwright.sync_api import Browser

from domain.finding.commands import stream_of
from tests.web import test_browser
from tests.web.conftest import COORDINATOR, OPERATIONS
from tests.web.test_browser import LANGUAGES, Served, looking, opened

driven = test_browser.driven
served = test_browser.served

CASE = "/cases/2026-04"


def _link(value: str) -> str:
    return f"a.edit[href*='only={value}']"


def test_enter_saves_a_value_where_it_stands(driven: Browser, served: Served) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open(CASE)

    # Click, write, Enter goes on to the reason, Enter saves.
    page.click(_link("place"))
    page.wait_for_selector(".inline-edit #place")
    page.keyboard.type("Bag skolen")
    page.keyboard.press("Enter")
    page.keyboard.type("Stedet var skrevet forkert.")
    page.wait_for_selector(".inline-edit .follows")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-success")

    assert page.url == f"{served.address}{CASE}"
    assert "nyt sted: Bag skolen" in page.inner_text(".alert-success")
    facts = served.system.store.load(stream_of("2026-04"))
    assert facts[-1].event.TOPIC == "finding.corrected.v1"
    assert watched.complaints == []
    page.context.close()


def test_esc_puts_a_value_back_as_it_was(driven: Browser, served: Served) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open(CASE)
    before = len(served.system.store.load(stream_of("2026-04")))

    page.click(_link("deadline"))
    page.wait_for_selector(".inline-edit #fix_due")
    page.fill("#reason", "Aftalt med holdet.")
    page.keyboard.press("Escape")

    assert page.locator(".inline-edit").count() == 0
    assert page.evaluate("document.activeElement.matches(\"a.edit[href*='deadline']\")")
    assert len(served.system.store.load(stream_of("2026-04"))) == before
    assert watched.complaints == []
    page.context.close()


def test_what_would_be_refused_is_said_before_it_is_saved(
    driven: Browser, served: Served
) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open(CASE)

    page.click(_link("deadline"))
    page.wait_for_selector(".inline-edit #fix_due")
    page.fill("#fix_due", "2020-01-02")
    page.fill("#reason", "Aftalt med holdet.")
    page.wait_for_selector(".inline-edit .alert-error")

    assert "02.01.2020 er passeret" in page.inner_text(".inline-edit .alert-error")
    assert watched.violations() == []
    page.context.close()


def test_two_who_change_a_value_at_once_lose_no_text(
    driven: Browser, served: Served
) -> None:
    mine = opened(driven.new_context(locale="da-DK"), served)
    theirs = opened(driven.new_context(locale="da-DK"), served)
    mine.log_in(OPERATIONS)
    mine.open(CASE)
    mine.page.click(_link("place"))
    mine.page.wait_for_selector(".inline-edit #place")
    theirs.log_in(COORDINATOR)
    theirs.open(f"{CASE}/note")
    theirs.page.fill("#text", "Holdet er bestilt.")
    theirs.page.click("form.step .button-primary")
    theirs.page.wait_for_url(f"**{CASE}")

    mine.page.fill("#place", "Bag skolen")
    mine.page.fill("#reason", "Stedet var skrevet forkert.")
    mine.page.keyboard.press("Enter")

    mine.page.wait_for_selector(".conflict")
    assert mine.page.input_value("#place") == "Bag skolen"
    mine.page.click("text=Gem min ændring oven i")
    mine.page.wait_for_selector(".alert-success")
    assert "Bag skolen" in mine.page.inner_text(_link("place"))
    for one in (mine, theirs):
        one.page.context.close()


def test_one_letter_leads_from_the_list_to_a_step(
    driven: Browser, served: Served
) -> None:
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    for key, verb in (("a", "assign"), ("d", "change-deadline"), ("n", "note")):
        watched.open("/worklist?unit=all")
        page.keyboard.press(key)  # no case is chosen yet
        page.keyboard.press("j")
        first = page.inner_text("table.work tbody tr.at .number")
        page.keyboard.press(key)
        page.wait_for_url(f"**/cases/{first}/{verb}")
    assert watched.complaints == []
    page.context.close()


def test_without_javascript_a_value_leads_to_its_form(
    driven: Browser, served: Served
) -> None:
    context = driven.new_context(locale="da-DK", java_script_enabled=False)
    page = opened(context, served).page
    page.goto(f"{served.address}/login")
    page.select_option("#actor", COORDINATOR)
    page.click("form.step button")
    page.goto(f"{served.address}{CASE}")

    page.click(_link("place"))
    page.fill("#place", "Bag skolen")
    page.fill("#reason", "Stedet var skrevet forkert.")
    page.click("form.step .button-primary")

    assert "nyt sted: Bag skolen" in page.inner_text(".alert-success")
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_value_can_be_changed_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    with looking(driven, served, lang) as look:
        look.watched.log_in(COORDINATOR)
        for value in ("category", "place", "assignee", "deadline"):
            look.watched.open(CASE)
            look.watched.page.click(_link(value))
            look.watched.page.wait_for_selector(".inline-edit form")
            look.at(f"edit-{value}")
