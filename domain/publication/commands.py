"""What can be asked of a text that both authorities sign."""

from typing import ClassVar, get_args

from domain.messages import Command
from domain.publication.events import Form, PublicationKind
from domain.values import (
    ContentHash,
    FindingNumber,
    PublicationNumber,
    ShortText,
    StreamId,
    WalkNumber,
)


def stream_of(number: PublicationNumber) -> StreamId:
    """Return where the facts about publication `number` are kept."""
    return StreamId(f"publication/{number}")


class PublicationCommand(Command):
    """Something asked of one publication."""

    number: PublicationNumber

    @property
    def stream(self) -> StreamId:
        """The stream of the publication."""
        return stream_of(self.number)


class DraftPublication(PublicationCommand):
    """Lay a text before both authorities; once more is a new draft."""

    NAME: ClassVar[str] = "draft"
    kind: PublicationKind
    title: ShortText
    content: ContentHash
    form: Form = Form.MD
    walk: WalkNumber | None = None
    finding: FindingNumber | None = None
    supersedes: PublicationNumber | None = None


class ApprovePublication(PublicationCommand):
    """Agree, for one's own authority, to publish exactly what was seen."""

    NAME: ClassVar[str] = "approve"
    content: ContentHash


class WithdrawPublication(PublicationCommand):
    """Take a draft or a published text back."""

    NAME: ClassVar[str] = "withdraw"
    reason: str


class TakePublicationStep(PublicationCommand):
    """Do the step of the plan that has now come due (asked by the clock only)."""

    NAME: ClassVar[str] = "take_step"
    key: str


PersonPublicationCommand = DraftPublication | ApprovePublication | WithdrawPublication

AnyPublicationCommand = PersonPublicationCommand | TakePublicationStep

BY_NAME: dict[str, type[PublicationCommand]] = {
    command.NAME: command for command in get_args(PersonPublicationCommand)
}
"""What a person can ask of a publication, by name."""
