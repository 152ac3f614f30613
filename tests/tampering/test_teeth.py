"""The check itself is checked: each defect that is put into it lets crimes pass."""

from collections.abc import Callable, Mapping

import pytest

from adapters.ledger import checking
from adapters.ledger.reading import Reading
from adapters.persistence import trust
from adapters.persistence.event_store import FactStore
from tests.faults.figures import SEED
from tests.tampering.ground import Ground
from tests.tampering.history import History, Secrets
from tests.tampering.trial import tried

ROUNDS = 8

Defect = Callable[[pytest.MonkeyPatch], None]


def any_seal_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trust, "is_sealed", lambda *_: True)


def versions_are_passed_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reading, "_look_at_version", lambda *_: None)


def roots_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checking, "_roots", lambda _: {})


def one_root_is_enough(patch: pytest.MonkeyPatch) -> None:
    def last(known: list[checking.Signed]) -> Mapping[int, set[bytes]]:
        return {one.checkpoint.size: {one.checkpoint.root} for one in known}

    patch.setattr(checking, "_roots", last)


def the_tree_is_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reading, "_compare", lambda *_: None)


def the_end_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reading, "end", lambda _: None)


def witnesses_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checking, "_largest", lambda _: 0)


def receipts_are_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checking, "compare", lambda *_: None)


def what_is_before_a_checkpoint_is_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FactStore, "count", lambda _, until: until)


def positions_below_one_are_passed_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FactStore, "misplaced", lambda *_: [])


DEFECTS: Mapping[Defect, set[str]] = {
    any_seal_holds: {
        "a fact added at the end without a seal",
        "a fact added at the end with a copied seal",
        "no seal any more",
        "one bit of a seal",
    },
    versions_are_passed_by: {"a genuine fact once more at the end"},
    roots_are_not_compared: {
        "the seal key stolen: a fact changed, the tree made anew",
        "the ledger key stolen: another root signed",
        "a fork: two histories from one point, and a witness saw the other",
    },
    one_root_is_enough: {
        "both keys stolen: rewritten beside a checkpoint that witnesses have seen",
        "the ledger key stolen: another root signed",
    },
    the_tree_is_not_compared: {
        "one bit of a leaf",
        "one bit of an inner node",
        "inner nodes cut off",
    },
    the_end_is_not_looked_at: {"half of the last command deleted"},
    witnesses_are_not_counted: {
        "a cosignature taken away",
        "both keys stolen: history rewritten, too few witnesses",
    },
    receipts_are_believed: {
        "a forged receipt",
        "the tail deleted everywhere; people have kept receipts",
    },
    what_is_before_a_checkpoint_is_not_counted: {
        "an older copy of the facts alone put back",
        "facts deleted in the middle",
    },
    positions_below_one_are_passed_by: {"a fact where none can be"},
}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("laid", ["sqlite"], indirect=True)
def test_a_check_with_a_defect_misses_crimes(
    defect: Defect,
    laid: Ground,
    written: tuple[History, Secrets],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    defect(monkeypatch)

    tally = tried(laid, written, SEED, ROUNDS, DEFECTS[defect])

    assert set(tally.by_kind) == DEFECTS[defect]


@pytest.mark.parametrize("laid", ["sqlite"], indirect=True)
def test_the_whole_check_misses_none_of_them(
    laid: Ground, written: tuple[History, Secrets]
) -> None:
    kinds = set[str]().union(*DEFECTS.values())

    assert tried(laid, written, SEED, ROUNDS, kinds).missed == []
