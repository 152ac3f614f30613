"""What can have happened beside a case, in the store of the police alone."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.messages import Event
from domain.values import Count, PersonalLine, PersonalText


class NoteKind(StrEnum):
    """What a note of the police is about."""

    NOTE = "note"
    TACTICS = "tactics"
    """Where and when somebody will be there: known before it happens."""


class PoliceNoteAdded(Event):
    """The police wrote something down; it is the `nth` note beside this case.

    `first` and `last` are local days on which tactics hold, both included.
    """

    TOPIC: ClassVar[str] = "police.note_added.v1"
    nth: Count
    kind: NoteKind
    text: PersonalText
    first: date | None = None
    last: date | None = None


class SharingProposed(Event):
    """A copy, in words of its own, shall be shared with the municipality."""

    TOPIC: ClassVar[str] = "police.sharing_proposed.v1"
    nth: Count
    text: PersonalText


class SharingApproved(Event):
    """A second person agreed to exactly the words with this digest.

    Sealed like the words: who guesses them could else see that the guess is right.
    """

    TOPIC: ClassVar[str] = "police.sharing_approved.v1"
    nth: Count
    content: PersonalLine


PoliceEvent = PoliceNoteAdded | SharingProposed | SharingApproved
