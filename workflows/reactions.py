"""Which workflows a fact concerns: plain functions, run outside Temporal."""

from dataclasses import dataclass

from domain.delivery.events import DeliveryRetried
from domain.delivery.notices import notices
from domain.finding.events import (
    AssignmentLapsed,
    AssignmentReturned,
    CaseMadeJoint,
    ClockName,
    DeadlinesRecomputed,
    FindingDeclined,
    FindingMerged,
    FixReported,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
    HandoverUnanswered,
    HandoverUndecided,
    ReminderRaised,
)
from domain.messages import Event, Recorded
from domain.register.model import Register
from domain.values import BOTH_AUTHORITIES, Actor, Authority
from workflows.delivery import DeliveryRequest

FOLLOWED = ("finding", "walk", "publication")
"""The kinds of streams that have a plan of their own."""

QUEUES = BOTH_AUTHORITIES
"""Whose workers send messages."""

_CONCERN_AN_OFFER = (
    AssignmentLapsed,
    AssignmentReturned,
    CaseMadeJoint,
    FindingDeclined,
    FindingMerged,
    FixReported,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
    HandoverUnanswered,
    HandoverUndecided,
)


def subjects_of(fact: Recorded) -> tuple[str, ...]:
    """Return whose plan may have changed; each is the id of one workflow."""
    kind, _, number = fact.stream.partition("/")
    if kind not in FOLLOWED:
        return ()
    if _concerns_an_offer(fact.event):
        return (fact.stream, f"handover/{number}")
    return (fact.stream,)


def _concerns_an_offer(event: Event) -> bool:
    match event:
        case ReminderRaised(occasions=occasions):
            return any(one.clock is ClockName.HANDOVER for one in occasions)
        case DeadlinesRecomputed(changes=changes):
            return any(one.clock is ClockName.HANDOVER for one in changes)
        case _:
            return isinstance(event, _CONCERN_AN_OFFER)


@dataclass(frozen=True, slots=True)
class DeliveryStart:
    """A delivery workflow that must exist, and what it is told."""

    workflow_id: str
    request: DeliveryRequest


def urgent_deliveries(fact: Recorded, register: Register) -> tuple[DeliveryStart, ...]:
    """Return the messages that cannot wait for the morning's round."""
    return tuple(
        DeliveryStart(
            f"deliver/{fact.event_id}/{notice.recipient}",
            DeliveryRequest(
                recipient=str(notice.recipient),
                event_id=str(fact.event_id),
                queue=queue_of(notice.recipient, register),
            ),
        )
        for notice in notices(fact)
        if notice.urgent
    )


def retried_delivery(fact: Recorded, register: Register) -> DeliveryStart | None:
    """Return the message that a person wants to be tried once more, if one is."""
    if not isinstance(fact.event, DeliveryRetried):
        return None
    key = fact.stream.removeprefix("delivery/")
    recipient = fact.event.recipient
    if key == recipient:
        return digest_delivery(recipient, register)
    event_id = key.removesuffix(f"/{recipient}")
    if key == event_id or key.startswith("webhook/"):
        return None
    request = DeliveryRequest(
        recipient=str(recipient),
        event_id=event_id,
        queue=queue_of(recipient, register),
    )
    return DeliveryStart(f"deliver/{event_id}/{recipient}", request)


def digest_delivery(recipient: Actor, register: Register) -> DeliveryStart:
    """Return the message that tells `recipient` all that is waiting.

    There is one at a time for everybody: news that comes while the last one is
    still being tried is taken by it.
    """
    return DeliveryStart(
        f"deliver/{recipient}",
        DeliveryRequest(recipient=str(recipient), queue=queue_of(recipient, register)),
    )


def queue_of(recipient: Actor, register: Register) -> str:
    """Return whose worker writes to `recipient`: its own authority's.

    For a third party it is that of the caseworker behind it; for participants it
    is the municipality.
    """
    if recipient.authority is Authority.PARTICIPANT:
        return str(Authority.MUNICIPALITY)
    authority = register.behind(recipient).authority
    return str(authority if authority in QUEUES else Authority.MUNICIPALITY)
