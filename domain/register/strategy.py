"""The joint strategy: its efforts, who owns them, and what each is measured by.

Source: S5, S6, S21, S24, S26; domain.md §7, "Individual measurements per focus area".
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.register.naming import Named
from domain.values import Actor, Authority, CategoryCode, ShortText, Value

IndicatorCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""An indicator of a focus area: `talks-held`."""


class IndicatorUnit(StrEnum):
    """What an indicator counts."""

    COUNT = "count"
    PEOPLE = "people"
    PERCENT = "percent"
    MEAN = "mean"


class Derivation(StrEnum):
    """How an indicator follows from the facts; `projections.indicators` does it."""

    WALKS_HELD = "walks_held"
    FINDINGS_PER_WALK = "findings_per_walk"
    PARTICIPANTS = "participants"
    MESSAGES_PUBLISHED = "messages_published"
    LEARNINGS_PUBLISHED = "learnings_published"
    CASES_SOLVED = "cases_solved"
    ACTIVITIES_HELD = "activities_held"
    PEOPLE_REACHED = "people_reached"


UNIT_OF = {
    Derivation.WALKS_HELD: IndicatorUnit.COUNT,
    Derivation.FINDINGS_PER_WALK: IndicatorUnit.MEAN,
    Derivation.PARTICIPANTS: IndicatorUnit.PEOPLE,
    Derivation.MESSAGES_PUBLISHED: IndicatorUnit.COUNT,
    Derivation.LEARNINGS_PUBLISHED: IndicatorUnit.COUNT,
    Derivation.CASES_SOLVED: IndicatorUnit.COUNT,
    Derivation.ACTIVITIES_HELD: IndicatorUnit.COUNT,
    Derivation.PEOPLE_REACHED: IndicatorUnit.PEOPLE,
}
"""In what each derivation counts; the register must say the same."""


def _is_empty(listed: tuple[object, ...]) -> bool:
    return not listed


class Indicator(Named):
    """One thing by which a focus area is followed.

    `derived` names how it follows from the facts; without it an owner tells it.
    `categories`, `areas` and `groups` say which cases, walks and people count; with
    none of them all do.
    """

    code: IndicatorCode
    unit: IndicatorUnit
    derived: Derivation | None = None
    categories: tuple[CategoryCode, ...] = ()
    areas: tuple[ShortText, ...] = ()
    groups: tuple[ShortText, ...] = ()

    @model_validator(mode="after")
    def _counts_what_it_derives(self) -> Self:
        """Refuse another unit than the derivation has, and filters of what is told."""
        if self.derived and self.unit is not UNIT_OF[self.derived]:
            unit = UNIT_OF[self.derived]
            message = f"{self.code}: {self.derived} is counted in {unit}"
            raise ValueError(message)
        if not self.derived and (self.categories or self.areas or self.groups):
            message = f"{self.code}: only what is derived can be narrowed down"
            raise ValueError(message)
        return self


class Owners(Value):
    """The unit that leads an effort, at each authority."""

    municipality: Actor
    police: Actor

    @model_validator(mode="after")
    def _are_of_both(self) -> Self:
        """Refuse an owner that belongs to the other authority."""
        for authority in (Authority.MUNICIPALITY, Authority.POLICE):
            if (owner := self.of(authority)).authority is not authority:
                message = f"{owner} is not of the {authority}"
                raise ValueError(message)
        return self

    @property
    def both(self) -> tuple[Actor, Actor]:
        """Both owners, the municipality's first."""
        return self.municipality, self.police

    def of(self, authority: Authority) -> Actor:
        """Return the owner at one authority; the municipality's for all others."""
        return self.police if authority is Authority.POLICE else self.municipality


class FocusArea(Named):
    """One effort of the strategy."""

    code: str
    # Left out where there are none: what older programs adopted keeps its digest.
    owners: Annotated[Owners | None, Field(exclude_if=lambda found: found is None)] = (
        None
    )
    indicators: Annotated[tuple[Indicator, ...], Field(exclude_if=_is_empty)] = ()

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        """Refuse indicators that are listed twice, or that nobody could tell."""
        codes = [one.code for one in self.indicators]
        if len(set(codes)) != len(codes):
            message = f"{self.code}: indicators are listed twice"
            raise ValueError(message)
        told = [one.code for one in self.indicators if one.derived is None]
        if told and self.owners is None:
            message = f"{self.code}: nobody owns it who could tell {', '.join(told)}"
            raise ValueError(message)
        return self

    def indicator(self, code: str) -> Indicator | None:
        """Return one of its indicators."""
        return next((one for one in self.indicators if one.code == code), None)


class Sponsors(Value):
    """Who answers for the strategy, by function and never by name."""

    municipality: Named
    police: Named


class Strategy(Named):
    """The strategy that both authorities follow; days are local, both included.

    Its efforts are the focus areas of the register, its version is the register's.
    """

    first: date
    last: date
    sponsors: Sponsors

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        """Refuse a period that is the wrong way round."""
        if self.last < self.first:
            message = f"ends ({self.last}) before it begins ({self.first})"
            raise ValueError(message)
        return self


def unserved(
    areas: Iterable[FocusArea], focus_of: dict[str, tuple[str, ...]]
) -> list[str]:
    """Return the categories that an indicator counts and that serve another area.

    `focus_of` are the focus areas of each category.
    """
    return sorted(
        f"{area.code}/{indicator.code}: {category}"
        for area in areas
        for indicator in area.indicators
        for category in indicator.categories
        if area.code not in focus_of.get(category, ())
    )
