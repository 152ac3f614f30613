"""When something is away or in the way: nothing is lost, nothing is done twice."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from pysqlite3 import dbapi2 as sqlite3

from adapters.persistence.leases import PROJECTOR
from adapters.settings import Settings
from adapters.system import Gadelys
from tests.web.api.conftest import Calling, Program
from tests.web.conftest import COORDINATOR

LAMP: Any = {"category": "LGT-FAIL", "text": "Tre lamper på stien er slukket."}
STATED = "2026-04"


def warm(program: Program) -> Program:
    """Let a program ask once, so that everything is there that is made on asking."""
    program.get("/tally")
    return program


def test_while_the_facts_are_locked_it_may_be_sent_again(
    coordinating: Program, settings: Settings
) -> None:
    key = str(uuid4())
    other = sqlite3.connect(settings.events_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    problem = coordinating.post("/cases", 503, key=key, **LAMP)
    other.execute("ROLLBACK")
    other.close()
    made = coordinating.post("/cases", 201, key=key, **LAMP)

    assert problem.json()["code"] == "store_unavailable"
    assert problem.headers["retry-after"]
    assert made.json()["facts"] >= 1


def test_a_projector_that_lags_hides_nothing_that_was_stored(
    coordinating: Program, system: Gadelys
) -> None:
    coordinating.get("/cases")
    lease = system.store.lease(PROJECTOR)
    assert lease.held()
    made = coordinating.post(f"/cases/{STATED}/note", text="Set igen.")
    listed = coordinating.get("/cases").json()
    shown = coordinating.get(f"/cases/{STATED}").json()
    lease.release()

    assert shown["version"] == made.json()["version"]
    assert listed["behind"] == 1
    assert coordinating.get("/cases").json()["behind"] == 0


def test_the_same_key_at_the_same_moment_is_one_case(
    calling: Calling, system: Gadelys
) -> None:
    key, before = str(uuid4()), system.store.last_position()
    programs = [warm(calling(COORDINATOR)) for _ in range(6)]
    numbers: list[str] = []

    def report(one: Program) -> None:
        numbers.append(one.post("/cases", 201, key=key, **LAMP).json()["about"])

    threads = [threading.Thread(target=report, args=(one,)) for one in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(numbers) == len(programs)
    assert len(set(numbers)) == 1
    facts = system.store.after(before)
    assert [fact.event.TOPIC for fact in facts].count("finding.reported.v1") == 1


def test_several_at_once_get_a_number_each(calling: Calling) -> None:
    programs = [warm(calling(COORDINATOR)) for _ in range(6)]
    numbers: list[str] = []

    def report(one: Program) -> None:
        numbers.append(one.post("/cases", 201, **LAMP).json()["about"])

    threads = [threading.Thread(target=report, args=(one,)) for one in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == len(programs)


def test_of_two_who_saw_the_same_version_one_is_told(calling: Calling) -> None:
    programs = [calling(COORDINATOR) for _ in range(2)]
    seen = programs[0].get(f"/cases/{STATED}").headers["etag"]
    statuses = []
    for one in programs:
        answer = one.client.post(
            f"/api/v1/cases/{STATED}/note",
            json={"text": "Set igen."},
            headers={**one.headers, "if-match": seen},
        )
        statuses.append(answer.status_code)

    assert statuses == [200, 412]


def test_a_very_long_text_is_stored_whole_or_refused_whole(
    coordinating: Program, system: Gadelys
) -> None:
    limit = system.rules().register.limits.text_length
    for length in (limit, limit + 1, 10_000, 100_000):
        text = "Æ" * length
        expected = 200 if length <= limit else 422
        answer = coordinating.post(f"/cases/{STATED}/note", expected, text=text)
        if expected == 200:
            facts = coordinating.get(f"/cases/{STATED}").json()["facts"]
            assert facts[-1]["details"]["text"] == text
        else:
            assert answer.json()["code"] == "text_too_long"


@pytest.mark.parametrize(
    "text",
    [
        *("<script>alert(1)</script>", "'; DROP TABLE cases; --", "{{7*7}} {text} %s"),
        *("🦺 Ⅷ ﷽", "a\nb", "\u202eomvendt"),
    ],
)
def test_hostile_words_are_words(text: str, coordinating: Program) -> None:
    answer = coordinating.client.post(
        f"/api/v1/cases/{STATED}/note",
        json={"text": text, "checked": True},
        headers={**coordinating.headers, "if-match": "*"},
    )
    if answer.status_code == 422:
        assert answer.json()["code"] == "text_unprintable"
        return
    facts = coordinating.get(f"/cases/{STATED}").json()["facts"]
    assert facts[-1]["details"]["text"] == text


@pytest.mark.parametrize(
    "number", ["%00", "..%2f..%2fetc", "%3Cscript%3E", "%ff", "a%0d%0ab", "x" * 500]
)
def test_hostile_numbers_are_refused(number: str, coordinating: Program) -> None:
    answer = coordinating.client.get(
        f"/api/v1/cases/{number}", headers=dict(coordinating.headers)
    )

    assert answer.status_code in {404, 422}
    coordinating.check(answer)


def test_a_page_that_was_left_open_is_told_who_was_faster(
    coordinating: Program, operating: Program
) -> None:
    seen = operating.get(f"/cases/{STATED}").headers["etag"]
    coordinating.post(f"/cases/{STATED}/note", match=seen, text="Én.")
    problem = operating.post(f"/cases/{STATED}/note", 412, match=seen, text="To.")
    again = f'"{problem.json()["context"]["current"]}"'

    operating.post(f"/cases/{STATED}/note", match=again, text="To.")
