"""What holds for whatever is asked of a finding, and for these tests."""

import re
from pathlib import Path

import pytest

from domain.errors import Code, NotAllowed, NotFound
from domain.finding.commands import BY_NAME, PersonCommand
from domain.finding.state import Status
from domain.values import CLOCK
from tests.examples import (
    EVERY_COMMAND,
    HISTORIES,
    ROOT,
    STRANGER,
    stamp,
)
from tests.given_when_then import given

HERE = Path(__file__).parent
MAY_COME_FIRST = {"report", "refer_out"}
TEXTS = ("text", "reason", "purpose", "place", "category")
NAMES = ("subtask", "forum")
ACTORS = ("to", "proposed", "waiting_for", "refer_to")


def with_fields(command: PersonCommand, **fields: object) -> PersonCommand:
    """Return the command with some fields changed."""
    changed = type(command).model_validate(dict(command) | fields)
    assert isinstance(changed, PersonCommand)
    return changed


def having(*fields: str) -> list[tuple[PersonCommand, str]]:
    """Return every command that has one of these fields filled in."""
    return [
        (command, field)
        for command in EVERY_COMMAND
        for field in fields
        if getattr(command, field, None) is not None
    ]


every_command = pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda c: c.NAME)


def test_there_is_an_example_of_every_command() -> None:
    assert {command.NAME for command in EVERY_COMMAND} == set(BY_NAME)


@pytest.mark.parametrize("name", [*BY_NAME, "take_step"])
def test_every_command_has_a_test_file(name: str) -> None:
    assert (HERE / f"test_{name}.py").exists()


def test_every_refusal_of_the_domain_is_tested() -> None:
    raised, tested = (
        {
            code
            for file in folder.rglob("*.py")
            for code in re.findall(r"\bCode\.([A-Z_]+)", file.read_text())
        }
        for folder in (ROOT / "domain", HERE.parent)
    )

    assert raised - tested == set()


@every_command
def test_only_listed_actors_can_ask(command: PersonCommand) -> None:
    asked = with_fields(command, stamp=stamp(STRANGER))

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


@every_command
def test_the_clock_asks_for_nothing_but_steps(command: PersonCommand) -> None:
    asked = with_fields(command, stamp=stamp(CLOCK))

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@every_command
@pytest.mark.parametrize("day", ["2011-12-31", "2046-01-01"])
def test_nothing_is_decided_outside_the_calendar(
    command: PersonCommand, day: str
) -> None:
    asked = with_fields(command, stamp=stamp(command.stamp.by, day))

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(Code.CALENDAR_ENDS)


@every_command
def test_nothing_but_the_first_word_is_said_of_an_unknown_case(
    command: PersonCommand,
) -> None:
    if command.NAME in MAY_COME_FIRST:
        assert given().when(command).ask()
    else:
        given().when(command).then_refused(Code.UNKNOWN_FINDING, NotFound)


@pytest.mark.parametrize(("command", "field"), having(*TEXTS))
def test_texts_have_a_length(command: PersonCommand, field: str) -> None:
    asked = with_fields(command, **{field: "X" * 4001})

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(Code.TEXT_TOO_LONG)


@pytest.mark.parametrize(("command", "field"), having(*TEXTS, *NAMES))
def test_texts_say_something(command: PersonCommand, field: str) -> None:
    asked = with_fields(command, **{field: " \n"})

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(Code.TEXT_MISSING)


@pytest.mark.parametrize(("command", "field"), having(*ACTORS))
def test_everybody_who_is_named_is_known(command: PersonCommand, field: str) -> None:
    asked = with_fields(command, **{field: STRANGER})

    given(*HISTORIES[Status.ASSIGNED]).when(asked).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )
