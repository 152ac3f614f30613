"""Who acts, and who counts as the same hands."""

import pytest
from pydantic import ValidationError

from domain.finding.commands import AddNote
from domain.messages import Stamp, derived_id
from domain.values import Actor, Authority, Severity
from tests.examples import NUMBER, moment, note, stamp


@pytest.mark.parametrize(
    ("text", "authority", "unit", "person"),
    [
        ("municipality/parks", "municipality", "municipality/parks", None),
        ("police/prevention/x1", "police", "police/prevention", "x1"),
        ("partner/grid-company", "partner", "partner/grid-company", None),
        ("participant/residents", "participant", "participant/residents", None),
        ("citizen", "citizen", "citizen", None),
        ("clock", "clock", "clock", None),
    ],
)
def test_an_actor_is_a_role(
    text: str, authority: str, unit: str, person: str | None
) -> None:
    actor = Actor.parse(text)

    assert actor.authority is Authority(authority)
    assert (actor.unit, actor.person) == (unit, person)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "municipality",
        "municipality/",
        "municipality/Hans Hansen",
        "municipality/parks/a/b",
        "participant/residents/c7/hans",
        "citizen/hans",
        "clock/one",
        "mayor/office",
        "police/prevention\nx",
    ],
)
def test_anything_else_is_not_an_actor(text: str) -> None:
    with pytest.raises(ValueError, match="authority/unit"):
        Actor.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("police/prevention", "police/prevention", True),
        ("police/prevention/x1", "police/prevention", True),
        ("police/prevention/x1", "police/prevention/x2", True),
        ("police/prevention/x1", "police/local-police/x1", True),
        ("police/prevention/x1", "police/local-police/x2", False),
        ("police/prevention/x1", "municipality/parks/x1", False),
        ("police/prevention", "police/local-police", False),
        ("citizen", "citizen", True),
    ],
)
def test_hands_are_a_unit_or_a_person(one: str, other: str, *, same: bool) -> None:
    assert Actor(one).same_hands(Actor(other)) is same
    assert Actor(other).same_hands(Actor(one)) is same


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("akut", Severity.ACUTE),
        ("HØJ", Severity.HIGH),
        ("hoej", Severity.HIGH),
        ("lav", Severity.LOW),
        ("normal", Severity.NORMAL),
    ],
)
def test_the_words_of_the_paper_form_are_taken(word: str, severity: Severity) -> None:
    assert Severity(word) is severity


def test_an_unknown_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="panik"):
        Severity("panik")


@pytest.mark.parametrize("number", ["", "-1", "a b", "x" * 41, "../1", "2026/04"])
def test_a_number_fits_in_a_file_name(number: str) -> None:
    with pytest.raises(ValidationError):
        AddNote(number=number, stamp=stamp(), text="Ord.")


def test_a_command_has_no_unknown_fields() -> None:
    with pytest.raises(ValidationError):
        AddNote.model_validate({**dict(note()), "colour": "red"})


def test_a_stamp_needs_a_time_zone() -> None:
    with pytest.raises(ValidationError):
        Stamp(
            by=Actor("citizen"),
            at=moment().replace(tzinfo=None),
            command_id=derived_id("x"),
        )


def test_a_derived_id_is_the_same_for_ever() -> None:
    assert str(derived_id("demo", 1)) == "35fbc06e-f5b8-5e09-89e6-744b9aa62321"


def test_a_command_knows_its_stream() -> None:
    assert note().stream == f"finding/{NUMBER}"
