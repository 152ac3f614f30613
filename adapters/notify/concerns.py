"""What a notice about a finding still asks of its recipient, as things are now."""

from collections.abc import Iterator
from datetime import date

from domain.finding.events import (
    CaseMadeJoint,
    DeadlinesRecomputed,
    DeclineRefused,
    FindingEscalated,
    HandoverAccepted,
    HandoverDecided,
    HandoverRefused,
    HandoverUndecided,
    NoteAdded,
    OwnershipUnresolved,
)
from domain.finding.state import Finding
from domain.ports import Rules
from domain.values import Actor
from projections.cases import due_clock
from projections.notices import NoticeRow

NEWS = frozenset(
    event.TOPIC
    for event in (
        CaseMadeJoint,
        DeadlinesRecomputed,
        DeclineRefused,
        FindingEscalated,
        HandoverAccepted,
        HandoverDecided,
        HandoverRefused,
        HandoverUndecided,
        NoteAdded,
        OwnershipUnresolved,
    )
)
"""What people hear even if somebody else has to act; it ends with the case only."""


def due_day(
    notice: NoticeRow, finding: Finding | None, rules: Rules, today: date
) -> date | None:
    """Return the day that counts; `None` when the recipient need do no more."""
    if finding is None or not _still_concerns(notice, finding, rules, today):
        return None
    if answer_due := notice.details.get("answer_due"):
        return date.fromisoformat(answer_due)
    clock = due_clock(finding)
    return finding.clocks[clock].due if clock else None


def _still_concerns(
    notice: NoticeRow, finding: Finding, rules: Rules, today: date
) -> bool:
    """Whether the world has not moved on since the recipient was to be told."""
    if notice.topic in NEWS:
        return finding.is_open
    return finding.is_open and any(
        actor.same_hands(notice.recipient)
        for owner in _acting(finding)
        for actor in (
            owner,
            rules.register.behind(owner),
            rules.roster.cover_for(owner, today, rules.register),
        )
    )


def _acting(finding: Finding) -> Iterator[Actor]:
    """Yield everybody who has something to do in the case now."""
    if finding.next_actor:
        yield finding.next_actor
    yield finding.responsible
    for part in finding.subtasks:
        if part.done_by is None:
            yield part.to
            if part.answering:
                yield part.answering
