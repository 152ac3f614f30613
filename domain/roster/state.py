"""What the rules remember of the roster, and who covers for whom on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.messages import Recorded
from domain.register.model import Register
from domain.roster.events import AbsenceEnded, AbsenceNoted, RosterEvent
from domain.values import Actor


@dataclass(frozen=True, slots=True)
class Absence:
    """One person or unit is away; days are local, both included."""

    absent: Actor
    first: date
    last: date
    substitute: Actor | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Roster:
    """The rules' memory of who is away; what was noted last stands last."""

    absences: tuple[Absence, ...] = ()

    def noted(self, absent: Actor, day: date) -> Absence | None:
        """Return what was noted last of this very actor on `day`."""
        for absence in reversed(self.absences):
            if absence.absent == absent and absence.covers(day):
                return absence
        return None

    def absence(self, actor: Actor, day: date) -> Absence | None:
        """Return why `actor` is away on `day`: itself, or because its unit is."""
        return self.noted(actor, day) or self.noted(actor.unit, day)

    def is_absent(self, actor: Actor, day: date) -> bool:
        """Whether `actor` or the whole unit is away on `day`."""
        return self.absence(actor, day) is not None

    def cover_for(self, actor: Actor, day: date, register: Register) -> Actor:
        """Return who does the work of `actor` on `day` (R17).

        That is the actor itself when present; else the first present one of the
        substitute, the parent of a closed unit, the leader and the coordinator,
        where each of them may have somebody to stand in. When all are away, or a
        unit has left the register, the coordinator covers: no case is without
        somebody.
        """
        waiting, asked = [actor], set[Actor]()
        while waiting:
            here = waiting.pop()
            if here in asked:
                continue
            asked.add(here)
            if not register.knows(here):
                waiting.append(register.coordinator(here.authority))
            elif (absence := self.absence(here, day)) and register.lists(here):
                waiting += reversed(_next_after(here, absence, register))
            else:
                return here
        return register.coordinator(register.behind(actor).authority)


def _next_after(
    actor: Actor, absence: Absence, register: Register
) -> tuple[Actor, ...]:
    """Return who is asked to stand in for somebody known, one after the other."""
    answering = register.behind(actor)
    closed = absence.absent == actor.unit
    candidates = (
        absence.substitute,
        register.unit(actor).parent if closed else None,
        answering if closed else None,
        register.leader_of(actor),
        register.coordinator(answering.authority),
    )
    return tuple(candidate for candidate in candidates if candidate)


def fold(facts: Iterable[Recorded]) -> Roster:
    """Return the memory after all `facts` of the roster, oldest first."""
    roster = Roster()
    for fact in facts:
        if isinstance(fact.event, RosterEvent):
            roster = evolve(roster, fact.event)
    return roster


def evolve(roster: Roster, event: RosterEvent) -> Roster:
    """Return the memory after one more fact; total."""
    absences: Iterable[Absence]
    match event:
        case AbsenceNoted():
            new = Absence(event.absent, event.first, event.last, event.substitute)
            kept = (old for old in roster.absences if not _is_replaced(old, new))
            absences = (*kept, new)
        case AbsenceEnded(absent=absent, last=last):
            absences = (
                _shortened(absence, last) if absence.absent == absent else absence
                for absence in roster.absences
            )
    return Roster(tuple(one for one in absences if one.first <= one.last))


def _is_replaced(old: Absence, new: Absence) -> bool:
    """Whether every day of `old` is a day of the `new` absence of the same actor."""
    same = old.absent == new.absent
    return same and new.covers(old.first) and new.covers(old.last)


def _shortened(absence: Absence, last: date) -> Absence:
    """Return the absence without the days after `last`, if it lasts over it."""
    begins_by_then = (absence.first - last).days <= 1
    if begins_by_then and last < absence.last:
        return replace(absence, last=last)
    return absence
