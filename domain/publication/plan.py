"""What the clock has still to do for one publication, and when.

A draft has `limits.approval_hours` real hours: half-way, whoever has not
approved is reminded; at the end it lapses. A step that was recorded, or that the
state makes moot, is not in the plan.

Source: S6, S18.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.publication.state import Publication, PublicationStatus
from domain.register.model import Register


@dataclass(frozen=True, slots=True)
class ApprovalReminder:
    """Remind the authorities that have not approved."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalLapse:
    """Give the draft back: its time is over."""

    key: str
    at: datetime


PublicationStep = ApprovalReminder | ApprovalLapse
"""One entry of a plan: `at` is aware UTC, `key` is stable and never reused."""


def plan(
    publication: Publication,
    register: Register,  # noqa: ARG001 - every plan is asked in the same way
    now: datetime,
) -> tuple[PublicationStep, ...]:
    """Return the steps still to come, earliest first; none when nothing is left.

    Both moments follow from the draft's own fact, so a register that is adopted
    later never moves them. Whoever comes after the end finds the end alone: a
    late start is never a storm.
    """
    drafted, end = publication.drafted_at, publication.approve_by
    waits = publication.status is PublicationStatus.DRAFT and publication.missing
    if not waits or drafted is None or end is None:
        return ()
    since, until = drafted.astimezone(UTC), end.astimezone(UTC)
    lapse = ApprovalLapse(f"lapse.{publication.draft}", until)
    if publication.reminded or until <= now:
        return (lapse,)
    half = since + (until - since) / 2
    return (ApprovalReminder(f"remind.{publication.draft}", half), lapse)
