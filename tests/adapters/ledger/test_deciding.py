"""The rules are asked again about every fact, and the rows are folded again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from adapters.ledger.deciding import decide_again
from adapters.ledger.doubts import Doubt, Doubts, Why
from adapters.ledger.refolding import fold_again
from adapters.system import Gadelys
from domain.finding import decide as rules
from domain.finding.commands import stream_of
from domain.finding.state import Finding
from projections.cases import CASES
from tests.adapters.stores import SqliteBackend
from tests.projections.long_history import long_played, randomly_played

Played = Callable[[], AbstractContextManager[Gadelys]]
SEEDS = (1, 2, 4)
PLAIN = b'"asked":"'
"""How the digest of a command begins that had no words in it."""

FEW = 120
"""How often somebody asks for something at random."""


@pytest.fixture
def played() -> Iterator[Gadelys]:
    """Return an installation in which much has happened by chance."""
    with randomly_played(1) as system:
        yield system


def doubts_of(system: Gadelys) -> tuple[Doubt, ...]:
    doubts = Doubts()
    assert decide_again(system.store, doubts) > 0
    return doubts.in_order


def first_case(system: Gadelys, status: str) -> str:
    return next(row.number for row in system.rows.rows(CASES) if row.status == status)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happened_would_be_answered_again(seed: int) -> None:
    with randomly_played(seed, FEW) as system:
        assert doubts_of(system) == ()


def test_a_long_history_of_everything_would_be_answered_again() -> None:
    with long_played() as system:
        told: list[int] = []
        doubts = Doubts()
        count = decide_again(system.store, doubts, told.append)

        assert doubts.in_order == ()
        assert count == len(told) > 500
        assert told[-1] == system.store.last_position()


def test_a_fact_that_no_command_leads_to_is_named(played: Gadelys) -> None:
    last = played.store.last_position()
    row = [row for row in played.store.rows(0, last) if PLAIN in row.state][-1]
    beside(played, row.position, row.state.replace(PLAIN, PLAIN + b"f", 1))

    assert doubts_of(played) == (
        Doubt(Why.COMMAND_UNKNOWN, row.position, f"{row.stream} {row.version}"),
    )


def test_rules_that_would_have_refused_are_seen(
    played: Gadelys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "verify", refusing)

    doubts = doubts_of(played)

    assert {doubt.why for doubt in doubts} == {Why.RULES_BROKEN}
    assert doubts[0].what.startswith("finding/")


def test_rows_that_were_changed_are_seen(played: Gadelys) -> None:
    played.catch_up()
    number = first_case(played, "verified")
    well, ill = Doubts(), Doubts()

    fold_again(played, well)
    with played.rows._engine.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE {CASES.name}_a SET status='assigned' WHERE number=?", (number,)
        )
    fold_again(played, ill)

    assert well.in_order == ()
    assert ill.in_order == (Doubt(Why.ROWS_DIFFER, 0, CASES.name),)
    assert played.store.version_of(stream_of(number)) > 0


BESIDE_ROWS = {
    "hidden": "UPDATE {cases}_a SET current=0 WHERE number=?",
    "back-dated": "UPDATE {cases}_a SET from_at='2020-01-01 00:00' WHERE number=?",
    "under another key": "UPDATE {cases}_a SET key=key||'x' WHERE number=?",
    "not found": "DELETE FROM {cases}_words_a WHERE key=?",
    "no status": "UPDATE {cases}_a SET status='none' WHERE number=?",
    "no text": "UPDATE {cases}_a SET text=CAST(x'ff' AS TEXT) WHERE number=?",
}


@pytest.mark.parametrize("statement", BESIDE_ROWS.values(), ids=BESIDE_ROWS)
def test_what_says_which_rows_are_shown_is_compared_too(
    statement: str, played: Gadelys
) -> None:
    played.catch_up()
    number = first_case(played, "verified")
    with played.rows._engine.writing() as connection:
        connection.exec_driver_sql(statement.format(cases=CASES.name), (number,))

    doubts = Doubts()
    fold_again(played, doubts)

    assert doubts.in_order == (Doubt(Why.ROWS_DIFFER, 0, CASES.name),)


def refusing(state: Finding, *_: object) -> tuple[()]:
    return ()


def beside(system: Gadelys, position: int, state: bytes) -> None:
    """Change a stored fact below the store."""
    backend = SqliteBackend(system.settings.events_file)
    backend.below("DROP TRIGGER facts_are_never_changed")
    backend.below("UPDATE {table} SET state=? WHERE {position}=?", state, position)
