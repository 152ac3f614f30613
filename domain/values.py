"""Ids and small values that commands, facts and rows share."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, NewType, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

FindingNumber = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]{0,39}$")
]
"""What people call a case: `2026-04`; unique in a register of findings."""

WalkNumber = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]{0,59}$")
]
"""What people call a walk: `AALBORG-OEST-2026-01`."""

PublicationNumber = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]{0,39}$")
]
"""What people call a text that both authorities sign: `2027-003`."""

CategoryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,29}$")]
"""A category of the register: `VEG-HEDGE`."""

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
"""A reason of the register: `third_party`."""

SubjectRef = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")]
"""Whose words they are, without saying who: drawn by chance."""

ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a document's exact bytes, in hexadecimal digits."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many: people, households, visits, metres."""

Pixels = Annotated[int, Field(ge=1, le=10_000)]
"""One side of a picture."""

PhotoBytes = Annotated[int, Field(ge=1, le=20_000_000)]
"""How large a photo is, before it is sealed."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A name or a key, one line."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks what somebody wrote in words of their own: it can be forgotten."""


ERASED: Final = "[erased]"
"""What stands where words were erased; it fits wherever words do."""

WITHHELD: Final = "[withheld]"
"""What stands where whoever looks may not read the words."""

RESTRICTED: Final = "[restricted]"
"""What stands where words are kept and nobody shall use them; it fits as well."""

PersonalText = Annotated[str, Personal()]
"""Words of somebody's own; can be forgotten."""

PersonalLine = Annotated[ShortText, Personal()]
"""The same in one line."""

StreamId = NewType("StreamId", str)
"""Where facts about one thing are kept: `finding/2026-04`."""


class Value(BaseModel):
    """Base of everything that crosses a boundary: frozen and strict on fields."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


class Authority(StrEnum):
    """On whose behalf somebody acts."""

    MUNICIPALITY = "municipality"
    POLICE = "police"
    PARTNER = "partner"
    PARTICIPANT = "participant"
    CITIZEN = "citizen"
    CLOCK = "clock"


BOTH_AUTHORITIES = (Authority.MUNICIPALITY, Authority.POLICE)
"""The two that walk together: they sign together, and their people answer for cases."""

_AUTHORITIES = {str(one): one for one in Authority}
_NAME = r"[a-z0-9][a-z0-9_-]{0,59}"
_ACTOR = re.compile(
    rf"^(?:(?:municipality|police|partner|participant)/{_NAME}(?:/{_NAME})?"
    rf"|citizen|clock)$"
)
_KNOWN_FORMS: set[str] = set()
_REMEMBERED_FORMS = 10_000
"""Reading history meets the same few hundred actors again and again."""


class Actor(str):
    """Who acts, as a role: `municipality/operations`, or one pseudonymous person.

    Forms: `authority/unit`, `authority/unit/person`, `participant/group`,
    `participant/group/contact`, `citizen`, `clock`. A person part is a local
    staff id or the number of a contact, never a name.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[Any], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic read an actor from a string and write it as one."""
        return core_schema.no_info_after_validator_function(
            cls.parse, core_schema.str_schema()
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return `text` as an actor.

        Raises: ValueError when `text` has none of the forms above.
        """
        if text not in _KNOWN_FORMS:
            if not _ACTOR.fullmatch(text):
                message = "use authority/unit, authority/unit/person, participant/group"
                raise ValueError(message)
            if len(_KNOWN_FORMS) < _REMEMBERED_FORMS:
                _KNOWN_FORMS.add(text)
        return cls(text)

    @property
    def authority(self) -> Authority:
        """On whose behalf this actor acts."""
        return _AUTHORITIES[self.partition("/")[0]]

    @property
    def unit(self) -> "Actor":
        """The unit or group without the person."""
        return Actor(self.rpartition("/")[0]) if self.count("/") > 1 else self

    @property
    def person(self) -> str | None:
        """The staff id, if a single person is named."""
        parts = self.split("/")
        return parts[2] if len(parts) > 2 else None  # noqa: PLR2004 - third part

    def same_person(self, other: "Actor") -> bool:
        """Whether both are one person, perhaps working for two units."""
        return (
            self.person is not None
            and self.person == other.person
            and self.authority == other.authority
        )

    def same_hands(self, other: "Actor") -> bool:
        """Whether both are one unit, or one person working for two units."""
        return self.unit == other.unit or self.same_person(other)


CLOCK = Actor("clock")
"""The actor of everything the follow-up does by itself."""

CITIZEN = Actor("citizen")


class Point(Value):
    """A place on the ground; degrees, WGS 84."""

    lat: float
    lon: float


class Severity(StrEnum):
    """How urgent a finding is; `acute` overrides the category's clocks."""

    ACUTE = "acute"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @classmethod
    @override
    def _missing_(cls, value: object) -> "Severity | None":
        """Take the Danish words of the paper form as well."""
        danish = {"akut": cls.ACUTE, "høj": cls.HIGH, "hoej": cls.HIGH, "lav": cls.LOW}
        return danish.get(str(value).lower())


class Kind(StrEnum):
    """Whether a category is about a thing, about people, or about both."""

    PHYSICAL = "physical"
    SOCIAL = "social"
    BOTH = "both"


class Evidence(StrEnum):
    """What shows that something was done."""

    PHOTO = "photo"
    DOCUMENT = "document"
    ON_SITE = "on_site"


class Shows(StrEnum):
    """What a photo shows: the problem, how it was mended, or something else."""

    BEFORE = "before"
    AFTER = "after"
    OTHER = "other"


class Done(StrEnum):
    """What must have happened before a case counts as done (R15)."""

    MENDED = "mended"
    MEETING = "meeting"
    STARTED = "started"
    PATROLLED = "patrolled"
    TALK = "talk"
    TALKED = "talked"


class Channel(StrEnum):
    """How a finding reached the register."""

    WALK = "walk"
    CITIZEN = "citizen"
    PAPER = "paper"
    PHONE = "phone"
    OTHER = "other"
