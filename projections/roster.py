"""Who is away and when: one row per person or unit of whom an absence is noted."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.messages import Recorded
from domain.roster.events import RosterEvent
from domain.roster.state import Absence, Roster, evolve
from domain.values import Actor
from projections.fold import Fold


@dataclass(frozen=True, slots=True)
class RosterRow:
    """The absences of one person or unit, in the order in which they were noted.

    `until` is the last day of the latest one; `by` and `at` belong to the newest
    fact. Who covers on a day is a question to the rules.
    """

    absent: Actor
    unit: Actor
    until: date
    absences: tuple[Absence, ...]
    by: Actor
    at: datetime
    version: int


def keys(fact: Recorded) -> tuple[str, ...]:
    """Return who is away or back."""
    return (fact.event.absent,) if isinstance(fact.event, RosterEvent) else ()


def apply(_: str, row: RosterRow | None, fact: Recorded) -> RosterRow | None:
    """Return the row after one more fact; without an absence there is none."""
    event = fact.event
    if not isinstance(event, RosterEvent):
        return row
    absences = evolve(Roster(row.absences if row else ()), event).absences
    if not absences:
        return None
    return RosterRow(
        absent=event.absent,
        unit=event.absent.unit,
        until=max(absence.last for absence in absences),
        absences=absences,
        by=event.stamp.by,
        at=event.stamp.at,
        version=fact.version,
    )


ROSTER = Fold(
    name="roster_v1",
    row=RosterRow,
    reads=("roster",),
    keys=keys,
    apply=apply,
    indexes=("unit", "until"),
)
