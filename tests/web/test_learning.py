"""What was done about a closed case is told: a draft of codes and days, then signed."""

import re

import pytest

from adapters.system import Gadelys
from domain.publication.commands import stream_of
from domain.publication.events import PublicationDrafted
from tests.web.conftest import COORDINATOR, PARTNER, Browser, Opening

PAGE = "/cases/2026-05/learning"
TEXT = re.compile(r"<textarea[^>]*>\n?(.*?)</textarea>", re.DOTALL)


@pytest.fixture
def teller(opening: Opening) -> Browser:
    return opening().log_in(COORDINATOR)


def draft_of(browser: Browser) -> str:
    [text] = TEXT.findall(browser.get(PAGE))
    return str(text)


def test_the_draft_says_what_everybody_may_know(teller: Browser) -> None:
    text = draft_of(teller)

    assert "Under en tryghedsvandring i Aalborg Øst" in text
    assert re.search(r"Ansvaret lå hos (kommunen|politiet)\.", text)
    assert re.search(
        r"løst og kontrolleret \d\d\.\d\d\.2026, efter \d+ arbejdsdag", text
    )
    assert "{" not in text
    story = teller.get("/cases/2026-05")
    [words] = re.findall(r'<p class="text">([^<]+)</p>', story)[:1]
    assert words not in text
    assert f'href="{PAGE}"' in story


def test_it_is_laid_before_both_about_its_case(
    teller: Browser, system: Gadelys
) -> None:
    text = draft_of(teller)
    teller.post(PAGE, title="Lys på stien", text=text)

    [drafted] = system.store.load(stream_of("2026-001"))
    assert isinstance(drafted.event, PublicationDrafted)
    assert (drafted.event.kind, drafted.event.finding) == ("learning", "2026-05")
    assert "Det gjorde vi" in teller.get("/publications/2026-001")


def test_a_person_in_it_is_looked_at_once_more(teller: Browser) -> None:
    draft_of(teller)
    shown = teller.post(PAGE, 422, title="Lys", text="Anne Jensen bad om lys.")

    assert "1 sted kan nævne en person" in shown
    assert "Anne Jensen" in shown
    teller.post(PAGE, title="Lys", text="Anne Jensen bad om lys.", checked="1")


def test_a_title_is_looked_through_as_well(teller: Browser) -> None:
    draft_of(teller)
    shown = teller.post(PAGE, 422, title="Stien ved Anne Jensen", text="Der er lys.")

    assert "Titel: " in shown
    assert "Anne Jensen" in shown
    teller.post(PAGE, title="Stien ved Anne Jensen", text="Der er lys.", checked="1")


def test_an_empty_text_is_refused_and_nothing_is_lost(teller: Browser) -> None:
    draft_of(teller)

    assert 'value="Lys"' in teller.post(PAGE, 422, title="Lys", text=" ")


def test_an_open_case_has_nothing_to_tell_yet(teller: Browser) -> None:
    teller.get("/cases/2026-04/learning", 422)
    assert "/learning" not in teller.get("/cases/2026-04")


def test_others_have_nothing_to_tell(opening: Opening) -> None:
    opening().log_in(PARTNER).get(PAGE, 403)
