"""What became of one walk: promises, reminders, and what was verified.

`apply` folds one finding; `walk_report` turns a walk's rows into walk-report/1.

Source: walk-file/1, "walk-report/1"; K3, K4, K10.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.calendar import Calendar
from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FixVerified,
    ReminderRaised,
)
from domain.finding.state import Clock, Finding, Status
from domain.messages import Recorded
from domain.replacing import replace
from domain.values import FindingNumber, Kind, WalkNumber
from projections.fold import Projection, own_stream
from projections.memory import remembered

CLOCKS = (ClockName.ACKNOWLEDGE, ClockName.FIX, ClockName.VERIFY, ClockName.HOLD)
"""The clocks whose reminders walk-report/1 lists."""

NOT_COUNTED = frozenset({Status.POSITIVE, Status.MERGED, Status.REFERRED})


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One finding as the report of its walk sees it; moments are aware."""

    number: FindingNumber
    memory: Finding
    walk: WalkNumber | None = None
    kind: Kind | None = None
    reminders: tuple[tuple[ClockName, datetime], ...] = ()
    escalations: tuple[tuple[int, datetime], ...] = ()
    ever_verified: bool = False
    reopened: int = 0


def apply(_: str, row: ReportRow | None, fact: Recorded) -> ReportRow | None:
    """Return the finding after one more fact."""
    event = fact.event
    if not isinstance(event, FindingEvent):
        return row
    memory = remembered(row.memory if row else None, event, fact)
    found = row or ReportRow(fact.stream.partition("/")[2], memory)
    found = replace(found, memory=memory)
    at = event.stamp.at
    match event:
        case FindingReported(walk=walk, kind=kind):
            return replace(found, walk=walk, kind=kind)
        case FindingCorrected(category=category) if category:
            return replace(found, kind=category.kind)
        case FindingReferred(walk=walk):
            return replace(found, walk=walk or found.walk)
        case FixVerified():
            return replace(found, ever_verified=True)
        case FindingReopened():
            return replace(found, reopened=found.reopened + 1)
        case ReminderRaised(occasions=occasions):
            clocks = dict.fromkeys(occasion.clock for occasion in occasions)
            raised = tuple((clock, at) for clock in clocks)
            return replace(found, reminders=found.reminders + raised)
        case FindingEscalated(level=level):
            return replace(found, escalations=(*found.escalations, (level, at)))
        case _:
            return found


WALK_REPORT = Projection(
    name="walk_report_v2",
    row=ReportRow,
    keys=own_stream("finding"),
    apply=apply,
    indexes=("walk",),
)


def walk_report(
    walk: WalkNumber,
    rows: Iterable[ReportRow],
    as_of: date,
    position: int,
    calendar: Calendar,
) -> dict[str, Any]:
    """Return walk-report/1 as it stands at the end of `as_of`, a local day.

    Args:
        walk: whose findings.
        rows: its findings, folded from the facts that had happened by then.
        as_of: what counts as today.
        position: last position the rows know of.
        calendar: for local days.

    Returns: JSON-ready; lists sorted by number.
    """
    found = sorted(rows, key=lambda row: row.number)
    counted = [row for row in found if row.memory.status not in NOT_COUNTED]
    by_status = {
        status: [row for row in counted if row.memory.status is status]
        for status in Status
    }
    open_before_fix = by_status[Status.REPORTED] + by_status[Status.ASSIGNED]
    verified, declined = by_status[Status.VERIFIED], by_status[Status.DECLINED]
    denominator = len(counted) - len(declined)
    return {
        "schema": "walk-report/1",
        "walk": walk,
        "as_of": as_of.isoformat(),
        "position": position,
        "reported": len(counted),
        "assigned": len(by_status[Status.ASSIGNED]),
        "on_hold": sum(row.memory.hold is not None for row in counted),
        "fixed": len(by_status[Status.FIXED]),
        "verified": len(verified),
        "declined": len(declined),
        "positive": _with_status(found, Status.POSITIVE),
        "merged": {
            row.number: row.memory.master
            for row in found
            if row.memory.status is Status.MERGED
        },
        "referred": _with_status(found, Status.REFERRED),
        "fix_overdue": _late(open_before_fix, ClockName.FIX, as_of),
        "verify_overdue": _late(by_status[Status.FIXED], ClockName.VERIFY, as_of),
        "solution_rate": {
            "numerator": len(verified),
            "denominator": denominator,
            "percent": _percent(len(verified), denominator),
        },
        "reopen_rate": {
            "reopened": sum(row.reopened > 0 and row.ever_verified for row in counted),
            "ever_verified": sum(row.ever_verified for row in counted),
        },
        "social_share": {
            "social": [row.number for row in counted if row.kind is Kind.SOCIAL],
            "of": len(counted),
        },
        "escalation_level": {
            row.number: row.memory.escalated
            for row in counted
            if row.memory.escalated and row.memory.is_open
        },
        "findings": {row.number: _finding(row, calendar) for row in found},
    }


def _with_status(rows: Iterable[ReportRow], status: Status) -> list[FindingNumber]:
    return [row.number for row in rows if row.memory.status is status]


def _late(
    rows: Iterable[ReportRow], clock: ClockName, today: date
) -> list[FindingNumber]:
    return sorted(
        row.number
        for row in rows
        if clock in row.memory.running and row.memory.clocks[clock].due < today
    )


def _percent(numerator: int, denominator: int) -> float | None:
    """Return per cent with one decimal; `None` when there is nothing to divide."""
    return round(100 * numerator / denominator, 1) if denominator else None


def _finding(row: ReportRow, calendar: Calendar) -> dict[str, Any]:
    memory = row.memory
    has_verify = memory.status in {Status.FIXED, Status.VERIFIED}
    verify = memory.clocks.get(ClockName.VERIFY) if has_verify else None
    return {
        "status": str(memory.status),
        "on_hold": memory.hold is not None,
        "responsible": str(memory.assignee) if memory.assignee else None,
        "fix_due": _day(memory.clocks.get(ClockName.FIX)),
        "verify_due": _day(verify),
        "reminders": {
            str(clock): [
                calendar.local_day(at).isoformat()
                for name, at in row.reminders
                if name is clock
            ]
            for clock in CLOCKS
        },
        "escalations": {
            str(level): calendar.local_day(at).isoformat()
            for level, at in row.escalations
        },
    }


def _day(clock: Clock | None) -> str | None:
    return clock.due.isoformat() if clock else None
