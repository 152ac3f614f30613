"""What can be sent: one body for each command, made from the command itself.

So the interface cannot offer what a command does not take, and lacks nothing.
"""

from collections.abc import Iterator
from copy import copy
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import AwareDatetime, Field, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema
from typing_extensions import override

from adapters.web.api.problems import BadInput, Fault, NotDone, Trouble, faults_of
from domain.messages import Command
from domain.values import Actor, Value

ABOUT = frozenset({"number", "stamp"})
"""Fields that the address and the caller tell."""

EARLIEST, LATEST = 1900, 2199
ACTOR = (
    r"^((municipality|police|partner|participant)/[a-z0-9][a-z0-9_-]{0,59}"
    r"(/[a-z0-9][a-z0-9_-]{0,59})?|citizen|clock)$"
)
Body = TypeVar("Body", bound="Sent")


class Sent(Value):
    """What every command may bring along."""

    at: AwareDatetime | None = Field(
        default=None, description="when it happened, if not now; RFC 3339"
    )
    checked: bool = Field(
        default=False, description="its author has looked whether it names a person"
    )


@cache
def body_of(
    kind: type[Command], *, without: frozenset[str] = frozenset(), **more: object
) -> type[Sent]:
    """Return what is sent for a command: its fields but number and stamp.

    Args:
        kind: the command.
        without: fields that are told in another way.
        more: what tells them, as pydantic's `create_model` takes it.
    """
    made: dict[str, Any] = {
        name: (field.rebuild_annotation(), copy(field))
        for name, field in kind.model_fields.items()
        if name not in ABOUT | without
    }
    return create_model(
        f"{kind.__name__}Body", __base__=Sent, __doc__=kind.__doc__, **{**made, **more}
    )


def read(kind: type[Body], raw: bytes) -> Body:
    """Return a body, read strictly: no text for a number, no field too many.

    Raises: NotDone (not_json), BadInput.
    """
    try:
        found = kind.model_validate_json(raw, strict=True)
    except ValidationError as problem:
        faults = faults_of(problem, "body")
        if any(fault.kind == "json_invalid" for fault in faults):
            raise NotDone(Trouble.NOT_JSON) from problem
        raise BadInput(faults) from problem
    if far := [name for name, day in _days(found) if not _is_near(day)]:
        raise BadInput([Fault(where=f"body.{one}", kind="year") for one in far])
    return found


def _days(value: object, name: str = "") -> Iterator[tuple[str, date]]:
    match value:
        case date():
            yield name, value
        case Value():
            for field in type(value).model_fields:
                yield from _days(getattr(value, field), field)
        case _:
            return


def _is_near(day: date) -> bool:
    """Whether the rules can count from here: years that a case can have to do with."""
    return EARLIEST <= day.year <= LATEST


def told(body: Sent, kind: type[Command]) -> dict[str, Any]:
    """Return what a body says of the command itself."""
    names = body.model_fields_set & kind.model_fields.keys()
    return {name: getattr(body, name) for name in names}


def near(moment: date | datetime | None, where: str) -> None:
    """Refuse a day that no case can have to do with.

    Raises: BadInput.
    """
    if moment is not None and not _is_near(moment):
        raise BadInput([Fault(where=where, kind="year")])


class Described(GenerateJsonSchema):
    """Says of an actor which forms there are."""

    @override
    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """Return the schema of an actor, or of anything else."""
        found = super().function_after_schema(schema)
        is_actor = schema["function"].get("function") == Actor.parse
        return {**found, "pattern": ACTOR} if is_actor else found
