"""Who must do what by when; whoever asks leaves out what has come to its end."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEvent,
    FindingReopened,
    FindingReported,
)
from domain.finding.state import Finding, Status
from domain.messages import Recorded
from domain.values import Actor, FindingNumber, Severity, WalkNumber
from projections.fold import Projection, own_stream
from projections.memory import remembered


class NextStep(StrEnum):
    """What the responsible party has to do next."""

    ASSIGN = "assign"
    ANSWER_HANDOVER = "answer_handover"
    APPROVE_DECLINE = "approve_decline"
    REVIEW_HOLD = "review_hold"
    COMPLETE_SUBTASKS = "complete_subtasks"
    FIX = "fix"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of a worklist.

    `unit` and `person` have to act; `due_on` is the last day, local calendar, of
    `clock`; whether it is late is asked of `due_on` when somebody looks.
    """

    number: FindingNumber
    walk: WalkNumber | None
    category: str
    text: str
    severity: Severity
    status: Status
    on_hold: bool
    disputed: bool
    unit: Actor
    person: str | None
    assignee: Actor | None
    next_step: NextStep
    clock: ClockName | None
    due_on: date | None
    escalated: int
    reopened: int
    reported_at: datetime
    version: int
    position: int
    memory: Finding


def apply(_: str, row: WorklistRow | None, fact: Recorded) -> WorklistRow | None:
    """Return the line after one more fact."""
    event = fact.event
    if not isinstance(event, FindingEvent):
        return row
    memory = remembered(row.memory if row else None, event, fact)
    told = event if isinstance(event, FindingReported) else None
    put_right = event if isinstance(event, FindingCorrected) else None
    walk = told.walk if told else row.walk if row else None
    text = told.text if told else row.text if row else ""
    clock = due_clock(memory)
    unit = memory.next_actor or memory.triage
    return WorklistRow(
        number=fact.stream.partition("/")[2],
        walk=walk,
        category=memory.category,
        text=_text(memory, put_right.text or text if put_right else text),
        severity=memory.severity,
        status=memory.status,
        on_hold=memory.hold is not None,
        disputed=memory.disputed,
        unit=unit.unit,
        person=unit.person,
        assignee=memory.assignee,
        next_step=next_step(memory),
        clock=clock,
        due_on=memory.clocks[clock].due if clock else None,
        escalated=memory.escalated,
        reopened=(row.reopened if row else 0) + isinstance(event, FindingReopened),
        reported_at=memory.reported_at,
        version=fact.version,
        position=fact.position,
        memory=memory,
    )


def _text(memory: Finding, text: str) -> str:
    """Return what may be shown: nothing of a matter that went to another forum."""
    return "" if memory.status is Status.REFERRED else text


def due_clock(finding: Finding) -> ClockName | None:
    """Return the clock that counts for people now: the first to run out."""
    return min(finding.running, key=lambda name: finding.clocks[name].due, default=None)


def next_step(finding: Finding) -> NextStep:
    """Return what has to be done next."""
    if finding.status is Status.FIXED:
        return NextStep.VERIFY
    if finding.decline_proposed_by:
        return NextStep.APPROVE_DECLINE
    if finding.offered_to:
        return NextStep.ANSWER_HANDOVER
    if finding.hold:
        return NextStep.REVIEW_HOLD
    if finding.assignee is None:
        return NextStep.ASSIGN
    if any(part.done_by is None for part in finding.subtasks):
        return NextStep.COMPLETE_SUBTASKS
    return NextStep.FIX


WORKLIST = Projection(
    name="worklist_v2",
    row=WorklistRow,
    keys=own_stream("finding"),
    apply=apply,
    indexes=("unit", "person", "status", "due_on", "walk", "category"),
)
