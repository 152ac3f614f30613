"""Values of a case that are changed where they stand, and to whom it can be given."""

import re

import pytest

from adapters.persistence.case_lists import people_of
from adapters.web.editing import EDITS, fields_for, ways_to_edit
from adapters.web.forms import FORMS
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.values import Actor
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, OPERATIONS, ROADS, Browser, Opening

CASE = "2026-04"
FIELDS = re.compile(r'<(?:select|textarea|input)[^>]* name="(\w+)"')


def last(browser: Browser) -> Recorded:
    return browser.system.store.load(stream_of(CASE))[-1]


def asked_for(page: str) -> set[str]:
    begins = page.index(f'<form method="post" action="/cases/{CASE}')
    form = page[begins : page.index("</form>", begins)]
    return set(FIELDS.findall(form)) - {"csrf", "command_id", "expected_version"}


def test_four_values_are_changed_where_they_stand(coordinator: Browser) -> None:
    page = coordinator.get(f"/cases/{CASE}")

    for path in ways_to_edit(CASE, FORMS).values():
        assert f'<a class="edit" href="{path}" data-edit>' in page
    assert len(ways_to_edit(CASE, FORMS)) == len(EDITS) == 4


def test_only_what_the_rules_allow_is_offered(operations: Browser) -> None:
    page = operations.get(f"/cases/{CASE}")

    assert "only=category" in page
    assert "only=deadline" not in page  # a deadline is moved by who coordinates


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("correct?only=category", {"only", "category", "reason"}),
        ("correct?only=place", {"only", "place", "reason"}),
        ("change-deadline?only=deadline", {"only", "fix_due", "reason"}),
        ("assign?only=assignee", {"only", "to"}),
    ],
)
def test_the_form_asks_for_the_value_and_its_reason_alone(
    coordinator: Browser, path: str, fields: set[str]
) -> None:
    assert asked_for(coordinator.get(f"/cases/{CASE}/{path}")) == fields


def test_the_value_as_it_is_stands_in_the_field(coordinator: Browser) -> None:
    assert "selected>Graffiti</option>" in coordinator.get(
        f"/cases/{CASE}/correct?only=category"
    )
    assert 'name="fix_due" value="2026-10-16"' in coordinator.get(
        f"/cases/{CASE}/change-deadline?only=deadline"
    )


def test_a_value_is_saved_by_the_step_that_it_belongs_to(coordinator: Browser) -> None:
    coordinator.get(f"/cases/{CASE}/correct?only=place")

    coordinator.post(
        f"/cases/{CASE}/correct", only="place", place="Bag skolen", reason="Sted rettet"
    )

    fact = last(coordinator)
    assert fact.event.TOPIC == "finding.corrected.v1"
    assert "Bag skolen" in coordinator.get(f"/cases/{CASE}")


def test_without_its_reason_it_is_asked_for_alone_and_nothing_is_lost(
    coordinator: Browser,
) -> None:
    coordinator.get(f"/cases/{CASE}/correct?only=place")

    page = coordinator.post(
        f"/cases/{CASE}/correct", 422, only="place", place="Bag skolen"
    )

    assert asked_for(page) == {"only", "place", "reason"}
    assert 'value="Bag skolen"' in page
    assert "Hvorfor: Skal udfyldes" in page


def test_a_conflict_is_shown_beside_the_value(
    coordinator: Browser, operations: Browser
) -> None:
    operations.get(f"/cases/{CASE}/correct?only=category")
    coordinator.step(
        CASE, "change-deadline", fix_due="2026-12-08", reason="aftalt med ejeren"
    )

    page = operations.post(
        f"/cases/{CASE}/correct",
        409,
        only="category",
        category="LGT-FAIL",
        reason="Der er ingen tags.",
    )

    assert "Sagen er ændret, siden du åbnede den" in page
    assert asked_for(page) == {"only", "category", "reason"}
    assert "Der er ingen tags." in page


def test_a_value_of_another_step_narrows_nothing() -> None:
    assert fields_for("note", "category") == FORMS["note"]
    assert fields_for("correct", "nothing") == FORMS["correct"]


def test_words_that_are_gone_never_come_back_as_words(
    coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator.step(CASE, "correct", place="[erased]", reason="sådan står det her")

    page = coordinator.get(f"/cases/{CASE}/correct?only=place")

    assert 'id="place" name="place" value=""' in page


# ---- to whom ----


def options(page: str) -> list[str]:
    select = page[
        page.index('id="to"') : page.index("</select>", page.index('id="to"'))
    ]
    return re.findall(r"<option[^>]*>([^<]*)</option>", select)


def test_whoever_gives_a_case_on_stands_first_in_the_list(operations: Browser) -> None:
    found = options(operations.get(f"/cases/{CASE}/assign?only=assignee"))

    assert found[:2] == ["Vælg", "Mig selv: Drift (demo-operations)"]


def test_colleagues_for_whom_a_case_waits_can_be_given_another(
    opening: Opening, operations: Browser
) -> None:
    operations.step(CASE, "assign", to=OPERATIONS)
    operations.system.catch_up()
    colleague = opening().log_in("municipality/operations/demo-operations")
    coordinator = opening().log_in(COORDINATOR)

    assert people_of(operations.system.rows, [Actor.parse(OPERATIONS).unit]) == [
        Actor.parse(OPERATIONS)
    ]
    assert "Drift (demo-operations)" in options(
        coordinator.get(f"/cases/{CASE}/assign?only=assignee")
    )
    assert f'<option value="{OPERATIONS}" selected>' in colleague.get(
        f"/cases/{CASE}/assign?only=assignee"
    )


def test_who_is_away_is_shown_with_who_takes_over(
    coordinator: Browser, now: StandingClock
) -> None:
    unit = Actor.parse(ROADS).unit
    coordinator.get("/roster")
    coordinator.post("/roster", absent=str(unit), first="2026-11-20", last="2026-11-27")

    found = options(coordinator.get(f"/cases/{CASE}/assign?only=assignee"))

    assert any(
        one.startswith("Veje, drift: fraværende til 27.11.2026, ")
        and one.endswith(" tager over")
        for one in found
    )
    now.move(days=6)
    coordinator.log_in(COORDINATOR)
    assert "Veje, drift" in options(
        coordinator.get(f"/cases/{CASE}/assign?only=assignee")
    )
