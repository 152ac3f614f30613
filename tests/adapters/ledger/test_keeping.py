"""The ledger takes in what was sealed, and signs what it can go on from, or stops."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from structlog.testing import capture_logs

from adapters.errors import Unavailable
from adapters.ledger import keeping
from adapters.ledger.ask_witness import Why, remembered_by
from adapters.ledger.witness import Witness
from adapters.ledger.witness_memory import Memory
from adapters.ledger.witness_server import witnessing
from adapters.persistence.key_files import log_signer, renew_keys, sealer
from adapters.persistence.trust import WitnessKey, read_trust, write_trust
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.signing import Cosigner
from domain.errors import Code
from tests.adapters.ledger.kept import Kept, told
from tests.adapters.ledger.some_log import SEEN


def stopped_at(kept: Kept) -> int:
    """Return at which fact the ledger stops."""
    with pytest.raises(Unavailable) as caught:
        kept.signs()
    assert caught.value.code is Code.LEDGER_STOPPED
    assert caught.value.context["problem"]
    position = caught.value.context["position"]
    assert isinstance(position, int)
    return position


def test_nothing_is_signed_of_nothing(kept: Kept) -> None:
    assert kept.signs() is None
    assert list(kept.book.checkpoints()) == []
    assert kept.verdict().doubts == ()


def test_it_signs_what_has_come_and_only_once(kept: Kept) -> None:
    kept.learns(5, each=2)
    note = kept.signs()

    assert note
    assert Checkpoint.parse(note.text).size == 10
    assert kept.signs() is None
    assert len(list(kept.book.checkpoints())) == 1


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_it_goes_on_after_a_restart(
    page: int, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAGE", page)
    seen: list[int] = []
    for count in (1, 4, 2, 7):
        kept.learns(count)
        ledger = kept.ledger
        assert ledger.grow(seen.append) == count
        assert ledger.grow() == 0
        ledger.sign(log_signer(kept.settings))

    assert seen[-1] == 14
    assert kept.book.size == 14
    verdict = kept.verdict()
    assert (verdict.doubts, verdict.signed, verdict.checkpoints) == ((), 14, 4)


def test_it_stops_at_a_gap(kept: Kept) -> None:
    kept.learns(6)
    kept.below("DELETE FROM {table} WHERE rowid = 4")

    assert stopped_at(kept) == 4
    assert kept.book.size == 0


def test_it_stops_at_a_fact_without_its_seal(kept: Kept) -> None:
    kept.learns(6)
    kept.below("UPDATE {table} SET seal = NULL WHERE rowid = 5")

    assert stopped_at(kept) == 5
    with pytest.raises(Unavailable) as caught:
        kept.ledger.refuse_wrong_facts()
    assert caught.value.context["position"] == 5


def test_it_stops_at_a_fact_that_says_something_else(kept: Kept) -> None:
    kept.learns(3)
    kept.signs()
    kept.learns(3)
    kept.below("UPDATE {table} SET topic = 'finding.reported.v1' WHERE rowid = 6")

    assert stopped_at(kept) == 6
    assert kept.book.size == 3


def test_it_stops_at_what_is_no_fact(kept: Kept) -> None:
    kept.learns(2)
    kept.below("UPDATE {table} SET originator_version = -7 WHERE rowid = 2")

    assert stopped_at(kept) == 2


def test_it_stops_when_facts_are_gone_that_it_has(kept: Kept) -> None:
    kept.learns(6)
    kept.signs()
    kept.below("DELETE FROM {table} WHERE rowid > 4")

    assert stopped_at(kept) == 5
    with pytest.raises(Unavailable):
        kept.ledger.refuse_wrong_facts()


def test_it_does_not_sign_another_history_than_it_has_signed(kept: Kept) -> None:
    kept.learns(6)
    kept.signs()
    leaves = kept.settings.ledger_folder / "nodes" / "00"
    leaves.write_bytes(bytes(32) + leaves.read_bytes()[32:])
    (kept.settings.ledger_folder / "nodes" / "01").write_bytes(bytes(96))
    (kept.settings.ledger_folder / "nodes" / "02").write_bytes(bytes(32))
    kept.learns(1)

    assert stopped_at(kept) == 6
    assert len(list(kept.book.checkpoints())) == 1


def test_it_does_not_sign_less_than_it_has_signed(kept: Kept) -> None:
    kept.learns(6)
    note = kept.signs()
    assert note
    kept.book.keep(9, Note(note.text.replace("\n6\n", "\n9\n"), note.signatures))
    kept.learns(1)

    assert stopped_at(kept) == 9


@pytest.mark.parametrize("damage", [b"", b"half of a no", b"a\nb\n\n"])
def test_a_damaged_checkpoint_stops_it(damage: bytes, kept: Kept) -> None:
    kept.learns(3)
    kept.signs()
    [path] = (kept.settings.ledger_folder / "checkpoints").glob("*.note")
    path.write_bytes(damage)
    kept.learns(1)

    assert stopped_at(kept) == 4


def test_missing_nodes_stop_it_until_the_tree_is_made_again(kept: Kept) -> None:
    kept.learns(6)
    kept.signs()
    nodes = kept.settings.ledger_folder / "nodes"
    (nodes / "02").unlink()
    kept.learns(1)
    assert stopped_at(kept) == 6

    for path in nodes.iterdir():
        path.unlink()
    assert kept.signs()
    assert kept.verdict().doubts == ()


def test_a_renewed_key_seals_and_signs_on(kept: Kept) -> None:
    kept.learns(3)
    kept.signs()
    renew_keys(kept.settings, kept.store.last_position())
    again = kept.opened_again()
    again.learns(3)
    assert again.signs()

    assert again.verdict().doubts == ()
    again.store.close()


def test_a_program_that_runs_takes_new_keys_into_use(kept: Kept) -> None:
    kept.learns(2)
    renew_keys(kept.settings, kept.store.last_position())
    kept.learns(2)

    assert kept.signs()
    assert kept.verdict().doubts == ()


def test_whoever_seals_with_a_retired_key_stops_it(kept: Kept) -> None:
    kept.learns(3)
    retired = sealer(kept.settings)
    renew_keys(kept.settings, kept.store.last_position())
    kept.store._sealing = lambda: retired
    kept.learns(1)

    assert stopped_at(kept) == 4
    assert told(kept.verdict()) == [("not_sealed", 4)]


# ---- witnesses ----


@pytest.fixture
def witnesses(kept: Kept) -> Iterator[list[WitnessKey]]:
    """Return two witnesses that look after this ledger, and are trusted."""
    trust = read_trust(kept.settings.trust_file)
    with ExitStack() as stack:
        keys = []
        for name in ("police.example/w", "archive.example/w"):
            memory = Memory(kept.settings.data / f"{name[:6]}.db", first=True)
            stack.callback(memory.close)
            cosigner = Cosigner(name, name.encode().ljust(32)[:32])
            witness = Witness(
                cosigner, {trust.origin: trust.log_keys}, memory, lambda: SEEN
            )
            address = stack.enter_context(witnessing(witness, "127.0.0.1:0"))
            keys.append(WitnessKey(key=cosigner.verifier, url=f"http://{address}"))
        update = {"witness": tuple(keys), "quorum": 2}
        write_trust(kept.settings.trust_file, trust.model_copy(update=update))
        yield keys


async def test_witnesses_are_asked_and_counted(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    kept.learns(3)
    kept.signs()
    before = kept.verdict()
    await kept.ledger.have_cosigned()
    after = kept.verdict()

    assert told(before) == [("not_witnessed", 1)]
    assert (before.signed, before.witnessed) == (3, 0)
    assert (after.doubts, after.signed, after.witnessed) == ((), 3, 3)
    note = kept.book.latest()
    assert note
    assert [line.name for line in note.signatures[1:]] == [
        one.key.name for one in witnesses
    ]


async def test_whoever_has_signed_is_not_asked_again(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    assert witnesses
    kept.learns(3)
    kept.signs()
    await kept.ledger.have_cosigned()
    before = kept.book.latest()
    with capture_logs() as logs:
        await kept.ledger.have_cosigned()

    assert kept.book.latest() == before
    assert logs == []


async def test_a_witness_that_is_away_is_asked_next_time(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    trust = read_trust(kept.settings.trust_file)
    away = witnesses[1].model_copy(update={"url": "http://127.0.0.1:9"})
    path = kept.settings.trust_file
    write_trust(path, trust.model_copy(update={"witness": (witnesses[0], away)}))
    kept.learns(3)
    kept.signs()
    with capture_logs() as logs:
        await kept.ledger.have_cosigned()
    write_trust(path, trust)
    one = kept.verdict()
    await kept.ledger.have_cosigned()

    assert told(one) == [("not_witnessed", 1)]
    assert [entry["log_level"] for entry in logs if "why" in entry] == ["warning"]
    assert kept.verdict().doubts == ()


async def test_a_history_that_witnesses_did_not_see_is_an_alarm(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    kept.learns(4)
    kept.signs()
    await kept.ledger.have_cosigned()
    for folder in ("nodes", "checkpoints"):
        for path in (kept.settings.ledger_folder / folder).iterdir():
            path.unlink()
    kept.below("DELETE FROM {table} WHERE rowid > 2")
    kept.signs()
    with capture_logs() as logs:
        await kept.ledger.have_cosigned()

    alarms = [one for one in logs if one["log_level"] == "error"]
    assert [one["why"] for one in alarms] == ["ahead"] * len(witnesses)
    assert told(kept.verdict()) == [("not_witnessed", 1)]


async def test_nobody_is_asked_before_there_is_a_checkpoint(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    assert witnesses
    await kept.ledger.have_cosigned()

    assert kept.book.latest() is None


async def test_what_cannot_be_proved_to_witnesses_stops_it(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    assert witnesses
    kept.learns(3)
    kept.signs()
    await kept.ledger.have_cosigned()
    kept.learns(4)
    kept.signs()
    for path in (kept.settings.ledger_folder / "nodes").iterdir():
        path.unlink()
    with pytest.raises(Unavailable) as caught:
        await kept.ledger.have_cosigned()

    assert caught.value.code is Code.LEDGER_STOPPED


async def test_what_a_witness_remembers_finds_an_older_copy(
    kept: Kept, witnesses: list[WitnessKey]
) -> None:
    """Facts, tree and checkpoints were put back to what they were before."""
    kept.learns(3)
    kept.signs()
    await kept.ledger.have_cosigned()
    folder = kept.settings.ledger_folder
    old = [(one, one.read_bytes()) for one in folder.rglob("*") if one.is_file()]
    kept.learns(2)
    kept.signs()
    await kept.ledger.have_cosigned()
    kept.below("DELETE FROM {table} WHERE {position} > 3")
    shutil.rmtree(folder)
    for path, body in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    asked = witnesses[0]
    seen = await remembered_by(asked, kept.ledger.trust.origin)

    assert isinstance(seen, Note)
    assert told(kept.verdict()) == []
    assert told(kept.verdict(seen={"police": seen}))[0] == ("facts_lost", 4)


async def test_a_witness_that_knows_nothing_or_is_gone_says_so(
    witnesses: list[WitnessKey],
) -> None:
    here = witnesses[0]
    gone = witnesses[0].model_copy(update={"url": "http://127.0.0.1:9"})

    assert await remembered_by(here, "somebody.example/else") is Why.UNKNOWN_LOG
    assert await remembered_by(gone, "somebody.example/else") is Why.AWAY
