"""What the rules remember of a series, and of what an owner has told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.measurement.events import (
    AreaListed,
    IndicatorRecorded,
    SeriesDescribed,
    ValueCorrected,
    ValueRecorded,
    ValueWithdrawn,
)
from domain.measurement.terms import (
    Amount,
    Cell,
    Description,
    Figure,
    SampleSize,
    Unit,
)
from domain.messages import Recorded

Period = tuple[date, date]
"""The first and the last day of what was told."""


@dataclass(frozen=True, slots=True)
class Series:
    """The rules' memory of one series; without a description it is not there yet.

    `listings` are the years from which an area is on the list or off it, in the order
    in which they were said.
    """

    description: Description | None = None
    figures: Mapping[Cell, Figure] = field(default_factory=dict)
    listings: tuple[tuple[str, int, bool], ...] = ()

    @property
    def unit(self) -> Unit | None:
        """The scale of the series: that of the figures it holds."""
        return next((figure.unit for figure in self.figures.values()), None)

    @property
    def areas(self) -> tuple[str, ...]:
        """Every area that was ever on the list."""
        described = self.description.areas if self.description else ()
        added = (area for area, _, listed in self.listings if listed)
        return tuple(dict.fromkeys((*described, *added)))

    def lists(self, area: str, year: int) -> bool:
        """Whether an area is on the list in a year; the latest year said counts."""
        said = {begins: on for name, begins, on in self.listings if name == area}
        begun = [begins for begins in said if begins <= year]
        if begun:
            return said[max(begun)]
        return self.description is not None and area in self.description.areas


@dataclass(frozen=True, slots=True)
class Told:
    """One figure that an owner told, with where it comes from."""

    value: Amount
    n: SampleSize
    source: str
    method: str


Tellings = Mapping[Period, Told]
"""What an owner has told of one indicator; what was told last counts."""


def fold(facts: Iterable[Recorded]) -> Series:
    """Return the memory after all `facts` of a series, oldest first; total.

    One table is filled for all of them: a series has thousands of figures.
    """
    description: Description | None = None
    figures: dict[Cell, Figure] = {}
    listings: list[tuple[str, int, bool]] = []
    for fact in facts:
        match fact.event:
            case SeriesDescribed(description=new):
                description = new
            case ValueRecorded(cell=cell, figure=figure):
                figures[cell] = figure
            case ValueCorrected(cell=cell, figure=figure):
                figures[cell] = figure
            case ValueWithdrawn(cell=cell):
                figures.pop(cell, None)
            case AreaListed(area=area, year=year, listed=listed):
                listings.append((area, year, listed))
            case _:
                pass
    return Series(description, figures, tuple(listings))


def fold_told(facts: Iterable[Recorded]) -> Tellings:
    """Return what was told of an indicator after all its `facts`, oldest first."""
    return {
        (event.first, event.last): told_in(event)
        for event in (fact.event for fact in facts)
        if isinstance(event, IndicatorRecorded)
    }


def told_in(event: IndicatorRecorded) -> Told:
    """Return the figure that one fact tells."""
    return Told(event.value, event.n, event.source, event.method)
