"""What a witness signs, and what nobody gets it to sign."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

import adapters
from adapters.ledger.submission import Submission
from adapters.ledger.witness import SIZE, Answer, Witness
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note, signatures_of, signed_by
from adapters.proof.signing import Signer
from adapters.proof.tree import EMPTY_ROOT
from tests.adapters.ledger.conftest import Wakes
from tests.adapters.ledger.some_log import (
    ORIGIN,
    SEEN_AT,
    WITNESS,
    SomeLog,
)

ROOT = Path(adapters.__file__).parent.parent
LOG = SomeLog(40)
FORK = SomeLog(40, 3)
CROWD = 8


def signed(answer: Answer, log: SomeLog, size: int) -> int | None:
    """Return when `answer` says that it saw `log` at `size`."""
    assert answer.status is HTTPStatus.OK
    lines = tuple(signatures_of(answer.body.decode()))
    [found] = signed_by(Note(log.note(size).text, lines), [WITNESS.verifier])
    return found.at


def at_once(witnesses: Sequence[Witness], sent: Sequence[bytes]) -> list[Answer]:
    """Return what they answer to as many questions at the same time."""
    start = Barrier(len(sent))

    def ask(witness: Witness, raw: bytes) -> Answer:
        start.wait()
        return witness.add_checkpoint(raw)

    with ThreadPoolExecutor(len(sent)) as pool:
        return list(pool.map(ask, witnesses, sent))


def known_size(witness: Witness) -> int:
    """Return the size that it says it signed last."""
    answer = witness.add_checkpoint(LOG.sends(39, 40))
    assert answer.status is HTTPStatus.CONFLICT
    return int(answer.body)


# ---- growing ----


def test_a_log_that_grows_is_signed_each_time(witness: Witness) -> None:
    for old, new in ((0, 5), (5, 8), (8, 9), (9, 40)):
        assert signed(witness.add_checkpoint(LOG.sends(old, new)), LOG, new) == SEEN_AT


def test_the_same_checkpoint_is_signed_again(witness: Witness) -> None:
    witness.add_checkpoint(LOG.sends(0, 7))

    assert signed(witness.add_checkpoint(LOG.sends(7, 7)), LOG, 7) == SEEN_AT


def test_a_log_may_begin_with_nothing(witness: Witness) -> None:
    assert signed(witness.add_checkpoint(LOG.sends(0, 0)), LOG, 0) == SEEN_AT
    assert signed(witness.add_checkpoint(LOG.sends(0, 3)), LOG, 3) == SEEN_AT


def test_each_log_has_its_own_size(witness: Witness) -> None:
    other = SomeLog(6, origin="other.example/log")
    witness.add_checkpoint(LOG.sends(0, 9))

    answer = witness.add_checkpoint(other.sends(0))

    assert signed(answer, other, 6) == SEEN_AT
    assert known_size(witness) == 9


def test_lines_that_the_log_added_are_signed_with_it(witness: Witness) -> None:
    note = LOG.signed(Checkpoint(ORIGIN, 4, LOG.tree.root(4), ("more",)))

    answer = witness.add_checkpoint(bytes(Submission(0, (), bytes(note))))

    lines = tuple(signatures_of(answer.body.decode()))
    assert signed_by(Note(note.text, lines), [WITNESS.verifier])


# ---- what it does not sign ----


def test_who_begins_from_another_size_hears_the_right_one(witness: Witness) -> None:
    witness.add_checkpoint(LOG.sends(0, 12))

    for old, new in ((0, 20), (11, 20), (13, 20), (0, 5), (5, 5)):
        answer = witness.add_checkpoint(LOG.sends(old, new))
        assert answer == Answer(HTTPStatus.CONFLICT, b"12\n", SIZE)


def test_another_history_of_the_same_size_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(LOG.sends(0, 9))
    with capture_logs() as said:
        answer = witness.add_checkpoint(FORK.sends(9, 9))

    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    [line] = said
    assert (line["event"], line["log_level"]) == ("checkpoint.refused", "error")
    assert (line["origin"], line["size"], line["known_size"]) == (ORIGIN, 9, 9)
    assert line["root"] != line["known_root"]


def test_another_history_is_refused_however_far_it_has_grown(witness: Witness) -> None:
    witness.add_checkpoint(LOG.sends(0, 9))

    for new in range(10, 41):
        answer = witness.add_checkpoint(FORK.sends(9, new))
        assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert known_size(witness) == 9


def test_a_log_that_has_shrunk_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(LOG.sends(0, 20))

    assert witness.add_checkpoint(LOG.sends(20, 9)).status is HTTPStatus.BAD_REQUEST
    assert known_size(witness) == 20


def test_a_proof_from_nothing_must_be_empty(witness: Witness) -> None:
    raw = bytes(Submission(0, (EMPTY_ROOT,), bytes(LOG.note(5))))

    assert witness.add_checkpoint(raw).status is HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_empty_log_with_a_root_of_something_is_refused(witness: Witness) -> None:
    note = LOG.signed(Checkpoint(ORIGIN, 0, LOG.tree.root(5)))
    raw = bytes(Submission(0, (), bytes(note)))

    assert witness.add_checkpoint(raw).status is HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_log_that_nobody_told_it_of_is_unknown(witness: Witness) -> None:
    stranger = SomeLog(4, origin="stranger.example/log")

    assert witness.add_checkpoint(stranger.sends(0)).status is HTTPStatus.NOT_FOUND


def test_a_checkpoint_signed_with_another_key_is_forbidden(witness: Witness) -> None:
    text = LOG.checkpoint().text
    for signer in (Signer(ORIGIN, bytes(32)), Signer("x.example", bytes(32)), WITNESS):
        line = (
            signer.sign(text) if isinstance(signer, Signer) else signer.cosign(text, 1)
        )
        raw = bytes(Submission(0, (), bytes(Note(text, (line,)))))
        assert witness.add_checkpoint(raw).status is HTTPStatus.FORBIDDEN


def test_a_signature_of_another_text_is_forbidden(witness: Witness) -> None:
    line = LOG.signer.sign(LOG.checkpoint(5).text)
    raw = bytes(Submission(0, (), bytes(Note(LOG.checkpoint(6).text, (line,)))))

    assert witness.add_checkpoint(raw).status is HTTPStatus.FORBIDDEN


GOOD = LOG.sends(8, 21)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        GOOD[1:],
        GOOD[:-1],
        GOOD.replace(b"old 8", b"old 08"),
        GOOD.replace(b"old 8", b"old -8"),
        GOOD.replace(b"old 8", b"old 8 "),
        GOOD.replace(b"old 8", b"OLD 8"),
        GOOD.replace(b"old 8", b"old " + b"9" * 5000),
        GOOD.replace(b"old 8\n", b"old 8\n\n", 1),
        GOOD.replace(b"old 8\n", b"old 8\nAAAA\n"),
        GOOD.replace(b"old 8\n", b"old 8\nnot base64\n"),
        GOOD.replace(b"old 8\n", "old 8\nå\n".encode()),
        GOOD.replace(b"\n\nlog.", b"\nlog."),
        GOOD.replace(b"\n21\n", b"\n21 \n"),
        bytes(Submission(0, (EMPTY_ROOT,) * 64, bytes(LOG.note()))),
        bytes(Submission(0, (), b"only text\n")),
        bytes(Submission(0, (), bytes(Note("a\n", (LOG.signer.sign("a\n"),))))),
    ],
)
def test_what_is_no_submission_is_a_bad_request(witness: Witness, raw: bytes) -> None:
    assert witness.add_checkpoint(raw).status is HTTPStatus.BAD_REQUEST
    assert witness.add_checkpoint(LOG.sends(0, 8)).status is HTTPStatus.OK
    assert witness.add_checkpoint(GOOD).status is HTTPStatus.OK


@given(raw=st.binary(max_size=200), place=st.integers(0, len(GOOD)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_answered(witness: Witness, raw: bytes, place: int) -> None:
    for sent in (raw, GOOD[:place] + raw + GOOD[place:], GOOD[:place] + raw):
        assert witness.add_checkpoint(sent).status in {400, 403, 404, 409}


# ---- what it shows ----


def test_a_witness_shows_what_it_signed_last(witness: Witness) -> None:
    place = sha256(ORIGIN.encode()).hexdigest()
    assert witness.checkpoint(place).status is HTTPStatus.NOT_FOUND
    witness.add_checkpoint(LOG.sends(0, 3))
    stranger = Signer("x.example", bytes(32)).sign(LOG.checkpoint(9).text)
    note = LOG.note(9).with_signatures([stranger])
    sent = Submission(3, tuple(LOG.prove(3, 9)), bytes(note))
    witness.add_checkpoint(bytes(sent))

    shown = Note.parse(witness.checkpoint(place).body)

    found = signed_by(shown, [LOG.signer.verifier, WITNESS.verifier])
    assert shown.text == LOG.checkpoint(9).text
    assert [(one.by.name, one.at) for one in found] == [
        (ORIGIN, None),
        (WITNESS.verifier.name, SEEN_AT),
    ]
    assert len(shown.signatures) == 2


def test_a_witness_shows_nothing_of_logs_that_it_does_not_know(
    witness: Witness,
) -> None:
    for place in ("", "00", sha256(b"stranger").hexdigest()):
        assert witness.checkpoint(place).status is HTTPStatus.NOT_FOUND


def test_a_witness_that_lives_shows_its_key(witness: Witness) -> None:
    assert witness.health().body.decode() == f"{WITNESS.verifier}\n"


# ---- at once, again, and killed ----


def test_of_many_that_grow_from_one_size_at_once_one_is_signed(
    witness: Witness,
) -> None:
    old = 0
    for _ in range(3):
        sent = [LOG.sends(old, old + 1 + nth) for nth in range(CROWD)]
        answers = at_once([witness] * CROWD, sent)
        statuses = sorted(answer.status for answer in answers)

        assert statuses == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * (CROWD - 1)
        place = [answer.status for answer in answers].index(HTTPStatus.OK)
        assert signed(answers[place], LOG, old + 1 + place) == SEEN_AT
        old += 1 + place
        assert known_size(witness) == old


def test_of_two_histories_at_once_only_one_is_ever_signed(wakes: Wakes) -> None:
    # As many processes would: each with a connection of its own to the one file.
    witnesses = [wakes(first=True), *(wakes() for _ in range(CROWD - 1))]
    sent = [(LOG, FORK)[nth % 2].sends(0, 20) for nth in range(CROWD)]

    answers = at_once(witnesses, sent)

    [place] = [
        nth for nth, answer in enumerate(answers) if answer.status is HTTPStatus.OK
    ]
    winner, loser = (LOG, FORK) if place % 2 == 0 else (FORK, LOG)
    again = witnesses[0].add_checkpoint(winner.sends(20, 30))
    assert signed(again, winner, 30) == SEEN_AT
    refused = witnesses[1].add_checkpoint(loser.sends(30, 40))
    assert refused.status is HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_witness_that_starts_again_knows_what_it_signed(
    wakes: Wakes, witness: Witness
) -> None:
    witness.add_checkpoint(LOG.sends(0, 11))

    later = wakes()

    assert known_size(later) == 11
    assert later.add_checkpoint(FORK.sends(11, 12)).status == 422
    assert signed(later.add_checkpoint(LOG.sends(11, 12)), LOG, 12) == SEEN_AT


@pytest.mark.parametrize(("moment", "known"), [("before", 11), ("after", 20)])
def test_a_witness_that_is_killed_knows_all_that_it_can_have_signed(
    moment: str, known: int, wakes: Wakes, witness: Witness, path: Path, tmp_path: Path
) -> None:
    witness.add_checkpoint(LOG.sends(0, 11))
    sent = tmp_path / "sent"
    sent.write_bytes(LOG.sends(11, 20))

    died = subprocess.run(
        [
            *(sys.executable, "-m", "tests.adapters.ledger.dying_witness"),
            *(str(path), str(sent), moment),
        ],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (died.returncode, died.stderr) == (-9, b"")
    later = wakes()
    assert known_size(later) == known
    assert signed(later.add_checkpoint(LOG.sends(known, 20)), LOG, 20) == SEEN_AT
