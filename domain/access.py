"""Who has read what somebody wrote, and what for: a log of its own.

Written before the answer leaves. It names cases and readers, never a word of what was
read; who may read the log itself is in the table of permissions.

Source: S20; retshåndhævelsesloven § 24; Datatilsynet 2024-32-0283 (a citizen may know
when and why, normally not by whom).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from domain.errors import Code, Refused
from domain.messages import Command, Event
from domain.permissions.words import Role
from domain.values import Actor, StreamId


class Purpose(StrEnum):
    """What somebody reads for."""

    CASEWORK = "casework"
    SUPERVISION = "supervision"
    AUDIT = "audit"
    DISCLOSURE = "disclosure"
    """Somebody has a right to see it: aktindsigt, egenindsigt, a court."""


class Looked(StrEnum):
    """How somebody looked."""

    AT_LIST = "list"
    AT_CASE = "case"
    AT_HISTORY = "history"
    AT_NOTES = "notes"
    AT_EXPORT = "export"
    AT_LOG = "log"


WORKING = frozenset(
    {
        *(Role.CITIZEN, Role.PARTICIPANT, Role.PARTNER, Role.CASEWORKER),
        *(Role.WALK_COORDINATOR, Role.UNIT_LEADER, Role.VERIFIER),
        *(Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR, Role.POLICE_LEADER),
    }
)
"""Who reads a case to treat it, if they say nothing else."""


class WordsRead(Event):
    """Somebody was shown what was written in these streams."""

    TOPIC: ClassVar[str] = "access.words_read.v1"
    looked: Looked
    purpose: Purpose
    about: tuple[StreamId, ...]


class NoteReading(Command):
    """Write down that somebody is about to be shown something."""

    NAME: ClassVar[str] = "note_reading"
    looked: Looked
    purpose: Purpose
    about: tuple[StreamId, ...]

    @property
    def stream(self) -> StreamId:
        """One stream for each reading: nobody waits, and nothing is read first."""
        at, by, identity = self.stamp.at, self.stamp.by, self.stamp.command_id
        return StreamId(f"access/{at:%Y-%m-%d}/{by}/{identity.hex}")


def decide(command: NoteReading) -> tuple[WordsRead, ...]:
    """Return the line of the log; nobody is refused here."""
    return (
        WordsRead(
            stamp=command.stamp,
            looked=command.looked,
            purpose=command.purpose,
            about=command.about,
        ),
    )


def purpose_for(roles: Iterable[Role], stated: Purpose | None, by: Actor) -> Purpose:
    """Return what somebody reads for: what they state, or what their work is.

    Raises: Refused (purpose_missing) when the role does not tell.
    """
    if stated is not None:
        return stated
    if WORKING.isdisjoint(roles):
        known = [purpose.value for purpose in Purpose]
        raise Refused(Code.PURPOSE_MISSING, by=str(by), known=known)
    return Purpose.CASEWORK
