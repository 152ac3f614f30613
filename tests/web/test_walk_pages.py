"""Vandringer: from the wish for a walk to the minutes that both sign."""

from typing import Any

from adapters.web.walk_forms import WALK_FORMS
from domain.publication.commands import stream_of as text_stream
from domain.walk.commands import BY_NAME, stream_of
from domain.walk.state import WalkStatus, fold
from tests.web.conftest import OPERATIONS, POLICE, Browser, Opening

WALK = "AALBORG-OEST-2026-01"
NEW = "V-2026-01"
LAMPS = "municipality/street-lighting"
GROUPS: tuple[Any, ...] = ("groups.residents", "groups.youth")
TIMES: dict[str, Any] = {
    "area": "Vestby",
    "starts_at": "2027-01-14T16:30",
    "ends_at": "2027-01-14T18:30",
    "meeting_point": "Foran biblioteket",
    "lat": "57,05",
    "lon": "9,91",
}


def step(browser: Browser, verb: str, status: int = 303, **typed: Any) -> str:
    browser.get(f"/walks/{NEW}/step/{verb}")
    return browser.post(f"/walks/{NEW}/step/{verb}", status, **typed)


def standing(browser: Browser, number: str = NEW) -> WalkStatus:
    walk = fold(browser.system.store.load(stream_of(number)))
    assert walk is not None
    return walk.status


def test_every_form_is_of_a_command() -> None:
    assert set(WALK_FORMS) <= set(BY_NAME)


def test_a_walk_is_asked_for_planned_and_walked(coordinator: Browser) -> None:
    assert NEW in coordinator.get("/walks/new")
    coordinator.post("/walks/new", number=NEW, area="Vestby", theme="Lys på stien")
    assert "Svar på ønsket" in coordinator.get(f"/walks/{NEW}")
    step(coordinator, "answer", accepted="1", walk_on="2027-01-14")
    assert "Planlæg vandringen" in coordinator.get(f"/walks/{NEW}")

    page = step(coordinator, "plan", 422, **TIMES)
    assert "2 felter skal rettes" in page
    assert "Foran biblioteket" in page
    owners: dict[str, Any] = {f"owners.{LAMPS}": "1"}
    step(coordinator, "plan", **TIMES, **owners, follow_up_on="2027-06-15")
    assert standing(coordinator) is WalkStatus.PLANNED

    groups: dict[str, Any] = dict.fromkeys(GROUPS, "1")
    step(coordinator, "invite", **groups)
    assert standing(coordinator) is WalkStatus.INVITED


def test_who_came_is_counted_by_group(coordinator: Browser) -> None:
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", number=NEW, area="Vestby")
    walked: dict[str, Any] = {
        **TIMES,
        "starts_at": "2026-11-19T16:30",
        "ends_at": "2026-11-19T18:30",
    }
    came: dict[str, Any] = {"attendance.residents": "9", "attendance.youth": "4"}

    step(coordinator, "record", 422, **walked, **came, weather="Mette Sørensen")
    step(coordinator, "record", **walked, **came, weather="Tørvejr", light="Mørkt")

    assert standing(coordinator) is WalkStatus.WALKED
    page = coordinator.get(f"/walks/{NEW}")
    assert "Foran biblioteket" in page
    assert "Skriv referat" in page


def test_a_no_needs_its_reason(coordinator: Browser) -> None:
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", number=NEW, area="Vestby")

    assert "Det kunne ikke gemmes" in step(coordinator, "answer", 422)
    step(coordinator, "answer", reason="Der er gået her i sidste måned.")

    assert standing(coordinator) is WalkStatus.DECLINED


def test_a_walk_that_is_called_off_says_why(coordinator: Browser) -> None:
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", number=NEW, area="Vestby")

    assert "1 felt skal rettes" in step(coordinator, "cancel", 422)
    step(coordinator, "cancel", reason="Storm.")

    assert standing(coordinator) is WalkStatus.CANCELLED


def test_who_does_not_lead_walks_is_told_who_does(opening: Opening) -> None:
    caseworker = opening().log_in(OPERATIONS)

    assert "Det gør den, der leder vandringen" in caseworker.get(f"/walks/{WALK}")
    caseworker.get(f"/walks/{WALK}/step/close", 403)
    caseworker.get(f"/walks/{WALK}/step/dance", 404)


def test_a_number_that_is_taken_is_refused(coordinator: Browser) -> None:
    coordinator.get("/walks/new")

    page = coordinator.post("/walks/new", 409, number=WALK, area="Vestby")

    assert "Det kunne ikke gemmes" in page
    coordinator.get("/walks/new")
    coordinator.post("/walks/new", 422, number="../x", area="Vestby")


def test_the_paper_form_has_everything_of_a_finding(coordinator: Browser) -> None:
    page = coordinator.get(f"/walks/{WALK}/paper")

    assert "ring 112" in page
    assert page.count('class="sheet"') == 6
    assert "Hvorfor føles det utrygt" in page


def test_the_board_shows_every_finding_with_its_next_step(
    coordinator: Browser,
) -> None:
    page = coordinator.get(f"/walks/{WALK}/board")

    assert page.count('class="number"><a href="/cases/') == 18
    assert "/mark-fixed" in page


def test_minutes_are_looked_through_and_signed_by_both(
    coordinator: Browser, opening: Opening
) -> None:
    assert "### 2026-01" in coordinator.get(f"/walks/{WALK}/minutes")
    told: dict[str, Any] = {
        "title": "Referat",
        "text": "# Referat\n\nMette Sørensen var med.",
    }

    page = coordinator.post(f"/walks/{WALK}/minutes", 422, **told)
    assert "Linje 3" in page
    assert "<mark>Mette Sørensen</mark>" in page
    coordinator.post(f"/walks/{WALK}/minutes", 422, title="", text="")
    cpr: dict[str, Any] = {**told, "text": "010190-1234", "checked": "1"}
    coordinator.post(f"/walks/{WALK}/minutes", 422, **cpr)
    told["text"] = "# Referat\n\nNaboerne var med."
    coordinator.post(f"/walks/{WALK}/minutes", **told)

    assert standing(coordinator, WALK) is WalkStatus.MINUTES_DRAFT
    for one in (coordinator, opening().log_in(POLICE)):
        page = one.get("/publications/2026-001")
        content = page.split('name="content" value="')[1].split('"')[0]
        one.post("/publications/2026-001/approve", content=content)
    coordinator.get(f"/walks/{WALK}/step/publish-minutes")
    coordinator.post(f"/walks/{WALK}/step/publish-minutes")
    assert standing(coordinator, WALK) is WalkStatus.MINUTES_PUBLISHED


def test_minutes_that_are_laid_again_replace_the_draft(coordinator: Browser) -> None:
    for text in ("Det første.", "Det andet."):
        coordinator.get(f"/walks/{WALK}/minutes")
        told: dict[str, Any] = {"title": "Referat", "text": text}
        coordinator.post(f"/walks/{WALK}/minutes", **told)

    assert len(coordinator.system.store.load(text_stream("2026-001"))) == 2
    assert "Der ligger allerede et udkast" in coordinator.get(f"/walks/{WALK}/minutes")
