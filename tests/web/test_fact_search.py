"""Historik: facts found across cases, by whoever may, with what they may see."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.persistence import fact_lists
from adapters.system import Gadelys
from domain.access import WordsRead
from domain.finding.commands import AddNote, stream_of
from domain.messages import Stamp
from domain.values import Actor
from tests.conftest import StandingClock
from tests.web.conftest import (
    COORDINATOR,
    OPERATIONS,
    PARTNER,
    POLICE,
    Browser,
    Opening,
)
from tests.web.test_history import AUDITOR, POLICE_AUDITOR, purposeful

PATH = "/history/facts"
LINE = re.compile(r'<th scope="row">(?:<a href="([^"]+)">)?([^<]+)')
TOPIC = re.compile(r'<code class="topic">([^<]+)')
OLDER = re.compile(r'href="(/history/facts[^"]+)" rel="next"')


@pytest.fixture
def auditor(opening: Opening) -> Browser:
    """Return the browser of an auditor who has said what they read for."""
    return purposeful(opening().log_in(AUDITOR))


@pytest.fixture
def leader(opening: Opening, system: Gadelys) -> Browser:
    """Return the browser of somebody who leads a unit of the police."""
    units = system.rules().register.units
    leader = next(
        unit.leader
        for unit in units
        if unit.leader and unit.leader.authority == "police"
    )
    return opening().log_in(f"{leader}/demo-{leader.rpartition('/')[2]}")


def told(browser: Browser, **asked: str) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return TOPIC.findall(browser.get(f"{PATH}?{query}"))


def about(page: str) -> set[str]:
    return {name for _, name in LINE.findall(page)}


def note(system: Gadelys, number: str, by: str, at: datetime, text: str) -> None:
    stamp = Stamp(by=Actor.parse(by), at=at, command_id=uuid4())
    system.submit(AddNote(number=number, stamp=stamp, text=text))


def test_the_newest_stands_first_and_leads_to_its_moment(
    auditor: Browser, operations: Browser
) -> None:
    operations.step("2026-04", "note", text="Holdet er bestilt til mandag.")
    version = len(operations.system.store.load(stream_of("2026-04")))

    page = auditor.get(PATH)

    assert LINE.findall(page)[0] == (
        f"/history/cases/2026-04?step={version}",
        "Sag 2026-04",
    )
    assert TOPIC.findall(page)[0] == "finding.note_added.v1"
    assert f"Hændelse {version} af {version}" in auditor.get(LINE.findall(page)[0][0])


def test_a_unit_is_everybody_who_acted_for_it(
    auditor: Browser, operations: Browser
) -> None:
    operations.step("2026-04", "note", text="Holdet er bestilt til mandag.")

    page = auditor.get(f"{PATH}?unit=municipality/operations")

    assert "finding.note_added.v1" in TOPIC.findall(page)  # a person of the unit
    assert "finding.subtask_completed.v1" in TOPIC.findall(page)  # the unit itself
    assert "finding.reported.v1" not in TOPIC.findall(page)


def test_a_person_is_found_by_the_staff_id(
    auditor: Browser, operations: Browser
) -> None:
    operations.step("2026-04", "note", text="Holdet er bestilt til mandag.")

    assert told(auditor, person="Demo-Operations") == ["finding.note_added.v1"]
    assert told(auditor, person="perations") == []


def test_a_kind_of_fact_is_named_in_words(auditor: Browser) -> None:
    page = auditor.get(f"{PATH}?topic=finding.subtask_added.v1")

    assert set(TOPIC.findall(page)) == {"finding.subtask_added.v1"}
    assert (
        '<option value="finding.subtask_added.v1" selected>… gav … delopgaven' in page
    )
    assert '<optgroup label="Vandringer">' in page
    assert "access.words_read.v1" not in page  # what was read has a log of its own


def test_one_case_or_one_walk_can_be_meant(auditor: Browser) -> None:
    assert about(auditor.get(f"{PATH}?case=2026-04")) == {"Sag 2026-04"}
    page = auditor.get(f"{PATH}?walk=AALBORG-OEST-2026-01")
    assert about(page) == {"Vandring AALBORG-OEST-2026-01"}
    assert "/history/walks/AALBORG-OEST-2026-01?at=2026-" in page


def test_a_period_is_asked_of_either_axis(
    auditor: Browser, system: Gadelys, now: StandingClock
) -> None:
    now.move(days=1)
    purposeful(auditor.log_in(AUDITOR))
    note(system, "2026-02", COORDINATOR, datetime(2026, 10, 13, 10, tzinfo=UTC), "Set.")
    asked = {"topic": "finding.note_added.v1", "case": "2026-02"}

    assert told(auditor, **asked, first="2026-10-13", last="2026-10-13")
    assert not told(auditor, **asked, first="2026-10-14", last="2026-10-20")
    assert told(auditor, **asked, learned_first="2026-11-23", learned_last="23.11.2026")
    assert not told(auditor, **asked, learned_last="2026-11-22")


def test_pages_follow_each_other_without_gap_or_repetition(
    auditor: Browser, system: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_lists, "STRETCH", 7)  # far shorter than the history
    seen, page = list[str](), auditor.get(PATH)
    while True:
        seen += [f"{path}" for path, _ in LINE.findall(page)]
        if not (older := OLDER.search(page)):
            break
        page = auditor.get(older[1].replace("&amp;", "&"))

    cases = [one for one in seen if one.startswith("/history/cases/")]
    every = [
        fact
        for fact in system.store.after(0, 5000)
        if fact.stream.startswith("finding/")
    ]
    assert len(cases) == len(set(cases)) == len(every)


def test_words_that_are_not_an_auditor_s_are_withheld(
    auditor: Browser, operations: Browser
) -> None:
    operations.step("2026-04", "note", text="Holdet er bestilt til mandag.")

    page = auditor.get(f"{PATH}?case=2026-04")

    assert "skrev en note:" in page
    assert "Holdet er bestilt" not in page


def hidden_from(browser: Browser) -> set[str]:
    """Return the cases whose past is not for whoever looks."""
    numbers = [f"2026-{n:02d}" for n in range(1, 16)]
    answers = {
        number: browser.client.get(f"/history/cases/{number}").status_code
        for number in numbers
    }
    return {number for number, status in answers.items() if status == 403}


def test_a_leader_is_shown_cases_of_their_authority_alone(leader: Browser) -> None:
    hidden = hidden_from(leader)

    found = about(leader.get(PATH))

    assert hidden
    assert found
    assert all(one.startswith("Sag ") for one in found)
    assert not found & {f"Sag {number}" for number in hidden}


def test_hidden_and_absent_give_the_same_answer(leader: Browser) -> None:
    number = min(hidden_from(leader))
    hidden = leader.get(f"{PATH}?case={number}")
    absent = leader.get(f"{PATH}?case=2026-99")

    assert "Ingen hændelser, du kan se, passer til det." in hidden
    assert _main(hidden).replace(number, "") == _main(absent).replace("2026-99", "")


def _main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_what_is_shown_is_written_down_before_it_is_shown(
    auditor: Browser, system: Gadelys
) -> None:
    auditor.get(f"{PATH}?case=2026-04")

    read = system.access.store.after(0)[-1].event
    assert isinstance(read, WordsRead)
    assert (read.stamp.by, read.looked, read.about) == (
        AUDITOR,
        "history",
        ("finding/2026-04",),
    )


@pytest.mark.parametrize("actor", [COORDINATOR, OPERATIONS, POLICE, PARTNER])
def test_who_may_not_look_back_finds_nothing(opening: Opening, actor: str) -> None:
    opening().log_in(actor).get(PATH, 403)


def test_the_police_s_audit_searches_as_well(opening: Opening) -> None:
    browser = purposeful(opening().log_in(POLICE_AUDITOR))

    assert "Sag 2026-04" in about(browser.get(f"{PATH}?case=2026-04"))


@pytest.mark.parametrize(
    "query",
    [
        "first=yesterday",
        "first=0001-01-01",
        "last=2026-13-01",
        "unit=nobody/at/all/here",
        "before=0",
    ],
)
def test_what_cannot_be_read_is_refused(auditor: Browser, query: str) -> None:
    assert auditor.client.get(f"{PATH}?{query}").status_code in {400, 422}


def test_nothing_found_has_a_way_on(auditor: Browser) -> None:
    page = auditor.get(f"{PATH}?person=nobody")

    assert "Ingen hændelser, du kan se, passer til det." in page
    assert f'<a class="button button-secondary" href="{PATH}">' in page
