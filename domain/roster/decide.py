"""The rules of the roster (R17)."""

from datetime import date, timedelta

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.register.model import Register
from domain.roster.commands import AnyRosterCommand, EndAbsence, NoteAbsence
from domain.roster.events import AbsenceEnded, AbsenceNoted, RosterEvent
from domain.roster.state import Absence, Roster
from domain.values import Actor

Facts = tuple[RosterEvent, ...]

LONGEST = 366
"""How many days one absence may have: a year is noted anew."""


def decide(roster: Roster, command: AnyRosterCommand, register: Register) -> Facts:
    """Return the facts that follow from `command`.

    Raises: Refused, NotFound or NotAllowed with a code.
    """
    for actor in (command.stamp.by, command.absent):
        _unit_of(actor, register)
    _check_calendar(register.working_days.local_day(command.stamp.at), register)
    _check_authority(command, register)
    match command:
        case NoteAbsence():
            return _note(roster, command, register)
        case EndAbsence():
            return _end(roster, command, register)


def _note(roster: Roster, command: NoteAbsence, register: Register) -> Facts:
    _check_days(command, register)
    _check_substitute(roster, command, register)
    absent, substitute = command.absent, command.substitute
    noted = Absence(absent, command.first, command.last, substitute)
    if _newest(roster, absent) == noted:
        raise Refused(Code.ABSENCE_NOTED, to=str(absent))
    then = Roster((*roster.absences, noted))
    stands_in = then.cover_for(absent, command.first, register)
    told = (substitute or register.leader_of(absent), stands_in)
    return (
        AbsenceNoted(
            stamp=command.stamp,
            absent=absent,
            first=command.first,
            last=command.last,
            substitute=substitute,
            stands_in=stands_in,
            tell=tuple(dict.fromkeys(told)),
        ),
    )


def _end(roster: Roster, command: EndAbsence, register: Register) -> Facts:
    _check_calendar(command.last, register)
    day_after = command.last + timedelta(days=1)
    if roster.noted(command.absent, day_after) is None:
        raise Refused(
            Code.NOT_ABSENT, to=str(command.absent), date=day_after.isoformat()
        )
    return (
        AbsenceEnded(stamp=command.stamp, absent=command.absent, last=command.last),
    )


def _newest(roster: Roster, absent: Actor) -> Absence | None:
    noted = (one for one in reversed(roster.absences) if one.absent == absent)
    return next(noted, None)


def _check_authority(command: AnyRosterCommand, register: Register) -> None:
    """Each authority notes its own absences; coordinators note anybody's."""
    by, answering = command.stamp.by, register.behind(command.absent)
    if register.is_coordinator(by) or by.same_hands(command.absent):
        return
    if by.authority != answering.authority:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(answering))


def _check_days(command: NoteAbsence, register: Register) -> None:
    first, last = command.first, command.last
    for day in (first, last):
        _check_calendar(day, register)
    if last < first:
        raise Refused(Code.PERIOD_REVERSED, first=first, last=last)
    if (last - first).days >= LONGEST:
        raise Refused(Code.PERIOD_TOO_LONG, limit=LONGEST)
    if last < register.working_days.local_day(command.stamp.at):
        raise Refused(Code.DATE_IN_PAST, field="last", date=last.isoformat())


def _check_calendar(day: date, register: Register) -> None:
    if not register.working_days.covers(day):
        raise Refused(Code.CALENDAR_ENDS, day=day.isoformat())


def _check_substitute(roster: Roster, command: NoteAbsence, register: Register) -> None:
    absent, substitute = command.absent, command.substitute
    if substitute is None:
        return
    _unit_of(substitute, register)
    answering = register.behind(absent).authority
    if substitute.authority not in {absent.authority, answering}:
        raise Refused(Code.SUBSTITUTE_ELSEWHERE, to=str(substitute), owner=str(absent))
    if _is_same(absent, substitute):
        raise Refused(Code.SUBSTITUTE_IS_ABSENT, to=str(substitute))
    length = (command.last - command.first).days + 1
    days = (command.first + timedelta(days=nth) for nth in range(length))
    if all(roster.is_absent(substitute, day) for day in days):
        raise Refused(Code.SUBSTITUTE_IS_ABSENT, to=str(substitute))


def _is_same(absent: Actor, substitute: Actor) -> bool:
    """Whether the substitute is the absent person, or part of the closed unit."""
    if absent.person is None:
        return substitute.unit == absent
    one_person = substitute.person == absent.person
    return one_person and substitute.authority == absent.authority


def _unit_of(actor: Actor, register: Register) -> None:
    """Refuse an actor who can own no work, such as a citizen or the clock.

    Raises: NotFound (unknown_unit).
    """
    if not register.lists(actor):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(actor))
