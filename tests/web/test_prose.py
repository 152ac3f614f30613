"""A signed text as a page: what it means is shown, and nothing of it can act."""

import time

import pytest

from adapters.web.prose import as_markup


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (
            "Vi gik\nen tur.\n\nDet regnede.",
            "<p>Vi gik en tur.</p>\n<p>Det regnede.</p>",
        ),
        ("# Om stien", "<h2>Om stien</h2>"),
        ("###### Dybt", "<h6>Dybt</h6>"),
        ("- en\n* to\n\nsaa", "<ul><li>en</li><li>to</li></ul>\n<p>saa</p>"),
        (
            "1. en\n2. to\n- tre",
            "<ol><li>en</li><li>to</li></ol>\n<ul><li>tre</li></ul>",
        ),
        ("Foer\n- en", "<p>Foer</p>\n<ul><li>en</li></ul>"),
        ("Det er **vigtigt**.", "<p>Det er <strong>vigtigt</strong>.</p>"),
        ("2 * 3 ** 4", "<p>2 * 3 ** 4</p>"),
        ("\ufeff# Med maerke", "<h2>Med maerke</h2>"),
        ("#nummer 1", "<p>#nummer 1</p>"),
        ("## Til sidst ##  ", "<h3>Til sidst</h3>"),
        ("**a **b** c", "<p>**a <strong>b</strong> c</p>"),
    ],
)
def test_what_a_text_means_is_shown(text: str, shown: str) -> None:
    assert as_markup(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "# <img src=x onerror=y>",
        "- <b>fed</b>",
        "**<i>skraa</i>**",
        "[her](javascript:x)",
    ],
)
def test_nothing_in_a_text_becomes_a_tag_or_a_link(text: str) -> None:
    shown = as_markup(text)

    assert not any(tag in shown for tag in ("<script", "<img", "<b>", "<i>", "<a"))


@pytest.mark.parametrize(
    "text", [f"# a{' ' * 100_000}b", "**a " * 25_000, "__a " * 25_000]
)
def test_a_long_line_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()
    as_markup(text)

    assert time.process_time() - began < 5
