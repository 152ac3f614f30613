"""A route drawn on the map, and a pin moved on a phone without a network."""

import pytest
from playwright.sync_api import Browser, Page

from domain.messages import Recorded
from domain.walk.commands import (
    InviteToWalk,
    PlanWalk,
    RequestWalk,
    SetRoute,
    stream_of,
)
from domain.walk.events import RouteSet
from tests import examples as ex
from tests.web import test_field_browser as phones
from tests.web.conftest import COORDINATOR
from tests.web.publishing import LEADER, stamp_of, submit
from tests.web.test_browser import LANGUAGES, SCREENSHOTS, Served, looking, opened

driven, served = phones.driven, phones.served
NEW = "V-2026-01"
PAGE = f"/walks/{NEW}/route"


def plan_a_walk(served: Served, *, is_laid: bool = True) -> None:
    """Ask for a walk, plan it, lay its route, and invite to it."""
    system = served.system
    about = {"number": NEW}
    plan = ex.walk_plan("2026-12-16 17:00", "2026-12-16 19:00", ex.TREKANTEN)
    stamps = (stamp_of(system, "route", nth) for nth in range(9))
    submit(
        system,
        RequestWalk(**about, stamp=next(stamps), area="Aalborg Øst"),
        PlanWalk(
            **about,
            stamp=next(stamps),
            plan=plan,
            owners=(LEADER.unit,),
            follow_up_on=ex.on("2027-06-16"),
        ),
        *([SetRoute(**about, stamp=next(stamps), stops=ex.ROUTE)] if is_laid else []),
        InviteToWalk(**about, stamp=next(stamps), groups=("residents",)),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_with_a_route_can_be_used_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    plan_a_walk(served)
    pages = (
        *(PAGE, f"/walks/{NEW}", f"/walks/{NEW}/paper", f"/felt/?walk={NEW}"),
        *("/offentlig/", f"/offentlig/vandringer/{NEW}", f"/map?unit=all&walk={NEW}"),
    )
    with looking(driven, served, lang) as look:
        page = look.watched.page
        look.watched.log_in(COORDINATOR)
        for place, path in enumerate(pages):
            look.watched.open(path)
            if path == PAGE:
                page.wait_for_selector("#route-map[data-drawn] .pin-stop")
            if path.startswith("/map"):
                page.wait_for_selector("#map[data-drawn] .pin-stop")
            if path.startswith("/felt"):
                page.wait_for_selector(phones.READY)
                page.click("#move-pin")
                page.wait_for_selector("#pin-map .stop-mark")
            look.at(f"route-{place}")


def test_a_stop_is_put_on_the_map_and_dragged(driven: Browser, served: Served) -> None:
    plan_a_walk(served, is_laid=False)
    watched = opened(driven.new_context(locale="da-DK"), served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open(PAGE)
    page.wait_for_selector("#route-map[data-drawn]")

    for nth, name in enumerate(("Tunnelen", "Torvet"), 1):
        page.click("#route-map", position={"x": 150 + 60 * nth, "y": 200})
        page.fill(f"[id='name.{nth}']", name)
        page.press(f"[id='name.{nth}']", "Enter")
        page.wait_for_selector(f"[id='name.{nth + 1}']")
    before = page.input_value("[id='lon.2']")
    page.locator(".pin-stop").nth(1).drag_to(
        page.locator("#route-map"), target_position={"x": 60, "y": 60}
    )
    assert page.input_value("[id='lon.2']") != before
    page.click("button[aria-label='Flyt stop 2 op']")
    page.click("text=Gem ruten")
    page.wait_for_url(f"**/walks/{NEW}")
    page.context.close()

    [laid] = [one.event for one in _facts(served) if isinstance(one.event, RouteSet)]
    assert [stop.name for stop in laid.stops] == ["Torvet", "Tunnelen"]
    assert watched.complaints == []


def test_a_route_is_laid_without_javascript(driven: Browser, served: Served) -> None:
    plan_a_walk(served, is_laid=False)
    context = driven.new_context(java_script_enabled=False, locale="da-DK")
    watched = opened(context, served)
    page = watched.page
    watched.log_in(COORDINATOR)
    watched.open(PAGE)
    page.fill("[id='name.1']", "Tunnelen")
    page.fill("[id='lat.1']", "57,02643")
    page.fill("[id='lon.1']", "9,99893")
    page.click("button:visible:text('Tilføj stop')")
    page.click("text=Gem ruten")
    page.wait_for_url(f"**/walks/{NEW}")

    assert "Tunnelen" in page.inner_text("main")
    context.close()


def test_a_pin_is_moved_on_a_phone_without_a_network(
    driven: Browser, served: Served
) -> None:
    plan_a_walk(served)
    phone = phones.phone_of(driven, served)
    page = phone.page
    page.goto(f"{served.address}/felt/?walk={NEW}")
    page.wait_for_selector(phones.READY)
    page.context.set_offline(True)
    page.select_option("#walk", NEW)
    page.select_option("#stop", label="Stop 2: Torvet")
    assert page.input_value("#place") == "Stop 2: Torvet"
    assert page.input_value("#lat") == "57.027710"

    page.click("#move-pin")
    page.wait_for_selector("#pin-map .stop-mark")
    assert page.input_value("#lat") == "57.027710"
    page.press("#pin-map", "ArrowUp")
    page.locator("#accuracy", has_text="Rettet med hånden").wait_for()
    north = page.input_value("#lat")
    assert north > "57.027711"
    _drag(page)
    page.wait_for_timeout(300)
    assert page.input_value("#lat") != north
    page.screenshot(path=SCREENSHOTS / "felt-pin.png", full_page=True)
    lat, lon = page.input_value("#lat"), page.input_value("#lon")
    phones.note(page, "felt: hækken ved torvet")
    page.context.set_offline(False)
    phones.counted(page, "Alt er sendt og modtaget")

    [(_, noted)] = phones.reported(served)
    assert noted.place == "Stop 2: Torvet"
    assert noted.point
    assert (f"{noted.point.lat:.6f}", f"{noted.point.lon:.6f}") == (lat, lon)
    assert phones.quiet(phone) == []
    page.context.close()


def _drag(page: Page) -> None:
    page.locator("#pin-map").scroll_into_view_if_needed()
    box = page.locator("#pin-map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()


def _facts(served: Served) -> tuple[Recorded, ...]:
    return served.system.store.load(stream_of(NEW))
