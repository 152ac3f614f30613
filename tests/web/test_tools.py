"""Tools of the list: several at once, put by, on paper, keys, and the palette."""

import re
from pathlib import Path

import pytest

from adapters.persistence.preferences import MOST, Preferences, SavedList
from adapters.system import Gadelys
from adapters.texts import LANGUAGES, tables
from adapters.web.forms import FORMS, TAKEN_AT_ONCE
from domain.errors import Code, Refused
from domain.finding.commands import stream_of
from domain.values import Actor
from tests.web.conftest import (
    COORDINATOR,
    OPERATIONS,
    PARTNER,
    Browser,
    Opening,
)

CASES = ("2026-04", "2026-06")
EXPECTED = re.compile(r'name="(expected\.[^"]+)" value="(\d+)"')
WAY = re.compile(r'<li><a href="([^"]+)"><span>([^<]+)</span>')


def ask(browser: Browser, verb: str, *numbers: str, status: int = 200) -> str:
    query = "&".join(f"case={one}" for one in numbers)
    return browser.get(f"/several?verb={verb}&{query}", status)


def send(browser: Browser, verb: str, *numbers: str, status: int, **typed: str) -> str:
    """Send the form that is open, with these cases chosen."""
    shown = browser.page.text
    hidden = dict(EXPECTED.findall(shown))
    told = {
        "verb": verb,
        "csrf": re.findall(r'name="csrf" value="([^"]+)"', shown)[-1],
        "command_id": re.findall(r'name="command_id" value="([^"]+)"', shown)[-1],
        **hidden,
        **typed,
    }
    browser.page = browser.client.post("/several", data={**told, "case": list(numbers)})
    assert browser.page.status_code == status, browser.page.text
    return str(browser.page.text)


def test_several_cases_are_given_one_note_each(
    coordinator: Browser, system: Gadelys
) -> None:
    before = system.store.last_position()
    ask(coordinator, "note", *CASES)
    seen = send(coordinator, "note", *CASES, status=200, text="Set på stedet i dag.")
    assert "2 sager kan." in seen
    assert system.store.last_position() == before

    send(coordinator, "note", *CASES, status=303, text="Set på stedet.", save="1")
    page = coordinator.get("/several/result")

    assert "2 sager er gemt." in page
    for number in CASES:
        last = system.store.load(stream_of(number))[-1].event
        assert last.TOPIC == "finding.note_added.v1"


def test_one_that_is_refused_stops_no_other(
    coordinator: Browser, system: Gadelys
) -> None:
    chosen, to = ("2026-04", "2026-01"), "municipality/roads-operations"
    page = ask(coordinator, "assign", *chosen)
    assert page.count("Kan ikke.") == 1

    seen = send(coordinator, "assign", *chosen, status=200, to=to)
    assert "1 sag kan. 1 kan ikke og er valgt fra." in re.sub("<[^>]+>", "", seen)
    send(coordinator, "assign", *chosen, status=303, to=to, save="1")
    told = coordinator.get("/several/result")

    assert "1 sag er gemt." in told
    assert "1 blev ikke gemt." in told
    assert "/several?verb=assign&amp;case=2026-01" in told
    last = system.store.load(stream_of("2026-04"))[-1].event
    assert last.TOPIC == "finding.assigned.v1"


def test_sent_twice_it_is_done_once(coordinator: Browser, system: Gadelys) -> None:
    ask(coordinator, "note", *CASES)
    form = coordinator.page
    before = system.store.last_position()
    for _ in range(2):
        coordinator.page = form
        send(coordinator, "note", *CASES, status=303, text="Set i dag.", save="1")

    assert system.store.last_position() == before + 2


def test_a_case_that_has_changed_meanwhile_is_left_alone(
    coordinator: Browser, operations: Browser
) -> None:
    ask(coordinator, "note", *CASES)
    form = coordinator.page
    operations.step("2026-04", "note", text="Der er bestilt afrensning.")
    coordinator.page = form
    send(coordinator, "note", *CASES, status=303, text="Set i dag.", save="1")

    told = coordinator.get("/several/result")
    assert "1 sag er gemt." in told
    assert "1 blev ikke gemt." in told


def test_a_text_that_names_somebody_stops_all_of_it(
    coordinator: Browser, system: Gadelys
) -> None:
    before = system.store.last_position()
    named = "Ring til Jens Hansen på 98 12 34 56."
    ask(coordinator, "note", *CASES)
    page = send(coordinator, "note", *CASES, status=422, text=named, save="1")

    assert named in page
    assert 'name="checked"' in page
    cpr = send(
        coordinator,
        "note",
        *CASES,
        status=422,
        text="Det er 010190-1234.",
        save="1",
        checked="1",
    )
    assert "CPR" in cpr
    assert system.store.last_position() == before


def test_a_field_that_is_missing_is_asked_for(coordinator: Browser) -> None:
    ask(coordinator, "assign", *CASES)
    page = send(coordinator, "assign", *CASES, status=422)

    assert "Skal udfyldes." in page


@pytest.mark.parametrize(
    ("verb", "status"), [("verify", 404), ("nonsense", 404), ("", 303)]
)
def test_only_some_steps_are_taken_at_once(
    coordinator: Browser, verb: str, status: int
) -> None:
    ask(coordinator, verb, *CASES, status=status)


def test_without_a_case_people_are_told_to_choose(coordinator: Browser) -> None:
    coordinator.get("/several?verb=note", 303)

    assert "Vælg først en eller flere sager" in coordinator.get("/worklist")
    coordinator.get("/several/result", 303)
    ask(coordinator, "note", "2026-99", status=404)


def test_a_case_that_is_not_ticked_is_left_out_and_stays_in_sight(
    coordinator: Browser, system: Gadelys
) -> None:
    ask(coordinator, "note", *CASES)
    seen = send(coordinator, "note", "2026-04", status=200, text="Set på stedet.")
    assert "Valgt fra." in seen
    assert "1 sag kan." in seen
    before = system.store.version_of(stream_of("2026-06"))
    send(coordinator, "note", "2026-04", status=303, text="Set på stedet.", save="1")

    assert "2026-06" not in coordinator.get("/several/result")
    assert system.store.version_of(stream_of("2026-06")) == before


def test_a_form_without_a_tick_loses_nothing(coordinator: Browser) -> None:
    ask(coordinator, "note", *CASES)
    page = send(coordinator, "note", status=422, text="Set på stedet.", save="1")

    assert "Sæt kryds ved mindst én sag." in page
    assert "Set på stedet." in page
    assert all(number in page for number in CASES)


def test_too_many_cases_are_refused(coordinator: Browser) -> None:
    many = "&".join(f"case=2026-{number:02}" for number in range(60))

    coordinator.get(f"/several?verb=note&{many}", 400)


def test_who_may_not_is_told_so_for_each_case(opening: Opening) -> None:
    partner = opening().log_in(PARTNER)
    ask(partner, "assign", "2026-04", status=404)
    caseworker = opening().log_in(OPERATIONS)

    assert "Kan ikke." in ask(caseworker, "change_deadline", "2026-04")


def test_a_list_is_put_by_and_forgotten(coordinator: Browser, opening: Opening) -> None:
    coordinator.get("/worklist?unit=all&tab=late")
    coordinator.post("/worklist/saved?unit=all&tab=late", name=" Sent  hos alle ")
    assert coordinator.page.headers["location"] == "/worklist?tab=late&unit=all"

    page = coordinator.get("/worklist")
    assert '<a href="/worklist?tab=late&amp;unit=all">Sent hos alle</a>' in page
    assert "Sent hos alle" not in opening().log_in(OPERATIONS).get("/worklist")
    coordinator.post("/worklist/saved/forget", saved="Sent hos alle", back="//else")
    assert coordinator.page.headers["location"] == "/"
    assert "Sent hos alle" not in coordinator.get("/worklist")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "a\u202eb"])
def test_a_name_must_be_one(coordinator: Browser, name: str) -> None:
    coordinator.get("/worklist")

    coordinator.post("/worklist/saved", 422, name=name)


def test_nobody_puts_by_without_end(tmp_path: Path) -> None:
    kept = Preferences(tmp_path / "preferences.db")
    by = Actor.parse(COORDINATOR)
    for number in range(MOST):
        kept.keep(by, SavedList(str(number), "?tab=late"))
    kept.keep(by, SavedList("3", "?tab=hold"))

    with pytest.raises(Refused) as refusal:
        kept.keep(by, SavedList("more", ""))
    assert refusal.value.code is Code.BAD_INPUT
    assert SavedList("3", "?tab=hold") in kept.lists_of(by)
    assert (tmp_path / "preferences.db").stat().st_mode & 0o077 == 0


def test_a_list_is_shown_for_paper(coordinator: Browser) -> None:
    page = coordinator.get("/worklist/print?unit=all&category=LGT-FAIL")

    assert "Viser 1 sag." in page
    assert "Set 22.11.2026 12.00" in page
    assert "Lampe slukket" in page


def test_keys_can_be_switched_off(coordinator: Browser) -> None:
    assert '<body data-keys="on"' in coordinator.get("/settings")
    coordinator.post("/settings")
    assert '<body data-keys="off"' in coordinator.get("/worklist")
    coordinator.get("/settings")
    coordinator.post("/settings", keys="1")

    assert '<body data-keys="on"' in coordinator.get("/worklist")


def test_the_palette_is_a_page_as_well(coordinator: Browser) -> None:
    ways = dict(WAY.findall(coordinator.get("/palette")))

    assert {"/worklist", "/walks", "/map", "/approvals", "/settings"} <= set(ways)
    assert "/history" not in ways
    assert "Intet passer" not in coordinator.get("/palette?q=vandringer")


def test_the_palette_finds_a_case_and_its_steps(coordinator: Browser) -> None:
    by_number = dict(WAY.findall(coordinator.get("/palette/found?q=2026-04")))
    assert next(iter(by_number)) == "/cases/2026-04"
    assert "/cases/2026-04/note" in by_number

    path = "/palette/found?q=note&here=/cases/2026-04"
    assert next(iter(dict(WAY.findall(coordinator.get(path))))) == "/cases/2026-04/note"
    nowhere = dict(WAY.findall(coordinator.get("/palette/found?q=2026-99")))
    assert list(nowhere) == ["/worklist?q=2026-99&amp;unit=all"]


def test_every_step_for_several_has_its_words() -> None:
    for lang in LANGUAGES:
        for verb in TAKEN_AT_ONCE:
            assert verb in tables(lang)["web_verb"]
    assert set(TAKEN_AT_ONCE) <= set(FORMS)
