"""Nobody knows who owns the place: looked up in order, within some days (R5)."""

from domain.errors import Code, Refused
from domain.finding.commands import LookUpOwner, SeekOwner
from domain.finding.events import (
    OwnershipLookedUp,
    OwnershipSought,
    OwnershipSource,
    OwnershipUnresolved,
)
from domain.finding.rules.checks import Facts, day_of, require
from domain.finding.state import Finding, Search, Status
from domain.messages import Stamp
from domain.register.model import Register
from domain.values import Actor

LIST_OF_PLOTS = 4
"""The rung of the ladder whose recipients keep the list of nobody's land."""


def seek_owner(finding: Finding, command: SeekOwner, register: Register) -> Facts:
    """Start to look for an owner; the case stays with whoever found it."""
    require(finding, Status.REPORTED)
    if finding.search:
        raise Refused(Code.ALREADY_SOUGHT, asked=[str(s) for s in finding.search.asked])
    days = register.limits.ownership_days
    day = day_of(command, register)
    return (
        OwnershipSought(
            stamp=command.stamp,
            days=days,
            due=register.working_days.add(day, days),
            to=finding.triage,
        ),
    )


def look_up(finding: Finding, command: LookUpOwner, register: Register) -> Facts:
    """Note what the next source says; after the last one it is nobody's land."""
    require(finding, Status.REPORTED)
    if (search := finding.search) is None:
        raise Refused(Code.NOT_SOUGHT)
    expected = _next_source(search)
    if command.source is not expected:
        raise Refused(
            Code.WRONG_SOURCE, source=command.source, expected=expected or "-"
        )
    looked_up = OwnershipLookedUp(
        stamp=command.stamp, source=command.source, owner=command.owner
    )
    is_last = command.source is tuple(OwnershipSource)[-1]
    if is_last and command.owner is None and not search.is_over:
        return (looked_up, nobodys_land(command.stamp, register))
    return (looked_up,)


def _next_source(search: Search) -> OwnershipSource | None:
    left = [source for source in OwnershipSource if source not in search.asked]
    return left[0] if left else None


def nobodys_land(stamp: Stamp, register: Register) -> OwnershipUnresolved:
    """Tell those who keep the list of unresolved plots, and both coordinators."""
    listed = [
        Actor(to)
        for rung in register.escalation
        if rung.level == LIST_OF_PLOTS
        for to in rung.to
        if "/" in to
    ]
    both = (register.coordinators.municipality, register.coordinators.police)
    return OwnershipUnresolved(stamp=stamp, to=tuple(dict.fromkeys((*listed, *both))))
