"""Working days: pure date arithmetic over a list of days off."""

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_SATURDAY = 5
_WEEK = 7
END_OF_DAY = time(23, 59, 59, 999_999)
"""The last moment of a local day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one register.

    Monday to Friday without `days_off`; `zone` is the local time zone. Counting
    follows the register's internal rule: a clock starts the day after its
    trigger and ends at the end of its due date.

    Source: walk-file/1, "Exact rules behind the totals"; R1.
    """

    days_off: frozenset[date]
    zone: tzinfo
    first: date
    last: date
    _missed: tuple[date, ...] = field(init=False, repr=False, compare=False)
    """The days off from Monday to Friday, in order."""

    def __post_init__(self) -> None:
        """Put the days off in order: weeks are counted, and not day by day."""
        missed = sorted(day for day in self.days_off if day.weekday() < _SATURDAY)
        object.__setattr__(self, "_missed", tuple(missed))

    def covers(self, day: date) -> bool:
        """Whether public holidays are known for `day`."""
        return self.first <= day <= self.last

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day.weekday() < _SATURDAY and day not in self.days_off

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day` (before it if negative)."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def between(self, after: date, until: date) -> int:
        """Count the working days after `after`, up to and including `until`."""
        if until <= after:
            return 0
        missed = bisect_right(self._missed, until) - bisect_right(self._missed, after)
        return _weekdays_until(until) - _weekdays_until(after) - missed

    def next_working(self, day: date) -> date:
        """Return `day` itself or the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def local_day(self, moment: datetime) -> date:
        """Return the local date of an aware `moment`."""
        return moment.astimezone(self.zone).date()

    def moment(self, day: date, at: time) -> datetime:
        """Return local time `at` on `day` as aware UTC."""
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def _weekdays_until(day: date) -> int:
    """Return how many days from Monday to Friday there are up to `day`, ever."""
    weeks, rest = divmod(day.toordinal(), _WEEK)  # day 1 was a Monday
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
