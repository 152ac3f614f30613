"""What can be asked of the roster."""

from datetime import date
from typing import ClassVar, get_args

from domain.messages import Command
from domain.values import Actor, StreamId

ROSTER_STREAM = StreamId("roster/main")


class RosterCommand(Command):
    """Something asked about one person's or one unit's presence."""

    absent: Actor

    @property
    def stream(self) -> StreamId:
        """The one stream of the roster."""
        return ROSTER_STREAM


class NoteAbsence(RosterCommand):
    """Say that a person is away or a unit is closed, and who stands in.

    Days are local, both included. What is said last counts for its days.
    """

    NAME: ClassVar[str] = "note_absence"
    first: date
    last: date
    substitute: Actor | None = None


class EndAbsence(RosterCommand):
    """Say that an absence ends sooner; `last` is its last day."""

    NAME: ClassVar[str] = "end_absence"
    last: date


AnyRosterCommand = NoteAbsence | EndAbsence

BY_NAME: dict[str, type[RosterCommand]] = {
    command.NAME: command for command in get_args(AnyRosterCommand)
}
"""What a person can ask of the roster, by name."""
