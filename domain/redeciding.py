"""Deciding again: whether stored facts are what the rules would have answered.

Commands are not stored, but each fact has a digest of the one that led to it. So the
command can be put together from the facts, and told from every other by its digest; and
then the rules are asked once more, with what was known and in force at that time.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any, get_args

from pydantic import ValidationError

from domain.finding.events import FindingCorrected, NewCategory
from domain.finding.state import fold as fold_finding
from domain.handling import AnywhereCommand, decided, digest
from domain.messages import Command, Recorded
from domain.plans import planned
from domain.ports import KnownFacts, Rules
from domain.values import StreamId

COMMANDS: tuple[type[Command], ...] = get_args(AnywhereCommand)
STEP = "key"
"""The field that names a step of a plan, or the stream of somebody's messages."""


def command_behind(
    facts: Sequence[Recorded], asked: str, history: Sequence[Recorded], rules: Rules
) -> AnywhereCommand | None:
    """Return the command that led to these facts; nothing if none has that digest.

    Args:
        facts: all facts of one command, oldest first.
        asked: its digest.
        history: the facts of the stream before them.
        rules: those in force at that time.
    """
    for command in _candidates(facts, history, rules):
        if asked in {digest(command, with_time=timed) for timed in (False, True)}:
            return command
    return None


def is_decided(
    facts: Sequence[Recorded],
    command: AnywhereCommand,
    history: tuple[Recorded, ...],
    store: KnownFacts,
    rules: Rules,
) -> bool:
    """Whether the rules answer a command with exactly these facts.

    Args:
        facts: all facts of the command, oldest first.
        command: what was asked.
        history: the facts of the stream before them.
        store: the facts before them, of every stream.
        rules: those in force at that time.

    Raises: DomainError when the rules refuse.
    """
    decision = decided(command, history, store, lambda: rules, asked="")
    return decision.events == tuple(fact.event for fact in facts)


def _candidates(
    facts: Sequence[Recorded], history: Sequence[Recorded], rules: Rules
) -> Iterator[AnywhereCommand]:
    """Yield commands that say no more than these facts do."""
    stream = facts[0].stream
    number = stream.partition("/")[2]
    said = {
        "number": number,
        "ref": number,
        **_said(facts),
        **_unchanged(facts[0], history),
    }
    keys = [number, *_steps(facts[0], history, rules)]
    for kind in COMMANDS:
        for key in keys if STEP in kind.model_fields else keys[:1]:
            for command in _of_kind(kind, {STEP: key, **said}):
                if command.stream == stream:
                    yield command


def _said(facts: Sequence[Recorded]) -> dict[str, Any]:
    """Return every field of these facts, of the first one that has it."""
    return {
        name: _as_asked(getattr(fact.event, name))
        for fact in reversed(facts)
        for name in type(fact.event).model_fields
    }


def _unchanged(fact: Recorded, history: Sequence[Recorded]) -> dict[str, Any]:
    """Return what a command may have said although it changed nothing."""
    match fact.event:
        case FindingCorrected(category=None) if finding := fold_finding(history):
            return {"category": finding.category}
        case _:
            return {}


def _as_asked(value: object) -> object:
    """Return a value as a command has it; what the register added is left out."""
    return value.code if isinstance(value, NewCategory) else value


def _steps(fact: Recorded, history: Sequence[Recorded], rules: Rules) -> Iterator[str]:
    """Yield the keys of what could have come due."""
    subjects = [fact.stream]
    if fact.stream.startswith("finding/"):
        subjects.append(StreamId(fact.stream.replace("finding/", "handover/", 1)))
    for subject in subjects:
        steps = planned(subject, history, rules.register, fact.event.stamp.at)
        yield from (step.key for step in steps)


def _of_kind(kind: type[Command], said: Mapping[str, Any]) -> Iterator[AnywhereCommand]:
    """Yield the commands of one kind: what need not be said may have been or not."""
    needed = {name for name, field in kind.model_fields.items() if field.is_required()}
    if not needed <= said.keys():
        return
    optional = [
        name
        for name, field in kind.model_fields.items()
        if name not in needed and said.get(name, field.default) != field.default
    ]
    for chosen in _subsets(optional):
        try:
            command = kind(**{name: said[name] for name in (*needed, *chosen)})
        except ValidationError:
            continue
        if isinstance(command, AnywhereCommand):
            yield command


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield all choices of some names, the fullest first."""
    sizes = range(len(names), -1, -1)
    return chain.from_iterable(combinations(names, size) for size in sizes)
