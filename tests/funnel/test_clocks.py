"""Business hours, dues and pauses. Times are given in JST unless a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel import clocks
from users.calendars import BusinessCalendar, parse_hours

JST = ZoneInfo("Asia/Tokyo")
TOKYO = BusinessCalendar()
NEW_YEAR = BusinessCalendar(closed_every_year=frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}))


def jst(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=JST)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (jst(11, 24, 9), 8, jst(11, 24, 18)),  # a whole day, its lunch hour not counted
        (jst(11, 24, 9), 3, jst(11, 24, 12)),  # the end of the morning, not the start of the afternoon
        (jst(11, 24, 10), 16, jst(11, 26, 10)),  # the answer clock: two business days
        (jst(11, 24, 12, 30), 1, jst(11, 24, 14)),  # started at lunch
        (jst(11, 24, 20), 1, jst(11, 25, 10)),  # started in the evening
        (jst(11, 24, 7), 1, jst(11, 24, 10)),  # started before work
        (jst(11, 20, 17), 2, jst(11, 24, 10)),  # over a weekend and Labour Thanksgiving Day (a Monday)
        (jst(4, 28, 17), 24, jst(5, 7, 17)),  # 1 h, then 30 Apr, 1 May and 7 h of 7 May
        (jst(5, 1, 17), 16, jst(5, 8, 17)),  # across the core of Golden Week
        (jst(12, 31, 17), 2, jst(1, 4, 10, year=2027)),  # public holidays only: 1 Jan, then a weekend
        (jst(2, 28, 17, year=2028), 9, jst(2, 29, 18, year=2028)),  # a leap day is a working day
        (jst(11, 24, 9), 0.25, jst(11, 24, 9, 15)),
    ],
)
def test_business_hours_are_added(start, hours, due):
    assert clocks.add_business_hours(start, hours, TOKYO) == due


def test_a_company_closes_over_new_year():
    assert clocks.add_business_hours(jst(12, 28, 17), 2, NEW_YEAR) == jst(1, 4, 10, year=2027)


def test_zero_hours_is_the_start_itself_even_when_closed():
    assert clocks.add_business_hours(jst(11, 22, 3), 0, TOKYO) == jst(11, 22, 3)


def test_a_start_in_utc_is_read_in_the_teams_zone():
    start = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 17:30 in Tokyo
    assert clocks.add_business_hours(start, 1, TOKYO) == jst(11, 25, 9, 30)


def test_the_result_is_in_utc():
    assert clocks.add_business_hours(jst(11, 24, 9), 1, TOKYO).tzinfo is UTC


def test_a_change_of_clocks_is_counted_by_real_time():
    around = BusinessCalendar(
        time_zone="America/New_York", weekdays=frozenset(range(7)), hours=parse_hours([["00:00", "06:00"]]),
        holidays_country="",
    )  # fmt: skip
    start = datetime(2026, 3, 8, 0, 0, tzinfo=ZoneInfo("America/New_York"))
    assert clocks.add_business_hours(start, 5, around) == datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert clocks.waiting_hours(start, datetime(2026, 3, 9, 4, tzinfo=UTC), (), around) == 5


def test_negative_hours_and_days_are_refused():
    with pytest.raises(ValueError, match="negative"):
        clocks.add_business_hours(jst(11, 24), -1, TOKYO)
    with pytest.raises(ValueError, match="negative"):
        clocks.add_business_days(jst(11, 24), -1, TOKYO)


def test_a_calendar_that_never_opens_is_said_not_searched_for_ever():
    with pytest.raises(clocks.NeverOpen):
        clocks.add_business_hours(jst(11, 24), 1, BusinessCalendar(weekdays=frozenset()))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (jst(11, 24, 9), jst(11, 24, 18), 8),
        (jst(11, 24, 11), jst(11, 24, 14), 2),
        (jst(11, 20, 17), jst(11, 24, 10), 2),
        (jst(11, 21), jst(11, 24), 0),
        (jst(11, 24, 18), jst(11, 24, 9), 0),
        (jst(4, 28, 9), jst(5, 7, 18), 32),
    ],
)
def test_business_hours_between(start, end, hours):
    assert clocks.waiting_hours(start, end, (), TOKYO) == hours


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (jst(11, 24, 10), 1, jst(11, 25, 10)),
        (jst(11, 20, 10), 1, jst(11, 24, 10)),
        (jst(11, 22, 10), 1, jst(11, 24, 10)),
        (jst(4, 28, 10), 3, jst(5, 7, 10)),
        (jst(11, 2, 10), 20, jst(12, 2, 10)),  # 20 business days with two public holidays
        (jst(11, 24, 10), 0, jst(11, 24, 10)),
    ],
)
def test_business_days_are_added(start, days, end):
    assert clocks.add_business_days(start, days, TOKYO) == end


def test_at_risk_from_80_percent_of_the_time():
    sent, due = jst(11, 24, 9), jst(11, 25, 18)  # 16 business hours; 12.8 are used at 14:48 on the 25th
    assert not clocks.is_at_risk(sent, due, jst(11, 25, 14, 47), TOKYO)
    assert clocks.is_at_risk(sent, due, jst(11, 25, 14, 48), TOKYO)
    assert clocks.is_at_risk(sent, due, due, TOKYO)


def test_not_at_risk_once_due_has_passed():
    assert not clocks.is_at_risk(jst(11, 24, 9), jst(11, 24, 18), jst(11, 24, 18, 1), TOKYO)


def test_paused_time_is_not_used_time():
    sent, due = jst(11, 24, 9), jst(11, 25, 18)
    pause = timedelta(hours=8)
    assert not clocks.is_at_risk(sent, due, jst(11, 25, 15, 20), TOKYO, pause)
    assert clocks.is_at_risk(sent, due, jst(11, 25, 16, 24), TOKYO, pause)


def test_a_pause_moves_the_due_by_the_business_time_it_took():
    due = clocks.resumed_due(jst(11, 25, 18), jst(11, 24, 17), jst(11, 25, 11), TOKYO)
    assert due == jst(11, 26, 12)


def test_a_pause_outside_business_hours_moves_nothing():
    assert clocks.resumed_due(jst(11, 25, 18), jst(11, 24, 20), jst(11, 25, 7), TOKYO) == jst(11, 25, 18)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
minutes = st.integers(0, 60 * 60).map(lambda n: timedelta(minutes=n))
quick = settings(max_examples=60, deadline=None)


@quick
@given(moments, minutes, minutes)
def test_adding_twice_is_adding_the_sum(start, first, second):
    step = clocks.add_business_time(clocks.add_business_time(start, first, TOKYO), second, TOKYO)
    assert step == clocks.add_business_time(start, first + second, TOKYO)


@quick
@given(moments, minutes)
def test_what_was_added_is_what_lies_between(start, span):
    assert clocks.business_time_between(start, clocks.add_business_time(start, span, TOKYO), TOKYO) == span


@quick
@given(moments, minutes, minutes)
def test_more_hours_are_never_due_earlier(start, span, more):
    assert clocks.add_business_time(start, span, TOKYO) <= clocks.add_business_time(start, span + more, TOKYO)


@quick
@given(moments, minutes, minutes)
def test_a_later_start_is_never_due_earlier(start, later, span):
    assert clocks.add_business_time(start, span, TOKYO) <= clocks.add_business_time(start + later, span, TOKYO)


@quick
@given(moments, minutes)
def test_a_due_is_always_within_working_hours(start, span):
    due = clocks.add_business_time(start, span, TOKYO)
    day: date = due.astimezone(JST).date()
    assert due == start or any(opens < due <= closes for opens, closes in TOKYO.open_intervals(day))


def test_waiting_hours_leave_pauses_out():
    start, end = jst(11, 24, 10), jst(11, 25, 10)
    pauses = [(jst(11, 24, 11), jst(11, 24, 14)), (jst(11, 25, 9, 30), jst(11, 26, 9))]
    assert clocks.waiting_hours(start, end, pauses, TOKYO) == 8 - 2 - 0.5


@settings(max_examples=50)
@given(st.integers(0, 30 * 24 * 60), st.integers(0, 30 * 24 * 60))
def test_a_ledger_measures_what_counting_day_by_day_does(first, length):
    start = jst(4, 20) + timedelta(minutes=first)
    end = start + timedelta(minutes=length)
    ledger = clocks.Ledger(TOKYO, jst(4, 20), jst(7, 1))
    assert ledger.between(start, end) == pytest.approx(clocks.waiting_hours(start, end, (), TOKYO))
    assert ledger.between(end, start) == 0
