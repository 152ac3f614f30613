"""What became of one walk: promises, reminders, and what was verified.

`walk_report` turns the cases of a walk into walk-report/1.

Source: walk-file/1, "walk-report/1"; K3, K4, K10.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.calendar import Calendar
from domain.finding.events import ClockName
from domain.finding.state import Status
from domain.values import FindingNumber, Kind, WalkNumber
from projections.cases import CaseRow

CLOCKS = (ClockName.ACKNOWLEDGE, ClockName.FIX, ClockName.VERIFY, ClockName.HOLD)
"""The clocks whose reminders walk-report/1 lists."""

NOT_COUNTED = frozenset({Status.POSITIVE, Status.MERGED, Status.REFERRED})


def walk_report(
    walk: WalkNumber,
    rows: Iterable[CaseRow],
    as_of: date,
    position: int,
    calendar: Calendar,
) -> dict[str, Any]:
    """Return walk-report/1 as it stands at the end of `as_of`, a local day.

    Args:
        walk: whose findings.
        rows: its cases as they were then.
        as_of: what counts as today.
        position: last position the rows know of.
        calendar: for local days.

    Returns: JSON-ready; lists sorted by number.
    """
    found = sorted(rows, key=lambda row: row.number)
    counted = [row for row in found if row.status not in NOT_COUNTED]
    by_status = {
        status: [row for row in counted if row.status is status] for status in Status
    }
    unfixed = {Status.REPORTED, Status.ASSIGNED}
    before_fix = [row for row in counted if row.status in unfixed]
    verified, declined = by_status[Status.VERIFIED], by_status[Status.DECLINED]
    denominator = len(counted) - len(declined)
    return {
        "schema": "walk-report/1",
        "walk": walk,
        "as_of": as_of.isoformat(),
        "position": position,
        "reported": len(counted),
        "assigned": len(by_status[Status.ASSIGNED]),
        "on_hold": sum(row.on_hold for row in counted),
        "fixed": len(by_status[Status.FIXED]),
        "verified": len(verified),
        "declined": len(declined),
        "positive": _with_status(found, Status.POSITIVE),
        "merged": {
            row.number: row.master for row in found if row.status is Status.MERGED
        },
        "referred": _with_status(found, Status.REFERRED),
        "fix_overdue": [
            row.number for row in before_fix if _is_late(row.fix_due, as_of)
        ],
        "verify_overdue": [
            row.number
            for row in by_status[Status.FIXED]
            if _is_late(row.verify_due, as_of)
        ],
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
            row.number: row.escalated
            for row in counted
            if row.escalated and row.is_open
        },
        "findings": {row.number: _finding(row, calendar) for row in found},
    }


def _with_status(rows: Iterable[CaseRow], status: Status) -> list[FindingNumber]:
    return [row.number for row in rows if row.status is status]


def _is_late(due: date | None, today: date) -> bool:
    return due is not None and due < today


def _percent(numerator: int, denominator: int) -> float | None:
    """Return per cent with one decimal; `None` when there is nothing to divide."""
    return round(100 * numerator / denominator, 1) if denominator else None


def _finding(row: CaseRow, calendar: Calendar) -> dict[str, Any]:
    return {
        "status": str(row.status),
        "on_hold": row.on_hold,
        "responsible": str(row.assignee) if row.assignee else None,
        "fix_due": _day(row.fix_promised),
        "verify_due": _day(row.verify_promised),
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


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
