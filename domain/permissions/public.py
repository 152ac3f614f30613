"""What of the shared register lies in the public compartment, as its history says.

The table says who may look there. A walk is public once groups were invited to it, or
once it was held; a finding once the minutes of its walk are, unless it went to another
forum; a text once both authorities had signed it. Everything else is shared, and so for
the public as if it were not there.
"""

from domain.finding.state import Finding, Status
from domain.permissions.words import Compartment
from domain.walk.events import WalkClock
from domain.walk.state import SafetyWalk, WalkStatus

WITH_MINUTES = frozenset(
    {
        *(WalkStatus.MINUTES_PUBLISHED, WalkStatus.PLAN_AGREED),
        *(WalkStatus.REPORTED_BACK, WalkStatus.FOLLOWED_UP),
        *(WalkStatus.EVALUATED, WalkStatus.CLOSED),
    }
)
"""Statuses of a walk whose minutes everybody can read."""


def of_walk(walk: SafetyWalk) -> Compartment:
    """Return for whom that is kept which a walk is about."""
    is_invited = WalkClock.WALKED in walk.clocks
    return Compartment.PUBLIC if walk.held or is_invited else Compartment.SHARED


def of_finding(finding: Finding, walk: SafetyWalk) -> Compartment:
    """Return the same for a finding of a walk."""
    is_told = walk.status in WITH_MINUTES
    is_elsewhere = finding.status is Status.REFERRED
    return Compartment.PUBLIC if is_told and not is_elsewhere else Compartment.SHARED
