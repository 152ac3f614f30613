"""Which workflow a fact concerns: plain functions, run outside Temporal."""

from dataclasses import dataclass
from datetime import datetime

from domain.delivery.notices import digest_moment, notices
from domain.finding.plan import plan
from domain.finding.state import Finding
from domain.messages import Recorded
from domain.register.model import Register
from domain.values import FindingNumber
from workflows.delivery import DeliveryRequest
from workflows.follow_up import FollowUpPlan, PlannedStep


def follow_up_id(number: FindingNumber) -> str:
    """Return the id of the one workflow that follows finding `number`."""
    return f"finding/{number}"


def follow_up_plan(
    number: FindingNumber,
    finding: Finding | None,
    version: int,
    register: Register,
    now: datetime,
) -> FollowUpPlan:
    """Return what Temporal has to wait for; empty when nothing is left to do."""
    steps = plan(finding, register, now) if finding else ()
    return FollowUpPlan(
        number=number,
        version=version,
        steps=tuple(PlannedStep(key=step.key, at=step.at) for step in steps),
    )


@dataclass(frozen=True, slots=True)
class DeliveryStart:
    """A delivery workflow that must exist, and what it is told."""

    workflow_id: str
    request: DeliveryRequest


def deliveries(fact: Recorded, register: Register) -> tuple[DeliveryStart, ...]:
    """Return the deliveries that `fact` calls for.

    A digest is that of the morning after the system learned of it: old history
    that is typed in today is told tomorrow, not in the past.
    """
    at = digest_moment(fact.recorded_at, register)
    day = register.working_days.local_day(at)
    starts = []
    for notice in notices(fact):
        recipient = str(notice.recipient)
        if notice.urgent:
            request = DeliveryRequest(recipient=recipient, event_id=str(fact.event_id))
            starts.append(
                DeliveryStart(f"deliver/{fact.event_id}/{recipient}", request)
            )
        else:
            request = DeliveryRequest(recipient=recipient, at=at)
            starts.append(DeliveryStart(f"deliver/{day}/{recipient}", request))
    return tuple(starts)
