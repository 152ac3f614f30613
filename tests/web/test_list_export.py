"""The list as a file, and views that a unit shares."""

import csv
import io
from pathlib import Path

import pytest

from adapters.persistence.preferences import Preferences, SavedList
from adapters.system import Gadelys
from domain.access import WordsRead
from domain.values import Actor
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, PARTNER, POLICE, Browser, Opening

EXPORT = "/worklist/export.csv"


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_list_is_handed_out_as_it_is_filtered(coordinator: Browser) -> None:
    rows = table(coordinator.get(f"{EXPORT}?unit=all&category=GRF-TAG"))
    start = rows.index([])

    head = dict(rows[:start])
    assert head["Liste"] == "Alle åbne · Alle enheder · Graffiti"
    assert head["Set"] == "22.11.2026 12.00"
    assert int(head["Til og med hændelse"]) == coordinator.system.store.last_position()
    lines = [dict(zip(rows[start + 1], row, strict=True)) for row in rows[start + 2 :]]
    assert [line["Nr."] for line in lines] == ["2026-04"]
    assert lines[0]["Frist"] == "16.10.2026"
    assert lines[0]["Beskrivelse"].startswith("Tags på begge tunnelvægge")
    assert len(lines) == int(head["Antal sager"])
    disposition = coordinator.page.headers["content-disposition"]
    assert disposition == 'attachment; filename="gadelys-liste-20261122.csv"'


def test_a_file_of_the_night_bears_the_day_that_has_begun(
    coordinator: Browser, now: StandingClock
) -> None:
    now.move(hours=12, minutes=30)
    coordinator.log_in(COORDINATOR).get(EXPORT)

    disposition = coordinator.page.headers["content-disposition"]
    assert disposition == 'attachment; filename="gadelys-liste-20261123.csv"'


def test_the_file_holds_every_case_of_the_list_and_no_other(
    coordinator: Browser,
) -> None:
    rows = table(coordinator.get(f"{EXPORT}?unit=all&tab=late"))
    numbers = [row[0] for row in rows[rows.index([]) + 2 :]]

    page = coordinator.get("/worklist?unit=all&tab=late")

    assert numbers
    assert all(f'href="/cases/{number}"' in page for number in numbers)
    assert f'href="{EXPORT}?tab=late&amp;unit=all"' in page


def test_what_is_handed_out_is_written_down(
    coordinator: Browser, system: Gadelys
) -> None:
    coordinator.get(f"{EXPORT}?unit=all&category=GRF-TAG")

    read = system.access.store.after(0)[-1].event
    assert isinstance(read, WordsRead)
    assert (read.stamp.by, read.looked, read.about) == (
        COORDINATOR,
        "export",
        ("finding/2026-04",),
    )


def test_who_may_hand_out_nothing_is_refused(opening: Opening) -> None:
    partner = opening().log_in(PARTNER)

    assert EXPORT not in partner.get("/worklist")
    partner.get(EXPORT, 403)


@pytest.mark.parametrize("path", [EXPORT, "/worklist"])
def test_no_word_of_somebody_s_becomes_a_formula(
    coordinator: Browser, path: str
) -> None:
    coordinator.step("2026-04", "correct", text="=1+1 tags", reason="Som skrevet.")

    shown = coordinator.get(f"{path}?unit=all&category=GRF-TAG")

    assert ("'=1+1 tags" in shown) is (path == EXPORT)


# ---- views that a unit shares ----

LATE = "/worklist/saved?tab=late"


def test_a_view_is_shared_with_the_unit_and_with_nobody_else(
    operations: Browser, opening: Opening
) -> None:
    operations.get("/worklist?tab=late")
    operations.post(LATE, name="Morgenmøde", shared="1")
    colleague = opening().log_in("municipality/operations/demo-operations")
    police = opening().log_in(POLICE)

    assert "Morgenmøde" in colleague.get("/worklist")
    assert "(fælles)" in colleague.get("/settings")
    assert "Morgenmøde" not in police.get("/worklist")


def test_a_shared_view_is_forgotten_for_the_whole_unit(operations: Browser) -> None:
    operations.get("/worklist?tab=late")
    operations.post(LATE, name="Mit eget")
    operations.get("/worklist?tab=late")
    operations.post(LATE, name="Morgenmøde", shared="1")
    operations.get("/settings")

    operations.post(
        "/worklist/saved/forget", saved="Morgenmøde", shared="1", back="/settings"
    )

    page = operations.get("/settings")
    assert "Morgenmøde" not in page
    assert "Mit eget" in page


def test_a_colleague_sees_what_is_shared_and_not_what_is_one_s_own(
    tmp_path: Path,
) -> None:
    mine = Actor.parse("municipality/operations/a17")
    kept = Preferences(tmp_path / "preferences.db")
    kept.keep(mine, SavedList("Mit eget", "?tab=late"))
    kept.keep(mine.unit, SavedList("Morgenmøde", "?tab=late"))

    found = kept.lists_of(Actor.parse("municipality/operations/b18"))

    assert found == [SavedList("Morgenmøde", "?tab=late", shared=True)]
    assert [one.name for one in kept.lists_of(mine)] == ["Mit eget", "Morgenmøde"]
    assert kept.lists_of(Actor.parse("municipality/roads-operations/b18")) == []
