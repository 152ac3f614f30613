"""For which past somebody asks: one date and time on each of two axes.

"When it happened" and "when the system knew of it" stand in the address as people
type them, so that every moment has a link.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Annotated

from fastapi import Depends, Query

from adapters.reports import asked_at, known
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.web.asked import System
from domain.calendar import END_OF_DAY
from domain.errors import Code, Refused
from domain.messages import Recorded
from projections.versions import Asked

MINUTE = "2026-11-22T08:30"
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Moments:
    """What had happened by `happened`, of what was known by `recorded`; aware.

    `at` and `as_known` are the same as they stand in the address.
    """

    at: str = ""
    as_known: str = ""
    happened: datetime | None = None
    recorded: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether the present is asked for."""
        return self.happened is None and self.recorded is None

    @property
    def values(self) -> dict[str, object]:
        """What stands in the address."""
        return {"at": self.at, "known": self.as_known}

    @property
    def fields(self) -> dict[str, str]:
        """The same as a browser's fields for date and time want it."""
        return {
            "at": _field(self.happened),
            "known": _field(self.recorded),
        }

    def of(self, facts: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
        """Return those of the facts that had happened and were known by then."""
        return known(facts, self.happened, self.recorded)

    def asked(self, system: Gadelys) -> Asked:
        """Return the same for lists."""
        return asked_at(system, self.happened, self.recorded)

    def day(self, now: datetime, zone: tzinfo) -> date:
        """Return what counted as today."""
        return (self.happened or self.recorded or now).astimezone(zone).date()

    def words(self, texts: Texts) -> str:
        """Return the moment written out."""
        found = [
            texts.say("web_past.happened", at=self.happened) if self.happened else "",
            texts.say("web_past.recorded", at=self.recorded) if self.recorded else "",
        ]
        return " · ".join(filter(None, found)) or texts.say("web_past.now")


def moments_of(at: str, as_known: str, zone: tzinfo) -> Moments:
    """Return the moments that an address names.

    Raises: Refused (bad_input) when one of them is no date and no time.
    """
    return Moments(
        at, as_known, _moment(at, "as_of", zone), _moment(as_known, "as_known", zone)
    )


def _moment(text: str, field: str, zone: tzinfo) -> datetime | None:
    """Return a moment: a day counts to its end, and so does a minute."""
    if not text:
        return None
    try:
        if len(text) == len("2026-11-22"):
            found = datetime.combine(date.fromisoformat(text), END_OF_DAY)
        else:
            found = datetime.fromisoformat(text)
        if len(text) == len(MINUTE):
            found = found.replace(second=59, microsecond=999_999)
        return in_zone(found, zone)
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field=field) from problem


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment in a time zone; without a zone of its own it is read there.

    Raises: ValueError for one so near to year 1 or 9999 that it is in no year of UTC.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC).astimezone(zone)
    except OverflowError as problem:
        raise ValueError(moment) from problem


def _field(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else ""


async def _moments(
    system: System,
    at: Annotated[str, Query(max_length=LONGEST)] = "",
    as_known: Annotated[str, Query(alias="known", max_length=LONGEST)] = "",
) -> Moments:
    zone = system.rules().register.working_days.zone
    return moments_of(at, as_known, zone)


Then = Annotated[Moments, Depends(_moments)]
