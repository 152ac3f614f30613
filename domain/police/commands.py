"""What the police can ask beside a case."""

from datetime import date
from typing import ClassVar, get_args

from domain.messages import Command
from domain.police.events import NoteKind
from domain.values import ContentHash, Count, FindingNumber, PersonalText, StreamId

KIND = "police/"


def stream_of(number: FindingNumber) -> StreamId:
    """Return where the police keep what they know beside a case."""
    return StreamId(f"{KIND}{number}")


class PoliceCommand(Command):
    """Something asked beside one case; the case itself is only pointed at."""

    number: FindingNumber

    @property
    def stream(self) -> StreamId:
        """The police's stream beside that case."""
        return stream_of(self.number)


class AddPoliceNote(PoliceCommand):
    """Write something down that only the police may read."""

    NAME: ClassVar[str] = "add_police_note"
    kind: NoteKind = NoteKind.NOTE
    text: PersonalText
    first: date | None = None
    last: date | None = None


class ProposeSharing(PoliceCommand):
    """Lay a copy, in new words, before a second person."""

    NAME: ClassVar[str] = "propose_sharing"
    text: PersonalText


class ApproveSharing(PoliceCommand):
    """Agree that proposal `nth` is shared; `content` is the digest of what was read."""

    NAME: ClassVar[str] = "approve_sharing"
    nth: Count
    content: ContentHash


AnyPoliceCommand = AddPoliceNote | ProposeSharing | ApproveSharing

BY_NAME: dict[str, type[PoliceCommand]] = {
    command.NAME: command for command in get_args(AnyPoliceCommand)
}
"""What the police can ask, by name."""
