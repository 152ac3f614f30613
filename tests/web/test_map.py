"""Kort: the cases of the list where they lie, with or without a service of tiles."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import cos, radians, sin, sqrt, tan
from threading import Thread

import pytest
from pydantic import ValidationError
from typing_extensions import override

from adapters.settings import Settings
from adapters.system import Gadelys
from projections.grid import MOST_LINES, cell_of, grid_over, to_degrees, to_metres
from tests.web.conftest import PARTNER, Browser, Opening
from tests.web.test_history import AUDITOR, purposeful

NUMBER = re.compile(r'<h3><a href="/cases/([^"]+)')
PNG = b"\x89PNG\r\n\x1a\n"
AALBORG = (57.0488, 9.9217)


def test_the_map_has_the_cases_of_the_list_by_the_same_filters(
    coordinator: Browser,
) -> None:
    for query in ("unit=all", "unit=all&tab=late", "unit=all&category=LGT-FAIL"):
        listed = set(
            re.findall(
                r'class="number"><a href="/cases/([^"]+)',
                coordinator.get(f"/worklist?{query}"),
            )
        )
        assert set(NUMBER.findall(coordinator.get(f"/map?{query}"))) == listed


def test_the_list_says_in_words_where_a_case_lies(coordinator: Browser) -> None:
    page = coordinator.get("/map?unit=all")

    assert re.search(r"57,0\d+° N · 9,9\d+° Ø · kvadrat 1km_63\d\d_5\d\d", page)
    assert "Listen viser de samme sager" in page


def test_a_partner_sees_the_places_of_its_own_cases_only(opening: Opening) -> None:
    partner = opening().log_in(PARTNER)

    own = NUMBER.findall(partner.get("/map"))
    assert NUMBER.findall(partner.get("/map?unit=all")) == own
    partner.get("/map?unit=municipality/operations", 403)


def test_who_looks_on_sees_everybody_s_cases_without_their_words(
    opening: Opening,
) -> None:
    auditor = purposeful(opening().log_in(AUDITOR))

    page = auditor.get("/map")
    assert len(NUMBER.findall(page)) == 12
    assert "lamper" not in page


def test_the_grid_is_drawn_without_any_service(coordinator: Browser) -> None:
    told = coordinator.get("/map/grid?south=57.03&west=9.9&north=57.06&east=10.0")
    found = json.loads(told)

    assert found["step"] == 1000
    assert any(one["name"] == "1km_6323_555" for one in found["labels"])
    coordinator.get("/map/grid?south=x&west=9&north=57&east=10", 400)
    coordinator.get("/map/grid?south=999&west=9&north=57&east=10", 400)


def test_the_grid_is_not_for_strangers(browser: Browser) -> None:
    browser.get("/map/grid?south=57&west=9&north=57.1&east=9.1", 401)
    browser.get("/map/tiles/1/0/0", 403)


@pytest.mark.parametrize(
    ("lat", "lon", "north", "east"),
    [(57.0488, 9.9217, 6323195.6, 555917.0), (56.0, 9.0, 6206079.6, 500000.0)],
)
def test_a_place_is_where_the_maps_of_the_country_have_it(
    lat: float, lon: float, north: float, east: float
) -> None:
    found = to_metres(lat, lon)

    assert found.north == pytest.approx(north, abs=0.1)
    assert found.east == pytest.approx(east, abs=0.1)
    assert found.north == pytest.approx(_redfearn(lat, lon)[0], abs=0.05)
    assert found.east == pytest.approx(_redfearn(lat, lon)[1], abs=0.05)


def _redfearn(lat: float, lon: float) -> tuple[float, float]:
    """Return the same by another formula (Redfearn 1948)."""
    a, f, k = 6378137.0, 1 / 298.257222101, 0.9996
    e2 = f * (2 - f)
    phi, lam = radians(lat), radians(lon - 9)
    t, eta2 = tan(phi), e2 / (1 - e2) * cos(phi) ** 2
    nu = a / sqrt(1 - e2 * sin(phi) ** 2)
    arc = a * (
        (1 - e2 / 4 - 3 * e2**2 / 64 - 5 * e2**3 / 256) * phi
        - (3 * e2 / 8 + 3 * e2**2 / 32 + 45 * e2**3 / 1024) * sin(2 * phi)
        + (15 * e2**2 / 256 + 45 * e2**3 / 1024) * sin(4 * phi)
        - 35 * e2**3 / 3072 * sin(6 * phi)
    )
    w = lam * cos(phi)
    east = nu * (w + w**3 / 6 * (1 - t**2 + eta2))
    east += nu * w**5 / 120 * (5 - 18 * t**2 + t**4 + 14 * eta2 - 58 * t**2 * eta2)
    north = nu * t * (w**2 / 2 + w**4 / 24 * (5 - t**2 + 9 * eta2 + 4 * eta2**2))
    north += nu * t * w**6 / 720 * (61 - 58 * t**2 + t**4)
    return k * (arc + north), 500000 + k * east


@pytest.mark.parametrize("place", [AALBORG, (54.6, 11.9), (55.1, 15.0), (57.7, 8.2)])
def test_there_and_back_is_the_same_place(place: tuple[float, float]) -> None:
    found = to_degrees(*to_metres(*place))

    assert tuple(found) == pytest.approx(place, abs=2e-8)


def test_cells_have_the_names_of_the_danish_grid() -> None:
    assert cell_of(*AALBORG) == "1km_6323_555"
    assert cell_of(*AALBORG, 100) == "100m_63231_5559"


@pytest.mark.parametrize("size", [0.001, 0.01, 0.1, 1.0, 10.0])
def test_a_grid_is_never_too_fine_to_read(size: float) -> None:
    found = grid_over(57.0, 9.5, 57.0 + size, 9.5 + size)

    assert 0 < len(found.lines) <= 2 * (MOST_LINES + 4)
    assert len(found.labels) <= 64


def test_there_is_no_grid_elsewhere() -> None:
    assert grid_over(0, 0, 1, 1).lines == []


class Service(BaseHTTPRequestHandler):
    """A service of tiles on this machine."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kind = "text/html" if "/html/" in self.path else "image/png"
        content = PNG * (200_000 if "/5/0/0" in self.path else 1)
        self.send_response(302 if "/2/1/1" in self.path else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Location", "http://elsewhere.example/")
        self.end_headers()
        self.wfile.write(content)

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def tiles(system: Gadelys, path: str = "tiles") -> Iterator[list[str]]:
    asked: list[str] = []
    handler = type("Handler", (Service,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}/{path}"
        told = {
            "map_tiles": f"{here}/{{z}}/{{x}}/{{y}}?token={{key}}",
            "map_tiles_key": "secret&word",
        }
        every = {**system.settings.model_dump(), **told}
        system.settings = Settings(**every)
        yield asked
        server.shutdown()


def test_without_a_service_there_are_no_tiles(coordinator: Browser) -> None:
    coordinator.get("/map/tiles/1/0/0", 404)

    assert "Skitse uden baggrundskort" in coordinator.get("/map")


def test_tiles_come_through_us_and_the_key_stays_here(
    coordinator: Browser, system: Gadelys
) -> None:
    with tiles(system) as asked:
        coordinator.get("/map/tiles/3/4/2")
        assert coordinator.page.content == PNG
        assert coordinator.page.headers["content-type"] == "image/png"
        page = coordinator.get("/map")

    assert asked == ["/tiles/3/4/2?token=secret%26word"]
    assert "secret" not in page
    assert "Skitse uden baggrundskort" not in page


@pytest.mark.parametrize(
    ("tile", "status"),
    [("2/1/1", 502), ("5/0/0", 502), ("3/8/0", 404), ("21/0/0", 404), ("3/-1/0", 404)],
)
def test_what_is_no_tile_is_not_handed_on(
    coordinator: Browser, system: Gadelys, tile: str, status: int
) -> None:
    with tiles(system):
        coordinator.get(f"/map/tiles/{tile}", status)


def test_a_page_is_no_tile(coordinator: Browser, system: Gadelys) -> None:
    with tiles(system, "html"):
        coordinator.get("/map/tiles/1/0/0", 502)


def test_a_service_that_is_away_is_an_answer_without_its_address(
    coordinator: Browser, system: Gadelys
) -> None:
    with tiles(system):
        pass

    assert coordinator.get("/map/tiles/1/0/0", 502) == ""


@pytest.mark.parametrize(
    "template", ["http://127.0.0.1/{z}/{x}", "ftp://x/{z}/{x}/{y}", "tiles"]
)
def test_an_address_that_cannot_be_one_is_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        Settings(map_tiles=template)
