"""`python -m tests.tools.event_catalogue`: write docs/events.md from the facts.

Everything in it is taken from the code: names and fields from the registry,
meanings from docstrings, and the commands by following the rules that a command
calls. Nothing is imported that the program does not import itself.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import dedent

from pydantic import BaseModel

import domain
from domain.catalogue import EVENTS
from domain.messages import Command, Event, Stamp

ROOT = Path(domain.__file__).parent.parent
TARGET = ROOT / "docs" / "events.md"

RULES = (
    "domain.finding.decide",
    "domain.walk.decide",
    "domain.delivery.decide",
    "domain.roster.decide",
    "domain.register.adoption",
    "domain.subject.decide",
    "domain.measurement.decide",
)
"""Where commands are told apart."""

HEADINGS = {
    "finding": "Findings",
    "walk": "on which walk it was found",
    "weather": "in a few words",
    "walk_": "Walks",
    "delivery": "Messages to people",
    "roster": "Who is away",
    "measurement": "Measurements",
    "register": "The register",
    "subject": "Words that are forgotten",
}
VALUES = (
    "domain.values",
    "domain.finding.events",
    "domain.walk.events",
    "domain.subject.events",
)
"""Where the values of facts are described."""

PLAIN = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "yes or no",
    "date": "local day",
    "AwareDatetime": "moment with offset",
    "UUID": "id",
    "Register": "register (see [register.md](register.md))",
}

COMMON = {
    "basis": "on what ground",
    "SubjectRestricted.reason": "why",
    "SubjectHeld.reason": "which duty",
    "absent": "the person or unit",
    "first": "first day",
    "last": "last day, included",
    "substitute": "who was named to stand in",
    "MeetingPoint.text": "the place in words",
    "Occasion.kind": "which moment of the clock",
    "acknowledge_days": "working days to find an owner",
    "acknowledge_due": "last day to find an owner",
    "answer_due": "last day to answer",
    "approver": "who is asked to agree",
    "area": "the neighbourhood",
    "at": "when it happened",
    "attempt": "how often it was tried",
    "attendance": "who came",
    "authority": "which of the two",
    "batch": "which message of its stream",
    "by": "who did it, on whose behalf",
    "category": "what it is about",
    "channel": "how it was found",
    "clock": "of which clock",
    "code": "of the category",
    "command_id": "the command it follows from; the same one is never stored twice",
    "draft_due": "last day for a draft of the minutes",
    "ends_at": "when it ended",
    "evaluation_due": "last day to write down what was learned",
    "evidence": "how it can be seen",
    "feedback_due": "last day to tell the participants the plan",
    "fix_days": "working days for the fix",
    "fix_due": "last day for the fix",
    "follow_up_on": "when the group meets again",
    "forum": "which forum",
    "groups": "who is invited",
    "informed": "how many people heard it",
    "kind": "about a thing, about people, or about both",
    "lat": "north, degrees",
    "learnings": "what to do again, and what not",
    "legal_basis": "on what basis, in words of the two authorities",
    "level": "which rung of the escalation ladder",
    "light": "daylight or dark",
    "lon": "east, degrees",
    "master": "the case that it follows",
    "meeting_point": "where it started",
    "message_id": "that of the mail",
    "minutes_due": "last day to publish the minutes",
    "municipality_code": "the municipality's official number",
    "notices": "event ids of the facts that it tells of",
    "occasions": "why, one or more",
    "of_which": "how many of them were old, young and so on",
    "participants": "group and headcount",
    "place": "where, in words",
    "plan": "time and route",
    "plan_due": "last day to agree what will be done",
    "point": "where, on the map",
    "police_district_code": "the police district's official number",
    "positive": "whether it is a place to keep as it is",
    "proposed": "whose it should be",
    "purpose": "what for, without persons",
    "reason": "why, in words",
    "reason_code": "why, as a reason of the register",
    "recipient": "who is told",
    "refer_to": "who can help instead",
    "rules": "the rules, whole",
    "review_on": "when to look whether it must still wait",
    "route_length_m": "metres walked",
    "run": "in which run of the clock",
    "severity": "how urgent",
    "starts_at": "when it began",
    "strategy": "of which strategy it is part",
    "subtask": "its name in this case",
    "text": "what was written",
    "theme": "what people looked for",
    "to": "who has to act or hears of it",
    "triage": "who must find an owner",
    "until": "last position that it can know of",
    "urgent": "whether the news may not wait for the next digest",
    "verify_days": "working days for the check",
    "verify_due": "last day for the check",
    "waiting_for": "on whom it depends",
    "walk": "on which walk it was found",
    "weather": "in a few words",
}
"""What a field means wherever it is, unless its class says something else."""

BEGINNING = """\
# The facts

Made by `make docs` from [domain/catalogue.py](../domain/catalogue.py); a test
fails when it is stale. Do not edit it.

A fact is stored under its name, which ends in a version, and is never changed or
deleted. A name is never used again with another meaning (see
[ADR 0003](adr/0003-stored-names-are-public.md)). A field in *(brackets)* may be
absent. “From” names the command that leads to the fact; on the command line `_`
becomes `-`. `take_step` and the delivery commands come from the program itself.
"""


def main() -> None:
    """Write the catalogue."""
    TARGET.write_text(catalogue(), "utf-8")
    print(TARGET.relative_to(ROOT))


def catalogue() -> str:
    """Return the whole catalogue as Markdown."""
    parts = [BEGINNING, *_common()]
    for kind, heading in HEADINGS.items():
        parts.append(f"## {heading}\n")
        for topic, event in EVENTS.items():
            if topic.partition(".")[0] == kind:
                parts += _fact(topic, event)
    parts += _values()
    return "\n".join(parts).rstrip() + "\n"


# --- One fact -------------------------------------------------------------------


def _common() -> Iterator[str]:
    yield "## What every fact carries\n"
    yield "In `stamp`:\n"
    yield from _table(Stamp)
    yield (
        "The store adds its position among all facts, its version in its own stream, "
        "an event id, `recorded_at` (when the system learned of it) and the version "
        "of the register that decided.\n"
    )


def _fact(topic: str, event: type[Event]) -> Iterator[str]:
    yield f"### `{topic}`\n"
    yield f"**{event.__name__}.** {_flowing(_documentation(event))}\n"
    if commands := _commands()[event.__name__]:
        yield f"From {', '.join(f'`{name}`' for name in commands)}.\n"
    if own := [name for name in event.model_fields if name != "stamp"]:
        yield from _table(event, own)


def _table(model: type[BaseModel], names: Sequence[str] = ()) -> Iterator[str]:
    yield "| Field | Type | Meaning |"
    yield "|---|---|---|"
    for name in names or model.model_fields:
        field = model.model_fields[name]
        shown = f"`{field.alias or name}`"
        shown = shown if field.is_required() else f"*({shown})*"
        meaning = (
            _meaning(model, name)
            or COMMON.get(f"{model.__name__}.{name}")
            or COMMON.get(name, "")
        )
        yield f"| {shown} | {_type(_annotation(model, name))} | {meaning} |"
    yield ""


def _meaning(model: type[BaseModel], name: str) -> str:
    """Return what the class says about one of its fields."""
    text = _flowing(_documentation(model))
    for clause in re.split(r"(?<=[.;])\s+", text):
        if clause.startswith(f"`{name}` "):
            told = clause.removeprefix(f"`{name}`").strip(" ;.")
            return told.removeprefix("is ").removeprefix("are ")
    return ""


# --- Types in words -------------------------------------------------------------


def _annotation(model: type, name: str) -> ast.expr:
    """Return the type of a field as it is written in the source."""
    for kind in model.__mro__:
        if name in vars(kind).get("__annotations__", {}):
            (tree,) = ast.parse(inspect.getsource(kind)).body
            for node in ast.walk(tree):
                match node:
                    case ast.AnnAssign(target=ast.Name(id=found)) if found == name:
                        return node.annotation
                    case _:
                        pass
    raise LookupError(name)


def _type(written: ast.expr) -> str:
    """Return a type in words, with a link to what is told of it below."""
    match written:
        case ast.BinOp(left=inner, right=ast.Constant(value=None)):
            return _type(inner)
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
            if isinstance(parts[-1], ast.Constant):
                return f"list of {_type(parts[0])}"
            return f"({', '.join(_type(part) for part in parts)})"
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, of])):
            return f"{_type(key)} → {_type(of)}"
        case ast.Name(id=name) if name in PLAIN:
            return PLAIN[name]
        case ast.Name(id=name) if name in _told():
            return f"[{name}](#{name.lower()})"
        case _:
            return ast.unparse(written)


@cache
def _told() -> Mapping[str, str]:
    """Return what is told of every named value, by its name, in order."""
    found: dict[str, str] = {}
    for module in VALUES:
        body = _tree(module).body
        space = vars(import_module(module))
        for place, node in enumerate(body):
            match node:
                case ast.ClassDef(name=name) if _is_value(space[name]):
                    found[name] = _flowing(_documentation(space[name]))
                case ast.Assign(targets=[ast.Name(id=name)]):
                    text = _string(body[place + 1]) if place + 1 < len(body) else ""
                    if text and not name.startswith("_") and name[1].islower():
                        found[name] = _flowing(text)
                case _:
                    pass
    return found


def _is_value(kind: type) -> bool:
    is_base = kind.__name__ in {"Personal", "Register", "Value"}
    return not is_base and not issubclass(kind, Event)


def _values() -> Iterator[str]:
    yield "## Values\n"
    kinds = {k: v for module in VALUES for k, v in vars(import_module(module)).items()}
    for name, text in _told().items():
        yield f"### {name}\n\n{text}\n"
        kind = kinds[name]
        if not isinstance(kind, type):
            continue
        if issubclass(kind, BaseModel):
            yield from _table(kind)
        elif issubclass(kind, Enum):
            yield f"{', '.join(f'`{member.value}`' for member in kind)}\n"


# --- Which command leads to a fact ----------------------------------------------


@cache
def _commands() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the commands that lead to each fact, by its class."""
    found: dict[str, dict[str, None]] = {e.__name__: {} for e in EVENTS.values()}
    for module in RULES:
        space = vars(import_module(module))
        for command, body in _branches(_tree(module), space):
            for event in _made_by(body, space, set()):
                found[event][command.NAME] = None
    return {event: tuple(names) for event, names in found.items()}


def _branches(
    tree: ast.Module, space: Mapping[str, object]
) -> Iterator[tuple[type[Command], Sequence[ast.stmt]]]:
    """Yield each command with the statements that answer it."""
    for node in ast.walk(tree):
        match node:
            case ast.match_case(pattern=ast.MatchClass(cls=ast.Name(id=name))):
                yield from _pair(name, node.body, space)
            case ast.If(
                test=ast.Call(
                    func=ast.Name(id="isinstance"), args=[_, ast.Name(id=name)]
                )
            ):
                yield from _pair(name, node.body, space)
            case ast.FunctionDef(name="decide"):
                for argument in node.args.args:
                    yield from _pair(_name(argument.annotation), node.body, space)
            case _:
                pass


def _pair(
    name: str, body: Sequence[ast.stmt], space: Mapping[str, object]
) -> Iterator[tuple[type[Command], Sequence[ast.stmt]]]:
    command = space.get(name)
    if isinstance(command, type) and issubclass(command, Command):
        yield command, body


def _made_by(
    body: Sequence[ast.stmt], space: Mapping[str, object], seen: set[object]
) -> Iterator[str]:
    """Yield the facts that are built in `body` or in what it calls."""
    for statement in body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            called = space.get(_name(node.func))
            if isinstance(called, type) and called in EVENTS.values():
                yield called.__name__
            elif inspect.isfunction(called) and called not in seen:
                seen.add(called)
                if called.__module__.startswith("domain."):
                    inner = vars(import_module(called.__module__))
                    source = ast.parse(dedent(inspect.getsource(called)))
                    yield from _made_by(source.body, inner, seen)


# --- Reading source -------------------------------------------------------------


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


def _name(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""
    return ""


def _documentation(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _flowing(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
