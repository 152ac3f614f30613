"""What a measurement is made of: series, cell, figure.

A series is a table that somebody else publishes; a cell of it is one metric of one
area in one year, and the figure is what stands there. What is felt (a survey) and what
is reported (a register) are never in one series.

Source: domain.md §7; S7, S27, S28.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.register.naming import Named
from domain.values import Count, ShortText, Value

SeriesId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
"""A series: `tryghedsundersoegelsen`."""

Year = Annotated[int, Field(ge=1990, le=2100)]
Months = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}/\d{4}-\d{2}$")]
"""From the first to the last month: `2013-10/2014-09`."""

WebAddress = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)
]
Remark = Annotated[str, StringConstraints(max_length=500)]
"""What must be said beside a figure; published with it."""

Amount = Annotated[int | float, Field(ge=-1_000_000_000, le=1_000_000_000)]
SampleSize = Count | Literal["unknown"] | None
"""How many answered. `unknown` where only the share was published; nothing where
nobody was asked, as in a register of reports."""


class Metric(StrEnum):
    """What is measured; shares are per cent of those who were asked."""

    SHARE_SAFE = "share_safe"
    SHARE_UNSAFE = "share_unsafe"
    TRUST_POLICE = "trust_police"
    INDEX_TOTAL = "index_total"
    INDEX_PROBLEMS = "index_problems"
    INDEX_FELT = "index_felt"
    INDEX_REPORTS = "index_reports"
    REPORT_COUNT = "report_count"


class Unit(StrEnum):
    """On which scale a figure is; a series has one."""

    PERCENT = "percent"
    INDEX = "index"
    COUNT = "count"


UNIT_OF: Mapping[Metric, Unit] = {
    Metric.SHARE_SAFE: Unit.PERCENT,
    Metric.SHARE_UNSAFE: Unit.PERCENT,
    Metric.TRUST_POLICE: Unit.PERCENT,
    Metric.INDEX_TOTAL: Unit.INDEX,
    Metric.INDEX_PROBLEMS: Unit.INDEX,
    Metric.INDEX_FELT: Unit.INDEX,
    Metric.INDEX_REPORTS: Unit.INDEX,
    Metric.REPORT_COUNT: Unit.COUNT,
}
"""The scale of each metric."""


class Description(Value):
    """What a series is, who publishes it, and which years and areas it has.

    `follows` is the series before it, with which it must not be compared: a break.
    """

    title: Named
    source: ShortText
    source_url: WebAddress
    publisher: ShortText
    method_version: ShortText
    first_year: Year
    last_year: Year | None = None
    follows: SeriesId | None = None
    areas: tuple[ShortText, ...]
    note: Remark = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse years the wrong way round, and a series of no area."""
        if self.last_year is not None and self.last_year < self.first_year:
            message = f"ends ({self.last_year}) before it begins ({self.first_year})"
            raise ValueError(message)
        if not self.areas or len(set(self.areas)) != len(self.areas):
            message = "areas: name at least one, and each once"
            raise ValueError(message)
        return self

    def has_year(self, year: int) -> bool:
        """Whether the series was measured in `year`."""
        ends = self.last_year is None or year <= self.last_year
        return ends and self.first_year <= year


class Cell(Value):
    """One place in a series; `period` are the months, where they are no whole year."""

    metric: Metric
    area: ShortText
    year: Year
    period: Months | None = None


class Figure(Value):
    """What stands in a cell, with how many answered and how sure it is.

    `low` and `high` are the 95 % interval that the source gives, or neither.
    """

    value: Amount
    unit: Unit
    n: SampleSize = None
    low: Amount | None = None
    high: Amount | None = None
    note: Remark = ""
