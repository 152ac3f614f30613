"""Photos on the pages: sent, shown, withheld, refused."""

import io
from typing import Any

import pytest
from PIL import Image

from domain.access import WordsRead
from domain.finding.commands import stream_of
from domain.finding.events import PhotoAdded
from tests.adapters.test_pictures import HOSTILE, PLACE, picture, with_place
from tests.web.conftest import PARTNER, Browser, Opening

CASE = "2026-04"


def send(
    browser: Browser, body: bytes, status: int = 303, number: str = CASE, **typed: str
) -> str:
    """Open the form of a photo, choose a file and send it."""
    browser.get(f"/cases/{number}/photos")
    return browser.post_file(f"/cases/{number}/photos", body, status, **typed)


def added(browser: Browser, number: str = CASE) -> list[PhotoAdded]:
    facts = browser.system.store.load(stream_of(number))
    return [one.event for one in facts if isinstance(one.event, PhotoAdded)]


def answer(browser: Browser, content: str, **headers: str) -> Any:
    return browser.client.get(f"/cases/{CASE}/photos/{content}.jpg", headers=headers)


def test_a_photo_is_sent_without_javascript_and_shown(operations: Browser) -> None:
    send(operations, with_place(), shows="before")

    [event] = added(operations)
    page = operations.get(f"/cases/{CASE}")
    assert f'src="/cases/{CASE}/photos/{event.content}.jpg"' in page
    assert "Fotoet ligger nu ved sagen." in page
    assert "lagde et foto ved sagen: før" in page
    assert "IMG_4711" not in page
    shown = answer(operations, event.content)
    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (event.width, event.height) == (40, 60)
    assert PLACE not in shown.content


def test_the_name_of_the_file_is_kept_nowhere(operations: Browser) -> None:
    send(operations, picture())

    folder = operations.system.settings.data
    for path in folder.rglob("*"):
        assert not path.is_file() or b"IMG_4711" not in path.read_bytes(), path


def test_it_is_served_so_that_it_can_do_nothing(operations: Browser) -> None:
    send(operations, picture())
    [event] = added(operations)

    alone = answer(operations, event.content)
    inside = answer(operations, event.content, **{"sec-fetch-dest": "image"})

    assert alone.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert alone.headers["x-content-type-options"] == "nosniff"
    assert alone.headers["cache-control"] == "no-store"
    assert alone.headers["content-type"] == "image/jpeg"
    assert alone.headers["content-disposition"].startswith("attachment")
    assert inside.headers["content-disposition"].startswith("inline")


def test_before_and_after_stand_beside_each_other(operations: Browser) -> None:
    send(operations, picture(), shows="before")
    send(operations, picture(size=(50, 50)), shows="after")

    page = operations.get(f"/cases/{CASE}")

    assert "data-compare" in page
    assert "Skyd mellem før og efter" in page


def test_each_look_is_written_down(operations: Browser) -> None:
    send(operations, picture())
    [event] = added(operations)
    before = looks(operations)

    answer(operations, event.content)

    assert looks(operations) == before + 1


def looks(browser: Browser) -> int:
    facts = browser.system.access.store.after(0, 10_000)
    return sum(
        isinstance(one.event, WordsRead) and stream_of(CASE) in one.event.about
        for one in facts
    )


def test_whose_case_it_is_not_sees_no_photo(
    operations: Browser, opening: Opening
) -> None:
    send(operations, picture())
    [event] = added(operations)
    partner = opening().log_in(PARTNER)

    partner.get(f"/cases/{CASE}", 404)
    assert answer(partner, event.content).status_code == 404


def test_a_photo_that_is_not_there_is_not_found(operations: Browser) -> None:
    assert answer(operations, "0" * 64).status_code == 404
    assert answer(operations, "..%2f..%2fkeys.db").status_code == 404


def test_nobody_who_is_not_logged_in_sees_or_sends_one(browser: Browser) -> None:
    assert answer(browser, "0" * 64).status_code == 401
    browser.get("/login")
    page = browser.post_file(f"/cases/{CASE}/photos", picture(), 401)
    assert "Log ind" in page


def test_the_same_form_twice_is_one_photo(operations: Browser) -> None:
    operations.get(f"/cases/{CASE}/photos")
    form = operations.page
    operations.post_file(f"/cases/{CASE}/photos", picture())
    operations.page = form
    operations.post_file(f"/cases/{CASE}/photos", picture())

    assert len(added(operations)) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_leaves_nothing(
    operations: Browser, name: str
) -> None:
    body, _ = HOSTILE[name]
    status = 413 if len(body) > 12_400_000 else 422

    page = send(operations, body, status)

    assert "Det kunne ikke gemmes" in page or status == 413
    assert added(operations) == []
    assert [*operations.system.photos.blobs.names()] == []


def test_what_the_rules_refuse_leaves_no_photo_behind(coordinator: Browser) -> None:
    coordinator.get("/report")
    coordinator.post("/report", category="LGT-FAIL", text="Lampen er slukket.")
    number = coordinator.page.headers["location"].rpartition("/")[2]
    coordinator.get(f"/cases/{number}/photos")
    form = coordinator.page
    coordinator.step(number, "refer-out", forum="114")

    coordinator.page = form
    page = coordinator.post_file(f"/cases/{number}/photos", picture(), 422)

    assert "Det kunne ikke gemmes" in page
    assert [*coordinator.system.photos.blobs.names()] == []


def test_a_photo_needs_our_form(operations: Browser) -> None:
    operations.get(f"/cases/{CASE}/photos")
    operations.post_file(f"/cases/{CASE}/photos", picture(), 403, csrf="other")
    operations.post_file(f"/cases/{CASE}/photos", picture(), 422, shows="film")

    assert added(operations) == []
