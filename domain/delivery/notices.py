"""Which facts people must hear about, and when the next digest goes out.

Source: R2 (one digest per recipient and working day; only acute alone), R18.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.finding.events import (
    AssignmentLapsed,
    AssignmentReturned,
    CaseMadeJoint,
    DeadlinesRecomputed,
    DeclineProposed,
    DeclineRefused,
    FindingAssigned,
    FindingDeclined,
    FindingEscalated,
    FindingMerged,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FixRejected,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
    HandoverUnanswered,
    HandoverUndecided,
    NoteAdded,
    OwnershipSought,
    OwnershipUnresolved,
    ReminderRaised,
    SubtaskAdded,
)
from domain.messages import Event, Recorded
from domain.publication.events import (
    PublicationDrafted,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.register.model import Register
from domain.roster.events import AbsenceNoted
from domain.rounds import RoundHeld
from domain.values import Actor, Authority, Severity
from domain.walk.events import (
    FollowedUp,
    MinutesPublished,
    PlanAgreed,
    RequestAnswered,
    WalkCancelled,
    WalkEscalated,
    WalkReminderRaised,
    WalkStatusDue,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One recipient must hear of one fact; urgent ones do not wait."""

    recipient: Actor
    urgent: bool


def notices(fact: Recorded) -> tuple[Notice, ...]:
    """Return who must hear of `fact`.

    Nobody is told what they did themselves, unless it is urgent: then a second
    pair of eyes in the same unit is better than silence.
    """
    recipients, urgent = _addressed(fact.event)
    if not recipients:
        return ()
    by = fact.event.stamp.by
    heard = dict.fromkeys(
        _mailbox(to) for to in recipients if urgent or not _did_it(by, to)
    )
    return tuple(Notice(recipient, urgent) for recipient in heard)


def _did_it(by: Actor, to: Actor) -> bool:
    """Whether `to` knows because they did it; a group does not speak for all in it."""
    is_participant = to.authority is Authority.PARTICIPANT
    return by == to if is_participant else by.same_hands(to)


def _mailbox(to: Actor) -> Actor:
    """Return where news for `to` goes: a unit shares one, a participant has one."""
    return to if to.authority is Authority.PARTICIPANT else to.unit


def _with(to: Actor, other: Actor | None) -> tuple[Actor, ...]:
    """Return whom it is for and who acts for them or answers for them."""
    return (to, other) if other else (to,)


def digest_moment(at: datetime, register: Register) -> datetime:
    """Return when the next digest goes out for something that happened `at`.

    Returns: aware UTC; never before `at`, always on a working day.
    """
    calendar, digest_at = register.working_days, register.clock.digest_at
    day = calendar.next_working(calendar.local_day(at))
    moment = calendar.moment(day, digest_at)
    return moment if moment >= at else calendar.moment(calendar.add(day, 1), digest_at)


def _addressed(event: Event) -> tuple[tuple[Actor, ...], bool]:
    match event:
        case FindingReported(triage=triage, severity=severity, positive=False):
            return (triage,), severity is Severity.ACUTE
        case FindingAssigned(to=to, urgent=urgent, stands_in=stands_in):
            return _with(to, stands_in), urgent
        case (
            ReminderRaised(to=to, urgent=urgent)
            | FindingReopened(to=to, urgent=urgent)
            | FixRejected(to=to, urgent=urgent)
        ):
            return (to,), urgent
        case FindingEscalated(to=several, urgent=urgent):
            return several, urgent
        case (
            HandoverOffered(to=to, stands_in=other)
            | SubtaskAdded(to=to, answering=other)
            | FixReported(verifier=to, stands_in=other)
            | DeclineProposed(approver=to, stands_in=other)
        ):
            return _with(to, other), False
        case (
            AssignmentReturned(triage=to)
            | AssignmentLapsed(triage=to)
            | OwnershipSought(to=to)
            | HandoverUnanswered(to=to)
            | DeadlinesRecomputed(to=to)
        ):
            return (to,), False
        case OwnershipUnresolved(to=several) | HandoverUndecided(to=several):
            return several, False
        case CaseMadeJoint(parts=parts):
            return tuple(part.to for part in parts), False
        case (
            HandoverDecided(tell=several)
            | HandoverAccepted(tell=several)
            | HandoverRefused(tell=several)
            | DeclineRefused(tell=several)
            | NoteAdded(tell=several)
            | FixVerified(tell=several)
            | FindingDeclined(tell=several)
            | FindingMerged(tell=several)
            | FindingReferred(tell=several)
        ):
            return several, False
        case WalkReminderRaised(to=several) | WalkEscalated(to=several):
            return several, False
        case (
            RequestAnswered(tell=several)
            | MinutesPublished(tell=several)
            | PlanAgreed(tell=several)
            | FollowedUp(tell=several)
            | WalkStatusDue(tell=several)
            | WalkCancelled(tell=several)
        ):
            return several, False
        case RoundHeld(to=several):
            return several, False
        case AbsenceNoted(tell=several):
            return several, False
        case (
            PublicationDrafted(to=several)
            | PublicationReminded(to=several)
            | PublicationLapsed(to=several)
            | PublicationPublished(to=several)
            | PublicationWithdrawn(to=several)
        ):
            return several, False
        case _:
            return (), False
