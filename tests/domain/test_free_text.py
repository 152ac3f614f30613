"""No command takes a CPR number; the rest is for the author to judge."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Code, DomainError, Refused
from domain.finding.commands import AddNote, ReportFinding, TakeStep
from domain.finding.events import FindingReferred, NoteAdded
from domain.free_text import KEYS, free_texts, refuse_cpr
from domain.handling import digest, handle
from domain.messages import Command, Stamp, derived_id
from domain.ports import Decision, Rules
from domain.register.adoption import AdoptRegister
from domain.values import CLOCK
from domain.walk.commands import AskForAnswer
from tests.commands import COMMANDS, filled, with_text
from tests.examples import COORDINATOR, NUMBER, changed_rules, register, stamp
from tests.memory_store import MemoryStore

NOW = datetime(2026, 10, 21, 10, tzinfo=UTC)
CPR = "010190-1234"

SPOTS = [
    (command, nth)
    for command in COMMANDS
    if command is not AdoptRegister
    for nth, _ in enumerate(with_text(filled(command), ""))
]
"""Every string of every command, by its place."""

numbers = st.builds(
    lambda day, gap, end: f"{day:%d%m%y}{gap}{end:04}",
    st.dates(date(1910, 1, 1), date(2026, 12, 31)),
    st.sampled_from(["-", "", " ", " - ", "–", "\xa0"]),
    st.integers(0, 9999),
)
around = st.sampled_from(["{}", "Nummeret {} står på døren.", "cpr:{}", "({})", "\n{}"])


def written(text: str) -> AddNote:
    return AddNote(number=NUMBER, stamp=stamp(COORDINATOR), text=text)


def put(command: Any) -> object:
    rules = Rules(1, register())
    return handle(command, MemoryStore(), lambda: rules, NOW)


def refusal(command: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        put(command)
    return refused.value


@pytest.mark.parametrize(
    ("command", "spot"), SPOTS, ids=lambda one: getattr(one, "__name__", str(one))
)
@settings(max_examples=15, deadline=None)
@given(number=numbers, sentence=around)
def test_no_command_takes_a_cpr_number(
    command: type[Command], spot: int, number: str, sentence: str
) -> None:
    field, asked = list(with_text(filled(command), sentence.format(number)))[spot]

    refused = refusal(asked)

    assert (type(refused), refused.code) == (Refused, Code.CPR_NUMBER)
    assert refused.context == {"field": field}


def test_every_command_with_words_was_tried() -> None:
    tried = {command for command, _ in SPOTS}

    without = {command for command in COMMANDS if not list(free_texts(filled(command)))}
    assert set(COMMANDS) - tried <= without | {AdoptRegister}
    assert AskForAnswer in without


def test_no_register_is_adopted_with_a_cpr_number() -> None:
    rules = changed_rules(title={"da": f"Ring til {CPR}", "en": "Small"})
    command = AdoptRegister(stamp=stamp(COORDINATOR), rules=rules)

    assert refusal(command).code is Code.CPR_NUMBER


def test_the_register_of_the_example_is_adopted() -> None:
    put(AdoptRegister(stamp=stamp(COORDINATOR), rules=register()))


def test_the_clock_is_never_stopped() -> None:
    by_the_clock = Stamp(by=CLOCK, at=NOW, command_id=derived_id("step"))
    step = TakeStep(number=NUMBER, stamp=by_the_clock, key=CPR)

    assert refusal(step).code is Code.UNKNOWN_FINDING


def test_what_was_stored_before_is_not_refused_when_it_is_asked_again() -> None:
    store, rules, asked = MemoryStore(), Rules(1, register()), written(CPR)
    before = Decision(
        stream=asked.stream,
        after=0,
        command_id=asked.stamp.command_id,
        asked=digest(asked, with_time=False),
        register=1,
        events=(NoteAdded(stamp=asked.stamp, text=CPR),),
    )
    [receipt] = store.append([before], NOW)

    assert handle(asked, store, lambda: rules, NOW) == receipt


def test_a_refusal_says_nothing_of_the_number() -> None:
    refused = refusal(written(f"Han har {CPR}"))

    assert CPR not in f"{refused} {refused.context} {refused.args}"


def test_names_and_telephones_are_for_the_author_to_judge() -> None:
    refuse_cpr(written("Mette Holmgren, 20 12 34 56, Fyrkildevej 104, 2. tv"))


def test_keys_are_no_free_texts() -> None:
    asked = filled(ReportFinding)

    assert [field for field, _ in free_texts(asked)] == ["text", "place"]
    assert [field for field, _ in free_texts(filled(AddNote))] == ["text"]


def test_every_key_is_a_field_of_some_command() -> None:
    fields = {
        name
        for command in COMMANDS
        for name, _ in [*with_text(filled(command), ""), ("stamp", 0), ("rules", 0)]
    }

    assert fields >= KEYS


def test_a_referral_has_no_place_for_what_it_is_about() -> None:
    assert set(FindingReferred.model_fields) == {"stamp", "forum", "walk", "tell"}
