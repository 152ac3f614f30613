"""What can be asked about measurements."""

from datetime import date
from typing import ClassVar, get_args

from domain.measurement.terms import (
    Amount,
    Cell,
    Description,
    Figure,
    SampleSize,
    SeriesId,
    Year,
)
from domain.messages import Command
from domain.register.strategy import IndicatorCode
from domain.values import ShortText, StreamId


def stream_of(series: SeriesId) -> StreamId:
    """Return where the facts about a series are kept."""
    return StreamId(f"measurement/{series}")


class SeriesCommand(Command):
    """Something asked about one series."""

    series: SeriesId

    @property
    def stream(self) -> StreamId:
        """The stream of the series."""
        return stream_of(self.series)


class DescribeSeries(SeriesCommand):
    """Say what a series is, or describe it anew."""

    NAME: ClassVar[str] = "describe_series"
    description: Description


class RecordValue(SeriesCommand):
    """Take in a figure that was published."""

    NAME: ClassVar[str] = "record_value"
    cell: Cell
    figure: Figure


class CorrectValue(SeriesCommand):
    """Say that the figure in a cell is another one."""

    NAME: ClassVar[str] = "correct_value"
    cell: Cell
    figure: Figure
    reason: str


class WithdrawValue(SeriesCommand):
    """Take a figure out that should not be there."""

    NAME: ClassVar[str] = "withdraw_value"
    cell: Cell
    reason: str


class ListArea(SeriesCommand):
    """Say that from a year on an area is on the list of the series, or has left it."""

    NAME: ClassVar[str] = "list_area"
    area: ShortText
    year: Year
    listed: bool


class RecordIndicator(Command):
    """Tell one indicator of a focus area for a period; `reason` corrects an old one."""

    NAME: ClassVar[str] = "record_indicator"
    focus: ShortText
    indicator: IndicatorCode
    first: date
    last: date
    value: Amount
    n: SampleSize = None
    source: ShortText
    method: ShortText
    reason: str | None = None

    @property
    def stream(self) -> StreamId:
        """The stream of the indicator."""
        return StreamId(f"measurement/{self.focus}/{self.indicator}")


AnySeriesCommand = (
    DescribeSeries | RecordValue | CorrectValue | WithdrawValue | ListArea
)
AnyMeasurementCommand = (
    DescribeSeries
    | RecordValue
    | CorrectValue
    | WithdrawValue
    | ListArea
    | RecordIndicator
)

BY_NAME: dict[str, type[Command]] = {
    command.NAME: command for command in get_args(AnyMeasurementCommand)
}
"""What can be asked about measurements, by name."""
