"""Which register was in force when: what a report calls things, and what they served.

A case keeps the focus areas that its category had in the register in force when it was
reported. An area that is added later never rewrites it.

Source: S21.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.messages import Recorded
from domain.register.adoption import RegisterAdopted
from domain.register.model import Register
from domain.register.strategy import FocusArea


@dataclass(frozen=True, slots=True)
class Adopted:
    """One register, its version, and from when it was in force."""

    version: int
    at: datetime
    rules: Register


@dataclass(frozen=True, slots=True)
class Registers:
    """Every register that was adopted, in order."""

    adopted: tuple[Adopted, ...] = ()

    @classmethod
    def of(cls, facts: Iterable[Recorded], position: int) -> "Registers":
        """Return those that were known at a position."""
        return cls(
            tuple(
                Adopted(fact.version, fact.event.stamp.at, fact.event.rules)
                for fact in facts
                if isinstance(fact.event, RegisterAdopted) and fact.position <= position
            )
        )

    def at(self, moment: datetime) -> Adopted | None:
        """Return the one in force then; the first for what is older than it."""
        begun = [one for one in self.adopted if one.at <= moment]
        return begun[-1] if begun else next(iter(self.adopted), None)

    def focus_of(self, category: str, reported: datetime) -> tuple[str, ...]:
        """Return the focus areas that a category served when a case was reported.

        A category that was listed only later serves what it did when it first was.
        """
        in_force = self.at(reported)
        if in_force is None:
            return ()
        since = self.adopted[self.adopted.index(in_force) :]
        for one in since:
            if one.rules.has_category(category):
                return one.rules.category(category).focus
        return ()

    def focus_area(self, code: str) -> FocusArea | None:
        """Return what an effort was called last, though it may have ended since."""
        for one in reversed(self.adopted):
            for area in one.rules.focus_areas:
                if area.code == code:
                    return area
        return None
