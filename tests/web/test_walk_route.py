"""The route of a walk: laid and changed in a list, shown wherever people need it."""

import re

import pytest

from domain.walk.commands import MOST_STOPS, stream_of
from domain.walk.events import RouteSet
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, OPERATIONS, Browser, Opening
from tests.web.publishing import WALK

NEW = "V-2026-01"
PAGE = f"/walks/{NEW}/route"
TUNNEL = {"name.1": "Tunnelen", "lat.1": "57,02643", "lon.1": "9,99893"}
SQUARE = {"name.2": "Torvet", "lat.2": "57.02771", "lon.2": "10.0004"}
VALUES = re.compile(r'id="name\.\d+" name="name\.\d+" maxlength="200" value="([^"]+)"')


@pytest.fixture
def leader(coordinator: Browser) -> Browser:
    """Return the browser of who leads a walk that was asked for."""
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", number=NEW, area="Vejgaard")
    coordinator.get(PAGE)
    return coordinator


def routes(browser: Browser) -> list[RouteSet]:
    facts = browser.system.store.load(stream_of(NEW))
    return [fact.event for fact in facts if isinstance(fact.event, RouteSet)]


def test_a_route_is_laid_stop_by_stop(leader: Browser) -> None:
    leader.post(PAGE, 200, do="add", **TUNNEL)
    page = leader.post(PAGE, 200, do="add", **TUNNEL, **SQUARE)

    assert "Mindst 170 meter i luftlinje, omkring 4 minutters gang" in page
    assert "Det er ikke gemt endnu." in page
    assert routes(leader) == []

    leader.post(PAGE, 303, do="save", **TUNNEL, **SQUARE)
    page = leader.get(f"/walks/{NEW}")

    assert "Ruten er gemt." in page
    assert "<li>Tunnelen</li><li>Torvet</li>" in page
    [laid] = routes(leader)
    assert [(stop.name, stop.lat) for stop in laid.stops] == [
        ("Tunnelen", 57.02643),
        ("Torvet", 57.02771),
    ]


@pytest.mark.parametrize(
    ("do", "names"),
    [
        ("down.1", ["Torvet", "Tunnelen"]),
        ("up.2", ["Torvet", "Tunnelen"]),
        ("drop.1", ["Torvet"]),
        ("up.1", ["Tunnelen", "Torvet"]),
        ("down.2", ["Tunnelen", "Torvet"]),
        ("drop.9", ["Tunnelen", "Torvet"]),
        ("drop.x", ["Tunnelen", "Torvet"]),
        (f"up.{'9' * 5_000}", ["Tunnelen", "Torvet"]),
        ("anything", ["Tunnelen", "Torvet"]),
    ],
)
def test_stops_are_moved_and_removed_before_they_are_saved(
    leader: Browser, do: str, names: list[str]
) -> None:
    page = leader.post(PAGE, 200, do=do, **TUNNEL, **SQUARE)

    assert VALUES.findall(page) == names
    assert routes(leader) == []


def test_a_route_is_opened_as_it_was_laid(leader: Browser) -> None:
    leader.post(PAGE, 303, do="save", **TUNNEL, **SQUARE)

    page = leader.get(PAGE)

    assert VALUES.findall(page) == ["Tunnelen", "Torvet"]
    assert 'value="57,02643"' in page
    assert "Det er ikke gemt endnu." not in page


def test_a_full_route_has_no_new_stop(leader: Browser) -> None:
    full = {
        f"{part}.{nth}": value
        for nth in range(1, MOST_STOPS + 1)
        for part, value in (("name", "Torvet"), ("lat", "57,02"), ("lon", "9,99"))
    }
    assert leader.page.text.count("data-blank") == 1
    page = leader.post(PAGE, 200, do="add", **full)

    assert page.count("data-stop=") == MOST_STOPS + 1  # with the text of the map
    assert "data-blank" not in page


def test_a_whole_degree_is_shown_without_a_comma(leader: Browser) -> None:
    leader.post(PAGE, 303, do="save", **{**TUNNEL, "lat.1": "57,0", "lon.1": "10"})

    page = leader.get(PAGE)

    assert 'value="57"' in page
    assert 'value="10"' in page


def test_the_same_form_sent_twice_is_one_route(leader: Browser) -> None:
    first = leader.page
    for _ in range(2):
        leader.page = first
        leader.post(PAGE, 303, do="save", **TUNNEL)

    assert len(routes(leader)) == 1


@pytest.mark.parametrize(
    "typed",
    [{"lat.2": ""}, {"lon.2": "ved kirken"}, {"name.2": ""}],
    ids=["no-number", "no-point", "no-name"],
)
def test_what_is_wrong_with_a_stop_is_said_and_nothing_is_lost(
    leader: Browser, typed: dict[str, str]
) -> None:
    page = leader.post(PAGE, 422, do="save", **TUNNEL, **{**SQUARE, **typed})

    assert "Stop 2: skriv et navn, og to tal" in page
    assert 'value="Tunnelen"' in page
    assert routes(leader) == []


def test_an_empty_route_says_what_to_write(leader: Browser) -> None:
    page = leader.post(PAGE, 422, do="save")

    assert "Stop 1: skriv et navn, og to tal" in page


def test_a_stop_abroad_is_refused_by_the_rules(leader: Browser) -> None:
    abroad = {**TUNNEL, "lat.1": "52", "lon.1": "13"}

    page = leader.post(PAGE, 422, do="save", **abroad)

    assert "Det kunne ikke gemmes" in page
    assert 'value="Tunnelen"' in page


def test_a_stop_that_may_name_somebody_is_looked_at_once_more(leader: Browser) -> None:
    somebody = {**TUNNEL, "name.1": "Hos Karen Nielsen"}

    page = leader.post(PAGE, 422, do="save", **somebody)
    assert "Karen Nielsen" in page
    assert routes(leader) == []

    leader.post(PAGE, 303, do="save", checked="1", **somebody)
    assert len(routes(leader)) == 1


def test_a_walk_that_was_held_keeps_its_route(coordinator: Browser) -> None:
    page = coordinator.get(f"/walks/{WALK}/route")

    assert "Ruten kan ikke ændres, når vandringen er gået eller aflyst." in page
    assert "Gem ruten" not in page
    page = coordinator.post(f"/walks/{WALK}/route", 422, do="save", **TUNNEL)
    assert 'value="Tunnelen"' in page


def test_who_leads_no_walk_lays_no_route(opening: Opening, leader: Browser) -> None:
    caseworker = opening().log_in(OPERATIONS)

    caseworker.get(PAGE, 403)
    assert "/route" not in caseworker.get(f"/walks/{NEW}")


def test_stops_survive_a_login_that_ran_out(
    leader: Browser, now: StandingClock
) -> None:
    now.move(minutes=40)
    leader.post(PAGE, 401, do="save", **TUNNEL)

    page = leader.log_in(COORDINATOR).get(PAGE)

    assert VALUES.findall(page) == ["Tunnelen"]


def test_the_paper_form_has_the_stops_and_a_code_for_the_phone(leader: Browser) -> None:
    leader.post(PAGE, 303, do="save", **TUNNEL, **SQUARE)

    page = leader.get(f"/walks/{NEW}/paper")

    assert '<ol class="paper-stops"><li>Tunnelen</li><li>Torvet</li></ol>' in page
    assert f"http://127.0.0.1:8000/felt/?walk={NEW}" in page
    assert 'src="data:image/svg+xml' in page
