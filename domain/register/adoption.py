"""How a register comes into force: one command, one fact, one decision."""

from typing import ClassVar

from domain.errors import Code, NotFound, Refused
from domain.messages import Command, Event
from domain.register.model import Register
from domain.values import StreamId

REGISTER_STREAM = StreamId("register/main")


class AdoptRegister(Command):
    """Put a register into force, whole."""

    NAME: ClassVar[str] = "adopt_register"
    rules: Register

    @property
    def stream(self) -> StreamId:
        """The one stream of adopted registers."""
        return REGISTER_STREAM


class RegisterAdopted(Event):
    """A register came into force; its version is its place in the stream."""

    TOPIC: ClassVar[str] = "register.adopted.v1"
    rules: Register


def decide(current: Register | None, command: AdoptRegister) -> tuple[Event, ...]:
    """Return the adoption, or nothing if this very register is in force.

    Raises: NotFound (unknown_unit) when the adopter is not listed in it;
        Refused (bad_input) when its calendar knows no public holidays.
    """
    new = command.rules
    if new == current:
        return ()
    if not new.knows(command.stamp.by):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(command.stamp.by))
    if not new.calendar.public_holidays:
        raise Refused(Code.BAD_INPUT, field="calendar.public_holidays")
    return (RegisterAdopted(stamp=command.stamp, rules=new),)


def evolve(_: Register | None, event: RegisterAdopted) -> Register:
    """Return the register in force after one more adoption."""
    return event.rules
