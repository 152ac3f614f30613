"""What a notice about a finding still asks of its recipient, as things are now."""

from datetime import date

from domain.finding.events import FindingEscalated
from domain.finding.state import Finding
from projections.notices import NoticeRow
from projections.worklist import due_clock


def due_day(notice: NoticeRow, finding: Finding | None) -> date | None:
    """Return the day that counts; `None` when the recipient need do no more."""
    if finding is None or not _still_concerns(notice, finding):
        return None
    if answer_due := notice.details.get("answer_due"):
        return date.fromisoformat(answer_due)
    clock = due_clock(finding)
    return finding.clocks[clock].due if clock else None


def _still_concerns(notice: NoticeRow, finding: Finding) -> bool:
    """Whether the world has not moved on since the recipient was to be told."""
    if notice.topic == FindingEscalated.TOPIC:
        return finding.is_open
    parts = [part.to for part in finding.subtasks if part.done_by is None]
    acting = (finding.next_actor, finding.responsible, *parts)
    return finding.is_open and any(
        actor is not None and actor.same_hands(notice.recipient) for actor in acting
    )
