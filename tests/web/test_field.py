"""Felt: what a phone sends is stored once, and every answer says what became of it."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters.web.asking import ask
from domain.finding.commands import stream_of
from domain.finding.events import FindingReported, PhotoAdded
from tests.adapters.test_pictures import picture
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, OPERATIONS, PARTNER, Browser, Opening

WALK = "AALBORG-OEST-2026-01"
NOTED: dict[str, Any] = {
    "category": "LGT-FAIL",
    "text": "Lampen ved broen er slukket.",
    "lat": "57,0488",
    "lon": "9,9217",
    "walk": WALK,
    "severity": "normal",
    "seen_at": "2026-11-20T18:04:00+01:00",
}


class Phone:
    """A telephone that sends what it has noted."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @property
    def csrf(self) -> str:
        answer = self.browser.client.get("/felt/adgang")
        return str(answer.json()["csrf"]) if answer.status_code == 200 else ""

    def put(self, path: str, body: bytes, **headers: str) -> Any:
        headers = {"x-csrf-token": self.csrf, **headers}
        return self.browser.client.put(path, content=body, headers=headers)

    def note(self, command_id: str, **changed: Any) -> Any:
        body = json.dumps({**NOTED, **changed}).encode()
        return self.put(f"/felt/fund/{command_id}", body)

    def photo(self, number: str, command_id: str, body: bytes) -> Any:
        return self.put(f"/felt/sager/{number}/foto/{command_id}", body)


@pytest.fixture
def phone(opening: Opening) -> Phone:
    return Phone(opening().log_in(COORDINATOR))


def facts(phone: Phone, number: str) -> list[Any]:
    return [one.event for one in phone.browser.system.store.load(stream_of(number))]


def last(phone: Phone) -> int:
    return phone.browser.system.store.last_position()


def test_a_finding_is_stored_with_the_time_at_which_it_was_seen(phone: Phone) -> None:
    told = phone.note(str(uuid4()))

    assert told.status_code == 201
    [event] = facts(phone, told.json()["number"])
    assert isinstance(event, FindingReported)
    assert event.stamp.at == datetime.fromisoformat(NOTED["seen_at"])
    assert (event.walk, event.text) == (WALK, NOTED["text"])
    assert event.point is not None


def test_what_others_store_meanwhile_makes_no_finding_new(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = str(uuid4()), str(uuid4())
    phone.note(mine)
    place = "adapters.web.pages.field.ask"

    def after_others(*asked: Any, **how: Any) -> Any:
        monkeypatch.setattr(place, ask)
        assert phone.note(theirs).status_code == 201
        return ask(*asked, **how)

    monkeypatch.setattr(place, after_others)

    assert phone.note(mine).status_code == 200


def test_the_same_finding_again_is_the_same_case(phone: Phone) -> None:
    mine = str(uuid4())
    first = phone.note(mine)
    phone.note(str(uuid4()), text="En anden lampe.")
    before = last(phone)

    again = phone.note(mine)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert last(phone) == before


def test_the_same_id_for_something_else_is_a_conflict(phone: Phone) -> None:
    mine = str(uuid4())
    phone.note(mine)
    phone.note(str(uuid4()), text="En anden lampe.")

    other = phone.note(mine, text="Noget andet.")

    assert other.status_code == 409
    assert other.json()["code"] == "command_reused"


def test_two_phones_get_two_cases(phone: Phone, opening: Opening) -> None:
    other = Phone(opening().log_in(OPERATIONS))

    numbers = {one.note(str(uuid4())).json()["number"] for one in (phone, other)}

    assert len(numbers) == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"category": "NOTHING"}, "unknown_category"),
        ({"text": ""}, "bad_input"),
        ({"walk": "NOWHERE-1"}, "unknown_walk"),
        ({"text": "Mette Sørensen bor her."}, "persons_named"),
        ({"text": "010190-1234", "checked": True}, "cpr_number"),
        ({"lat": "12", "lon": "100"}, "outside_country"),
        ({"lat": "her"}, "bad_input"),
        ({"severity": "meget"}, "bad_input"),
        ({"seen_at": "i går"}, "bad_input"),
        ({"more": "fields"}, "bad_input"),
        ({"text": "x" * 10_001}, "text_too_long"),
        ({"text": "x" * 300_000}, "bad_input"),
    ],
)
def test_what_is_refused_says_why_and_stores_nothing(
    phone: Phone, changed: dict[str, Any], code: str
) -> None:
    before = last(phone)

    told = phone.note(str(uuid4()), **changed)

    assert told.status_code in {404, 422}
    assert told.json()["code"] == code
    assert told.json()["message"]
    assert last(phone) == before


def test_the_author_decides_about_names(phone: Phone) -> None:
    mine = str(uuid4())
    phone.note(mine, text="Mette Sørensen bor her.")

    told = phone.note(mine, text="Mette Sørensen bor her.", checked=True)

    assert told.status_code == 201


def test_a_clock_that_is_ahead_does_not_tell_the_future(phone: Phone) -> None:
    ahead = phone.browser.system.now() + timedelta(days=2)

    told = phone.note(str(uuid4()), seen_at=ahead.isoformat())

    [event] = facts(phone, told.json()["number"])
    assert event.stamp.at == phone.browser.system.now()


def test_a_photo_is_stored_once(phone: Phone) -> None:
    number, mine = phone.note(str(uuid4())).json()["number"], str(uuid4())

    answers = [phone.photo(number, mine, picture()).status_code for _ in range(2)]

    assert answers == [200, 200]
    photos = [one for one in facts(phone, number) if isinstance(one, PhotoAdded)]
    assert len(photos) == 1


def test_a_photo_that_is_refused_says_why(phone: Phone) -> None:
    number = phone.note(str(uuid4())).json()["number"]

    told = phone.photo(number, str(uuid4()), b"<svg/>")

    assert (told.status_code, told.json()["code"]) == (422, "picture_unknown")
    assert phone.photo("2026-99", str(uuid4()), picture()).status_code == 404


def test_nothing_is_taken_from_another_page_or_from_nobody(
    phone: Phone, opening: Opening
) -> None:
    body = json.dumps(NOTED).encode()
    path = f"/felt/fund/{uuid4()}"
    before = last(phone)

    assert phone.put(path, body, **{"x-csrf-token": "other"}).status_code == 403
    assert phone.put(path, body, origin="https://evil.example").status_code == 403
    assert Phone(opening()).put(path, body).status_code == 401
    assert Phone(opening().log_in(PARTNER)).put(path, body).status_code == 403
    assert last(phone) == before


def test_a_login_that_ran_out_is_said_plainly(phone: Phone, now: StandingClock) -> None:
    now.move(minutes=40)

    assert phone.browser.client.get("/felt/adgang").status_code == 401
    assert phone.note(str(uuid4())).status_code == 401


def test_the_page_shows_112_first_and_lets_a_walk_be_chosen(phone: Phone) -> None:
    page = phone.browser.get(f"/felt/?walk={WALK}")

    assert page.index("tel:112") < page.index("<form")
    assert f'value="{WALK}" selected' in page
    assert phone.browser.client.get("/felt").headers["location"] == "/felt/"


def test_without_javascript_the_form_posts_plainly(phone: Phone) -> None:
    phone.browser.get("/felt/")
    phone.browser.post_file("/felt/", picture(), category="LGT-FAIL", text="")

    page = phone.browser.get(phone.browser.page.headers["location"])
    assert "Fundet er registreret som sag" in page
    number = page.split("som sag ")[1].split(".")[0]
    kinds = [type(one) for one in facts(phone, number)]
    assert kinds == [FindingReported, PhotoAdded]


def test_a_plain_form_that_is_refused_keeps_what_was_typed(phone: Phone) -> None:
    phone.browser.get("/felt/")
    before = last(phone)

    page = phone.browser.post("/felt/", 422, category="", text="Der er mørkt.")
    assert "Der er mørkt." in page
    page = phone.browser.post("/felt/", 422, category="LGT-FAIL", text="Mette Sørensen")
    assert "<mark>Mette Sørensen</mark>" in page
    assert last(phone) == before


def test_the_worker_keeps_the_page_and_changes_with_it(phone: Phone) -> None:
    answer = phone.browser.client.get("/felt/sw.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text.startswith('const CACHE = "felt-')
    assert "/static/felt/field.js" in answer.text
    kept = answer.text.split("FILES = ")[1].split(";")[0]
    for path in json.loads(kept):
        assert phone.browser.client.get(path).status_code == 200


def test_what_is_kept_on_the_phone_is_small(phone: Phone) -> None:
    kept = phone.browser.client.get("/felt/sw.js").text.split("FILES = ")[1]
    files = json.loads(kept.split(";")[0])

    sizes = [len(phone.browser.client.get(path).content) for path in files]

    assert sum(sizes) + len(phone.browser.get("/felt/")) < 300_000
