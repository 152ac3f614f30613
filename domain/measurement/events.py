"""What can have happened to measurements.

External ones are never computed by us: a fact says what a source published. What an
owner tells of an effort is a fact of its own, with its source and method.
"""

from datetime import date
from typing import ClassVar

from domain.measurement.terms import (
    Amount,
    Cell,
    Description,
    Figure,
    SampleSize,
    SeriesId,
    Year,
)
from domain.messages import Event
from domain.register.strategy import IndicatorCode
from domain.values import PersonalText, ShortText


class SeriesDescribed(Event):
    """A series is what this says; the newest description counts."""

    TOPIC: ClassVar[str] = "measurement.series_described.v1"
    series: SeriesId
    description: Description


class ValueRecorded(Event):
    """A figure was published and taken in."""

    TOPIC: ClassVar[str] = "measurement.value_recorded.v1"
    series: SeriesId
    cell: Cell
    figure: Figure


class ValueCorrected(Event):
    """The figure in a cell was another one, and why."""

    TOPIC: ClassVar[str] = "measurement.value_corrected.v1"
    series: SeriesId
    cell: Cell
    figure: Figure
    reason: PersonalText


class ValueWithdrawn(Event):
    """A figure should not have been there, and why; its cell is empty again."""

    TOPIC: ClassVar[str] = "measurement.value_withdrawn.v1"
    series: SeriesId
    cell: Cell
    reason: PersonalText


class AreaListed(Event):
    """From a year on an area is measured in the series, or no longer is."""

    TOPIC: ClassVar[str] = "measurement.area_listed.v1"
    series: SeriesId
    area: ShortText
    year: Year
    listed: bool


class IndicatorRecorded(Event):
    """An owner of a focus area told one of its indicators; days are both included.

    `reason` is said where it takes the place of what was told before.
    """

    TOPIC: ClassVar[str] = "measurement.indicator_recorded.v1"
    focus: str
    indicator: IndicatorCode
    first: date
    last: date
    value: Amount
    n: SampleSize = None
    source: ShortText
    method: ShortText
    reason: PersonalText | None = None


SeriesEvent = (
    SeriesDescribed | ValueRecorded | ValueCorrected | ValueWithdrawn | AreaListed
)
MeasurementEvent = (
    SeriesDescribed
    | ValueRecorded
    | ValueCorrected
    | ValueWithdrawn
    | AreaListed
    | IndicatorRecorded
)
