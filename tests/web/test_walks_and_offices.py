"""Vandringer, Godkendelser, Administration: what is there, and its main actions."""

from pathlib import Path

import pytest

from adapters.files.documents import read_document
from adapters.standing import documents_of
from adapters.web.pages import approvals
from domain.messages import Stamp, derived_id
from domain.publication.commands import DraftPublication
from domain.publication.events import PublicationKind
from domain.values import Actor
from tests.web.conftest import POLICE, ROADS, Browser, Opening

WALK = "AALBORG-OEST-2026-01"


def test_the_walks_are_listed_with_the_next_promise(coordinator: Browser) -> None:
    page = coordinator.get("/walks")

    assert WALK in page
    assert "Mørke stier og mødesteder" in page


def test_a_walk_shows_its_promises_and_every_finding(coordinator: Browser) -> None:
    page = coordinator.get(f"/walks/{WALK}")

    assert "Det, der er lovet" in page
    assert page.count('class="number"><a href="/cases/') == 18
    assert "arbejdsdage over fristen" in page


def test_an_unknown_walk_is_not_found(coordinator: Browser) -> None:
    assert "findes ikke" in coordinator.get("/walks/NOWHERE-1", 404)


def test_what_waits_for_other_eyes_is_in_a_queue(
    opening: Opening, coordinator: Browser
) -> None:
    opening().log_in(ROADS).step("2026-06", "mark-fixed", evidence="photo")

    page = coordinator.get("/approvals")

    assert "Bekræft udførelse" in page
    assert '<a href="/cases/2026-06">' in page


def test_what_waits_for_other_eyes_is_found_among_much_else(
    opening: Opening, coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening().log_in(ROADS).step("2026-06", "mark-fixed", evidence="photo")
    for _ in range(2):
        coordinator.get("/report")
        coordinator.post("/report", category="LGT-FAIL", text="Der er noget galt.")
    waiting = coordinator.get("/approvals").count('<h3><a href="/cases/')
    monkeypatch.setattr(approvals, "MOST", waiting)

    assert coordinator.get("/approvals").count('<h3><a href="/cases/') == waiting


def test_a_text_is_signed_by_both_authorities(
    opening: Opening, coordinator: Browser, tmp_path: Path
) -> None:
    draft(coordinator, tmp_path)
    assert "Referat fra vandringen" in coordinator.get("/approvals")
    page = coordinator.get("/publications/2026-001")
    assert "Godkend for min myndighed" in page
    content = page.split('name="content" value="')[1].split('"')[0]

    coordinator.post("/publications/2026-001/approve", content=content)
    assert "Godkend for min myndighed" not in coordinator.get("/publications/2026-001")

    police = opening().log_in(POLICE)
    police.get("/publications/2026-001")
    police.post("/publications/2026-001/approve", content=content)
    assert "Offentliggjort" in police.get("/publications/2026-001")


def test_a_text_that_is_taken_back_says_why(
    coordinator: Browser, tmp_path: Path
) -> None:
    draft(coordinator, tmp_path)
    coordinator.get("/publications/2026-001")

    page = coordinator.post("/publications/2026-001/withdraw", 422, reason="")
    assert "Skal udfyldes" in page or "mangler tekst" in page

    coordinator.post("/publications/2026-001/withdraw", reason="Forkert dato.")
    assert "Trukket tilbage" in coordinator.get("/publications/2026-001")


def draft(browser: Browser, folder: Path) -> None:
    file = folder / "referat.md"
    file.write_text("# Referat\n\nHækken blev set efter.\n", "utf-8")
    document = read_document(file)
    content = documents_of(browser.system).keep(document)
    stamp = Stamp(
        by=Actor("municipality/walk-coordinator"),
        at=browser.system.now(),
        command_id=derived_id("a draft"),
    )
    browser.system.ask(
        DraftPublication(
            number="2026-001",
            kind=PublicationKind.MINUTES,
            title="Referat fra vandringen",
            content=content,
            form=document.form,
            walk=WALK,
            stamp=stamp,
        )
    )


def test_an_absence_is_noted_and_ended(coordinator: Browser) -> None:
    coordinator.get("/roster")
    coordinator.post(
        "/roster",
        absent="municipality/parks",
        first="2026-11-20",
        last="2026-12-04",
    )
    assert "Park og Natur" in coordinator.get("/roster")
    assert "1" in coordinator.get("/administration")

    page = coordinator.get("/roster")
    coordinator.post(
        "/roster", ends="1", absent="municipality/parks", last="2026-11-22"
    )
    assert "04.12.2026" in page
    assert "04.12.2026" not in coordinator.get("/roster")


def test_an_absence_without_days_is_sent_back(coordinator: Browser) -> None:
    coordinator.get("/roster")

    page = coordinator.post("/roster", 422, absent="municipality/parks")

    assert "Det kunne ikke gemmes" in page


def test_the_register_in_force_is_shown(coordinator: Browser) -> None:
    page = coordinator.get("/administration")

    assert "LGT-FAIL" in page
    assert "municipality/street-lighting" in page


def test_messages_that_nobody_received_are_listed(coordinator: Browser) -> None:
    assert "Ingen beskeder venter på nogen." in coordinator.get("/deliveries")

    coordinator.get("/deliveries")
    hidden = coordinator.get("/roster")
    assert hidden
    coordinator.post("/deliveries/retry", 404, key="nobody/1")


def test_a_day_of_an_absence_that_is_none_is_named(coordinator: Browser) -> None:
    coordinator.get("/roster")

    page = coordinator.post(
        "/roster", 422, absent="municipality/parks", first="i morgen", last="x"
    )

    assert "Se efter her: første dag, sidste dag." in page
