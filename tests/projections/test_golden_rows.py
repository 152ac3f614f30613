"""What people saw yesterday they see today: rows over one long history."""

import json
from collections.abc import Sequence
from typing import get_args

import pytest

from domain.access import WordsRead
from domain.catalogue import EVENTS
from domain.messages import Recorded
from domain.police.events import PoliceEvent
from projections.fold import Projection
from tests.projections.folding import (
    EVERY_PROJECTION,
    GOLDEN,
    golden_text,
    heard,
    keys_of,
    rows_of,
)
from tests.projections.long_history import long_history, random_history

by_name = pytest.mark.parametrize(
    "projection", EVERY_PROJECTION, ids=lambda projection: str(projection.name)
)


def keys(projection: Projection[object], facts: Sequence[Recorded]) -> set[str]:
    return {
        key for fact in heard(projection, facts) for key in keys_of(projection, fact)
    }


def test_the_long_history_has_every_fact_there_is() -> None:
    apart = {WordsRead.TOPIC, *(event.TOPIC for event in get_args(PoliceEvent))}

    assert {fact.event.TOPIC for fact in long_history()} == set(EVENTS) - apart


@by_name
def test_rows_are_those_of_the_golden_file(projection: Projection[object]) -> None:
    """If this change is wanted: a new projection name, then tests.tools.golden_rows."""
    golden = (GOLDEN / f"{projection.name}.json").read_text("utf-8")

    assert golden_text(projection, long_history()) == golden


@by_name
def test_the_golden_file_is_json_and_not_empty(projection: Projection[object]) -> None:
    assert json.loads((GOLDEN / f"{projection.name}.json").read_text("utf-8"))


def test_there_is_no_golden_file_of_a_projection_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {
        projection.name for projection in EVERY_PROJECTION
    }


@by_name
def test_a_row_folded_alone_is_the_row_folded_with_all_others(
    projection: Projection[object],
) -> None:
    facts = random_history(1)
    together = rows_of(projection, facts)

    for key in sorted(keys(projection, facts))[:200]:
        alone = [fact for fact in facts if key in keys_of(projection, fact)]
        assert rows_of(projection, alone).get(key) == together.get(key)


@by_name
def test_no_projection_ever_refuses_a_fact_at_a_strange_place(
    projection: Projection[object],
) -> None:
    """A reader may begin anywhere: old facts may be gone after an erasure."""
    facts = long_history()

    for start in range(0, len(facts), 7):
        rows_of(projection, facts[start : start + 40])
    assert rows_of(projection, facts[::-1])


@by_name
def test_the_name_says_which_version_of_the_fold_it_is(
    projection: Projection[object],
) -> None:
    name, _, version = projection.name.rpartition("_v")

    assert name.isidentifier()
    assert int(version) >= 1
