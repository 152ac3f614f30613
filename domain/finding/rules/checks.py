"""What every command must satisfy, and the questions rules ask first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.finding.commands import (
    FindingCommand,
)
from domain.finding.events import (
    FindingEvent,
)
from domain.finding.ladder import behind, leader_of
from domain.finding.state import Finding, Status
from domain.register.model import Register
from domain.roster.state import Roster
from domain.values import CLOCK, Actor, FindingNumber, Point, WalkNumber

Facts = tuple[FindingEvent, ...]

SPACE, DELETE, LATIN_1 = 0x20, 0x7F, 0xA0
BEFORE_FIX = (Status.REPORTED, Status.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Given:
    """What the rules may look at besides the finding itself.

    `asked` are the participants who want to hear what became of it.
    """

    register: Register
    findings: Mapping[FindingNumber, Finding] = field(default_factory=dict)
    walks: frozenset[WalkNumber] = frozenset()
    roster: Roster = field(default_factory=Roster)
    asked: frozenset[Actor] = frozenset()

    @property
    def tell(self) -> tuple[Actor, ...]:
        """The participants to tell, in a stable order."""
        return tuple(sorted(self.asked))

    def standing_in(self, actor: Actor, day: date) -> Actor | None:
        """Return who acts for `actor` on `day`, if it is absent (R17)."""
        cover = self.roster.cover_for(actor, day, self.register)
        return None if cover == actor else cover


def check_input(command: FindingCommand, register: Register) -> None:
    """Refuse unknown actors, over-long or empty texts and impossible places."""
    if command.stamp.by == CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, by=str(CLOCK))
    if not register.working_days.covers(day_of(command, register)):
        raise Refused(Code.CALENDAR_ENDS, day=day_of(command, register).isoformat())
    _check_actor(command.stamp.by, register)
    for name in type(command).model_fields:
        value: object = getattr(command, name)
        match value:
            case Actor() as actor:
                _check_actor(actor, register)
            case Point() as point:
                _check_point(point, register)
            case str() as text:
                _check_text(name, text, register)
            case _:
                pass


def _check_actor(actor: Actor, register: Register) -> None:
    if not register.knows(actor):
        raise NotFound(Code.UNKNOWN_UNIT, unit=str(actor))


def _check_point(point: Point, register: Register) -> None:
    if register.bounds.contains(point):
        return
    swapped = Point(lat=point.lon, lon=point.lat)
    if register.bounds.contains(swapped):
        raise Refused(Code.COORDINATES_SWAPPED, lat=point.lat, lon=point.lon)
    raise Refused(Code.OUTSIDE_COUNTRY, lat=point.lat, lon=point.lon)


def _check_text(name: str, text: str, register: Register) -> None:
    limit = register.limits.text_length
    if len(text) > limit:
        raise Refused(Code.TEXT_TOO_LONG, field=name, length=len(text), limit=limit)
    if not text.strip():
        raise Refused(Code.TEXT_MISSING, field=name)
    if not text.isprintable() and any(_is_control(letter) for letter in text):
        raise Refused(Code.TEXT_UNPRINTABLE, field=name)


def _is_control(letter: str) -> bool:
    """Whether `letter` would steer a terminal instead of being read."""
    code = ord(letter)
    return (code < SPACE and letter not in "\n\r\t") or DELETE <= code < LATIN_1


def known(finding: Finding | None, command: FindingCommand) -> Finding:
    """Return the finding.

    Raises: NotFound (unknown_finding).
    """
    if finding is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=command.number)
    return finding


def refuse_before(
    moment: datetime, command: FindingCommand, register: Register
) -> None:
    """Refuse something that is said to have happened days before `moment`."""
    earliest = register.working_days.local_day(moment)
    if day_of(command, register) < earliest:
        raise Refused(
            Code.OUT_OF_ORDER,
            date=day_of(command, register).isoformat(),
            earliest=earliest.isoformat(),
        )


def require(finding: Finding, *statuses: Status) -> None:
    """Refuse unless `finding` is in one of `statuses`."""
    if finding.status in statuses:
        return
    code = Code.WRONG_STATUS if finding.is_open else Code.CLOSED
    raise Refused(code, status=finding.status, needed=[str(s) for s in statuses])


def refuse_pending_offer(finding: Finding) -> None:
    """Refuse while another authority still has to answer."""
    if finding.offered_to:
        raise Refused(Code.HANDOVER_PENDING, to=str(finding.offered_to))


def refuse_referred(finding: Finding) -> None:
    """Refuse to write about a matter that belongs to another forum."""
    if finding.status is Status.REFERRED:
        raise Refused(Code.CLOSED, status=finding.status, needed=[])


def speaks_for(by: Actor, owner: Actor, register: Register) -> bool:
    """Whether `by` may answer for `owner`: the unit, its back-up or a coordinator."""
    answering = (owner, behind(owner, register), leader_of(owner, register))
    return register.is_coordinator(by) or any(by.same_hands(one) for one in answering)


def day_of(command: FindingCommand, register: Register) -> date:
    """Return the local day on which the command happened."""
    return register.working_days.local_day(command.stamp.at)


def owning_unit(actor: Actor, register: Register) -> Actor:
    """Return `actor` if it can own work.

    Raises: NotFound (unknown_unit) for citizens and participants.
    """
    register.unit(actor)
    return actor
