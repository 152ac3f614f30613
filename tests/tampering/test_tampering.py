"""Whoever tampers with history is found, for the right reason and at the right place.

Source: reliability goal G3; what cannot be found is in docs/faults.md.
"""

import pytest

from tests.faults.figures import SEED, either, note
from tests.tampering.crimes import CRIMES
from tests.tampering.ground import Ground
from tests.tampering.history import History, Secrets
from tests.tampering.trial import tried

ROUNDS = either(short=28, long=560)
"""How often each kind of crime is committed on each engine."""

KINDS = 30

pytestmark = pytest.mark.timeout(3 * 3600)


def test_every_crime_is_found_for_the_right_reason(
    laid: Ground, written: tuple[History, Secrets]
) -> None:
    history, _ = written
    assert laid.verdict(history).doubts == ()

    tally = tried(laid, written, SEED, ROUNDS)

    note(f"tampering-{laid.engine.name}", **tally.figures())
    assert tally.missed == []
    assert len(tally.committed) > KINDS
    assert len(CRIMES) - len(tally.committed) <= 1
