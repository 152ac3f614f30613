"""Danish words in order and in small letters, however they were typed."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.danish import plain, sort_key, words

CI = settings(max_examples=300, deadline=None, derandomize=True)
DANISH = st.text("abcåÅæÆøØaAzZ éÉäö-1", max_size=12)
ODD = st.text("\N{BLACK-LETTER CAPITAL H}℡ǽǿǻİǄﬁ①Ⅷßẞ\u030a\u0301a", max_size=5)
ANY = DANISH | ODD | st.text(max_size=12)

IN_ORDER = (
    *("", "1", "Aben", "abildgård", "Allé", "Alléen", "Bakken", "Brønderslev"),
    *("Café", "cafeteria", "Hals", "Hasseris", "hæk", "Høje Taastrup", "Løkken"),
    *("Sønder Allé", "Sønderå", "Vejgaard", "Vesterbro", "Zoo", "Æblevej"),
    *("Ærø", "Øen", "Østerbro", "Aabenraa", "Åen", "Ågade", "Aalborg", "Aarhus"),
)
"""As in a Danish dictionary; Retskrivningsordbogen sorts aa as å, after ø."""


def test_words_stand_as_in_a_danish_dictionary() -> None:
    mixed = random.Random(1).sample(IN_ORDER, len(IN_ORDER))

    assert sorted(mixed, key=sort_key) == list(IN_ORDER)


def test_the_last_letters_of_the_alphabet_are_in_order() -> None:
    assert sorted("åøæzya", key=sort_key) == list("ayzæøå")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Aarhus", "Århus"), ("ÆBLE", "æble"), ("Café", "cafe"), ("AA", "å")],
)
def test_what_counts_as_equal_has_one_place(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


@CI
@given(ANY)
def test_it_does_not_matter_how_letters_are_put_together(text: str) -> None:
    for form in ("NFC", "NFD"):
        typed = unicodedata.normalize(form, text)
        assert sort_key(typed) == sort_key(text)
        assert plain(typed) == plain(text)
        assert words(typed) == words(text)


@CI
@given(ANY)
def test_capital_letters_count_as_small(text: str) -> None:
    lower = text.lower()

    assert sort_key(lower) == sort_key(text)
    assert plain(lower) == plain(text)


@CI
@given(ANY)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@CI
@given(ANY)
def test_words_stay_as_they_are(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert all(word.isascii() and word == word.lower() for word in words(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sønder Å", ("soender", "aa")),
        ("hæk, hæk og HÆK!", ("haek", "og")),
        ("Lampe 12-14 på Allévej", ("lampe", "12", "14", "paa", "allevej")),
        ("Smörgåsbord", ("smorgaasbord",)),
        ("…", ()),
        ("", ()),
    ],
)
def test_words_are_plain_and_each_is_there_once(
    text: str, found: tuple[str, ...]
) -> None:
    assert words(text) == found


@pytest.mark.parametrize("text", ["hæk", "haek", "HÆK", "Hæk"])
def test_who_has_no_danish_keyboard_finds_the_same(text: str) -> None:
    assert plain(text) == "haek"
