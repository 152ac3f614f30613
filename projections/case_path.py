"""What a case has gone through: who, and at which moments.

A row of a case says how things stand; this says how they came to stand so, as far as
a report counts it. Moments are aware UTC: which local day they fall on, the reader's
calendar says.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.finding.events import (
    AssignmentAccepted,
    DeclineProposed,
    FindingAssigned,
    FindingDeclined,
    FindingEvent,
    FindingPutOnHold,
    FindingReopened,
    FixRejected,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
)
from domain.finding.state import Status
from domain.replacing import replace
from domain.values import Actor, Authority


@dataclass(frozen=True)
class FixMade:
    """A fix that still stands: when, the last day there was, and whose hands.

    `counts_at` is the moment that is held against `due`: the clock stands during a
    hold. What people did was held on a day and `reached` so many (R15).
    """

    at: datetime
    counts_at: datetime
    due: date | None
    units: tuple[Actor, ...]
    held_on: date | None = None
    reached: int = 0


@dataclass(frozen=True)
class OnHold:
    """One stretch on hold; `until` is open while it lasts."""

    reason: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class OfferMade:
    """One offer to another authority; `refused` is open while nobody answered."""

    sender: Authority
    to: Authority
    at: datetime
    answered_at: datetime | None = None
    refused: bool | None = None


@dataclass(frozen=True)
class CasePath:
    """The moments of one case that count; who raised it, who confirmed that it helps.

    Of what is done and undone again only the last counts: a fix that was rejected, or
    a case that was reopened, has neither fix nor verification.
    """

    raised_by: Actor
    assigned_at: datetime | None = None
    answered_at: datetime | None = None
    fix: FixMade | None = None
    verified_at: datetime | None = None
    verified_by: Actor | None = None
    reopened_after_check: bool = False
    declined_at: datetime | None = None
    decline_reason: str = ""
    refer_to: Actor | None = None
    holds: tuple[OnHold, ...] = ()
    offers: tuple[OfferMade, ...] = ()


class Standing(Protocol):
    """How a case stood when the next fact came."""

    @property
    def status(self) -> Status:
        """The state of its life."""
        ...

    @property
    def assignee(self) -> Actor | None:
        """Whose it was."""
        ...

    @property
    def on_hold(self) -> bool:
        """Whether it waited."""
        ...

    @property
    def fix_promised(self) -> date | None:
        """The last day for the fix, whether or not its clock ran."""
        ...


def goes_on(
    path: CasePath, event: FindingEvent, before: Standing, *, on_hold: bool
) -> CasePath:
    """Return the path after one more fact, which left the case on hold or not."""
    return _let_go(_after(path, event, before), event.stamp.at, on_hold=on_hold)


def _after(path: CasePath, event: FindingEvent, before: Standing) -> CasePath:
    at = event.stamp.at
    match event:
        case FindingAssigned():
            return _assigned(path, at)
        case AssignmentAccepted():
            return _answered(path, at)
        case HandoverOffered(to=to):
            sender = (before.assignee or event.stamp.by).authority
            offer = OfferMade(sender, to.authority, at)
            return replace(path, offers=(*path.offers, offer))
        case HandoverRefused():
            return _offer_answered(path, at, refused=True)
        case HandoverAccepted():
            taken = _offer_answered(path, at, refused=False)
            return _answered(_assigned(taken, at), at)
        case HandoverDecided():
            return _assigned(_offer_answered(path, at, refused=None), at)
        case FindingPutOnHold(reason_code=reason):
            return replace(path, holds=(*path.holds, OnHold(reason, at)))
        case FixReported():
            return replace(_answered(path, at), fix=_fix(path, event, before))
        case FixVerified(stamp=stamp):
            return replace(path, verified_at=at, verified_by=stamp.by)
        case FixRejected():
            return replace(path, fix=None)
        case FindingReopened():
            was_checked = before.status is Status.VERIFIED
            return replace(
                path,
                fix=None,
                verified_at=None,
                verified_by=None,
                declined_at=None,
                reopened_after_check=was_checked or path.reopened_after_check,
            )
        case DeclineProposed(reason_code=reason, refer_to=refer_to):
            return replace(path, decline_reason=reason, refer_to=refer_to)
        case FindingDeclined():
            return replace(_answered(path, at), declined_at=at)
        case _:
            return path


def _assigned(path: CasePath, at: datetime) -> CasePath:
    return path if path.assigned_at else replace(path, assigned_at=at)


def _answered(path: CasePath, at: datetime) -> CasePath:
    return path if path.answered_at else replace(path, answered_at=at)


def _offer_answered(path: CasePath, at: datetime, *, refused: bool | None) -> CasePath:
    if not path.offers:
        return path
    last = replace(path.offers[-1], answered_at=at, refused=refused)
    return replace(path, offers=(*path.offers[:-1], last))


def _fix(path: CasePath, event: FixReported, before: Standing) -> FixMade:
    is_waiting = before.on_hold and path.holds
    hands = {event.stamp.by.unit}
    if before.assignee:
        hands.add(before.assignee.unit)
    return FixMade(
        at=event.stamp.at,
        counts_at=path.holds[-1].since if is_waiting else event.stamp.at,
        due=before.fix_promised,
        units=tuple(sorted(hands)),
        held_on=event.held_on,
        reached=event.count or sum(count for _, count in event.attendance),
    )


def _let_go(path: CasePath, at: datetime, *, on_hold: bool) -> CasePath:
    """End the hold that a fact has ended, whatever it was."""
    if on_hold or not path.holds or path.holds[-1].until:
        return path
    ended = replace(path.holds[-1], until=at)
    return replace(path, holds=(*path.holds[:-1], ended))
