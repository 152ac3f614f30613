"""Sag: what can be done now, what follows, and that nothing typed is ever lost."""

import re

import pytest

from adapters.web.forms import FORMS, Kind
from domain.errors import Code
from domain.finding.commands import BY_NAME, stream_of
from domain.messages import Recorded
from tests.conftest import StandingClock
from tests.web.conftest import OPERATIONS, POLICE, ROADS, Browser, Opening

TEXT = "Der er bestilt afrensning, og holdet kommer på mandag."


def last(browser: Browser, number: str) -> Recorded:
    return browser.system.store.load(stream_of(number))[-1]


def count(browser: Browser, number: str) -> int:
    return len(browser.system.store.load(stream_of(number)))


def test_every_command_about_a_case_has_a_form_with_its_own_fields() -> None:
    names = set(BY_NAME) - {"report"}
    split = {Kind.POINT: "point"}

    assert set(FORMS) == names
    for name, fields in FORMS.items():
        own = set(BY_NAME[name].model_fields) - {"stamp", "number", "walk"}
        assert {split.get(one.kind, one.name) for one in fields} == own, name


def test_a_case_says_what_it_waits_for_and_what_follows(opening: Opening) -> None:
    page = opening().log_in(ROADS).get("/cases/2026-06")

    assert "Næste skridt" in page
    assert 'class="button button-primary" href="/cases/2026-06/mark-fixed"' in page
    assert "Sagen går til kontrol hos Vandringsleder." in page


def test_work_that_was_done_in_time_is_not_late_ever_after(opening: Opening) -> None:
    page = opening().log_in(ROADS)

    assert "Udført senest" in page.get("/cases/2026-06")
    assert "Udført senest" not in page.get("/cases/2026-01")


def test_who_may_not_take_the_step_is_told_why(operations: Browser) -> None:
    page = operations.get("/cases/2026-06")

    assert "Du kan ikke gøre det:" in page
    assert "button-primary" not in page


def test_whoever_did_the_work_cannot_confirm_it(opening: Opening) -> None:
    roads = opening().log_in(ROADS)
    roads.step("2026-06", "mark-fixed", evidence="photo")

    page = roads.get("/cases/2026-06/verify", 403)

    assert "har selv haft hånd i sagen" in page
    assert "<textarea" not in page


def test_four_eyes_end_a_case(opening: Opening, coordinator: Browser) -> None:
    opening().log_in(ROADS).step("2026-06", "mark-fixed", evidence="photo")

    coordinator.step("2026-06", "verify", evidence="photo", same_point="1")

    page = coordinator.get("/cases/2026-06")
    assert "Gemt: Vandringsleder (demo-walk-coordinator) kontrollerede sagen" in page
    assert "Sagen er afsluttet med status »Kontrolleret«" in page


def test_the_plan_says_what_happens_by_itself(operations: Browser) -> None:
    page = operations.get("/cases/2026-04")

    assert "Det sker af sig selv, hvis ingen gør noget" in page
    assert "eskalering til trin" in page


def test_the_story_is_told_in_words_and_can_be_narrowed(operations: Browser) -> None:
    everything = operations.get("/cases/2026-04")
    people = operations.get("/cases/2026-04?show=people")

    assert "Vandringsleder tildelte sagen til Drift" in everything
    assert people.count("<li class=") <= everything.count("<li class=")


def test_a_case_that_is_not_there_is_a_page_with_a_way_out(operations: Browser) -> None:
    page = operations.get("/cases/2026-99", 404)

    assert "Siden findes ikke" in page
    assert 'href="/worklist"' in page


def test_a_step_that_is_none_is_not_found(operations: Browser) -> None:
    operations.get("/cases/2026-04/explode", 404)


def test_the_form_shows_what_follows_before_it_is_saved(operations: Browser) -> None:
    before = count(operations, "2026-04")

    page = operations.step(
        "2026-04",
        "hold",
        200,
        reason_code="third_party",
        review_on="2026-12-04",
        preview="1",
    )

    assert "Fristen står stille. Sagen skal vurderes igen 04.12.2026." in page
    assert count(operations, "2026-04") == before


def test_a_day_can_be_typed_as_danes_write_it(operations: Browser) -> None:
    operations.step("2026-04", "hold", reason_code="third_party", review_on="4.12.2026")

    assert "Sæt i bero" not in operations.get("/cases/2026-04")


def test_a_field_that_is_missing_is_named_and_the_rest_is_kept(
    operations: Browser,
) -> None:
    page = operations.step("2026-04", "propose-decline", 422, reason=TEXT)

    assert "1 felt skal rettes" in page
    assert '<a href="#reason_code">' in page
    assert TEXT in page


def test_a_refusal_keeps_what_was_typed(operations: Browser) -> None:
    page = operations.step(
        "2026-04", "hold", 422, reason_code="third_party", review_on="2025-01-01"
    )

    assert "er passeret" in page
    assert 'value="2025-01-01"' in page


def test_a_cpr_number_is_never_stored(operations: Browser) -> None:
    before = count(operations, "2026-04")

    page = operations.step("2026-04", "note", 422, text="Ring 010190-1234.")

    assert "CPR-nummer" in page
    assert count(operations, "2026-04") == before


def test_the_author_decides_whether_a_text_names_somebody(operations: Browser) -> None:
    text = "Mette Holmgren siger, at skabet er malet."
    page = operations.step("2026-04", "note", 422, text=text)

    assert "<mark>Mette Holmgren</mark>" in page
    assert text in page

    operations.post("/cases/2026-04/note", text=text, checked="1")
    assert last(operations, "2026-04").event.TOPIC == "finding.note_added.v1"


def test_the_same_form_twice_is_one_fact(operations: Browser) -> None:
    operations.get("/cases/2026-04/note")
    form = operations.page
    operations.post("/cases/2026-04/note", text=TEXT)
    after = count(operations, "2026-04")

    operations.page = form
    operations.post("/cases/2026-04/note", text=TEXT)

    assert count(operations, "2026-04") == after


def test_a_conflict_shows_what_happened_and_keeps_the_text(
    operations: Browser, coordinator: Browser
) -> None:
    operations.get("/cases/2026-04/note")
    coordinator.step(
        "2026-04", "change-deadline", fix_due="2026-12-08", reason="aftalt med ejeren"
    )

    page = operations.post("/cases/2026-04/note", 409, text=TEXT)

    assert "Sagen er ændret, siden du åbnede den" in page
    assert "ændrede fristen til 08.12.2026: aftalt med ejeren" in page
    assert TEXT in page
    assert "Gem min ændring oven i" in page

    operations.post("/cases/2026-04/note", text=TEXT)
    assert last(operations, "2026-04").event.TOPIC == "finding.note_added.v1"


def test_a_conflict_that_made_the_step_impossible_says_so(
    opening: Opening, coordinator: Browser
) -> None:
    roads = opening().log_in(ROADS)
    roads.get("/cases/2026-06/mark-fixed")
    coordinator.step("2026-06", "merge-into", master="2026-07")

    page = roads.post("/cases/2026-06/mark-fixed", 409, evidence="photo")

    assert "Skridtet kan ikke tages mere:" in page
    assert "Gem min ændring oven i" not in page


def test_what_was_just_done_can_be_undone_for_ten_minutes(
    operations: Browser, now: StandingClock
) -> None:
    operations.step(
        "2026-04", "hold", reason_code="third_party", review_on="2026-12-04"
    )
    assert "Du kan fortryde i ti minutter." in operations.get("/cases/2026-04")

    operations.post("/cases/2026-04/undo/last")

    assert last(operations, "2026-04").event.TOPIC == "finding.resumed.v1"
    operations.step(
        "2026-04", "hold", reason_code="third_party", review_on="2026-12-04"
    )
    now.move(minutes=11)
    assert "Du kan fortryde" not in operations.get("/cases/2026-04")


def test_nobody_undoes_what_another_has_built_upon(
    operations: Browser, coordinator: Browser
) -> None:
    operations.step(
        "2026-04", "hold", reason_code="third_party", review_on="2026-12-04"
    )
    operations.get("/cases/2026-04")
    form = operations.page
    coordinator.step("2026-04", "note", text="Ejeren er orienteret.")

    operations.page = form
    operations.post("/cases/2026-04/undo/last", 409)


def test_a_moved_deadline_and_an_assignment_can_be_taken_back(
    coordinator: Browser,
) -> None:
    number = "2026-04"
    coordinator.step(number, "assign", to="municipality/parks")
    coordinator.get(f"/cases/{number}")
    coordinator.post(f"/cases/{number}/undo/last")
    assert getattr(last(coordinator, number).event, "to", "") == (
        "municipality/operations"
    )

    number = "2026-02"
    coordinator.step(number, "change-deadline", fix_due="2026-12-08", reason="vejret")
    coordinator.get(f"/cases/{number}")
    coordinator.post(f"/cases/{number}/undo/last")
    assert str(getattr(last(coordinator, number).event, "fix_due", "")) == "2026-11-23"


def test_what_the_rules_would_refuse_is_not_offered(coordinator: Browser) -> None:
    coordinator.step(
        "2026-04", "change-deadline", fix_due="2026-12-08", reason="vejret"
    )

    assert "Du kan fortryde" not in coordinator.get("/cases/2026-04")


def test_text_comes_back_after_the_login_ran_out(
    operations: Browser, now: StandingClock
) -> None:
    operations.get("/cases/2026-04/note")
    now.move(minutes=45)

    page = operations.post("/cases/2026-04/note", 401, text=TEXT)
    assert "Det, du skrev, er gemt." in page

    operations.post("/demo", actor=OPERATIONS)
    assert operations.page.headers["location"] == "/cases/2026-04/note"
    page = operations.get("/cases/2026-04/note")
    assert TEXT in page
    assert "Det er endnu ikke gemt." in page

    operations.post("/cases/2026-04/note", text=TEXT)
    assert last(operations, "2026-04").event.TOPIC == "finding.note_added.v1"


def test_kept_text_is_not_shown_to_another_person(
    operations: Browser, now: StandingClock
) -> None:
    operations.get("/cases/2026-04/note")
    now.move(minutes=45)
    operations.post("/cases/2026-04/note", 401, text=TEXT)

    operations.post("/demo", actor=POLICE)

    assert TEXT not in operations.get("/cases/2026-04/note")


def test_kept_text_lies_sealed_on_the_disk(
    operations: Browser, now: StandingClock
) -> None:
    operations.get("/cases/2026-04/note")
    now.move(minutes=45)
    operations.post("/cases/2026-04/note", 401, text=TEXT)

    folder = operations.system.settings.data
    stored = b"".join(path.read_bytes() for path in folder.glob("visits.db*"))
    assert stored
    assert TEXT.encode() not in stored
    assert operations.client.cookies["gadelys"].encode() not in stored


def test_ten_thousand_letters_are_refused_with_the_text_kept(
    operations: Browser,
) -> None:
    long = "ordene " * 1500

    page = operations.step("2026-04", "note", 422, text=long)

    assert "Der er plads til" in page
    assert long.strip() in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "æøå 🚲"])
def test_what_people_write_is_shown_as_they_wrote_it(
    operations: Browser, text: str
) -> None:
    operations.step("2026-04", "note", text=text, checked="1")

    page = operations.get("/cases/2026-04")
    assert "<script>alert" not in page
    assert text.replace("<", "&lt;").replace(">", "&gt;") in page


def test_a_finding_is_registered_under_the_next_number(operations: Browser) -> None:
    operations.get("/report")
    operations.post("/report", category="LGT-FAIL", text="Lampen ved broen er slukket.")

    assert operations.page.headers["location"] == "/cases/2026-19"
    assert "Lampen ved broen er slukket." in operations.get("/cases/2026-19")


def test_the_same_report_twice_is_one_case(operations: Browser) -> None:
    operations.get("/report")
    form = operations.page
    hidden = dict(re.findall(r'name="(number)" value="([^"]+)"', form.text))
    told = {"category": "LGT-FAIL", "text": "Lampen ved broen er slukket.", **hidden}
    operations.post("/report", **told)
    operations.page = form

    operations.post("/report", **told)

    assert operations.page.headers["location"] == "/cases/2026-19"
    operations.get("/cases/2026-20", 404)


def test_two_who_report_at_the_same_moment_get_a_number_each(
    operations: Browser, coordinator: Browser
) -> None:
    operations.get("/report")
    coordinator.get("/report")
    operations.post("/report", category="LGT-FAIL", text="Lampen er slukket.")
    coordinator.post("/report", category="LGT-FAIL", text="Skiltet er væltet.")

    assert coordinator.page.headers["location"] == "/cases/2026-20"


def test_a_report_with_a_field_missing_keeps_the_rest(operations: Browser) -> None:
    operations.get("/report")

    page = operations.post("/report", 422, text="Lampen er slukket.")

    assert "1 felt skal rettes" in page
    assert "Lampen er slukket." in page


def test_every_page_about_a_case_works_in_english(operations: Browser) -> None:
    operations.get("/language/en?back=/cases/2026-04", 303)

    page = operations.get("/cases/2026-04")

    assert '<html lang="en">' in page
    assert "What has happened" in page
    assert str(Code.CPR_NUMBER) not in page


@pytest.mark.parametrize("version", ["", "-1", "9" * 5_000])
def test_a_version_that_is_none_is_refused(operations: Browser, version: str) -> None:
    operations.get("/cases/2026-04/note")

    operations.post("/cases/2026-04/note", 422, text="Set.", expected_version=version)
