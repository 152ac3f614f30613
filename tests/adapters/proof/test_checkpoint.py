"""What a log says of itself, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.proof.unproven import Reason, Unproven
from tests.adapters.proof.known_notes import ARCHE_NOTE, SOFA_NOTE

ROOT = bytes(range(32))
SPELLED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_a_published_checkpoint_is_read() -> None:
    found = Checkpoint.parse(Note.parse(SOFA_NOTE).text)

    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.root.hex().startswith("0ac5186a91863e8e")
    assert found.extensions == ()


@pytest.mark.parametrize("raw", [SOFA_NOTE, ARCHE_NOTE])
def test_a_published_checkpoint_is_written_as_it_was_read(raw: bytes) -> None:
    text = Note.parse(raw).text

    assert Checkpoint.parse(text).text == text


def test_lines_that_nobody_reads_are_kept() -> None:
    found = Checkpoint.parse(f"a\n0\n{SPELLED}\none\ntwo two\n")

    assert found == Checkpoint("a", 0, ROOT, ("one", "two two"))
    assert found.text == f"a\n0\n{SPELLED}\none\ntwo two\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n1\n",
        f"a\n1\n{SPELLED}",
        f"\n1\n{SPELLED}\n",
        f"a\n1\n{SPELLED}\n\n",
        f"a\n1\n{SPELLED}\n\nmore\n",
        f"a\n01\n{SPELLED}\n",
        f"a\n+1\n{SPELLED}\n",
        f"a\n-1\n{SPELLED}\n",
        f"a\n 1\n{SPELLED}\n",
        f"a\n1_0\n{SPELLED}\n",
        f"a\n\u0661\n{SPELLED}\n",
        f"a\n1\r\n{SPELLED}\n",
        f"a\n\n{SPELLED}\n",
        f"a\n{'9' * 20}\n{SPELLED}\n",
        "a\n1\nAAEC\n",
        f"a\n1\n{SPELLED[:-2]}9=\n",
        f"a\n1\n{SPELLED[:-1]}\n",
        f"a\n1\n {SPELLED}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Unproven) as caught:
        Checkpoint.parse(text)

    assert caught.value.reason is Reason.MALFORMED


def test_a_size_that_nobody_can_have_is_refused() -> None:
    most = 2**63 - 1

    assert Checkpoint.parse(f"a\n{most}\n{SPELLED}\n").size == most
    with pytest.raises(Unproven) as caught:
        Checkpoint.parse(f"a\n{most + 1}\n{SPELLED}\n")
    assert caught.value.reason is Reason.OUT_OF_RANGE
    with pytest.raises(Unproven):
        Checkpoint("a", -1, ROOT)


@pytest.mark.parametrize("origin", ["", "a\nb", "a\tb", "\ud800"])
def test_a_name_that_is_no_line_is_refused(origin: str) -> None:
    with pytest.raises(Unproven) as caught:
        Checkpoint(origin, 1, ROOT)

    assert caught.value.reason is Reason.MALFORMED


@given(text=st.text())
def test_any_text_is_a_checkpoint_or_is_refused(text: str) -> None:
    for tried in (text, f"a\n1\n{SPELLED}\n{text}", f"{text}\n1\n{SPELLED}\n"):
        try:
            found = Checkpoint.parse(tried)
        except Unproven:
            continue
        assert found.text == tried
