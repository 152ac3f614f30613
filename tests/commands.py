"""Every command there is, filled in, and again with something else in each string."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime

from domain.handling import AnyCommand
from domain.messages import Command, derived_id
from domain.register.adoption import AdoptRegister
from domain.values import Actor, Value
from tests.examples import COORDINATOR, register

PLAIN: Mapping[Any, object] = {
    str: "ord",
    bool: True,
    int: 1,
    float: 1.0,
    date: date(2026, 10, 12),
    datetime: datetime(2026, 10, 12, 10, tzinfo=UTC),
    AwareDatetime: datetime(2026, 10, 12, 10, tzinfo=UTC),
    UUID: derived_id("example"),
    Actor: COORDINATOR,
}
"""What a field of each type is filled with."""

COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)


def filled(command: type[Command]) -> Command:
    """Return a command with something in each of its fields, checked by nobody."""
    if command is AdoptRegister:
        stamp = _sample(command.model_fields["stamp"].annotation)
        return AdoptRegister(stamp=stamp, rules=register())
    whole: Command = _model(command)
    return whole


def _model(kind: type[Value]) -> Any:
    values = {
        name: _sample(field.annotation) for name, field in kind.model_fields.items()
    }
    return kind.model_construct(**values)


def _sample(annotation: Any) -> Any:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _sample(inner[0])
    if origin in {Union, UnionType}:
        return _sample(next(one for one in inner if one is not NoneType))
    if origin is tuple:
        return tuple(_sample(one) for one in inner if one is not Ellipsis)
    if origin is dict:
        return {_sample(inner[0]): _sample(inner[1])}
    if origin is Literal:
        return inner[0]
    if annotation in PLAIN:
        return PLAIN[annotation]
    if issubclass(annotation, StrEnum):
        return next(iter(annotation))
    return _model(annotation)


def with_text(value: Any, text: str, field: str = "") -> Iterator[tuple[str, Any]]:
    """Yield `value` with `text` in each of its strings in turn, and in which field."""
    match value:
        case Actor() | StrEnum():
            return
        case str():
            yield field, text
        case Value():
            for name in type(value).model_fields:
                for where, one in with_text(getattr(value, name), text, name):
                    yield where, value.model_copy(update={name: one})
        case dict():
            for key, one in value.items():
                for where, other in with_text(key, text, field):
                    yield where, {other: one}
                for where, other in with_text(one, text, field):
                    yield where, {key: other}
        case tuple():
            for nth, one in enumerate(value):
                for where, other in with_text(one, text, field):
                    yield where, (*value[:nth], other, *value[nth + 1 :])
        case _:
            return
