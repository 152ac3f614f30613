"""How long things are kept, and what happens then: data of a register."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.values import ReasonCode, Value

Months = Annotated[int, Field(ge=1, le=1200)]


class RetentionClass(StrEnum):
    """What is kept: cases and walks, participants' addresses, messages to them."""

    RECORD = "record"
    CONTACT = "contact"
    MESSAGE = "message"


class RetentionAnchor(StrEnum):
    """From when its time runs."""

    CASE_ENDED = "case_ended"
    WALK_ENDED = "walk_ended"
    MESSAGE_ENDED = "message_ended"


class Disposal(StrEnum):
    """What is due when its time is over; a person asks for it, another one agrees."""

    RESTRICT = "restrict"
    DISPOSE = "dispose"
    ARCHIVE_THEN_DISPOSE = "archive_then_dispose"


ANCHORS = {
    RetentionClass.RECORD: {RetentionAnchor.CASE_ENDED, RetentionAnchor.WALK_ENDED},
    RetentionClass.CONTACT: {RetentionAnchor.WALK_ENDED},
    RetentionClass.MESSAGE: {RetentionAnchor.MESSAGE_ENDED},
}
"""What can end for each class."""


class RetentionRule(Value):
    """What is due `months` after something ended."""

    code: ReasonCode
    da: str
    en: str
    keeps: RetentionClass
    after: RetentionAnchor
    months: Months
    then: Disposal

    @model_validator(mode="after")
    def _can_happen(self) -> Self:
        """Refuse an end that its class does not have, and an archive of no record."""
        if self.after not in ANCHORS[self.keeps]:
            message = f"{self.code}: {self.keeps} does not end with {self.after}"
            raise ValueError(message)
        is_archived = self.then is Disposal.ARCHIVE_THEN_DISPOSE
        if is_archived and self.keeps is not RetentionClass.RECORD:
            message = f"{self.code}: only a record is archived"
            raise ValueError(message)
        return self
