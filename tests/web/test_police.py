"""What only the police know, on their machines and for them alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from tests.conftest import StandingClock
from tests.web.conftest import OPERATIONS, POLICE, Browser, Opening

NUMBER = "2026-10"
LINK = f"/cases/{NUMBER}/police"
SECRET = "Vi holder i en civil bil ved stien."
COPY = "Politiet kommer oftere forbi torsdag til lørdag."
OTHER = "police/local-police/demo-local-police"


@pytest.fixture
def system(settings: Settings, now: StandingClock, tmp_path: Path) -> Iterator[Gadelys]:
    """Return the demo walk on a machine of the police."""
    own = settings.model_copy(update={"police_data": tmp_path / "of-police"})
    installation.migrate(own)
    with installation.opened(own, now) as opened:
        yield opened


@pytest.fixture
def officer(opening: Opening) -> Browser:
    """Return the browser of a police coordinator."""
    return opening().log_in(POLICE)


def test_a_note_is_written_and_read_by_the_police(officer: Browser) -> None:
    assert LINK in officer.get(f"/cases/{NUMBER}")
    officer.get(LINK)
    officer.post(f"{LINK}/note", text=SECRET)

    assert SECRET in officer.get(LINK)
    assert SECRET not in officer.get(f"/cases/{NUMBER}")


def test_days_make_it_tactics(officer: Browser) -> None:
    officer.get(LINK)
    officer.post(f"{LINK}/note", text=SECRET, first="2026-12-01", last="2026-12-31")

    assert "taktik 01.12.2026 – 31.12.2026" in officer.get(LINK)


def test_nobody_else_sees_the_way_or_the_place(
    opening: Opening, officer: Browser
) -> None:
    officer.get(LINK)
    officer.post(f"{LINK}/note", text=SECRET)
    worker = opening().log_in(OPERATIONS)

    assert LINK not in worker.get(f"/cases/{NUMBER}")
    with_notes = worker.get(LINK, 403)
    without = worker.get("/cases/2026-01/police", 403)
    assert SECRET not in with_notes
    assert with_notes.replace(NUMBER, "") == without.replace("2026-01", "")


def test_a_copy_is_shared_when_a_second_person_agrees(
    opening: Opening, officer: Browser
) -> None:
    proposer = opening().log_in(OTHER)
    proposer.get(LINK)
    proposer.post(f"{LINK}/share", text=COPY)
    content = proposer.get(LINK).split('name="content" value="')[1].split('"')[0]

    officer.get(LINK)
    officer.post(f"{LINK}/approve", nth="1", content=content)

    assert COPY in opening().log_in(OPERATIONS).get(f"/cases/{NUMBER}")
    assert "delt ·" in officer.get(LINK)


def test_the_proposer_cannot_approve_and_is_told_why(officer: Browser) -> None:
    officer.get(LINK)
    officer.post(f"{LINK}/share", text=COPY)
    content = officer.get(LINK).split('name="content" value="')[1].split('"')[0]

    page = officer.post(f"{LINK}/approve", 403, nth="1", content=content)

    assert "kan ikke være den anden person" in page


def test_what_names_a_person_is_asked_about_and_not_lost(officer: Browser) -> None:
    text = "Ring 98 12 34 56 til ham."
    officer.get(LINK)

    page = officer.post(f"{LINK}/note", 422, text=text)
    assert text in page
    assert "98 12 34 56</mark>" in page

    officer.post(f"{LINK}/note", text=text, checked="1")
    assert text in officer.get(LINK)


def test_an_empty_note_is_no_note(officer: Browser) -> None:
    officer.get(LINK)

    assert "Politiet har ikke skrevet noget" in officer.post(
        f"{LINK}/note", 422, text=" "
    )


def test_a_day_that_is_none_is_named_and_nothing_is_lost(officer: Browser) -> None:
    officer.get(LINK)

    shown = officer.post(f"{LINK}/note", 422, text="Set tirsdag.", first="i går")

    assert "Se efter her: første dag." in shown
    assert "Set tirsdag." in shown


def test_what_is_no_form_of_ours_is_not_there(officer: Browser) -> None:
    officer.get(LINK)
    officer.post(f"{LINK}/dance", 404, text=SECRET)
