"""From a filled-in form to a command: the stamp is made here, and nowhere deeper."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from adapters.web.forms import FORMS, Field, Kind
from domain.errors import Code, Refused
from domain.finding.commands import BY_NAME, AnyFindingCommand
from domain.messages import Stamp
from domain.register.model import Register
from domain.values import Actor, FindingNumber

Typed = Mapping[str, str]
GROUP = "attendance."
POINT = ("lat", "lon")
VERSION = re.compile(r"[0-9]{1,9}")


class BadFields(Exception):
    """Some fields cannot be read; `faults` has the key of a sentence for each."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """Keep the faults by field."""
        super().__init__(", ".join(faults))
        self.faults = faults


def stamp_of(typed: Typed, by: Actor, now: datetime) -> Stamp:
    """Return who, when and under which id; a form brings its id along.

    Raises: Refused (bad_input) when that is no id.
    """
    try:
        command_id = UUID(typed["command_id"]) if "command_id" in typed else uuid4()
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field="command_id") from problem
    return Stamp(by=by, at=now, command_id=command_id)


def expected_of(typed: Typed) -> int:
    """Return the version that whoever filled the form in has seen.

    Raises: Refused (bad_input) when the form does not say.
    """
    text = typed.get("expected_version", "")
    if not VERSION.fullmatch(text):
        raise Refused(Code.BAD_INPUT, field="expected_version")
    return int(text)


def command_of(
    name: str, number: FindingNumber, typed: Typed, stamp: Stamp, register: Register
) -> AnyFindingCommand:
    """Return what a form asks for.

    Raises: BadFields.
    """
    fields = FORMS[name]
    faults = {field.name: "web.field_missing" for field in _missing(fields, typed)}
    body: dict[str, Any] = {"number": number, "stamp": stamp}
    for field in fields:
        if field.name not in faults and is_filled(field, typed):
            body[field.name] = read_field(field, typed, register)
    if faults:
        raise BadFields(faults)
    command: AnyFindingCommand = built(BY_NAME[name], body)
    return command


def built(kind: type[Any], body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any command
    """Return a command made of `body`.

    Raises: BadFields.
    """
    try:
        return kind.model_validate(body)
    except ValidationError as problem:
        places = (fault["loc"] for fault in problem.errors(include_input=False))
        faults = {str(place[0]): "web.field_wrong" for place in places if place}
        raise BadFields(faults) from problem


def _missing(fields: tuple[Field, ...], typed: Typed) -> Iterator[Field]:
    return (field for field in fields if field.required and not is_filled(field, typed))


def is_filled(field: Field, typed: Typed) -> bool:
    """Whether something stands in a field."""
    match field.kind:
        case Kind.GROUPS:
            return any(name.startswith(GROUP) and text for name, text in typed.items())
        case Kind.POINT:
            return any(typed.get(name, "").strip() for name in POINT)
        case Kind.MANY:
            return bool(chosen_of(field, typed))
        case _:
            return bool(typed.get(field.name, "").strip())


def chosen_of(field: Field, typed: Typed) -> tuple[str, ...]:
    """Return the values that were ticked; each box has a name of its own."""
    prefix = f"{field.name}."
    return tuple(name.removeprefix(prefix) for name in typed if name.startswith(prefix))


def read_field(field: Field, typed: Typed, register: Register) -> object:
    """Return the value of a field; what cannot be read is left to the command."""
    text = plain(typed.get(field.name, ""))
    match field.kind:
        case Kind.CHECK:
            return True
        case Kind.DAY:
            return day_of(text)
        case Kind.MOMENT:
            return _moment(text, register)
        case Kind.GROUPS:
            return tuple(
                (name.removeprefix(GROUP), count.strip())
                for name, count in typed.items()
                if name.startswith(GROUP) and count.strip()
            )
        case Kind.MANY:
            return chosen_of(field, typed)
        case Kind.POINT:
            return {name: typed.get(name, "").replace(",", ".") for name in POINT}
        case _:
            return text


def plain(text: str) -> str:
    """Return a text without blanks around it, with the line ends that we store."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def day_of(text: str) -> date | str:
    """Return a day as browsers or Danes write it, or the text if it is none."""
    day, _, rest = text.partition(".")
    month, _, year = rest.partition(".")
    iso = f"{year:0>4}-{month:0>2}-{day:0>2}" if rest else text
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return text


def _moment(text: str, register: Register) -> datetime | str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at if at.tzinfo else at.replace(tzinfo=register.working_days.zone)
