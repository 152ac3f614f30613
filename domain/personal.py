"""Which words in a fact are somebody's own, and whose they are."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from domain.messages import Event
from domain.values import (
    ERASED,
    RESTRICTED,
    WITHHELD,
    Actor,
    Authority,
    Personal,
    StreamId,
)

Path = tuple[str, ...]
"""The way to a field in the stored body of a fact: `("plan", "theme")`."""

EACH = "*"
"""Stands in a path for every entry of a list or of a table."""

DELIVERY = "delivery/"
PARTICIPANT = "participant/"
HIDDEN = (ERASED, RESTRICTED)


@cache
def personal_paths(kind: type[Event]) -> tuple[Path, ...]:
    """Return the ways to all words in a kind of fact that can be forgotten."""
    return tuple(path for path, is_personal in texts(kind) if is_personal)


def texts(kind: type[BaseModel]) -> Iterator[tuple[Path, bool]]:
    """Yield the way to every text in a model, and whether it can be forgotten."""
    hints = get_type_hints(kind, include_extras=True)
    for name, field in kind.model_fields.items():
        yield from _texts(hints[name], (field.alias or name,))


def _texts(hint: Any, path: Path) -> Iterator[tuple[Path, bool]]:  # noqa: ANN401
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        if any(isinstance(mark, Personal) for mark in marks):
            yield path, True
        else:
            yield from _texts(inner, path)
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        for below, is_personal in texts(hint):
            yield path + below, is_personal
    elif hint is str:
        yield path, False
    elif get_origin(hint) in {tuple, dict, list}:
        for inner in get_args(hint):
            yield from _texts(inner, (*path, EACH))
    else:
        for inner in get_args(hint):
            yield from _texts(inner, path)


def subject_of(stream: StreamId, by: Actor) -> str:
    """Return whose the words are that `by` wrote into `stream`.

    A participant's own words are the participant's, and so is what is written about
    messages to one. All other words are the case's, the walk's or the text's.
    """
    if is_participant(by):
        return str(by)
    kind, _, recipient = stream.partition(PARTICIPANT)
    if kind.startswith(DELIVERY) and is_participant(PARTICIPANT + recipient):
        return PARTICIPANT + recipient
    return str(stream)


def is_participant(name: str) -> bool:
    """Whether `name` is one participant, who can be reached and be forgotten."""
    try:
        actor = Actor.parse(name)
    except ValueError:
        return False
    return actor.authority is Authority.PARTICIPANT and actor.person is not None


def without_words(event: Event) -> Event:
    """Return a fact with every word of somebody's own withheld."""
    paths = personal_paths(type(event))
    if not paths:
        return event
    body = event.model_dump(by_alias=True)
    for path in paths:
        _withhold(body, path)
    return type(event).model_validate(body)


def _withhold(body: dict[str, Any], path: Path) -> None:
    *above, last = path
    holder: Any = body
    for name in above:
        holder = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(holder, dict) and holder.get(last):
        holder[last] = WITHHELD


def words_are_hidden(event: Event) -> bool:
    """Whether words of a fact were erased, or may not be used at present."""
    body = event.model_dump(by_alias=True)
    return any(_at(body, path) in HIDDEN for path in personal_paths(type(event)))


def _at(body: Any, path: Path) -> object:  # noqa: ANN401 - a part of a body
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body
