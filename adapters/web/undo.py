"""Taking back what one has just done: by another fact, never by removing one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.finding.commands import (
    AnyFindingCommand,
    AssignFinding,
    ChangeDeadline,
    CorrectFinding,
    ResumeFinding,
    ReturnAssignment,
)
from domain.finding.events import (
    ClockName,
    DeadlineChanged,
    FindingAssigned,
    FindingCorrected,
    FindingPutOnHold,
)
from domain.messages import Recorded, Stamp
from domain.values import Actor, FindingNumber
from projections.case_page import CasePage, case_page

WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Undo:
    """What would take the last step back."""

    command: type[AnyFindingCommand]
    body: dict[str, Any]
    topic: str

    def by(self, number: FindingNumber, stamp: Stamp) -> AnyFindingCommand:
        """Return the command."""
        told = {"number": number, "stamp": stamp, **self.body}
        return self.command.model_validate(told)


def undo_of(
    history: tuple[Recorded, ...], by: Actor, now: datetime, reason: str
) -> Undo | None:
    """Return how `by` can take the last step back; `None` when that is not possible.

    Only the same person can, within ten minutes, and only before anybody else acts.

    Args:
        history: all facts of one case.
        by: who wants to.
        now: aware UTC.
        reason: what stands as the reason, where one is needed.
    """
    if len(history) < 2:  # noqa: PLR2004 - the first fact has nothing before it
        return None
    last = history[-1]
    if last.event.stamp.by != by or now - last.recorded_at > WITHIN:
        return None
    before = case_page(history[:-1])
    return _compensation(last, before, reason) if before else None


def _compensation(last: Recorded, before: CasePage, reason: str) -> Undo | None:
    match last.event:
        case FindingPutOnHold():
            return Undo(ResumeFinding, {}, last.event.TOPIC)
        case FindingAssigned():
            owner = before.memory.assignee
            back = Undo(ReturnAssignment, {"reason": reason}, last.event.TOPIC)
            return (
                Undo(AssignFinding, {"to": owner}, last.event.TOPIC) if owner else back
            )
        case DeadlineChanged():
            due = before.memory.clocks[ClockName.FIX].due
            told = {"fix_due": due, "reason": reason}
            return Undo(ChangeDeadline, told, last.event.TOPIC)
        case FindingCorrected():
            return _uncorrected(last.event, before, reason)
        case _:
            return None


def _uncorrected(event: FindingCorrected, before: CasePage, reason: str) -> Undo | None:
    """Return how the old words come back; a place that had none cannot be emptied."""
    was = {
        "category": before.memory.category if event.category else None,
        "text": before.text if event.text else None,
        "place": before.place if event.place else None,
        "point": before.point if event.point else None,
    }
    changed = [name for name in was if getattr(event, name)]
    if any(not was[name] for name in changed):
        return None
    told = {name: value for name, value in was.items() if value}
    return Undo(CorrectFinding, {**told, "reason": reason}, event.TOPIC)
