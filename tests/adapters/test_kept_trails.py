"""A report from rows says what a fold of every fact says, of any past."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.generating.filling import fill
from adapters.reporting import kept_trails, making
from adapters.reporting.making import (
    FROM_ROWS,
    Question,
    looked_at_again,
    made_again,
    report_of,
)
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.ports import Receipt
from domain.register.model import Register
from domain.values import Actor
from projections.report_parts import ReportKind
from tests import examples as ex
from tests.adapters.postgres_server import Server
from tests.adapters.test_generating import sized
from tests.projections.long_history import long_played, randomly_played

QUESTIONS = 25
RANDOM_HISTORIES = range(4)
PARKS = Actor("municipality/parks")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def invented(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    register: Register,
) -> Iterator[Gadelys]:
    """Return an installation with an invented history on either engine."""
    settings = Settings(data=tmp_path_factory.mktemp("invented"))
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        settings = settings.model_copy(update={"database_url": server.another().app})
    installation.migrate(settings)
    with installation.opened(settings) as system:
        fill(system, register, sized(register))
        yield system


@pytest.fixture(scope="module", params=["long", *RANDOM_HISTORIES])
def played(request: pytest.FixtureRequest) -> Iterator[Gadelys]:
    """Return an installation in which everything happened, or whatever came."""
    with ExitStack() as stack:
        playing = (
            long_played()
            if request.param == "long"
            else randomly_played(request.param, 300)
        )
        yield stack.enter_context(playing)


def questions(system: Gadelys, chance: Random) -> Iterator[tuple[ReportKind, Question]]:
    """Yield questions about any stretch of the history, as known at any moment."""
    facts = system.store.after(0, 100_000)
    days = sorted({fact.event.stamp.at.date() for fact in facts})
    areas = [None, None, *sorted({a for f in facts if (a := area_in(f.event))})]
    for _ in range(QUESTIONS):
        kind = chance.choice(sorted(FROM_ROWS))
        first, last = sorted((chance.choice(days), chance.choice(days)))
        known = chance.choice([None, chance.choice(facts).recorded_at])
        yield (
            kind,
            Question(
                first=first,
                last=last,
                as_of=chance.choice([last, chance.choice(days)]),
                as_known=known,
                area=chance.choice(areas),
                internal=chance.random() < 0.5,
                unit=PARKS if kind is ReportKind.UNIT else None,
            ),
        )


def area_in(event: Any) -> str:
    plan = getattr(event, "plan", None)
    return getattr(plan, "area", "") or getattr(event, "area", "") or ""


def both_ways(system: Gadelys, kind: ReportKind, question: Question) -> list[Any]:
    """Return a report from rows and from the facts, or what was refused."""
    found: list[Any] = []
    for from_rows in (FROM_ROWS, frozenset[ReportKind]()):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(making, "FROM_ROWS", from_rows)
            try:
                found.append(report_of(system, kind, question).report)
            except NotFound as refusal:
                found.append(refusal.code)
    return found


def test_whatever_is_asked_of_what_was_played(played: Gadelys) -> None:
    for kind, question in questions(played, Random(7)):
        of_rows, of_facts = both_ways(played, kind, question)
        assert of_rows == of_facts, question


def test_whatever_is_asked_of_an_invented_history(invented: Gadelys) -> None:
    answered = 0
    for kind, question in questions(invented, Random(8)):
        of_rows, of_facts = both_ways(invented, kind, question)
        assert of_rows == of_facts, question
        answered += not isinstance(of_rows, Code)
    assert answered > QUESTIONS / 2


def test_pins_of_the_past_give_the_same_both_ways(invented: Gadelys) -> None:
    end = date(2026, 6, 30)
    pins = report_of(
        invented,
        ReportKind.COUNCIL,
        Question(end - timedelta(days=180), end, end, internal=True),
    ).report.pins
    before = replace(pins, position=pins.position * 2 // 3)

    for asked in (pins, before):
        quick = looked_at_again(invented, asked, ReportKind.COUNCIL)
        assert quick.report == made_again(invented, asked).report


def test_a_period_may_begin_on_the_first_day_of_all(invented: Gadelys) -> None:
    ever = Question(date.min, date(2026, 12, 31), date(2026, 10, 31), internal=True)

    of_rows, of_facts = both_ways(invented, ReportKind.COUNCIL, ever)

    assert of_rows == of_facts


# ---- while others work ----

AUTUMN = Question(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 22))


@pytest.fixture
def busy() -> Iterator[Gadelys]:
    with randomly_played(9, 100) as system:
        yield system


def test_a_fact_that_is_stored_meanwhile_is_not_in_it(
    busy: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, texts = kept_trails._Reading, kept_trails._Reading._walks
    added: list[Receipt] = []

    def walks(self: Any) -> Any:
        if not added:
            report = ex.report("GRF-TAG").model_copy(update={"number": "2099-01"})
            added.append(busy.submit(report))
            busy.catch_up()
        return texts(self)

    monkeypatch.setattr(reading, "_walks", walks)
    made = report_of(busy, ReportKind.COUNCIL, AUTUMN).report

    assert added[0].position > made.pins.position
    assert made == made_again(busy, made.pins).report


def test_where_rows_stand_still_the_facts_are_folded(
    busy: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = report_of(busy, ReportKind.COUNCIL, AUTUMN).report

    def stopped(*_: object, **__: object) -> int:
        raise Unavailable(Code.PROJECTION_STOPPED, projection="cases", problem="-")

    monkeypatch.setattr(Gadelys, "catch_up", stopped)

    assert report_of(busy, ReportKind.COUNCIL, AUTUMN).report == expected
