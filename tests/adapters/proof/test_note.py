"""Notes that others have signed, our own, and what is no note at all."""

import base64
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.proof.keys import Kind, Verifier
from adapters.proof.note import (
    MOST_BYTES,
    MOST_SIGNATURES,
    Note,
    Signature,
    signatures_of,
    signed_by,
)
from adapters.proof.signing import Cosigner, Signer
from adapters.proof.unproven import Reason, Unproven
from tests.adapters.proof.known_notes import (
    ARCHE,
    ARCHE_NOTE,
    FOO,
    FOO_NOTE,
    PETER,
    PETER_NOTE,
    PETER_PRIVATE,
    REMORA,
    SOFA_NOTE,
)

ANNA = Signer("anna.example", bytes(range(32)))
BO = Signer("bo.example", bytes(range(32, 64)))
WITNESS = Cosigner("witness.example", bytes(range(64, 96)))
TEXT = "Tryghedsvandring\n\nnr. 7: hæk\n"
SEEN_AT = 1_700_000_000
KNOWN = (ANNA.verifier, BO.verifier, WITNESS.verifier)


def note(*signatures: Signature) -> Note:
    return Note(TEXT, signatures)


def refused(raw: bytes) -> Reason:
    with pytest.raises(Unproven) as caught:
        Note.parse(raw)
    return caught.value.reason


# ---- what others have signed ----


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (FOO_NOTE, [FOO]),
        (PETER_NOTE, [PETER]),
        (ARCHE_NOTE, [ARCHE]),
        (ARCHE_NOTE, [REMORA]),
        (ARCHE_NOTE, [ARCHE, REMORA]),
    ],
)
def test_a_note_that_others_published_is_signed_by_their_keys(
    raw: bytes, keys: list[str]
) -> None:
    known = [Verifier.parse(key) for key in keys]

    assert [one.by for one in signed_by(Note.parse(raw), known)] == known


@pytest.mark.parametrize("raw", [FOO_NOTE, PETER_NOTE, ARCHE_NOTE, SOFA_NOTE])
def test_a_note_that_others_published_is_written_as_it_was_read(raw: bytes) -> None:
    assert bytes(Note.parse(raw)) == raw


@pytest.mark.parametrize("key", [FOO, PETER, ARCHE, REMORA])
def test_a_key_that_others_published_is_written_as_it_was_read(key: str) -> None:
    assert str(Verifier.parse(key)) == key


def test_the_same_private_key_signs_as_it_does_elsewhere() -> None:
    # The published form has the kind before the key.
    private = base64.b64decode("A" + PETER_PRIVATE)[1:]
    signer = Signer("PeterNeumann", private)
    theirs = Note.parse(PETER_NOTE)

    assert str(signer.verifier) == PETER
    assert bytes(Note(theirs.text, (signer.sign(theirs.text),))) == PETER_NOTE


# ---- who signed ----


def test_a_note_tells_who_of_the_known_signed_it() -> None:
    signed = note(ANNA.sign(TEXT), WITNESS.cosign(TEXT, SEEN_AT), BO.sign(TEXT))

    found = signed_by(Note.parse(bytes(signed)), KNOWN)

    assert [(one.by.name, one.at) for one in found] == [
        ("anna.example", None),
        ("witness.example", SEEN_AT),
        ("bo.example", None),
    ]


def test_a_signature_of_somebody_unknown_is_passed_by() -> None:
    found = signed_by(note(BO.sign(TEXT), ANNA.sign(TEXT)), [ANNA.verifier])

    assert [one.by for one in found] == [ANNA.verifier]


def test_a_note_that_nobody_known_signed_is_refused() -> None:
    with pytest.raises(Unproven) as caught:
        signed_by(note(BO.sign(TEXT)), [ANNA.verifier])

    assert caught.value.reason is Reason.NOT_SIGNED


def test_a_key_with_the_name_of_another_is_somebody_unknown() -> None:
    impostor = Signer("anna.example", bytes(32))

    with pytest.raises(Unproven) as caught:
        signed_by(note(impostor.sign(TEXT)), KNOWN)

    assert caught.value.reason is Reason.NOT_SIGNED


def test_a_wrong_signature_of_a_known_key_spoils_the_right_one_beside_it() -> None:
    right, wrong = ANNA.sign(TEXT), ANNA.sign("Something else\n")

    for lines in ((right, wrong), (wrong, right)):
        with pytest.raises(Unproven) as caught:
            signed_by(note(*lines), KNOWN)
        assert caught.value.reason is Reason.BAD_SIGNATURE


def test_who_signs_twice_counts_once() -> None:
    again = note(ANNA.sign(TEXT), ANNA.sign(TEXT))

    assert len(signed_by(again, KNOWN)) == 1


def test_a_note_with_one_bit_changed_has_lost_its_signature() -> None:
    chance = Random(41)
    raw = bytes(note(ANNA.sign(TEXT)))
    for _ in range(800):
        place, bit = chance.randrange(len(raw)), 1 << chance.randrange(8)
        changed = raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :]
        with pytest.raises(Unproven):
            signed_by(Note.parse(changed), KNOWN)


def test_a_signature_is_of_one_kind_only() -> None:
    seed = bytes(range(32))
    as_log, as_witness = Signer("x.example", seed), Cosigner("x.example", seed)

    assert as_log.verifier.public == as_witness.verifier.public
    assert as_log.verifier.key_id != as_witness.verifier.key_id
    with pytest.raises(Unproven):
        as_witness.verifier.check(TEXT, as_log.sign(TEXT).body)
    with pytest.raises(Unproven):
        as_log.verifier.check(TEXT, as_witness.cosign(TEXT, SEEN_AT).body)


def test_more_signatures_are_put_below_the_others() -> None:
    both = note(ANNA.sign(TEXT)).with_signatures([BO.sign(TEXT)])

    assert [line.name for line in both.signatures] == ["anna.example", "bo.example"]


# ---- what is no note ----


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n",
        b"text",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        b"text\n\nno line\n",
        "text\n\n— a.example\n".encode(),
        "text\n\n— a.example AAAAAAE=".encode(),
        "text\n\n— a.example AAAAAAE=\n— ".encode(),
        "text\n\n— a.example AAAAAA==\n".encode(),
        "text\n\n— a.example AAAAAAF=\n".encode(),
        "text\n\n— a.example AAAA AAE=\n".encode(),
        "text\n\n— a.example  AAAAAAE=\n".encode(),
        "text\n\n—  AAAAAAE=\n".encode(),
        "text\n\n— a+b AAAAAAE=\n".encode(),
        "text\n\n— a\u00a0b AAAAAAE=\n".encode(),
        b"text\n\n- a.example AAAAAAE=\n",
        "te\txt\n\n— a.example AAAAAAE=\n".encode(),
        "te\0xt\n\n— a.example AAAAAAE=\n".encode(),
        "text\r\n\n— a.example AAAAAAE=\n".encode(),
        b"t\xe9xt\n\n\xe2\x80\x94 a.example AAAAAAE=\n",
        b"t\xed\xa0\x80xt\n\n\xe2\x80\x94 a.example AAAAAAE=\n",
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    assert refused(raw) is Reason.MALFORMED


def test_an_empty_line_may_be_all_of_the_text() -> None:
    assert Note.parse("\n\n— a.example AAAAAAE=\n".encode()).text == "\n"


def test_a_note_has_room_for_many_signatures_but_not_for_any_number() -> None:
    line = Signature("a.example", b"1234", bytes(64))
    full = Note("text\n", (line,) * MOST_SIGNATURES)
    more = Note("text\n", (line,) * (MOST_SIGNATURES + 1))

    assert Note.parse(bytes(full)) == full
    assert refused(bytes(more)) is Reason.TOO_LARGE


def test_a_note_has_room_for_sixteen_of_the_longest_signatures() -> None:
    line = Signature("a.example", b"1234", bytes(5000))
    full = Note("text\n", (line,) * 16)

    assert Note.parse(bytes(full)) == full


def test_a_note_that_is_too_large_is_not_looked_at() -> None:
    assert refused(b"x" * (MOST_BYTES + 1)) is Reason.TOO_LARGE


@pytest.mark.parametrize("text", ["", "no end", "\x07\n", "\ud800\n"])
def test_nobody_signs_what_is_no_text_of_a_note(text: str) -> None:
    for sign in (ANNA.sign, lambda text: WITNESS.cosign(text, SEEN_AT)):
        with pytest.raises(Unproven) as caught:
            sign(text)
        assert caught.value.reason is Reason.MALFORMED


@given(raw=st.binary(max_size=300))
def test_any_bytes_are_a_note_or_are_refused(raw: bytes) -> None:
    try:
        found = Note.parse(raw)
    except Unproven:
        return
    assert bytes(found) == raw


line_parts = st.one_of(
    st.sampled_from(["— ", "\n", "\n\n", " ", "+", "=", "AAAAAAE=", "a.example"]),
    st.text(max_size=4),
)


@given(parts=st.lists(line_parts, max_size=14))
def test_what_looks_like_a_note_is_one_or_is_refused(parts: list[str]) -> None:
    raw = "".join(parts).encode("utf-8", "surrogatepass")
    try:
        found = Note.parse(raw)
    except Unproven:
        return
    assert bytes(found) == raw


@given(text=st.text())
def test_any_text_is_a_key_or_is_refused(text: str) -> None:
    for tried in (text, f"{text}+530d903a+{FOO.rpartition('+')[2]}"):
        try:
            found = Verifier.parse(tried)
        except Unproven:
            continue
        assert str(found) == tried


@given(text=st.text())
def test_any_text_is_signature_lines_or_is_refused(text: str) -> None:
    try:
        found = tuple(signatures_of(text))
    except Unproven:
        return
    assert "".join(map(str, found)) == text


# ---- keys ----


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        FOO.replace("530d903a", "530d903b"),
        FOO.replace("530d903a", "530D903A"),
        FOO.replace("530d903a", "530d903"),
        FOO.replace("example.com/foo", "example.com/fop"),
        FOO.replace("example.com/foo", "example.com/ foo"),
        FOO.replace("example.com/foo", ""),
        FOO.replace("Aeky", "Beky"),
        FOO.replace("Aeky", "/eky"),
        FOO[:-4],
        FOO + "AAAA",
        FOO + "\n",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Unproven) as caught:
        Verifier.parse(text)

    assert caught.value.reason is Reason.BAD_KEY


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "x" * 256, "\ud800"])
def test_nobody_signs_in_a_name_that_cannot_be_written(name: str) -> None:
    for make in (Signer, Cosigner):
        with pytest.raises(Unproven) as caught:
            make(name, bytes(32))
        assert caught.value.reason is Reason.BAD_KEY


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_private_key_of_another_length_is_refused(length: int) -> None:
    for make in (Signer, Cosigner):
        with pytest.raises(Unproven) as caught:
            make("a.example", bytes(length))
        assert caught.value.reason is Reason.BAD_KEY


def test_a_key_is_of_the_kind_that_it_says() -> None:
    assert Verifier.parse(REMORA).kind is Kind.COSIGNATURE
    assert Verifier.parse(ARCHE).kind is Kind.NOTE


def test_a_signature_of_any_length_is_right_or_wrong() -> None:
    for key in KNOWN:
        for length in (0, 1, 7, 8, 9, 63, 64, 65, 72, 5000):
            with pytest.raises(Unproven) as caught:
                key.check(TEXT, bytes(length))
            assert caught.value.reason is Reason.BAD_SIGNATURE
