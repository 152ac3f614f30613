"""Working days in Denmark, and local time around them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Calendar
from tests.examples import COPENHAGEN, on, register

YEARS = range(2012, 2046)
LAST_GREAT_PRAYER_DAY = 2023

settings.register_profile("domain", deadline=None, derandomize=True)
DOMAIN = settings.get_profile("domain")

days = st.dates(date(2013, 1, 1), date(2044, 12, 31))
counts = st.integers(-60, 60)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return register().working_days


def easter(year: int) -> date:
    """Return Easter Sunday.

    Source: the anonymous Gregorian algorithm (Meeus, Jones, Butcher).
    """
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def days_off(year: int) -> set[date]:
    """Return the days off of one year, worked out from Easter."""
    moving = {-3, -2, 0, 1, 39, 49, 50}  # Maundy Thursday to Whit Monday
    if year <= LAST_GREAT_PRAYER_DAY:
        moving.add(26)
    fixed = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
    return {easter(year) + timedelta(days=n) for n in moving} | {
        date(year, month, day) for month, day in fixed
    }


@pytest.mark.parametrize("year", YEARS)
def test_the_days_off_follow_from_easter(calendar: Calendar, year: int) -> None:
    found = {day for day in calendar.days_off if day.year == year}

    assert found == days_off(year)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2023-05-05", False),  # Great Prayer Day, for the last time
        ("2024-04-26", True),
        ("2026-04-02", False),  # Maundy Thursday
        ("2026-05-01", True),  # Labour Day is a half day at most
        ("2026-05-14", False),  # Ascension
        ("2026-05-15", True),
        ("2026-06-05", True),  # Constitution Day is no public holiday
        ("2026-12-24", False),
        ("2026-12-31", False),
        ("2026-10-10", False),  # a Saturday
        ("2026-10-11", False),  # a Sunday
    ],
)
def test_some_days_are_working_days(
    calendar: Calendar, day: str, *, working: bool
) -> None:
    assert calendar.is_working(on(day)) is working


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        ("2023-05-04", 1, "2023-05-08"),
        ("2024-04-25", 1, "2024-04-26"),
        ("2026-12-22", 3, "2026-12-29"),
        ("2026-10-09", 20, "2026-11-06"),
        ("2026-10-09", 120, "2027-04-06"),
        ("2026-10-10", 1, "2026-10-12"),
        ("2026-10-10", 0, "2026-10-10"),
        ("2026-11-06", -3, "2026-11-03"),
        ("2026-12-29", -3, "2026-12-22"),
        ("2026-10-12", -1, "2026-10-09"),
        ("2026-10-11", -1, "2026-10-09"),
    ],
)
def test_working_days_are_counted_from_the_next_day(
    calendar: Calendar, day: str, count: int, then: str
) -> None:
    assert calendar.add(on(day), count) == on(then)


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        ("2026-10-14", "2026-10-14", 0),
        ("2026-10-14", "2026-10-15", 1),
        ("2026-10-14", "2026-10-19", 3),
        ("2026-10-09", "2026-11-06", 20),
        ("2026-12-22", "2026-12-29", 3),
        ("2026-10-16", "2026-10-18", 0),
        ("2026-10-19", "2026-10-14", 0),
    ],
)
def test_days_between_leave_the_first_day_out(
    calendar: Calendar, after: str, until: str, count: int
) -> None:
    assert calendar.between(on(after), on(until)) == count


@pytest.mark.parametrize(
    ("day", "then"),
    [
        ("2026-10-09", "2026-10-09"),
        ("2026-10-10", "2026-10-12"),
        ("2026-12-24", "2026-12-28"),
        ("2026-12-31", "2027-01-04"),
        ("2026-04-02", "2026-04-07"),
    ],
)
def test_the_next_working_day_is_the_day_itself_or_later(
    calendar: Calendar, day: str, then: str
) -> None:
    assert calendar.next_working(on(day)) == on(then)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        ("2026-03-28", time(8), "2026-03-28T07:00"),
        ("2026-03-29", time(8), "2026-03-29T06:00"),
        ("2026-03-29", time(1, 59), "2026-03-29T00:59"),
        ("2026-03-29", time(3), "2026-03-29T01:00"),
        ("2026-10-24", time(8), "2026-10-24T06:00"),
        ("2026-10-25", time(8), "2026-10-25T07:00"),
        ("2026-10-25", time(1, 59), "2026-10-24T23:59"),
        ("2026-10-25", time(3), "2026-10-25T02:00"),
    ],
)
def test_eight_in_the_morning_is_local_when_the_clocks_change(
    calendar: Calendar, day: str, at: time, utc: str
) -> None:
    assert calendar.moment(on(day), at) == datetime.fromisoformat(utc + "Z")


def test_a_moment_that_the_change_skips_is_an_hour_later(calendar: Calendar) -> None:
    skipped = calendar.moment(on("2026-03-29"), time(2, 30))

    assert skipped.astimezone(COPENHAGEN).time() == time(3, 30)


def test_a_moment_that_comes_twice_is_the_first(calendar: Calendar) -> None:
    twice = calendar.moment(on("2026-10-25"), time(2, 30))

    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-01-15T22:59Z", "2026-01-15"),
        ("2026-01-15T23:00Z", "2026-01-16"),
        ("2026-07-15T21:59Z", "2026-07-15"),
        ("2026-07-15T22:00Z", "2026-07-16"),
    ],
)
def test_a_day_ends_at_local_midnight(calendar: Calendar, utc: str, day: str) -> None:
    assert calendar.local_day(datetime.fromisoformat(utc)) == on(day)


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        ("2011-12-31", False),
        ("2012-01-01", True),
        ("2045-12-31", True),
        ("2046-01-01", False),
    ],
)
def test_the_calendar_knows_where_it_ends(
    calendar: Calendar, day: str, *, covered: bool
) -> None:
    assert calendar.covers(on(day)) is covered


@given(day=days, count=counts)
@settings(DOMAIN)
def test_adding_lands_on_a_working_day(day: date, count: int) -> None:
    calendar = register().working_days

    assert count == 0 or calendar.is_working(calendar.add(day, count))


@given(day=days, count=st.integers(0, 60))
@settings(DOMAIN)
def test_between_undoes_adding(day: date, count: int) -> None:
    calendar = register().working_days

    assert calendar.between(day, calendar.add(day, count)) == count


@given(after=days, until=days)
@settings(DOMAIN)
def test_weeks_are_counted_as_if_day_by_day(after: date, until: date) -> None:
    calendar = register().working_days
    between = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))

    assert calendar.between(after, until) == sum(map(calendar.is_working, between))


@given(day=days, count=counts)
@settings(DOMAIN)
def test_a_working_day_is_reached_there_and_back(day: date, count: int) -> None:
    calendar = register().working_days
    start = calendar.next_working(day)

    assert calendar.add(calendar.add(start, count), -count) == start


@given(day=days, at=st.times())
@settings(DOMAIN)
def test_a_moment_is_on_its_day(day: date, at: time) -> None:
    calendar = register().working_days

    assert calendar.local_day(calendar.moment(day, at)) == day
