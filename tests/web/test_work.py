"""Mit arbejde: what waits, how late it is, and where to go when nothing does."""

import re
from uuid import uuid4

import pytest

from adapters.persistence.leases import PROJECTOR
from adapters.system import Gadelys
from domain.finding.commands import AddNote
from domain.messages import Stamp
from domain.values import Actor
from tests.conftest import StandingClock
from tests.web.conftest import OPERATIONS, Browser, Opening

ROW = re.compile(r'class="number"><a href="/cases/([^"]+)"')


def numbers(page: str) -> list[str]:
    return ROW.findall(page)


def test_a_caseworker_begins_the_day_with_what_waits(operations: Browser) -> None:
    operations.get("/", 303)

    assert operations.page.headers["location"] == "/worklist"
    assert numbers(operations.get("/worklist")) == ["2026-04"]


def test_a_coordinator_begins_with_the_walks(coordinator: Browser) -> None:
    coordinator.get("/", 303)

    assert coordinator.page.headers["location"] == "/walks"


def test_lateness_is_said_in_words_and_working_days(operations: Browser) -> None:
    page = operations.get("/worklist")

    assert "16.10.2026" in page
    assert "25 arbejdsdage over fristen" in page


def test_each_pile_shows_its_count_and_its_cases(operations: Browser) -> None:
    everybody = operations.get("/worklist?unit=all")
    late = numbers(operations.get("/worklist?unit=all&tab=late"))
    hold = numbers(operations.get("/worklist?unit=all&tab=hold"))

    assert len(numbers(everybody)) == 12
    assert f'Over frist <span class="count">{len(late)}</span>' in everybody
    assert f'I bero <span class="count">{len(hold)}</span>' in everybody
    assert {"2026-04", "2026-06"} <= set(late)
    assert hold


def test_an_empty_pile_names_one_next_step(operations: Browser) -> None:
    page = operations.get("/worklist?tab=today")

    assert "Ingen sager har frist i dag." in page
    assert page.count('class="button button-secondary" href="/worklist?tab=late"') == 1


def test_filters_stand_in_the_address_and_can_be_cleared(operations: Browser) -> None:
    page = operations.get("/worklist?unit=all&category=LGT-FAIL")

    assert numbers(page) == ["2026-02"]
    assert "Ryd 2 filtre" in page


@pytest.mark.parametrize("tab", ["nonsense", "", "all"])
def test_an_unknown_pile_is_all_of_it(operations: Browser, tab: str) -> None:
    assert numbers(operations.get(f"/worklist?tab={tab}")) == ["2026-04"]


def test_a_number_goes_straight_to_the_case(operations: Browser) -> None:
    operations.get("/worklist?q=2026-02&unit=all", 303)

    assert operations.page.headers["location"] == "/cases/2026-02"


def test_words_are_searched_for_in_all_cases(operations: Browser) -> None:
    assert numbers(operations.get("/worklist?q=lamper&unit=all")) == ["2026-02"]


def test_a_search_that_finds_nothing_offers_to_clear_it(operations: Browser) -> None:
    page = operations.get("/worklist?q=findesikke")

    assert "Ingen sager passer til det, du søger." in page
    assert "Ryd alle filtre" in page


def test_a_page_that_is_no_page_of_this_list_is_refused(operations: Browser) -> None:
    page = operations.get("/worklist?after=nonsense", 422)

    assert "er ikke fra denne liste" in page


def test_the_list_says_how_many_cases_have_changed(
    opening: Opening, operations: Browser
) -> None:
    page = operations.get("/worklist?unit=all")
    news = re.search(r'hx-get="(/worklist/news[^"]+)"', page)
    assert news
    path = news[1].replace("&amp;", "&")
    assert "ændring" not in operations.get(path)

    operations.step("2026-04", "note", text="Der er bestilt afrensning.")

    assert "1 ny ændring – vis" in operations.get(path)


def test_nobody_sees_the_list_without_a_login(browser: Browser) -> None:
    page = browser.get("/worklist?tab=late", 401)

    assert "Log ind" in page
    assert "2026-04" not in page


def test_a_partner_is_not_shown_the_places_of_the_authorities(
    opening: Opening,
) -> None:
    partner = opening().log_in("partner/housing-organisation/demo-housing-organisation")

    assert "Administration" not in partner.get("/worklist")
    assert "Aalborg Øst" not in partner.page.text
    partner.get("/cases/2026-09")
    partner.get("/cases/2026-04", 404)
    partner.get("/worklist?q=lamper&unit=all", 403)
    for path in ("/administration", "/walks", "/approvals", "/deliveries"):
        partner.get(path, 403)


def test_who_is_away_too_long_is_logged_out(
    operations: Browser, now: StandingClock
) -> None:
    now.move(minutes=29)
    operations.get("/worklist")
    now.move(minutes=29)
    operations.get("/worklist")
    now.move(minutes=31)

    assert "Du har været væk for længe" in operations.get("/worklist", 401)


def test_nobody_is_logged_in_for_more_than_ten_hours(
    operations: Browser, now: StandingClock
) -> None:
    for _ in range(24):
        now.move(minutes=25)
        operations.get("/worklist")
    now.move(minutes=25)

    operations.get("/worklist", 401)


def test_a_list_that_is_behind_says_so_and_the_case_is_fresh(
    coordinator: Browser, system: Gadelys, now: StandingClock
) -> None:
    coordinator.get("/worklist?unit=all")
    lease = system.store.lease(PROJECTOR)
    assert lease.held()
    by = Actor.parse(OPERATIONS)
    stamp = Stamp(by=by, at=system.now(), command_id=uuid4())
    system.submit(AddNote(number="2026-04", stamp=stamp, text="Set på stedet."))

    assert "bagud" not in coordinator.get("/worklist?unit=all")
    now.move(seconds=40)
    for path in ("/worklist?unit=all", "/map?unit=all"):
        assert "Listen er 40 sekunder bagud" in coordinator.get(path)
    now.move(minutes=3)
    assert "Listen er 3 minutter bagud" in coordinator.get("/worklist?unit=all")
    assert "Set på stedet." in coordinator.get("/cases/2026-04")

    lease.release()
    assert "bagud" not in coordinator.get("/worklist?unit=all")
