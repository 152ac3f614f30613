"""How long a clock runs under the rules now in force.

Source: walk-file/1, "Exact rules behind the totals"; R11, R18, R19.
"""

from datetime import date

from domain.finding.events import ClockName
from domain.finding.state import Clock, Finding
from domain.register.model import Category, Register
from domain.values import Severity

ACUTE_DAYS = (0, 1, 1)
"""Working days to acknowledge, fix and verify something acute (R18)."""


def lengths(category: Category, severity: Severity) -> tuple[int, int, int]:
    """Return the working days to acknowledge, fix and verify."""
    if severity is Severity.ACUTE:
        return ACUTE_DAYS
    return category.acknowledge, category.fix, category.verify


def after_reopening(fix_days: int) -> int:
    """Return the working days of a fix that has to be done once more (R11)."""
    return max(1, fix_days // 2)


def fix_days(finding: Finding, register: Register) -> int:
    """Return the working days of a first fix under the rules now in force."""
    if not register.has_category(finding.category):
        return finding.days[ClockName.FIX]
    return lengths(register.category(finding.category), finding.severity)[1]


def length_now(finding: Finding, name: ClockName, register: Register) -> int:
    """Return the working days of a clock that starts under the rules now in force."""
    return _length(finding, name, finding.category, register)


def running_days(finding: Finding, name: ClockName, register: Register) -> int:
    """Return the working days that a clock which runs has under the rules in force.

    It keeps the category it was started with, unless a correction took it along.
    """
    return _length(finding, name, finding.clocks[name].category, register)


def _length(finding: Finding, name: ClockName, code: str, register: Register) -> int:
    """Return the days of a clock; a category that is not listed keeps what it had."""
    if name is ClockName.OWNERSHIP:
        return register.limits.ownership_days
    if not register.has_category(code):
        return _as_it_was(finding, name)
    acknowledge, fix, verify = lengths(register.category(code), finding.severity)
    match name:
        case ClockName.ACKNOWLEDGE:
            return acknowledge
        case ClockName.FIX:
            return after_reopening(fix) if finding.reopened else fix
        case ClockName.VERIFY:
            return verify
        case _:
            return _as_it_was(finding, name)


def _as_it_was(finding: Finding, name: ClockName) -> int:
    clock = finding.clocks.get(name)
    return clock.length if clock else finding.days.get(name, 0)


def computed_due(clock: Clock, days: int, register: Register) -> date:
    """Return the last day of a clock of `days` under the calendar now in force."""
    calendar = register.working_days
    return calendar.add(calendar.local_day(clock.started), days + clock.held)
