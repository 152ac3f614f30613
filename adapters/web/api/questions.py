"""What can be asked in an address: filters, moments, pages; nothing else."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from adapters.persistence.case_lists import Order
from adapters.system import Gadelys
from adapters.web.api.bodies import ACTOR, near
from domain.access import Purpose
from domain.calendar import END_OF_DAY
from domain.finding.state import Status
from domain.measurement.terms import Metric, SeriesId
from domain.values import Actor, CategoryCode, WalkNumber
from projections.deliveries import DeliveryState

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SHORT = 200
MOST = 200


def _day(told: Any) -> Any:  # noqa: ANN401 - what stands in an address
    """Return a day that is written as RFC 3339 has it, and in no other way."""
    if isinstance(told, str) and not DAY.fullmatch(told):
        message = "use 2026-11-22"
        raise ValueError(message)
    return told


def _moment(told: Any) -> Any:  # noqa: ANN401 - what stands in an address
    """Return a day or a moment with its offset."""
    if not isinstance(told, str):
        return told
    found = date.fromisoformat(told) if DAY.fullmatch(told) else _exact(told)
    if isinstance(found, datetime) and found.tzinfo is None:
        message = "use 2026-11-22T12:00:00+01:00"
        raise ValueError(message)
    return found


def _exact(told: str) -> datetime:
    return datetime.fromisoformat(told)


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime | date, BeforeValidator(_moment)]
ActorText = Annotated[Actor, WithJsonSchema({"type": "string", "pattern": ACTOR})]


class Question(BaseModel):
    """What every question may say."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    purpose: Purpose | None = Field(
        default=None,
        alias="for",
        description="what it is read for, where the caller's role does not tell",
    )


class AtMoment(Question):
    """A question that can be asked of the past."""

    as_of: Moment | None = Field(
        default=None, description="as it was then, by when things happened"
    )
    as_known: Moment | None = Field(
        default=None, description="leave out what was told later than this"
    )

    def moments(self, system: Gadelys) -> tuple[datetime | None, datetime | None]:
        """Return both as aware moments; a day is meant until its end.

        Raises: BadInput.
        """
        near(self.as_of, "query.as_of")
        near(self.as_known, "query.as_known")
        return _ended(self.as_of, system), _ended(self.as_known, system)


def _ended(told: datetime | date | None, system: Gadelys) -> datetime | None:
    if told is None or isinstance(told, datetime):
        return told
    return system.rules().register.working_days.moment(told, END_OF_DAY)


class WhichCases(Question):
    """Which cases; without `status` only open ones."""

    unit: ActorText | None = None
    authority: str | None = Field(default=None, max_length=SHORT)
    person: str | None = Field(default=None, max_length=SHORT)
    category: CategoryCode | None = None
    walk: WalkNumber | None = None
    area: str | None = Field(default=None, max_length=SHORT)
    q: str | None = Field(default=None, max_length=SHORT, description="words")
    late: bool = False
    due_from: Day | None = None
    due_until: Day | None = None
    on_hold: bool | None = None


class CaseList(WhichCases, AtMoment):
    """One page of cases."""

    status: list[Status] = Field(default=[], max_length=len(Status))
    order: Order = Order.DUE
    after: str | None = Field(
        default=None, max_length=2000, description="`next` of the page before"
    )
    limit: int = Field(default=100, ge=1, le=MOST)


class PublicationList(Question):
    """Which publications."""

    walk: WalkNumber | None = None


class OnDay(Question):
    """Who is away on one day; without it now or later."""

    on: Day | None = None


class MeasurementList(AtMoment):
    """Which measurements; small shares are left out."""

    series: SeriesId | None = None
    area: str | None = Field(default=None, max_length=SHORT)
    metric: Metric | None = None


class DeliveryList(Question):
    """Which messages; without `state` those that are not over."""

    state: list[DeliveryState] = Field(default=[], max_length=len(DeliveryState))


class Feed(Question):
    """Which facts: those after a position."""

    after: int = Field(default=0, ge=0, le=2**53 - 1)
    limit: int = Field(default=100, ge=1, le=500)
