"""Every text in a fact is either somebody's own words, or is not, for a reason."""

from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter

from domain.catalogue import EVENTS
from domain.personal import EACH, personal_paths, subject_of, texts
from domain.values import ERASED, Actor, PersonalLine, PersonalText, StreamId
from tests.examples import COUNCIL, LAMP_ANNA, RESIDENT

NOT_PERSONAL: Mapping[str, str] = {
    "area": "the name of a neighbourhood",
    "cell.area": "the name of a neighbourhood",
    "cell.period": "from one month to another",
    "description.areas.*": "the name of a neighbourhood",
    "description.follows": "the name of a published series",
    "description.method_version": "which edition of a published method",
    "description.note": "printed beside published figures",
    "description.publisher": "who publishes a series: an authority",
    "description.source": "the name of what was published",
    "description.source_url": "the address of what was published",
    "description.title.da": "the name of a published series",
    "description.title.en": "the name of a published series",
    "figure.note": "printed beside a published figure",
    "focus": "a code of the register",
    "indicator": "a code of the register",
    "method": "how a count that is published was made",
    "series": "the name of a published series",
    "source": "where a count that is published comes from",
    "attendance.*.*": "the name of a group",
    "attendance.of_which.*": "the name of an age group",
    "attendance.participants.*.*": "the name of a group",
    "category": "a code of the register",
    "category.code": "a code of the register",
    "content": "a digest of a text that both authorities sign",
    "digest": "a digest of what was handed to the archive",
    "finding": "the number of a case",
    "follows": "the number of a case",
    "forum": "the name of a forum; nothing of the matter is kept",
    "groups.*": "the name of a group",
    "legal_basis": "the name of a law",
    "master": "the number of a case",
    "message_id": "computed from a stream and a batch",
    "parts.*.subtask": "the name by which a part of the work is found again",
    "period": "a week, a month or half a year",
    "plan.area": "the name of a neighbourhood",
    "plan.municipality_code": "an official number",
    "plan.police_district_code": "an official number",
    "plan.strategy": "the name of a published strategy",
    "publication": "the number of a publication",
    "reason_code": "a code of the register",
    "stops.*.name": "the name of a place",
    "subtask": "the name by which a part of the work is found again",
    "supersedes": "the number of a publication",
    "title": "both authorities publish it",
    "walk": "the number of a walk",
}
"""Why a text need not be forgotten, by the way to it."""

EVENT = "2169541d-cab5-583c-8305-39619bf69fda"
REGISTER = "register.adopted.v1"
"""Rules are made of no person's words."""


def test_every_text_of_every_fact_was_thought_about() -> None:
    """A new field fails here until somebody has said whose words are in it."""
    undecided = {
        (topic, path)
        for topic, event in EVENTS.items()
        for way, is_personal in texts(event)
        if not is_personal and (path := ".".join(way)) not in NOT_PERSONAL
    }

    assert {topic for topic, _ in undecided} <= {REGISTER}


def test_every_reason_is_needed() -> None:
    met = {
        ".".join(way)
        for event in EVENTS.values()
        for way, is_personal in texts(event)
        if not is_personal
    }

    assert NOT_PERSONAL.keys() <= met


@pytest.mark.parametrize("topic", sorted(EVENTS))
def test_no_personal_words_stand_in_a_list(topic: str) -> None:
    """Their way would be another one in every fact."""
    assert not any(EACH in path for path in personal_paths(EVENTS[topic]))


def test_what_stands_for_erased_words_fits_everywhere() -> None:
    adapter = TypeAdapter[tuple[str, str]](tuple[PersonalText, PersonalLine])

    assert adapter.validate_python((ERASED, ERASED)) == (ERASED, ERASED)


@pytest.mark.parametrize(
    ("stream", "by", "subject"),
    [
        ("finding/2026-04", RESIDENT, str(RESIDENT)),
        ("finding/2026-04", LAMP_ANNA, None),
        ("finding/2026-04", COUNCIL, None),
        (f"delivery/{RESIDENT}", LAMP_ANNA, str(RESIDENT)),
        (f"delivery/{EVENT}/{RESIDENT}", LAMP_ANNA, str(RESIDENT)),
        ("delivery/municipality/operations", LAMP_ANNA, None),
    ],
    ids=["participant", "staff", "group", "message", "acute", "to-a-unit"],
)
def test_words_belong_to_the_participant_or_else_to_the_stream(
    stream: str, by: Actor, subject: str | None
) -> None:
    assert subject_of(StreamId(stream), by) == (subject or stream)
