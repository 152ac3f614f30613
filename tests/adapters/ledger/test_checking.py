"""What a verdict says; that each kind of tampering is found, `make tamper` tries."""

import json
from pathlib import Path

import pytest

from adapters.ledger import checking
from adapters.ledger.book import Book
from adapters.ledger.checking import check
from adapters.ledger.doubts import Why
from adapters.ledger.receipts import KeptSeal, read_receipt
from adapters.persistence.trust import LogKey, Trust, read_trust
from adapters.proof.encoding import base64_of
from adapters.proof.note import Note
from adapters.proof.signing import Signer
from adapters.proof.tree import EMPTY_ROOT, root
from domain.errors import Code, NotFound, Refused
from tests.adapters.ledger.kept import Kept, told

LOSSES = (Why.FACTS_LOST, Why.FACT_MISSING)


@pytest.fixture
def full(kept: Kept) -> Kept:
    """Return one with checkpoints at 6, 12 and 16, and 20 facts."""
    kept.learns(3, each=2)
    kept.signs()
    kept.learns(3, each=2)
    kept.signs()
    kept.learns(4)
    kept.signs()
    kept.learns(4)
    return kept


def note(kept: Kept, nth: int) -> Note:
    return Note.parse(list(kept.book.checkpoints())[nth][1])


def test_an_empty_history_is_well(kept: Kept) -> None:
    verdict = kept.verdict()

    assert verdict.doubts == ()
    assert (verdict.facts, verdict.signed, verdict.checkpoints) == (0, 0, 0)
    assert verdict.root == base64_of(EMPTY_ROOT)


@pytest.mark.parametrize("level", [0, 1])
def test_it_says_what_was_looked_at(level: int, full: Kept) -> None:
    verdict = full.verdict(level)

    assert (verdict.doubts, verdict.counts) == ((), {})
    assert (verdict.facts, verdict.since) == (20, 0)
    assert (verdict.signed, verdict.witnessed, verdict.checkpoints) == (16, 16, 3)
    full.ledger.grow()
    assert verdict.root == base64_of(root(20, full.book.read))


@pytest.mark.parametrize("page", [1, 7])
@pytest.mark.parametrize("nth", [None, 0, 1, 2])
def test_however_it_is_read_it_is_the_same(
    nth: int | None, page: int, full: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = full.verdict()
    monkeypatch.setattr(checking, "PAGE", page)
    verdict = full.verdict(since=None if nth is None else note(full, nth))

    assert verdict.doubts == ()
    assert verdict.since == (0 if nth is None else (6, 12, 16)[nth])
    assert (verdict.root, verdict.facts) == (whole.root, whole.facts)


def test_who_looks_since_a_checkpoint_does_not_look_before_it(full: Kept) -> None:
    full.below("UPDATE {table} SET topic = 'x' WHERE rowid = 3")

    assert full.verdict(since=note(full, 0)).doubts == ()
    assert (Why.LEAF_DIFFERS, 3) in told(full.verdict())


@pytest.mark.parametrize("where", ["rowid = 3", "rowid > 5", "rowid < 4"])
def test_but_sees_that_facts_before_it_are_gone(where: str, full: Kept) -> None:
    full.below(f"DELETE FROM {{table}} WHERE {where}")
    verdict = full.verdict(since=note(full, 1))

    assert verdict.since == 0
    assert any(why in LOSSES for why, _ in told(verdict))


def test_seals_under_a_checkpoint_are_looked_at_on_level_1(full: Kept) -> None:
    full.below("UPDATE {table} SET seal = NULL WHERE rowid IN (3, 19)")

    assert told(full.verdict(0)) == [(Why.NOT_SEALED, 19)]
    assert told(full.verdict(1)) == [(Why.NOT_SEALED, 3)]
    assert full.verdict(1).counts == {Why.NOT_SEALED: 2}


def test_the_first_of_each_kind_is_told_in_the_order_of_facts(full: Kept) -> None:
    full.below(
        "UPDATE {table} SET seal = NULL WHERE rowid > 17",
        "UPDATE {table} SET originator_version = 99 WHERE rowid IN (5, 8)",
    )
    verdict = full.verdict()

    positions = [position for _, position in told(verdict)]
    assert positions == sorted(positions)
    assert dict(told(verdict))[Why.VERSION_GAP] == 5
    assert {one.what for one in verdict.doubts if one.why is Why.VERSION_GAP} == {
        "finding/2 99"
    }


def test_a_gap_is_said_once_and_read_over(full: Kept) -> None:
    full.below("DELETE FROM {table} WHERE rowid IN (18, 19)")
    verdict = full.verdict()

    assert (Why.FACT_MISSING, 18) in told(verdict)
    assert verdict.counts[Why.FACT_MISSING] == 1
    assert verdict.facts == 18


def test_a_fact_at_the_end_of_all_numbers_does_not_keep_it_busy(full: Kept) -> None:
    full.below(f"UPDATE {{table}} SET rowid = {2**63 - 1} WHERE rowid = 20")

    assert told(full.verdict()) == [(Why.FACT_MISSING, 20)]


def test_a_fact_below_all_positions_is_found(full: Kept) -> None:
    full.below("UPDATE {table} SET rowid = -7 WHERE rowid = 20")

    assert (Why.FACT_MISPLACED, -7) in told(full.verdict())
    assert (Why.FACT_MISPLACED, -7) in told(full.verdict(since=note(full, 2)))


def test_a_ledger_that_grows_meanwhile_is_no_doubt(
    full: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts are stored and taken in right after the last page was read."""
    rows, elsewhere = full.store.rows, full.opened_again()
    monkeypatch.setattr(
        full.store, "rows", lambda position, _: rows(position, 20 - position)
    )
    grown: list[int] = []

    def grow(position: int) -> None:
        elsewhere.learns(3)
        elsewhere.signs()
        grown.append(position)

    trust = read_trust(full.settings.trust_file)
    verdict = check(full.store, full.book, trust, on_page=grow)
    elsewhere.store.close()

    assert (verdict.doubts, grown, full.book.size) == ((), [20], 23)


def test_two_roots_of_one_size_are_never_both_right(full: Kept) -> None:
    log = Signer(full.ledger.trust.origin, b"k" * 32)
    trust = full.ledger.trust.model_copy(
        update={"log": (*full.ledger.trust.log, LogKey(key=log.verifier))}
    )
    text = note(full, 2).text.replace(note(full, 2).text.split("\n")[2], "A" * 43 + "=")
    for name in (11, 13, 99):
        full.book.keep(name, Note(text, (log.sign(text),)))
        found = check(full.store, full.book, trust, since=note(full, 2))

        assert (Why.ROOT_DIFFERS, 16) in told(found), name
        (full.settings.ledger_folder / "checkpoints" / f"{name:012}.note").unlink()


def test_a_checkpoint_that_was_kept_counts_like_one_of_the_ledger(full: Kept) -> None:
    kept = note(full, 2)
    for path in (full.settings.ledger_folder / "checkpoints").iterdir():
        path.unlink()
    verdict = full.verdict(since=kept)

    assert verdict.doubts == ()
    assert (verdict.signed, verdict.witnessed, verdict.checkpoints) == (16, 16, 0)


def test_whoever_trusts_somebody_else_doubts_everything(full: Kept) -> None:
    stranger = Signer(full.ledger.trust.origin, b"s" * 32).verifier
    trust = Trust(origin=full.ledger.trust.origin, log=(LogKey(key=stranger),))
    verdict = check(full.store, full.book, trust)

    assert {one.why for one in verdict.doubts} == {Why.CHECKPOINT_NOT_SIGNED}
    assert verdict.counts[Why.CHECKPOINT_NOT_SIGNED] == 3


def test_nodes_that_a_crash_left_behind_are_no_doubt(full: Kept) -> None:
    nodes = full.settings.ledger_folder / "nodes"
    for name in ("01", "02", "04"):
        with (nodes / name).open("ab") as file:
            file.write(b"x" * 70)
    with (nodes / "00").open("ab") as file:
        file.write(b"x" * 31)

    assert full.verdict().doubts == ()


def test_nodes_that_are_missing_are(full: Kept) -> None:
    (full.settings.ledger_folder / "nodes" / "03").unlink()

    assert told(full.verdict()) == [(Why.NODE_DIFFERS, 1)]
    assert told(full.verdict(since=note(full, 1))) == [(Why.NODE_DIFFERS, 1)]


def test_a_missing_tree_can_be_made_again(full: Kept) -> None:
    for path in (full.settings.ledger_folder / "nodes").iterdir():
        path.unlink()

    assert full.verdict().doubts == ()
    assert full.verdict(since=note(full, 1)).since == 0


# ---- receipts ----


def test_all_receipts_are_kept(full: Kept) -> None:
    assert full.verdict(receipts=tuple(full.receipts)).doubts == ()


def test_a_receipt_of_a_fact_that_is_gone_is_denied(full: Kept) -> None:
    full.below("DELETE FROM {table} WHERE rowid = 20")
    verdict = full.verdict(receipts=tuple(full.receipts))

    assert told(verdict) == [(Why.RECEIPT_DENIED, 0)]
    assert full.verdict().doubts == ()


def test_a_receipt_of_two_facts_promises_both(full: Kept) -> None:
    full.below("UPDATE {table} SET topic = 'x' WHERE rowid = 2")
    verdict = full.verdict(receipts=(full.receipts[0],))

    assert (Why.RECEIPT_DENIED, 2) in told(verdict)


@pytest.mark.parametrize(
    "forged",
    [
        KeptSeal(leaf=base64_of(bytes(32)), seal=base64_of(bytes(68))),
        KeptSeal(leaf="?", seal=""),
    ],
)
def test_a_forged_receipt_is_not_believed(forged: KeptSeal, full: Kept) -> None:
    receipt = full.receipts[0].model_copy(update={"sealed": (forged,)})

    assert told(full.verdict(receipts=(receipt,))) == [(Why.RECEIPT_BROKEN, 0)]


def test_a_receipt_is_read_from_what_a_command_said(full: Kept, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    said = {**full.receipts[0].model_dump(mode="json"), "position": 2, "schema": "x"}
    path.write_text(json.dumps(said))

    assert read_receipt(path) == full.receipts[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stream": 1}', "\x00"])
def test_what_is_no_receipt_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(text)

    with pytest.raises(Refused) as caught:
        read_receipt(path)
    assert caught.value.code is Code.BAD_FILE
    with pytest.raises(NotFound):
        read_receipt(tmp_path / "none")


def test_another_ledger_is_another_history(full: Kept, tmp_path: Path) -> None:
    assert full.verdict().doubts == ()
    empty = Book(tmp_path / "empty")
    trust = read_trust(full.settings.trust_file)

    assert check(full.store, empty, trust).signed == 0
